"""A production at a glance: what there is, how far it is, and who works on it."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, case, exists, func, select
from sqlalchemy.orm import Session

from stalker.models.auth import User
from stalker.models.entity import SimpleEntity
from stalker.models.progress import Progress
from stalker.models.project import Project, ProjectUser
from stalker.models.status import Status
from stalker.models.task import Task
from stalker.models.task.omission import OMITTED, is_unwanted
from stalker.models.task.tables import resources_table
from stalker.workflow.derive import FINISHED

__all__ = ["Overview", "Person", "counts_of", "overview"]

_tasks, _names, _statuses = Task.__table__.c, SimpleEntity.__table__.c, Status.__table__.c

#: what is counted by itself; everything else that has nothing below it is a task
_KINDS = ("Sequence", "Shot", "Asset")


class Person(NamedTuple):
    """Somebody who belongs to a project, or works in it."""

    login: str
    name: str
    open_tasks: int
    finished_tasks: int


class Overview(NamedTuple):
    """What there is in a project."""

    #: "Shot", "Asset", "Sequence", "Task" -> code of a status -> how many; that of what is omitted
    #: and not finished is "omitted"
    counts: dict[str, dict[str, int]]
    progress: Progress
    #: of all tasks but those that are omitted; `None` without any
    start: datetime | None
    end: datetime | None
    people: list[Person]


def overview(session: Session, project: Project) -> Overview:
    """Return what there is in *project*, by a fixed number of statements."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    starts, ends = [], []
    for _, kind, status, unwanted, number, start, end in session.execute(_counts([project.id])):
        counts[kind][OMITTED if unwanted else status] += number
        if start is not None and not unwanted:
            starts.append(start)
            ends.append(end)
    return Overview(
        {kind: dict(found) for kind, found in counts.items()},
        Project.totals_for([project])[project],
        min(starts, default=None),
        max(ends, default=None),
        _people(session, project.id),
    )


def counts_of(session: Session, projects: list[Project]) -> dict[int, dict[str, int]]:
    """Return for the id of each project how many there are of each kind, by one statement."""
    found: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for project_id, kind, _, _, number, *_ in session.execute(
        _counts([each.id for each in projects])
    ):
        found[project_id][kind] += number
    return found


def _counts(projects: list[int]) -> Select[Any]:
    """Return the query for project, kind, status, whether omitted, how many, dates.

    The dates are those of what has nothing below it: containers lie around what is omitted, too.
    """
    child = Task.__table__.alias()
    is_leaf = ~exists().where(child.c.parent_id == _tasks.id)
    kind = case((_names.entity_type.in_(_KINDS), _names.entity_type), else_="Task").label("kind")
    unwanted = is_unwanted(_tasks.id, _statuses.code).label("is_unwanted")
    dates = [case((is_leaf, each)) for each in (_tasks.start, _tasks.end)]
    of = (_tasks.project_id, kind, _statuses.code, unwanted)
    return (
        select(*of, func.count(), func.min(dates[0]), func.max(dates[1]))
        .join_from(Task.__table__, SimpleEntity.__table__, _names.id == _tasks.id)
        .join(Status.__table__, _statuses.id == _tasks.status_id)
        .where(_tasks.project_id.in_(projects), _names.entity_type.in_(_KINDS) | is_leaf)
        .group_by(*of)
    )


def _people(session: Session, project_id: int) -> list[Person]:
    members = select(ProjectUser.user_id).where(ProjectUser.project_id == project_id)
    who = resources_table.c.resource_id
    is_done = _statuses.code.in_(FINISHED).label("is_done")
    assigned = (
        select(who, is_done, func.count().label("number"))
        .join_from(resources_table, Task.__table__, _tasks.id == resources_table.c.task_id)
        .join(Status.__table__, _statuses.id == _tasks.status_id)
        .where(_tasks.project_id == project_id, ~is_unwanted(_tasks.id, _statuses.code))
        .group_by(who, is_done)
        .subquery()
    )
    number = assigned.c.number
    rows = session.execute(
        select(User.login, User.name, assigned.c.is_done, number)
        .outerjoin(assigned, assigned.c.resource_id == User.user_id)
        .where(User.user_id.in_(members) | number.is_not(None))
        .order_by(User.login)
    )
    found: dict[str, Person] = {}
    for login, name, done, count in rows:
        before = found.get(login, Person(login, name, 0, 0))
        key = "finished_tasks" if done else "open_tasks"
        found[login] = before._replace(**{key: getattr(before, key) + (count or 0)})
    return list(found.values())
