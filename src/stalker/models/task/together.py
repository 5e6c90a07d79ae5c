"""What two sessions do wrong only together: each was right, as long as it knew of its own changes.

Whoever gives a task children, work or something to wait for also changes what follows for it, and
holds the lock of its project: see `settling`. What is written by then counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from typing import Any

from sqlalchemy import (
    CTE,
    Select,
    bindparam,
    case,
    event,
    func,
    inspect,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_state

from stalker.db.session import StudioSession
from stalker.exceptions import CircularDependencyError
from stalker.models.task.dependency import TaskDependency
from stalker.models.task.task import Task
from stalker.models.task.time_log import TimeLog

__all__ = ["refuse_circles", "refuse_work_of_containers"]

_START, _END = 0, 1
_Event = tuple[int, int]


@event.listens_for(StudioSession, "after_flush")
def _refuse(session: Session, context: Any) -> None:
    stored = [*_changed(session.dirty, Task, "parent")]
    moved = [task for task in stored if _is_old(task.parent)]
    links = [
        each
        for each in _of(session.new, TaskDependency)
        if _is_old(each.task) and _is_old(each.depends_to)
    ]
    if moved or links:
        starts = {(task.id, _START) for task in moved} | {(each.task_id, _START) for each in links}
        refuse_circles(session, starts | {(task.parent_id, _END) for task in moved})
    worked_on = [*_of(session.new, TimeLog), *_changed(session.dirty, TimeLog, "task")]
    joined = [*_of(session.new, Task), *stored]
    tasks = {each.task for each in worked_on} | {each.parent for each in joined}
    old = {task.id for task in tasks if _is_old(task)}
    if old:
        refuse_work_of_containers(session, old)


def _of(objects: Iterable[object], kind: type[Any]) -> Iterator[Any]:
    return (each for each in objects if isinstance(each, kind))


def _changed(objects: Iterable[object], kind: type[Any], key: str) -> Iterator[Any]:
    return (each for each in _of(objects, kind) if key in inspect(each).committed_state)


def _is_old(task: Any) -> bool:
    """Say whether others may know *task*, too."""
    # what is only being written gets its key after that
    return task is not None and instance_state(task).key is not None


# --- Work and children ----------------------------------------------------------------------------


def refuse_work_of_containers(session: Session, numbers: Collection[int]) -> None:
    """Raise `ValueError` if one of the tasks with these ids has children and work of its own."""
    number = session.connection().scalar(_containers_with_work(), {"numbers": sorted(numbers)})
    if number is not None:
        container = session.get_one(Task, number)
        raise ValueError(
            f"{type(container).__name__}.children of {container!r} must stay empty where somebody "
            "has worked on it: another session has written one of both at the same moment"
        )


@cache  # what takes longest is to put it together
def _containers_with_work() -> Select[tuple[int]]:
    task, child, log = Task.__table__, Task.__table__.alias(), TimeLog.__table__
    return select(task.c.id).where(
        task.c.id.in_(bindparam("numbers", expanding=True)),
        select(child.c.id).where(child.c.parent_id == task.c.id).exists(),
        select(log.c.id).where(log.c.task_id == task.c.id).exists(),
    )


# --- Circles --------------------------------------------------------------------------------------


def refuse_circles(session: Session, starts: Collection[_Event]) -> None:
    """Raise `CircularDependencyError` if something comes after itself, as `cycles` defines it.

    What has changed are the steps that lead to *starts*.
    """
    connection = session.connection()
    reached = select(_after(starts).c.id)
    tasks, links = Task.__table__.c, TaskDependency.__table__.c
    graph: TopologicalSorter[_Event] = TopologicalSorter()
    for number, parent in connection.execute(
        select(tasks.id, tasks.parent_id).where(tasks.id.in_(reached))
    ):
        graph.add((number, _END), (number, _START))
        if parent is not None:
            graph.add((number, _START), (parent, _START))
            graph.add((parent, _END), (number, _END))
    for number, other in connection.execute(
        select(links.task_id, links.depends_to_id).where(links.task_id.in_(reached))
    ):
        graph.add((number, _START), (other, _END))
    try:
        graph.prepare()
    except CycleError as error:
        numbers = dict.fromkeys(number for number, _ in error.args[1])
        circle = [session.get_one(Task, number) for number in numbers]
        raise CircularDependencyError(
            f"Task.depends or Task.parent: {circle!r} would wait for each other in a circle, of "
            "which another session has written a part at the same moment",
            tasks=circle,
        ) from None


def _after(starts: Collection[_Event]) -> CTE:
    """Return the query for the starts and ends of tasks that come after *starts*."""
    tasks, links = Task.__table__, TaskDependency.__table__
    # a start leads to its end anyway
    begun = [number for number, side in starts if side == _START]
    side = case((tasks.c.id.in_(begun), _START), else_=_END)
    numbers = sorted({number for number, _ in starts})
    rows = select(tasks.c.id, side.label("side")).where(tasks.c.id.in_(numbers))
    found = rows.cte(recursive=True)
    origin, child = tasks.alias(), tasks.alias()
    # each event leads to one other that is always there, and to any number of a second kind
    ways = union_all(select(literal(0).label("way")), select(literal(1))).subquery()
    is_start, first = found.c.side == _START, ways.c.way == 0
    number = case(
        (first & is_start, found.c.id),
        (first, origin.c.parent_id),
        else_=func.coalesce(child.c.id, links.c.task_id),
    )
    step = (
        select(number, case((first, _END), else_=_START))
        .select_from(found)
        .join(origin, origin.c.id == found.c.id)
        .outerjoin(child, is_start & (child.c.parent_id == found.c.id))
        .outerjoin(links, ~is_start & (links.c.depends_to_id == found.c.id))
        .join(ways, literal(True))
        .where(number.is_not(None))
    )
    return found.union(step)
