"""Time logs as a list: who has worked when, on what."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from stalker.models.auth import User
from stalker.models.loading import batches, is_one_of
from stalker.models.project import Project
from stalker.models.task import Task, TimeLog
from stalker.services.addresses import addresses
from stalker.services.within import within

__all__ = ["Worked", "timesheet", "worked"]

_logs, _users, _tasks = TimeLog.__table__.c, User.__table__.c, Task.__table__.c


class Worked(NamedTuple):
    """An uninterrupted time of work."""

    #: of the time log
    id: int
    #: login of whoever worked
    user: str
    start: datetime
    end: datetime
    task_id: int
    #: of the task, from the code of its project down
    path: str

    @property
    def seconds(self) -> int:
        """Return how long it took."""
        return int((self.end - self.start).total_seconds())


def timesheet(
    session: Session,
    user: User | None = None,
    projects: Collection[Project] = (),
    top: Task | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Worked]:
    """Return the time logs by start, as many statements for many as for a few.

    They are those of *user*, in one of *projects*, and on *top* or below it, as far as these are
    given. What begins at *since* or later, and before *until*, is listed: so each log belongs to
    one of two ranges that follow each other, and their sums are those of both.
    """
    conditions = within(projects, top)
    if user is not None:
        conditions.append(_logs.resource_id == user.id)
    if since is not None:
        conditions.append(_logs.start >= since)
    if until is not None:
        conditions.append(_logs.start < until)
    return _read(session, [conditions])


def worked(session: Session, numbers: Collection[int]) -> list[Worked]:
    """Return the time logs with these ids by start, as far as they are there."""
    return _read(session, ([is_one_of(_logs.id, some)] for some in batches(numbers)))


def _read(session: Session, each_with: Iterable[list[ColumnElement[bool]]]) -> list[Worked]:
    query = (
        select(_logs.id, _users.login, _logs.start, _logs.end, _logs.task_id)
        .join_from(TimeLog.__table__, User.__table__, _users.id == _logs.resource_id)
        .join(Task.__table__, _tasks.id == _logs.task_id)
    )
    rows = [row for some in each_with for row in session.execute(query.where(*some))]
    rows.sort(key=lambda row: (row.start, row.id))
    paths = addresses(session, {row.task_id for row in rows})
    # nobody has deleted the task since
    return [Worked(*row, paths[row.task_id]) for row in rows if row.task_id in paths]
