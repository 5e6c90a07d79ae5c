"""`stalker schedule`, `gantt` and `why` through the real process, on the demo's database."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.acceptance.processes import COMMAND, refused, stalker
from tests.scheduling.tj3 import needs_tj3


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo of Meridian."""
    folder = tmp_path_factory.mktemp("planning")
    run = stalker("demo", "--output", "out", cwd=folder, COLUMNS="200")
    assert run.returncode == 0, run.stderr
    assert "Planned until" in run.stdout and str(folder / "out" / "plan.html") in run.stdout
    return folder / "out"


@pytest.fixture
def copy(demo: Path, tmp_path: Path) -> Path:
    """A folder with a copy of the database."""
    shutil.copyfile(demo / "stalker.db", tmp_path / "studio.db")
    return tmp_path


URL = "sqlite:///studio.db"


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "studio.db")) as connection:
        return connection.execute(query).fetchall()


PLANNED = """
SELECT t.id, t.start, t."end", t.computed_start, group_concat(r.resource_id)
FROM "Tasks" t LEFT JOIN "Task_Computed_Resources" r ON r.task_id = t.id
GROUP BY t.id ORDER BY t.id
"""


def test_the_demo_is_planned(demo: Path, copy: Path) -> None:
    """Every task of the demo has dates and people of the plan, and the page shows each one once."""
    found = rows(copy, PLANNED)
    assert len(found) == 515
    # leaves that are finished, or were given up, stay where they were
    leaves = """
    SELECT count(*), sum(t.computed_start IS NOT NULL) FROM "Tasks" t
    JOIN "Statuses" s ON s.id = t.status_id AND (s.code IN ('CMPL', 'STOP')) = ?
    WHERE t.id NOT IN (SELECT parent_id FROM "Tasks" WHERE parent_id IS NOT NULL)
    """
    assert rows(copy, leaves.replace("?", "1")) == [(60, 0)]
    assert rows(copy, leaves.replace("?", "0")) == [(367, 367)]
    page = (demo / "plan.html").read_text("utf-8")
    HTMLParser().feed(page)
    assert all(f">C{number:03}<" in page for number in range(1, 80))
    assert "://" not in page.replace("http://www.w3.org/", "")
    # neither the administrator nor the supervisor, who answers for the work and does none
    assert rows(copy, 'SELECT count(*) FROM "Users"') == [(16,)]
    assert rows(copy, 'SELECT count(DISTINCT resource_id) FROM "Task_Resources"') == [(14,)]
    # as many as `demo`, `schedule` and `gantt` count, 60 + 367 of them work
    assert "<dt>Tasks</dt><dd>515: 427 with work, 88 groups</dd>" in page
    assert "<dt>Artists</dt><dd>14</dd>" in page and ">admin<" not in page


def test_planning_stores_and_tells(copy: Path) -> None:
    """The dates are stored with who planned, the projects are shown, and nothing is left locked."""
    before = rows(copy, PLANNED)
    with closing(sqlite3.connect(copy / "studio.db")) as connection, connection:
        connection.execute('UPDATE "Tasks" SET priority = 900 WHERE id % 7 = 0')
    run = stalker("schedule", "--database", URL, "--user", "admin", cwd=copy, COLUMNS="200")
    assert (run.returncode, run.stderr) == (0, "")
    assert "Meridian" in run.stdout and "515" in run.stdout
    assert rows(copy, PLANNED) != before
    ((is_scheduling, succeeded, user),) = rows(
        copy, 'SELECT is_scheduling, last_schedule_succeeded, last_scheduled_by_id FROM "Studios"'
    )
    assert (is_scheduling, succeeded) == (0, 1) and user is not None


