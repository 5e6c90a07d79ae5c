"""The report of TaskJuggler as dates and artists of tasks: all of it, or nothing."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime
from typing import NoReturn

from stalker.scheduling.problem import Problem
from stalker.scheduling.result import Fault, Planned
from stalker.scheduling.tjp.outline import Outline, outline
from stalker.scheduling.validation import refuse

HEADER = ["Id", "Start", "End", "Resources"]

_DATE = re.compile(r"\d{4}-\d\d-\d\d-\d\d:\d\d")
_ARTIST = re.compile(r"\w+ \((\w+)\)", re.ASCII)


def read(report: str, problem: Problem, found: Outline | None = None) -> dict[str, Planned]:
    """Return what *report* says about each task of *problem*, in the order of definition.

    A report without the column of artists leaves them empty. Whatever is not as TaskJuggler writes
    it, or does not fit the problem, is a `SchedulingError` with the id ``report_broken``.
    """
    return _Reader(problem, found or outline(problem)).read(report)


class _Reader:
    def __init__(self, problem: Problem, found: Outline) -> None:
        self.problem = problem
        self.tasks = {path: task_id for task_id, path in found.paths.items()}
        self.artists = {artist.id for artist in problem.artists}

    def read(self, report: str) -> dict[str, Planned]:
        if not report.endswith("\n"):
            _broken("its last line is incomplete")
        try:
            header, *rows = csv.reader(report.splitlines(), delimiter=";", strict=True)
        except (csv.Error, ValueError) as error:
            _broken(f"it is no table: {error}")
        if header not in (HEADER, HEADER[:-1]):
            _broken(f"its columns are {header}, not {HEADER}")
        found: dict[str, Planned] = {}
        for number, row in enumerate(rows, start=2):
            if len(row) != len(header):
                _broken(f"line {number} has {len(row)} columns, not {len(header)}")
            task_id = self.tasks.get(row[0])
            if task_id is None:
                _broken(f"line {number} is about a task that was not asked for, {row[0]!r}")
            if task_id in found:
                _broken(f"line {number} is about {row[0]!r} for the second time")
            start, end = (self.date(text, number) for text in row[1:3])
            if start > end:
                _broken(f"in line {number} {row[0]!r} ends before it starts")
            found[task_id] = Planned(start, end, self.assigned("".join(row[3:]), number))
        if missing := [path for path, task_id in self.tasks.items() if task_id not in found]:
            _broken(f"it says nothing about {missing[0]!r}, nor about {len(missing) - 1} others")
        return {task.id: found[task.id] for task in self.problem.tasks}

    def date(self, text: str, number: int) -> datetime:
        try:
            if not _DATE.fullmatch(text):
                raise ValueError
            return datetime.strptime(text, "%Y-%m-%d-%H:%M").replace(tzinfo=UTC)
        except ValueError:
            _broken(f"in line {number} {text!r} is no date")

    def assigned(self, cell: str, number: int) -> tuple[str, ...]:
        """Return the ids in "Name (id), Name (id)"."""
        if not cell:
            return ()
        names = [_ARTIST.fullmatch(each) for each in cell.split(", ")]
        ids = tuple(name[1] for name in names if name and name[1] in self.artists)
        if len(set(ids)) != len(names):
            _broken(f"in line {number} {cell!r} are not the artists of the plan")
        return ids


def _broken(what: str) -> NoReturn:
    refuse([Fault("report_broken", "", f"The report of TaskJuggler cannot be used: {what}.")])
