"""Arrows between tasks: dependencies, and the critical chain over them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from stalker.core.kinds import DependencyTarget
from stalker.scheduling.gantt.geometry import BAR, ROW, Arrow, Bond, Row
from stalker.scheduling.problem import Problem

Points = tuple[tuple[float, float], ...]

#: how far an arrow leaves a bar before it turns
STUB = 4.0
#: how far inside of the bar an arrow from above ends
INSIDE = 2.0


def arrows(problem: Problem, rows: Sequence[Row], chain: Sequence[str]) -> Iterator[Arrow]:
    """Yield the arrows; those of *chain* come last, above the others, and replace them."""
    by_id = {row.id: row for row in rows}
    waits = {task.id: [each.target for each in task.dependencies] for task in problem.tasks}
    parents = {task.id: task.parent for task in problem.tasks}
    linked = set(pairwise(chain))
    for task in problem.tasks:
        for dependency in task.dependencies:
            if (dependency.target, task.id) in linked:
                continue
            at_end = dependency.on == DependencyTarget.ON_END
            source = by_id.get(dependency.target)
            if source is not None:
                yield from _arrow(source, by_id[task.id], at_end, Bond.DEPENDENCY)
    for before, after in pairwise(chain):
        targets = {target for each in _upwards(after, parents) for target in waits[each]}
        depends = not targets.isdisjoint(_upwards(before, parents))
        yield from _link(by_id[before], by_id[after], Bond.CHAIN if depends else Bond.ARTIST)


def _upwards(task: str, parents: dict[str, str | None]) -> list[str]:
    """Return *task* and its containers."""
    found: list[str] = []
    above: str | None = task
    while above is not None:
        found.append(above)
        above = parents[above]
    return found


def _arrow(source: Row, target: Row, at_end: bool, bond: Bond) -> Iterator[Arrow]:
    if source.span is None or target.span is None:
        return
    x = source.span.end if at_end else source.span.x
    points = route(x, source.number, target.span.x, target.number)
    yield Arrow(source.number, target.number, bond, points)


def _link(source: Row, target: Row, bond: Bond) -> Iterator[Arrow]:
    """Yield a link of the chain; what interrupts a task points to where that goes on."""
    if source.span is None or target.span is None:
        return
    if source.span.end <= target.span.x:
        yield from _arrow(source, target, True, bond)
        return
    x = min(source.span.end, target.span.end)
    points = ((x, _middle(source.number)), (x, _edge(source.number, target.number)))
    yield Arrow(source.number, target.number, bond, points)


def route(x: float, row: int, to_x: float, to_row: int) -> Points:
    """Return the corners from *x* in one row to *to_x* in another.

    Down, or up, beside the bar, and then to the right: on the right of a bar is its label. What is
    next to the bar is reached from above, or below; what is on its left, through the gap beside the
    row of the target.
    """
    y, middle = _middle(row), _middle(to_row)
    if to_x >= x + STUB:
        return ((x, y), (x, middle), (to_x, middle))
    drop = to_x + INSIDE
    if drop >= x:
        return ((x, y), (drop, y), (drop, _edge(row, to_row)))
    gap = (to_row if to_row > row else to_row + 1) * ROW
    left = to_x - STUB
    return ((x, y), (x + STUB, y), (x + STUB, gap), (left, gap), (left, middle), (to_x, middle))


def _middle(row: int) -> float:
    return (row + 0.5) * ROW


def _edge(row: int, to_row: int) -> float:
    """Return the side of the bar in *to_row* that is next to *row*."""
    return _middle(to_row) + (BAR / 2 if to_row < row else -BAR / 2)
