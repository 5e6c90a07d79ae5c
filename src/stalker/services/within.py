"""Which tasks are meant: those of some projects, or all that is below another one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, select

from stalker.models.loading import is_one_of
from stalker.models.project import Project
from stalker.models.task import Task

__all__ = ["below", "within"]

_tasks, _projects = Task.__table__.c, Project.__table__.c


def within(
    projects: Collection[Project], top: Task | None = None, resting: bool = True
) -> list[ColumnElement[bool]]:
    """Return the conditions that a task is in one of *projects*, and is *top* or below it.

    There is none for what is not given. If neither is, and *resting* is not wanted, it is in a
    project that does not rest.
    """
    found: list[ColumnElement[bool]] = []
    if projects:
        found.append(_tasks.project_id.in_([each.id for each in projects]))
    if top is not None:
        found.append(_tasks.id.in_(below([top.id])))
    if not (resting or found):
        found.append(_tasks.project_id.in_(select(_projects.id).where(_projects.active)))
    return found


def below(numbers: Iterable[int]) -> Any:
    """Return the query for the ids of these tasks and of all that are below them."""
    found: Any = select(_tasks.id).where(is_one_of(_tasks.id, numbers)).cte(recursive=True)
    found = found.union(select(_tasks.id).join(found, _tasks.parent_id == found.c.id))
    return select(found.c.id)
