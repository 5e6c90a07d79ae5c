"""TaskJuggler as a process: what it is given, what it may cost, and what is left of it (21 §8)."""

from __future__ import annotations

import errno
import json
import os
import signal
import stat
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from stalker.exceptions import SchedulingError
from stalker.scheduling import Artist, Planned, Problem, Task, same_week, tjp
from stalker.scheduling.tjp import runner

PLAN = Problem(
    start=datetime(2026, 3, 2, tzinfo=UTC),
    end=datetime(2026, 4, 2, tzinfo=UTC),
    resolution=timedelta(hours=1),
    week=same_week([(540, 1080)]),
    tasks=(Task("Task_1", label="Lighting"),),
    artists=(Artist("User_2", label="Ada"),),
)
MOMENT = datetime(2026, 3, 2, tzinfo=UTC)
REPORT = (
    '"Id";"Start";"End";"Resources"\n'
    '"Task_1";"2026-03-02-00:00";"2026-03-02-00:00";"User_2 (User_2)"\n'
)


@pytest.fixture
def tj3(tmp_path: Path) -> Callable[..., str]:
    """Return a maker of programs that behave like tj3, or not quite."""

    def make(body: str, report: str | None = REPORT) -> str:
        path = tmp_path / "tj3"
        lines = ["import json, os, signal, sys, time", "from pathlib import Path"]
        if report is not None:
            lines.append(f"Path(sys.argv[-1], 'plan.csv').write_bytes({report.encode()!r})")
        path.write_text("\n".join([f"#!{sys.executable} -S", *lines, body, ""]))
        path.chmod(0o755)
        return str(path)

    return make


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The folder for temporary files; nothing may be left in it."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


def failure(command: str, **how: Any) -> SchedulingError:
    with pytest.raises(SchedulingError) as caught:
        tjp.schedule(PLAN, command=command, **how)
    assert isinstance(caught.value, RuntimeError)
    return caught.value


def is_running(process_id: int) -> bool:
    """Say whether a process does anything; a dead one that nobody waits for does not."""
    try:
        os.kill(process_id, 0)
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"


