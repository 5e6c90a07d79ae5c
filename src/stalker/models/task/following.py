"""Queries for whoever may have to follow when the status of a task changes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache
from typing import Any

from sqlalchemy import case, literal, or_, select, union_all
from sqlalchemy.orm import Session

from stalker.db.among import among
from stalker.db.declarative import named
from stalker.workflow.derive import FINISHED

__all__ = ["children_ids", "followers_of", "link_rows"]


def followers_of(session: Session, numbers: Collection[int], finished: bool) -> set[int]:
    """Return the ids of the tasks to which a change of those with these ids may spread.

    They are among them. It goes up from each task to its container, and on to its dependents where
    it may become finished, or unfinished, too: a leaf that is completed loses that with its
    prerequisite, but none becomes finished by it; a container may do both.
    """
    kinds = (named(name) for name in ("Task", "TaskDependency", "Status"))
    with session.no_autoflush:
        return set(session.scalars(_query(*kinds, finished), {"numbers": numbers}).all())


def children_ids(session: Session, numbers: Collection[int]) -> Iterator[int]:
    """Yield the ids of the children of the tasks with these ids."""
    with session.no_autoflush:
        yield from session.scalars(_children(named("Task")), {"numbers": numbers})


def link_rows(session: Session, numbers: Collection[int]) -> Iterator[Any]:
    """Yield who depends on whom, and on which end, where one of them has one of these ids."""
    with session.no_autoflush:
        yield from session.execute(_links(named("TaskDependency")), {"numbers": numbers})


@cache  # what takes longest is to put them together
def _children(kind: Any) -> Any:
    columns = kind.__table__.c
    return select(columns.id).where(among(columns.parent_id, name="numbers"))


@cache
def _links(kind: Any) -> Any:
    columns = kind.__table__.c
    sides = (among(each, name="numbers") for each in (columns.task_id, columns.depends_to_id))
    query = select(columns.task_id, columns.depends_to_id, columns.dependency_target)
    return query.where(or_(*sides))


@cache
def _query(task_kind: Any, link_kind: Any, status_kind: Any, finished: bool) -> Any:
    task, link, status = task_kind.__table__, link_kind.__table__, status_kind.__table__.c
    done = select(status.id).where(status.code.in_(FINISHED))
    up, on = literal(1), literal(0)
    start = select(task.c.id, up.label("spreads")).where(among(task.c.id, name="numbers"))
    found = start.cte(recursive=True)
    # Two rows for each dependent, of which one leads up. A union of both kinds of steps would be
    # simpler, but SQLite would form it of all tasks that there are.
    ways = union_all(select(up.label("up")), select(on)).subquery()
    origin, other = task.alias(), task.alias()
    goes_up = ways.c.up == 1
    spreads = goes_up if finished else goes_up | other.c.status_id.in_(done)
    step = (
        select(other.c.id, case((spreads, up), else_=on))
        .select_from(found)
        .join(origin, origin.c.id == found.c.id)
        .outerjoin(link, link.c.depends_to_id == found.c.id)
        .join(ways, goes_up | (found.c.spreads == 1))
        .join(other, other.c.id == case((goes_up, origin.c.parent_id), else_=link.c.task_id))
    )
    return select(found.union(step).c.id)
