"""The command line through the real process: what it makes, what it says, and what it leaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import opentimelineio as otio
import pytest
from sqlalchemy import create_engine, func, inspect, select, text
from sqlalchemy.orm import Session

from stalker import Asset, Project, Shot, Task, User, Version
from stalker.editorial import meridian

EDL = """\
TITLE: Two Shots
FCM: NON-DROP FRAME

001  SH010    V     C        01:00:00:00 01:00:02:00 00:00:00:00 00:00:02:00
* FROM CLIP NAME: SH010
002  SH020    V     C        01:00:10:00 01:00:11:12 00:00:02:00 00:00:03:12
* FROM CLIP NAME: SH020
"""


def stalker(*arguments: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user does."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "stalker", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def contents(folder: Path) -> set[str]:
    """Return everything below *folder*."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def refused(run: subprocess.CompletedProcess[str]) -> str:
    """Return the one line that explains why a command did nothing."""
    assert run.returncode == 2, run
    assert run.stdout == ""
    (line,) = run.stderr.splitlines()
    assert line.startswith("stalker: ")
    return line


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a demo of Meridian, and what was printed."""
    folder = tmp_path_factory.mktemp("demo")
    run = stalker("demo", "--output", "out", "--all", cwd=folder)
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    return folder / "out", run.stdout


@pytest.fixture
def session(made: tuple[Path, str]) -> Iterator[Session]:
    """A session on the database of that demo."""
    engine = create_engine(f"sqlite:///{made[0]}/stalker.db")
    with Session(engine) as session:
        yield session
    engine.dispose()


def test_the_demo_has_a_shot_for_each_clip_with_its_exact_frames(session: Session) -> None:
    """Ranges and rate of the 83 shots are those that OpenTimelineIO reads in the same file."""
    timeline = otio.adapters.read_from_file(str(meridian()))
    clips = list(timeline.find_clips())
    shots = list(session.scalars(select(Shot).order_by(Shot.shot_id)))
    assert len(shots) == len(clips) == 83
    for shot, clip in zip(shots, clips, strict=True):
        used = clip.trimmed_range()
        assert shot.source_in == used.start_time.to_frames()
        assert shot.source_out == used.end_time_inclusive().to_frames()
        assert shot.cut_in <= shot.source_in and shot.source_out <= shot.cut_out
        assert shot.fps == pytest.approx(used.start_time.rate)
        assert [each.code for each in shot.sequences] == ["CUT"]


def test_the_demo_has_work_for_everybody(session: Session) -> None:
    """Five tasks for each shot and three for each asset; a dozen people share the work."""
    for shot in session.scalars(select(Shot).limit(3)):
        steps = {task.name: task for task in shot.children}
        assert list(steps) == ["Plate", "Matchmove", "Animation", "Lighting", "Comp"]
        assert [task.status.code for task in steps.values()] == ["RTS", *["WFD"] * 4]
        assert set(steps["Comp"].depends) == {steps["Plate"], steps["Lighting"]}
        assert all(len(task.resources) == 1 for task in steps.values())
        assert shot.status.code == "RTS"
    for asset in session.scalars(select(Asset)):
        assert [task.name for task in asset.children] == ["Model", "Rig", "Look"]
        assert asset.type.target_entity_type == "Asset"
    people = list(session.scalars(select(User).where(User.login != "admin")))
    assert len(people) >= 12
    assert all(user.departments and user.tasks for user in people)


def test_each_version_of_the_demo_is_a_file_where_it_says(
    made: tuple[Path, str], session: Session
) -> None:
    """Every published version has a real file under its path, and there are no other files."""
    folder, printed = made
    versions = list(session.scalars(select(Version)))
    assert len(versions) == 83 + session.scalar(select(func.count(Asset.asset_id)))  # type: ignore[operator]
    paths = {Path(version.absolute_full_path) for version in versions}
    assert paths == {path for path in (folder / "repository").rglob("*") if path.is_file()}
    assert all(version.is_published and version.version_number == 1 for version in versions)
    plate = next(path for path in paths if path.suffix == ".json")
    assert json.loads(plate.read_text())["fps"] == pytest.approx(59.94)
    for path in paths:
        assert path.relative_to(folder / "repository").as_posix() in printed


def test_the_demo_shows_what_it_made(made: tuple[Path, str], session: Session) -> None:
    """The output has each shot with its frames, a tree, the time, and a command that works."""
    folder, printed = made
    for shot in session.scalars(select(Shot)):
        row = [shot.code, str(shot.cut_in), str(shot.cut_out), str(shot.cut_duration), "RTS"]
        assert any(line.split()[:5] == row for line in printed.splitlines())
    assert "Made in" in printed
    command = printed[printed.index(sys.executable) :].strip()
    code = command[command.index("'") + 1 : -1]
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert str(folder / "repository") in run.stdout


def test_a_second_demo_is_refused_and_force_starts_afresh(tmp_path: Path) -> None:
    """A demo that is there stays as it is, unless --force is given; then it is made anew."""
    cut = tmp_path / "two.edl"
    cut.write_text(EDL)
    arguments = ("demo", "--cut", cut, "--output", "out")
    assert stalker(*arguments, cwd=tmp_path).returncode == 0
    before = (tmp_path / "out" / "stalker.db").stat().st_mtime_ns
    assert "--force" in refused(stalker(*arguments, cwd=tmp_path))
    assert (tmp_path / "out" / "stalker.db").stat().st_mtime_ns == before
    (tmp_path / "out" / "notes.txt").write_text("mine")
    assert stalker(*arguments, "--force", cwd=tmp_path).returncode == 0
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"
    engine = create_engine(f"sqlite:///{tmp_path}/out/stalker.db")
    with Session(engine) as session:
        assert session.scalar(select(func.count(Project.project_id))) == 1
        frames = session.execute(select(Shot.code, Shot.source_in, Shot.source_out)).all()
        assert [tuple(row) for row in frames] == [("SH010", 86400, 86447), ("SH020", 86640, 86675)]
    engine.dispose()


def test_a_folder_that_is_not_a_demo_is_left_alone(tmp_path: Path) -> None:
    """Not even --force touches a folder with files of somebody else."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "film.mov").write_text("years of work")
    for extra in ((), ("--force",)):
        assert "not made by the demo" in refused(
            stalker("demo", "--output", "out", *extra, cwd=tmp_path)
        )
    assert contents(tmp_path) == {"out", "out/film.mov"}


