"""How much of their time artists are busy, day by day or week by week."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from math import inf

from stalker.scheduling.gantt.axis import Axis
from stalker.scheduling.gantt.geometry import Cell, Load, Span
from stalker.scheduling.gantt.text import say_day, say_hours
from stalker.scheduling.native.calendars import Calendar
from stalker.scheduling.problem import Artist, Interval, Problem
from stalker.scheduling.result import Result

HOUR = timedelta(hours=1)
#: where days are narrower than this, or there are more cells, a cell is a week
NARROW = 3.0
MANY = 20_000
#: so many tasks of a cell are named
NAMED = 4

#: hours by cell, and by task within it
Hours = dict[int, dict[str, float]]


def loads(problem: Problem, result: Result, scale: Axis) -> tuple[Load, ...]:
    """Return what everybody has to do, in the order of definition."""
    return tuple(_Loads(problem, result, scale).all())


class _Loads:
    def __init__(self, problem: Problem, result: Result, scale: Axis) -> None:
        self.problem = problem
        self.axis = scale
        self.calendar = Calendar(problem)
        self.edges = cell_edges(scale, len(problem.artists))
        self.names = {task.id: task.name for task in problem.tasks}
        self.known = bool(result.work)
        self.times = _times(result)

    def all(self) -> Iterator[Load]:
        for number, artist in enumerate(self.problem.artists):
            yield self.load(number, artist)

    def load(self, number: int, artist: Artist) -> Load:
        """Return the row of *artist*."""
        board = self.calendar.artist(artist)[0]
        hours = self.hours(artist.id)
        cells = []
        could = worked = 0.0
        for cell, (before, until) in enumerate(itertools.pairwise(self.passed(board))):
            available = until - before
            could += available
            if cell in hours:
                cells.append(self.cell(cell, hours[cell], available))
                worked += sum(hours[cell].values())
        total = 100 * worked / could if self.known and could else None
        words = artist.name
        if self.known:
            words += f"\n{say_hours(worked)} of {say_hours(could)}"
        return Load(
            artist.id, number, artist.name, tuple(cells), tuple(self.away(artist)), total, words
        )

    def passed(self, board: bytearray) -> Iterator[float]:
        """Yield how many hours of *board* have passed at each edge, which may be within a slot."""
        hours, slots, last = self.calendar.step / 3600, 0, 0
        for edge in self.edges:
            slot, part = divmod(edge - self.calendar.start, self.calendar.resolution)
            if not 0 <= slot < self.calendar.size:
                slot, part = min(max(slot, 0), self.calendar.size), timedelta()
            slots += board.count(1, last, slot)
            last = slot
            yield slots * hours + board[slot] * (part / HOUR)

    def hours(self, artist: str) -> Hours:
        """Return how long *artist* works on what in each cell."""
        found: Hours = defaultdict(dict)
        for task, time in self.times.get(artist, ()):
            begin, end = max(time.start, self.edges[0]), min(time.end, self.edges[-1])
            cell = bisect_right(self.edges, begin) - 1
            while begin < end:
                until = min(end, self.edges[cell + 1])
                tasks = found[cell]
                tasks[task] = tasks.get(task, 0.0) + (until - begin) / HOUR
                begin = until
                cell += 1
        return found

    def cell(self, number: int, tasks: dict[str, float], available: float) -> Cell:
        begin, end = self.edges[number], self.edges[number + 1]
        x = self.axis.x(begin)
        worked = sum(tasks.values()) if self.known else None
        cell = Cell(Span(x, self.axis.x(end) - x), worked, available, "")
        return Cell(cell.span, worked, available, "\n".join(self.lines(cell, begin, end, tasks)))

    def lines(
        self, cell: Cell, begin: datetime, end: datetime, tasks: dict[str, float]
    ) -> Iterator[str]:
        day = say_day(begin, self.axis.zone)
        if end - begin > 30 * HOUR:
            day = f"{day} to {say_day(end - HOUR, self.axis.zone)}"
        yield day
        if cell.worked is not None and cell.percent is not None:
            hours = f"{say_hours(cell.worked)} of {say_hours(cell.available)}"
            yield f"{_percent(cell.percent)}: {hours}"
        most = sorted(tasks, key=lambda task: -tasks[task])
        for task in most[:NAMED]:
            name = self.names[task]
            yield name if cell.worked is None else f"{name}: {say_hours(tasks[task])}"
        if len(most) > NAMED:
            yield f"and {len(most) - NAMED} more"

    def away(self, artist: Artist) -> Iterator[Span]:
        for start, end in artist.leaves:
            x = self.axis.x(start)
            if (width := self.axis.x(end) - x) > 0:
                yield Span(x, width)


def cell_edges(scale: Axis, artists: int) -> list[datetime]:
    """Return where cells begin, and where the last one ends."""
    days = scale.days()
    if scale.day >= NARROW and artists * len(days) <= MANY:
        return days
    mondays = [day for day in days if not day.astimezone(scale.zone).weekday()]
    return sorted({days[0], *mondays, days[-1]})


def _times(result: Result) -> dict[str, list[tuple[str, Interval]]]:
    """Return the work of each artist; without it, from start to end of all that they work on."""
    found: defaultdict[str, list[tuple[str, Interval]]] = defaultdict(list)
    for task, works in result.work.items():
        for work in works:
            found[work.artist] += ((task, time) for time in work.times)
    if not result.work:
        for task, planned in result.tasks.items():
            if planned.start is not None and planned.end is not None:
                for artist in planned.artists:
                    found[artist].append((task, Interval(planned.start, planned.end)))
    return found


def _percent(percent: float) -> str:
    return "in time off" if percent == inf else f"{percent:.0f} %"
