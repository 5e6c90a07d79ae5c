"""Letting people in, and slowing down those who guess."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, inspect, select, update
from sqlalchemy.orm import Session, object_session

import stalker
from stalker.auth.passwords import costs, hash_password, verify_password
from stalker.core.dates import utc_now
from stalker.core.naming import login_name
from stalker.db.declarative import named
from stalker.db.pending import pending
from stalker.db.session import has_unfinished_work
from stalker.exceptions import LoginError
from stalker.models.auth.log import LOGIN, AuthenticationLog

if TYPE_CHECKING:
    from stalker.models.auth.user import User

__all__ = ["authenticate", "latest_login"]

#: the same for everybody: it must not tell which logins exist
_REFUSED = "login and password do not match, or too many attempts have failed: wait a while"


def authenticate(session: Session, login: Any, password: Any) -> User:
    """Return the user with that login and password, and commit a record of the attempt.

    Raises `LoginError` for a wrong login, a wrong password, and for anyone at all while too many
    attempts have failed; neither the message nor the time it takes tells which.
    """
    if has_unfinished_work(session):
        raise RuntimeError(
            "User.authenticate() commits: commit or roll back what waits in the session before"
        )
    kind = named("User")
    name = login_name(login) if isinstance(login, str) else ""
    user: User | None = session.scalars(select(kind).where(kind.login == name)).first()
    record = None if user is None else _begin(session, user)
    if user is None or record is None:
        verify_password(_nobody(*costs()), password)
        raise LoginError(_REFUSED)
    if not user.check_password(password):
        raise LoginError(_REFUSED)
    record.succeeded = True
    session.commit()
    return user


def _begin(session: Session, user: User) -> AuthenticationLog | None:
    """Record and commit an attempt that has failed so far; `None` if none is allowed now.

    Of many at once each sees those before it, and none waits for the slow look at a password.
    """
    table = named("User").__table__
    # takes the row's lock on PostgreSQL and that of the file on SQLite, and changes nothing
    session.execute(update(table).where(table.c.id == user.id).values(login=table.c.login))
    if _still_to_wait(session, user) > timedelta():
        session.rollback()
        return None
    record = AuthenticationLog(user=user, action=LOGIN, succeeded=False)
    session.commit()
    return record


def latest_login(user: User) -> datetime | None:
    """Return when *user* logged in lastly, without loading the whole history."""
    session = object_session(user)
    if session is None or not inspect(user).has_identity:
        known, stored = list(user.authentication_logs), None
    else:
        known = list(pending(user, "authentication_logs").added)
        log = AuthenticationLog
        query = select(func.max(log.date)).where(
            log.uid == user.id, log.action == LOGIN, log.succeeded
        )
        with session.no_autoflush:
            stored = session.scalar(query)
    dates = [each.date for each in known if each.action == LOGIN and each.succeeded]
    return max([*dates, *([] if stored is None else [stored])], default=None)


@lru_cache(maxsize=1)
def _nobody(*costs: int) -> str:
    """Return a verifier that nothing fits: an unknown login takes as long as a known one."""
    return hash_password("no password is this one")


def _still_to_wait(session: Session, user: User) -> timedelta:
    """Return how long nobody may log in as *user*: doubled by each failure beyond the free ones."""
    failures, latest = _failures(session, user)
    beyond = failures - stalker.defaults.login_free_attempts
    if latest is None or beyond < 0:
        return timedelta()
    longest: timedelta = stalker.defaults.login_longest_wait
    # no more doubling than it takes to exceed any sensible limit
    wait = min(timedelta(seconds=2 ** min(beyond, 24)), longest)
    return latest + wait - utc_now()


def _failures(session: Session, user: User) -> tuple[int, datetime | None]:
    """Return how often log-ins have failed since the last one that did not, and when lastly."""
    log = AuthenticationLog
    mine = (log.uid == user.id, log.action == LOGIN)
    last = select(func.max(log.date)).where(*mine, log.succeeded).scalar_subquery()
    query = select(func.count(), func.max(log.date)).where(
        *mine, ~log.succeeded, (last.is_(None)) | (log.date > last)
    )
    count, latest = session.execute(query).one()
    return count, latest