BROKEN = {
    "no-edl.edl": "once upon a time",
    "no-json.otio": '{"OTIO_SCHEMA": "Timeline.1", "tracks"',
    "no-xml.xml": "<xmeml><sequence>",
    "unknown.mov": "moov",
    "empty.edl": "",
}


@pytest.mark.parametrize("name", [*BROKEN, "missing.otio"])
def test_a_broken_cut_leaves_nothing(tmp_path: Path, name: str) -> None:
    """A cut that cannot be read is explained in one line, and nothing is made."""
    if name in BROKEN:
        (tmp_path / name).write_text(BROKEN[name])
    before = contents(tmp_path)
    line = refused(stalker("demo", "--cut", name, "--output", "a/b", cwd=tmp_path))
    assert name in line
    assert contents(tmp_path) == before


def test_a_failure_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    """If the database cannot be made, the folder goes again."""
    line = refused(
        stalker("demo", "--database", "sqlite:///no/such/place.db", "--output", "a/b", cwd=tmp_path)
    )
    assert "unable to open" in line
    assert contents(tmp_path) == set()


def test_a_demo_in_a_database_of_its_own(empty_url: str, tmp_path: Path) -> None:
    """The demo works on any database, refuses one with productions, and replaces only itself."""
    cut = tmp_path / "two.edl"
    cut.write_text(EDL)
    arguments = ("demo", "--cut", cut, "--database", empty_url, "--output")
    assert stalker(*arguments, "one", cwd=tmp_path).returncode == 0
    assert "holds a demo" in refused(stalker(*arguments, "two", cwd=tmp_path))
    assert stalker(*arguments, "one", "--force", cwd=tmp_path).returncode == 0
    engine = create_engine(empty_url)
    with Session(engine) as session:
        assert session.scalar(select(func.count(Project.project_id))) == 1
        assert session.scalar(select(func.count(Task.task_id))) == 1 + 2 * 6 + 4 * 4
        session.execute(text("UPDATE \"SimpleEntities\" SET generic_text = ''"))
        session.commit()
    for extra in ((), ("--force",)):
        line = refused(stalker(*arguments, "three", *extra, cwd=tmp_path))
        assert "holds productions" in line
    assert not (tmp_path / "three").exists()
    engine.dispose()


def test_init_prepares_a_database(empty_url: str, tmp_path: Path) -> None:
    """`stalker init` makes tables, administrator and statuses; running it again changes nothing."""
    for _ in range(2):
        run = stalker(
            "init", "--database", empty_url, cwd=tmp_path, STALKER_ADMIN_PASSWORD="s3cret"
        )
        assert run.returncode == 0, run.stderr
        assert "ready" in run.stdout and "s3cret" not in run.stdout + run.stderr
    engine = create_engine(empty_url)
    with Session(engine) as session:
        assert session.scalars(select(User)).one().check_password("s3cret")
    assert "Tasks" in inspect(engine).get_table_names()
    engine.dispose()


def test_init_needs_a_database_that_stays(tmp_path: Path) -> None:
    """A database in memory is refused: it would be gone at once."""
    run = stalker("init", cwd=tmp_path)
    assert run.returncode == 2
    assert "--database" in run.stderr


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://host/db", "postgresql+psycopg://127.0.0.1:1/none"]
)
def test_a_database_that_cannot_be_used_is_one_line(tmp_path: Path, url: str) -> None:
    """A wrong address, a wrong kind or a server that is away is explained without a traceback."""
    refused(stalker("init", "--database", url, cwd=tmp_path))
    refused(stalker("demo", "--database", url, "--output", "out", cwd=tmp_path))
    assert contents(tmp_path) == set()


def test_help_and_mistakes(tmp_path: Path) -> None:
    """`--help` names the verbs; an unknown one is a usage error."""
    run = stalker("--help", cwd=tmp_path)
    assert run.returncode == 0
    assert "demo" in run.stdout and "init" in run.stdout
    assert stalker("dem", cwd=tmp_path).returncode == 2


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    """Whoever reads only the first lines gets no traceback."""
    (tmp_path / "two.edl").write_text(EDL)
    command = f"{sys.executable} -m stalker demo --cut two.edl --output out | head -1"
    run = subprocess.run(
        command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in run.stderr
