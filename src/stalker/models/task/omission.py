"""What is omitted: tasks with a tag that says so, and all that is below them.

What is left to do on them is in no plan, and in no list of what is to be done. What is finished
stays what it is. Neither statuses nor people change: without the tag all is as before.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from stalker.db.declarative import named
from stalker.models.entity import entity_tags
from stalker.workflow.derive import FINISHED, is_finished

if TYPE_CHECKING:
    from stalker.models.task.task import Task

__all__ = ["OMITTED", "is_omitted", "is_unwanted", "left_out", "omitted_with", "tagged"]

#: name of the tag of a shot that was in a cut and is no more
OMITTED = "omitted"


def tagged() -> Select[Any]:
    """Return the query for the ids of what has the tag itself."""
    tag, entity = named("Tag").__table__, named("SimpleEntity").__table__
    return (
        select(entity_tags.c.entity_id)
        .join(tag, tag.c.id == entity_tags.c.tag_id)
        .join(entity, entity.c.id == tag.c.id)
        .where(entity.c.name == OMITTED)
    )


def is_omitted(task_id: Any) -> Any:
    """Return the condition that the task with that id has the tag, or is below one that has it."""
    task = named("Task").__table__.c
    found: Any = select(task.id).where(task.id.in_(tagged())).cte(recursive=True)
    found = found.union(select(task.id).join(found, task.parent_id == found.c.id))
    return task_id.in_(select(found.c.id))


def is_unwanted(task_id: Any, status_code: Any) -> Any:
    """Return the condition that a task is omitted before it was finished."""
    return is_omitted(task_id) & status_code.not_in(FINISHED)


def left_out(session: Session, project_ids: Collection[int] | None = None) -> frozenset[int]:
    """Return the ids of the tasks that no plan holds, of all projects or of some.

    That is what is omitted before it was finished, and containers of nothing else. One statement.
    """
    rows = {row.id: row for row in session.execute(_around(project_ids))}
    containers = {row.parent_id for row in rows.values()}
    kept: set[int] = set()
    for row in rows.values():
        if row.id in containers or (row.is_omitted and not is_finished(row.code)):
            continue
        number = row.id
        while number in rows and number not in kept:
            kept.add(number)
            number = rows[number].parent_id
    return frozenset(rows.keys() - kept)


def _around(project_ids: Collection[int] | None) -> Select[Any]:
    """Return the query for what is omitted, for all above that, and for the children of that."""
    task, status = named("Task").__table__, named("Status").__table__
    omitted = is_omitted(task.c.id)
    found: Any = select(task.c.parent_id.label("id")).where(task.c.id.in_(tagged()))
    found = found.cte(recursive=True)
    found = found.union(select(task.c.parent_id).join(found, found.c.id == task.c.id))
    above = select(found.c.id).where(found.c.id.is_not(None))
    query = (
        select(task.c.id, task.c.parent_id, status.c.code, omitted.label("is_omitted"))
        .join(status, status.c.id == task.c.status_id)
        .where(omitted | task.c.id.in_(above) | task.c.parent_id.in_(above))
    )
    return query if project_ids is None else query.where(task.c.project_id.in_(project_ids))


def omitted_with(session: Session, task: Task) -> Task | None:
    """Return what *task* is omitted with: itself, or the next above it that has the tag."""
    line = {each.id: each for each in (task, *reversed(task.parents))}
    found = set(session.scalars(tagged().where(entity_tags.c.entity_id.in_(line))))
    return next((each for number, each in line.items() if number in found), None)
