"""Ids are unique, and every task hangs below a root."""

from __future__ import annotations

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
