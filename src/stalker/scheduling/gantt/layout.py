"""A problem and its plan as shapes."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from stalker.scheduling.gantt.arrows import arrows
from stalker.scheduling.gantt.axis import DAY, Axis, axis
from stalker.scheduling.gantt.geometry import (
    HUES,
    INDENT,
    SIDE,
    SIZE,
    Label,
    Layout,
    Off,
    Row,
    Shade,
    Shape,
    Span,
)
from stalker.scheduling.gantt.load import loads
from stalker.scheduling.gantt.text import shortened, text_width
from stalker.scheduling.gantt.words import Speaker
from stalker.scheduling.problem import Interval, Problem, Task
from stalker.scheduling.result import Planned, Result

#: greatest width of the column of names, and the room for a percentage beside one
NAMES = 320.0
PERCENT = 50.0
#: work that goes on after a night is one stretch, unless nights are drawn
NIGHT = timedelta(hours=20)
#: the widest label beside a bar
LABEL = 180.0
#: time off that is narrower than this is not drawn
NARROW = 2.0
GAP = 6.0
#: names of containers are in bold type
BOLD = 1.1


def lay_out(
    problem: Problem, result: Result, *, chain: str | None = None, width: float | None = None
) -> Layout:
    """Return the shapes of *result*, which is a plan of *problem*.

    The critical chain is that of the task *chain*; without it, of the root that ends last. *width*
    is that of the days, in pixels.
    """
    zone = ZoneInfo(problem.zone)
    first, last = extent(problem, result)
    scale = axis(first, last, zone, width)
    critical = _chain(problem, result, chain)
    rows = tuple(_Rows(problem, result, scale, critical).all())
    now = problem.now
    load = loads(problem, result, scale)
    widths = [_name_width(row.name, row.depth) for row in rows]
    widths += [_name_width(row.name, 0) + PERCENT for row in load]
    return Layout(
        axis=scale,
        rows=rows,
        arrows=tuple(arrows(problem, rows, critical)),
        shades=tuple(_shades(problem, scale)),
        loads=load,
        now=None if now is None or not scale.start <= now <= scale.end else scale.x(now),
        chain=critical,
        names=min(max(widths, default=0.0), NAMES),
    )


def extent(problem: Problem, result: Result) -> tuple[datetime, datetime]:
    """Return the first and the last moment at which something happens."""
    moments = [
        moment
        for planned in result.tasks.values()
        for moment in (planned.start, planned.end)
        if moment is not None
    ]
    moments += (moment for times in _times(problem, result) for time in times for moment in time)
    if not moments:
        return problem.start, min(problem.end, problem.start + 7 * DAY)
    if problem.now is not None and problem.start <= problem.now <= problem.end:
        moments.append(problem.now)
    return min(moments), max(moments)


def _times(problem: Problem, result: Result) -> Iterator[Iterable[Interval]]:
    """Yield all times of work, which may lie outside of what it is work on."""
    for task in problem.tasks:
        yield (Interval(each.start, each.end) for each in task.bookings)
    for works in result.work.values():
        for work in works:
            yield work.times


def _chain(problem: Problem, result: Result, chosen: str | None) -> tuple[str, ...]:
    if not result.reasons:
        return ()
    if chosen is None:
        ends = {
            task.id: end
            for task in problem.tasks
            if task.parent is None and (end := result.tasks[task.id].end) is not None
        }
        chosen = max(ends, key=lambda root: ends[root], default=None)
    return () if chosen is None else result.chain(chosen)


def _name_width(name: str, depth: int) -> float:
    return (depth + 1) * INDENT + text_width(name, SIZE) * BOLD + 3 * GAP


class _Rows:
    """The tasks, from top to bottom: each container above its parts."""

    def __init__(
        self, problem: Problem, result: Result, scale: Axis, critical: Iterable[str]
    ) -> None:
        self.problem = problem
        self.result = result
        self.axis = scale
        self.critical = set(critical)
        self.speaker = Speaker(problem, result)
        self.faulty = {fault.entity for fault in result.faults}
        #: of the rows so far, how they are called below their container
        self.names: dict[str | None, str] = {}
        self.parts: defaultdict[str | None, list[Task]] = defaultdict(list)
        for task in problem.tasks:
            self.parts[task.parent].append(task)
        self.hues: dict[str | None, int] = {}

    def all(self) -> Iterator[Row]:
        """Yield the rows."""
        waiting = [(task, 0) for task in reversed(self.parts[None])]
        number = 0
        while waiting:
            task, depth = waiting.pop()
            yield self.row(task, number, depth)
            number += 1
            if task.id in self.parts:
                waiting.extend((part, depth + 1) for part in reversed(self.parts[task.id]))

    def row(self, task: Task, number: int, depth: int) -> Row:
        """Return the row of *task*."""
        planned = self.result.tasks[task.id]
        span = self.span(planned.start, planned.end)
        times = [time for each in self.result.work.get(task.id, ()) for time in each.times]
        work = self.stretches(times)
        logged = self.stretches(Interval(each.start, each.end) for each in task.bookings)
        critical = task.id in self.critical
        # a label may begin with the container, which stands above it here
        name = task.name.removeprefix(f"{self.names.get(task.parent, '')}/")
        self.names[task.id] = name
        return Row(
            id=task.id,
            number=number,
            name=name,
            depth=depth,
            shape=self.shape(task, span),
            holds=task.id in self.parts,
            hue=self.hue(task),
            span=span,
            work=work,
            logged=logged,
            label=self.label(task, planned, [*([] if span is None else [span]), *work, *logged]),
            deadline=self.deadline(task),
            critical=critical,
            faulty=task.id in self.faulty,
            words=self.speaker.task(task, planned, critical),
        )

    def span(self, start: datetime | None, end: datetime | None) -> Span | None:
        if start is None or end is None:
            return None
        x = self.axis.x(start)
        return Span(x, self.axis.x(end) - x)

    def shape(self, task: Task, span: Span | None) -> Shape:
        if span is None:
            return Shape.NOTHING
        if task.id in self.parts:
            return Shape.CONTAINER
        return Shape.TASK if span.width else Shape.MILESTONE

    def hue(self, task: Task) -> int:
        """Return the hue of the container that *task* is in: in turn, as they come."""
        return self.hues.setdefault(task.parent, len(self.hues) % HUES)

    def stretches(self, times: Iterable[Interval]) -> tuple[Span, ...]:
        """Return *times* as spans; what looks like one is one."""
        least = timedelta(0) if self.axis.nights else NIGHT
        joined: list[Interval] = []
        for time in sorted(times):
            if joined and time.start - joined[-1].end <= least:
                joined[-1] = Interval(joined[-1].start, max(joined[-1].end, time.end))
            else:
                joined.append(time)
        return tuple(span for each in joined if (span := self.span(*each)) is not None)

    def deadline(self, task: Task) -> float | None:
        """Return where *task* has to be done, if that is on the axis."""
        if task.maxend is None or not self.axis.start <= task.maxend <= self.axis.end:
            return None
        return self.axis.x(task.maxend)

    def label(self, task: Task, planned: Planned, drawn: list[Span]) -> Label:
        """Return what is written beside what is drawn: on its right if there is room."""
        if planned.start is None or planned.end is None:
            text = f"not planned: {self.speaker.why(task.id)}"
        elif task.id in self.parts:
            text = ""
        else:
            text = shortened(self.speaker.names(planned.artists), SIZE, LABEL)
        begin = min((span.x for span in drawn), default=0.0) - GAP
        end = max((span.end for span in drawn), default=0.0) + GAP
        end += GAP if planned.start == planned.end else 0.0
        wide = text_width(text, SIZE)
        right = self.axis.width + SIDE - end
        if wide > right and (wide <= begin or begin > right):
            text = shortened(text, SIZE, begin)
            wide = text_width(text, SIZE)
            return Label(begin - wide, wide, text)
        text = shortened(text, SIZE, right)
        return Label(end, text_width(text, SIZE), text)


# --- time off -----------------------------------------------------------------------------------


def _shades(problem: Problem, scale: Axis) -> Iterator[Shade]:
    """Yield weekends, and nights where there is room for them, and then the vacations."""
    for begin, end in _joined(_off(problem, scale)):
        span = Span(scale.x(begin), scale.x(end) - scale.x(begin))
        if span.width >= NARROW:
            yield Shade(span, Off.HOURS)
    for begin, end in _joined(sorted((*problem.leaves, *problem.artist_leaves))):
        span = Span(scale.x(begin), scale.x(end) - scale.x(begin))
        if span.width > 0:
            yield Shade(span, Off.VACATION)


def _off(problem: Problem, scale: Axis) -> Iterator[Interval]:
    days = scale.days()
    for begin, end in itertools.pairwise(days):
        midnight = begin.astimezone(scale.zone)
        moment = begin
        spans = problem.week[midnight.weekday()]
        if spans and not scale.nights:
            continue
        for first, last in spans:
            yield Interval(moment, _clock(midnight, first))
            moment = _clock(midnight, last)
        yield Interval(moment, end)


def _clock(midnight: datetime, minutes: int) -> datetime:
    return (midnight + timedelta(minutes=minutes)).astimezone(UTC)


def _joined(intervals: Iterable[Interval]) -> list[Interval]:
    """Return *intervals*, which are in order, without those that touch."""
    joined: list[Interval] = []
    for each in intervals:
        if each.start >= each.end:
            continue
        if joined and each.start <= joined[-1].end:
            joined[-1] = Interval(joined[-1].start, max(joined[-1].end, each.end))
        else:
            joined.append(each)
    return joined
