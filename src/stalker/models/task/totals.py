"""The sums of tasks are written as differences, so that nobody's work is lost.

Two people who log their work on parts of one sequence both add to the sums of the sequence. Each
session knows only its own part: the database adds them up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import bindparam, event, inspect, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from stalker.db.session import StudioSession
from stalker.models.auth import User
from stalker.models.task.booking import logged
from stalker.models.task.task import Task
from stalker.models.task.time_log import TimeLog

__all__: list[str] = []

_LEFT = "what_deleted_work_leaves"
_SUMS = ("_schedule_seconds", "_total_logged_seconds")


def _write_differences(session: Session) -> None:
    rows = []
    for task in session.dirty:
        if isinstance(task, Task):
            planned, logged = (_difference(task, key) for key in _SUMS)
            if planned or logged:
                rows.append({"of_task": _id(task), "planned": planned, "logged": logged})
    if not rows:
        return
    table: Any = Task.__table__
    statement = (
        update(table)
        .where(table.c.id == bindparam("of_task"))
        .values(
            schedule_seconds=table.c.schedule_seconds + bindparam("planned"),
            total_logged_seconds=table.c.total_logged_seconds + bindparam("logged"),
        )
    )
    # always in the same order: nobody waits for somebody who waits for him
    session.connection().execute(statement, sorted(rows, key=lambda row: row["of_task"]))


def _difference(task: Task, key: str) -> int:
    """Return by how much a sum has changed, and take it for written."""
    before = inspect(task).committed_state.get(key)
    after = task.__dict__.get(key)
    if not isinstance(before, int) or not isinstance(after, int):
        return 0  # it was missing, or will be: written as it is
    set_committed_value(task, key, after)
    return after - before


# after everything that changes a sum
StudioSession.before_writing.append(_write_differences)


def forget_deleted_work(session: Session) -> None:
    """Take the work of time logs that will be deleted from their tasks."""
    for log in {*_deleted(session), *_of_deleted_users(session)}:
        if log.task is not None and log.task.project not in session.deleted:
            logged(log.task, -log.total_seconds)
            session.info.setdefault(_LEFT, set()).add(log.task)


def _deleted(session: Session) -> Iterator[TimeLog]:
    for each in session.deleted:
        if isinstance(each, TimeLog):
            yield each
    for each in (*session.dirty, *session.new):
        # taken out of the list of its person, it is deleted, or never written
        if isinstance(each, TimeLog) and "resource" in each.__dict__ and each.resource is None:
            yield each


def _of_deleted_users(session: Session) -> Iterable[TimeLog]:
    numbers = [_id(each) for each in session.deleted if isinstance(each, User)]
    if not numbers:
        return ()
    query = select(TimeLog).where(TimeLog.resource_id.in_(numbers))
    return [each for each in session.scalars(query) if each.resource in session.deleted]


@event.listens_for(StudioSession, "after_flush_postexec")
def _forget_lists(session: Session, context: Any) -> None:
    """Let nobody count rows that are gone, also before the commit."""
    for task in session.info.pop(_LEFT, ()):
        if task in session:
            session.expire(task, ["time_logs"])


def _id(obj: Any) -> int:
    identity: int = inspect(obj).identity[0]
    return identity