def test_work_that_nobody_does(copy: Path) -> None:
    """Plan and chart have no time for it, which is said with the verb that gives it away."""
    with closing(sqlite3.connect(copy / "studio.db")) as connection, connection:
        tasks = "SELECT id FROM \"SimpleEntities\" WHERE name = 'Comp' ORDER BY id DESC LIMIT 3"
        connection.execute(f'DELETE FROM "Task_Resources" WHERE task_id IN ({tasks})')
    run = stalker("schedule", "--database", URL, cwd=copy)
    assert run.returncode == 0
    assert "nobody is assigned to Meridian/Cut/C080/Comp and 2 more: " in run.stderr
    for more in ((), ("--stored",)):
        assert stalker("gantt", "--database", URL, *more, cwd=copy).stderr == run.stderr
    warned = json.loads(stalker("gantt", "--database", URL, "--json", cwd=copy).stdout)["warnings"]
    assert run.stderr.splitlines() == [f"note: {each}" for each in warned]
    run = stalker("why", "--database", URL, "C081/Comp", cwd=copy)
    assert run.stdout.splitlines()[2].endswith("it takes no time")
    assert "stalker task assign Meridian/Cut/C081/Comp --for LOGIN" in run.stderr
    # a place for work is none: it is not among those above either
    stalker("task", "add", "Meridian/Cut/NEW", "--kind", "shot", "--database", URL, cwd=copy)
    run = stalker("why", "--database", URL, "Meridian/Cut/NEW", cwd=copy)
    assert (run.returncode, run.stderr) == (0, "") and "it takes no time" in run.stdout


@needs_tj3
def test_both_engines_store_the_same(copy: Path) -> None:
    """TaskJuggler makes the same plan of the whole demo: dates and people of 515 tasks."""
    plans = []
    for engine in ("native", "taskjuggler"):
        run = stalker("schedule", "--database", URL, "--engine", engine, cwd=copy)
        assert run.returncode == 0, run.stderr
        plans.append(
            [(*row[:4], sorted(str(row[4] or "").split(","))) for row in rows(copy, PLANNED)]
        )
    assert plans[0] == plans[1]


def test_a_plan_that_does_not_fit(copy: Path) -> None:
    """What is in the way is said by name; the dates stay, and the studio keeps the message."""
    before = rows(copy, PLANNED)
    with closing(sqlite3.connect(copy / "studio.db")) as connection, connection:
        connection.execute(
            'UPDATE "Tasks" SET schedule_timing = 900 WHERE id IN '
            "(SELECT id FROM \"SimpleEntities\" WHERE name = 'Comp' ORDER BY id DESC LIMIT 1)"
        )
    run = stalker("schedule", "--database", URL, cwd=copy)
    line = refused(run)
    assert "/Comp' does not fit into the plan" in line and "stalker studio --end DATE" in line
    assert rows(copy, PLANNED) == before
    ((message, flag),) = rows(copy, 'SELECT last_schedule_message, is_scheduling FROM "Studios"')
    assert "does not fit" in str(message) and flag == 0
    run = stalker("gantt", "--database", URL, "--output", "all.html", cwd=copy)
    assert run.returncode == 1 and "does not fit" in run.stderr
    assert "does not fit" in (copy / "all.html").read_text("utf-8")
    run = stalker("gantt", "--database", URL, "--json", cwd=copy)
    fault, *_ = json.loads(run.stdout)["faults"]
    assert (run.returncode, fault["rule"]) == (1, "sched_runaway")
    assert fault["text"] in run.stderr
    run = stalker("why", "--database", URL, fault["task"], "--json", cwd=copy)
    assert run.returncode == 1 and json.loads(run.stdout)["reasons"]["end"]["cause"] == "no room"


def test_much_that_does_not_fit(copy: Path) -> None:
    """People are told of ten, and of how many more; programs of all."""
    with closing(sqlite3.connect(copy / "studio.db")) as connection, connection:
        connection.execute(
            'UPDATE "Tasks" SET schedule_timing = 900 WHERE id IN '
            "(SELECT id FROM \"SimpleEntities\" WHERE name = 'Comp')"
        )
    run = stalker("gantt", "--database", URL, "--json", cwd=copy)
    told = len(json.loads(run.stdout)["faults"])
    assert told > 10 and run.stderr.count("does not fit") == 10
    assert f"note: {told - 10} more like these: --json tells all\n" in run.stderr


def test_somebody_else_is_planning(copy: Path) -> None:
    """A second one is refused, with who it is and since when."""
    with closing(sqlite3.connect(copy / "studio.db")) as connection, connection:
        connection.execute(
            'UPDATE "Studios" SET is_scheduling = 1, scheduling_started_at = '
            "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'"
        )
    line = refused(stalker("schedule", "--database", URL, cwd=copy))
    assert "Demo is being planned by somebody, since " in line


