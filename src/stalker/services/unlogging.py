"""Time logs are taken back, whoever else does so at the same moment."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from stalker.models.entity import SimpleEntity
from stalker.models.loading import ancestors_of, in_batches
from stalker.models.task import Task, TimeLog
from stalker.models.task.propagation import derive_again
from stalker.models.task.refreshing import read_again
from stalker.models.task.settling import lock_projects
from stalker.services.timesheet import Worked, worked

__all__ = ["take_back"]


def take_back(session: Session, numbers: Collection[int]) -> list[Worked]:
    """Delete the time logs with these ids, and return what they have told, by start; flushes.

    Their hours count for no task any more. A task at work that nobody has worked on then gets the
    status that follows from its prerequisites: without any, it is ready to start again. What is
    completed, stopped, on hold or under review stays so.

    Raises `LookupError`, before anything changes, if one of them is not there. Of two sessions that
    take back the same log, the second waits for the first, and is refused.
    """
    session.flush()  # what is read again below must not wait to be written
    _lock_projects_of(session, numbers)
    logs = _locked(session, numbers)
    if gone := [str(each) for each in numbers if each not in logs]:
        raise LookupError(f"somebody else has just taken back time log {', '.join(gone)}")
    told = worked(session, numbers)
    tasks = _read_again(session, {each.task_id for each in told})
    for log in logs.values():
        session.delete(log)
    session.flush()
    derive_again(session, [task for task in tasks if not task._has_logs()])
    session.flush()
    return told


def _lock_projects_of(session: Session, numbers: Collection[int]) -> None:
    logs, tasks = TimeLog.__table__.c, Task.__table__.c
    query = select(logs.id, tasks.project_id).join_from(
        TimeLog.__table__, Task.__table__, tasks.id == logs.task_id
    )
    projects = dict(in_batches(session, query, logs.id, numbers))
    for number in numbers:
        if number not in projects:
            raise LookupError(_missing(session, number))
    lock_projects(session, set(projects.values()))


def _missing(session: Session, number: int) -> str:
    other = session.get(SimpleEntity, number)
    if other is None:
        return f"there is no time log {number}"
    return f"{number} is no time log, but the id of something else ({other.entity_type})"


def _locked(session: Session, numbers: Collection[int]) -> dict[int, TimeLog]:
    """Return the logs that are still there, as they are now, and let nobody else write them."""
    query = select(TimeLog).order_by(TimeLog.time_log_id).with_for_update(of=TimeLog)
    query = query.execution_options(populate_existing=True)
    found = in_batches(session, query, TimeLog.time_log_id, numbers)
    return {log.time_log_id: log for (log,) in found}


def _read_again(session: Session, numbers: Collection[int]) -> list[Task]:
    """Return the tasks with these ids up to date, each with all that it is part of."""
    above = session.scalars(select(ancestors_of(Task, numbers).c.id))
    tasks = read_again(session, {*numbers, *above})
    for each in tasks.values():
        # whoever walks up has to ask the database no more
        set_committed_value(each, "parent", tasks.get(each.parent_id or 0))
    return [tasks[number] for number in numbers]
