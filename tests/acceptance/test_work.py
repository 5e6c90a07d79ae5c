"""`user`, `project`, `task`, `tasks`, `log`, `review`, `publish` and `shell`, each as a process."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from stalker.core.dates import utc_now
from tests.acceptance.processes import COMMAND, contents, on_terminal, refused, stalker, start
from tests.kills import Worker, worker

MAKE = """
import os
stalker.defaults.password_memory_cost, stalker.defaults.password_time_cost = 8, 1
stalker.defaults.password_parallelism = 1
from stalker.services.conventions import repository_at, structure_of
from pathlib import Path
repository = repository_at(DBSession, Path(os.environ["FILMS"]))
film = Project(name="Meridian [/b]", code="MER", structure=structure_of("Standard"),
               repositories=[repository])
bare = Project(name="Bare", code="BARE")
two = [Project(name=name, code="TWO") for name in ("One", "Other")]
jonas, noor = [User(name=n.title(), login=n, email=f"{n}@x.com", password="s3cret")
               for n in ("jonas", "noor")]
for n in (10, 20):
    shot = Shot(name=f"SH0{n}", code=f"SH0{n}", project=film, responsible=[noor])
    Task(name="Comp", parent=shot, depends=[Task(name="Plate", parent=shot, resources=[jonas])])
