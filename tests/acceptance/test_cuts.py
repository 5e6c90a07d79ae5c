"""`stalker import-cut` and `export-cut` through the real process."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from sqlalchemy import create_engine, text

from stalker.editorial import meridian
from tests.acceptance.processes import COMMAND, EDL, contents, refused, stalker

URL = "sqlite:///studio.db"
DATA = Path(__file__).parents[1] / "editorial" / "data"
PROJECT = """
import sys
from stalker import Project, db
from stalker.db.session import DBSession
db.setup({"sqlalchemy.url": sys.argv[1]})
DBSession.save([Project(name="Film", code="F", fps=24), Project(name="Other", code="O", fps=25),
    Project(name="Meridian", code="M", fps=59.94)])
engine = DBSession.get_bind()
DBSession.remove()
engine.dispose()  # nothing stays in a file beside that of SQLite
"""

#: of the cut `two.edl`: the first shot is longer at its end, the second gives way to another
SECOND = EDL.replace("01:00:02:00 00:00:00:00 00:00:02:00", "01:00:02:12 00:00:00:00 00:00:02:12")
SECOND = SECOND.replace("00:00:02:00 00:00:03:12", "00:00:02:12 00:00:04:00").replace(
    "SH020", "SH030"
)


def with_projects(url: str, folder: Path) -> None:
    assert stalker("init", "--database", url, cwd=folder).returncode == 0
    subprocess.run([sys.executable, "-c", PROJECT, url], cwd=folder, check=True)


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with two projects."""
    folder = tmp_path_factory.mktemp("cuts")
    with_projects(URL, folder)
    return folder / "studio.db"


@pytest.fixture
def folder(seed: Path, tmp_path: Path) -> Path:
    """A folder with a copy of the database, and a cut with its second revision."""
    shutil.copyfile(seed, tmp_path / "studio.db")
    (tmp_path / "two.edl").write_text(EDL)
    (tmp_path / "second.edl").write_text(SECOND)
    return tmp_path


