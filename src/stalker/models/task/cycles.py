"""Circles among tasks, through parents and dependencies alike.

A task has two events, its start S and its end E. Children lie inside their parent, and what depends
on a task starts after its end:

    S(task) -> E(task)    S(parent) -> S(child)    E(child) -> E(parent)    E(task) -> S(dependent)

A plan exists as long as no event comes after itself. A dependency that may begin at the start of
its prerequisite is treated like the others, because reviews turn one kind into the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from stalker.core.graph import reaches
from stalker.exceptions import CircularDependencyError

if TYPE_CHECKING:
    from stalker.models.task.task import Task

_START, _END = "start", "end"
_Event = tuple[Any, str]


def _after(event: _Event) -> Iterator[_Event]:
    task, which = event
    if which is _START:
        yield task, _END
        for child in task.children:
            yield child, _START
    else:
        if task.parent is not None:
            yield task.parent, _END
        for row in task.task_dependent_of:
            if row.task is not None:
                yield row.task, _START


def _before(event: _Event) -> Iterator[_Event]:
    task, which = event
    if which is _END:
        yield task, _START
        for child in task.children:
            yield child, _END
    else:
        if task.parent is not None:
            yield task.parent, _START
        for row in task.task_depends_to:
            if row.depends_to is not None:
                yield row.depends_to, _END


def refuse_dependency(task: Task, prerequisite: Task) -> None:
    """Raise `CircularDependencyError` if *task* must not depend on *prerequisite*."""
    if reaches((task, _START), (prerequisite, _END), _after, _before):
        raise CircularDependencyError(
            f"{type(task).__name__}.depends of {task!r} must not hold {prerequisite!r}, which "
            f"{'is the same' if prerequisite is task else 'cannot be finished before it'}",
            task=task,
            depends_to=prerequisite,
        )


def refuse_parent(task: Task, parent: Task) -> None:
    """Raise `CircularDependencyError` if *parent* must not become the parent of *task*."""
    if (
        parent is task
        or reaches((task, _START), (parent, _START), _after, _before)
        or reaches((parent, _END), (task, _END), _after, _before)
    ):
        raise CircularDependencyError(
            f"{type(task).__name__}.parent of {task!r} must not be {parent!r}, which is "
            f"{'the same' if parent is task else 'below it, or must be finished before it'}",
            node=task,
            parent=parent,
        )
