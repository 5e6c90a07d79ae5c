"""The command line through the real process: what it makes, what it says, and what it leaves."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import opentimelineio as otio
import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.orm import Session

from stalker import Asset, Project, Shot, Status, Task, TimeLog, User, Version
from stalker.editorial import meridian
from stalker.services.demo.production import SHOT_STEPS
from stalker.workflow.derive import Code
from tests.acceptance.processes import EDL, refused, stalker


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a demo of Meridian, and what was printed."""
    folder = tmp_path_factory.mktemp("demo")
    run = stalker("demo", "--output", "out", "--all", cwd=folder, COLUMNS="200")
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
    """Five tasks for each shot and three for each asset, shared by people who all have some."""
    statuses = []
    for shot in session.scalars(select(Shot).order_by(Shot.shot_id)):
        steps = {task.name: task for task in shot.children}
        assert list(steps) == ["Plate", "Matchmove", "Animation", "Lighting", "Comp"]
        assert set(steps["Comp"].depends) == {steps["Plate"], steps["Lighting"]}
        assert all(len(task.resources) == 1 for task in steps.values())
        assert [each.name for each in steps["Comp"].responsible] == ["Noor Haddad"]
        statuses.append([shot.status.code, *(task.status.code for task in steps.values())])
    assert statuses[0] == ["CMPL", *["CMPL"] * 5]
    assert statuses[1] == ["WIP", "CMPL", "CMPL", "HREV", "DREV", "DREV"]
    assert statuses[-1] == ["RTS", "RTS", *["WFD"] * 4]
    assert {code for row in statuses for code in row} == set(Code)
    for asset in session.scalars(select(Asset)):
        assert [task.name for task in asset.children] == ["Model", "Rig", "Look"]
        assert asset.type.target_entity_type == "Asset"
    people = list(session.scalars(select(User).where(User.login != "admin")))
    assert people
    assert all(user.departments and (user.tasks or user.responsible_of) for user in people)


def test_the_work_of_the_demo_is_possible(session: Session) -> None:
    """Nobody works in the future, at weekends or on two things a day, or before what it depends on.

    What was approved has as much effort as was logged.
    """
    logs = list(session.scalars(select(TimeLog).order_by(TimeLog.resource_id, TimeLog.start)))
    assert len(logs) > 100
    for log in logs:
        assert log.end < datetime.now(UTC) and log.start.weekday() < 5
        assert log.resource in log.task.resources
        for other in log.task.depends:
            assert all(each.end <= log.start for each in other.time_logs)
    for one, other in pairwise(logs):
        assert one.resource is not other.resource or one.start.date() < other.start.date()
    for task in {log.task for log in logs if log.task.status == "CMPL"}:
        assert task.schedule_seconds == task.total_logged_seconds
        assert [review.status.code for review in task.reviews] == ["APP"]


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
    """The output has each shot with frames and statuses, a tree, a board, and a working command."""
    folder, printed = made
    people = session.scalar(select(func.count(User.user_id)).where(User.login != "admin"))
    assert f", {people} people\n" in printed
    for shot in session.scalars(select(Shot)):
        row = [shot.code, str(shot.cut_in), str(shot.cut_out), str(shot.cut_duration)]
        row += [task.status.code for task in shot.children]
        assert any(line.split() == row for line in printed.splitlines())
    found = Counter((task.status, task.name) for task in session.scalars(select(Task)))
    for status in session.scalars(select(Status).where(Status.code.in_(Code))):
        title = f"{status.code} ({status.name.lower()})"
        (line,) = [each for each in printed.splitlines() if each.startswith(title)]
        counts = [str(found[status, step]) for step in SHOT_STEPS if found[status, step]]
        assert line.removeprefix(title).split() == counts
    assert "Noor Haddad: The turn at the door comes too late." in printed
    assert "Made in" in printed
    command = printed[printed.index(sys.executable) :].strip()
    code = command[command.index("'") + 1 : -1]
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert str(folder / "repository") in run.stdout


def test_the_readme_shows_what_the_demo_prints(made: tuple[Path, str]) -> None:
    """Each line of the sample in the README is one of the output."""
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    sample = readme.partition("```text\n")[2].partition("```")[0]
    lines = sample.replace("/home/you/stalker/demo", str(made[0])).splitlines()
    printed = [line.rstrip() for line in made[1].splitlines()]
    assert 10 < len(lines) <= 20
    assert [line for line in lines if line not in (*printed, "…")] == []


