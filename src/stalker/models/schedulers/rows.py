"""What a plan is made of, as plain rows: a few statements, however much there is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from stalker.db.declarative import named
from stalker.models.loading import is_one_of
from stalker.models.task.omission import left_out
from stalker.models.task.tables import alternatives_table, computed_table, resources_table
from stalker.workflow.derive import FINISHED

__all__ = ["Rows", "read_rows"]

AnyRow = Row[Any]


@dataclass(slots=True)
class Rows:
    """The rows of some projects, and of everybody who may work on them."""

    #: id and name
    projects: list[AnyRow]
    #: in the order of their ids
    tasks: list[AnyRow]
    #: id, name and efficiency; everybody
    users: list[AnyRow]
    #: user, start and end; without a user that of the studio
    vacations: list[AnyRow]
    #: by task, in the order of the ids
    resources: dict[int, list[int]]
    alternatives: dict[int, list[int]]
    dependencies: dict[int, list[AnyRow]]
    logs: dict[int, list[AnyRow]]
    #: what tasks of these projects depend on, and that belongs to others
    foreign: list[AnyRow]
    #: user, start and end of what is done in other projects, if that was asked for
    elsewhere: list[AnyRow] = field(default_factory=list)


def read_rows(
    session: Session,
    project_ids: Collection[int] | None,
    elsewhere: bool,
    with_omitted: bool = False,
) -> Rows:
    """Read the rows of the projects with these ids, in their order; `None` for all.

    With *elsewhere*, also when their people work on other projects. What is omitted is only there
    *with_omitted*, but for the logs of its work.
    """
    project, link = named("Project").__table__, named("TaskDependency").__table__
    entity = named("SimpleEntity").__table__
    query = select(project.c.id, entity.c.name).join(entity, entity.c.id == project.c.id)
    if project_ids is not None:
        query = query.where(project.c.id.in_(list(project_ids)))
    with session.no_autoflush:
        projects = _all(session, query.order_by(project.c.id))
        ids = None if project_ids is None else list(dict.fromkeys(project_ids))
        if ids is not None:
            projects.sort(key=lambda each: ids.index(each.id))
        tasks = _all(session, _within(_tasks(), ids))
        links = _all(session, _within(_of_tasks(link, link.c.task_id), ids, link.c.depends_to_id))
        known = {task.id for task in tasks}
        far = {each.depends_to_id for each in links} - known
        gone = frozenset() if with_omitted else left_out(session)
        return Rows(
            projects,
            _without(gone, tasks),
            _all(session, _users()),
            _vacations(session),
            _people(session, resources_table, ids),
            _people(session, alternatives_table, ids),
            _grouped(links),
            _grouped(_logs(session, ids)),
            _without(gone, _foreign(session, ids)) if far else [],
            _elsewhere(session, ids, gone) if elsewhere and ids is not None else [],
        )


def _all(session: Session, query: Select[Any]) -> list[AnyRow]:
    return list(session.execute(query))


def _without(gone: Collection[int], tasks: list[AnyRow]) -> list[AnyRow]:
    return [each for each in tasks if each.id not in gone] if gone else tasks


def _tasks() -> Select[Any]:
    task, status = named("Task").__table__, named("Status").__table__
    entity = named("SimpleEntity").__table__
    columns = [column for column in task.c if column.name not in ("good_id", "review_number")]
    return (
        select(*columns, entity.c.name, status.c.code.label("status"))
        .join(entity, entity.c.id == task.c.id)
        .join(status, status.c.id == task.c.status_id)
    )


def _users() -> Select[Any]:
    user, entity = named("User").__table__, named("SimpleEntity").__table__
    query = select(user.c.id, entity.c.name, user.c.efficiency)
    return query.join(entity, entity.c.id == user.c.id).order_by(user.c.id)


def _of_tasks(table: Any, task_id: Any, *columns: Any) -> Select[Any]:
    """Return the query for rows of *table*, each of which belongs to a task."""
    task = named("Task").__table__
    return select(*(columns or table.c)).join(task, task.c.id == task_id).order_by(task_id)


def _within(query: Select[Any], project_ids: list[int] | None, *order: Any) -> Select[Any]:
    task = named("Task").__table__.c
    if project_ids is not None:
        query = query.where(task.project_id.in_(project_ids))
    return query.order_by(task.id, *order)


def _people(session: Session, table: Any, project_ids: list[int] | None) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    query = _within(_of_tasks(table, table.c.task_id), project_ids, table.c.resource_id)
    for task_id, user_id in session.execute(query):
        found[task_id].append(user_id)
    return found


def _grouped(rows: Iterable[AnyRow]) -> dict[int, list[AnyRow]]:
    found: dict[int, list[AnyRow]] = defaultdict(list)
    for row in rows:
        found[row.task_id].append(row)
    return found


def _vacations(session: Session) -> list[AnyRow]:
    table = named("Vacation").__table__.c
    query = select(table.user_id, table.start, table.end)
    return _all(session, query.order_by(table.start, table.id))


def _logs(session: Session, project_ids: list[int] | None) -> list[AnyRow]:
    log = named("TimeLog").__table__
    columns = (log.c.task_id, log.c.resource_id, log.c.start, log.c.end)
    return _all(session, _within(_of_tasks(log, log.c.task_id, *columns), project_ids, log.c.start))


def _foreign(session: Session, project_ids: list[int] | None) -> list[AnyRow]:
    """Return what the tasks of some projects depend on in other ones."""
    task, link = named("Task").__table__, named("TaskDependency").__table__
    inside = select(task.c.id).where(task.c.project_id.in_(project_ids or ()))
    needed = select(link.c.depends_to_id).where(link.c.task_id.in_(inside))
    return _all(
        session, _tasks().where(task.c.id.in_(needed), task.c.project_id.not_in(project_ids or ()))
    )


def _elsewhere(
    session: Session, project_ids: list[int] | None, gone: Collection[int]
) -> list[AnyRow]:
    """Return when people work, or are planned to work, on tasks of other projects.

    What is planned in a project that rests keeps nobody busy, nor does what has *gone* from it.
    """
    task, status = named("Task").__table__, named("Status").__table__
    log, project = named("TimeLog").__table__, named("Project").__table__
    others = task.c.project_id.not_in(project_ids or ())
    logged = select(log.c.resource_id, log.c.start, log.c.end).join(
        task, task.c.id == log.c.task_id
    )
    planned = (
        select(computed_table.c.resource_id, task.c.computed_start, task.c.computed_end)
        .join(task, task.c.id == computed_table.c.task_id)
        .join(status, status.c.id == task.c.status_id)
        .join(project, project.c.id == task.c.project_id)
        .where(task.c.computed_end.is_not(None), status.c.code.not_in(FINISHED), project.c.active)
    )
    if gone:
        planned = planned.where(~is_one_of(task.c.id, gone))
    return [*_all(session, logged.where(others)), *_all(session, planned.where(others))]
