"""Bring a database to the schema of this release, or leave it exactly as it is."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Table, inspect, select, text

import stalker
from stalker.core.suggestions import did_you_mean
from stalker.db import copies, engines
from stalker.db.declarative import Base
from stalker.db.locks import AdvisoryLock, lock
from stalker.db.owner import MIGRATIONS, VERSION_TABLE, refuse_strangers
from stalker.db.schema import alembic_version, library_tables, newer
from stalker.db.session import DBSession, is_bound
from stalker.db.verdict import Picture, go_on_numbering, refuse_damage
from stalker.exceptions import SchemaVersionError

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = ["Upgrade", "migrating", "upgrade"]

#: PostgreSQL: whoever waits for a table blocks all who come after, so a migration gives up soon
LOCK_TIMEOUT = "4s"
STATEMENT_TIMEOUT = "1h"


@dataclass(frozen=True)
class Upgrade:
    """What `upgrade()` did."""

    #: the revision that the database had, `None` if it was empty
    found: str | None
    #: the one that it has now
    revision: str
    #: the copy that was made before
    backup: Path | None
    seconds: float


def upgrade(
    engine: Engine | None = None, revision: str = "head", backup: bool | Path = True
) -> Upgrade:
    """Run the migrations that a database lacks, in one transaction; an empty one gets all tables.

    Without *engine* the database counts that `DBSession` is bound to, or else the configured one.
    The session of this thread is removed. Stop the applications that use the database before.
    Processes that call it at once wait for each other.

    A database with rows in it is copied first: into a file beside it, or with `pg_dump` into the
    current folder, or to *backup*. `BackupError` is raised where that cannot be done; with
    ``backup=False`` it is not tried. `SchemaVersionError` is raised for a database that says
    nothing of its revision or has one that this release does not know, for a *revision* that does
    not exist or is older, and for migrations that would lose rows, break references or drop guards;
    `UnusableDatabaseError` for the database of another program. Whatever is raised, the database is
    as it was.
    """
    begin = time.perf_counter()
    # it takes long to import, and few processes need it
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    history = _history(config)
    target = _known(history[-1] if revision == "head" else revision, history)
    with _engine(engine) as used, migrating(used) as connection:
        found = connection.scalar(select(VERSION_TABLE.c.version_num).limit(1))
        _refuse(connection, found, target, history)
        copied = None
        if found != target:
            copied = _back_up(used, connection, found, backup)
            _migrate(connection, config, target)
    return Upgrade(found, target, copied, time.perf_counter() - begin)


@contextmanager
def _engine(given: Engine | None) -> Iterator[Engine]:
    """Yield the engine to work on; one that is made for this is gone afterwards."""
    bound = is_bound(DBSession())
    DBSession.remove()
    if given is None and bound:
        given = DBSession.get_bind().engine
        DBSession.remove()
    if given is not None:
        yield given
        return
    made = engines.create(stalker.defaults.database_engine_settings)
    try:
        yield made
    finally:
        made.dispose()


@contextmanager
def migrating(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in a transaction that is alone with the schema, and commit it.

    SQLite changes a table by copying it and dropping the old one. With foreign keys switched on,
    that would delete the rows of all tables that refer to it.
    """
    with engine.connect() as connection:
        _switch(connection, foreign_keys="OFF", legacy_alter_table="ON")
        try:
            with connection.begin():
                prepare(connection)
                yield connection
        finally:
            _switch(connection, foreign_keys="ON", legacy_alter_table="OFF")


def _switch(connection: Connection, **pragmas: str) -> None:
    if connection.dialect.name == "sqlite" and not connection.invalidated:
        for name, value in pragmas.items():
            connection.exec_driver_sql(f"PRAGMA {name}={value}")
        connection.rollback()  # outside of a transaction; within one they would do nothing


def prepare(connection: Connection) -> None:
    """Wait for others who change the schema, and make sure that a revision can be noted.

    Whoever's database it is: another program's is refused before anything is done to it.
    """
    refuse_strangers(connection)
    lock(connection, AdvisoryLock.SCHEMA)
    if connection.dialect.name == "postgresql":
        for name, value in (
            ("lock_timeout", LOCK_TIMEOUT),
            ("statement_timeout", STATEMENT_TIMEOUT),
        ):
            connection.execute(
                text("SELECT set_config(:name, :value, true)"), {"name": name, "value": value}
            )
    # Alembic's own would have room for 32 characters only
    VERSION_TABLE.create(connection, checkfirst=True)


def _history(config: Config) -> list[str]:
    """Return all revisions that this release knows, the oldest first."""
    from alembic.script import ScriptDirectory

    directory = ScriptDirectory.from_config(config)
    return [script.revision for script in directory.walk_revisions()][::-1]


def _known(revision: str, history: Sequence[str]) -> str:
    if revision not in history:
        raise SchemaVersionError(
            f"this release of stalker knows no schema revision {revision!r}"
            f"{did_you_mean(revision, history)}",
            found=None,
            expected=revision,
        )
    return revision


def _refuse(connection: Connection, found: str | None, target: str, history: Sequence[str]) -> None:
    """Refuse what cannot be brought from revision *found* to *target*."""
    if found is None:
        if inspect(connection).has_table("SimpleEntities"):
            raise SchemaVersionError(
                "the database has tables, but does not say of which schema revision; if this "
                "release of stalker made them, db.init() notes it",
                found=None,
                expected=target,
            )
    elif found not in history:
        raise newer(found)
    elif history.index(found) > history.index(target):
        raise SchemaVersionError(
            f"the database has schema revision {found!r}, which is newer than {target!r}; the way "
            "back is the copy that was made before the upgrade",
            found=found,
            expected=target,
        )


def _back_up(
    engine: Engine, connection: Connection, found: str | None, backup: bool | Path
) -> Path | None:
    """Copy the database as it will be migrated: from here on nobody else writes to it."""
    if found is None or not backup or engine.url.database in (None, "", ":memory:"):
        return None
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"LOCK TABLE {_names(connection)} IN SHARE MODE"))
    path = copies.place_for(engine, found) if backup is True else Path(backup).absolute()
    copies.copy(engine, path)
    return path


def _names(connection: Connection) -> str:
    quote = connection.dialect.identifier_preparer.quote_identifier
    return ", ".join(map(quote, inspect(connection).get_table_names()))


def _migrate(connection: Connection, config: Config, target: str) -> None:
    from alembic import command

    before = Picture.of(connection)
    config.attributes["connection"] = connection
    command.upgrade(config, target)
    go_on_numbering(connection, before)
    noted = connection.scalars(select(VERSION_TABLE.c.version_num)).all()
    if list(noted) != [target]:
        raise SchemaVersionError(
            f"the migrations came to revision {', '.join(noted)!r}, not to {target!r}",
            found=None,
            expected=target,
        )
    refuse_damage(connection, before, target)
    if target == alembic_version:
        _refuse_differences(connection, target)


def _refuse_differences(connection: Connection, target: str) -> None:
    """Refuse a schema that is not the one of the models."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    def is_ours(item: Any, name: str, kind: str, reflected: bool, counterpart: Any) -> bool:
        table = item if isinstance(item, Table) else item.table
        return table.name in library_tables

    context = MigrationContext.configure(
        connection, opts={"include_object": is_ours, "compare_server_default": True}
    )
    differences = compare_metadata(context, Base.metadata)
    if differences:
        raise SchemaVersionError(
            f"after the migrations the schema differs from what revision {target!r} is: "
            f"{differences[0]!r}",
            found=None,
            expected=target,
        )
