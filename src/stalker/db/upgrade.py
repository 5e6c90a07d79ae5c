"""Bring a database to the schema of this release."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, select, text

import stalker
from stalker.db import engines
from stalker.db.locks import AdvisoryLock, lock
from stalker.db.schema import VERSION_TABLE, alembic_version
from stalker.db.session import DBSession, is_bound
from stalker.exceptions import SchemaVersionError

__all__ = ["prepare", "upgrade"]

MIGRATIONS = Path(__file__).parent / "migrations"

#: PostgreSQL: whoever waits for a table blocks all who come after, so a migration gives up soon
LOCK_TIMEOUT = "4s"
STATEMENT_TIMEOUT = "1h"


def upgrade(engine: Engine | None = None) -> None:
    """Run the migrations that a database lacks, in one transaction; an empty one gets all tables.

    Without *engine* the database counts that `DBSession` is bound to, or else the configured one.
    The session of this thread is removed. Make a backup before, and stop the applications that use
    the database: there is no way back but that. Processes that call it at once wait for each other.
    """
    # it takes long to import, and few processes need it
    from alembic import command
    from alembic.config import Config

    bound = is_bound(DBSession())
    DBSession.remove()
    if engine is None and bound:
        engine = DBSession.get_bind().engine
        DBSession.remove()
    own = engine is None
    if engine is None:
        engine = engines.create(stalker.defaults.database_engine_settings)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    try:
        with engine.begin() as connection:
            prepare(connection)
            _refuse_unknown(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        if own:
            engine.dispose()


def prepare(connection: Connection) -> None:
    """Wait for others who change the schema, and make sure that a revision can be noted."""
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


def _refuse_unknown(connection: Connection) -> None:
    noted = connection.scalar(select(VERSION_TABLE.c.version_num).limit(1))
    if noted is None and inspect(connection).has_table("SimpleEntities"):
        raise SchemaVersionError(
            "the database has tables, but does not say of which schema revision; if this release "
            "of stalker made them, db.init() notes it",
            found=None,
            expected=alembic_version,
        )
