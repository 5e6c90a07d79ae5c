"""What a task has to wait for, itself or with everything that it is part of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import inspect, select
from sqlalchemy.orm import object_session, selectinload

from stalker.db.declarative import named
from stalker.models.mixins.dag import ancestors
from stalker.models.task.surroundings import load_line
from stalker.workflow.derive import is_finished

if TYPE_CHECKING:
    from stalker.models.task.task import Task

__all__ = ["blockers_of"]


def blockers_of(task: Task) -> list[Task]:
    """Return the unfinished prerequisites of *task* and of its ancestors, nearest first, once each.

    Takes as many statements at any depth.
    """
    kept = load_line(task)
    line = [task, *ancestors(task)]
    kept += _load_prerequisites(line)
    links = (row.depends_to for each in line for row in each.task_depends_to)
    found = dict.fromkeys(each for each in links if each is not None)
    return [each for each in found if not is_finished(each.status.code)]


def _load_prerequisites(tasks: Iterable[Task]) -> list[Task]:
    """Load what *tasks* depend on, where that is not known; whoever asks has to keep the result."""
    unknown = [each for each in tasks if "task_depends_to" not in each.__dict__]
    numbers = [found[0] for each in unknown if (found := inspect(each).identity)]
    session = object_session(unknown[0]) if numbers else None
    if session is None:
        return []
    kind, link = named("Task"), named("TaskDependency")
    ways = selectinload(kind.task_depends_to).selectinload(link.depends_to)
    query = select(kind).where(kind.id.in_(numbers)).options(ways.selectinload(kind.status))
    with session.no_autoflush:
        return list(session.scalars(query))