def test_a_chart_of_one_project(copy: Path) -> None:
    """The page is written where it was wanted, and nothing is stored."""
    before = rows(copy, PLANNED)
    run = stalker(
        "gantt", "--database", URL, "--project", "Meridian", "--output", "chart.html", cwd=copy
    )
    assert (run.returncode, run.stdout) == (0, "chart.html: 515 tasks\n"), run.stderr
    assert "<h1>Meridian" in (copy / "chart.html").read_text("utf-8")
    assert rows(copy, PLANNED) == before


def test_a_chart_of_what_is_stored(copy: Path) -> None:
    """Dates and people are those of the database, not those that a planner would choose now."""
    with closing(sqlite3.connect(copy / "studio.db")) as connection, connection:
        connection.execute("UPDATE \"Tasks\" SET schedule_timing = 90000, schedule_unit = 'h'")
    arguments = ("gantt", "--database", URL, "--project", "Meridian", "--output", "chart.html")
    assert stalker(*arguments, cwd=copy).returncode == 1
    run = stalker(*arguments, "--stored", cwd=copy)
    assert (run.returncode, run.stdout, run.stderr) == (0, "chart.html: 515 tasks\n", "")
    page = (copy / "chart.html").read_text("utf-8")
    ((end,),) = rows(copy, 'SELECT "end" FROM "Projects"')
    assert f" to {datetime.fromisoformat(str(end)):%a %d %b %Y %H:%M}</title>" in page


#: with little room on the disk, and new files that the group may read
CRAMPED = """
import os, resource, sys
os.umask(0o027)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
from stalker.cli.main import main
main()
"""


def test_a_chart_is_whole_or_stays_as_it_was(copy: Path) -> None:
    """A full disk leaves the old page alone; a link and permissions stay; a pipe gets the page."""

    def draw(output: str, room: int = 1 << 30) -> subprocess.CompletedProcess[str]:
        arguments = [*VERBS["gantt"], "--output", output]
        return subprocess.run(
            [sys.executable, "-c", CRAMPED, str(room), *arguments],
            cwd=copy, capture_output=True, text=True, check=False,
        )  # fmt: skip

    page = copy / "pages" / "plan.html"
    page.parent.mkdir()
    (copy / "plan.html").symlink_to(page)
    assert draw("plan.html").returncode == 0
    assert (copy / "plan.html").is_symlink() and page.stat().st_mode & 0o777 == 0o640
    page.write_text("an old page")
    page.chmod(0o604)
    assert refused(draw("plan.html", 100_000)) == "stalker: plan.html: File too large"
    assert page.read_text() == "an old page" and os.listdir(page.parent) == ["plan.html"]
    assert draw("plan.html").returncode == 0
    assert "Meridian" in page.read_text("utf-8") and page.stat().st_mode & 0o777 == 0o604
    assert os.listdir(page.parent) == ["plan.html"]
    run = draw("/dev/stdout")
    assert run.returncode == 0 and run.stdout.startswith("<!DOCTYPE html>")


def test_why_a_task_lies_there(copy: Path) -> None:
    """The reasons of start and end, and what decides the end, for a task by its path or its id."""
    run = stalker("why", "--database", URL, "C040/Comp", cwd=copy)
    assert run.returncode == 0, run.stderr
    first, starts, *rest = run.stdout.splitlines()
    assert first == "Meridian/Cut/C040/Comp"
    assert starts.startswith("  starts 20") and ": " in starts
    assert any(line.startswith("  ends   20") for line in rest)
    assert rest[-1] == "    C040/Comp"
    ((number,),) = rows(
        copy, "SELECT id FROM \"SimpleEntities\" WHERE name = 'C040' AND entity_type = 'Shot'"
    )
    run = stalker("why", "--database", URL, number, cwd=copy)
    assert run.stdout.splitlines()[0] == "Meridian/Cut/C040"
    run = stalker("why", "--database", URL, "Meridian", cwd=copy)
    assert run.stdout.splitlines()[0] == "Meridian"


