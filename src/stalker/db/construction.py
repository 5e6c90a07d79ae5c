"""A constructor either succeeds completely or leaves nothing behind.

While an object is being constructed, `CONSTRUCTING` is set in its state: nothing it is related to
reacts yet, except for back-references. When the constructor returns, the object takes effect on
others and joins the session of what it is related to; when it raises, it is taken out of every
collection again.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import object_session
from sqlalchemy.orm.attributes import instance_state

from stalker.core.rules import shown
from stalker.db.session import quiet

CONSTRUCTING = "_constructing"


def is_constructing(obj: object) -> bool:
    """Say whether the constructor of *obj* has not returned yet."""
    return CONSTRUCTING in obj.__dict__


def construct(cls: type[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Make an instance: what calling a mapped class does."""
    obj: Any = object.__new__(cls)
    obj.__dict__[CONSTRUCTING] = True
    with quiet:
        try:
            obj.__init__(*args, **kwargs)
            obj.__dict__.pop(CONSTRUCTING)
            enrol(obj)
            obj._take_effect()
        except BaseException:
            obj.__dict__[CONSTRUCTING] = True
            discard(obj)
            raise
    return obj


def refuse_two_sessions(state: Any, other: Any, where: str) -> None:
    """Raise `ValueError` if what has a session would be related to *other*, of another one."""
    if hasattr(other, "_sa_instance_state"):
        for each in other._ends():
            if _is_elsewhere(each, state.session_id):
                raise _different_sessions(where, state.obj(), each)


def _is_elsewhere(obj: Any, session_id: int) -> bool:
    """Say whether *obj* belongs to another session than the one with that id."""
    other = instance_state(obj).session_id
    # that session may be gone
    return other not in (session_id, None) and object_session(obj) is not None


def _different_sessions(where: str, one: Any, other: Any) -> ValueError:
    return ValueError(f"{where}: {shown(one)} and {shown(other)} belong to different sessions")


def enrol(obj: Any) -> None:
    """Add a new object to the session of what it is related to by a two-sided relationship.

    Raises `ValueError` if it is related to objects of two sessions.
    """
    first = next((each for each in obj._enrolment() if object_session(each) is not None), None)
    if first is None:
        return
    session_id: Any = instance_state(first).session_id
    for other in obj._related(type(obj).__relations__):
        if _is_elsewhere(other, session_id):
            raise _different_sessions(f"{type(obj).__name__}()", first, other)
    object_session(first).add(obj)  # type: ignore[union-attr]


def enrol_with(state: Any, other: Any, key: str | None = None) -> None:
    """Add a finished object to the session of *other*, which is about to be its *key*."""
    if state.session_id is None:
        obj = state.obj()
        if CONSTRUCTING not in obj.__dict__:
            session = object_session(other)
            if session is not None and obj._may_enrol(key):
                session.add(obj)


def discard(obj: Any) -> None:
    """Undo the relations of an object whose constructor failed."""
    state = inspect(obj, raiseerr=False)
    if state is None:  # failed before it was an object of ours
        return
    if state.session is not None:
        state.session.expunge(obj)
    for relation in state.mapper.relationships:
        if relation.key in obj.__dict__:
            # deleting an attribute tells the other side, and asks no rule
            delattr(obj, relation.key)
