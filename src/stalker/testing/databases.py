"""PostgreSQL databases that live as long as a test.

The environment variable `STALKER_TEST_DB` names the server, and the role that may create databases.
"""

from __future__ import annotations

import os
from uuid import uuid4

from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.pool import NullPool

__all__ = ["SERVER", "create_db", "create_random_db", "drop_db"]

#: names the server
SERVER = "STALKER_TEST_DB"

_DEFAULT = "postgresql+psycopg://stalker_admin:stalker@localhost/postgres"


def _server() -> URL:
    url = make_url(os.environ.get(SERVER) or _DEFAULT)
    return url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url


def create_db(name: str) -> str:
    """Create an empty database, and return its URL."""
    _execute("CREATE DATABASE {}", name)
    return _server().set(database=name).render_as_string(hide_password=False)


def create_random_db() -> tuple[str, str]:
    """Create an empty database with a name that nothing else has; return its URL and its name."""
    name = f"stalker_test_{uuid4().hex[:8]}"
    return create_db(name), name


def drop_db(name: str) -> None:
    """Drop a database, whoever is still connected to it; one that is not there is no error."""
    _execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _execute(statement: str, name: str) -> None:
    # databases are not created within a transaction
    engine = create_engine(_server(), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            quoted = engine.dialect.identifier_preparer.quote_identifier(name)
            connection.execute(text(statement.format(quoted)))
    finally:
        engine.dispose()
