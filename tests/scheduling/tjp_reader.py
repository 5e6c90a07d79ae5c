"""Reads plans that others have written for TaskJuggler, as far as a `Problem` can express them.

Just enough for those in `data`; a statement that changes a plan and is not known here is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from stalker.scheduling import (
    Allocation,
    Amount,
    Artist,
    Dependency,
    Problem,
    ScheduleModel,
    Task,
    TimeUnit,
    same_week,
)
from stalker.scheduling.exchange import DAYS
from stalker.scheduling.problem import Week

_TOKEN = re.compile(r'#[^\n]*|\$\{\w+\}|"(?:\\.|[^"\\])*"|[{},]|[^\s{},"]+')
_AMOUNT = re.compile(r"([\d.]+)(min|h|d|w|m|y)")

#: statements with this many words after them that do not change a plan
IGNORED = {
    "currency": 1,
    "timeformat": 1,
    "numberformat": 5,
    "currencyformat": 5,
    "weekstartsmonday": 0,
    "outputdir": 1,
    "note": 1,
    "complete": 1,
}


def read_plan(path: Path) -> Problem:
    """Return the plan in the file *path* and those it includes."""
    reader = _Reader(path.parent)
    reader.read(path)
    return Problem(
        start=reader.start,
        end=reader.end,
        resolution=timedelta(hours=1),
        week=reader.week,
        tasks=tuple(reader.tasks),
        artists=tuple(reader.artists),
        zone=reader.zone,
        projection=False,
    )


class _Reader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tokens: list[str] = []
        self.zone = "UTC"
        self.start = self.end = datetime.min
        self.week: Week = same_week([(540, 1020)])  # nine to five where a file says nothing
        self.artists: list[Artist] = []
        self.tasks: list[Task] = []

    # --- words ---------------------------------------------------------------------------------

    def read(self, path: Path) -> None:
        found = _TOKEN.findall(path.read_text("utf-8"))
        self.tokens[:0] = [token for token in found if not token.startswith("#")]
        while self.tokens:
            self.statement()

    def word(self) -> str:
        return self.tokens.pop(0)

    def list(self) -> list[str]:
        words = [self.word()]
        while self.tokens[:1] == [","]:
            self.word()
            words.append(self.word())
        return words

    def skip_block(self) -> None:
        depth = 0
        while self.tokens:
            depth += {"{": 1, "}": -1}.get(self.word(), 0)
            if depth == 0:
                return

    def name(self) -> str:
        """Return the id of what follows, and leave its title out."""
        first = self.word()
        if first.startswith('"'):
            return f"_Task_{len(self.tasks) + 1}"
        self.word()
        return first

    # --- statements ----------------------------------------------------------------------------

    def statement(self) -> None:
        kind = self.word()
        if kind == "project":
            self.project()
        elif kind == "include":
            self.read(self.folder / self.word().strip('"'))
        elif kind == "resource":
            self.artists.append(Artist(self.name()))
        elif kind == "task":
            self.task(None)
        elif kind.endswith("report"):
            while self.tokens[0] != "{":
                self.word()
            self.skip_block()
        else:
            raise ValueError(kind)

    def project(self) -> None:
        self.name()
        self.start = _local(self.word(), "UTC")  # the zone comes later
        if (length := self.word()) == "-":
            self.end = _local(self.word(), "UTC")
        else:  # "+5y": years of 365 days
            self.end = self.start + int(length[1:-1]) * timedelta(days=365)
        week = dict(zip(DAYS, self.week, strict=True))
        for kind in self.block():
            if kind == "timezone":
                self.zone = self.word().strip('"')
            elif kind == "now":
                self.word()  # counts in projections only
            elif kind == "workinghours":
                self.working_hours(week)
            else:
                self.ignore(kind)
        self.week = tuple(week.values())

    def block(self) -> Iterator[str]:
        """Yield the first word of each statement in a block, if there is one."""
        if self.tokens[:1] != ["{"]:
            return
        self.word()
        while (kind := self.word()) != "}":
            yield kind

    def ignore(self, kind: str) -> None:
        del self.tokens[: IGNORED[kind]]

    def working_hours(self, week: dict[str, Any]) -> None:
        days = self.list()
        if self.tokens[0] == "-":
            self.word()
            days = [*DAYS[DAYS.index(days[-1]) : DAYS.index(self.word()) + 1]]
        if self.tokens[0] == "off":
            self.word()
            spans: tuple[tuple[int, int], ...] = ()
        else:
            spans = tuple(self.spans())
        week.update(dict.fromkeys(days, spans))

    def spans(self) -> Iterator[tuple[int, int]]:
        while True:
            begin, _, end = self.word(), self.word(), self.word()
            yield _minutes(begin), _minutes(end)
            if self.tokens[0] != ",":
                return
            self.word()

    def task(self, parent: str | None) -> None:
        name = self.name()
        task = Task(name if parent is None else f"{parent}.{name}", parent)
        place = len(self.tasks)
        self.tasks.append(task)
        for kind in self.block():
            if kind == "task":
                self.task(task.id)
            elif kind in list(ScheduleModel):
                task = replace(task, model=ScheduleModel(kind), timing=_amount(self.word()))
            elif kind in ("start", "end"):
                task = replace(task, **{kind: self.moment(self.word())})  # type: ignore[arg-type]
            elif kind == "milestone":
                task = replace(task, milestone=True)
            elif kind == "depends":
                targets = (Dependency(_absolute(each, task.id)) for each in self.list())
                task = replace(task, dependencies=(*task.dependencies, *targets))
            elif kind == "allocate":
                places = tuple(Allocation((each,)) for each in self.list())
                task = replace(task, allocations=(*task.allocations, *places))
            else:
                self.ignore(kind)
            self.tasks[place] = task

    # --- dates ---------------------------------------------------------------------------------

    def moment(self, text: str) -> datetime:
        if text == "${projectstart}":
            return self.start
        return _local(text, self.zone)


def _local(text: str, zone: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _minutes(clock: str) -> int:
    hours, minutes = map(int, clock.split(":"))
    return 60 * hours + minutes


def _amount(text: str) -> Amount:
    found = _AMOUNT.fullmatch(text)
    assert found is not None, text
    number = float(found[1]) if "." in found[1] else int(found[1])
    return Amount(number, TimeUnit(found[2]))


def _absolute(path: str, task_id: str) -> str:
    """Return the id that *path* means within *task_id*; each "!" leads one task up."""
    below = path.lstrip("!")
    ups = len(path) - len(below)
    if not ups:
        return path
    above = task_id.split(".")[:-ups]
    return ".".join([*above, below])