@pytest.fixture(scope="module")
def seed_with_shots(seed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database where a cut was imported."""
    folder = tmp_path_factory.mktemp("shots")
    shutil.copyfile(seed, folder / "studio.db")
    (folder / "two.edl").write_text(EDL)
    assert cut(folder, "two.edl", "--apply").returncode == 0
    return folder / "studio.db"


@pytest.fixture
def imported(seed_with_shots: Path, folder: Path) -> Path:
    """A folder with a copy of that database, and the cuts."""
    shutil.copyfile(seed_with_shots, folder / "studio.db")
    return folder


def cut(folder: Path, file: str, *more: object, **environment: str) -> Any:
    arguments = ("import-cut", file, "--project", "F", "--sequence", "SQ1", "--database", URL)
    return stalker(*arguments, *more, cwd=folder, **environment)


def shots(folder: Path) -> list[tuple[object, ...]]:
    query = "SELECT code, source_in, source_out, record_in FROM Shots ORDER BY code"
    with closing(sqlite3.connect(folder / "studio.db")) as connection:
        return connection.execute(query).fetchall()


FIRST = [("SH010", 86400, 86447, 0), ("SH020", 86640, 86675, 48)]


def test_a_cut_is_planned_applied_and_revised(folder: Path) -> None:
    """Counts first, then a line for each shot; nothing is done without --apply, once with it."""
    run = cut(folder, "two.edl")
    assert (run.returncode, run.stderr) == (
        0, "note: an EDL does not tell its frame rate: 24 fps, as F has\n"
    )  # fmt: skip
    assert [line.rstrip() for line in run.stdout.splitlines()] == [
        "F/SQ1 (a new sequence): 2 clips at 24 fps, two.edl",
        "2 new",
        "",
        "Shot   What             Frames",
        "SH010  new   48 frames  86400-86447",
        "SH020  new   36 frames  86640-86675",
        "",
        "Nothing is changed yet: --apply does it.",
    ]
    assert shots(folder) == []
    assert cut(folder, "two.edl", "--apply").stdout.endswith("\nDone.\n")
    assert shots(folder) == FIRST
    again = cut(folder, "two.edl", "--apply")
    assert (again.returncode, again.stdout) == (
        0, "F/SQ1: 2 clips at 24 fps, two.edl\n2 unchanged\nNothing was to be changed.\n"
    )  # fmt: skip
    run = cut(folder, "second.edl", "--apply", COLUMNS="100", NO_COLOR="1")
    assert [line.rstrip() for line in run.stdout.splitlines()][1:-2] == [
        "1 new, 1 omitted, 1 longer",
        "",
        "Shot   What                            Frames",
        "SH010  longer   +12 frames at the end  86400-86447 → 86400-86459",
        "SH030  new      36 frames              86640-86675",
        "SH020  omitted  it was RTS             86640-86675",
    ]
    assert shots(folder) == [("SH010", 86400, 86459, 0), FIRST[1], ("SH030", 86640, 86675, 60)]
    back = cut(folder, "two.edl", PYTHONIOENCODING="ascii").stdout
    assert "SH020  back     omitted before" in back and "86459 -> 86400-86447" in back


#: what is told of a film: counts, then shots in the order of the new cut, then those that shift
REVISED = """\
M/Cut: 83 clips at 59.94 fps, revised.otio
1 new, 1 omitted, 1 longer, 1 slipped, 1 moved, 77 shifted, 4 unchanged

Shot                       What                            Frames
C999                       new      234 frames             552-785
C005                       longer   +12 frames at the end  938-1052 → 938-1064
C021                       slipped  3 frames later         5987-6297 → 5990-6300
C010                       moved    now behind C030        2164-2709
C050                       omitted  it was RTS             21814-22410
C004                       shifted  234 frames later
C006 to C009: 4 shots      shifted  246 frames later
C011 to C030: 19 shots     shifted  300 frames earlier
C031 to C049: 19 shots     shifted  246 frames later
C051 to Credits: 32 shots  shifted  351 frames earlier

Nothing is changed yet: --apply does it.
"""


def test_a_revision_of_a_film(folder: Path) -> None:
    """Shots that only lie elsewhere are told together; all others have a line."""
    arguments = ("--project", "M", "--sequence", "Cut", "--database", URL)
    run = stalker("import-cut", meridian(), *arguments, "--apply", cwd=folder)
    assert run.returncode == 0, run.stderr
    revise(folder / "revised.otio")
    run = stalker("import-cut", "revised.otio", *arguments, cwd=folder)
    assert (run.returncode, run.stderr) == (0, "")
    assert "\n".join(line.rstrip() for line in run.stdout.split("\n")) == REVISED


def revise(path: Path) -> None:
    """Write the cut of Meridian with five differences."""
    timeline = otio.adapters.read_from_file(str(meridian()))
    track = timeline.video_tracks()[0]
    track.insert(30, track.pop(10))
    del track[50]
    for place, at_start, longer in ((5, 0, 12), (20, 3, 0)):
        frames = track[place].source_range
        track[place].source_range = otio.opentime.TimeRange(
            frames.start_time + otio.opentime.RationalTime(at_start, 59.94),
            frames.duration + otio.opentime.RationalTime(longer, 59.94),
        )
    new = track[3].deepcopy()
    new.name = "C999"
    track.insert(4, new)
    otio.adapters.write_to_file(timeline, str(path))


def test_what_is_omitted_is_not_to_be_done(imported: Path) -> None:
    """What leaves the cut leaves plan, chart and lists; when it is back, all is as before."""

    def done(*arguments: object) -> Any:
        environment = {"COLUMNS": "200", "NO_COLOR": "1", "STALKER_PASSWORD": "secret"}
        run = stalker(*arguments, "--database", URL, cwd=imported, **environment)
        assert run.returncode == 0, run.stderr
        return run

    def planned() -> list[Any]:
        (film,) = json.loads(done("schedule", "--project", "F", "--json").stdout)["projects"]
        chart = json.loads(done("gantt", "--project", "F", "--json").stdout)
        stored = json.loads(done("gantt", "--project", "F", "--stored", "--json").stdout)
        assert film["tasks"] == chart["tasks"] == stored["tasks"]
        listed = json.loads(done("tasks", "--project", "F", "--json").stdout)["tasks"]
        work = [(each["path"], each["start"], each["end"], each["resources"]) for each in listed]
        return [film["tasks"], film["start"], film["end"], sorted(work)]

    done("user", "add", "ada", "--email", "ada@example.com")
    done("task", "steps", "F", "Plate:1d:ada, Comp:2d:ada")
    done("task", "add", "F/Grade", "--after", "SH010/Comp", "--after", "SH020/Comp")
    # work is planned from the first day on, whatever day it is
    year = datetime.now(UTC).year + 1
    done("studio", "--name", "S", "--start", f"{year}-01-01", "--end", f"{year}-12-31")
    before = planned()
    assert before[0] == 8 and [each[0] for each in before[3]] == [
        "F/Grade", "F/SQ1/SH010/Comp", "F/SQ1/SH010/Plate", "F/SQ1/SH020/Comp",
        "F/SQ1/SH020/Plate",
    ]  # fmt: skip
    assert cut(imported, "second.edl", "--apply").returncode == 0
    without = planned()
    # SH020 has gone, SH030 has come and has no steps yet
    assert without[0] == 6 and [each[0] for each in without[3]] == [
        "F/Grade", "F/SQ1/SH010/Comp", "F/SQ1/SH010/Plate",
    ]  # fmt: skip
    assert without[2] < before[2], "the project ends earlier"
    run = done("schedule")
    assert "note: 3 omitted tasks are not in the plan: F/SQ1/SH020 and 2 more\n" in run.stderr
    assert "note: there are no tasks yet in F/SQ1/SH030: that lies where the plan " in run.stderr
    assert "there are no tasks yet in F/SQ1/SH030" in done("gantt").stderr
    assert "SH020" not in done("tasks", "--status", "RTS", "--status", "WFD").stdout
    assert re.search(r"SH020/Plate +RTS omitted +ada ", done("tasks", "--all").stdout)
    none = done("tasks", "--below", "SH020").stderr
    assert none == "note: no tasks; --all shows also what is finished or omitted, or rests\n"
    shown = json.loads(done("project", "show", "F", "--json").stdout)["project"]
    assert shown["counts"]["Shot"] == {"RTS": 2, "omitted": 1}
    assert shown["counts"]["Task"] == {"RTS": 1, "WFD": 2, "omitted": 2}
    assert shown["end"] == without[2] and shown["people"][0]["open_tasks"] == 2
    told = "F/SQ1/SH020/Comp\n  is not in the plan: F/SQ1/SH020 is omitted\n"
    assert done("why", "SH020/Comp").stdout == told
    assert done("why", "SH020").stdout.endswith("  is not in the plan: it is omitted\n")
    document = json.loads(done("why", "SH020/Comp", "--json").stdout)
    assert (document["start"], document["omitted"]) == (None, "F/SQ1/SH020")
    assert json.loads(done("why", "F/Grade", "--json").stdout)["omitted"] is None
    assert "it lies from" not in stalker("check", "--database", URL, cwd=imported).stdout
    # back, and nobody has to be assigned again
    assert cut(imported, "two.edl", "--apply").returncode == 0
    assert planned() == before
    # a production of which nothing is left still has what it had
    tags = "tags = [Tag.query.filter_by(name='omitted').first()]"
    code = f"{tags}\nfor each in Task.query.filter_by(parent=None): each.tags = tags"
    done("shell", "-c", f"{code}\nDBSession.commit()")
    shown = done("project", "show", "F").stdout.splitlines()
    assert shown[1:3] == [
        "No structure says what files are called", "Nothing to do: all of it is omitted.",
    ]  # fmt: skip
    assert shown[-1].split() == ["Tasks", "5", "5"]


def test_an_answer_for_programs(folder: Path) -> None:
    """One document with every shot once, before and after."""
    for applied in (False, True):
        run = cut(folder, "two.edl", "--json", *["--apply"] * applied)
        found = json.loads(run.stdout)
        assert (found["is_applied"], found["changes"], found["counts"]["new"]) == (applied, True, 2)
        assert found["sequence"] == {"name": "SQ1", "is_new": True}
        assert [each["code"] for each in found["new"]] == ["SH010", "SH020"]
    found = json.loads(cut(folder, "second.edl", "--json").stdout)
    (change,) = found["changed"]
    assert (change["kinds"], change["head"], change["tail"]) == (["longer"], 0, 12)
    assert (change["before"]["source_out"], change["after"]["source_out"]) == (86447, 86459)
    assert [each["status"] for each in found["omitted"]] == ["RTS"]
    assert json.loads(cut(folder, "two.edl", "--json").stdout)["changes"] is False


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("two.edl", "--project", "G"), "there is no project 'G'"),
        (("none.edl", "--project", "F"), "none.edl: there is no such file"),
        ((".", "--project", "F"), "it is a folder"),
        (("studio.db", "--project", "F"), "'.db' is not supported, only .edl, .fcpxml"),
        (("prose.edl", "--project", "F"), "prose.edl: it is not an EDL"),
        (("two.edl", "--project", "F", "--timeline", "B"), "it holds no timeline 'B', only 'Two"),
        (("two.edl", "--project", "F", "--fps", "7"), "timecode cannot be counted at 7 fps"),
        (("fast.edl", "--project", "F"), "that is the rate of F, --fps gives another"),
        (("two.edl", "--project", "F", "--sequence", "x" * 300), "at most 256 characters"),
        (("two.edl", "--project", "F", "--database", "sqlite:///no.db"), "no such database"),
    ],
)
def test_what_is_refused(folder: Path, arguments: tuple[str, ...], reason: str) -> None:
    """One line says what is wrong, and nothing is made."""
    (folder / "prose.edl").write_text("Dear editor,\n")
    (folder / "fast.edl").write_text(EDL.replace("03:12", "03:24"))
    before = contents(folder)
    run = stalker("import-cut", "--database", URL, *arguments, "--apply", "--json", cwd=folder)
    assert reason in refused(run)
    assert contents(folder) == before


@pytest.mark.parametrize(
    "arguments", [("two.edl",), ("two.edl", "--project", "F", "--handles", "-1"), ()]
)
def test_wrong_usage(folder: Path, arguments: tuple[str, ...]) -> None:
    """What is missing or out of range is said with how it is meant."""
    run = stalker("import-cut", "--database", URL, *arguments, cwd=folder)
    assert (run.returncode, run.stdout) == (2, "") and "Usage: stalker import-cut" in run.stderr


def test_shots_of_another_sequence(imported: Path) -> None:
    """A cut that was meant for another sequence makes no second one."""
    arguments = ("import-cut", "two.edl", "--project", "F", "--database", URL, "--apply")
    line = refused(stalker(*arguments, cwd=imported))
    assert "not in the sequence 'Two Shots': SH010 (SQ1), SH020 (SQ1); is it a revision" in line
    assert line.endswith("of 'SQ1'? --sequence says so")
    assert shots(imported) == FIRST


def test_a_closed_pipe(folder: Path) -> None:
    """Whoever reads only the first line gets no traceback, and what was asked for is done."""
    command = f"{sys.executable} -m stalker import-cut two.edl --project F --sequence SQ1 "
    command += f"--database {URL} --apply | true; exit ${{PIPESTATUS[0]}}"
    run = subprocess.run(
        ["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in run.stderr and run.returncode in (0, 141)
    assert shots(folder) == FIRST


@pytest.fixture
def writer(folder: Path) -> Iterator[sqlite3.Connection]:
    """Somebody who writes to the database, and has not finished."""
    with closing(sqlite3.connect(folder / "studio.db", isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="nobody tells what a process opens")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_nothing_half_done(
    folder: Path, writer: sqlite3.Connection, number: signal.Signals
) -> None:
    """Ctrl-C and `kill` while it waits, or works: the exit status that shells expect, no shot."""
    arguments = ["import-cut", "two.edl", "--project", "F", "--database", URL, "--apply"]
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=folder,
        stdout=-1,
        stderr=-1,
        text=True,
        # a shell lets what it runs in the background ignore Ctrl-C
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    database = str(folder / "studio.db")
    while database not in opened(process.pid):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(number)
    writer.execute("ROLLBACK")
    stdout, stderr = process.communicate()
    assert (process.returncode, stdout) == (128 + number, "")
    assert stderr.splitlines()[-1] == f"stalker: stopped by {number.name}"
    assert shots(folder) == []


def opened(process: int) -> set[str]:
    found = set()
    for each in Path(f"/proc/{process}/fd").iterdir():
        try:
            found.add(os.readlink(each))
        except FileNotFoundError:  # closed meanwhile
            continue
    return found


def test_several_at_once(empty_url: str, tmp_path: Path) -> None:
    """One of them imports, the others find that there is nothing to do; no shot is there twice."""
    with_projects(empty_url, tmp_path)
    arguments = ["import-cut", str(DATA / "otio" / "screening_example.otio"), "--project", "F"]
    processes = [
        subprocess.Popen(
            [*COMMAND, *arguments, "--database", empty_url, "--apply"],
            cwd=tmp_path,
            stdout=-1,
            stderr=-1,
            text=True,
        )
        for _ in range(3)
    ]
    ends = []
    for process in processes:
        stdout, stderr = process.communicate()
        assert process.returncode == 0, stderr
        ends.append(stdout.splitlines()[-1])
    assert sorted(ends) == ["Done.", "Nothing was to be changed.", "Nothing was to be changed."]
    engine = create_engine(empty_url)
    with engine.connect() as connection:
        counts = connection.execute(
            text('SELECT (SELECT count(*) FROM "Shots"), (SELECT count(*) FROM "Sequences")')
        ).one()
    engine.dispose()
    assert tuple(counts) == (9, 1)


def test_a_cut_is_exported(imported: Path) -> None:
    """What is written and imported again changes nothing, in each format."""
    for suffix in ("otio", "edl", "xml"):
        arguments = ("export-cut", f"out.{suffix}", "--project", "F", "--database", URL)
        run = stalker(*arguments, cwd=imported)
        assert (run.returncode, run.stdout) == (0, f"out.{suffix}: 2 clips\n"), run.stderr
        again = json.loads(cut(imported, f"out.{suffix}", "--json").stdout)
        assert again["changes"] is False and again["unchanged"] == ["SH010", "SH020"]
        assert "out." + suffix + ": it is there already; --force replaces it" in refused(
            stalker(*arguments, cwd=imported)
        )
        run = stalker(*arguments, "--force", "--sequence", "SQ1", "--json", cwd=imported)
        assert json.loads(run.stdout) == {
            "file": f"out.{suffix}", "project": "F", "sequence": "SQ1", "clips": 2
        }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("a.otio", "--project", "O"), "O has no sequence"),
        (
            ("a.otio", "--project", "F", "--sequence", "SQ2"),
            "no sequence 'SQ2': did you mean 'SQ1'",
        ),
        (("a.aaf", "--project", "F"), "ends with .otio, .edl, .xml"),
        (("no/a.otio", "--project", "F"), "a.otio: it cannot be written: No such"),
        (("a.otio", "--project", "x"), "there is no project 'x'"),
    ],
)
def test_what_is_not_exported(imported: Path, arguments: tuple[str, ...], reason: str) -> None:
    """One line says why, and no file is left."""
    before = set(contents(imported))
    run = stalker("export-cut", *arguments, "--database", URL, cwd=imported)
    assert reason in refused(run)
    assert set(contents(imported)) == before
