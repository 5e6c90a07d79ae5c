"""One plan at a time: who plans holds the studio's flag, for a limited time."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, select, update
from sqlalchemy.orm import object_session

import stalker
from stalker.core.dates import utc_now
from stalker.db.declarative import named
from stalker.db.session import is_bound

if TYPE_CHECKING:
    from stalker.models.auth import User
    from stalker.models.studio.studio import Studio

__all__ = ["acquire", "error_text", "note_own_flag", "note_run", "refuse_other_run"]

#: where a session, or a studio without one, keeps since when it plans
_SINCE = "_plans_since"
_KEYS = ("is_scheduling", "is_scheduling_by", "is_scheduling_by_id", "scheduling_started_at")


def acquire(studio: Studio, user: User | None) -> bool:
    """Take the flag unless somebody else has it, with one statement; say whether that succeeded.

    A flag that is older than `defaults.schedule_lock_lease` was left by a process that died.
    """
    session = object_session(studio)
    if session is None:
        raise RuntimeError(f"{type(studio).__name__} {studio!r} must be stored before it is locked")
    session.flush()
    now = utc_now()
    table = named("Studio").__table__
    is_free = ~table.c.is_scheduling | _is_stale(table.c.scheduling_started_at, now)
    result: Any = session.execute(
        update(table)
        .where(table.c.id == studio.id, is_free | table.c.scheduling_started_at.is_(None))
        .values(
            is_scheduling=True,
            is_scheduling_by_id=user and user.id,
            scheduling_started_at=now,
        )
    )
    session.expire(studio, [key for key in _KEYS if key in studio.__dict__])
    if result.rowcount:
        note_own_flag(studio, now)
    return bool(result.rowcount)


def note_own_flag(studio: Studio, since: datetime) -> None:
    """Remember that it is the session of *studio* that plans, since that moment."""
    session = object_session(studio)
    # the session outlives the object, which may be loaded again before it plans
    (studio.__dict__ if session is None else session.info)[_SINCE] = since


def refuse_other_run(studio: Studio) -> None:
    """Raise `RuntimeError` if another session holds the flag, and is not known to be dead."""
    row = _other_run(studio)
    if row is not None:
        session: Any = object_session(studio)
        who = session.get(named("User"), row.is_scheduling_by_id or 0)
        raise RuntimeError(
            f"{type(studio).__name__}.schedule(): since {row.scheduling_started_at:%Y-%m-%d %H:%M} "
            f"UTC, {who.name if who else 'somebody else'} plans {studio!r}"
        )


def _other_run(studio: Studio) -> Any:
    """Return what the database has of a run of another session, if there is one."""
    session = object_session(studio)
    if session is None or not inspect(studio).has_identity or not is_bound(session):
        return None
    table = named("Studio").__table__.c
    query = select(table.is_scheduling, table.is_scheduling_by_id, table.scheduling_started_at)
    with session.no_autoflush:
        row = session.execute(query.where(table.id == studio.id)).one_or_none()
    if row is None or not row.is_scheduling or row.scheduling_started_at is None:
        return None
    since = row.scheduling_started_at
    own = (studio.__dict__.get(_SINCE), session.info.get(_SINCE))
    return None if since in own or _is_stale(since, utc_now()) else row


def error_text(error: BaseException) -> str:
    """Return what the studio keeps as the message of a run that failed."""
    return f"{type(error).__name__}: {error}"


def note_run(studio: Studio, message: str | None, succeeded: bool, user: User | None) -> None:
    """Note that a run is over, and what came of it; without *user* the former one stays.

    Nothing is noted where another session has taken over, because this one took too long.
    """
    if _other_run(studio) is not None:
        return
    studio.is_scheduling = False
    studio.is_scheduling_by = None
    studio.last_scheduled_at = utc_now()
    studio.last_schedule_message = message
    studio.last_schedule_succeeded = succeeded
    if user is not None:
        studio.last_scheduled_by = user


def _is_stale(since: Any, now: datetime) -> Any:
    return since < now - stalker.defaults.schedule_lock_lease
