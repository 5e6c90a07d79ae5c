"""Eight processes work on the same tasks at the same time, and no status, sum or number lies.

Some of them are killed while they do so: what they have committed stays, and nothing else.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select, text

from stalker import Project, Review, Task, TimeLog, User, Version
from stalker.db.session import DBSession
from stalker.workflow.derive import status_from_children, status_from_dependencies
from tests.concurrency import live_tasks
from tests.programs import Program

PROCESSES = 8
SECONDS = float(os.environ.get("STALKER_TEST_SECONDS", "7"))
#: one process is killed, and another one started, about this often
KILLING = 1.5


def user(login: str) -> User:
    return User(name=login, login=login, email=f"{login}@example.com", password="secret")


@pytest.fixture
def project_id(database: str) -> int:
    """The id of a stored project: containers, and tasks that depend on tasks and on containers."""
    leads = [user("leada"), user("leadb")]
    DBSession.add_all([user(f"worker{letter}") for letter in "abcdefgh"])
    project = Project(name="Lighthouse", code="LHS")
    DBSession.add(project)
    top = Task(name="Film", project=project, responsible=leads)
    before: Any = None
    for number in range(3):
        shot = Task(name=f"Shot {number}", parent=top, depends=[before] if before else None)
        anim, light = Task(name="Anim", parent=shot), Task(name="Light", parent=shot)
        Task(name="Comp", parent=shot, depends=[anim, light])
        Task(name="Grade", parent=top, depends=[shot])
        before = shot
    DBSession.commit()
    number = project.id
    DBSession.remove()
    return number


def assert_nothing_lies(project_id: int) -> None:
    """Derive everything once more from its causes, one task after the other."""
    tasks = DBSession.query(Task).filter_by(project_id=project_id).all()
    for task in tasks:
        code = task.status.code
        reviews = [each for each in task.reviews if each.is_open]
        if task.children:
            assert not task.time_logs and not reviews
            children = task.children
            assert code == status_from_children({each.status.code for each in children}), task
            assert task.start == min(each.start for each in children), task
            assert task.end == max(each.end for each in children), task
            planned = sum(each.schedule_seconds for each in children)
            logged = sum(each.total_logged_seconds for each in children)
        else:
            prerequisites = [each.status.code for each in task.depends]
            logs = bool(task.time_logs)
            assert code == status_from_dependencies(code, prerequisites, logs), task
            assert bool(reviews) == (code == "PREV"), (task, code, reviews)
            planned = round(
                task.to_seconds(task.schedule_timing, task.schedule_unit, task.schedule_model) or 0
            )
            logged = sum(each.total_seconds for each in task.time_logs)
            if code == "CMPL":
                assert planned == logged, task
        assert (task._schedule_seconds, task._total_logged_seconds) == (planned, logged), task
        rounds: dict[int, list[Review]] = defaultdict(list)
        for each in task.reviews:
            rounds[each.review_number].append(each)
        assert all(each <= task.review_number + 1 for each in rounds)
        for number, some in rounds.items():
            waiting = Counter(each.reviewer_id for each in some if each.is_open)
            assert all(count == 1 for count in waiting.values()), (task, number)
        told = [each for each in task.history if each.to_status is not None]
        assert [each.from_status for each in told[1:]] == [each.to_status for each in told[:-1]]
        assert not told or told[-1].to_status is task.status, (task, told[-1])
        numbers = sorted(version.version_number for version in task.versions)
        assert numbers == list(range(1, len(numbers) + 1)), task
    assert DBSession.query(Version).count() > 0
    overlaps = """SELECT count(*) FROM "TimeLogs" a JOIN "TimeLogs" b
        ON a.resource_id = b.resource_id AND a.id < b.id
        AND a.start < b."end" AND b.start < a."end" """
    assert DBSession.scalar(text(overlaps)) == 0


Start = Callable[[int, float], Program]


@pytest.fixture
def start(database: str, project_id: int) -> Iterator[Start]:
    """Return a function that starts a process; all are stopped in the end."""
    running: list[Program] = []

    def begin(number: int, seconds: float) -> Program:
        process = Program(live_tasks.main, database, str(project_id), str(number), str(seconds))
        running.append(process)
        return process

    yield begin
    for process in running:
        process.kill()
        process.communicate()


def go(process: Program) -> None:
    """Wait until a process is ready, and let it begin."""
    line = process.stdout.readline()
    assert line.strip() == "ready", process.communicate()[1]
    process.stdin.write("\n")
    process.stdin.flush()


def committed(output: str) -> Iterator[tuple[str, int]]:
    """Yield the classes and ids of what a process has reported; its last line may be cut off."""
    for line in output.splitlines(keepends=True):
        words = line.split()
        if line.endswith("\n") and len(words) == 2 and words[1].isdecimal():
            yield words[0], int(words[1])


def test_eight_processes_work_on_the_same_tasks(start: Start, project_id: int) -> None:
    """No update is lost, nobody is booked twice, no number is given twice, nobody gets an error.

    Whatever the workflow refuses leaves nothing, what was committed outlives a `kill -9`, and in
    the end every status follows from others.
    """
    chance, reports = random.Random(SECONDS), []
    processes = [start(number, SECONDS) for number in range(PROCESSES)]
    for process in processes:
        go(process)
    end = time.monotonic() + SECONDS
    while (left := end - time.monotonic()) > 2 * KILLING:
        time.sleep(chance.uniform(0.5, 1.5) * KILLING)
        victim = chance.randrange(PROCESSES)
        processes[victim].kill()
        reports.append(processes[victim].communicate()[0])
        processes[victim] = start(victim, left - KILLING)
        go(processes[victim])
    for process in processes:
        output, errors = process.communicate()
        assert process.returncode == 0, errors
        reports.append(output)
    print(*(report.splitlines()[-1:] for report in reports), sep="\n")
    for kind in (TimeLog, Version):
        stored = set(DBSession.scalars(select(kind.id)))
        told = {
            each for report in reports for name, each in committed(report) if name == kind.__name__
        }
        assert told and told <= stored, (kind, told - stored)
    assert_nothing_lies(project_id)
