"""What the database itself has to do, beyond the constraints that SQLAlchemy knows.

Nobody works on two things at once: PostgreSQL excludes rows of `TimeLogs` that overlap, and SQLite,
which cannot, refuses them by triggers. Both refuse with the name of the constraint, `OVERLAP`.

Each class with columns of its own has a row in its table and one in the table of each base class.
Foreign keys delete downwards only: when a cascade removes a task's row, nothing would remove its
row in `SimpleEntities`. A trigger on each such table does, so that a delete is complete whoever
issues it: the unit of work, a cascade, or a statement typed by hand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, MetaData, Table, event

from stalker.db.declarative import Base
from stalker.db.session import OVERLAP

_DELETE_ROOT = 'DELETE FROM "SimpleEntities" WHERE id = OLD.id'
_FUNCTION = "stalker_delete_root"


@event.listens_for(Base.metadata, "after_create")
def _create_with_tables(
    metadata: MetaData, connection: Connection, tables: Iterable[Table] = (), **options: Any
) -> None:
    for statement in statements(connection.dialect.name, tables):
        connection.exec_driver_sql(statement)


@event.listens_for(Base.metadata, "after_create")
def _inline_next_time(
    metadata: MetaData, connection: Connection, tables: Iterable[Table] = (), **options: Any
) -> None:
    """Let the foreign keys of circles be created again.

    On PostgreSQL they are added when both tables are there. SQLAlchemy remembers that in the
    metadata: an SQLite database that is created later by the same process would not have them.
    """
    for table in tables:
        for constraint in table.foreign_key_constraints:
            constraint._create_rule = None


def statements(dialect: str, tables: Iterable[Table]) -> Iterator[str]:
    """Yield the DDL of the guards of *tables*."""
    tables = list(tables)
    yield from _roots(dialect, sorted(table.name for table in tables if has_base(table)))
    if any(table.name == "TimeLogs" for table in tables):
        yield from _bookings(dialect)


def _roots(dialect: str, names: Collection[str]) -> Iterator[str]:
    if not names:
        return
    if dialect == "postgresql":
        yield (
            f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN {_DELETE_ROOT}; RETURN NULL; END $$"
        )
    for name in names:
        trigger = trigger_name(name)
        if dialect == "postgresql":
            yield (
                f'CREATE OR REPLACE TRIGGER "{trigger}" AFTER DELETE ON "{name}" '
                f"FOR EACH ROW EXECUTE FUNCTION {_FUNCTION}()"
            )
        else:
            yield (
                f'CREATE TRIGGER IF NOT EXISTS "{trigger}" AFTER DELETE ON "{name}" '
                f"BEGIN {_DELETE_ROOT}; END"
            )


def _bookings(dialect: str) -> Iterator[str]:
    if dialect == "postgresql":
        yield "CREATE EXTENSION IF NOT EXISTS btree_gist"
        yield (
            f'ALTER TABLE "TimeLogs" ADD CONSTRAINT {OVERLAP} EXCLUDE USING gist '
            """(resource_id WITH =, tstzrange(start, "end", '[)') WITH &&)"""
        )
        return
    for name, when in (("insert", "INSERT"), ("update", 'UPDATE OF resource_id, start, "end"')):
        yield (
            f'CREATE TRIGGER IF NOT EXISTS "{OVERLAP}_{name}" BEFORE {when} ON "TimeLogs" '  # noqa: S608
            # those of one person do not overlap: the last one that begins before lasts longest
            f"""BEGIN SELECT RAISE(ABORT, '{OVERLAP}') WHERE NEW.start < (SELECT "end" """
            'FROM "TimeLogs" WHERE resource_id = NEW.resource_id AND id != NEW.id '
            'AND start < NEW."end" ORDER BY start DESC LIMIT 1); END'
        )


def trigger_name(table: str) -> str:
    """Return the name of the trigger that completes a delete in *table*."""
    return f"{table}_delete_root"


def has_base(table: Table) -> bool:
    """Say whether the rows of *table* continue rows of a base class."""
    key = table.primary_key.columns.get("id")
    return key is not None and bool(key.foreign_keys) and len(table.primary_key.columns) == 1
