"""What the command line will not do, in one line and with exit status 2."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest
from sqlalchemy import create_engine, inspect, make_url, text

from stalker.cli.database import shown
from stalker.cli.main import cli
from stalker.cli.refusal import Refused
from stalker.db import engines
from tests.acceptance.processes import EDL, contents, fresh, refused, stalker
from tests.conftest import unbind


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a demo."""
    folder = tmp_path_factory.mktemp("original")
    (folder / "two.edl").write_text(EDL)
    run = stalker("demo", "--cut", "two.edl", "--output", "out", cwd=folder)
    assert run.returncode == 0, run.stderr
    return folder / "out"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with files of other people."""
    (tmp_path / "junk.db").write_bytes(b"anything but a database " * 99)
    with closing(sqlite3.connect(tmp_path / "music.db")) as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")
    (tmp_path / "film").mkdir()
    (tmp_path / "film" / "film.mov").write_text("years of work")
    (tmp_path / "cut").write_text(EDL)
    (tmp_path / "two.edl").write_text(EDL)
    for name, content in BROKEN.items():
        (tmp_path / name).write_text(content)
    return tmp_path


BROKEN = {
    "no-edl.edl": "once upon a time",
    "no-json.otio": '{"OTIO_SCHEMA": "Timeline.1", "tracks"',
    "unknown.mov": "moov",
}


@pytest.mark.parametrize(
    ("command", "url", "reason"),
    [
        ("demo", "sqlite://", "in memory would be gone"),
        ("init", "sqlite:///:memory:", "in memory would be gone"),
        ("demo", "sqlite:///file:x?mode=memory&uri=true", "mode=memory"),
        ("demo", "studio.db", "'studio.db' is not the URL of a database: a file is sqlite:///"),
        ("init", "sqlite:///no/such.db", "there is no folder "),
        ("demo", "sqlite:///film", "film: it is a folder"),
        ("init", "postgresql://u:s3cret@h:port/x", "'postgresql://u:***@h:port/x' is not the URL"),
        ("demo", "postgresql://h:port/x?password=s3cret", "?password=***' is not the URL"),
        ("demo", "postgres://u:s3cret@h/x", "://u:***@h/x: stalker stores its data in PostgreSQL"),
        ("init", "postgres://h/x", "not in 'postgres': write postgresql:// for postgres://"),
        ("init", "postgresql+pg8000://u:s3cret@h/x", "u:***@h/x: there is no driver 'pg8000'"),
        ("init", "mysql://host/db", "mysql://host/db: stalker stores its data in PostgreSQL or"),
        ("demo", "postgresql+psycopg://u:s3cret@127.0.0.1:1/none", "://u:***@127.0.0.1:1/none: "),
        ("init", "sqlite:///junk.db", "junk.db: file is not a database"),
        ("demo", "sqlite:///junk.db", "junk.db: file is not a database"),
        ("init", "sqlite:///music.db", "music.db: the database belongs to another program"),
        ("demo", "sqlite:///music.db", "music.db: the database belongs to another program: it has"),
    ],
)
def test_a_database_that_cannot_be_used(place: Path, command: str, url: str, reason: str) -> None:
    """One line names the database, never its password, and nothing is changed."""
    before = contents(place)
    line = refused(stalker(command, "--database", url, cwd=place))
    assert reason in line and "s3cret" not in line
    assert contents(place) == before


@pytest.mark.parametrize(
    "arguments", ["tasks --user", "project show", "review", "task add --kind shot"]
)
def test_bytes_that_are_no_text(database: str, arguments: str) -> None:
    """What no database can hold is refused wherever it is typed, on both kinds."""
    words = [*arguments.split(), "\udcff/SH010", "--database", database]
    with pytest.raises(Refused) as refusal, cli.make_context("stalker", words) as context:
        cli.invoke(context)
    assert "\\udcff" in refusal.value.message


#: verbs that make a database, or work on one of any kind; or on none
ANYWHERE = {"demo", "init", "check", "upgrade", "backup", "restore", "logout", "completion"}

ON_A_DATABASE = [
    "user add ada --email ada@studio.test",
    "user list",
    "user show ada",
    "user change ada --name A",
    "user passwd ada",
    "login ada",
    "project add MER --repository .",
    "project list",
    "project show MER",
    "project change MER --resting",
    "import-cut two.edl --project MER",
    "export-cut cut.otio --project MER",
    "tasks",
    "task add MER/Comp",
    "task assign Comp --for ada",
    "task steps MER Comp",
    "task change Comp --priority 1",
    "task hold Comp",
    "task stop Comp",
    "task resume Comp",
    "log Comp --duration 1h",
    "logs",
    "unlog 1",
    "review Comp",
    "reviews",
    "publish Comp two.edl",
    "studio",
    "studio --name S --start 2026-01-01 --end 2027-01-01",
    "schedule",
    "gantt",
    "why Comp",
    "shell -c print()",
]


BROKEN_SETTINGS = [
    ("config.py", "actions = (", "config.py' failed in line 1: SyntaxError: '(' was never closed"),
    ("config.py", "import no_such", "config.py' failed in line 1: ModuleNotFoundError: No module"),
    ("config.toml", "actions = ", "config.toml' failed: TOMLDecodeError: Invalid value"),
    ("config.py", "database_engine_settings = 'x'", "'database_engine_settings', which must be a"),
    (
        "config.toml",
        "timing_resolution = 'x'",
        "'timing_resolution', which must be a timedelta",
    ),
    ("STALKER_TASK_PRIORITY", "high", "variable STALKER_TASK_PRIORITY must be a whole number"),
    ("STALKER_PATH_STRICT", "perhaps", "variable STALKER_PATH_STRICT must be yes or no"),
]


@pytest.mark.parametrize(("name", "content", "reason"), BROKEN_SETTINGS)
def test_a_configuration_that_cannot_be_read(
    place: Path, name: str, content: str, reason: str
) -> None:
    """One line says what is wrong with it; what needs no setting works."""
    where = {"STALKER_PATH": str(place)}
    (place / "config.py").write_text("task_priority = 7\n")
    if name.startswith("config"):
        (place / "config.py").unlink()
        (place / name).write_text(content)
    else:
        where[name] = content
    before = contents(place)
    for command in ("init --database sqlite:///new.db", "demo --output out", "tasks", "user list"):
        assert reason in refused(stalker(*command.split(), cwd=place, **where))
    assert reason in refused(fresh("check", cwd=place, **where))
    for command in ("--help", "--version", "tasks --help", "completion bash"):
        run = stalker(*command.split(), cwd=place, **where)
        assert (run.returncode, run.stderr) == (0, "")
    assert contents(place) == before


def test_a_warning_is_a_line(place: Path) -> None:
    """What is odd in the configuration is told without the place in the code that noticed it."""
    (place / "config.py").write_text("task_priorty = 7\n")
    run = subprocess.run(
        [sys.executable, "-m", "stalker", "init", "--database", "sqlite:///new.db"],
        cwd=place,
        env={**os.environ, "STALKER_PATH": str(place), "STALKER_ADMIN_PASSWORD": "s3cret"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0
    path = place / "config.py"
    assert run.stderr == (
        f"warning: {path} sets 'task_priorty', which is unknown: did you mean 'task_priority'?\n"
    )


def leaves(command: click.Command, *path: str) -> Iterator[tuple[str, ...]]:
    """Yield the names of all commands that are no groups."""
    if not isinstance(command, click.Group):
        yield path
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from leaves(found, *path, name)


def test_a_database_before_init(
    empty_url: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every verb that needs tables says in one way that there are none, and makes none."""
    monkeypatch.chdir(place)
    if empty_url.startswith("sqlite"):
        Path(make_url(empty_url).database or "").touch()
    needing = {" ".join(path) for path in leaves(cli) if path[0] not in ANYWHERE}
    assert [each for each in needing if f"\n{each}" not in "\n" + "\n".join(ON_A_DATABASE)] == []
    before = contents(place)
    for arguments in ON_A_DATABASE:
        words = [*arguments.split(), "--database", empty_url]
        with pytest.raises(Refused) as refusal, cli.make_context("stalker", words) as context:
            cli.invoke(context)
        assert refusal.value.message.startswith(shown(make_url(empty_url))), arguments
        assert "has no tables yet, or no first entries: `stalker init`" in refusal.value.message
        engine = engines.create({"sqlalchemy.url": empty_url})
        assert inspect(engine).get_table_names() == [], arguments
        engine.dispose()
    unbind()
    assert contents(place) == before


