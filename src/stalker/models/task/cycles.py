"""Circles among tasks, through parents and dependencies alike.

A task has two events, its start S and its end E. Children lie inside their parent, and what depends
on a task starts after its end:

    S(task) -> E(task)    S(parent) -> S(child)    E(child) -> E(parent)    E(task) -> S(dependent)

A plan exists as long as no event comes after itself. A dependency that may begin at the start of
its prerequisite is treated like the others, because reviews turn one kind into the other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session, selectinload
from sqlalchemy.orm.attributes import instance_state

from stalker.core.graph import reaches
from stalker.db.declarative import named
from stalker.exceptions import CircularDependencyError

if TYPE_CHECKING:
    from stalker.models.task.task import Task

_START, _END = "start", "end"
_Event = tuple[Any, str]
_Neighbours = Callable[[_Event], Iterator[_Event]]


def _after(event: _Event) -> Iterator[_Event]:
    task, which = event
    if which is _START:
        yield task, _END
        for child in _list(task, "children"):
            yield child, _START
    else:
        if task.parent is not None:
            yield task.parent, _END
        for row in _list(task, "task_dependent_of"):
            if row.task is not None:
                yield row.task, _START


def _before(event: _Event) -> Iterator[_Event]:
    task, which = event
    if which is _END:
        yield task, _START
        for child in _list(task, "children"):
            yield child, _END
    else:
        if task.parent is not None:
            yield task.parent, _START
        for row in _list(task, "task_depends_to"):
            if row.depends_to is not None:
                yield row.depends_to, _END


def _list(task: Task, key: str) -> Collection[Any]:
    # what is not stored has everything in memory; asked for, an empty list would be made
    known: Collection[Any] | None = task.__dict__.get(key)
    if known is None:
        known = () if instance_state(task).key is None else getattr(task, key)
    return known


#: how many tasks are asked about at once
_BATCH = 500


def _load(events: Collection[_Event]) -> None:
    """Load what is around the tasks of a level with a few statements, not with some for each."""
    waiting: dict[Session, dict[int, Any]] = {}
    for task, _ in events:
        if instance_state(task).key is not None and not task.__dict__.keys() >= _NEEDED:
            session = object_session(task)
            if session is not None:
                waiting.setdefault(session, {})[task.id] = task
    if not waiting:
        return
    kind, link = named("Task"), named("TaskDependency")
    around = (
        selectinload(kind.parent),
        selectinload(kind.children),
        selectinload(kind.task_depends_to).selectinload(link.depends_to),
        selectinload(kind.task_dependent_of).selectinload(link.task),
    )
    for session, tasks in waiting.items():
        ids = sorted(tasks)
        for first in range(0, len(ids), _BATCH):
            some = ids[first : first + _BATCH]
            session.scalars(select(kind).where(kind.task_id.in_(some)).options(*around)).all()


_NEEDED = {"parent", "children", "task_depends_to", "task_dependent_of"}


def refuse_dependency(task: Task, prerequisite: Task) -> None:
    """Raise `CircularDependencyError` if *task* must not depend on *prerequisite*."""
    if _comes_after(task, prerequisite):
        raise CircularDependencyError(
            f"{type(task).__name__}.depends of {task!r} must not hold {prerequisite!r}, which "
            f"{'is the same' if prerequisite is task else 'cannot be finished before it'}",
            task=task,
            depends_to=prerequisite,
        )


def _comes_after(task: Task, prerequisite: Task) -> bool:
    """Say whether *task* would wait for something that waits for it."""
    if prerequisite is task:
        return True
    first: _Event = (task, _START)
    # what was just made lies before nothing but the end of what it is a part of
    if instance_state(task).key is None and not (
        _list(task, "children") or _list(task, "task_dependent_of")
    ):
        if task.parent is None:
            return False
        first = (task.parent, _END)
    return reaches(first, (prerequisite, _END), _after, _before, _load)


def refuse_parent(task: Task, parent: Task) -> None:
    """Raise `CircularDependencyError` if *parent* must not become the parent of *task*."""
    after, before = _without_parent(task, _after), _without_parent(task, _before)
    if (
        parent is task
        or reaches((task, _START), (parent, _START), after, before, _load)
        or reaches((parent, _END), (task, _END), after, before, _load)
    ):
        raise CircularDependencyError(
            f"{type(task).__name__}.parent of {task!r} must not be {parent!r}, which is "
            f"{'the same' if parent is task else 'below it, or must be finished before it'}",
            node=task,
            parent=parent,
        )


def _without_parent(task: Task, neighbours: _Neighbours) -> _Neighbours:
    """Return *neighbours* without what the parent that *task* is about to lose brings about."""
    pair = {id(task), id(task.parent)}

    def others(event: _Event) -> Iterator[_Event]:
        # between a child and its parent there is no dependency: no other link is left out
        inside = id(event[0]) in pair
        return (
            other
            for other in neighbours(event)
            if not inside or other[0] is event[0] or id(other[0]) not in pair
        )

    return others
