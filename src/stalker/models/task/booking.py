"""What a time log must not contradict, what it adds to, and how it makes room."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, inspect, select, update
from sqlalchemy.orm import Session, object_session

from stalker.core.kinds import DependencyTarget, ScheduleModel
from stalker.db.declarative import named
from stalker.db.session import StudioSession, is_bound
from stalker.exceptions import DependencyViolationError, OverBookedError
from stalker.models.task import rollup

if TYPE_CHECKING:
    from stalker.models.auth import User
    from stalker.models.task.task import Task
    from stalker.models.task.time_log import TimeLog

# --- What is refused ------------------------------------------------------------------------------


def refuse_task(log: TimeLog, task: Task) -> None:
    """Raise if nobody may work on *task*: it is a container, or its status forbids it."""
    where = f"{type(log).__name__}.task"
    task._refuse_container("create_time_log", where)
    task._step("create_time_log", where)


def refuse_too_early(log: TimeLog, task: Task) -> None:
    """Raise `DependencyViolationError` if *log* begins before what *task* depends on lets it."""
    for row in task.task_depends_to:
        other = row.depends_to
        if other is None:
            continue
        on_start = row.dependency_target == DependencyTarget.ON_START
        bound = other.start if on_start else other.end
        if bound is not None and log.start < bound:
            raise DependencyViolationError(
                f"{type(log).__name__}.start must not be before {bound}, the "
                f"{'start' if on_start else 'end'} of {other!r}, on which {task!r} depends, not "
                f"{log.start}",
                task=task,
                depends_to=other,
                bound=bound,
            )


def refuse_overlap(log: TimeLog, resource: User) -> None:
    """Raise `OverBookedError` if *resource* has worked on something else during *log*.

    With a database, what is written there counts; what waits to be written is refused by it.
    """
    session = object_session(resource)
    stored = inspect(resource).has_identity and session is not None and is_bound(session)
    others = _stored_beside(log, resource, session) if stored else resource.time_logs  # type: ignore[arg-type]
    for other in others:
        if other is not log and _overlap(log, other):
            raise OverBookedError(
                f"{type(log).__name__}.resource {resource!r} has worked on {other.task!r} from "
                f"{other.start} to {other.end}, and cannot from {log.start} to {log.end}",
                resource=resource,
                clash=other,
            )


def refuse_overlap_in_memory(log: TimeLog) -> None:
    """Do what `refuse_overlap()` does, if no database will."""
    session = object_session(log)
    if log.resource is not None and (session is None or not is_bound(session)):
        refuse_overlap(log, log.resource)


def _overlap(one: TimeLog, other: TimeLog) -> bool:
    return one.start < other.end and other.start < one.end


def _stored_beside(log: TimeLog, resource: User, session: Session) -> list[TimeLog]:
    span = {"person": resource.id, "first": log.start, "last": log.end}
    with session.no_autoflush:
        found = session.scalars(_beside(named("TimeLog")), span)
        # what will be deleted, or belongs to somebody else by now, is in nobody's way
        return [each for each in found if each not in session.deleted and each.resource is resource]


@cache  # what takes longest is to put it together
def _beside(kind: Any) -> Any:
    logs, is_of_person = kind.__table__.c, kind.resource_id == bindparam("person")
    first = bindparam("first", type_=logs.start.type)
    # stored ones do not overlap each other: of those that begin before, only the last one may last
    last_before = select(func.max(logs.start)).where(is_of_person, logs.start <= first)
    return select(kind).where(
        is_of_person,
        logs.start < bindparam("last"),
        logs.start >= func.coalesce(last_before.correlate(None).scalar_subquery(), first),
        logs.end > first,
    )


# --- What it adds to ------------------------------------------------------------------------------


def logged(task: Task | None, seconds: int) -> None:
    """Add *seconds* of work to *task* and everything that it is part of."""
    if task is not None and seconds and task.schedule_model == ScheduleModel.EFFORT:
        rollup.set_totals(task, logged=(task._total_logged_seconds or 0) + seconds)


def moved(log: TimeLog, old: Any, new: Any) -> None:
    """Take the work of *log* from one task, and give it to another one."""
    logged(old, -log.total_seconds)
    if new is not None:
        logged(new, log.total_seconds)
        new._work_was_logged(log.created_by or log.resource)


def worked_span(task: Task) -> tuple[datetime, datetime] | None:
    """Return from when to when somebody has worked on *task*, also others since it was read."""
    session, kind = object_session(task), named("TimeLog")
    if session is None or not inspect(task).has_identity or not is_bound(session):
        logs, first = list(task.time_logs), None
    else:
        around = (*session.new, *session.dirty, *session.deleted)
        changed = [each for each in around if isinstance(each, kind)]
        logs = [each for each in changed if each not in session.deleted and _is_on(each, task)]
        keys = [key[0] for each in changed if (key := inspect(each).identity)]
        with session.no_autoflush:
            first, last = session.execute(_span(kind), {"task": task.id, "changed": keys}).one()
    spans = [(each.start, each.end) for each in logs] + ([(first, last)] if first else [])
    return (min(span[0] for span in spans), max(span[1] for span in spans)) if spans else None


def _is_on(log: TimeLog, task: Task) -> bool:
    """Say whether it belongs to *task*, without loading what it belongs to."""
    return log.task is task if "task" in log.__dict__ else log.task_id == task.id


@cache  # what takes longest is to put it together
def _span(kind: Any) -> Any:
    """Return the query for the first and last moment of what is stored and has not changed."""
    logs = kind.__table__.c
    changed: Any = bindparam("changed", expanding=True)
    query = select(func.min(logs.start), func.max(logs.end))
    return query.where(logs.task_id == bindparam("task"), logs.id.not_in(changed))


# --- How it makes room ----------------------------------------------------------------------------

_NOWHEN = datetime(1, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


def _make_room(session: Session) -> None:
    """Let what is deleted leave its time before others take it.

    The unit of work inserts and updates before it deletes. Until it comes to that, each log that
    goes lies where nobody has worked.
    """
    kind = named("TimeLog")
    gone = [each for each in session.deleted if isinstance(each, kind)]
    if gone and any(isinstance(each, kind) for each in (*session.new, *session.dirty)):
        numbers = sorted(inspect(each).identity[0] for each in gone)
        spans = [(number, _NOWHEN + number * _MINUTE) for number in numbers]
        rows = [{"log": log, "from": start, "until": start + _MINUTE} for log, start in spans]
        session.connection().execute(_move(kind), rows)


@cache
def _move(kind: Any) -> Any:
    table = kind.__table__
    dates: dict[str, Any] = {"start": bindparam("from"), "end": bindparam("until")}
    return update(table).where(table.c.id == bindparam("log")).values(dates)


StudioSession.before_writing.append(_make_room)