def test_why_another_plan_is_stored(copy: Path) -> None:
    """One line, or one key, says where the database has a task, until this plan is stored."""
    number = "SELECT id FROM \"SimpleEntities\" WHERE name = '{}' ORDER BY id DESC LIMIT 1"
    with closing(sqlite3.connect(copy / "studio.db")) as connection, connection:
        connection.execute(
            'UPDATE "Tasks" SET "end" = datetime("end", \'+2 hours\') || \'.000000\' '
            f"WHERE id = ({number.format('Comp')})"
        )
    ((task, start, end),) = rows(
        copy, f'SELECT id, start, "end" FROM "Tasks" WHERE id = ({number.format("Comp")})'
    )
    why = ("why", "--database", URL, str(task))
    run = stalker(*why, cwd=copy)
    line = f"  stored from {str(start)[:16]} to {str(end)[:16]}; stalker schedule stores this plan"
    assert [each for each in run.stdout.splitlines() if each.startswith("  stored")] == [
        f"{line} instead"
    ]
    stored = json.loads(stalker(*why, "--json", cwd=copy).stdout)["stored"]
    assert [datetime.fromisoformat(each).replace(tzinfo=None) for each in stored.values()] == [
        datetime.fromisoformat(str(each)) for each in (start, end)
    ]
    assert stalker("schedule", "--database", URL, cwd=copy).returncode == 0
    assert "stored" not in stalker(*why, cwd=copy).stdout
    # what is finished stays where it is, and needs no plan
    finished = """
    SELECT t.id FROM "Tasks" t JOIN "Statuses" s ON s.id = t.status_id AND s.code = 'CMPL'
    WHERE t.id NOT IN (SELECT parent_id FROM "Tasks" WHERE parent_id IS NOT NULL) LIMIT 1
    """
    ((done,),) = rows(copy, finished)
    run = stalker("why", "--database", URL, str(done), "--json", cwd=copy)
    assert json.loads(run.stdout)["stored"] is None
    assert run.stderr == "note: it is completed, and keeps its dates\n"


def test_answers_for_programs(copy: Path) -> None:
    """With --json each verb prints one document with the same keys, and it agrees with the plan."""
    run = stalker("schedule", "--database", URL, "--json", cwd=copy)
    assert run.returncode == 0, run.stderr
    answer = json.loads(run.stdout)
    assert answer.keys() == {"engine", "projects", "warnings"}
    assert (answer["engine"], answer["warnings"]) == ("native", [])
    (project,) = answer["projects"]
    assert (project["code"], project["name"], project["tasks"]) == ("Meridian", "Meridian", 515)
    ((start, end),) = rows(copy, 'SELECT start, "end" FROM "Projects"')
    assert [datetime.fromisoformat(project[key]) for key in ("start", "end")] == [
        datetime.fromisoformat(str(each)).replace(tzinfo=UTC) for each in (start, end)
    ]
    run = stalker("gantt", "--database", URL, "--json", cwd=copy)
    assert json.loads(run.stdout) == {
        "file": "plan.html",
        "tasks": 515,
        "faults": [],
        "warnings": [],
    }
    run = stalker("why", "--database", URL, "C040/Comp", "--json", cwd=copy)
    answer = json.loads(run.stdout)
    assert answer.keys() == {
        "task", "start", "end", "reasons", "delays", "chain", "stored", "omitted"
    }  # fmt: skip
    assert answer["task"] == "Meridian/Cut/C040/Comp" and answer["chain"][-1] == "C040/Comp"
    for reason in (*answer["reasons"].values(), *answer["delays"]):
        assert reason.keys() == {"cause", "text", "task", "user", "until"}
    waits = answer["reasons"]["start"]
    assert waits["cause"] in ("busy", "dependency") and waits["text"]
    names = 'SELECT s.name FROM "SimpleEntities" s WHERE s.id = '
    assert rows(copy, f"{names}{waits['task']}") == [("Comp",)]