def test_a_demo_in_a_database_of_its_own(empty_url: str, tmp_path: Path) -> None:
    """The demo works on any database that is empty, and replaces only itself."""
    (tmp_path / "two.edl").write_text(EDL)
    arguments = ("demo", "--cut", "two.edl", "--database", empty_url, "--output")
    made = json.loads(stalker(*arguments, "one", "--json", cwd=tmp_path).stdout)
    assert (made["project"]["name"], made["project"]["fps"]) == ("Two Shots", 24.0)
    assert (made["shots"], made["tasks"]) == (2, 1 + 2 * 6 + 4 * 4)
    assert Path(made["plan"]).is_file()
    assert "holds a demo" in refused(stalker(*arguments, "two", cwd=tmp_path))
    assert stalker(*arguments, "one", "--force", cwd=tmp_path).returncode == 0
    engine = create_engine(empty_url)
    with Session(engine) as session:
        assert session.scalar(select(func.count(Project.project_id))) == 1
        assert session.scalar(select(func.count(Task.task_id))) == 1 + 2 * 6 + 4 * 4
        shots = select(Shot.code, Shot.source_in, Shot.source_out).order_by(Shot.shot_id)
        frames = session.execute(shots).all()
        assert [tuple(row) for row in frames] == [("SH010", 86400, 86447), ("SH020", 86640, 86675)]
        session.execute(text("UPDATE \"SimpleEntities\" SET generic_text = ''"))
        session.commit()
    engine.dispose()
    line = refused(stalker(*arguments, "three", "--force", cwd=tmp_path))
    assert "holds other productions" in line
    assert not (tmp_path / "three").exists()


def test_an_initialised_database_is_a_studio(empty_url: str, tmp_path: Path) -> None:
    """Not even an administrator alone may be lost to a later --force."""
    assert stalker("init", "--database", empty_url, cwd=tmp_path).returncode == 0
    run = stalker("demo", "--database", empty_url, "--output", "out", cwd=tmp_path)
    assert "is not empty" in refused(run)
    assert not (tmp_path / "out").exists()


LONG = "SH010_INTERIOR_LIGHTHOUSE_NIGHT"


@pytest.mark.parametrize(
    ("width", "encoding", "name"),
    [("80", "utf-8", LONG), ("60", "utf-8", "SH010"), ("60", "ascii", LONG)],
)
def test_a_narrow_terminal_cuts_nothing(
    tmp_path: Path, width: str, encoding: str, name: str
) -> None:
    """Codes and frames are complete at each width and encoding, and so is the path of the database.

    What RTS and WFD mean is said once.
    """
    (tmp_path / "two.edl").write_text(EDL.replace("NAME: SH010", f"NAME: {name}"))
    arguments = ("demo", "--cut", "two.edl", "--output", "out", "--database", "sqlite:///my.db")
    run = stalker(*arguments, cwd=tmp_path, COLUMNS=width, PYTHONIOENCODING=encoding)
    assert run.returncode == 0, run.stderr
    lines = run.stdout.splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith("Shot "))
    rows = [line.split()[:4] for line in lines[begin + 1 : begin + 3]]
    assert rows == [[name, "86400", "86447", "48"], ["SH020", "86640", "86675", "36"]]
    assert all(len(line) <= int(width) for line in lines[: begin + 3])
    words = " ".join(run.stdout.split())
    assert words.count("RTS (ready to start)") == words.count("WFD (waiting for dependency)") == 1
    assert f"sqlite:///{tmp_path}/my.db" in run.stdout


def test_help_and_mistakes(tmp_path: Path) -> None:
    """`--help` names the verbs; an unknown one is a usage error with the nearest one."""
    run = stalker("--help", cwd=tmp_path)
    assert run.returncode == 0
    assert "Build a small production from a film cut, and show it." in run.stdout
    assert "Create the tables and the first entries." in run.stdout
    run = stalker("shedule", cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.endswith("there is no verb 'shedule': did you mean 'schedule'?\n")


#: how each shell asks for what begins with "stalker s", and how it reads the verb `schedule`
SHELLS = {
    "bash": ("complete -o nosort -F", "stalker s", "1", "plain,schedule\n"),
    "zsh": ("#compdef stalker", "stalker s", "1", "plain\nschedule\nPlan the studio, and store"),
    "fish": ("complete --no-files --command stalker", "stalker s", "s", "plain,schedule\tPlan the"),
}


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_completes_verbs(shell: str, tmp_path: Path) -> None:
    """What a shell reads asks with the variable that the program answers to: verbs, with help."""
    begins, words, word, expected = SHELLS[shell]
    script = stalker("completion", shell, cwd=tmp_path)
    assert (script.returncode, script.stderr) == (0, "") and begins in script.stdout
    assert f"_STALKER_COMPLETE={shell}_complete" in script.stdout
    asked = {"_STALKER_COMPLETE": f"{shell}_complete", "COMP_WORDS": words, "COMP_CWORD": word}
    run = stalker(cwd=tmp_path, **asked)
    assert (run.returncode, run.stderr) == (0, "") and expected in run.stdout
    assert "studio" in run.stdout and "gantt" not in run.stdout
    interpreter = shutil.which(shell)
    if interpreter is not None:  # it takes the script
        run = subprocess.run([interpreter, "-n"], input=script.stdout, capture_output=True,
                             text=True, check=False)  # fmt: skip
        assert (run.returncode, run.stderr) == (0, "")


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    """Whoever reads only the first lines gets no traceback."""
    (tmp_path / "two.edl").write_text(EDL)
    command = f"{sys.executable} -m stalker demo --cut two.edl --output out | head -1"
    run = subprocess.run(
        command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in run.stderr
