"""Whether migrations have kept what was there."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, inspect, text

from stalker.db.declarative import Base
from stalker.db.owner import VERSION_TABLE
from stalker.db.schema import alembic_version, library_tables
from stalker.db.soundness import count_rows, guards_of, missing_guards
from stalker.exceptions import SchemaVersionError

#: of constraints that were added without a look at the rows that are there
_UNCHECKED = (
    "SELECT conrelid::regclass || '.' || conname FROM pg_constraint "
    "WHERE contype = 'f' AND NOT convalidated"
)


@dataclass(frozen=True)
class Picture:
    """What a migration must not make less of."""

    rows: dict[str, int]
    guards: set[str]
    broken: Counter[str]
    #: SQLite: the last number that each table gave, of those that give none twice
    numbers: dict[str, int]

    @classmethod
    def of(cls, connection: Connection) -> Picture:
        """Return how many rows each table has, what guards them, and what is broken already."""
        tables = set(inspect(connection).get_table_names()) - {VERSION_TABLE.name}
        return cls(
            count_rows(connection, tables),
            guards_of(connection),
            _broken(connection),
            _numbers(connection),
        )


def _broken(connection: Connection) -> Counter[str]:
    """Count references that lead nowhere; on PostgreSQL those that nobody has checked."""
    if connection.dialect.name == "postgresql":
        return Counter(connection.scalars(text(_UNCHECKED)))
    rows = connection.execute(text("PRAGMA foreign_key_check"))
    return Counter(f"{table} -> {parent}" for table, _, parent, _ in rows)


def _numbers(connection: Connection) -> dict[str, int]:
    if connection.dialect.name == "postgresql":  # its sequences are objects of their own
        return {}
    numbered = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"
    names = list(connection.scalars(text(numbered)))
    if not names:
        return {}
    rows: Any = connection.execute(text("SELECT name, seq FROM sqlite_sequence")).all()
    given = dict(rows)
    return {name: given.get(name, 0) for name in names}


def go_on_numbering(connection: Connection, before: Picture) -> None:
    """Let no table that SQLite has copied give a number again that a deleted row once had."""
    for name, last in before.numbers.items():
        connection.execute(
            text("UPDATE sqlite_sequence SET seq = max(seq, :last) WHERE name = :name"),
            {"last": last, "name": name},
        )


def refuse_damage(connection: Connection, before: Picture, revision: str) -> None:
    """Raise `SchemaVersionError` if there is less than before, or a library table is missing."""
    after = Picture.of(connection)
    faults = [
        f"{name!r} would lose {count - after.rows.get(name, 0)} of its {count} rows"
        for name, count in before.rows.items()
        if after.rows.get(name, 0) < count
    ]
    faults += [f"references would lead nowhere: {each}" for each in after.broken - before.broken]
    faults += [
        f"{name!r} would give numbers again that it has given"
        for name, last in before.numbers.items()
        if after.numbers.get(name, -1) < last
    ]
    lost = before.guards - after.guards
    if revision == alembic_version:
        faults += [f"{each!r} would be missing" for each in library_tables - after.rows.keys()]
        lost.update(missing_guards(connection, Base.metadata.tables))
    faults += [f"the guard {each!r} would be lost" for each in sorted(lost)]
    if faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise SchemaVersionError(
            f"the migration to {revision!r} is faulty and was undone: {faults[0]}{more}",
            found=None,
            expected=revision,
        )
