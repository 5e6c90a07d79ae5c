"""A plan, written to the database: all of it, or nothing.

The rows are written, not the objects: fifteen thousand tasks take as many statements as ten. What
the session holds of them is read again when it is next asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from stalker.db.declarative import named
from stalker.models.schedulers.keys import project_key, task_key, user_key
from stalker.models.task.omission import is_omitted
from stalker.models.task.settling import lock_projects
from stalker.models.task.tables import (
    alternatives_table,
    computed_table,
    resources_table,
)
from stalker.scheduling import Result
from stalker.workflow.derive import FINISHED

__all__ = ["Dates", "computed_people", "planned_dates", "store"]

_DATES = ("start", "end", "duration", "computed_start", "computed_end")
#: what the attributes are called
_KEYS = ("_start", "_end", "_duration", *_DATES[3:])
_OTHER_SIDE = "computed_resource_in_tasks"


class Dates(NamedTuple):
    """From when to when something lies."""

    start: datetime
    end: datetime


def store(
    session: Session,
    result: Result,
    project_ids: Collection[int],
    *,
    people: bool,
    frozen: bool,
    through_objects: bool = False,
) -> int:
    """Write the dates of tasks and projects, and with *people* who does the work.

    Tasks that are finished keep their dates if they are *frozen*, or if the frame has cut them. A
    container lies around what is below it then. Returns how many tasks have been written.
    """
    lock_projects(session, project_ids)
    with session.begin_nested():
        tasks, projects = planned_dates(session, result, project_ids, frozen)
        if through_objects:
            _set(session, named("Task"), tasks)
            _set(session, named("Project"), projects)
        else:
            _write(session, named("Task"), tasks)
            _write(session, named("Project"), projects)
        if people:
            _assign(session, result, project_ids)
    _forget(session, {*tasks, *projects}, people)
    return len(tasks)


def planned_dates(
    session: Session, result: Result, project_ids: Collection[int], frozen: bool
) -> tuple[dict[int, Dates], dict[int, Dates]]:
    """Return where the tasks and projects lie by the plan, by their ids."""
    finished = _finished(session, project_ids, idle=not frozen)
    task = named("Task").__table__.c
    rows = session.execute(
        select(
            *(task.id, task.parent_id, task.project_id, task.start, task.end),
            is_omitted(task.id).label("is_omitted"),
        ).where(task.project_id.in_(project_ids))
    ).all()
    parents = {row.parent_id for row in rows}
    lies: dict[int, Dates] = {}
    left_out: set[int] = set()
    for row in rows:
        planned = result.tasks.get(task_key(row.id))
        if planned is None or not planned.start or not planned.end:
            if row.is_omitted:
                left_out.add(row.id)
            continue
        # without work it was in the plan as it lies, but for what is not in the frame
        is_cut = planned.start > row.start or planned.end < row.end
        if row.id not in finished or not (frozen or is_cut):
            lies[row.id] = Dates(planned.start, planned.end)
    around, projects = _around(rows, lies, parents, left_out)
    moved = {number: each for number, each in lies.items() if number not in parents}
    moved |= around
    alone = (number for number in project_ids if number not in projects)
    for number in alone:
        planned = result.tasks.get(project_key(number))
        if planned is not None and planned.start and planned.end:
            projects[number] = Dates(planned.start, planned.end)
    return moved, projects


def _around(
    rows: Iterable[Any],
    lies: Mapping[int, Dates],
    parents: Collection[int | None],
    left_out: Collection[int],
) -> tuple[dict[int, Dates], dict[int, Dates]]:
    """Return where containers and projects of planned tasks lie around all of their leaves.

    A project ends without what is *left_out*; a container is the sum of its parts in any case.
    """
    above = {row.id: row.parent_id for row in rows}
    found: dict[int, list[datetime]] = defaultdict(list)
    whole: dict[int, list[datetime]] = defaultdict(list)
    planned: set[int] = set(lies)
    for row in rows:
        if row.id in parents:
            continue
        leaf = lies.get(row.id) or (row.start, row.end)
        if row.id not in left_out:
            whole[row.project_id] += leaf
        container = row.parent_id
        while container is not None:
            found[container] += leaf
            if row.id in lies:
                planned.add(container)
            container = above[container]
    containers = {number: some for number, some in found.items() if number in planned}
    return _envelopes(containers), _envelopes(whole)


def _envelopes(moments: Mapping[int, list[datetime]]) -> dict[int, Dates]:
    return {number: Dates(min(some), max(some)) for number, some in moments.items()}


def _finished(session: Session, project_ids: Collection[int], idle: bool) -> frozenset[int]:
    """Return the ids of finished tasks, or of those nobody has logged any work on."""
    task, status = named("Task").__table__, named("Status").__table__
    log = named("TimeLog").__table__.c
    query = (
        select(task.c.id)
        .join(status, status.c.id == task.c.status_id)
        .where(task.c.project_id.in_(project_ids), status.c.code.in_(FINISHED))
    )
    if idle:
        is_worked_on = select(log.id).where(log.task_id == task.c.id).exists()
        query = query.where(~task.c.is_milestone, ~is_worked_on)
    return frozenset(session.scalars(query))


def _write(session: Session, kind: Any, dates: Mapping[int, Dates]) -> None:
    if not dates:
        return
    table = kind.__table__
    values: Any = {name: bindparam(f"new_{name}") for name in _DATES}
    statement = update(table).where(table.c.id == bindparam("of")).values(values)
    rows = [
        {
            "of": number,
            "new_start": start,
            "new_end": end,
            "new_duration": end - start,
            "new_computed_start": start,
            "new_computed_end": end,
        }
        for number, (start, end) in sorted(dates.items())
    ]
    session.connection().execute(statement, rows)


def _set(session: Session, kind: Any, dates: Mapping[int, Dates]) -> None:
    for each in session.scalars(select(kind).where(kind.id.in_(list(dates)))):
        start, end = dates[each.id]
        values = (start, end, end - start, start, end)
        for key, value in zip(_KEYS, values, strict=True):
            object.__setattr__(each, key, value)  # not what a hand would change
    session.flush()


def _assign(session: Session, result: Result, project_ids: Collection[int]) -> None:
    """Replace who does the work by the plan."""
    task = named("Task").__table__.c
    tasks = select(task.id).where(task.project_id.in_(project_ids))
    rows = [
        {"task_id": number, "resource_id": user}
        for number, users in computed_people(session, result, project_ids).items()
        for user in users
    ]
    connection = session.connection()
    connection.execute(delete(computed_table).where(computed_table.c.task_id.in_(tasks)))
    if rows:
        connection.execute(insert(computed_table), rows)


def computed_people(
    session: Session, result: Result, project_ids: Collection[int]
) -> dict[int, list[int]]:
    """Return who does the work of each task by the plan, of those who may, in the plan's order."""
    task = named("Task").__table__.c
    found: dict[int, list[int]] = {}
    allowed: dict[int, dict[str, int]] = defaultdict(dict)
    for table in (resources_table, alternatives_table):
        query = select(table.c.task_id, table.c.resource_id).join_from(
            table, named("Task").__table__, task.id == table.c.task_id
        )
        for number, user in session.execute(query.where(task.project_id.in_(project_ids))):
            allowed[number][user_key(user)] = user
    for number, users in allowed.items():
        planned = result.tasks.get(task_key(number))
        if planned is not None:
            found[number] = [users[each] for each in planned.artists if each in users]
    return found


def _forget(session: Session, numbers: Collection[int], people: bool) -> None:
    """Let objects that the session holds read again what has been written."""
    kinds, user = (named("Task"), named("Project")), named("User")
    keys = [*_KEYS, "_computed_resources"] if people else list(_KEYS)
    for each in session.identity_map.values():
        if isinstance(each, kinds) and each.__dict__.get("id") in numbers:
            session.expire(each, [key for key in keys if key in each.__dict__])
        elif people and isinstance(each, user) and _OTHER_SIDE in each.__dict__:
            session.expire(each, [_OTHER_SIDE])
