"""A database of another program is told from ours, and stays as it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, create_engine, inspect, make_url, select, text

from stalker import db
from stalker.db import engines
from stalker.db.owner import refuse_strangers
from stalker.db.session import DBSession
from stalker.exceptions import SchemaVersionError, UnusableDatabaseError
from tests.conftest import unbind

NOTE = "CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)"
USERS = 'CREATE TABLE "Users" (id INTEGER PRIMARY KEY, login VARCHAR(9))'
TASKS = 'CREATE TABLE "Tasks" (id INTEGER PRIMARY KEY, title VARCHAR(9))'

FOREIGN = {
    "other tables": ["CREATE TABLE songs (title VARCHAR(9))", "INSERT INTO songs VALUES ('Ego')"],
    "the same names": [USERS, TASKS, "INSERT INTO \"Users\" VALUES (1, 'ada')"],
    "names in lower case": [USERS.lower(), TASKS.lower()],
    "migrations": [NOTE, "INSERT INTO alembic_version VALUES ('0123456789ab')", USERS, TASKS],
    "nothing but a note": [NOTE, "INSERT INTO alembic_version VALUES ('0123456789ab')"],
    "another note": ["CREATE TABLE alembic_version (id INTEGER)", USERS],
    "a root of its own": ['CREATE TABLE "SimpleEntities" (id INTEGER PRIMARY KEY, name TEXT)'],
}
ROOT = 'CREATE TABLE "SimpleEntities" (id INTEGER, entity_type VARCHAR(9), name VARCHAR(9))'
NOTED = f"INSERT INTO alembic_version VALUES ('{db.alembic_version}')"

OURS = {
    "nothing": [],
    "nothing but an empty note": [NOTE],
    "the revision of this release": [NOTE, NOTED],
    "an old release": [ROOT, USERS],
}


def fill(url: str, statements: list[str]) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def content(url: str) -> Any:
    """All that there is: the bytes of files, or tables with their columns and rows."""
    if url.startswith("sqlite"):
        folder = Path(make_url(url).database or "").parent
        return {file.name: file.read_bytes() for file in folder.iterdir()}
    engine = create_engine(url)
    metadata = MetaData()
    metadata.reflect(engine)
    with engine.connect() as connection:
        found = {
            name: (sorted(map(repr, table.columns)), connection.execute(select(table)).all())
            for name, table in metadata.tables.items()
        }
    engine.dispose()
    return found


def upgrade(url: str) -> None:
    engine = engines.create({"sqlalchemy.url": url})
    try:
        db.upgrade(engine)
    finally:
        engine.dispose()


def ready(url: str) -> None:
    db.setup({"sqlalchemy.url": url}, must_be_ready=True)


def setup(url: str) -> None:
    db.setup({"sqlalchemy.url": url})


@pytest.fixture
def stays(empty_url: str) -> Callable[[], None]:
    """Return a function that makes sure that the database is as at its first call."""
    before: list[Any] = []

    def check() -> None:
        unbind()
        before.append(content(empty_url))
        assert before[0] == before[-1]

    return check


@pytest.mark.parametrize("name", FOREIGN)
def test_a_database_of_another_program(
    empty_url: str, name: str, stays: Callable[[], None]
) -> None:
    """It is refused whatever its tables are called, and not a byte of it is changed."""
    fill(empty_url, FOREIGN[name])
    stays()
    for way in (upgrade, ready, setup):
        if way is setup and name == "other tables":
            continue  # who calls it in Python may have tables beside ours
        with pytest.raises(UnusableDatabaseError, match="belongs to another program"):
            way(empty_url)
        stays()


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_its_journal_stays(empty_url: str, mode: str, stays: Callable[[], None]) -> None:
    """The kind of journal is written in the file: looking at that does not switch it."""
    fill(empty_url, FOREIGN["the same names"])
    with closing(sqlite3.connect(make_url(empty_url).database or "")) as connection:
        connection.execute(f"PRAGMA journal_mode={mode}")
    stays()
    engine = engines.create({"sqlalchemy.url": empty_url})
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == mode.lower()
        assert connection.scalar(text('SELECT count(*) FROM "Users"')) == 1
    engine.dispose()
    stays()


@pytest.mark.parametrize("name", OURS)
def test_a_database_of_ours(empty_url: str, name: str) -> None:
    """An empty one, one with a known revision, and one of any old release are not refused."""
    fill(empty_url, OURS[name])
    engine = engines.create({"sqlalchemy.url": empty_url})
    with engine.connect() as connection:
        refuse_strangers(connection)
    engine.dispose()


def test_tables_beside_ours(empty_url: str) -> None:
    """Ours stays ours whatever else is in it, also with a revision that is not known here."""
    setup(empty_url)
    db.init()
    unbind()
    fill(empty_url, FOREIGN["other tables"])
    ready(empty_url)
    upgrade(empty_url)
    fill(empty_url, ["UPDATE alembic_version SET version_num = 'fffffff'"])
    for way in (upgrade, ready, setup):
        with pytest.raises(SchemaVersionError, match="upgrade stalker"):
            way(empty_url)
        DBSession.rollback()
    unbind()


def test_tables_come_beside_others(empty_url: str) -> None:
    """In Python one may share a database on purpose, where no names are the same."""
    fill(empty_url, FOREIGN["other tables"])
    setup(empty_url)
    db.init()
    assert {"songs", "Tasks"} <= set(inspect(DBSession.connection()).get_table_names())
    assert DBSession.scalar(text("SELECT title FROM songs")) == "Ego"
    unbind()
