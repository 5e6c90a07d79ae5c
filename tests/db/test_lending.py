"""Tests share databases and connections one after the other; nothing passes on to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, Engine, text

from tests.servers import Databases

#: what the next one would notice: of the session, and of the rows
SEEN = [
    "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database "
    "WHERE datname = current_database() AND pid != pg_backend_pid()",
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state ~ 'trans'",
    "SELECT to_regclass('scratch'), to_regclass('studies')",
    "SELECT current_user, current_setting('search_path'), current_setting('timezone'), "
    "current_setting('lock_timeout'), current_setting('default_transaction_read_only')",
    "SELECT count(*) FROM pg_listening_channels()",
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'",
    "SELECT count(*) FROM pg_cursors WHERE is_holdable",
    "SELECT count(*) FROM pg_trigger WHERE tgenabled = 'O'",
    'SELECT array_agg(s ORDER BY id) FROM "SimpleEntities" s',
    'SELECT array_agg(s ORDER BY id) FROM "Statuses" s',
    "SELECT array_agg((sequencename, last_value) ORDER BY 1) FROM pg_sequences "
    "WHERE schemaname = 'public'",
]

TRACES = {
    "rows": 'UPDATE "SimpleEntities" SET name = name || \'!\'; INSERT INTO "Notes" '
    'SELECT id FROM "SimpleEntities" LIMIT 1; SELECT nextval(\'public."SimpleEntities_id_seq"\')',
    "no rows": 'SET session_replication_role = replica; DELETE FROM "SimpleEntities"',
    "truncated": 'TRUNCATE "SimpleEntities" CASCADE',
    "settings": "SET search_path = pg_catalog; SET timezone = 'Asia/Tokyo'; SET lock_timeout = 7; "
    "SET default_transaction_read_only = on",
    "temporary table": "CREATE TEMPORARY TABLE scratch AS SELECT 1",
    "role": "SET ROLE pg_monitor",
    "advisory lock": "SELECT pg_advisory_lock(1)",
    "cursor": "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
    "listening": "LISTEN news",
    "table": "CREATE TABLE studies (id integer)",
    "lost table": 'DROP TABLE "Notes" CASCADE',
}


@pytest.fixture
def lender(
    server: Databases,
    request: pytest.FixtureRequest,
    seeds: Callable[[pytest.FixtureRequest, str], str],
) -> Databases:
    seeds(request, "postgresql")
    return server


def seen(lender: Databases) -> list[object]:
    """Return what the next one finds; it comes and goes like any test."""
    engine = lender.lend()
    with engine.connect() as connection:
        found = [connection.execute(text(query)).all() for query in SEEN]
        connection.rollback()
    lender.take_back(engine)
    return found


@pytest.fixture
def clean(lender: Databases) -> Iterator[list[object]]:
    """What is found at first, and has to be found in the end."""
    before = seen(lender)
    yield before
    assert seen(lender) == before


@pytest.mark.parametrize("trace", TRACES.values(), ids=TRACES)
def test_what_is_committed(lender: Databases, clean: list[object], trace: str) -> None:
    """Rows, tables and all that a session remembers are gone with who made them."""
    engine = lender.lend()
    with engine.connect() as connection:
        connection.exec_driver_sql(trace)
        connection.commit()
    lender.take_back(engine)
    assert seen(lender) == clean


def _with_statements(connection: Connection) -> None:
    for _ in range(20):  # the driver prepares what it sends often
        connection.exec_driver_sql('SELECT name FROM "SimpleEntities" WHERE id = %s', (1,))


def _with_locks(connection: Connection) -> None:
    connection.exec_driver_sql('LOCK TABLE "SimpleEntities"')
    connection.exec_driver_sql("UPDATE \"SimpleEntities\" SET name = 'x'")


def _after_an_error(connection: Connection) -> None:
    with pytest.raises(Exception, match="nowhere"):
        connection.exec_driver_sql("SELECT 1 FROM nowhere")


def _killed(connection: Connection) -> None:
    with pytest.raises(Exception, match="terminat"):
        connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.mark.parametrize("kept", [False, True], ids=["returned", "kept"])
@pytest.mark.parametrize("work", [_with_statements, _with_locks, _after_an_error, _killed])
def test_what_is_not_finished(
    lender: Databases, clean: list[object], work: Callable[[Connection], None], kept: bool
) -> None:
    """An open transaction, its locks, an error, a lost connection: also while somebody holds on."""
    engine = lender.lend()
    connection = engine.connect()
    work(connection)
    if not kept:
        connection.close()
    lender.take_back(engine)
    assert seen(lender) == clean
    if kept:
        connection.invalidate()
        connection.close()


def test_a_connection_outside(lender: Databases, clean: list[object]) -> None:
    """A copy that another program still has open is not lent again, and is gone."""
    engine = lender.lend()
    outside = Engine(engine.pool.recreate(), engine.dialect, engine.url).connect()
    outside.exec_driver_sql('LOCK TABLE "Notes"')
    lender.take_back(engine)
    following = lender.lend()
    assert following.url != engine.url
    lender.take_back(following)
    outside.invalidate()


def test_the_connection_stays(lender: Databases) -> None:
    """What is lent again has its connection open: to make a new one would take longer."""
    pids = set()
    for _ in range(2):
        engine = lender.lend()
        with engine.connect() as connection:
            pids.add(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
        lender.take_back(engine)
    assert len(pids) == 1
