"""Which schema the database has, and which this release needs."""

from __future__ import annotations

from sqlalchemy import Column, Connection, MetaData, Table, Text, inspect, select
from sqlalchemy.exc import OperationalError, ProgrammingError

from stalker.db.declarative import Base
from stalker.db.locks import AdvisoryLock, lock
from stalker.db.session import DBSession
from stalker.exceptions import SchemaVersionError

__all__ = [
    "alembic_version",
    "check_alembic_version",
    "create_alembic_table",
    "create_missing_tables",
    "get_alembic_version",
]

#: The schema revision that this release needs.
alembic_version = "bf67e6a234b4"

#: Kept apart from the models' tables: migrations must not see it as one of theirs.
_bookkeeping = MetaData()
VERSION_TABLE = Table(
    "alembic_version", _bookkeeping, Column("version_num", Text, primary_key=True)
)


def get_alembic_version() -> str | None:
    """Return the revision that the database says it has, or `None` if it says nothing."""
    try:
        return DBSession.scalar(select(VERSION_TABLE.c.version_num).limit(1))
    except (OperationalError, ProgrammingError):
        DBSession.rollback()
        return None


def check_alembic_version() -> None:
    """Raise `SchemaVersionError` and invalidate the connection if the schema is another one."""
    found = get_alembic_version()
    if found is not None and found != alembic_version:
        DBSession.connection().invalidate()
        raise SchemaVersionError(
            f"the database has schema revision {found!r}, this release of stalker needs "
            f"{alembic_version!r}; upgrade whichever is older, the database with db.upgrade()",
            found=found,
            expected=alembic_version,
        )


def create_alembic_table() -> None:
    """Note the revision of the schema, unless one is noted already."""
    note_alembic_version(DBSession.connection())
    DBSession.commit()


def note_alembic_version(connection: Connection) -> None:
    """Do the work of `create_alembic_table` in the transaction of *connection*."""
    lock(connection, AdvisoryLock.SCHEMA)
    VERSION_TABLE.create(connection, checkfirst=True)
    if connection.scalar(select(VERSION_TABLE.c.version_num).limit(1)) is None:
        connection.execute(VERSION_TABLE.insert(), {"version_num": alembic_version})


def create_missing_tables(connection: Connection) -> None:
    """Create the tables that are not there yet; existing ones are left as they are."""
    names = set(Base.metadata.tables)
    if names - set(inspect(connection).get_table_names()):
        lock(connection, AdvisoryLock.SCHEMA)
        Base.metadata.create_all(connection)
