"""Which schema the database has, and which this release needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, inspect, select
from sqlalchemy.exc import OperationalError, ProgrammingError

from stalker.db.declarative import Base
from stalker.db.locks import AdvisoryLock, lock
from stalker.db.owner import VERSION_TABLE, known_revisions, noted_revision, refuse_strangers
from stalker.db.session import DBSession
from stalker.db.soundness import missing_columns
from stalker.exceptions import SchemaVersionError

__all__ = [
    "alembic_version",
    "check_alembic_version",
    "create_alembic_table",
    "create_missing_tables",
    "get_alembic_version",
    "library_tables",
    "newer",
    "of_the_library",
]

#: The schema revision that this release needs.
alembic_version = "bf67e6a234b4"

#: Names of the tables of the library itself, without those of classes that a studio adds.
library_tables: set[str] = set()


def of_the_library(tables: Iterable[str]) -> None:
    """Note that the library comes with *tables*; called when its models are complete."""
    library_tables.update(tables)


def get_alembic_version() -> str | None:
    """Return the revision that the database says it has, or `None` if it says nothing."""
    try:
        return DBSession.scalar(select(VERSION_TABLE.c.version_num).limit(1))
    except (OperationalError, ProgrammingError):
        DBSession.rollback()
        return None


def check_alembic_version(must_be_noted: bool = False) -> None:
    """Raise `SchemaVersionError` and invalidate the connection if the schema is another one.

    One that is not noted, because nothing is there yet, may be refused, too. The database of
    another program is an `UnusableDatabaseError`.
    """
    found = get_alembic_version()
    if found == alembic_version or (found is None and not must_be_noted):
        return
    refuse_strangers(DBSession.connection())
    if found is None:
        raise SchemaVersionError(
            "the database has no tables yet, or no first entries: `stalker init`, or db.init(), "
            "makes them",
            found=None,
            expected=alembic_version,
        )
    DBSession.connection().invalidate()
    raise mismatch(found)


def mismatch(found: str) -> SchemaVersionError:
    """Return the error for a database of another revision; it says which of the two is older."""
    if found not in known_revisions():
        return newer(found)
    return SchemaVersionError(
        f"the database has schema revision {found!r}, this release of stalker needs "
        f"{alembic_version!r}: `stalker upgrade`, or db.upgrade(), brings it there",
        found=found,
        expected=alembic_version,
    )


def newer(found: str) -> SchemaVersionError:
    """Return the error for a revision that this release does not know."""
    return SchemaVersionError(
        f"the database has schema revision {found!r}, which this release of stalker does not know:"
        f" a newer one has made it, so upgrade stalker; this one needs {alembic_version!r}",
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
    """Create the tables that are not there yet; existing ones are left as they are.

    Raises `SchemaVersionError`, and creates nothing, where that would make a mixture of two
    schemas, or hide that tables have been lost; `UnusableDatabaseError` where another program has
    tables of the same names.
    """
    if not _missing(connection):
        return
    _refuse_clashes(connection)
    lock(connection, AdvisoryLock.SCHEMA)
    missing = _missing(connection)
    there = library_tables - missing
    if there:
        _refuse_old(connection, there, sorted(missing & library_tables))
    Base.metadata.create_all(connection)


def _missing(connection: Connection) -> set[str]:
    return set(Base.metadata.tables) - set(inspect(connection).get_table_names())


def _refuse_clashes(connection: Connection) -> None:
    # SQLite takes "users" for "Users", and so might people
    wanted = {name.lower() for name in library_tables}
    if any(name.lower() in wanted for name in inspect(connection).get_table_names()):
        refuse_strangers(connection)


def _refuse_old(connection: Connection, there: Collection[str], missing: list[str]) -> None:
    """Refuse a schema with the library's tables *there* that is not of this release, or damaged."""
    noted = noted_revision(connection)
    if noted is not None:
        if missing:
            raise SchemaVersionError(
                f"the database says that it has schema revision {noted!r}, but has no table "
                f"{missing[0]!r}: it has been damaged; `stalker check` says more",
                found=noted,
                expected=alembic_version,
            )
        return
    # set up, but not initialised: by this release?
    for table, columns in missing_columns(connection, there).items():
        raise SchemaVersionError(
            f"the database was made by another release of stalker: {table!r} has no column "
            f"{columns[0]!r}; db.init() of that release notes which, then run `stalker upgrade`",
            found=None,
            expected=alembic_version,
        )
