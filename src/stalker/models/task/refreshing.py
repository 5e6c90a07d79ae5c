"""Bringing tasks up to date with what others have written, without losing what was changed here.

Tasks that are known take plain rows: to load thousands of objects again would cost far more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, TypeGuard

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session, object_session
from sqlalchemy.orm.attributes import instance_state, set_committed_value

from stalker.db.among import among
from stalker.db.declarative import named
from stalker.models.loading import class_of, in_batches, load_by_class

if TYPE_CHECKING:
    from stalker.models.status import Status
    from stalker.models.task.task import Task

__all__ = ["all_statuses", "load_tasks", "read_again"]

_SUMS = ("schedule_seconds", "total_logged_seconds")
#: columns that others may have changed, and what their attributes are called, if otherwise
_TIMING = ("schedule_timing", "schedule_unit", "schedule_model")
_PLAIN = ("status_id", "parent_id", *_TIMING)
_FRESH = (*_PLAIN, "review_number", "start", "end", "duration", *_SUMS)
_KEYS = {name: name if name in _PLAIN else f"_{name}" for name in _FRESH}

_ATTRIBUTES = frozenset(_KEYS.values())

#: how many objects of subclasses SQLAlchemy completes with one statement
_COMPLETED_AT_ONCE = 500

#: where a session keeps the statuses that it has loaded
_STATUSES = "statuses_by_id"


def all_statuses(session: Session, numbers: Collection[int] = ()) -> Mapping[int, Status]:
    """Return every status by its id; what is known is enough if it has those with these ids."""
    known: dict[int, Status] = session.info.get(_STATUSES, {})
    usable = known and all(_is_usable(each, session, "code") for each in known.values())
    if not usable or not known.keys() >= set(numbers):
        with session.no_autoflush:
            known = {each.id: each for each in session.scalars(_statuses(named("Status")))}
        session.info[_STATUSES] = known
    return known


@cache  # what takes longest is to put it together
def _statuses(kind: Any) -> Any:
    # else SQLite goes through the base table of all entities
    return select(kind).where(kind.id.in_(select(kind.__table__.c.id)))


def load_tasks(session: Session, numbers: Collection[int]) -> dict[int, Task]:
    """Return the tasks with these ids, by id."""
    kind = named("Task")
    with session.no_autoflush:
        if len(numbers) > _COMPLETED_AT_ONCE:
            rows = session.execute(_classes(kind), {"numbers": numbers}).all()
            return load_by_class(session, kind, ((number, name) for number, name in rows))
        found = in_batches(session, select(kind), kind.id, numbers)
        return {each.id: each for (each,) in found}


@cache  # what takes longest is to put it together
def _classes(kind: Any) -> Any:
    return select(kind.id, class_of(kind)).where(among(kind.id, name="numbers"))


def read_again(
    session: Session, numbers: Collection[int], held: Mapping[int, Task] | None = None
) -> dict[int, Task]:
    """Return the tasks with these ids by id, up to date apart from what was changed here.

    The session has to be searched for them, unless they are *held* already.
    """
    if not numbers:
        return {}
    query = _fresh_columns(named("Task"))
    with session.no_autoflush:
        rows = session.execute(query, {"numbers": numbers}).all()
    held = _held(session, [row[0] for row in rows]) if held is None else held
    # of a subclass, or what has expired, not everything may be known
    found = {row[0]: task for row in rows if _is_complete(task := held.get(row[0]))}
    unknown = [row[0] for row in rows if row[0] not in found]
    if unknown:
        found |= load_tasks(session, unknown)
    statuses = all_statuses(session, {row[1] for row in rows})
    for number, *values in rows:
        task = found.get(number)
        # nobody else has deleted it since, and somebody has changed it
        if task is not None and not _is_known(task, values, statuses):
            _refresh(task, dict(zip(_FRESH, values, strict=True)), statuses)
    return found


@cache
def _fresh_columns(kind: Any) -> Any:
    columns = kind.__table__.c
    query = select(columns.id, *(columns[name] for name in _FRESH))
    return query.where(among(columns.id, name="numbers"))


def _held(session: Session, numbers: Collection[int]) -> dict[int, Task]:
    """Return those with these ids that the session holds."""
    key_of = inspect(named("Task")).identity_key_from_primary_key
    objects = ((number, session.identity_map.get(key_of((number,)))) for number in numbers)
    return {number: each for number, each in objects if each is not None}


def _is_complete(task: Task | None) -> TypeGuard[Task]:
    return task is not None and "parent_id" in task.__dict__


def _is_usable(entity: Any, session: Session, column: str) -> bool:
    """Say whether *entity* is there and not expired, since it has *column*."""
    return entity is not None and column in entity.__dict__ and entity in session


def _is_known(task: Task, values: list[Any], statuses: Mapping[int, Any]) -> bool:
    """Say whether *task* has these *values*, and at most another status from this session."""
    state = instance_state(task)
    known, changes = state.dict, state.committed_state
    return (
        _ATTRIBUTES.isdisjoint(changes)
        and [known.get(key) for key in _KEYS.values()] == values
        and changes.get("status", known.get("status")) is statuses.get(values[0])
    )


def _refresh(task: Task, values: dict[str, Any], statuses: Mapping[int, Any]) -> None:
    """Bring *task* up to date, apart from what this session has changed.

    What was added to a sum is added to the sum of today, and a changed status comes after the one
    of today.
    """
    state = instance_state(task)
    known, changes = state.dict, state.committed_state
    values["status"] = statuses.get(values["status_id"])
    for column, value in values.items():
        key = _KEYS.get(column, column)
        if (changes if key in changes else known).get(key) == value:
            continue
        if key not in changes:
            set_committed_value(task, key, value)
            if key == "parent_id" and "parent" not in changes:
                session: Any = object_session(task)
                session.expire(task, ["parent"])
            continue
        before, changes[key] = changes[key], value
        if column == "review_number":
            known[key] = max(value, known[key])  # rounds only go on
        elif column in _SUMS and None not in (value, before):
            known[key] += value - before
