"""What stands above a chart: the plan in a few lines."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from stalker.scheduling.gantt.geometry import Layout, Shape
from stalker.scheduling.gantt.layout import extent
from stalker.scheduling.gantt.text import plural, say_day, say_moment
from stalker.scheduling.problem import Problem
from stalker.scheduling.result import Result

#: more roots are only counted
NAMED = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One task of the critical chain."""

    name: str
    end: str
    #: what its end follows from, for readers
    because: str


@dataclass(frozen=True, slots=True)
class Summary:
    """Words about a plan."""

    title: str
    #: from when to when
    dates: str
    #: words on the flag of now
    now: str
    #: figures, each with what it counts
    facts: tuple[tuple[str, str], ...]
    faults: tuple[str, ...]
    warnings: tuple[str, ...]
    chain: tuple[Step, ...]
    artists: int


def summarise(problem: Problem, result: Result, layout: Layout, title: str) -> Summary:
    """Return the plan in a few lines; without a *title*, it is called as its roots are."""
    zone = ZoneInfo(problem.zone)
    first, last = extent(problem, result)
    starts = [each.start for each in result.tasks.values() if each.start is not None]
    ends = [each.end for each in result.tasks.values() if each.end is not None]
    if starts and ends:
        first, last = min(starts), max(ends)
    roots = [row.name for row in layout.rows if not row.depth]
    facts = [
        ("First start", say_moment(first, zone)),
        ("Last end", say_moment(last, zone)),
        ("Tasks", _counted(layout)),
        ("Artists", f"{len(problem.artists):,}"),
        ("Time zone", problem.zone),
    ]
    return Summary(
        title=title or _called(roots),
        dates=f"{say_day(first, zone)} to {say_day(last, zone)}",
        now="" if problem.now is None else f"now, {say_moment(problem.now, zone)}",
        facts=tuple(facts),
        faults=tuple(fault.text for fault in result.faults),
        warnings=tuple(notice.text for notice in result.warnings),
        chain=tuple(_steps(problem, result, layout, zone)),
        artists=len(problem.artists),
    )


def _counted(layout: Layout) -> str:
    """Return how many tasks there are, and of what kinds: "515: 427 with work, 88 groups".

    Roots stand for projects, and for what tasks of them wait for: they count only in a plan that
    consists of nothing else.
    """
    roots = (row for row in layout.rows if row.shape != Shape.MILESTONE)
    rows = [row for row in layout.rows if row.depth] or list(roots)
    groups = sum(row.holds for row in rows)
    moments = sum(row.shape == Shape.MILESTONE for row in rows)
    parts = [f"{len(rows) - groups - moments:,} with work"]
    if moments:
        parts.append(f"{moments:,} without time")
    if groups:
        parts.append(plural(groups, "group"))
    return f"{len(rows):,}: {', '.join(parts)}"


def _called(roots: list[str]) -> str:
    if not roots:
        return "An empty plan"
    if len(roots) <= NAMED:
        return ", ".join(roots)
    return f"{', '.join(roots[:NAMED])} and {plural(len(roots) - NAMED, 'other')}"


def _steps(problem: Problem, result: Result, layout: Layout, zone: ZoneInfo) -> list[Step]:
    names = {task.id: task.name for task in problem.tasks}
    return [
        Step(
            names[task],
            "" if (end := result.tasks[task].end) is None else say_moment(end, zone),
            str(result.reasons[task].start),
        )
        for task in layout.chain
    ]