VERBS = {
    "schedule": ("schedule", "--database", URL),
    "gantt": ("gantt", "--database", URL),
    "why": ("why", "--database", URL, "C040/Comp"),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("more", [(), ("--json",)], ids=["", "json"])
def test_a_pipe_that_nobody_reads(copy: Path, verb: str, more: tuple[str, ...]) -> None:
    """What was to be done is done, nothing is said, and the exit status tells of the pipe."""
    reading, writing = os.pipe()
    os.close(reading)
    arguments = [*COMMAND, *VERBS[verb], *more]
    run = subprocess.run(arguments, cwd=copy, stdout=writing, stderr=-1, text=True, check=False)
    os.close(writing)
    assert (run.returncode, run.stderr) == (141, "")
    assert rows(copy, 'SELECT is_scheduling FROM "Studios"') == [(0,)]
    assert (copy / "plan.html").exists() == (verb == "gantt")


@pytest.mark.parametrize("verb", VERBS)
def test_colours_are_for_those_who_want_them(copy: Path, verb: str) -> None:
    """A pipe gets plain text; a terminal without colours gets none, and a bar that goes away."""
    run = stalker(*VERBS[verb], cwd=copy)
    assert run.returncode == 0 and "\x1b" not in run.stdout + run.stderr
    ours, theirs = pty.openpty()
    environment = {**os.environ, "NO_COLOR": "1", "TERM": "xterm-256color"}
    process = subprocess.Popen(
        [*COMMAND, *VERBS[verb]], cwd=copy, env=environment, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    shown = b""
    with suppress(OSError):  # nobody has the other end any more
        while chunk := os.read(ours, 65_536):
            shown += chunk
    os.close(ours)
    assert process.wait() == 0
    assert run.stdout.split()[0].encode() in shown
    assert not re.search(rb"\x1b\[[\d;]*(3|4|9|10)[0-7][;m]", shown)


#: the command line with a planner that takes its time, and tells that it has begun
SLOWLY = """
import pathlib, time
from stalker.scheduling.native import scheduler
def place(*arguments, at_once=scheduler.place):
    pathlib.Path("begun").touch()
    time.sleep(0.02)
    at_once(*arguments)
scheduler.place = place
from stalker.cli.main import main
main()
"""
#: a tj3 that never ends
HANGING = "#!/bin/sh\ntouch {}/begun\nexec sleep 60\n"


@pytest.mark.parametrize("verb", [*VERBS, "taskjuggler"])
def test_a_planner_that_is_stopped(copy: Path, verb: str) -> None:
    """Ctrl-C leaves the dates as they were, no lock, no file, and the status shells expect."""
    before = rows(copy, PLANNED)
    (copy / "tj3").write_text(HANGING.format(copy))
    (copy / "tj3").chmod(0o755)
    arguments = VERBS.get(verb, (*VERBS["schedule"], "--engine", "taskjuggler"))
    process = subprocess.Popen(
        [sys.executable, "-c", SLOWLY, *arguments],
        cwd=copy,
        env={**os.environ, "STALKER_TJ_COMMAND": str(copy / "tj3"), "TMPDIR": str(copy)},
        stdout=-1,
        stderr=-1,
        text=True,
        # a shell lets what it runs in the background ignore Ctrl-C
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    while not (copy / "begun").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate()
    run = subprocess.CompletedProcess(arguments, process.returncode, stdout, stderr)
    assert refused(run, 130) == "stalker: stopped by SIGINT"
    assert rows(copy, PLANNED) == before
    assert rows(copy, 'SELECT is_scheduling FROM "Studios"') == [(0,)]
    assert {each.name for each in copy.iterdir()} <= {"studio.db", "tj3", "begun"}


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("why", "--database", URL, "Comp"), "83 tasks are 'Comp': Meridian/Cut/Leader/Comp ("),
        (("why", "--database", URL, "Pomp"), "no task or project 'Pomp': did you mean 'Comp'?"),
        (("gantt", "--database", URL, "--project", "Meridain"), "did you mean 'Meridian'?"),
        (
            ("gantt", "--database", URL, "--output", "no/plan.html"),
            "no/plan.html: there is no folder",
        ),
        (("gantt", "--database", URL, "--output", "/dev/full"), "/dev/full: No space left"),
        (("gantt", "--database", URL, "--output", "/proc/plan.html"), "/proc/plan.html: "),
        (("schedule", "--database", URL, "--user", "nobody"), "there is no user 'nobody'"),
        (("schedule", "--database", "sqlite:///none.db"), "none.db: there is no such database"),
        (("gantt", "--database", "sqlite:///none.db"), "none.db: there is no such database"),
        (("why", "--database", "sqlite:///none.db", "1"), "none.db: there is no such database"),
    ],
)
def test_what_is_refused(copy: Path, arguments: tuple[str, ...], reason: str) -> None:
    """One line says what is wrong, and nothing is made."""
    assert reason in refused(stalker(*arguments, cwd=copy))
    assert [each.name for each in copy.iterdir()] == ["studio.db"]


