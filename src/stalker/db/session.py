"""The session: one for the whole process by default, more where an application wants them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from sqlalchemy import event, inspect
from sqlalchemy.exc import IntegrityError, NoInspectionAvailable, UnboundExecutionError
from sqlalchemy.orm import (
    Session,
    SessionTransaction,
    close_all_sessions,
    object_session,
    scoped_session,
    sessionmaker,
)

from stalker.core.rules import instance_of
from stalker.exceptions import OverBookedError

__all__ = [
    "OVERLAP",
    "DBSession",
    "ExtendedScopedSession",
    "StudioSession",
    "acting_as",
    "acting_user",
    "has_unfinished_work",
    "is_bound",
    "quiet",
    "stored_in",
    "unit_of_work",
]


#: the constraint that keeps the time logs of a person apart, see `db.guards`
OVERLAP = "overlapping_time_logs"


class _Quiet(threading.local):
    """While its depth is above zero, no query of this thread flushes what is pending.

    Objects are made and checked in there: a flush would write them half-made.
    """

    depth = 0

    def __enter__(self) -> None:
        self.depth += 1

    def __exit__(self, *exception: object) -> None:
        self.depth -= 1


quiet = _Quiet()


class StudioSession(Session):
    """A session that numbers versions, reserves ids, and writes nothing that is half-made.

    Use this class for sessions beside `DBSession`.
    """

    #: called with the session before each flush, when every listener of "before_flush" is done
    before_writing: ClassVar[list[Callable[[Session], None]]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # SQLAlchemy calls the listeners of a session after those of its class
        event.listen(self, "before_flush", _prepare)

    def _autoflush(self) -> None:
        if not quiet.depth:
            super()._autoflush()

    def get_bind(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().get_bind(*args, **kwargs)
        except UnboundExecutionError:
            message = "the session has no database: call stalker.db.setup() first"
            raise UnboundExecutionError(message) from None


def _prepare(session: Session, context: Any, instances: Any) -> None:
    for function in StudioSession.before_writing:
        function(session)


@event.listens_for(StudioSession, "after_flush")
def _note_writing(session: Session, context: Any) -> None:
    session.info["has_written"] = True


@event.listens_for(StudioSession, "after_transaction_end")
def _forget_writing(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop("has_written", None)


def has_unfinished_work(session: Session) -> bool:
    """Say whether a commit or a rollback would do more than end a reading transaction."""
    return bool(
        session.new
        or session.deleted
        or any(map(session.is_modified, session.dirty))
        or session.info.get("has_written")
        or session.info.get("unit_of_work")
    )


_ACTING = "acting_user"
_user = instance_of("User")


@contextmanager
def acting_as(user: Any, session: Session | None = None) -> Iterator[None]:
    """Let everything that is done in the block be the doing of *user*: see `Task.history`.

    What was done before is flushed, and what is done in the block, too. Works on `DBSession` unless
    another session is given. Raises `TypeError` for what is no user, and `ValueError` for one that
    is not stored.
    """
    session = DBSession() if session is None else session
    _user(user, "db.acting_as(user)")
    session.flush()
    if not inspect(user).has_identity:
        raise ValueError(f"db.acting_as(user): {user!r} must be stored before it does anything")
    before = session.info.get(_ACTING)
    session.info[_ACTING] = user
    try:
        yield
        session.flush()
    finally:
        session.info[_ACTING] = before


def acting_user(session: Session | None) -> Any:
    """Return the user of the present `acting_as`, if there is one."""
    return None if session is None else session.info.get(_ACTING)


class ExtendedScopedSession(scoped_session[StudioSession]):
    """A thread-local session with a `save()`."""

    def save(self, data: Any = None) -> None:
        """Add one object, or each object of an iterable, and commit; with nothing, only commit.

        What the database refuses is rolled back, with everything else that was not committed yet:
        the session can go on. Time logs that overlap are an `OverBookedError`.
        """
        if data is not None:
            if _is_mapped(data) or not isinstance(data, Iterable):
                self.add(data)
            else:
                self.add_all(data)
        try:
            self.commit()
        except BaseException as error:
            self.rollback()
            if isinstance(error, IntegrityError) and OVERLAP in str(error.orig):
                raise OverBookedError(
                    "TimeLog.resource: somebody would work on two things at once; another log of "
                    "the same person has been written, or is about to be"
                ) from error
            raise

    def close_all(self) -> None:
        """Close every session of this process, also those beside this one."""
        close_all_sessions()


def _is_mapped(data: object) -> bool:
    # a status list is iterable and may be empty, yet it is one object to store
    try:
        return bool(inspect(data).mapper)
    except (NoInspectionAvailable, AttributeError):
        return False


#: The session of the library. It is bound by `stalker.db.setup()`.
DBSession = ExtendedScopedSession(sessionmaker(class_=StudioSession))


def is_bound(session: Session) -> bool:
    """Say whether *session* has a database to talk to."""
    try:
        session.get_bind()
    except UnboundExecutionError:
        return False
    return True


def stored_in(obj: Any) -> Session | None:
    """Return the session that can be asked about *obj*, if its row was written."""
    session = object_session(obj)
    if session is None:
        return None
    session._autoflush()  # as any query would
    return session if inspect(obj).has_identity else None


@contextmanager
def unit_of_work(session: Session | None = None) -> Iterator[Session]:
    """Commit everything of the block together, or nothing of it.

    Works on `DBSession` unless another session is given. An inner unit belongs to the outer one:
    only the outermost commits. An exception rolls back and goes on its way; who catches that of an
    inner unit gets a `RuntimeError` at the end of the outer one, of which nothing is left.
    """
    session = DBSession() if session is None else session
    depth = session.info.get("unit_of_work", 0)
    session.info["unit_of_work"] = depth + 1
    try:
        yield session
        if depth == 0:
            failure = session.info.get("failed_unit")
            if failure is not None:
                raise RuntimeError(f"a part of this unit of work failed: {failure}") from failure
            session.commit()
    except BaseException as error:
        session.rollback()
        if depth:
            session.info["failed_unit"] = error
        raise
    finally:
        session.info["unit_of_work"] = depth
        if depth == 0:
            session.info.pop("failed_unit", None)