def test_a_database_of_another_program(
    empty_url: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every verb refuses it, though its tables are called like ours, and leaves it as it is."""
    monkeypatch.chdir(place)
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        for name in ("Users", "Tasks", "Projects"):
            connection.execute(text(f'CREATE TABLE "{name}" (id INTEGER, generic_text VARCHAR(9))'))
    engine.dispose()
    before = contents(place)
    anywhere = ["demo", "init", "check", "upgrade", "backup file", "restore two.edl"]
    for arguments in (*anywhere, *ON_A_DATABASE):
        words = [*arguments.split(), "--database", empty_url]
        with pytest.raises(Refused) as refusal, cli.make_context("stalker", words) as context:
            cli.invoke(context)
        assert refusal.value.message == (
            f"{shown(make_url(empty_url))}: the database belongs to another program: it has a table"
            " 'Projects', and nothing that Stalker has made"
        ), arguments
        unbind()
        assert contents(place) == before, arguments
    assert sorted(inspect(engine).get_table_names()) == ["Projects", "Tasks", "Users"]
    engine.dispose()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--cut", "film"], "film: it is a folder"),
        (["--cut", "cut"], "cut: it has no extension that tells the format"),
        (["--cut", "-"], "-: it has no extension that tells the format"),
        (["--cut", "missing.otio"], "missing.otio: there is no such file"),
        *((["--cut", name], f"{name}: ") for name in BROKEN),
        (["--output", "cut"], "cut: it is a file, not a folder"),
        (["--output", "cut/below"], "cut: it is a file, not a folder"),
        (["--output", "film"], "film is not empty and was not made by the demo"),
    ],
)
def test_a_cut_or_a_folder_that_cannot_be_used(
    place: Path, arguments: list[str], reason: str
) -> None:
    """One line names the file or the folder, and nothing is changed, not even with --force."""
    before = contents(place)
    line = refused(
        stalker("demo", "--cut", "two.edl", "--output", "a/b", *arguments, "--force", cwd=place)
    )
    assert reason in line
    assert contents(place) == before


def another_project(demo: Path) -> None:
    # a process of its own: the classes of other tests are none of the studio's
    code = (
        "from stalker import Project, db; from stalker.db.session import DBSession;"
        f"db.setup({{'sqlalchemy.url': 'sqlite:///{demo}/stalker.db'}});"
        "DBSession.save(Project(name='Feature', code='F'));"
        "DBSession.remove(); DBSession.get_bind().dispose()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def another_table(demo: Path) -> None:
    with closing(sqlite3.connect(demo / "stalker.db")) as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")


def first_plate(demo: Path) -> Path:
    return next((demo / "repository").rglob("*.json"))


@pytest.mark.parametrize(
    ("work", "reason"),
    [
        (another_project, "stalker.db holds other productions than the demo's"),
        (another_table, "stalker.db has tables that are not Stalker's, such as 'songs'"),
        (lambda demo: (demo / "stalker.db").write_bytes(b"junk" * 999), "file is not a database"),
        (
            lambda demo: (demo / "repository" / "mine.ma").touch(),
            "the demo's, or changed ones: min",
        ),
        (lambda demo: first_plate(demo).write_text("mine"), "_Plate_Main_v001.json"),
        (lambda demo: (demo / ".stalker-demo").unlink(), "was not made by the demo"),
        (lambda demo: (demo / ".stalker-demo-new").mkdir(), "a demo is being built"),
    ],
    ids=["project", "table", "junk", "file", "edit", "no-marker", "running"],
)
def test_force_never_costs_the_work_of_somebody(
    original: Path, tmp_path: Path, work: Callable[[Path], object], reason: str
) -> None:
    """A demo with anything in it that the demo did not make stays as it is."""
    shutil.copytree(original, tmp_path / "out")
    work(tmp_path / "out")
    before = contents(tmp_path)
    line = refused(stalker("demo", "--output", "out", "--force", cwd=tmp_path))
    assert reason in line
    assert contents(tmp_path) == before


def test_a_demo_that_is_there_stays_without_force(original: Path, tmp_path: Path) -> None:
    """A second demo is refused; --force replaces the first, and what lies beside it stays."""
    shutil.copytree(original, tmp_path / "out")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    before = contents(tmp_path)
    assert "--force" in refused(stalker("demo", "--output", "out", cwd=tmp_path))
    assert contents(tmp_path) == before
    assert stalker("demo", "--output", "out", "--force", cwd=tmp_path).returncode == 0
    after = contents(tmp_path)
    assert after["out/notes.txt"] == b"mine"
    assert after.keys() >= {"out/.stalker-demo", "out/stalker.db", "out/repository/Meridian"}
    assert "out/repository/Two" not in after and "out/.stalker-demo-new" not in after