def test_what_it_is_started_with(
    tj3: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Arguments as a list, a private folder, a small environment in UTC, no input, own group."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("PGPASSWORD", "secret")
    monkeypatch.setenv("RUBYOPT", "-rsomething")
    found = tmp_path / "found.json"
    command = tj3(
        "stat = os.stat('.')\n"
        "facts = dict(arguments=sys.argv[1:], cwd=os.getcwd(),\n"
        "             mode=stat.st_mode, uid=stat.st_uid,\n"
        "             environment=dict(os.environ), input=sys.stdin.read(),\n"
        "             leads=os.getpgid(0) == os.getpid(), files=os.listdir('.'))\n"
        f"Path({str(found)!r}).write_text(json.dumps(facts))"
    )
    result = tjp.schedule(PLAN, command=command)
    assert result.tasks == {"Task_1": Planned(MOMENT, MOMENT, ("User_2",))}
    facts = json.loads(found.read_text())
    folder = facts["cwd"]
    assert facts["arguments"] == [
        "--silent", "--no-color", f"{folder}/plan.tjp", "-o", folder,
    ]  # fmt: skip
    assert stat.S_IMODE(facts["mode"]) == 0o700 and facts["uid"] == os.getuid()
    environment = facts["environment"]
    assert environment["TZ"] == "UTC" and environment["LC_ALL"] == "C.UTF-8"
    assert environment["TMPDIR"] == folder
    assert not {"PGPASSWORD", "RUBYOPT"} & set(environment)
    assert facts["input"] == "" and facts["leads"]
    assert sorted(facts["files"]) == ["plan.csv", "plan.tjp"]


def test_a_command_is_looked_up(
    tj3: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name is looked for on the PATH, a path is taken as it is, blanks and all."""
    command = Path(tj3(""))
    monkeypatch.setenv("PATH", str(command.parent), prepend=os.pathsep)
    assert tjp.schedule(PLAN, command="tj3").tasks
    odd = tmp_path / "with blanks; and $more"
    command.rename(odd)
    assert tjp.schedule(PLAN, command=str(odd)).tasks


@pytest.mark.parametrize("kind", ["absent", "not executable", "no program", "a folder"])
def test_without_taskjuggler(kind: str, tmp_path: Path) -> None:
    """What is missing, or cannot be run, is named."""
    path = tmp_path / "tj3"
    if kind == "a folder":
        path.mkdir()
    elif kind != "absent":
        path.write_text("#!/no/such/interpreter\n")
        path.chmod(0o755 if kind == "no program" else 0o644)
    error = failure(str(path))
    assert error.id == "tj3_missing" and str(path) in str(error)


def test_a_run_that_hangs(tj3: Callable[..., str], tmp_path: Path) -> None:
    """After the time-out the whole group is gone, children that refuse to go included."""
    pids = tmp_path / "pids"
    command = tj3(
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = os.fork()\n"
        f"if child: Path({str(pids)!r}).write_text(f'{{os.getpid()}} {{child}}')\n"
        "time.sleep(600)"
    )
    started = time.monotonic()
    error = failure(command, timeout=1)
    assert error.id == "tj3_timeout" and "1 seconds" in str(error)
    assert time.monotonic() - started < 60
    assert not any(is_running(int(number)) for number in pids.read_text().split())


def test_a_child_left_behind(tj3: Callable[..., str], tmp_path: Path) -> None:
    """A child that outlives tj3 and holds its outputs is ended; the plan counts."""
    pid = tmp_path / "pid"
    command = tj3(
        f"if not os.fork():\n    Path({str(pid)!r}).write_text(str(os.getpid()))\n"
        "    time.sleep(600)\n"
        f"while not Path({str(pid)!r}).exists(): time.sleep(0.01)"
    )
    assert tjp.schedule(PLAN, command=command).tasks
    assert not is_running(int(pid.read_text()))


@pytest.mark.parametrize("way", ["event", "callable"])
def test_a_run_that_is_not_wanted_any_more(way: str, tj3: Callable[..., str]) -> None:
    """Another thread can end it, by an event or by the answer to a question."""
    event = threading.Event()
    threading.Timer(0.5, event.set).start()
    cancelled = event if way == "event" else event.is_set
    error = failure(tj3("time.sleep(600)"), cancelled=cancelled)
    assert error.id == "tj3_cancelled"


def test_a_caller_that_is_interrupted(tj3: Callable[..., str], tmp_path: Path) -> None:
    """Whatever comes out of the question, no process is left."""
    pid = tmp_path / "pid"
    command = tj3(f"Path({str(pid)!r}).write_text(str(os.getpid()))\ntime.sleep(600)")

    def interrupt() -> bool:
        if pid.exists() and pid.read_text():
            raise KeyboardInterrupt
        return False

    with pytest.raises(KeyboardInterrupt):
        tjp.schedule(PLAN, command=command, cancelled=interrupt)
    assert not is_running(int(pid.read_text()))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_a_run_that_dies(number: signal.Signals, tj3: Callable[..., str]) -> None:
    """The signal is named, what was said before is kept, and no plan is taken."""
    command = tj3(f"print('Killing', file=sys.stderr, flush=True); os.kill(0, {int(number)})")
    error = failure(command)
    assert error.id == "tj3_signal" and number.name in str(error)
    assert isinstance(error, tjp.RunError)
    assert error.output == "Killing" and error.status == -number


FAILURES = [
    (
        "plan.tjp:20: Error: Task Task_1 cannot depend on self\n",
        ("task_depend_self", "Task_1", "Task 'Lighting' cannot depend on self"),
    ),
    (
        "plan.tjp:1: Warning: 6.0d of effort of task Task_1 does not fit into the project time "
        "frame. \nWarning: 1 tasks could not be scheduled\n"
        "plan.tjp:1: Error: Some tasks did not fit into the project time frame.\n",
        ("sched_runaway", "Task_1", "6.0d of effort of task 'Lighting' does not fit"),
    ),
    (
        "plan.tjp:1: Error: Resource User_2 has no duty at 2026-03-02-05:00-+0000.\n",
        ("booking_no_duty", "User_2", "Resource 'Ada' has no duty"),
    ),
    ("plan.tjp:2: Error: Something new about it\n", ("tj3_error", "", "Something new about it")),
    ("Fatal Error: stack level too deep\n", ("tj3_overflow", "", "stack level too deep")),
    ("ruby: No such file\n", ("tj3_failed", "", "ruby: No such file")),
    ("\xff\x00 not text\n", ("tj3_failed", "", "not text")),
    ("", ("tj3_failed", "", "status 3")),
]


@pytest.mark.parametrize(("said", "expected"), FAILURES)
def test_a_run_that_fails(
    said: str, expected: tuple[str, str, str], tj3: Callable[..., str]
) -> None:
    """21 §8: what it says about the plan gets a name, the task, and its label; else the text."""
    command = tj3(f"sys.stderr.buffer.write({said.encode('latin-1')!r}); sys.exit(3)")
    error = failure(command)
    rule, entity, text = expected
    assert (error.id, error.entity) == (rule, entity) and text in str(error)
    if isinstance(error, tjp.RunError):
        assert error.status == 3
    else:
        assert error.faults[0].id == rule


def test_warnings_belong_to_the_plan(tj3: Callable[..., str]) -> None:
    """A warning is a notice with its rule, task and date; what has no name is left out."""
    said = (
        "plan.tjp:2: Warning: The end time (2026-03-31-10:00-+0000) of task Task_1 is too late. "
        "Must be before 2026-03-29-10:00-+0000.\nWarning: Something else\n"
        "plan.tjp:2: Warning: Persistence broken for Task Task_1 - resource User_2 is gone\n"
    )
    late, gone = tjp.schedule(PLAN, command=tj3(f"sys.stderr.write({said!r})")).warnings
    assert (late.id, late.task) == ("maxend", "Task_1")
    assert late.moment == datetime(2026, 3, 31, 10, tzinfo=UTC) and "'Lighting'" in late.text
    assert (gone.id, gone.task, gone.artist) == ("broken_persistence", "Task_1", "User_2")


def test_talk_is_heard_and_bounded(
    tj3: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lines are passed on as they come; of a flood the beginning and the end are kept."""
    monkeypatch.setattr(runner, "OUTPUT_LIMIT", 1_000)
    heard: list[str] = []
    command = tj3(
        "print('x' * 100_000)\n"
        "for number in range(5_000): print('noise', number, file=sys.stderr)\n"
        "print('Error: No tasks defined', file=sys.stderr)\nsys.exit(1)"
    )
    error = failure(command, on_line=heard.append)
    assert error.id == "no_tasks"
    assert len(heard) == 5_001 and heard[0] == "noise 0"

    def fail(line: str) -> None:
        raise LookupError(line)

    with pytest.raises(LookupError, match="noise 0"):
        tjp.schedule(PLAN, command=command, on_line=fail)


BROKEN = {
    "nothing": "",
    "no table": "<html>\n",
    "another heading": REPORT.replace("Start", "Begin"),
    "heading only": REPORT.splitlines()[0] + "\n",
    "a cut line": REPORT[:-1],
    "a cut cell": REPORT[:-4] + "\n",
    "a cell less": REPORT.replace(';"User_2 (User_2)"', ""),
    "unknown task": REPORT + REPORT.splitlines()[1].replace("Task_1", "Task_2") + "\n",
    "a task twice": REPORT + REPORT.splitlines()[1] + "\n",
    "no date": REPORT.replace('"2026-03-02-00:00";"U', '"";"U'),
    "an impossible date": REPORT.replace('"2026-03-02-00:00";"U', '"2026-02-30-00:00";"U'),
    "another kind of date": REPORT.replace('"2026-03-02-00:00";"U', '"2026-3-2-0:0";"U'),
    "end before start": REPORT.replace('"2026-03-02-00:00";"U', '"2026-03-01-00:00";"U'),
    "unknown artist": REPORT.replace("(User_2)", "(User_3)"),
    "an artist twice": REPORT.replace("(User_2)", "(User_2), User_2 (User_2)"),
    "no id of an artist": REPORT.replace(" (User_2)", ""),
    "more than ids": REPORT.replace("(User_2)", "(User_2); drop"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_report(kind: str, tj3: Callable[..., str]) -> None:
    """Nothing is taken from a report of which anything is wrong."""
    assert BROKEN[kind] != REPORT
    assert failure(tj3("", BROKEN[kind])).id == "report_broken"


def test_a_missing_report(tj3: Callable[..., str]) -> None:
    """Success without a report is none."""
    assert failure(tj3("", None)).id == "report_missing"


def test_reports_without_artists(tj3: Callable[..., str]) -> None:
    """21 §9: the column may be missing; the report may have the tasks in any order."""
    problem = replace(PLAN, tasks=(Task("Task_2"), Task("Task_10", "Task_2")))
    report = (
        '"Id";"Start";"End"\n'
        '"Task_2.Task_10";"2026-03-02-09:30";"2026-03-03-00:00"\n'
        '"Task_2";"2026-03-02-00:00";"2026-03-03-00:00"\n'
    )
    found = tjp.read(report, problem)
    assert list(found) == ["Task_2", "Task_10"]
    assert found["Task_10"].start == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert found["Task_10"].artists == ()


def test_a_full_disk(
    tj3: Callable[..., str], monkeypatch: pytest.MonkeyPatch, temporary: Path
) -> None:
    """No room for the project file, or for the folder, is an error that says so."""
    command = tj3("")
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(temporary))

    def write(self: Path, *_: Any, **__: Any) -> int:
        self.touch()
        raise full

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", write)
        error = failure(command)
    assert error.id == "temporary_folder" and "No space left" in str(error)
    assert error.__cause__ is full
    absent = temporary / "absent"
    error = failure(command, within=absent)
    assert error.id == "temporary_folder" and str(absent) in str(error)


def test_files_can_be_kept(tj3: Callable[..., str], tmp_path: Path) -> None:
    """For a search for errors the folder stays, where it was asked for."""
    kept = tmp_path / "kept"
    kept.mkdir()
    error = failure(tj3("sys.exit(1)"), within=kept, keep=True)
    assert error.id == "tj3_failed"
    (folder,) = kept.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sorted(path.name for path in folder.iterdir()) == ["plan.csv", "plan.tjp"]


def test_what_is_wrong_needs_no_run() -> None:
    """21 §7.7: faults of the problem are all named, by id and label, before anything is started."""
    tasks = (
        Task("Task_1", priority=1001, label="Lighting"),
        Task("Task_2", start=MOMENT - timedelta(days=1)),
    )
    problem = replace(PLAN, tasks=tasks)
    with pytest.raises(SchedulingError) as caught:
        tjp.schedule(problem, command="/no/such/command")
    assert [(fault.id, fault.entity) for fault in caught.value.faults] == [
        ("priority", "Task_1"),
        ("date_in_range", "Task_2"),
    ]
    assert "Lighting" in str(caught.value)
