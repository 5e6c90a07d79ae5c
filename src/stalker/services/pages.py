"""What the pages of an application show, as plain rows: one or two statements for any amount.

Rows are named tuples of texts, numbers and dates. They belong to no session: nothing can be changed
through them, and nothing is asked for later. What is pending in the session is written first, and
counts, as for any query. What is not stored has no rows.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, inspect, select
from sqlalchemy.orm import Session, object_session

from stalker.core.naming import take_name as formatted
from stalker.core.rules import converted, instance_of, optional, text
from stalker.db.session import DBSession
from stalker.models.auth import User
from stalker.models.entity import SimpleEntity
from stalker.models.link import Link
from stalker.models.project import Project
from stalker.models.shot import Shot
from stalker.models.status import Status
from stalker.models.task import Task
from stalker.models.task.omission import is_omitted
from stalker.models.task.tables import resources_table
from stalker.models.version import Version
from stalker.workflow.derive import FINISHED

__all__ = [
    "ShotRow",
    "StatusRow",
    "TaskRow",
    "VersionRow",
    "latest_versions",
    "shots_page",
    "tasks_of",
]

_tasks, _shots, _versions = Task.__table__.c, Shot.__table__.c, Version.__table__.c
_statuses, _links, _projects = Status.__table__.c, Link.__table__.c, Project.__table__.c
_names = SimpleEntity.__table__.c

_take = optional(text(256), converted(formatted))


class TaskRow(NamedTuple):
    """A task of somebody, and where it belongs."""

    id: int
    name: str
    #: name of its class
    entity_type: str
    #: code of its status
    status: str
    start: datetime
    end: datetime
    project_id: int
    project_name: str
    project_code: str
    #: the names of what it is part of, from the root down
    parents: tuple[str, ...]


class StatusRow(NamedTuple):
    """A task, and how far it is."""

    id: int
    name: str
    #: code of its status
    status: str


class ShotRow(NamedTuple):
    """A shot, and how far all that is done for it is."""

    id: int
    code: str
    name: str
    #: code of its status
    status: str
    cut_in: int
    cut_out: int
    #: the tasks of every depth below it that are not below another shot, in the order of their ids
    tasks: tuple[StatusRow, ...]


class VersionRow(NamedTuple):
    """A version, and what it is one of."""

    id: int
    task_id: int
    task_name: str
    take_name: str
    version_number: int
    is_published: bool
    full_path: str


def tasks_of(user: User, only_open: bool = False) -> list[TaskRow]:
    """Return the tasks that *user* is assigned to, by id; on demand only what is to be done."""
    instance_of("User")(user, "tasks_of() argument user")
    session, number = _stored(user)
    above = {each.id: each for each in session.execute(_parents_of_tasks_of(number))}
    paths: dict[int | None, tuple[str, ...]] = {None: ()}
    found = []
    for parent_id, *values in session.execute(_tasks_of(number, only_open)):
        if parent_id not in paths:
            paths[parent_id] = _path(parent_id, above)
        found.append(TaskRow._make((*values, paths[parent_id])))
    return found


def shots_page(project: Project) -> list[ShotRow]:
    """Return the shots of *project* by code, each with the statuses of all its tasks."""
    instance_of("Project")(project, "shots_page() argument project")
    session, number = _stored(project)
    tasks = defaultdict(list)
    for shot_id, *values in session.execute(_tasks_below_shots(number)):
        tasks[shot_id].append(StatusRow(*values))
    return [
        ShotRow._make((*values, tuple(tasks.get(values[0], ()))))
        for values in session.execute(_shots_of(number))
    ]


def latest_versions(
    project: Project, take_name: str | None = None, published: bool = False
) -> list[VersionRow]:
    """Return the latest version of each task and take of *project*, or of the published ones.

    They come in the order of task and take. With a *take_name*, others are left out.
    """
    instance_of("Project")(project, "latest_versions() argument project")
    take = _take(take_name, "latest_versions() argument take_name")
    session, number = _stored(project)
    rows = session.execute(_latest_versions(number, take, published))
    return [VersionRow(*values) for values in rows]


def _stored(entity: Any) -> tuple[Session, int]:
    """Return the session to ask about *entity*, and its id; 0, which no row has, without a row."""
    session = object_session(entity) or DBSession()
    session._autoflush()  # as any query would
    identity = inspect(entity).identity
    return session, identity[0] if identity else 0


def _path(number: int, above: dict[int, Any]) -> tuple[str, ...]:
    """Return the names of a task and of all above it, from the root down."""
    names: list[str] = []
    here: int | None = number
    # circles, which only statements typed by hand can make, end
    while here in above and len(names) < len(above):
        names.append(above[here].name)
        here = above[here].parent_id
    return tuple(reversed(names))


# --- Statements -----------------------------------------------------------------------------------


def _tasks_of(user_id: int, only_open: bool) -> Select[Any]:
    project_names = SimpleEntity.__table__.alias()
    query = (
        select(
            _tasks.parent_id,
            _tasks.id,
            _names.name,
            _names.entity_type,
            _statuses.code,
            _tasks.start,
            _tasks.end,
            _projects.id,
            project_names.c.name,
            _projects.code,
        )
        .join_from(resources_table, Task.__table__, resources_table.c.task_id == _tasks.id)
        .join(SimpleEntity.__table__, _names.id == _tasks.id)
        .join(Status.__table__, _statuses.id == _tasks.status_id)
        .join(Project.__table__, _projects.id == _tasks.project_id)
        .join(project_names, project_names.c.id == _projects.id)
        .where(resources_table.c.resource_id == user_id)
        .order_by(_tasks.id)
    )
    if only_open:
        query = query.where(_statuses.code.not_in(FINISHED), ~is_omitted(_tasks.id))
    return query


def _parents_of_tasks_of(user_id: int) -> Select[Any]:
    parents = (
        select(_tasks.parent_id.label("id"))
        .join_from(resources_table, Task.__table__, resources_table.c.task_id == _tasks.id)
        .where(resources_table.c.resource_id == user_id, _tasks.parent_id.is_not(None))
    )
    above: Any = parents.cte("above", recursive=True)
    above = above.union(
        select(_tasks.parent_id)
        .join(above, _tasks.id == above.c.id)
        .where(_tasks.parent_id.is_not(None))
    )
    return (
        select(above.c.id, _tasks.parent_id, _names.name)
        .join(Task.__table__, _tasks.id == above.c.id)
        .join(SimpleEntity.__table__, _names.id == above.c.id)
    )


def _shots_of(project_id: int) -> Select[Any]:
    columns = (_shots.id, _shots.code, _names.name, _statuses.code, _shots.cut_in, _shots.cut_out)
    return (
        select(*columns)
        .join_from(Shot.__table__, Task.__table__, _tasks.id == _shots.id)
        .join(SimpleEntity.__table__, _names.id == _shots.id)
        .join(Status.__table__, _statuses.id == _tasks.status_id)
        .where(_shots.project_id == project_id)
        .order_by(_shots.code)
    )


def _tasks_below_shots(project_id: int) -> Select[Any]:
    shots = Shot.__table__.alias()
    first = select(_shots.id.label("shot_id"), _tasks.id.label("id"))
    first = first.join_from(Shot.__table__, Task.__table__, _tasks.parent_id == _shots.id)
    below: Any = first.where(_shots.project_id == project_id).cte("below", recursive=True)
    is_shot = select(shots.c.id).where(shots.c.id == below.c.id).exists()
    step = select(below.c.shot_id, _tasks.id).join(below, _tasks.parent_id == below.c.id)
    below = below.union(step.where(~is_shot))
    return (
        select(below.c.shot_id, below.c.id, _names.name, _statuses.code)
        .join(Task.__table__, _tasks.id == below.c.id)
        .join(SimpleEntity.__table__, _names.id == below.c.id)
        .join(Status.__table__, _statuses.id == _tasks.status_id)
        .where(below.c.id.not_in(select(shots.c.id)))
        .order_by(below.c.id)
    )


def _latest_versions(project_id: int, take: str | None, published: bool) -> Select[Any]:
    place = func.row_number().over(
        partition_by=(_versions.task_id, _versions.take_name),
        order_by=_versions.version_number.desc(),
    )
    columns = (
        _versions.id,
        _versions.task_id,
        _versions.take_name,
        _versions.version_number,
        _versions.is_published,
    )
    ranked = (
        select(*columns, place.label("place"))
        .join_from(Version.__table__, Task.__table__, _tasks.id == _versions.task_id)
        .where(_tasks.project_id == project_id)
    )
    if take is not None:
        ranked = ranked.where(_versions.take_name == take)
    if published:
        ranked = ranked.where(_versions.is_published)
    of = ranked.subquery().c
    return (
        select(
            of.id,
            of.task_id,
            _names.name,
            of.take_name,
            of.version_number,
            of.is_published,
            _links.full_path,
        )
        .join(SimpleEntity.__table__, _names.id == of.task_id)
        .join(Link.__table__, _links.id == of.id)
        .where(of.place == 1)
        .order_by(of.task_id, of.take_name)
    )
