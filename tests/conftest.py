"""Databases for the tests. What asks for `database` runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Dialect, Engine, event
from sqlalchemy.orm import close_all_sessions
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util import LRUCache

import stalker
from stalker import db
from stalker.config import Config
from stalker.db import engines
from stalker.db.declarative import Base, named
from stalker.db.session import DBSession
from tests.servers import Databases, postgresql

BACKENDS = ("sqlite", "postgresql")

# A shell lets what it runs in the background ignore Ctrl-C, and so would whatever the tests start.
# With a handler here they begin as at a terminal.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def fresh_defaults() -> Config:
    """Return the configuration as delivered, but with passwords that cost nothing."""
    defaults = Config()
    defaults.password_time_cost = 1
    defaults.password_memory_cost = 8
    defaults.password_parallelism = 1
    return defaults


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give each test its own configuration, environment and session."""
    monkeypatch.delenv("STALKER_PATH", raising=False)
    monkeypatch.delenv("COLUMNS", raising=False)  # xdist sets it
    monkeypatch.setattr(stalker, "defaults", fresh_defaults())
    environment = dict(os.environ)
    yield
    unbind()
    for name in set(os.environ) - set(environment):
        del os.environ[name]


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    """Let all engines of a process share what SQLAlchemy has compiled, as those of one database do.

    Each test has an engine of its own; without this, half of its time is spent on compiling the
    same statements again.
    """
    original = engines.create
    caches: dict[str, Any] = {}
    dialects: dict[str, Dialect] = {}

    def create(settings: Mapping[str, Any]) -> Engine:
        engine = original(settings)
        # one that has never reached a database knows too little for those that will
        if not hasattr(dialects.get(engine.name), "default_isolation_level"):
            dialects[engine.name] = engine.dialect
        engine.dialect = engine.pool._dialect = dialects[engine.name]
        engine._compiled_cache = caches.setdefault(engine.name, LRUCache(4000))
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "create", create)
        yield


def unbind(kept: Engine | None = None) -> None:
    """Let go of the database, and of every session that still holds it.

    The connections of *kept* stay open.
    """
    bind = DBSession.session_factory.kw.get("bind")
    DBSession.remove()
    close_all_sessions()
    DBSession.configure(bind=None)
    if bind not in (None, kept):
        bind.dispose()


@pytest.fixture(scope="session")
def server() -> Iterator[Databases]:
    """A PostgreSQL server."""
    with postgresql() as url:
        databases = Databases(url)
        yield databases
        databases.close()


@pytest.fixture(scope="session")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Callable[[pytest.FixtureRequest, str], str]:
    """Return the URL of a database after `init()`, made once for each back end.

    A test that maps a class leaves it to all that follow, who may meet it in queries: its table is
    added here, once, and not in each copy.
    """
    made: dict[str, tuple[str, set[str]]] = {}

    def seed(request: pytest.FixtureRequest, backend: str) -> str:
        tables = set(Base.metadata.tables)
        url, known = made.get(backend, ("", set()))
        if known == tables:
            return url
        is_new = not url
        if is_new and backend == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('seed')}/seed.db"
        elif is_new:
            url = request.getfixturevalue("server").create()
        db.setup({"sqlalchemy.url": url})
        if is_new:
            db.init()
        unbind()
        if backend == "postgresql":
            request.getfixturevalue("server").prepare(url)
        made[backend] = url, tables
        return url

    return seed


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Name of the kind of database that a test runs on."""
    return str(request.param)


@pytest.fixture
def empty_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables."""
    if backend == "sqlite":
        yield f"sqlite:///{tmp_path}/studio.db"
        return
    server: Databases = request.getfixturevalue("server")
    url = server.create()
    yield url
    unbind()
    server.drop(url)


@pytest.fixture
def database(
    backend: str,
    request: pytest.FixtureRequest,
    seeds: Callable[[pytest.FixtureRequest, str], str],
    tmp_path: Path,
) -> Iterator[str]:
    """Bind `DBSession` to a database after `init()`; the URL of it."""
    seed = seeds(request, backend)
    # What `db.setup()` looks for in a database is not in this one. It has tests of its own.
    named("Repository").forget_variables()
    if backend == "sqlite":
        copy = tmp_path / "studio.db"
        shutil.copyfile(seed.removeprefix("sqlite:///"), copy)
        url = f"sqlite:///{copy}"
        engine = engines.create({"sqlalchemy.url": url})
        event.listen(engine, "connect", _hurry)
        DBSession.configure(bind=engine)
        yield url
        return
    server: Databases = request.getfixturevalue("server")
    engine = server.lend()
    DBSession.configure(bind=engine)
    yield engine.url.render_as_string(hide_password=False)
    unbind(kept=engine)
    server.take_back(engine)


def _hurry(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
    """Do without the safety against power cuts."""
    connection.execute("PRAGMA synchronous=OFF")


class Statements(list[str]):
    """The SQL statements that were sent while it was recording."""


@pytest.fixture
def statements() -> Iterator[Callable[[], Statements]]:
    """Return a function that begins to record the statements of the bound database."""
    found: list[tuple[object, Callable[..., None]]] = []

    def record() -> Statements:
        engine = DBSession.get_bind()
        recorded = Statements()

        def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
            recorded.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        found.append((engine, note))
        return recorded

    yield record
    for engine, note in found:
        event.remove(engine, "before_cursor_execute", note)
