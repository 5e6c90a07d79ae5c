"""`stalker check`, `upgrade`, `backup` and `restore` through the real process."""

from __future__ import annotations

import gzip
import json
import os
import pty
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text

from stalker import db
from tests.acceptance.processes import COMMAND, contents, refused, stalker
from tests.kills import KILLS, worker
from tests.migration.history import SECOND, make

Run = subprocess.CompletedProcess[str]
FIRST = db.alembic_version
URL = "sqlite:///studio.db"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo of Meridian."""
    folder = tmp_path_factory.mktemp("demo")
    run = stalker("demo", "--output", "out", cwd=folder)
    assert run.returncode == 0, run.stderr
    return folder / "out"


@pytest.fixture
def folder(demo: Path, tmp_path: Path) -> Path:
    """A folder with a copy of its database."""
    shutil.copyfile(demo / "stalker.db", tmp_path / "studio.db")
    return tmp_path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new database, and a backup of it."""
    folder = tmp_path_factory.mktemp("small")
    for arguments in (["init"], ["backup", "file"]):
        assert stalker(*arguments, "--database", URL, cwd=folder).returncode == 0
    return folder


@pytest.fixture(scope="module")
def large(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with so many rows that there is time to stop somebody."""
    folder = tmp_path_factory.mktemp("large")
    shutil.copyfile(small / "studio.db", folder / "studio.db")
    with closing(sqlite3.connect(folder / "studio.db")) as connection, connection:
        rows = (("Allow", f"Action {number}", "x") for number in range(60_000))
        connection.executemany(
            'INSERT INTO "Permissions" (access, action, class_name) VALUES (?, ?, ?)', rows
        )
    run = stalker("backup", "file", "--database", URL, cwd=folder)
    assert run.returncode == 0, run.stderr
    return folder


def done(run: Run) -> Any:
    """Return the document of a command that succeeded."""
    assert run.returncode == 0, run
    assert run.stderr == ""
    return json.loads(run.stdout)


def rows(file: Path) -> list[bytes]:
    return gzip.decompress(file.read_bytes()).splitlines()[1:-1]


def execute(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / "studio.db")) as connection, connection:
        for statement in statements:
            connection.execute(statement)


# --- What they do ---------------------------------------------------------------------------------


def test_init_answers_a_program(tmp_path: Path) -> None:
    """One document on stdout; the warning stays on stderr."""
    run = stalker("init", "--database", URL, "--json", cwd=tmp_path)
    assert run.returncode == 0 and "built-in password" in run.stderr
    assert json.loads(run.stdout) == {
        "database": f"sqlite:///{tmp_path}/studio.db",
        "revision": FIRST,
        "administrator": "admin",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "ascii"])
def test_documents_are_utf_8(encoding: str, tmp_path: Path) -> None:
    """What a program gets does not depend on the locale."""
    (tmp_path / "Zoë→").write_bytes(b"junk")
    arguments = [*COMMAND, "backup", "Zoë→", "--verify", "--json"]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    run = subprocess.run(arguments, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert run.returncode == 1
    assert json.loads(run.stdout.decode("utf-8"))["file"] == "Zoë→"


def test_the_demo_goes_to_postgresql_and_back(folder: Path, server: Any) -> None:
    """SQLite to PostgreSQL to SQLite: equal row for row, and each of them is in order."""
    url = server.create()
    steps = [("first", URL), ("second", url), ("third", "sqlite:///again.db")]
    answer: dict[str, Any] = {}
    for number, (file, where) in enumerate(steps):
        if number:
            run = stalker("restore", steps[number - 1][0], "--database", where, cwd=folder)
            assert (run.returncode, run.stderr) == (0, "")
            assert f"{answer['rows']:,} rows" in run.stdout
        answer = done(stalker("backup", file, "--database", where, "--json", cwd=folder))
        assert answer["rows"] == sum(answer["tables"].values()) > 4000
        assert answer["bytes"] == (folder / file).stat().st_size
        check = json.loads(stalker("check", "--database", where, "--json", cwd=folder).stdout)
        faults = {each["name"]: each["count"] for each in check["checks"] if each["count"]}
        assert faults == {"administrator": 1}
    assert rows(folder / "first") == rows(folder / "second") == rows(folder / "third")
    server.drop(url)


def test_a_backup_is_verified_without_a_database(folder: Path) -> None:
    """Whole is 0, damaged is 1, and what cannot be read at all is 2."""
    made = done(stalker("backup", "file", "--database", URL, "--json", cwd=folder))
    run = stalker("backup", "--verify", "file", cwd=folder)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith(
        # how many the demo has depends on the day
        f"file is whole: {made['rows']:,} rows of schema revision {FIRST}"
    )
    assert done(stalker("backup", "--verify", "file", "--json", cwd=folder))["is_whole"]
    whole = (folder / "file").read_bytes()
    (folder / "file").write_bytes(whole[:-20])
    line = refused(stalker("backup", "--verify", "file", cwd=folder), status=1)
    assert "file: the backup is damaged: it ends early" in line
    run = stalker("backup", "--verify", "file", "--json", cwd=folder)
    assert run.returncode == 1 and not json.loads(run.stdout)["is_whole"]
    assert "No such file" in refused(stalker("backup", "--verify", "none", cwd=folder))
    line = refused(stalker("restore", "file", "--database", "sqlite:///new.db", cwd=folder))
    assert "damaged" in line
    assert not (folder / "new.db").exists()


def test_check_tells_what_is_wrong(folder: Path, demo: Path) -> None:
    """Everything that was broken on purpose is told, with status 1, and nothing is changed."""
    execute(
        folder,
        'UPDATE "Tasks" SET schedule_seconds = 7 WHERE id = (SELECT min(parent_id) FROM "Tasks")',
        'UPDATE "Tasks" SET "end" = start WHERE id = (SELECT max(parent_id) FROM "Tasks")',
        'DELETE FROM "Tags"',
        'DROP TRIGGER "Tags_delete_root"',
        'DROP TRIGGER "overlapping_time_logs_update"',
        'UPDATE "TimeLogs" SET resource_id = (SELECT min(resource_id) FROM "TimeLogs")',
        "UPDATE \"SimpleEntities\" SET created_by_id = 99999 WHERE entity_type = 'Shot'",
        "UPDATE \"SimpleEntities\" SET entity_type = 'Lens' WHERE entity_type = 'Scene'",
        'DELETE FROM "Users" WHERE login != \'admin\' AND id = (SELECT max(id) FROM "Users")',
    )
    version = next((demo / "repository").rglob("*.json"))
    moved = version.with_suffix(".away")
    version.rename(moved)
    before = contents(folder)
    run = stalker("check", "--database", URL, "--files", cwd=folder)
    moved.rename(version)
    assert (run.returncode, run.stderr) == (1, "")
    assert "\x1b" not in run.stdout
    for expected in (
        "guards: the guard 'Tags_delete_root' is missing",
        "guards: the guard 'overlapping_time_logs_update' is missing",
        "references: SimpleEntities.created_by_id -> Users: 83 rows",
        "time logs of ",
        "it says 7 s of work are planned",
        "it lies from ",
        "administrator: 'admin' has the built-in password",
        f"/Plate: there is no {version}",
    ):
        assert expected in run.stdout, expected
    after = contents(folder)
    assert after["studio.db"] == before["studio.db"]


def test_check_of_what_is_not_of_this_release(tmp_path: Path) -> None:
    """A missing table, a missing column, another revision: told, with what to do."""
    stalker("init", "--database", URL, cwd=tmp_path)
    execute(tmp_path, 'DROP TABLE "Version_Inputs"', 'ALTER TABLE "Users" DROP COLUMN rate')
    run = stalker("check", "--database", URL, cwd=tmp_path)
    assert run.returncode == 1
    assert "schema: the table 'Version_Inputs' is missing" in run.stdout
    assert "schema: the table 'Users' has no column 'rate'" in run.stdout
    execute(tmp_path, "UPDATE alembic_version SET version_num = 'zzz'")
    run = stalker("check", "--database", URL, cwd=tmp_path)
    assert run.returncode == 1 and "upgrade stalker" in run.stdout
    execute(tmp_path, "DELETE FROM alembic_version")
    run = stalker("check", "--database", URL, cwd=tmp_path)
    assert run.returncode == 1 and "no schema revision is noted" in run.stdout


# --- Upgrades -------------------------------------------------------------------------------------

#: the command line of a release that knows a second revision
LATER = """
import sys
from pathlib import Path
import stalker.db
sys.modules["stalker.db.upgrade"].MIGRATIONS = Path(sys.argv.pop(1))
from stalker.cli.main import main
main()
"""


@pytest.fixture
def later(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = make(tmp_path_factory.mktemp("later") / "migrations")
    return [sys.executable, "-W", "error", "-c", LATER, str(folder)]


def run_later(later: list[str], *arguments: str, cwd: Path, **options: Any) -> Run:
    options = {"stdin": subprocess.DEVNULL, "capture_output": True, "check": False, **options}
    return subprocess.run([*later, "upgrade", *arguments], cwd=cwd, text=True, **options)


def test_upgrade_tells_what_it_did(folder: Path, later: list[str]) -> None:
    """From which revision to which, and where the copy is; a second time there is nothing to do."""
    run = stalker("upgrade", "--database", URL, cwd=folder)
    assert run.stdout == f"sqlite:///{folder}/studio.db has schema revision {FIRST} already.\n"
    answer = done(run_later(later, "--database", URL, "--json", cwd=folder))
    assert (answer["found"], answer["revision"]) == (FIRST, SECOND)
    assert set(answer) == {"database", "found", "revision", "backup", "seconds"}
    copy = Path(answer["backup"])
    assert copy.parent == folder and copy.read_bytes()[:6] == b"SQLite"
    again = done(run_later(later, "--database", URL, "--json", cwd=folder))
    assert (again["found"], again["revision"], again["backup"]) == (SECOND, SECOND, None)
    line = refused(stalker("backup", "file", "--database", URL, cwd=folder))
    assert f"'{SECOND}'" in line and "upgrade stalker" in line
    # the copy is the way back
    (folder / "studio.db").unlink()
    copy.rename(folder / "studio.db")
    assert stalker("backup", "file", "--database", URL, cwd=folder).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--to", "123"], "knows no schema revision '123'"),
        (["--backup", "studio.db"], "studio.db: it exists already"),
        (["--backup", "studio.db/copy"], "studio.db/copy"),
        (["--backup", "none/copy"], "none/copy"),
        (["--database", "sqlite:///none.db"], "there is no such database"),
    ],
)
def test_an_upgrade_that_is_refused(
    folder: Path, later: list[str], arguments: list[str], reason: str
) -> None:
    """One line, and nothing is changed."""
    before = contents(folder)
    assert reason in refused(run_later(later, "--database", URL, *arguments, cwd=folder))
    assert contents(folder) == before


@pytest.fixture
def on_postgresql(server: Any, tmp_path: Path) -> Iterator[str]:
    url = server.create()
    assert stalker("upgrade", "--database", url, cwd=tmp_path).returncode == 0
    yield url
    server.drop(url)


def test_without_pg_dump_one_is_asked(on_postgresql: str, later: list[str], tmp_path: Path) -> None:
    """Nobody to ask: refused. "No": nothing is done. "Yes", or --no-backup: it goes on."""
    url = on_postgresql
    environment = {**os.environ, "PATH": str(tmp_path)}
    run = run_later(later, "--database", url, cwd=tmp_path, env=environment)
    line = refused(run)
    assert "pg_dump, a program of PostgreSQL, is missing; --no-backup goes on without" in line
    for answer, revision in (("n\n", FIRST), ("y\n", SECOND)):
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [*later, "upgrade", "--database", url],
            cwd=tmp_path,
            env=environment,
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        os.write(ours, answer.encode())
        _, stderr = process.communicate()
        os.close(ours)
        os.close(theirs)
        assert "Go on without a backup?" in stderr
        assert process.returncode == (2 if revision == FIRST else 0), stderr
        engine = create_engine(url)
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT version_num FROM alembic_version")) == revision
        engine.dispose()
    assert contents(tmp_path) == {}


def test_no_backup_when_none_is_wanted(folder: Path, later: list[str]) -> None:
    """--no-backup answers beforehand; together with --backup it makes no sense."""
    run = run_later(later, "--database", URL, "--no-backup", "--backup", "x", cwd=folder)
    assert run.returncode == 2 and "exclude each other" in run.stderr
    answer = done(run_later(later, "--database", URL, "--no-backup", "--json", cwd=folder))
    assert (answer["revision"], answer["backup"]) == (SECOND, None)
    assert {each for each in contents(folder) if not each.startswith("studio.db")} == set()


# --- Wrong input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["backup", "file", "--database", "sqlite:///none.db"], "there is no such database"),
        (["check", "--database", "sqlite:///none.db"], "there is no such database"),
        (["check", "--database", "sqlite:///junk"], "file is not a database"),
        (["backup", "file", "--database", "sqlite:///junk"], "file is not a database"),
        (["restore", "file", "--database", "sqlite:///junk"], "file is not a database"),
        (["upgrade", "--database", "sqlite:///junk"], "file is not a database"),
        (["check", "--database", "studio.db"], "is not the URL of a database"),
        (["backup", "file"], "--database URL"),
        (["restore", "junk"], "--database URL"),
        (["backup", "junk", "--database", URL], "junk: it exists already; --force replaces"),
        (["backup", "junk/file", "--database", URL], "junk/file: there is no folder junk"),
        (["backup", "none/file", "--database", URL], "none/file: there is no folder none"),
        (["backup", ".", "--database", URL, "--force"], "exists already"),
        (["restore", "none", "--database", "sqlite:///new.db"], "none: No such file"),
        (["restore", ".", "--database", "sqlite:///new.db"], ".: Is a directory"),
        (["restore", "junk", "--database", "sqlite:///new.db"], "junk: it is no backup of stalker"),
        (["restore", "whole", "--database", URL], "is not empty, it has a table"),
        (["restore", "whole", "--database", "sqlite:///none/new.db"], "there is no folder"),
        (["restore", "whole", "--database", "sqlite:///junk/new.db"], "there is no folder"),
        (
            ["restore", "whole", "--database", "postgresql+psycopg://u:s3cret@127.0.0.1:1/x"],
            ":***@",
        ),
        (["backup", "file", "--database", "postgresql+psycopg://u:s3cret@127.0.0.1:1/x"], ":***@"),
        (["check", "--database", "postgresql+psycopg://u:s3cret@127.0.0.1:1/x"], ":***@"),
        (["upgrade", "--database", "postgresql+psycopg://u:s3cret@127.0.0.1:1/x"], ":***@"),
    ],
)
def test_what_is_refused(tmp_path: Path, small: Path, arguments: list[str], reason: str) -> None:
    """One line, status 2, no password, and nothing is made or changed."""
    (tmp_path / "junk").write_bytes(b"anything but a database " * 99)
    shutil.copyfile(small / "file", tmp_path / "whole")
    shutil.copyfile(small / "studio.db", tmp_path / "studio.db")
    before = contents(tmp_path)
    line = refused(stalker(*arguments, cwd=tmp_path))
    assert reason in line and "s3cret" not in line
    assert contents(tmp_path) == before


def test_tables_of_classes_that_are_not_known(tmp_path: Path) -> None:
    """They would be lost: the backup is refused, by name."""
    stalker("init", "--database", URL, cwd=tmp_path)
    execute(tmp_path, 'CREATE TABLE "Rigs" (id INTEGER PRIMARY KEY REFERENCES "SimpleEntities")')
    line = refused(stalker("backup", "file", "--database", URL, cwd=tmp_path))
    assert "Rigs" in line and "plug-in" in line
    execute(tmp_path, 'DROP TABLE "Rigs"', "CREATE TABLE songs (title TEXT)")
    run = stalker("backup", "file", "--database", URL, cwd=tmp_path)
    assert run.returncode == 0
    assert run.stderr == "note: the table 'songs' is not Stalker's and is not in the backup\n"


# --- What does not come to its end ----------------------------------------------------------------


def limited(room: int) -> Any:
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))


@pytest.mark.parametrize(
    "arguments",
    [
        ["backup", "new", "--database", URL],
        ["restore", "file", "--database", "sqlite:///new.db"],
        ["init", "--database", "sqlite:///new.db"],
    ],
)
def test_a_full_disk(tmp_path: Path, large: Path, arguments: list[str]) -> None:
    """One line, and nothing is left that looks like a backup or a database."""
    for name in ("file", "studio.db"):
        shutil.copyfile(large / name, tmp_path / name)
    before = contents(tmp_path)
    run = subprocess.run(
        [*COMMAND, *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limited(100_000),
    )
    line = refused(run)
    assert line.endswith(("disk I/O error", "File too large", "database or disk is full")), line
    assert contents(tmp_path) == before


def test_a_full_disk_stops_an_upgrade(folder: Path, later: list[str]) -> None:
    """Without room for the copy nothing is upgraded."""
    before = contents(folder)
    line = refused(run_later(later, "--database", URL, cwd=folder, preexec_fn=limited(200_000)))
    assert line.endswith(("disk I/O error", "File too large", "database or disk is full"))
    assert contents(folder) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    ("arguments", "sign"),
    [
        (["backup", "new", "--database", URL], "new.part"),
        (["restore", "file", "--database", "sqlite:///new.db"], "new.db.part-wal"),
        (["init", "--database", "sqlite:///new.db"], "new.db.part-wal"),
    ],
    ids=["backup", "restore", "init"],
)
def test_being_stopped(
    tmp_path: Path, large: Path, arguments: list[str], sign: str, number: signal.Signals
) -> None:
    """Ctrl-C and `kill` leave nothing, and the exit status that shells expect."""
    for name in ("file", "studio.db"):
        shutil.copyfile(large / name, tmp_path / name)
    before = contents(tmp_path)
    process = started([*COMMAND, *arguments], cwd=tmp_path)
    stop_when(process, (tmp_path / sign).exists, number)
    assert contents(tmp_path) == before


def started(command: list[str], cwd: Path) -> subprocess.Popen[str]:
    """Start a command that listens to Ctrl-C, as it does in a terminal."""
    return subprocess.Popen(
        command,
        cwd=cwd,
        stdout=-1,
        stderr=-1,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def stop_when(
    process: subprocess.Popen[str], is_busy: Callable[[], bool], number: signal.Signals
) -> None:
    """Send a signal once a process is at work; it says so and has the right exit status."""
    while not is_busy():
        assert process.poll() is None
        time.sleep(0.002)
    process.send_signal(number)
    stdout, stderr = process.communicate()
    run = subprocess.CompletedProcess(COMMAND, process.returncode, stdout, stderr)
    assert refused(run, 128 + number) == f"stalker: stopped by {number.name}"


def test_an_upgrade_that_is_stopped(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Ctrl-C in the middle of a migration undoes it; what is left is the copy."""
    slow = "import time; [(time.sleep(0.01), op.execute('SELECT 1')) for _ in range(3000)]"
    history = make(tmp_path_factory.mktemp("slow") / "migrations", slow)
    before = (folder / "studio.db").read_bytes()
    process = started(
        [sys.executable, "-W", "error", "-c", LATER, str(history), "upgrade", "--database", URL],
        cwd=folder,
    )
    stop_when(process, lambda: any(folder.glob("studio-*.db")), signal.SIGINT)
    (copy,) = folder.glob("studio-*")
    assert set(contents(folder)) == {"studio.db", copy.name}
    assert (folder / "studio.db").read_bytes() == before


def test_a_check_that_has_to_wait_is_stopped(on_postgresql: str, tmp_path: Path) -> None:
    """Ctrl-C works while the database makes one wait."""
    engine = create_engine(on_postgresql)
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    with engine.connect() as holder, engine.connect() as watcher:
        holder.execute(text('LOCK TABLE "Tags"'))
        watcher = watcher.execution_options(isolation_level="AUTOCOMMIT")
        process = started([*COMMAND, "check", "--database", on_postgresql], cwd=tmp_path)
        stop_when(process, lambda: bool(watcher.scalar(waiting)), signal.SIGINT)
    engine.dispose()


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "--database", URL],
        ["backup", "new", "--database", URL, "--json"],
        ["restore", "file", "--database", "sqlite:///new.db", "--json"],
        ["upgrade", "--database", URL],
        ["init", "--database", URL, "--json"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_closed_pipe(tmp_path: Path, small: Path, arguments: list[str]) -> None:
    """Whoever does not read the answer gets no traceback; what was done stays done."""
    for name in ("file", "studio.db"):
        shutil.copyfile(small / name, tmp_path / name)
    reading, writing = os.pipe()
    os.close(reading)
    run = subprocess.run(
        [*COMMAND, *arguments],
        cwd=tmp_path,
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert run.returncode == 141, run
    assert "Traceback" not in run.stderr
    if arguments[0] == "backup":
        assert stalker("backup", "--verify", "new", cwd=tmp_path).returncode == 0


# --- Killed ---------------------------------------------------------------------------------------

PROGRAM = """
import stalker.models
from pathlib import Path
from stalker.db import engines
from stalker.services import backup

def work(what, file, url):
    engine = engines.create({"sqlalchemy.url": url})
    if what == "restore":
        backup.restore(Path(file), engine)
    else:
        backup.back_up(engine, Path(file))
"""


def test_killed_backups_and_restores(empty_url: str, demo: Path, tmp_path: Path) -> None:
    """kill -9 at any moment: a file under its name is whole, and a database has all rows or none.

    The same command, given again, succeeds.
    """
    folder = tmp_path / "files"
    folder.mkdir()
    shutil.copyfile(demo / "stalker.db", folder / "demo.db")
    url = f"sqlite:///{folder}/demo.db"
    first = str(folder / "first")
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    draw = random.Random(seed)
    killed = {"backup": 0, "restore": 0}
    with worker(PROGRAM) as process:
        assert process.run("backup", first, url)[0] == 0
        whole = rows(Path(first))
        status, seconds = process.run("restore", first, empty_url)
        assert status == 0
        _, writing = process.run("backup", str(folder / "second"), empty_url)
        for number in range(KILLS):
            file = folder / f"{number}"
            status, _ = process.run(
                "backup", str(file), empty_url, kill_after=draw.random() * writing
            )
            killed["backup"] += status == -9
            if file.exists():
                assert rows(file) == whole
            else:
                assert process.run("backup", str(file), empty_url)[0] == 0
                assert rows(file) == whole
            assert not file.with_suffix(".part").exists()
        for _ in range(KILLS):
            empty(empty_url)
            status, _ = process.run("restore", first, empty_url, kill_after=draw.random() * seconds)
            killed["restore"] += status == -9
            if tables(empty_url) == []:  # what it was killed over is as if it had never been
                assert not any(file.exists() for file in files(empty_url))
                assert process.run("restore", first, empty_url)[0] == 0
            assert list(tmp_path.glob("*.part*")) == []
            assert process.run("backup", str(folder / "again"), empty_url)[0] == 0
            assert rows(folder / "again") == whole
            (folder / "again").unlink()
    assert min(killed.values()) > KILLS // 8, killed


def tables(url: str) -> list[str]:
    if not all(file.exists() for file in files(url)[:1]):  # to look into it would make it
        return []
    engine = create_engine(url)
    found = inspect(engine).get_table_names()
    engine.dispose()
    return found


def files(url: str) -> list[Path]:
    """What an SQLite database is made of; others are on their server."""
    if not url.startswith("sqlite"):
        return []
    return [Path(url.removeprefix("sqlite:///") + suffix) for suffix in ("", "-wal", "-shm")]


def empty(url: str) -> None:
    """Leave nothing in a database."""
    for file in files(url):
        file.unlink(missing_ok=True)
    if url.startswith("sqlite"):
        return
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
