"""Engines speak to each kind of database as it needs, and never show a password."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, IntegrityError, OperationalError

from stalker import Tag, db
from stalker.db import engines
from stalker.db.engines import is_on_network
from stalker.db.session import DBSession, StudioSession

on_sqlite = pytest.mark.parametrize("backend", ["sqlite"])
on_postgresql = pytest.mark.parametrize("backend", ["postgresql"])


@pytest.fixture
def engine(empty_url: str) -> Iterator[Engine]:
    """An engine of an empty database."""
    engine = engines.create({"sqlalchemy.url": empty_url})
    yield engine
    engine.dispose()


def scalar(engine: Engine, statement: str) -> Any:
    with engine.connect() as connection:
        return connection.scalar(text(statement))


# --- SQLite ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pragma", "in_file", "in_memory"),
    [
        ("foreign_keys", 1, 1),
        ("recursive_triggers", 1, 1),
        ("synchronous", 2, 2),
        ("journal_mode", "wal", "memory"),
        ("busy_timeout", 30000, 30000),
    ],
)
def test_each_connection_to_sqlite_is_safe(
    tmp_path: Path, pragma: str, in_file: Any, in_memory: Any
) -> None:
    """Foreign keys are on, commits reach the disk, readers do not block, writers wait."""
    for url, expected in ((f"sqlite:///{tmp_path}/a.db", in_file), ("sqlite://", in_memory)):
        engine = engines.create({"sqlalchemy.url": url})
        db.upgrade(engine)
        with engine.connect() as first, engine.connect() as second:
            for connection in (first, second):
                assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == expected
        engine.dispose()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_all_threads_see_one_database_in_memory(url: str) -> None:
    """A database in memory is one for the whole process."""
    db.setup({"sqlalchemy.url": url})
    DBSession.save(Tag(name="day"))
    seen = []
    thread = threading.Thread(target=lambda: (seen.extend(Tag.query.all()), DBSession.remove()))
    thread.start()
    thread.join()
    assert [tag.name for tag in seen] == ["day"]


@on_sqlite
def test_an_open_reader_blocks_nobody_and_can_save(database: str) -> None:
    """A tool that has read something lets others write meanwhile, and can save after them."""
    with StudioSession(DBSession.get_bind()) as tool, StudioSession(DBSession.get_bind()) as other:
        assert tool.query(Tag).all() == []

        other.add(Tag(name="other"))
        other.commit()

        tool.add(Tag(name="tool"))
        tool.commit()
        assert {tag.name for tag in tool.query(Tag)} == {"other", "tool"}


@on_sqlite
def test_a_second_writer_waits_for_the_first(database: str) -> None:
    """Two who write at once both succeed: the second waits until the first commits."""
    bind = DBSession.get_bind()
    begun, committed = threading.Event(), []

    def write() -> None:
        with StudioSession(bind) as session:
            begun.set()
            session.add(Tag(name="second"))
            session.commit()
            committed.append("second")

    with StudioSession(bind) as session:
        session.add(Tag(name="first"))
        session.flush()
        thread = threading.Thread(target=write)
        thread.start()
        begun.wait()
        committed.append("first")
        session.commit()
    thread.join()
    assert committed == ["first", "second"]


@pytest.mark.parametrize("released", [True, False], ids=["released", "open"])
def test_a_savepoint_belongs_to_its_transaction(database: str, released: bool) -> None:
    """A savepoint before the first write does not survive the rollback of the transaction."""
    with StudioSession(DBSession.get_bind()) as session:
        assert session.query(Tag).all() == []
        savepoint = session.begin_nested()
        session.add(Tag(name="leaked"))
        session.flush()
        if released:
            savepoint.commit()
        session.rollback()
    assert Tag.query.all() == []


def test_a_savepoint_undoes_its_part(database: str) -> None:
    """Rolling back to a savepoint keeps what was written before it and after it."""
    with StudioSession(DBSession.get_bind()) as session:
        session.add(Tag(name="before"))
        session.flush()
        savepoint = session.begin_nested()
        session.add(Tag(name="inside"))
        session.flush()
        savepoint.rollback()
        session.add(Tag(name="after"))
        session.commit()
    assert {tag.name for tag in Tag.query} == {"before", "after"}


def test_foreign_keys_are_enforced(database: str) -> None:
    """Both databases refuse a row that refers to nothing."""
    with pytest.raises(IntegrityError):
        DBSession.execute(text("INSERT INTO \"Scenes\" (id, code) VALUES (4711, 'x')"))
    DBSession.rollback()


# --- PostgreSQL -----------------------------------------------------------------------------------


@on_postgresql
@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("TimeZone", "UTC"),
        ("lock_timeout", "30s"),
        ("statement_timeout", "10min"),
        ("application_name", "stalker"),
        ("transaction_isolation", "read committed"),
    ],
)
def test_each_connection_to_postgresql_is_bounded(engine: Engine, setting: str, value: str) -> None:
    """Times are in UTC, and no wait lasts for ever."""
    assert scalar(engine, f"SHOW {setting}") == value


@on_postgresql
def test_settings_of_the_caller_win(empty_url: str) -> None:
    """What the URL or `connect_args` say replaces our defaults."""
    url = make_url(empty_url).update_query_dict({"application_name": "nuke"})
    arguments = {"options": "-c timezone=UTC -c lock_timeout=1s"}
    engine = engines.create({"sqlalchemy.url": url, "sqlalchemy.connect_args": arguments})
    assert scalar(engine, "SHOW application_name") == "nuke"
    assert scalar(engine, "SHOW lock_timeout") == "1s"
    engine.dispose()


@on_postgresql
def test_a_dropped_connection_is_replaced(engine: Engine) -> None:
    """A connection that the server closed while it was idle is not handed out again."""
    number = scalar(engine, "SELECT pg_backend_pid()")
    killer = engines.create({"sqlalchemy.url": engine.url})
    assert scalar(killer, f"SELECT pg_terminate_backend({number}, 10000)")
    killer.dispose()
    assert scalar(engine, "SELECT pg_backend_pid()") != number


# --- Which databases ------------------------------------------------------------------------------


def test_the_settings_are_those_of_sqlalchemy(tmp_path: Path) -> None:
    """Keys with the prefix go to SQLAlchemy, and one of them is the URL."""
    settings = {"sqlalchemy.url": "sqlite://", "sqlalchemy.echo": "false"}
    engine = engines.create(settings)
    assert str(engine.url) == "sqlite://"
    assert engine.echo is False
    engine.dispose()
    # a database in memory instead of the one that was meant would lose everything
    with pytest.raises(ArgumentError, match=r"'sqlalchemy\.url'.*'url'"):
        engines.create({"url": "sqlite:///studio.db"})


@pytest.mark.parametrize("url", ["mysql://u:secret@h/d", "oracle://u:secret@h/d", "postgres://h/d"])
def test_other_databases_are_refused(url: str) -> None:
    """Only PostgreSQL and SQLite will do; the message says so, without the password."""
    with pytest.raises(ValueError, match="PostgreSQL or SQLite") as caught:
        engines.create({"sqlalchemy.url": url})
    assert "secret" not in str(caught.value)
    assert ("write postgresql://" in str(caught.value)) == url.startswith("postgres:")


def test_a_driver_that_is_not_installed() -> None:
    """The message names it, and the one that is meant with how it is installed."""
    with pytest.raises(ValueError, match=r"postgresql\+psycopg://.*pip install") as caught:
        engines.create({"sqlalchemy.url": "postgresql+pg8000://u:secret@h/d"})
    assert "'pg8000'" in str(caught.value) and "secret" not in str(caught.value)


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
tank:/vol /mnt/tank nfs4 rw 0 0
//pc/share /mnt/with\\040space cifs rw 0 0
ada@host:/ /home/ada/host fuse.sshfs rw 0 0
/dev/sdb1 /mnt/tank/local xfs rw 0 0
/dev/sdc1 /mnt/usb fuseblk rw 0 0
overlay /var/container fuse.fuse-overlayfs rw 0 0
auto /net autofs rw 0 0
filer:/a /net/a nfs rw 0 0
/dev/sdd1 /twice ext4 rw 0 0
filer:/b /twice nfs rw 0 0
broken line
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/studio.db", False),
        ("/mnt/tank/studio.db", True),
        ("/mnt/tank", True),
        ("/mnt/tankstelle/studio.db", False),
        ("/mnt/tank/local/studio.db", False),
        ("/mnt/with space/deep/studio.db", True),
        ("/home/ada/host/studio.db", True),
        ("/home/ada/studio.db", False),
        ("/mnt/usb/studio.db", False),
        ("/var/container/studio.db", False),
        ("/net/a/studio.db", True),
        ("/twice/studio.db", True),
    ],
)
def test_network_file_systems_are_known(tmp_path: Path, path: str, expected: bool) -> None:
    """The file system is that of the nearest, newest mount above the path."""
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS)
    assert is_on_network(Path(path), str(mounts)) is expected
    assert is_on_network(Path(path), str(tmp_path / "missing")) is False


def test_a_link_into_a_network_file_system_counts(tmp_path: Path) -> None:
    """The path is followed to where the file really is."""
    share = tmp_path / "share"
    share.mkdir()
    (tmp_path / "link").symlink_to(share)
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nfiler:/s {share} nfs rw 0 0\n")
    assert is_on_network(tmp_path / "link" / "studio.db", str(mounts))


def test_sqlite_on_a_network_file_system_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused with a way out; whoever insists gets it without the shared-memory log."""
    monkeypatch.setattr(engines, "is_on_network", lambda path: True)
    settings: dict[str, Any] = {"sqlalchemy.url": f"sqlite:///{tmp_path}/studio.db"}
    with pytest.raises(ValueError, match="use PostgreSQL"):
        db.setup(settings)

    db.setup({**settings, "allow_network_sqlite": True})
    assert DBSession.scalar(text("PRAGMA journal_mode")) == "delete"
    assert inspect(DBSession.connection()).has_table("Tasks")
    db.setup({"sqlalchemy.url": "sqlite://"})


# --- Passwords ------------------------------------------------------------------------------------


def test_a_password_is_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    """Neither engine, error nor log tells the password of the database."""
    url = "postgresql+psycopg://ada:s3cr3t@127.0.0.1:1/studio"
    with caplog.at_level(logging.DEBUG), pytest.raises(OperationalError) as caught:
        db.setup({"sqlalchemy.url": url, "sqlalchemy.echo": True})
    engine = DBSession.get_bind()
    for shown in (str(caught.value), repr(engine), str(engine.engine.url), caplog.text):
        assert "s3cr3t" not in shown
    DBSession.remove()
