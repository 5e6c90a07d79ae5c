"""Which tables belong to a studio's data, and how their rows and numbers are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Table, inspect, select, text, type_coerce

from stalker.db.declarative import Base
from stalker.db.owner import VERSION_TABLE, noted_revision
from stalker.db.schema import alembic_version, library_tables, mismatch
from stalker.exceptions import BackupError
from stalker.services.backup import values
from stalker.services.backup.summary import BATCH
from stalker.services.backup.values import Form, encode_row, form_of

__all__ = ["forms_of", "last_numbers", "lines_of", "refuse_other_revision", "tables_of"]


def refuse_other_revision(connection: Connection) -> None:
    """Raise `SchemaVersionError` or `BackupError` unless the database has this schema."""
    there = inspect(connection).get_table_names()
    noted = noted_revision(connection)
    if noted is None:
        raise BackupError(
            "the database does not say of which schema revision it is; `stalker init` notes it"
        )
    if noted != alembic_version:
        raise mismatch(noted)
    missing = sorted(library_tables.difference(there))
    if missing:
        raise BackupError(f"the database is damaged: it has no table {missing[0]!r}")


def tables_of(connection: Connection) -> tuple[list[Table], list[str]]:
    """Return the tables with the studio's data, and the names of those that are others'.

    Who is referred to comes before who refers, but for circles. Raises `BackupError` if there are
    tables with parts of entities of a class that this process does not know.
    """
    inspector = inspect(connection)
    there = set(inspector.get_table_names())
    unknown = sorted(there - {*Base.metadata.tables, VERSION_TABLE.name})
    parts = [name for name in unknown if _continues_ours(inspector, name)]
    if parts:
        raise BackupError(
            f"the tables {', '.join(parts)} hold parts of entities, but their classes are not known"
            " here: let a plug-in import them"
        )
    return [table for table in Base.metadata.sorted_tables if table.name in there], unknown


def _continues_ours(inspector: Any, name: str) -> bool:
    key = inspector.get_pk_constraint(name)["constrained_columns"]
    return any(
        each["constrained_columns"] == key and each["referred_table"] in Base.metadata.tables
        for each in inspector.get_foreign_keys(name)
    )


def forms_of(table: Table, names: Iterable[str]) -> list[Form]:
    """Return the form of the columns of *table* with these *names*."""
    return [form_of(table.columns[name]) for name in names]


def lines_of(connection: Connection, table: Table, names: Sequence[str]) -> Iterator[list[bytes]]:
    """Yield the rows of *table* as lines with the columns *names*, some at a time."""
    forms = forms_of(table, names)
    columns = [
        type_coerce(table.columns[name], form.read_as)
        for name, form in zip(names, forms, strict=True)
    ]
    query = select(*columns).order_by(*table.primary_key)
    options = {"stream_results": True, "yield_per": BATCH}
    with connection.execute(query, execution_options=options) as rows:
        for some in rows.partitions():
            yield [_line(table, names, forms, row) for row in some]


def _line(table: Table, names: Sequence[str], forms: Sequence[Form], row: Sequence[Any]) -> bytes:
    try:
        line = encode_row(forms, row)
    except (ValueError, TypeError) as error:
        raise BackupError(f"a value in {table.name!r} has no form in a backup: {error}") from error
    if len(line) > values.MAX_LINE:
        key = {each.name: row[names.index(each.name)] for each in table.primary_key}
        raise BackupError(
            f"the row of {table.name!r} with {key} takes {len(line):,} bytes, and a backup holds "
            f"rows of up to {values.MAX_LINE:,}: it could not be read back"
        )
    return line


def last_numbers(connection: Connection, tables: Iterable[Table]) -> dict[str, int]:
    """Return the last number that each table has given to a row, as far as that is noted.

    It may be larger than all that are there: what was deleted does not come back as something else.
    """
    if connection.dialect.name == "sqlite":
        query = "SELECT name, seq FROM sqlite_sequence"
    else:
        query = " UNION ALL ".join(
            f"SELECT '{table.name}', pg_sequence_last_value({sequence_of(table)}::regclass)"
            for table in tables
            if sequence_of(table)
        )
    return {name: number for name, number in connection.execute(text(query)) if number}


def sequence_of(table: Table) -> str | None:
    """Return PostgreSQL's expression for the sequence that numbers *table*, if there is one."""
    column = table.autoincrement_column
    if column is None:
        return None
    return f"""pg_get_serial_sequence('"{table.name}"', '{column.name}')"""
