"""A backup is the whole database, restores to an equal one of either kind, or is refused."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import tracemalloc
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import URL, Engine, MetaData, func, insert, inspect, make_url, select, text
from sqlalchemy.exc import IntegrityError

from stalker import SimpleEntity, Tag, User, db
from stalker.db import engines
from stalker.db.beside import made_beside
from stalker.db.declarative import Base
from stalker.db.session import DBSession
from stalker.exceptions import BackupError, SchemaVersionError
from stalker.services.backup import back_up, restore, values, verify
from stalker.services.backup.tables import forms_of, lines_of
from stalker.services.backup.values import decode_row
from tests.conftest import BACKENDS, unbind
from tests.factories import constructible, most


def engine_of(url: str) -> Engine:
    return engines.create({"sqlalchemy.url": url})


def bound() -> Engine:
    """The engine of `DBSession`, with nobody's transaction open."""
    DBSession.remove()
    engine = DBSession.get_bind().engine
    DBSession.remove()
    return engine


def body(file: Path) -> list[bytes]:
    """The rows in a file, and their digests, without what differs from one backup to the next."""
    return gzip.decompress(file.read_bytes()).splitlines()[1:-1]


def header(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gzip.decompress(file.read_bytes()).splitlines()[0])
    return found


def fill() -> None:
    """Store one of everything, and values that databases like to change."""
    for kind in constructible():
        DBSession.add(most(kind))
    odd = Tag(
        name="Ünïcode 🎬 „quotes“ \\ ' \" \u2028",
        description="line\nbreak\ttab\x01",
        generic_text=json.dumps({"b": 1, "a": [None, True, 0.1]}),
    )
    odd.date_created = datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=UTC)
    DBSession.add(odd)
    DBSession.commit()
    tables = Base.metadata.tables
    with bound().begin() as connection:
        # as much as there is room for, and more than a float can tell apart
        most_money = {"postgresql": Decimal("99999999999999.9999"), "sqlite": 10**18 - 1}
        raw = most_money[connection.dialect.name]
        connection.execute(text('UPDATE "Goods" SET cost = :raw'), {"raw": raw})
        durations = {"duration": timedelta(days=400, microseconds=1)}
        connection.execute(tables["Projects"].update().values(durations))
        connection.execute(tables["Users"].update().values(rate=0.1 + 0.2))