Task(name="Loose", project=film)
Task(name="Edit", project=bare)
DBSession.save([film, bare, *two, jonas, noor])
"""


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a studio: `shell` runs the script that makes it."""
    folder = tmp_path_factory.mktemp("studio")
    # an empty folder has no file of its own: `shutil.copytree` takes it along all the same
    (folder / "films").mkdir()
    (folder / "config.toml").write_text(
        "database_engine_settings = {'sqlalchemy.url' = 'sqlite:///studio.db'}\n"
        "password_memory_cost = 8\npassword_time_cost = 1\npassword_parallelism = 1\n"
    )
    (folder / "plate.exr").write_bytes(b"pixels")
    environment = {"STALKER_PATH": str(folder), "STALKER_ADMIN_PASSWORD": "s3cret"}
    assert stalker("init", cwd=folder, **environment).returncode == 0
    made = subprocess.run(
        [*COMMAND, "shell"], input=MAKE, text=True, cwd=folder, capture_output=True, check=False,
        env={**os.environ, **environment, "FILMS": "/"},
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture
def place(original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, where the account is that of nobody, and files belong into `films`."""
    place = tmp_path / "copy"
    shutil.copytree(original, place)
    settings = {"STALKER_PATH": place, "HOME": tmp_path, "LOGNAME": "nobodyatall"}
    for name, value in settings.items():
        monkeypatch.setenv(name, str(value))
    query = "UPDATE Repositories SET linux_path = ?, osx_path = ?, windows_path = ?"
    with closing(sqlite3.connect(place / "studio.db")) as connection, connection:
        connection.execute(query, [f"{place}/films/"] * 3)
    return place


def _short(value: str | tuple[str, ...]) -> str:
    return value[:20] if isinstance(value, str) else " ".join(value)


VERBS = [
    ("user", "list"), ("user", "passwd", "jonas"), ("login", "jonas"), ("project", "list"),
    ("project", "show", "MER"), ("tasks",), ("task", "add", "MER/X"),
    ("task", "steps", "MER", "A:1d"),
    ("task", "assign", "Loose", "--for", "jonas"), ("log", "Loose", "--duration", "1h"),
    ("review", "Loose"), ("publish", "Loose", "plate.exr"), ("shell", "-c", "1"),
    ("user", "add", "new", "--email", "n@x.com"),
    ("project", "add", "NEW", "--repository", "films"), ("logs",), ("unlog", "1"), ("reviews",),
]  # fmt: skip


@pytest.mark.parametrize("arguments", VERBS[:13:3] + VERBS[13:], ids=" ".join)
def test_a_database_that_is_not_there(
    tmp_path: Path, original: Path, arguments: tuple[str, ...]
) -> None:
    """One line says so, and no verb makes one."""
    shutil.copyfile(original / "plate.exr", tmp_path / "plate.exr")
    before = contents(tmp_path)
    database = ("--database", "sqlite:///none.db")
    run = stalker(*arguments, *database, cwd=tmp_path, STALKER_PASSWORD="x")
    assert "none.db: there is no such database; stalker init makes one" in refused(run)
    assert contents(tmp_path) == before


REFUSALS = [
    (("user", "add", "jonas", "--email", "o@x.com"), "Jonas has the login 'jonas' already"),
    (("user", "add", "joe", "--email", "jonas@x.com"), "Jonas has the address"),
    (("user", "add", "J.Keller", "--email", "j@x.com"), "did you mean 'jkeller'?"),
    (("user", "add", "joe", "--email", "j@x.com", "--group", "admin"), "did you mean 'admins'?"),
    (("user", "add", "joe", "--email", "j@x.com"), "no terminal to ask for a password"),
    (("user", "passwd", "jnas"), "there is no user 'jnas': did you mean 'jonas'?"),
    (("login", "jonas"), "no terminal to ask for a password"),
    (("project", "add", "M E", "--repository", "films"), "did you mean 'M_E'?"),
    (("project", "add", "MER", "--repository", "films"), "there is a project 'MER' already"),
    (("project", "add", "NEW", "--repository", "nowhere"), "neither a folder nor a repository"),
    (("project", "add", "NEW", "--repository", "films", "--fps", "0"), "must be above 0"),
    (("project", "add", "NEW", "--repository", "films", "--resolution", "big"), "'big' is neither"),
    (("project", "add", "NEW", "--repository", "films", "--structure", "Standart"), "'Standard'?"),
    (
        ("project", "add", "NEW", "--repository", "films", "--template", "Shot", "{{ x", "y"),
        "template of Shot: path: ",
    ),
    (("project", "show", "TWO"), "2 projects have the code 'TWO': One ("),
    (("tasks", "--project", "MRE"), "did you mean 'MER'?"),
    (("tasks", "--project", "mer"), "there is no project 'mer': did you mean 'MER'?"),
    (("tasks", "--project", "zzz"), "there is no project 'zzz': stalker project list shows all"),
    (("tasks", "--status", "DONE"), "there is no status 'DONE': it is one of WFD, RTS, WIP, PREV"),
    (("tasks", "--status", "WPI"), "there is no status 'WPI': did you mean 'WIP'?"),
    (("tasks", "--below", "SH030"), "there is no task 'SH030': did you mean 'SH0"),
    (("tasks", "--below", "mer/sh010/Comp"), "'mer/sh010/Comp': did you mean 'MER'?"),
    (("tasks", "--below", "MER/Comp/Plate"), ": stalker tasks --everybody --all shows all"),
    (("tasks", "--user", "zzz"), "there is no user 'zzz': stalker user list shows everybody"),
    (("export-cut", "a.otio", "--project", "BARE"), "BARE has no sequence: stalker import-cut"),
    (("task", "add", "Comp"), "'Comp' says not where"),
    (("task", "add", "MER/SH030/Comp"), "there is no task 'MER/SH030'"),
    (("task", "add", "MER/SH010/Comp"), "there is a 'Comp' in MER/SH010 already"),
    (("task", "add", "Mar/Comp"), "there is no task or project 'Mar': did you mean 'MER'?"),
    (("task", "add", "TWO/Comp"), "2 projects have the code 'TWO'"),
    (("task", "add", "MER/SH030", "--kind", "asset"), "an asset has a --type"),
    (("task", "add", "MER/SH030", "--frames", "1-2"), "--kind shot"),
    (("task", "add", "MER/SH010/X", "--after", "Pomp"), "there is no task 'Pomp'"),
    (("task", "steps", "BARE", "A:1d"), "in 'BARE': stalker task add --kind shot makes"),
    (("task", "steps", "MER", "A:1d:joe"), "there is no user 'joe'"),
    (("task", "assign", "MER/*/Pomp", "--for", "jonas"), "there is no task 'MER/*/Pomp'"),
    (("task", "assign", "SH010", "--for", "jonas"), "it is a container"),
    (("log", "Loose", "--duration", "1h"), "who does this? name somebody with --user LOGIN"),
    (("log", "Comp", "--duration", "1h", "--user", "jonas"), "2 tasks are 'Comp': MER/SH0"),
    (
        ("log", "SH010/Comp", "--duration", "1h", "--user", "jonas"),
        "which is WFD (waiting for dependency) and waits for MER/SH010/Plate (RTS)",
    ),
    (("review", "Loose"), ": stalker task assign MER/Loose --responsible LOGIN"),
    (
        ("review", "SH010/Plate"),
        "which is RTS (ready to start); possible: stalker log, stalker task change --after",
    ),
    (("review", "Loose", "--approve", "--user", "jonas"), "(ready to start); possible: stalker"),
    (("task", "hold", "Loose"), "for MER/Loose, which is RTS (ready to start); possible: stalker "),
    (("task", "stop", "SH010"), "MER/SH010 is the sum of its parts: 'MER/SH010/*' are those"),
    (("review", "SH010", "--approve", "--user", "jonas"), "MER/SH010 is the sum of its parts"),
    (("log", "SH010", "--duration", "1h", "--user", "jonas"), "MER/SH010 is the sum of its parts"),
    (("publish", "Loose", "films"), "films: it is no file"),
    (("publish", "Loose", "none"), "none: there is no such file"),
    (("publish", "Edit", "plate.exr"), "has no structure"),
    (("publish", "Loose", "plate.exr", "--variant", "!"), "Version.take_name must"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "reason"), REFUSALS, ids=_short)
def test_what_is_refused(place: Path, arguments: tuple[str, ...], reason: str) -> None:
    """One line says what is wrong and what was meant; database and files stay as they were."""
    before = stored(place)
    assert reason in refused(stalker(*arguments, cwd=place))
    assert stored(place) == before


def stored(place: Path) -> tuple[list[str], list[str]]:
    """Return all rows of the database, and the files of the productions."""
    with closing(sqlite3.connect(place / "studio.db")) as connection:
        return list(connection.iterdump()), sorted(contents(place / "films"))


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("task", "add", "MER/X", "--effort", "3x"), "'3x' is not an amount like 3d"),
        (("task", "add", "MER/X", "--kind", "shot", "--frames", "a-b"), "frames like 1001-1096"),
        (
            ("task", "add", "MER/X", "--kind", "shot", "--frames", "9-8"),
            "'9-8' ends before it begins",
        ),
        (("task", "steps", "MER", "Anim"), "'Anim' is not a step like Anim:3d"),
        (("task", "assign", "Loose"), "--for, --without, --responsible or --not-"),
        (("log", "Loose", "--start", "noon"), "'noon' is not a moment like"),
        (("log", "Loose", "--duration", "0h"), "'0h' is not a time like"),
        (("log", "Loose"), "when? --start or --duration"),
        (("log", "Loose", "--start", "2026-03-02", "--end", "2026-03-01"), "is not after"),
        (("review", "Loose", "--approve", "--revise", "x"), "exclude each other"),
        (("review", "Loose", "--effort", "4h"), "is the time for --revise"),
        (("tasks", "--everybody", "--user", "jonas"), "exclude each other"),
        (("reviews", "--everybody", "--user", "jonas"), "exclude each other"),
        (("studio", "--end", "2027-13-01"), "'2027-13-01' is not a day like 2026-11-27"),
        (("user", "add", "joe"), "--email"),
    ],
    ids=_short,
)
def test_wrong_usage(place: Path, arguments: tuple[str, ...], reason: str) -> None:
    """The last line says what is wrong with an option; the status is that of a refusal."""
    run = stalker(*arguments, cwd=place)
    assert (run.returncode, run.stdout) == (2, "")
    assert reason in run.stderr.splitlines()[-1] and "Traceback" not in run.stderr


def test_passwords(place: Path) -> None:
    """From stdin, the environment, or a terminal twice without an echo; never empty or two."""
    status, shown = on_terminal(
        "user", "add", "joe", "--email", "joe@x.com", answers=["s3cret", "s3cret"], cwd=place
    )
    assert status == 0 and "joe logs in as 'joe'." in shown and "s3cret" not in shown
    for given, reason in {"": "is empty", " \n": "is empty", "a\nb\n": "is one line"}.items():
        run = subprocess.run(
            [*COMMAND, "user", "passwd", "joe", "--password-stdin"], input=given, text=True,
            cwd=place, capture_output=True, check=False,
        )  # fmt: skip
        assert reason in refused(run)
    arguments = ("user", "add", "jim", "--email", "here")
    assert "User.email must" in refused(stalker(*arguments, cwd=place, STALKER_PASSWORD="x"))
    assert stalker("login", "joe", cwd=place, STALKER_PASSWORD="s3cret").returncode == 0
    assert (
        "nothing for joe; --everybody shows the others, --all also what is finished or"
        in stalker("tasks", cwd=place).stderr
    )
    line = refused(stalker("login", "joe", cwd=place, STALKER_PASSWORD="other"))
    assert "login and password do not match" in line
    # another password ends the session
    assert stalker("user", "passwd", "joe", cwd=place, STALKER_PASSWORD="n3w").returncode == 0
    assert json.loads(stalker("tasks", "--json", cwd=place).stdout)["user"] is None


def test_who_does_it(place: Path) -> None:
    """The one who is named, else who is logged in, else who has the name of the account."""

    def whose(*arguments: str, **environment: str) -> object:
        run = stalker("tasks", "--json", *arguments, cwd=place, **environment)
        return json.loads(run.stdout)["user"]

    assert whose() is None
    assert whose(LOGNAME="noor") == "noor"
    assert stalker("login", "jonas", cwd=place, STALKER_PASSWORD="s3cret").returncode == 0
    assert whose(LOGNAME="noor") == "jonas"
    assert whose("--user", "noor") == "noor"
    assert whose("--everybody") is None


def test_whose_tasks_are_listed(place: Path) -> None:
    """Yours, which is said; those of everybody in a place; and whoever is named counts anywhere."""

    def listed(*arguments: str) -> tuple[object, int, str]:
        told = json.loads(stalker("tasks", "--json", *arguments, cwd=place, LOGNAME="jonas").stdout)
        shown = stalker("tasks", *arguments, cwd=place, LOGNAME="jonas")
        assert shown.returncode == 0
        return told["user"], len(told["tasks"]), shown.stderr

    yours = "note: these are the tasks of Jonas; --everybody shows the others\n"
    assert listed() == listed("--all") == ("jonas", 2, yours)
    assert listed("--everybody") == (None, 6, "")
    assert listed("--below", "SH010", "--all") == (None, 2, "")
    assert listed("--project", "MER") == (None, 5, "")
    assert listed("--project", "MER", "--user", "jonas") == ("jonas", 2, "")
    assert listed("--below", "SH010/Comp", "--user", "jonas")[:2] == ("jonas", 0)


def test_what_is_not_planned_has_no_dates(place: Path) -> None:
    """A new task shows none until a plan has placed it, or it is finished."""

    def shown() -> tuple[str, bool]:
        (line,) = stalker("tasks", "--below", "Loose", "--all", cwd=place).stdout.splitlines()[1:]
        run = stalker("tasks", "--below", "Loose", "--all", "--json", cwd=place)
        return line, json.loads(run.stdout)["tasks"][0]["is_planned"]

    dates = 'computed_start = start, computed_end = "end"'
    finished = "status_id = (SELECT id FROM Statuses WHERE code = 'CMPL')"
    for change, pattern, is_planned in (
        ("priority = 500", r"MER/Loose +RTS +not planned +0 +1h", False),
        (dates, r"MER/Loose +RTS +\d{4}-[\d: -]{30,} +0 +1h", True),
        (
            f"computed_start = NULL, {finished}",
            r"MER/Loose +CMPL +\d{4}-[\d: -]{30,} +0 +1h",
            False,
        ),
    ):
        with closing(sqlite3.connect(place / "studio.db")) as connection, connection:
            loose = "SELECT id FROM SimpleEntities WHERE name = 'Loose'"
            connection.execute(f"UPDATE Tasks SET {change} WHERE id = ({loose})")
        line, told = shown()
        assert re.fullmatch(pattern, line) and told == is_planned, line


def test_a_revision_ends_a_round(place: Path) -> None:
    """Whose reviews were open is said to whoever asks for more; one decision of many ends none."""

    def done(*arguments: str) -> subprocess.CompletedProcess[str]:
        run = stalker(*arguments, cwd=place)
        assert run.returncode == 0, run.stderr
        return run

    everybody = ("noor", "jonas", "admin")
    done("task", "assign", "Loose", "--for", "jonas", *(f"--responsible={n}" for n in everybody))
    for n in (2, 3):
        done("log", "Loose", "--start", f"2026-03-0{n}", "--duration", "1h", "--user", "jonas")
        done("review", "Loose")
        assert done("review", "Loose", "--approve", "--user", "noor").stderr == ""
        if n == 2:
            more = ("--revise", "x", "--user", "noor")
            assert done("review", "Loose", *more).stderr == (
                "note: admin, jonas need not decide any more: the open reviews are gone with this "
                "decision\n"
            )
    run = done("review", "Loose", "--revise", "x", "--user", "noor", "--json")
    assert json.loads(run.stdout)["withdrawn"] == ["admin", "jonas"]
    assert json.loads(done("review", "Loose", "--json", "--show").stdout)["withdrawn"] == []


def test_what_waits_for_a_decision(place: Path) -> None:
    """Yours, which is said; that of everybody in a place; what is decided is listed no more."""

    def done(*arguments: str, note: str = "") -> str:
        run = stalker(*arguments, cwd=place)
        assert (run.returncode, run.stderr) == (0, note and f"note: {note}\n"), run
        return run.stdout

    def waiting(*arguments: str) -> list[tuple[str, str]]:
        told = json.loads(done("reviews", *arguments, "--json"))["reviews"]
        return [(each["task"]["path"], each["reviewer"]) for each in told]

    done("reviews", note="no review waits for a decision")
    for n in (1, 2):
        path = f"SH0{n}0/Plate"
        done("log", path, "--start", f"2026-03-0{n}", "--duration", "1h", "--user", "jonas")
        done("publish", path, "plate.exr", "--user", "jonas")
        done("review", path)
    shown = done("reviews").splitlines()
    assert [line.split()[:5] for line in shown] == [
        ["Task", "Who", "Round", "Version", "Since"],
        ["MER/SH010/Plate", "noor", "1", "SH010_Plate_Main_v001.exr", f"{utc_now():%Y-%m-%d}"],
        ["MER/SH020/Plate", "noor", "1", "SH020_Plate_Main_v001.exr", f"{utc_now():%Y-%m-%d}"],
    ]
    both = [("MER/SH010/Plate", "noor"), ("MER/SH020/Plate", "noor")]
    for arguments in ((), ("--user", "noor"), ("--project", "MER"), ("--everybody",)):
        assert waiting(*arguments) == both
    assert waiting("SH010") == waiting("SH010", "--user", "noor") == both[:1]
    assert waiting("--project", "BARE") == waiting("SH010", "--user", "jonas") == []
    nothing = "nothing waits for Jonas; --everybody shows the others"
    done("reviews", "--user", "jonas", note=nothing)
    assert stalker("login", "noor", cwd=place, STALKER_PASSWORD="s3cret").returncode == 0
    done("reviews", note="these wait for Noor; --everybody shows the others")
    done("review", "SH010/Plate", "--approve")
    assert waiting() == both[1:]


def test_people_who_leave(place: Path) -> None:
    """Others do what they did, and answer for it: the next round asks only those who are left."""

    def done(*arguments: str) -> str:
        run = stalker(*arguments, "--user", "jonas", cwd=place)
        assert (run.returncode, run.stderr) == (0, ""), run
        return run.stdout

    assert done("task", "assign", "SH010/Plate", "--without", "jonas", "--for", "noor") == (
        "MER/SH010/Plate: noor\n"
    )
    both = ("task", "assign", "SH010", "SH010/Plate", "--responsible", "jonas")
    assert done(*both, "--responsible", "noor") == (
        "MER/SH010: answers for it: jonas, noor\n"
        "MER/SH010/Plate: noor; answers for it: jonas, noor\n"
    )
    gone = ("task", "assign", "SH010", "SH010/Plate", "--not-responsible", "noor")
    assert done(*gone) == (
        "MER/SH010: answers for it: jonas\nMER/SH010/Plate: noor; answers for it: jonas\n"
    )
    done("log", "SH010/Plate", "--start", "2026-03-02", "--duration", "1h")
    asked = json.loads(done("review", "SH010/Plate", "--json"))["reviews"]
    assert [each["reviewer"] for each in asked] == ["jonas"]


def test_a_closed_pipe_and_no_terminal(place: Path) -> None:
    """A pipe has neither colours nor folded lines, and closing it early is no error."""
    long = "A very long name of a task that no terminal of eighty columns would show in one line"
    assert stalker("task", "add", f"MER/{long}", cwd=place).returncode == 0
    run = stalker("tasks", cwd=place)
    assert f"MER/{long}  RTS" in run.stdout and "\x1b" not in run.stdout
    for verb in ("tasks --json", "project list", "user list"):
        command = f"{sys.executable} -m stalker {verb} | true; echo ${{PIPESTATUS[0]}}"
        shell = subprocess.run(
            ["bash", "-c", command], cwd=place, capture_output=True, text=True, check=False
        )
        assert shell.stderr == "" and shell.stdout in ("0\n", "141\n")
    status, shown = on_terminal("tasks", answers=[], cwd=place, NO_COLOR="1", COLUMNS="80")
    assert status == 0 and "MER/SH010/Plate" in shown
    assert "\nMER/                " in shown and max(map(len, shown.splitlines()[1:])) <= 80
    assert not any(f"\x1b[3{colour}m" in shown for colour in range(8))
    assert "Meridian [/b]" in stalker("project", "show", "MER", cwd=place).stdout


def test_publishing_leaves_nothing_half_done(place: Path) -> None:
    """A file in the way, Ctrl-C and a full disk: no version, no file, no folder, no gap."""
    before = stored(place)
    (place / "big.mov").touch()
    os.truncate(place / "big.mov", 4 << 30)
    process = start("publish", "SH010/Plate", "big.mov", cwd=place)
    while not list((place / "films").rglob("*.part")):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate()
    run = subprocess.CompletedProcess(COMMAND, process.returncode, stdout, stderr)
    assert refused(run, 130) == "stalker: stopped by SIGINT"
    assert stored(place) == before
    path = place / "films/MER/SH010/Plate/SH010_Plate_Main_v001.exr"
    path.parent.mkdir(parents=True)
    path.write_text("somebody else's")
    line = refused(stalker("publish", "SH010/Plate", "plate.exr", cwd=place))
    assert line.startswith(f"stalker: {path}: it exists already, and is not replaced: move it")
    assert (path.read_text(), os.listdir(path.parent)) == ("somebody else's", [path.name])
    assert stored(place)[0] == before[0]
    path.unlink()
    made = stalker("publish", "SH010/Plate", "plate.exr", cwd=place)
    assert made.stdout.splitlines() == ["MER/SH010/Plate: Main, version 1", str(path)]


def test_publishing_without_a_structure(place: Path) -> None:
    """What is said gives the project one, the same that others have; then the file has a name."""
    made = "BARE = Project.query.filter_by(code='BARE').one()\n"
    made += "BARE.repositories.append(Repository.query.first()); DBSession.commit()"
    assert stalker("shell", "-c", made, cwd=place).returncode == 0
    line = refused(stalker("publish", "Edit", "plate.exr", cwd=place))
    assert line.startswith("stalker: Bare has no structure, which says what files are called; ")
    verb = shlex.split(line.partition(" gives: ")[2])
    run = stalker(*verb[1:], cwd=place)
    assert (run.returncode, run.stderr) == (0, "")
    run = stalker("publish", "Edit", "plate.exr", cwd=place)
    assert run.stdout.splitlines()[1] == f"{place}/films/BARE/Edit/Edit_Main_v001.exr"
    count = "print(Structure.query.count())"
    assert stalker("shell", "-c", count, cwd=place).stdout == "1\n"


def test_publishing_to_a_drive_that_is_not_there(place: Path) -> None:
    """No folder is made in the place of the drive, and there is no version."""
    before = stored(place)[0]
    (place / "films").rename(place / "away")
    line = refused(stalker("publish", "SH010/Plate", "plate.exr", cwd=place))
    assert line == f"stalker: {place / 'films'}: this folder of a repository is not there"
    assert not (place / "films").exists() and stored(place)[0] == before


def test_ctrl_c_before_a_password(place: Path) -> None:
    """Nobody is added, and the status is that of the signal."""
    before = stored(place)
    status, shown = on_terminal(
        "user", "add", "joe", "--email", "j@x.com", answers=["\x03"], cwd=place
    )
    assert (status, shown.splitlines()[-1]) == (130, "stalker: stopped by SIGINT")
    assert stored(place) == before


def test_a_shell(place: Path) -> None:
    """A statement, a script or a session; an error shows the line of the script alone."""
    run = stalker("shell", "-c", "print(Project.query.count(), __name__)", cwd=place)
    assert (run.returncode, run.stdout) == (0, "4 __main__\n")
    run = stalker("shell", "-c", "import sys; sys.exit(7)", cwd=place)
    assert run.returncode == 7
    run = stalker("shell", "-c", "Task(name='x')", cwd=place)
    assert run.returncode == 1 and 'File "<command>", line 1' in run.stderr
    assert "cli/" not in run.stderr.partition("stalker/models")[0]
    status, shown = on_terminal(
        "shell", answers=["Project.query.count()", "exit()"], cwd=place, PYTHON_BASIC_REPL="1"
    )
    assert status == 0 and f"on sqlite:///{place}/studio.db" in shown and "\n4\n" in shown


def test_completion_knows_the_database(place: Path) -> None:
    """Codes and logins of the database that is named; without one, nothing and no message."""
    for words, expected in {
        "stalker tasks --user jo": "plain,jonas",
        "stalker project show M": "plain,MER",
        "stalker user passwd jo": "plain,jonas",
        "stalker tasks --database sqlite:///none.db --user jo": "",
        "stalker taks --user jo": "",
    }.items():
        count = str(len(words.split()) - 1)
        run = stalker(cwd=place, _STALKER_COMPLETE="bash_complete", COMP_WORDS=words,
                      COMP_CWORD=count)  # fmt: skip
        assert (run.stdout.strip(), run.stderr) == (expected, "")


COUNT = """
import os
import sys
from pathlib import Path
from sqlalchemy import Engine, event
from stalker.cli.main import main
import tests.ready

def work(folder, file, *arguments):
    os.chdir(folder)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.argv[1:] = arguments
    found = []
    event.listen(Engine, "before_cursor_execute", lambda *given: found.append(given[2]))
    try:
        main()
    except SystemExit as end:
        Path(file).write_text(f"{end.code} {len(found)}")
"""

TWO_SIZES = """
from datetime import datetime, timedelta, timezone
begin, hour = datetime(2026, 4, 1, tzinfo=timezone.utc), timedelta(hours=1)
jonas = User.query.filter_by(login="jonas").one()
for code, number in (("FEW", 2), ("MANY", 12)):
    film = Project(name=code, code=code)
    DBSession.add(film)
    for n in range(number):
        shot = Shot(name=f"S{n}", code=f"S{n}", project=film)
        Task(name="Comp", parent=shot), Task(name="Roto", parent=shot)
        clean = Task(name="Clean", parent=shot, start=begin)
        clean.create_time_log(jonas, begin, begin := begin + hour)
DBSession.commit()
"""


def test_as_many_statements_for_many_as_for_few(place: Path) -> None:
    """Two shots or twelve: listing, showing, assigning, steps and changes ask the same."""
    assert stalker("shell", "-c", TWO_SIZES, cwd=place).returncode == 0
    lines = (
        "tasks --project {} --everybody",
        "project show {}",
        "task assign {}/*/Comp --for jonas --responsible noor --json",
        "task steps {} A:1d,B:2d:jonas --json",
        "task change {}/*/Comp --effort 3h --priority 7 --json",
        "task hold {}/*/Clean --json",
        "task resume {}/*/Clean --json",
        "task change {}/*/Comp --after Roto --json",
        "task change {}/*/Comp --not-after Roto --json",
        "task change {0}/*/Comp --after {0}/S0/Roto --json",
    )
    with worker(COUNT) as counting:
        for line in lines:
            told = [_statements(counting, place, line.format(code)) for code in ("FEW", "MANY")]
            assert told[0] == told[1] and told[0].startswith("0 "), (line, told)


def _statements(counting: Worker, place: Path, line: str) -> str:
    """Return exit status and number of statements of a command."""
    file = place / "told"
    assert counting.run(str(place), str(file), *line.split())[0] == 0
    told = file.read_text()
    file.unlink()
    return told


TWO_ROUNDS = """
import datetime
begin = datetime.datetime(2026, 4, 1, tzinfo=datetime.timezone.utc)
jonas = User.query.filter_by(login="jonas").one()
for code, number in (("few", 2), ("many", 9)):
    people = [
        User(name=f"{code}{n}", login=f"{code}{n}", email=f"{code}{n}@x.com", password="secret")
        for n in range(number)
    ]
    film = Project(name=code, code=code)
    DBSession.add(film)
    task = Task(name="Comp", project=film, start=begin, resources=[jonas], responsible=people)
    task.create_time_log(jonas, begin, begin := begin + datetime.timedelta(hours=1))
    task.request_review()
DBSession.commit()
"""


def test_as_many_statements_for_many_reviews_as_for_few(place: Path) -> None:
    """Two reviewers or nine: showing a round, deciding and ending it ask the same."""
    assert stalker("shell", "-c", TWO_ROUNDS, cwd=place).returncode == 0
    with worker(COUNT) as counting:
        for line in ("--show", "--approve --user {}0", "--revise x --user admin"):
            told = [_statements(counting, place, f"review {code}/Comp {line.format(code)}")
                    for code in ("few", "many")]  # fmt: skip
            assert told[0] == told[1] and told[0].startswith("0 "), (line, told)
