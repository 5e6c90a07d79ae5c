"""A task that is deleted leaves its parent and those who waited for it.

The database deletes what is below it, whether that is known here or not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Select, event, inspect, select
from sqlalchemy.orm import Session

from stalker.db.declarative import named
from stalker.db.session import StudioSession, quiet
from stalker.models.mixins.dag import ancestors
from stalker.models.task import rollup
from stalker.models.task.changes import LEFT
from stalker.models.task.dependency import TaskDependency
from stalker.models.task.task import Task
from stalker.models.task.work import forget_deleted_work

#: how many trees are looked at with one statement
_BATCH = 1000
#: where a session keeps whether this flush deletes tasks
_GOING = "tasks_are_deleted"


@event.listens_for(StudioSession, "before_flush")
def _leave_others(session: Session, context: Any, instances: Any) -> None:
    with quiet:  # first, because what is left behind adds up what is left
        forget_deleted_work(session)
    going = {each for each in session.deleted if isinstance(each, Task)}
    # taken out of the list of its project, a task is deleted, too
    orphans = {
        each
        for each in session.dirty
        if isinstance(each, Task) and "project" in each.__dict__ and each.project is None
    }
    links = {each for each in session.deleted if isinstance(each, TaskDependency)}
    session.info[LEFT] = {}, {}
    if not going and not orphans and not links:
        return
    with quiet:
        going |= orphans
        going |= _take_back(session, going)
        session.info[_GOING] = bool(going)
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
        rollup.leave(leaving, removing)
    session.info[LEFT] = leaving, removing


@event.listens_for(StudioSession, "after_flush_postexec")
def _forget_lists(session: Session, context: Any) -> None:
    """Let nobody derive anything from rows that are gone, also before the commit."""
    leaving, removing = session.info.pop(LEFT, ({}, {}))
    for objects, key in ((leaving, "children"), (removing, "task_depends_to")):
        for each in objects:
            if each in session:
                session.expire(each, [key])
    if session.info.pop(_GOING, False):
        # what the database has deleted below them has depended on anybody
        for each in session.identity_map.values():
            if isinstance(each, Task) and each.__dict__.get("task_dependent_of"):
                session.expire(each, ["task_dependent_of"])


def _take_back(session: Session, going: Collection[Task]) -> set[Task]:
    """Take back what is new and belongs to tasks that will be deleted: it is never written.

    Returns the stored tasks that were moved below a new one: they are deleted, too.
    """
    moved: set[Task] = set()
    for new in session.new if going else ():
        if isinstance(new, TaskDependency):
            if _is_below(new.task, going) or _is_below(new.depends_to, going):
                new.task = None
        elif isinstance(new, named("Version")):
            if _is_below(new.task, going):
                new.task.versions.remove(new)
        elif isinstance(new, Task) and _is_below(new, going):
            moved.update(each for each in new.children if _id(each))
            new.project.tasks.remove(new)
    for task in moved:
        session.delete(task)
    return moved


def _is_below(task: Task | None, others: Collection[Task]) -> bool:
    return task is not None and any(each in others for each in (task, *ancestors(task)))


def _links_to(session: Session, roots: Collection[Task]) -> Iterator[TaskDependency]:
    """Yield the dependencies of others on tasks that go, and on everything below these."""
    moved = [
        each
        for each in session.dirty
        if isinstance(each, Task) and inspect(each).attrs.parent.history.has_changes()
    ]
    tops = (*roots, *(each for each in moved if _is_below(each, roots)))
    keys = sorted(key for each in tops if (key := _id(each)))
    for start in range(0, len(keys), _BATCH):
        query = _links_into(keys[start : start + _BATCH], list(filter(None, map(_id, moved))))
        yield from session.scalars(query)


def _id(task: Task) -> int | None:
    """Return the id of what is written, without asking for it."""
    identity = inspect(task).identity
    return identity[0] if identity else None


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
