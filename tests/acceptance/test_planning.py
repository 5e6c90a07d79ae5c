"""`stalker schedule`, `gantt` and `why` through the real process, on the demo's database."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
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
    assert "/Comp' does not fit into the plan" in refused(run)
    assert rows(copy, PLANNED) == before
    ((message, flag),) = rows(copy, 'SELECT last_schedule_message, is_scheduling FROM "Studios"')
    assert "does not fit" in str(message) and flag == 0
    run = stalker("gantt", "--database", URL, "--output", "all.html", cwd=copy)
    assert run.returncode == 0 and "does not fit" in run.stderr
    assert "does not fit" in (copy / "all.html").read_text("utf-8")


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
    assert (run.returncode, run.stdout) == (0, "chart.html: 516 tasks\n"), run.stderr
    assert "<h1>Meridian" in (copy / "chart.html").read_text("utf-8")
    assert rows(copy, PLANNED) == before


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


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("why", "--database", URL, "Comp"), "83 tasks are 'Comp': Meridian/Cut/Leader/Comp ("),
        (("why", "--database", URL, "Pomp"), "there is no task 'Pomp'"),
        (("gantt", "--database", URL, "--project", "Meridain"), "did you mean 'Meridian'?"),
        (("gantt", "--database", URL, "--output", "no/plan.html"), "no/plan.html: No such file"),
        (("schedule", "--database", URL, "--user", "nobody"), "there is no user 'nobody'"),
        (("schedule", "--database", "sqlite:///none.db"), "none.db: there is no such database"),
    ],
)
def test_what_is_refused(copy: Path, arguments: tuple[str, ...], reason: str) -> None:
    """One line says what is wrong, and nothing is made."""
    assert reason in refused(stalker(*arguments, cwd=copy))
    assert [each.name for each in copy.iterdir()] == ["studio.db"]


def test_a_database_without_a_studio(tmp_path: Path) -> None:
    """What is missing is said."""
    assert stalker("init", "--database", URL, cwd=tmp_path).returncode == 0
    assert "has no studio yet" in refused(stalker("schedule", "--database", URL, cwd=tmp_path))


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
    assert "there is no task '9999" in refused(
        stalker("why", "9" * 30, "--database", URL, cwd=copy)
    )
    codes = ("--project", "Meridian", "--project", "Meridian")
    run = stalker("schedule", "--database", URL, *codes, cwd=copy, COLUMNS="200")
    assert run.returncode == 0 and run.stdout.count("Meridian") == 1
    run = stalker("schedule", "--database", URL, cwd=copy, COLUMNS="200")
    assert run.returncode == 0 and "Other [/b]" in run.stdout
