"""Tasks that wait for themselves, through dependencies and containers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from stalker.scheduling.native.state import Job, Plan

#: a side of a task, and how it is met: task, is the end, from outside, in the direction of time
Point: TypeAlias = tuple[Job, bool, bool, bool]


def check_loops(plan: Plan) -> None:
    """Walk from every root in the direction of time, then against it, and find what comes back."""
    for forward in (True, False):
        seen: set[tuple[Job, bool, bool]] = set()
        for job in plan.jobs:
            if job.parent is None:
                _walk(plan, (job, not forward, True, forward), seen)


def _walk(plan: Plan, root: Point, seen: set[tuple[Job, bool, bool]]) -> None:
    on_path: dict[tuple[Job, bool], None] = {}
    waiting: list[tuple[tuple[Job, bool], Iterator[Point]]] = []
    entering: Point | None = root
    while True:
        if entering is not None:
            side, how = entering[:2], entering[:3]
            if side in on_path:
                path = list(on_path)
                report_loop(plan, [job for job, _ in path[path.index(side) :]])
            elif how not in seen:
                seen.add(how)
                on_path[side] = None
                waiting.append((side, _following(entering)))
        if not waiting:
            return
        side, rest = waiting[-1]
        entering = next(rest, None)
        if entering is None:
            waiting.pop()
            del on_path[side]


def _following(point: Point) -> Iterator[Point]:
    """Yield where the way goes on from *point*: inwards, across, or outwards."""
    job, at_end, outside, forward = point
    if outside and job.children:
        for child in job.children:
            yield child, at_end, True, forward
    elif outside:
        # a milestone is crossed from either side, and the way goes on in the other direction
        if job.milestone or job.forward == forward != at_end:
            yield job, not at_end, False, not at_end
    elif forward and (job.end_successors if at_end else job.start_successors):
        for successor in job.end_successors if at_end else job.start_successors:
            yield successor, False, True, True
    elif not forward and not at_end and job.links:
        for link in job.links:
            yield link.target, link.on_end, True, False
    elif job.parent is not None:
        yield job.parent, at_end, False, forward


def report_loop(plan: Plan, way: list[Job]) -> None:
    """Find fault with a *way* that leads back to its first task."""
    names = list(dict.fromkeys(job.task.name for job in way))
    text = " → ".join(map(repr, [*names, names[0]]))
    plan.fault("loop_end", way[0], f"waits for itself: {text}.")
