"""What must be true of any database of ours, whatever it holds: asked with a few statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import (
    Connection,
    ForeignKey,
    Integer,
    String,
    Table,
    and_,
    exists,
    func,
    inspect,
    literal,
    select,
    text,
    union_all,
)

from stalker.db import guards
from stalker.db.declarative import Base
from stalker.db.session import OVERLAP

__all__ = ["count_orphans", "count_rows", "guards_of", "missing_columns", "missing_guards"]

#: to reflect all tables would take a statement for each on SQLite
_COLUMNS = {
    "postgresql": "SELECT table_name, column_name FROM information_schema.columns "
    "WHERE table_schema = current_schema()",
    "sqlite": "SELECT tables.name, columns.name "
    "FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns "
    "WHERE tables.type = 'table'",
}

#: SQLite takes that many parts of a compound statement
_PARTS = 400


def missing_columns(connection: Connection, tables: Iterable[str]) -> dict[str, list[str]]:
    """Return the columns of this release that *tables*, as far as they exist, lack."""
    there: dict[str, set[str]] = {}
    for table, column in connection.execute(text(_COLUMNS[connection.dialect.name])):
        there.setdefault(table, set()).add(column)
    lacking = {
        name: [each.name for each in Base.metadata.tables[name].c if each.name not in there[name]]
        for name in sorted(tables)
        if name in there
    }
    return {name: columns for name, columns in lacking.items() if columns}


def guards_of(connection: Connection) -> set[str]:
    """Return the names of all triggers, and of what keeps the time logs of a person apart."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = (
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal "
            "UNION ALL SELECT conname FROM pg_constraint WHERE contype = 'x'"
        )
    return set(connection.scalars(text(query)))


def missing_guards(connection: Connection, tables: Iterable[str]) -> list[str]:
    """Return the guards that *tables*, as far as they exist, should have and have not."""
    there = set(inspect(connection).get_table_names()).intersection(tables)
    wanted = {
        guards.trigger_name(name) for name in there if guards.has_base(Base.metadata.tables[name])
    }
    if "TimeLogs" in there:
        sqlite = connection.dialect.name == "sqlite"
        wanted |= {f"{OVERLAP}_insert", f"{OVERLAP}_update"} if sqlite else {OVERLAP}
    return sorted(wanted - guards_of(connection))


def count_rows(connection: Connection, tables: Collection[str]) -> dict[str, int]:
    """Return how many rows each of *tables* has."""
    counts = [
        select(literal(name, String), func.count()).select_from(text(_quoted(connection, name)))
        for name in sorted(tables)
    ]
    return dict(_together(connection, counts))


def count_orphans(connection: Connection, tables: Iterable[Table]) -> Counter[str]:
    """Return how many rows refer to one that is not there, by "table.column -> table"."""
    queries = [
        _orphans_of(table, key)
        for table in sorted(tables, key=lambda each: each.name)
        for key in sorted(table.foreign_keys, key=lambda each: each.parent.name)
    ]
    return Counter({name: count for name, count in _together(connection, queries) if count})


def _orphans_of(table: Table, key: ForeignKey) -> Any:
    target = key.column.table.alias()
    column = key.parent
    found = exists().where(target.c[key.column.name] == column)
    name = f"{table.name}.{column.name} -> {key.column.table.name}"
    return (
        select(literal(name, String), func.count(type_=Integer))
        .select_from(table)
        .where(and_(column.is_not(None), ~found))
    )


def _together(connection: Connection, queries: list[Any]) -> list[Any]:
    """Return the rows of all *queries*."""
    rows: list[Any] = []
    for begin in range(0, len(queries), _PARTS):
        rows += connection.execute(union_all(*queries[begin : begin + _PARTS])).all()
    return rows


def _quoted(connection: Connection, name: str) -> str:
    return str(connection.dialect.identifier_preparer.quote_identifier(name))
