"""Work and reviews that are deleted count for no task any more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from stalker.db.declarative import named
from stalker.db.session import StudioSession
from stalker.models.auth import User
from stalker.models.task.booking import logged
from stalker.models.task.time_log import TimeLog

__all__ = ["forget_deleted_work"]

_LEFT = "what_deleted_work_leaves"


def forget_deleted_work(session: Session) -> None:
    """Take the work of time logs that will be deleted from their tasks; note whose lists shrink."""
    for log in {*_deleted(session), *_of_deleted_users(session)}:
        if log.task is not None and log.task.project not in session.deleted:
            logged(log.task, -log.total_seconds)
            session.info.setdefault(_LEFT, set()).add((log.task, "time_logs"))
    for each in session.deleted:
        # one that nobody has decided would keep its round open
        if isinstance(each, named("Review")) and each.task is not None:
            session.info.setdefault(_LEFT, set()).add((each.task, "reviews"))


def _deleted(session: Session) -> Iterator[TimeLog]:
    for each in session.deleted:
        if isinstance(each, TimeLog):
            yield each
    for each in (*session.dirty, *session.new):
        # taken out of the list of its person, it is deleted, or never written
        if isinstance(each, TimeLog) and "resource" in each.__dict__ and each.resource is None:
            yield each


def _of_deleted_users(session: Session) -> Iterable[TimeLog]:
    numbers = [each.id for each in session.deleted if isinstance(each, User)]
    if not numbers:
        return ()
    query = select(TimeLog).where(TimeLog.resource_id.in_(numbers))
    return [each for each in session.scalars(query) if each.resource in session.deleted]


@event.listens_for(StudioSession, "after_flush_postexec")
def _forget_lists(session: Session, context: Any) -> None:
    """Let nobody count rows that are gone, also before the commit."""
    for task, key in session.info.pop(_LEFT, ()):
        if task in session:
            session.expire(task, [key])
