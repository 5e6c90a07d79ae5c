"""Tasks as a list of work: who does what, when, and how much of it is done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from stalker.core.kinds import ScheduleModel
from stalker.models.asset import Asset
from stalker.models.auth import User
from stalker.models.entity import SimpleEntity
from stalker.models.gathering import load_logs
from stalker.models.loading import batches, is_one_of, load_by_class
from stalker.models.project import Project
from stalker.models.sequence import Sequence
from stalker.models.shot import Shot
from stalker.models.status import Status
from stalker.models.task import Task, TimeLog
from stalker.models.task.omission import is_omitted, is_unwanted
from stalker.models.task.tables import resources_table
from stalker.services.addresses import addresses
from stalker.services.within import within
from stalker.workflow.derive import FINISHED

__all__ = ["Work", "unassigned", "without_tasks", "work", "work_on"]

_tasks, _names, _statuses = Task.__table__.c, SimpleEntity.__table__.c, Status.__table__.c


class Work(NamedTuple):
    """A task that somebody can work on: one without tasks below it.

    A shot, asset or sequence that has none yet is a place for work, unless it has people, logs or
    an effort of its own.
    """

    id: int
    #: from the code of the project down
    path: str
    #: name of its class
    entity_type: str
    #: code of its status
    status: str
    #: logins of those who are assigned
    resources: tuple[str, ...]
    start: datetime
    end: datetime
    #: a plan has placed it; else the dates are those that a new task gets, or was given
    is_planned: bool
    planned_seconds: int
    logged_seconds: int
    #: it is, or is part of, a shot that is in the cut no more
    is_omitted: bool
    #: it is a shot, asset or sequence, and its tasks are to come
    is_place: bool


def work(
    session: Session,
    user: User | None = None,
    projects: Collection[Project] = (),
    statuses: Collection[str] = (),
    top: Task | None = None,
    finished: bool = False,
) -> list[Work]:
    """Return the tasks without children by start, as many statements for many as for a few.

    They are those that *user* is assigned to, in one of *projects*, with the code of one of
    *statuses*, and *top* or below it, as far as these are given. What is *finished* is left out,
    unless it is asked for, or *statuses* are; with what is finished, what is omitted is asked for,
    and places for work that have no tasks yet. So is what lies in a project that rests, or the
    project or *top* has to be given.
    """
    conditions = [_is_leaf() if finished else _is_work(), *within(projects, top, finished)]
    if user is not None:
        mine = select(resources_table.c.task_id).where(resources_table.c.resource_id == user.id)
        conditions.append(_tasks.id.in_(mine))
    if statuses:
        conditions.append(_statuses.code.in_(statuses))
    elif not finished:
        conditions.append(_statuses.code.not_in(FINISHED))
    if not finished:
        conditions.append(~is_unwanted(_tasks.id, _statuses.code))
    rows = session.execute(_rows(conditions)).all()
    return _complete(session, rows)


def work_on(session: Session, numbers: Iterable[int]) -> list[Work]:
    """Return the tasks with these ids by start, as far as they are there."""
    return _complete(session, session.execute(_rows([is_one_of(_tasks.id, numbers)])).all())


def unassigned(session: Session, projects: Collection[Project] = ()) -> list[int]:
    """Return the ids of the tasks whose work nobody does: a plan has no time for them.

    They are in one of *projects*, if some are given, and neither finished nor omitted.
    """
    query = (
        select(_tasks.id)
        .join(Status.__table__, _statuses.id == _tasks.status_id)
        .where(
            _is_work(),
            ~exists().where(resources_table.c.task_id == _tasks.id),
            _tasks.schedule_model == ScheduleModel.EFFORT,
            _tasks.is_milestone.is_(False),
            _statuses.code.not_in(FINISHED),
            ~is_omitted(_tasks.id),
            *within(projects),
        )
        .order_by(_tasks.id)
    )
    return list(session.scalars(query))


def without_tasks(session: Session, projects: Collection[Project] = ()) -> list[int]:
    """Return the ids of the shots, assets and sequences that have no tasks yet.

    They are in one of *projects*, if some are given, and not omitted. A plan begins with them.
    """
    query = select(_tasks.id).where(
        _is_leaf(), _is_place(), ~is_omitted(_tasks.id), *within(projects)
    )
    return list(session.scalars(query.order_by(_tasks.id)))


def _is_work() -> ColumnElement[bool]:
    """Say of a task that nothing is below it, and that it is not a place where nothing is yet."""
    return and_(_is_leaf(), ~_is_place())


def _is_leaf() -> ColumnElement[bool]:
    child = Task.__table__.alias()
    return ~exists().where(child.c.parent_id == _tasks.id)


def _is_place() -> ColumnElement[bool]:
    """Say of a leaf that it is a shot, asset or sequence as it was made: its tasks are to come.

    Where work is planned on assets themselves, they have people, logs or an effort.
    """
    kinds = [exists().where(kind.__table__.c.id == _tasks.id) for kind in (Shot, Asset, Sequence)]
    return and_(
        or_(*kinds),
        # of a row that another program wrote both may be missing: it is none that was just made
        _tasks.schedule_timing.is_not_distinct_from(Task.__default_schedule_timing__),
        _tasks.schedule_unit.is_not_distinct_from(Task.__default_schedule_unit__),
        _tasks.schedule_model == ScheduleModel.EFFORT,
        ~exists().where(resources_table.c.task_id == _tasks.id),
        ~exists().where(TimeLog.__table__.c.task_id == _tasks.id),
    )


def _rows(conditions: Iterable[ColumnElement[bool]]) -> Select[Any]:
    planned, logged = _tasks.schedule_seconds, _tasks.total_logged_seconds
    is_effort = _tasks.schedule_model == ScheduleModel.EFFORT
    noted = and_(is_effort, planned.is_not(None), logged.is_not(None)).label("is_noted")
    is_planned = and_(_tasks.computed_start.is_not(None), _tasks.computed_end.is_not(None))
    columns = (_tasks.id, _names.entity_type, _statuses.code, _tasks.start, _tasks.end)
    omitted = is_omitted(_tasks.id).label("is_omitted")
    place = and_(_is_leaf(), _is_place()).label("is_place")
    return (
        select(*columns, is_planned.label("is_planned"), planned, logged, noted, omitted, place)
        .join_from(Task.__table__, SimpleEntity.__table__, _names.id == _tasks.id)
        .join(Status.__table__, _statuses.id == _tasks.status_id)
        .where(*conditions)
        .order_by(_tasks.start, _tasks.id)
    )


def _complete(session: Session, rows: Collection[Any]) -> list[Work]:
    numbers = [row.id for row in rows]
    paths = addresses(session, numbers)
    people = _people(session, numbers)
    totals = {
        row.id: (row.schedule_seconds, row.total_logged_seconds) for row in rows if row.is_noted
    }
    # what is measured by time goes on with it
    totals |= _formed(session, [(row.id, row.entity_type) for row in rows if not row.is_noted])
    return [
        Work(
            row.id,
            paths[row.id],
            row.entity_type,
            row.code,
            tuple(people[row.id]),
            row.start,
            row.end,
            bool(row.is_planned),
            *totals[row.id],
            row.is_omitted,
            row.is_place,
        )
        for row in rows
        if row.id in paths and row.id in totals  # nobody has deleted it since
    ]


def _people(session: Session, numbers: list[int]) -> dict[int, list[str]]:
    found = defaultdict(list)
    columns = resources_table.c
    query = select(columns.task_id, User.login).join(User, User.user_id == columns.resource_id)
    for some in batches(numbers):
        wanted = query.where(is_one_of(columns.task_id, some)).order_by(User.login)
        for number, login in session.execute(wanted):
            found[number].append(login)
    return found


def _formed(session: Session, rows: list[tuple[int, str]]) -> dict[int, tuple[int, int]]:
    tasks = load_by_class(session, Task, rows)
    load_logs(tasks.values())
    return {number: task._own_totals() for number, task in tasks.items()}
