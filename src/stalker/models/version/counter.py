"""The last number of each series of versions.

The number that a new version shows is provisional. When it is written, one statement takes the
numbers of all new versions from these rows, and holds the rows until the commit: no number is given
twice, and none is skipped unless a transaction rolls back or somebody deletes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Connection,
    ForeignKey,
    String,
    event,
    func,
    insert,
    inspect,
    select,
    tuple_,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from stalker.db.declarative import Base, named
from stalker.db.session import StudioSession

if TYPE_CHECKING:
    from stalker.models.version.version import Version

__all__ = ["VersionCounter"]

#: task id and take name
Series = tuple[int, str]


class VersionCounter(Base):
    """The highest number in a series, and how many numbers were taken at once the last time."""

    task_id: Mapped[int] = mapped_column(
        ForeignKey("Tasks.id", ondelete="CASCADE"), primary_key=True
    )
    take_name: Mapped[str] = mapped_column(String(256), primary_key=True)
    last: Mapped[int]
    taken: Mapped[int]


_counters = VersionCounter.__table__.c


def take(connection: Connection, wanted: dict[Series, int]) -> dict[Series, int]:
    """Reserve so many numbers in each series, and return the first of each."""
    rows = [
        {"task_id": series[0], "take_name": series[1], "last": highest + count, "taken": count}
        for series, count, highest in _begun(connection, wanted)
    ]
    statement = _insert(connection)
    statement = statement.on_conflict_do_update(
        index_elements=[_counters.task_id, _counters.take_name],
        set_={"last": _counters.last + statement.excluded.taken, "taken": statement.excluded.taken},
    ).returning(*_counters)
    found = connection.execute(statement, rows)
    return {(row.task_id, row.take_name): row.last - row.taken + 1 for row in found}


def _begun(connection: Connection, wanted: dict[Series, int]) -> list[tuple[Series, int, int]]:
    """Return each series with its highest number, in the order in which the rows get locked.

    The number only counts where there is no counter yet; somebody else's counter wins.
    """
    versions = named("Version").__table__.c
    missing = set(wanted)
    for some in _batches(missing):
        key = tuple_(_counters.task_id, _counters.take_name)
        missing -= {
            tuple(row)
            for row in connection.execute(
                select(_counters.task_id, _counters.take_name).where(key.in_(some))
            )
        }
    highest: dict[Series, int] = {}
    for some in _batches(missing):
        series = versions.task_id, versions.take_name
        query = select(*series, func.max(versions.version_number)).where(tuple_(*series).in_(some))
        for task_id, take_name, number in connection.execute(query.group_by(*series)):
            highest[task_id, take_name] = number
    return [(series, wanted[series], highest.get(series, 0)) for series in sorted(wanted)]


def _batches(series: Iterable[Series], size: int = 400) -> Iterable[list[Series]]:
    ordered = sorted(series)
    return (ordered[start : start + size] for start in range(0, len(ordered), size))


def take_at_least(connection: Connection, series: Series, number: int) -> int:
    """Reserve *number*, or the next one if that is not free any more; return what it was."""
    highest = _begun(connection, {series: 1})[0][2]
    first = max(number, highest + 1)
    statement = _insert(connection)
    last = func.max if connection.dialect.name == "sqlite" else func.greatest
    statement = statement.on_conflict_do_update(
        index_elements=[_counters.task_id, _counters.take_name],
        set_={"last": last(_counters.last + 1, number), "taken": 1},
    ).returning(_counters.last)
    row = {"task_id": series[0], "take_name": series[1], "last": first, "taken": 1}
    return int(connection.execute(statement, row).scalar_one())


def _insert(connection: Connection) -> Any:
    # imported here, because loading both dialects takes longer than mapping all models
    from sqlalchemy.dialects import postgresql, sqlite

    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    return dialect.insert(VersionCounter.__table__)


@event.listens_for(StudioSession, "before_flush")
def _number_new_versions(session: Session, context: Any, instances: Any) -> None:
    kind = named("Version")
    automatic: dict[Series, list[Version]] = {}
    for version in _unnumbered(session, kind):
        task = version.task
        if task is None or not inspect(task).has_identity:
            continue  # nobody else can number the versions of a task that is not written yet
        series = task.id, version.take_name
        if version._asks_for_number():
            number = take_at_least(session.connection(), series, version.version_number)
            version._settle_number(number)
        else:
            automatic.setdefault(series, []).append(version)
    if automatic:
        wanted = {series: len(versions) for series, versions in automatic.items()}
        for series, first in take(session.connection(), wanted).items():
            for number, version in enumerate(automatic[series], first):
                version._settle_number(number)


def _unnumbered(session: Session, kind: type[Version]) -> list[Version]:
    """Return the versions that need a number in their series: new ones, and those that moved."""
    moved = [
        each
        for each in session.dirty
        if isinstance(each, kind) and each._has_moved() and not each._finds_its_number_free(session)
    ]
    for version in moved:
        version._forget_number()
    return [each for each in session.new if isinstance(each, kind)] + moved


@event.listens_for(StudioSession, "after_flush")
def _begin_counters(session: Session, context: Any) -> None:
    """Write the counters of series whose task was written in this flush."""
    highest: dict[Series, int] = {}
    tasks = {id(each) for each in session.new}
    for version in session.new:
        if isinstance(version, named("Version")) and id(version.task) in tasks:
            series = version.task_id, version.take_name
            highest[series] = max(version.version_number, highest.get(series, 0))
    if highest:
        rows = [
            {"task_id": task_id, "take_name": take_name, "last": number, "taken": 1}
            for (task_id, take_name), number in sorted(highest.items())
        ]
        session.connection().execute(insert(VersionCounter), rows)


def keep_up(connection: Connection, series: Series, number: int) -> None:
    """Make a series count on from *number*, if it has not come so far yet."""
    last = func.max if connection.dialect.name == "sqlite" else func.greatest
    statement = _insert(connection).on_conflict_do_update(
        index_elements=[_counters.task_id, _counters.take_name],
        set_={"last": last(_counters.last, number)},
    )
    highest = max(number, _begun(connection, {series: 1})[0][2])
    row = {"task_id": series[0], "take_name": series[1], "last": highest, "taken": 1}
    connection.execute(statement, row)
