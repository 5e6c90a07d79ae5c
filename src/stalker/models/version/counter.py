"""The last number of each series of versions.

The number that a new version shows is provisional. When it is written, the rows of all series that
grow are locked until the commit, and the numbers are given out: none twice, and none is skipped
unless a transaction rolls back or somebody deletes.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Connection,
    ForeignKey,
    String,
    bindparam,
    event,
    func,
    insert,
    inspect,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from stalker.db.declarative import Base, named
from stalker.db.session import StudioSession

if TYPE_CHECKING:
    from stalker.models.task import Task
    from stalker.models.version.version import Version

__all__ = ["VersionCounter"]

#: task id and take name
Series = tuple[int, str]

#: how many versions are asked about at once
_BATCH = 400
_OF_NEW_TASKS = "counters_of_new_tasks"


class VersionCounter(Base):
    """The highest number in a series."""

    task_id: Mapped[int] = mapped_column(
        ForeignKey("Tasks.id", ondelete="CASCADE"), primary_key=True
    )
    take_name: Mapped[str] = mapped_column(String(256), primary_key=True)
    last: Mapped[int]


_counters: Any = VersionCounter.__table__


# --- When versions are written --------------------------------------------------------------------


@event.listens_for(StudioSession, "before_flush")
def _give_numbers(session: Session, context: Any, instances: Any) -> None:
    growing = _growing(session)
    last = dict.fromkeys(growing, 0)
    stored = {(key, take): (task, take) for task, take in growing if (key := _id(task))}
    if stored:
        for series, number in _lock(session.connection(), stored).items():
            last[stored[series]] = number
    occupied = _occupied(session, [each for some in growing.values() for each in some])
    for each, versions in growing.items():
        last[each] = _number(versions, last[each], occupied)
    if stored:
        _advance(session.connection(), {key: last[each] for key, each in stored.items()})
    # nobody else can count the versions of a task that is not written yet
    session.info[_OF_NEW_TASKS] = [(*each, last[each]) for each in growing if not _id(each[0])]


@event.listens_for(StudioSession, "after_flush")
def _begin_counters(session: Session, context: Any) -> None:
    rows = [
        {"task_id": task.id, "take_name": take, "last": last}
        for task, take, last in session.info.pop(_OF_NEW_TASKS, ())
    ]
    if rows:
        session.connection().execute(insert(VersionCounter), rows)


def _growing(session: Session) -> dict[tuple[Task, str], list[Version]]:
    """Return by series the versions that need a number there: new ones, and those that moved."""
    kind = named("Version")
    found: dict[tuple[Task, str], list[Version]] = {}
    for version in (*session.new, *session.dirty):
        if isinstance(version, kind) and version._needs_number():
            found.setdefault((version.task, version.take_name), []).append(version)
    return found


def _id(obj: Any) -> int | None:
    """Return the id of what is written, without asking for it."""
    identity = inspect(obj).identity
    return identity[0] if identity else None


def _number(versions: list[Version], last: int, occupied: Collection[Version]) -> int:
    """Give the versions of a series the numbers after *last*, or what they may keep.

    Returns the last number of the series then.
    """
    given = set()
    # what is stored comes first; those that are new keep the order in which they were made
    for version in sorted(versions, key=lambda each: (each.version_number, _id(each) or math.inf)):
        number = version.version_number
        if _id(version):
            keeps = version not in occupied and number not in given
        else:
            keeps = number > last and version._asks_for_number()
        if not keeps:
            number = last + 1
        given.add(number)
        last = max(last, number)
        version._settle_number(number)
    return last


# --- Statements -----------------------------------------------------------------------------------


def _lock(connection: Connection, series: Collection[Series]) -> dict[Series, int]:
    """Lock the counters until the commit, and return their last numbers.

    A counter that is missing begins with the highest number there is.
    """
    # imported here, because loading both dialects takes longer than mapping all models
    from sqlalchemy.dialects import postgresql, sqlite

    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    versions = named("Version").__table__.c
    key: dict[str, Any] = {"task_id": bindparam("task_id"), "take_name": bindparam("take_name")}
    highest = select(func.coalesce(func.max(versions.version_number), 0)).where(
        *(versions[name] == value for name, value in key.items())
    )
    statement = dialect.insert(_counters).values(**key, last=highest.scalar_subquery())
    statement = statement.on_conflict_do_update(
        index_elements=list(key), set_={"last": _counters.c.last}
    ).returning(*_counters.c)
    # always in the same order: nobody waits for somebody who waits for him
    rows = [{"task_id": task_id, "take_name": take} for task_id, take in sorted(series)]
    return {(row.task_id, row.take_name): row.last for row in connection.execute(statement, rows)}


def _occupied(session: Session, versions: list[Version]) -> set[Version]:
    """Return those of the stored *versions* whose number is already given where they go."""
    moved = [(each, key) for each in versions if (key := _id(each))]
    columns = named("Version").__table__.c
    place = tuple_(columns.task_id, columns.take_name, columns.version_number)
    asked = sorted(_place(each) for each, _ in moved if _id(each.task))
    owners: dict[Any, int] = {}
    for start in range(0, len(asked), _BATCH):
        query = select(columns.id, *place).where(place.in_(asked[start : start + _BATCH]))
        owners |= {tuple(rest): owner for owner, *rest in session.execute(query)}
    return {each for each, key in moved if owners.get(_place(each), key) != key}


def _place(version: Version) -> tuple[Any, str, int]:
    return _id(version.task), version.take_name, version.version_number


def _advance(connection: Connection, last: dict[Series, int]) -> None:
    statement = update(_counters).where(
        _counters.c.task_id == bindparam("of_task"), _counters.c.take_name == bindparam("of_take")
    )
    rows = [
        {"of_task": task_id, "of_take": take, "last": number}
        for (task_id, take), number in last.items()
    ]
    connection.execute(statement, rows)
