"""Whose a database is: Stalker's, of whatever release, or another program's."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, Table, Text, inspect, select

from stalker.db.engines import ROOT_COLUMNS, ROOT_TABLE
from stalker.exceptions import UnusableDatabaseError

__all__ = ["MIGRATIONS", "VERSION_TABLE", "known_revisions", "noted_revision", "refuse_strangers"]

MIGRATIONS = Path(__file__).parent / "migrations"

#: Kept apart from the models' tables: migrations must not see it as one of theirs.
_bookkeeping = MetaData()
VERSION_TABLE = Table(
    "alembic_version", _bookkeeping, Column("version_num", Text, primary_key=True)
)


def known_revisions() -> set[str]:
    """Return the schema revisions that this release knows."""
    return {file.stem.partition("_")[0] for file in MIGRATIONS.glob("versions/*.py")}


def noted_revision(connection: Connection) -> str | None:
    """Return the revision that is noted in a database, `None` if there is no such note."""
    if not _has_columns(connection, VERSION_TABLE.name, VERSION_TABLE.columns.keys()):
        return None
    return connection.scalar(select(VERSION_TABLE.c.version_num).limit(1))


def refuse_strangers(connection: Connection) -> None:
    """Raise `UnusableDatabaseError` for a database that belongs to another program.

    Stalker's is one that notes a revision which this release knows, or has the table that every
    release has. There may be more tables in it. An empty one belongs to nobody. Names alone say
    nothing: others have tables of users and tasks, and migrations by Alembic, too.
    """
    noted = noted_revision(connection)
    if noted in known_revisions() or _has_columns(connection, ROOT_TABLE, ROOT_COLUMNS):
        return
    tables = set(inspect(connection).get_table_names())
    if noted is None:
        tables.discard(VERSION_TABLE.name)
    if tables:
        raise UnusableDatabaseError(
            f"the database belongs to another program: it has a table {min(tables)!r}, and nothing "
            "that Stalker has made"
        )


def _has_columns(connection: Connection, table: str, columns: list[str]) -> bool:
    inspector = inspect(connection)
    if table not in inspector.get_table_names():
        return False
    return {each["name"] for each in inspector.get_columns(table)}.issuperset(columns)