def test_a_database_without_a_studio(empty_url: str, tmp_path: Path) -> None:
    """What is missing is said; a studio is made, shown and changed, and can be planned then."""
    assert stalker("init", "--database", empty_url, cwd=tmp_path).returncode == 0
    for verb in ("schedule", "studio"):
        line = refused(stalker(verb, "--database", empty_url, cwd=tmp_path))
        assert "has no studio yet: stalker studio --name NAME --start DATE" in line
    studio = ("studio", "--database", empty_url)
    line = refused(stalker(*studio, "--end", "2026-06-01", cwd=tmp_path))
    assert "a new one needs --name and --start too" in line
    arguments = ("--name", "Lightbox [x]", "--start", "2026-03-02", "--end", "2026-09-01")
    made = stalker(*studio, *arguments, cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert made.stdout.splitlines() == [
        "Lightbox [x]",
        "  plans      2026-03-02 - 2026-09-01, in steps of 60 minutes",
        "  works      mon-fri 09:00-18:00, sat-sun off (UTC)",
        "  a day is   9 hours of work",
    ]
    arguments = (
        *("--hours", "mon-wed,fri 9:00-13:00 14:00-18:00", "--hours", "Sat off"),
        *("--day-hours", "8", "--step", "30", "--end", "2026-08-01"),
        *("--vacation", "Summer: the first:2026-07-01:2026-07-08"),
        *("--vacation", "Summer: the first:2026-07-02:2026-07-09"),
        *("--vacation", "May:2026-05-01:2026-05-02"),
    )
    changed = stalker(*studio, *arguments, cwd=tmp_path)
    assert changed.stdout.splitlines() == [
        "Lightbox [x]",
        "  plans      2026-03-02 - 2026-08-01, in steps of 30 minutes",
        "  works      mon-wed 09:00-13:00 14:00-18:00, thu 09:00-18:00, "
        "fri 09:00-13:00 14:00-18:00, sat-sun off (UTC)",
        "  a day is   8 hours of work",
        "  is closed  2026-05-01 - 2026-05-02: May",
        "  is closed  2026-07-02 - 2026-07-09: Summer: the first",
    ]
    assert stalker(*studio, cwd=tmp_path).stdout == changed.stdout
    assert stalker("schedule", "--database", empty_url, cwd=tmp_path).returncode == 0
    run = stalker(*studio, "--no-vacation", "May", "--json", cwd=tmp_path)
    answer = json.loads(run.stdout)
    assert answer.pop("last_schedule").keys() == {"at", "by", "succeeded", "message"}
    day, late = [["09:00", "13:00"], ["14:00", "18:00"]], "00:00:00+00:00"
    assert answer == {
        "name": "Lightbox [x]",
        "start": f"2026-03-02T{late}",
        "end": f"2026-08-01T{late}",
        "timing_resolution": 1800,
        "working_hours": {
            **dict.fromkeys(("mon", "tue", "wed", "fri"), day),
            "thu": [["09:00", "18:00"]],
            "sat": [],
            "sun": [],
        },
        "daily_working_hours": 8,
        "vacations": [
            {
                "name": "Summer: the first",
                "start": f"2026-07-02T{late}",
                "end": f"2026-07-09T{late}",
            }
        ],
        "is_scheduling": False,
    }


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--name", " "), "Studio.name must be "),
        (("--start", "2126-01-01"), "the studio must end after its start, 2126-01-01, not "),
        (("--end", "9999-12-31"), "the studio cannot last for more than a hundred years"),
        (("--day-hours", "25"), "daily_working_hours must be from 1 to 24, not 25"),
        (("--hours", "fro 9:00-10:00"), "there is no day 'fro', only mon, tue,"),
        (("--vacation", "May:2026-05-01"), "is not the name and the days of a vacation"),
        (("--vacation", "M:2026-05-01:2026-05-01"), "the vacation 'M' must end after its start"),
        (("--vacation", " :2026-05-01:2026-05-02"), "is not the name and the days of a vacation"),
        (("--no-vacation", "May"), "there is no vacation 'May'"),
    ],
)
def test_what_a_studio_cannot_be(copy: Path, arguments: tuple[str, ...], reason: str) -> None:
    """One line says what is wrong with it, and nothing is changed."""
    before = rows(copy, 'SELECT * FROM "Studios", "WorkingHours"')
    arguments = ("--name", "Other", "--hours", "sun 1:00-2:00", *arguments)
    assert reason in refused(stalker("studio", "--database", URL, *arguments, cwd=copy))
    assert rows(copy, 'SELECT * FROM "Studios", "WorkingHours"') == before


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        ("mon-fri 9:00-18:00", ""),
        ("mon-fri 9:00-13:00 14:00-18:00", "most days of work have 8: --day-hours 8 changes that"),
        (
            "mon-fri 9:00-13:00 11:00-16:30",
            "most days of work have 7.5: --day-hours 8 changes that",
        ),
        # --day-hours could not be nearer
        ("mon-fri 9:00-17:30", ""),
        # there is a day of nine hours left
        ("tue-fri 9:00-17:00", ""),
        ("mon-sun off", ""),
    ],
)
def test_hours_that_are_no_day_of_a_task(copy: Path, hours: str, told: str) -> None:
    """Hours do not change how long a day of a task is, which is said unless --day-hours is."""
    studio = ("studio", "--database", URL, "--hours", hours)
    run = stalker(*studio, cwd=copy)
    assert run.returncode == 0 and "a day is   9 hours of work" in run.stdout
    assert run.stderr == (told and f"note: a task of one day has 9 hours of work, and {told}\n")
    assert stalker(*studio, "--day-hours", "9", cwd=copy).stderr == ""


