"""Eight processes number versions of one task at the same time: no duplicate, no gap, no error."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from stalker import Project, Task, Version
from stalker.db.session import DBSession
from tests.concurrency import make_versions
from tests.programs import Program

PROCESSES, EACH = 8, 50

Start = Callable[..., Program]


@pytest.fixture
def start(database: str) -> Iterator[Start]:
    """Return a function that starts a process, and wait for it to be ready."""
    running: list[Program] = []

    def begin(task_id: int, count: int, takes: str, *mode: str) -> Program:
        process = Program(make_versions.main, database, str(task_id), str(count), takes, *mode)
        running.append(process)
        return process

    yield begin
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def task_id(database: str) -> int:
    """The id of a stored task; nothing is left open that could be in the way."""
    task = Task(name="Anim", project=Project(name="Lighthouse", code="LHS"))
    DBSession.save(task)
    number = task.id
    DBSession.remove()
    return number


def wait_for(process: Program, word: str) -> None:
    line = process.stdout.readline().strip()
    if line != word:
        pytest.fail(f"said {line!r} instead of {word!r}: {process.communicate()[1]}")


def go(process: Program) -> None:
    process.stdin.write("\n")
    process.stdin.flush()


def run_together(processes: list[Program]) -> None:
    for process in processes:
        wait_for(process, "ready")
    for process in processes:
        go(process)


def assert_successful(processes: list[Program]) -> None:
    for process in processes:
        _, errors = process.communicate()
        assert process.returncode == 0, errors


def numbers(take: str) -> list[int]:
    query = select(Version.version_number).where(Version.take_name == take)
    return sorted(DBSession.scalars(query))


def test_one_series(start: Start, task_id: int) -> None:
    """400 versions of one take by eight processes are numbered from 1 to 400."""
    processes = [start(task_id, EACH, "Main") for _ in range(PROCESSES)]
    run_together(processes)
    assert_successful(processes)
    assert numbers("Main") == list(range(1, PROCESSES * EACH + 1))


def test_several_series(start: Start, task_id: int) -> None:
    """The takes of one task are counted independently, whoever writes which in which order."""
    takes = ["Main", "Hero", "Damaged", "LOD1"]
    processes = []
    for number in range(PROCESSES):
        order = takes[number % 4 :] + takes[: number % 4]
        processes.append(start(task_id, 20, ",".join(order)))
    run_together(processes)
    assert_successful(processes)
    for take in takes:
        assert numbers(take) == list(range(1, PROCESSES * 20 // 4 + 1)), take


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no process can be killed like that")
def test_a_process_that_is_killed(start: Start, task_id: int) -> None:
    """What dies in the middle of its transaction leaves no gap, and nobody waits for ever."""
    victim = start(task_id, 5, "Main", "die")
    others = [start(task_id, 20, "Main") for _ in range(4)]
    wait_for(victim, "ready")
    go(victim)
    wait_for(victim, "written")
    # five numbers are reserved and not committed: the others have to wait
    run_together(others)
    os.kill(victim.pid, signal.SIGKILL)
    assert_successful(others)
    assert victim.wait() == -signal.SIGKILL
    assert numbers("Main") == list(range(1, 81))
