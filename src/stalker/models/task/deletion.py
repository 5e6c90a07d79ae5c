"""A task that is deleted leaves its parent and those who waited for it.

The database deletes what is below it, whether that is known here or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Select, event, inspect, select
from sqlalchemy.orm import Session

from stalker.db.session import StudioSession, quiet
from stalker.models.task import rollup
from stalker.models.task.dependency import TaskDependency
from stalker.models.task.task import Task

#: how many trees are looked at with one statement
_BATCH = 1000


@event.listens_for(StudioSession, "before_flush")
def _leave_others(session: Session, context: Any, instances: Any) -> None:
    going = {each for each in session.deleted if isinstance(each, Task)}
    # taken out of the list of its project, a task is deleted, too
    going.update(
        each
        for each in session.dirty
        if isinstance(each, Task) and "project" in each.__dict__ and each.project is None
    )
    links = {each for each in session.deleted if isinstance(each, TaskDependency)}
    if not going and not links:
        return
    with quiet:
        # what goes with its whole project leaves nobody behind
        roots = {task for task in going if task.project not in session.deleted}
        leaving: dict[Task, list[Task]] = {}
        for task in roots:
            if task.parent is not None and task.parent not in going:
                leaving.setdefault(task.parent, []).append(task)
        links.update(_links_to(session, roots))
        removing: dict[Task, list[Task]] = {}
        for link in links:
            if link.task is not None and link.depends_to is not None and link.task not in going:
                removing.setdefault(link.task, []).append(link.depends_to)
        for task, prerequisites in removing.items():
            rollup.dependencies_changed(task, prerequisites)
        for parent, children in leaving.items():
            rollup.children_left(parent, children)


def _links_to(session: Session, roots: Iterable[Task]) -> Iterator[TaskDependency]:
    """Yield the dependencies of others on tasks that go, and on everything below these."""
    for task in roots:
        yield from task.__dict__.get("task_dependent_of", ())
    identities = [inspect(task).identity for task in roots]
    keys = sorted(identity[0] for identity in identities if identity)
    moved = [
        each.id
        for each in session.dirty
        if isinstance(each, Task) and inspect(each).attrs.parent.history.has_changes()
    ]
    for start in range(0, len(keys), _BATCH):
        yield from session.scalars(_links_into(keys[start : start + _BATCH], moved))


def _links_into(keys: list[int], moved: list[int]) -> Select[TaskDependency]:
    """Return the query for what leads from outside into the trees below the tasks *keys*."""
    tasks = Task.__table__.c
    below = select(tasks.id).where(tasks.id.in_(keys)).cte("below", recursive=True)
    below = below.union(
        select(tasks.id).join(below, tasks.parent_id == below.c.id).where(tasks.id.not_in(moved))
    )
    inside = select(below.c.id)
    return select(TaskDependency).where(
        TaskDependency.depends_to_id.in_(inside), TaskDependency.task_id.not_in(inside)
    )