def test_a_planner_that_is_killed(copy: Path) -> None:
    """The dates stay; others wait until the lease is over, and then plan."""
    before = rows(copy, PLANNED)
    tj3 = copy / "tj3"
    tj3.write_text("#!/bin/sh\ntouch begun\nexec sleep 20\n")
    tj3.chmod(0o755)
    arguments = ["schedule", "--database", URL, "--engine", "taskjuggler"]
    environment = {**os.environ, "STALKER_TJ_COMMAND": str(tj3), "TMPDIR": str(copy)}
    process = subprocess.Popen([*COMMAND, *arguments], cwd=copy, env=environment)
    while not list(copy.glob("stalker_*/begun")):
        assert process.poll() is None
        time.sleep(0.05)
    assert "is being planned by" in refused(stalker("schedule", "--database", URL, cwd=copy))
    process.kill()
    process.wait()
    assert rows(copy, PLANNED) == before
    run = stalker("schedule", "--database", URL, cwd=copy)
    assert "is being planned by" in refused(run)
    (copy / "config.toml").write_text("schedule_lock_lease = 0")
    run = stalker("schedule", "--database", URL, cwd=copy, STALKER_PATH=str(copy))
    assert run.returncode == 0, run.stderr
    assert rows(copy, 'SELECT is_scheduling FROM "Studios"') == [(0,)]


def test_a_machine_without_taskjuggler(copy: Path) -> None:
    """The engine that is not there is named; the plan stays."""
    before = rows(copy, PLANNED)
    run = stalker(
        "schedule", "--database", URL, "--engine", "taskjuggler", cwd=copy,
        PATH="", STALKER_TJ_COMMAND="/nowhere/tj3",
    )  # fmt: skip
    assert "There is no program 'tj3'" in refused(run)
    assert rows(copy, PLANNED) == before


def test_names_that_others_have_too(copy: Path) -> None:
    """A code that two projects have, huge numbers and names like markup: no guess, no traceback."""
    twice = "import sys; from stalker import *; from stalker.db.session import DBSession; "
    twice += 'db.setup({"sqlalchemy.url": sys.argv[1]}); '
    twice += 'DBSession.save([Project(name=n, code="Two") for n in ("One", "Other [/b]")])'
    made = subprocess.run([sys.executable, "-c", twice, URL], cwd=copy, check=True)
    assert made.returncode == 0
    for arguments in (
        ("schedule", "--project", "Two"),
        ("gantt", "--project", "Two"),
        ("why", "Two"),
    ):
        line = refused(stalker(*arguments, "--database", URL, cwd=copy))
        assert "2 projects have the code 'Two': One (" in line and "Other [/b] (" in line
    for digits in (10, 30, 5000):
        line = refused(stalker("why", "9" * digits, "--database", URL, cwd=copy))
        assert "there is no task or project '9999" in line
    codes = ("--project", "Meridian", "--project", "Meridian")
    run = stalker("schedule", "--database", URL, *codes, cwd=copy, COLUMNS="200")
    assert run.returncode == 0 and run.stdout.count("Meridian") == 1
    run = stalker("schedule", "--database", URL, cwd=copy, COLUMNS="200")
    assert run.returncode == 0 and "Other [/b]" in run.stdout
