"""The tasks and artists of a problem under the names by which TaskJuggler knows them.

Only ids get into a project file, and only those that are identifiers of its language: whatever else
an id may be, it cannot end a statement and begin another one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stalker.scheduling.hierarchy import in_order
from stalker.scheduling.problem import Problem, Task
from stalker.scheduling.result import Fault
from stalker.scheduling.validation import refuse

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Outline:
    """What a project file says about, and in which order."""

    #: each task with the number of tasks above it, parents before their children
    tasks: tuple[tuple[Task, int], ...]
    #: id of each task to its absolute name: the names of all tasks above it, and its own
    paths: dict[str, str]


def local_name(task: Task) -> str:
    """Return how TaskJuggler names *task* below its parent."""
    return task.id.rpartition(".")[2]


def outline(problem: Problem) -> Outline:
    """Return the outline of *problem*.

    Ids that are no identifiers, that occur twice, or tasks that hang in the air are a
    `SchedulingError`.
    """
    if found := [*_unnameable(problem), *_twice(problem)]:
        refuse(found)
    tasks = tuple(in_order(problem))
    paths: dict[str, str] = {}
    for task, _ in tasks:
        above = "" if task.parent is None else f"{paths[task.parent]}."
        paths[task.id] = above + local_name(task)
    adrift = [task for task in problem.tasks if task.id not in paths]
    if found := [*map(_adrift, adrift), *_namesakes(paths)]:
        refuse(found)
    return Outline(tasks, paths)


def _unnameable(problem: Problem) -> Iterator[Fault]:
    names = [(artist.id, artist.id) for artist in problem.artists]
    names += [(task.id, local_name(task)) for task in problem.tasks]
    for entity, name in names:
        if not IDENTIFIER.fullmatch(name):
            yield Fault("identifier", entity, f"TaskJuggler cannot name anything {name!r}.")


def _twice(problem: Problem) -> Iterator[Fault]:
    for kind, ids in (
        ("artist", [artist.id for artist in problem.artists]),
        ("task", [task.id for task in problem.tasks]),
    ):
        seen: set[str] = set()
        for each in ids:
            if each in seen:
                yield Fault("duplicate_id", each, f"There are two {kind}s with the id {each!r}.")
            seen.add(each)


def _adrift(task: Task) -> Fault:
    text = f"Task {task.name!r}: no way leads from its parent {task.parent!r} to the top."
    return Fault("parent_unknown", task.id, text)


def _namesakes(paths: dict[str, str]) -> Iterator[Fault]:
    owners: dict[str, str] = {}
    for task_id, path in paths.items():
        owner = owners.setdefault(path, task_id)
        if owner != task_id:
            text = f"The tasks {owner!r} and {task_id!r} are both {path!r} for TaskJuggler."
            yield Fault("duplicate_id", task_id, text)
