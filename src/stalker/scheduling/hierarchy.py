"""Ids are unique, every task hangs below a root, and a file has parents before their children."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from stalker.scheduling.problem import Artist, Problem, Task
from stalker.scheduling.result import Fault


def hierarchy_faults(problem: Problem) -> Iterator[Fault]:
    """Yield ids that are used twice, parents that are not there, and tasks below themselves."""
    yield from _repeated("artists", problem.artists)
    yield from _repeated("tasks", problem.tasks)
    parents: dict[str | None, str | None] = {task.id: task.parent for task in problem.tasks}
    rooted: set[str | None] = {None}
    for task in problem.tasks:
        if task.parent is not None and task.parent not in parents:
            text = f"Task {task.name!r}: there is no task {task.parent!r} to be its parent."
            yield Fault("parent_unknown", task.id, text)
            rooted.add(task.parent)
        way: set[str | None] = set()
        above: str | None = task.id
        while above not in rooted and above not in way:
            way.add(above)
            above = parents.get(above)
        if above in way:
            yield Fault("parent_loop", task.id, f"Task {task.name!r} is a part of itself.")
        rooted |= way


def _repeated(kind: str, entities: tuple[Artist, ...] | tuple[Task, ...]) -> Iterator[Fault]:
    seen: set[str] = set()
    for entity in entities:
        if entity.id in seen:
            text = f"There are two {kind} with the id {entity.id!r}."
            yield Fault("duplicate_id", entity.id, text)
        seen.add(entity.id)


def in_order(problem: Problem) -> Iterator[tuple[Task, int]]:
    """Yield each task that hangs below a root with the number of tasks above it."""
    children: dict[str | None, list[Task]] = defaultdict(list)
    for task in reversed(problem.tasks):
        children[task.parent].append(task)
    waiting = [(task, 0) for task in children[None]]
    while waiting:
        task, depth = waiting.pop()
        yield task, depth
        if task.id in children:
            waiting.extend((child, depth + 1) for child in children[task.id])