@contextmanager
def one_more(kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Yield the URL of a new empty database."""
    if kind == "sqlite":
        yield f"sqlite:///{request.getfixturevalue('tmp_path')}/more.db"
        return
    server = request.getfixturevalue("server")
    url = server.create()
    yield url
    server.drop(url)


@pytest.fixture
def emptied(backend: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A second database of the same kind."""
    with one_more(backend, request) as url:
        yield url


@pytest.fixture
def other(backend: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """One of the other kind."""
    (kind,) = {*BACKENDS} - {backend}
    with one_more(kind, request) as url:
        yield url


def test_there_and_back_again(database: str, other: str, emptied: str, tmp_path: Path) -> None:
    """Everything goes to the other kind of database and comes back, equal row for row."""
    fill()
    files = [tmp_path / f"{number}.gz" for number in range(3)]
    first = back_up(bound(), files[0])
    for number, url in enumerate((other, emptied), 1):
        engine = engine_of(url)
        assert restore(files[number - 1], engine).tables == first.tables
        back_up(engine, files[number])
        engine.dispose()
    assert first.rows == sum(first.tables.values()) > 700
    assert sum(count > 0 for count in first.tables.values()) > 60
    assert body(files[0]) == body(files[1]) == body(files[2])
    assert [header(file)["numbers"]["SimpleEntities"] for file in files] == [
        header(files[0])["numbers"]["SimpleEntities"]
    ] * 3
    assert not [name for name in os.listdir(tmp_path) if name.endswith(".part")]


def test_a_restored_database_goes_on(database: str, other: str, tmp_path: Path) -> None:
    """New rows get ids that were never used, guards and keys hold, and there is nothing to do."""
    fill()
    newest = Tag(name="newest")
    DBSession.save(newest)
    used = newest.id
    DBSession.delete(newest)
    DBSession.commit()
    back_up(bound(), tmp_path / "file")
    engine = engine_of(other)
    restore(tmp_path / "file", engine)
    engine.dispose()

    db.setup({"sqlalchemy.url": other})
    assert db.upgrade().found == db.alembic_version
    tag = Tag(name="the next")
    DBSession.save(tag)
    assert tag.id > used
    db.register(type("Plate", (), {}))
    people = DBSession.scalar(select(func.count(User.id)))
    db.init()
    assert DBSession.scalar(select(func.count(User.id))) == people
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        DBSession.execute(text('INSERT INTO "Tags" (id) VALUES (999999)'))
    DBSession.rollback()
    DBSession.execute(text('DELETE FROM "Tags"'))
    query = select(func.count(SimpleEntity.id)).where(SimpleEntity.entity_type == "Tag")
    assert DBSession.scalar(query) == 0
    unbind()


def test_a_restored_schema_is_the_one_of_setup(database: str, emptied: str, tmp_path: Path) -> None:
    """Keys that were taken off while rows came in are all there again, and nothing else."""
    back_up(bound(), tmp_path / "file")
    engine = engine_of(emptied)
    restore(tmp_path / "file", engine)
    found = []
    for each in (bound(), engine):
        inspector = inspect(each)
        found.append(
            {
                name: (inspector.get_foreign_keys(name), inspector.get_indexes(name))
                for name in sorted(inspector.get_table_names())
            }
        )
    engine.dispose()
    assert {name: sorted(map(str, keys)) for name, (keys, _) in found[0].items()} == {
        name: sorted(map(str, keys)) for name, (keys, _) in found[1].items()
    }


def test_a_backup_is_one_moment(database: str, tmp_path: Path) -> None:
    """What others write meanwhile is not in it, not even half."""
    DBSession.save([Tag(name=f"tag {number}") for number in range(3)])
    engine = bound()
    written = []

    def write(done: int, total: int | None) -> None:
        if not written:
            written.append(done)
            with engine.begin() as connection:
                connection.execute(text("UPDATE \"SimpleEntities\" SET name = 'changed'"))
                connection.execute(text('DELETE FROM "Tags"'))

    back_up(engine, tmp_path / "file", report=write)
    assert written
    assert b"changed" not in b"".join(body(tmp_path / "file"))
    assert verify(tmp_path / "file").tables["Tags"] == 3


def test_the_number_of_statements_does_not_grow(
    database: str, statements: Callable[[], list[str]], tmp_path: Path
) -> None:
    """One statement reads a table, whatever it holds."""
    counts = []
    for number in (1, 30):
        DBSession.save([Tag(name=f"{number} {each}") for each in range(number)])
        engine = bound()
        recorded = statements()
        back_up(engine, tmp_path / f"{number}")
        counts.append(len(recorded))
    assert counts[0] == counts[1] < len(Base.metadata.tables) + 30


def test_memory_does_not_grow_with_the_database(tmp_path: Path) -> None:
    """Writing and restoring ten times as many rows takes no more memory."""
    engine = engine_of(f"sqlite:///{tmp_path}/studio.db")
    DBSession.configure(bind=engine)
    db.upgrade(engine)
    peaks = []
    for number in (3_000, 30_000):
        rows = [
            {"access": "Allow", "action": f"{number} {each}", "class_name": "x" * 100}
            for each in range(number)
        ]
        with engine.begin() as connection:
            connection.execute(insert(Base.metadata.tables["Permissions"]), rows)
        del rows
        target = engine_of(f"sqlite:///{tmp_path}/{number}.db")
        tracemalloc.start()
        back_up(engine, tmp_path / f"{number}")
        restore(tmp_path / f"{number}", target)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        target.dispose()
    assert peaks[1] < peaks[0] * 1.5


# --- What is refused ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a backup of a database after `init()`."""
    folder = tmp_path_factory.mktemp("whole")
    engine = engine_of(f"sqlite:///{folder}/studio.db")
    DBSession.configure(bind=engine)
    db.upgrade(engine)
    db.init()
    unbind()
    back_up(engine, folder / "file")
    engine.dispose()
    return (folder / "file").read_bytes()


LENIENT = settings(
    max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


@LENIENT
@given(data=st.data())
def test_a_damaged_file_is_never_whole(data: st.DataObject, whole: bytes, tmp_path: Path) -> None:
    """Cut anywhere, changed anywhere, or with something after it: `verify` says no, and why."""
    place = data.draw(st.integers(0, len(whole) - 1))
    how = data.draw(st.sampled_from(["cut", "flip", "more", "inside"]))
    if how == "cut":
        damaged = whole[:place]
    elif how == "flip":
        damaged = bytearray(whole)
        damaged[place] ^= data.draw(st.integers(1, 255))
    elif how == "more":
        damaged = whole + data.draw(st.sampled_from([whole, gzip.compress(b"\n"), b"x"]))
    else:  # a file that gzip finds in order
        content = bytearray(gzip.decompress(whole))
        content[place % len(content)] ^= 1
        damaged = gzip.compress(content)
    file = tmp_path / "damaged"
    file.write_bytes(damaged)
    # the first bytes of gzip also hold a date and a system, which say nothing of the content
    if how == "flip" and (place in range(3, 10)):
        return
    with pytest.raises(BackupError, match=r"damaged|no backup of stalker|newer release"):
        verify(file)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"SQLite format 3\0",
        gzip.compress(b""),
        gzip.compress(b"[" * 100_000 + b"\n"),
        gzip.compress(b"\xff\xfe\n"),
        gzip.compress(b'{"stalker backup":1}\n'),
        gzip.compress(b'{"stalker backup":99}\n'),
        gzip.compress(b"[]\n"),
    ],
    ids=["empty", "a database", "nothing", "deep", "no text", "half a line", "newer", "a list"],
)
def test_what_is_no_backup(content: bytes, tmp_path: Path) -> None:
    """Any other file is refused with its name."""
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(BackupError, match=r"file: (it is no backup|a newer|the backup is damaged)"):
        verify(tmp_path / "file")


def changed(whole: bytes, **values: Any) -> bytes:
    """A whole backup with another header."""
    lines = gzip.decompress(whole).splitlines(keepends=True)
    first = json.loads(lines[0]) | values
    lines[0] = json.dumps(first, separators=(",", ":")).encode() + b"\n"
    content = b"".join(lines[:-1])
    last = json.dumps({"sha256": hashlib.sha256(content).hexdigest()}).encode() + b"\n"
    return gzip.compress(content + last)


def is_empty(url: str) -> bool:
    if url.startswith("sqlite"):
        return not os.path.exists(url.removeprefix("sqlite:///"))
    engine = engine_of(url)
    names = inspect(engine).get_table_names()
    engine.dispose()
    return names == []


def test_what_cannot_be_restored_changes_nothing(
    empty_url: str, whole: bytes, tmp_path: Path
) -> None:
    """Another revision, other tables, other columns and damage are told; nothing is made."""
    tables = json.loads(gzip.decompress(whole).splitlines()[0])["tables"]
    cases = {
        "older": (changed(whole, schema="0123456789ab"), SchemaVersionError, "0123456789ab"),
        "unknown": (
            changed(whole, tables={**tables, "Gizmos": ["id"], "Widgets": ["id"]}),
            BackupError,
            "Gizmos, Widgets, whose classes",
        ),
        "columns": (
            changed(whole, tables={**tables, "Tags": ["id", "hue"]}),
            BackupError,
            "'Tags' differs .* in hue",
        ),
        "cut": (whole[:-100], BackupError, "damaged"),
    }
    engine = engine_of(empty_url)
    for name, (content, kind, match) in cases.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(kind, match=match):
            restore(tmp_path / name, engine)
        engine.dispose()
        assert is_empty(empty_url), name


def test_a_failure_in_the_middle_of_a_restore(empty_url: str, whole: bytes, tmp_path: Path) -> None:
    """Whoever stops it leaves an empty database, into which the next one restores."""
    (tmp_path / "file").write_bytes(whole)

    def stop(done: int, total: int | None) -> None:
        if total is not None and done > total / 2:
            raise KeyboardInterrupt

    engine = engine_of(empty_url)
    with pytest.raises(KeyboardInterrupt):
        restore(tmp_path / "file", engine, stop)
    assert is_empty(empty_url)
    restore(tmp_path / "file", engine)
    engine.dispose()


def test_a_new_file_appears_when_it_is_complete(whole: bytes, tmp_path: Path) -> None:
    """Nobody finds or opens it before, so nobody loses what he writes when it is removed."""
    (tmp_path / "file").write_bytes(whole)
    engine = engine_of(f"sqlite:///{tmp_path}/new.db")
    heard = []

    def look(done: int, total: int | None) -> None:
        heard.append(done)
        assert not (tmp_path / "new.db").exists()
        with pytest.raises(BlockingIOError, match="another process is writing it"):
            restore(tmp_path / "file", engine)
        if len(heard) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(tmp_path / "file", engine, look)
    assert os.listdir(tmp_path) == ["file"]
    left = [tmp_path / f"new.db.part{suffix}" for suffix in ("", "-wal", "-journal")]
    for each in left:  # of a killed process
        each.write_bytes(whole)
    assert restore(tmp_path / "file", engine).rows > 400
    assert sorted(os.listdir(tmp_path)) == ["file", "new.db"]
    with engine.connect() as connection:
        assert connection.scalar(text('SELECT count(*) FROM "Users"')) == 1
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
    engine.dispose()


def test_a_new_file_takes_nobody_s_place(tmp_path: Path) -> None:
    """What another program makes under that name meanwhile stays."""
    file = tmp_path / "new.db"
    with pytest.raises(FileExistsError), made_beside(make_url(f"sqlite:///{file}")):
        file.write_text("precious")
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [
        ("new.db", "precious")
    ]


def test_a_new_file_holds_all_that_was_committed(tmp_path: Path) -> None:
    """What is still in the log goes into the file; one that somebody reads cannot be renamed."""
    url = make_url(f"sqlite:///{tmp_path}/new.db")
    statements = ["PRAGMA journal_mode=WAL", "CREATE TABLE notes AS SELECT 'kept' AS words"]
    reading = ["BEGIN", "SELECT * FROM notes"]
    with (
        ExitStack() as left,
        pytest.raises(BlockingIOError, match="still in use"),
        made_beside(url) as place,
    ):
        left.enter_context(opened(place, statements + reading))
    assert list(tmp_path.iterdir()) == []
    with ExitStack() as left:
        with made_beside(url) as place:
            left.enter_context(opened(place, statements))
        assert [each.name for each in tmp_path.iterdir()] == ["new.db"]
        with opened(url, []) as connection:
            assert connection.execute("SELECT words FROM notes").fetchall() == [("kept",)]


def test_a_new_file_comes_where_a_link_leads(tmp_path: Path) -> None:
    """The link stays a link; where the disk behind it is missing, nothing is made."""
    link, there = tmp_path / "link.db", tmp_path / "disk" / "new.db"
    link.symlink_to(there)
    url = make_url(f"sqlite:///{link}")
    with pytest.raises(FileNotFoundError), made_beside(url):
        pass
    there.parent.mkdir()
    with made_beside(url) as place, opened(place, ["CREATE TABLE notes (words)"]):
        pass
    assert link.is_symlink()
    assert os.listdir(there.parent) == ["new.db"]
    assert there.stat().st_mode & 0o600 == 0o600


@contextmanager
def opened(url: URL, statements: list[str]) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(str(url.database), isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement).fetchone()
        yield connection


def test_a_row_that_refers_to_nothing(tmp_path: Path, database: str, emptied: str) -> None:
    """References are checked before anything is kept, also those that lead in circles."""
    if database.startswith("postgresql"):
        statements = ["SET session_replication_role = replica"]
    else:
        statements = ["PRAGMA foreign_keys=OFF"]
    update = "UPDATE \"SimpleEntities\" SET created_by_id = 77777 WHERE name = 'New'"
    engine = bound()
    with engine.connect() as connection:
        for statement in (*statements, update):
            connection.exec_driver_sql(statement)
        connection.commit()
        connection.invalidate()
    back_up(engine, tmp_path / "file")
    target = engine_of(emptied)
    with pytest.raises(Exception, match=r"(?i)foreign key|refers to"):
        restore(tmp_path / "file", target)
    target.dispose()
    assert is_empty(emptied)


def test_a_database_with_tables_is_no_place(database: str, whole: bytes, tmp_path: Path) -> None:
    """A backup is not mixed with what is there."""
    (tmp_path / "file").write_bytes(whole)
    DBSession.save(Tag(name="mine"))
    engine = bound()
    with pytest.raises(BackupError, match="not empty"):
        restore(tmp_path / "file", engine)
    assert DBSession.scalar(select(func.count(Tag.tag_id))) == 1


def test_a_file_that_is_there_stays(database: str, tmp_path: Path) -> None:
    """Only who asks for it replaces a file; two do not write one file."""
    file = tmp_path / "file"
    file.write_text("precious")
    with pytest.raises(FileExistsError):
        back_up(bound(), file)
    assert file.read_text() == "precious"
    back_up(bound(), file, replace=True)
    verify(file)
    assert file.stat().st_mode & 0o777 == 0o600

    def write_again(done: int, total: int | None) -> None:
        with pytest.raises(BlockingIOError):
            back_up(bound(), file, replace=True)

    back_up(bound(), file, replace=True, report=write_again)
    assert verify(file).rows > 400
    assert os.listdir(tmp_path).count("file.part") == 0


@pytest.mark.parametrize("name", ["studio.db", "link", "studio.db-wal"])
def test_a_database_is_not_replaced_by_its_backup(tmp_path: Path, name: str) -> None:
    """Nor is what SQLite has beside it, whatever it is called and whoever asks for it."""
    engine = engine_of(f"sqlite:///{tmp_path}/studio.db")
    db.upgrade(engine)
    Path(tmp_path, "link").symlink_to(tmp_path / "studio.db")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE precious (id INTEGER)"))
        with pytest.raises(BackupError, match="it belongs to the database itself"):
            back_up(engine, tmp_path / name, replace=True)
    assert {"precious", "Tasks"} <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_parts_of_unknown_entities(database: str, tmp_path: Path) -> None:
    """A class that nobody knows here would lose its part of the data: refused, by name of table.

    Tables beside Stalker's are left out, and said to be.
    """
    engine = bound()
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE studio_notes (id INTEGER PRIMARY KEY)"))
    assert back_up(engine, tmp_path / "first").left_out == ["studio_notes"]
    with engine.begin() as connection:
        connection.execute(
            text('CREATE TABLE "Gizmos" (id INTEGER PRIMARY KEY REFERENCES "SimpleEntities" (id))')
        )
    with pytest.raises(BackupError, match=r"tables Gizmos .*plug-in"):
        back_up(engine, tmp_path / "second")
    assert os.listdir(tmp_path).count("second") == 0
    with engine.begin() as connection:
        connection.execute(text('DROP TABLE "Gizmos"'))
        connection.execute(text("DROP TABLE studio_notes"))


def test_what_is_written_can_be_read(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that nobody could read back is refused by name; one as long as may be is not."""
    most = 20_000
    monkeypatch.setattr(values, "MAX_LINE", most)
    page = Tag(name="page", description="x")
    DBSession.save(page)
    key = page.id
    back_up(bound(), tmp_path / "file")
    (line,) = [each for each in body(tmp_path / "file") if b'"page"' in each]
    room = most - len(line + b"\n") + 1
    for length in (room, room + 1):
        Tag.query.one().description = "x" * length
        DBSession.commit()
        if length == room:
            back_up(bound(), tmp_path / "file", replace=True)
            assert verify(tmp_path / "file").tables["Tags"] == 1
        else:
            with pytest.raises(BackupError, match=rf"'SimpleEntities' with .*{key}.* 20,001 bytes"):
                back_up(bound(), tmp_path / "new")
    assert not (tmp_path / "new").exists()
    monkeypatch.setattr(values, "MAX_LINE", most - 1)  # as if something longer had been written
    with pytest.raises(BackupError, match="a line is too long"):
        verify(tmp_path / "file")


def test_another_schema_is_not_backed_up(database: str, tmp_path: Path) -> None:
    """The classes describe one revision: of another one they could forget something."""
    engine = bound()
    for change, kind, match in (
        ("UPDATE alembic_version SET version_num = 'x'", SchemaVersionError, "upgrade stalker"),
        ("DELETE FROM alembic_version", BackupError, "does not say"),
    ):
        with engine.begin() as connection:
            connection.execute(text(change))
        with pytest.raises(kind, match=match):
            back_up(engine, tmp_path / "file")
    assert not (tmp_path / "file").exists()


# --- A studio's own classes -----------------------------------------------------------------------

#: a process of its own: the class must not become known to other tests
STUDIO = """
import sys
from pathlib import Path
from sqlalchemy.orm import Mapped
from stalker import Entity, db
from stalker.db import engines
from stalker.db.session import DBSession
from stalker.services.backup import back_up, restore

class Lens(Entity):
    focal: Mapped[float]

first, second, file = sys.argv[1:]
db.setup({"sqlalchemy.url": first})
db.init()
db.register(Lens)
DBSession.save(Lens(name="35", focal=35.5))
DBSession.remove()
assert back_up(DBSession.get_bind().engine, Path(file)).tables["Lenses"] == 1
DBSession.remove()
engine = engines.create({"sqlalchemy.url": second})
restore(Path(file), engine)
engine.dispose()
db.setup({"sqlalchemy.url": second})
assert [each.focal for each in Lens.query] == [35.5]
"""


def test_a_class_of_a_studio(empty_url: str, other: str, tmp_path: Path) -> None:
    """Its table goes along where the class is known; where it is not, the file is refused."""
    file = tmp_path / "file"
    command = [sys.executable, "-c", STUDIO, empty_url, other, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    engine = engine_of(f"sqlite:///{tmp_path}/third.db")
    with pytest.raises(BackupError, match=r"tables Lenses, whose classes .*plug-in"):
        restore(file, engine)
    engine.dispose()


# --- Columns of a studio's own classes ------------------------------------------------------------


def test_every_kind_of_column(empty_url: str, other: str, tmp_path: Path) -> None:
    """What SQLAlchemy has of portable types comes back as it was, and has one form on both."""

    class Hue(Enum):
        red = 1
        blue = 2

    values = {
        "id": 1,
        "blob": bytes(range(256)),
        "day": date(2026, 2, 28),
        "hour": time(23, 59, 59, 1),
        "naive": datetime(2026, 1, 1, 12, 0, 0, 5),
        "aware": datetime(2026, 1, 1, 12, tzinfo=UTC),
        "exact": Decimal("123456.7890"),
        "loose": 0.1 + 0.2,
        "key": uuid.UUID(int=7),
        "hue": Hue.blue,
        "word": "low",
        "span": timedelta(days=3, microseconds=7),
        "flag": False,
        "tree": {"b": [1, None, 0.5], "a": "ü"},
        "huge": 2**60,
        "empty": None,
    }
    columns = {
        "blob": sa.LargeBinary,
        "day": sa.Date,
        "hour": sa.Time,
        "naive": sa.DateTime,
        "aware": sa.DateTime(timezone=True),
        "exact": sa.Numeric(12, 4),
        "loose": sa.Double,
        "key": sa.Uuid,
        "hue": sa.Enum(Hue, native_enum=False),
        "word": sa.Enum("low", "high", name="words"),
        "span": sa.Interval,
        "flag": sa.Boolean,
        "tree": sa.JSON,
        "huge": sa.BigInteger,
        "empty": sa.Text,
    }
    table = sa.Table(
        "Everything",
        MetaData(),
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(name, kind) for name, kind in columns.items()),
    )
    names = list(values)
    lines = []
    for url in (empty_url, other):
        engine = engine_of(url)
        with engine.begin() as connection:
            table.create(connection)
            row = values
            if lines:  # the second database gets what the first one gave
                row = dict(
                    zip(
                        names, decode_row(forms_of(table, names), json.loads(lines[0])), strict=True
                    )
                )
                assert row == values
            connection.execute(table.insert(), row)
            ((line,),) = lines_of(connection, table, names)
            lines.append(line)
            table.drop(connection)
        engine.dispose()
    assert lines[0] == lines[1]
