"""Eight processes number tickets at the same time: no duplicate, no gap, no error."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from stalker import Project, Ticket
from stalker.db.session import DBSession
from tests.concurrency import make_tickets
from tests.programs import Program

PROCESSES, EACH = 8, 25

Start = Callable[..., Program]


@pytest.fixture
def start(database: str) -> Iterator[Start]:
    """Return a function that starts a process."""
    running: list[Program] = []

    def begin(project_id: int, count: int, *mode: str) -> Program:
        process = Program(make_tickets.main, database, str(project_id), str(count), *mode)
        running.append(process)
        return process

    yield begin
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def projects(database: str) -> list[int]:
    """The ids of two stored projects; nothing is left open that could be in the way."""
    made = [Project(name=name, code=name[:3].upper()) for name in ("Lighthouse", "Storm")]
    DBSession.save(made)
    ids = [each.id for each in made]
    DBSession.remove()
    return ids


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


def assert_numbered(count: int) -> None:
    rows = DBSession.execute(select(Ticket.number, Ticket.name).order_by(Ticket.number)).all()
    assert [tuple(row) for row in rows] == [(n, f"Ticket #{n}") for n in range(1, count + 1)]


def test_one_counter_for_all_projects(start: Start, projects: list[int]) -> None:
    """BT-3: 200 tickets of two projects by eight processes are numbered and named from 1 to 200."""
    processes = [start(projects[number % 2], EACH) for number in range(PROCESSES)]
    run_together(processes)
    assert_successful(processes)
    assert_numbered(PROCESSES * EACH)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no process can be killed like that")
def test_a_process_that_is_killed(start: Start, projects: list[int]) -> None:
    """What dies in the middle of its transaction leaves no gap, and nobody waits for ever."""
    victim = start(projects[0], 5, "die")
    others = [start(project_id, 10) for project_id in projects]
    wait_for(victim, "ready")
    go(victim)
    wait_for(victim, "written")
    # five numbers are reserved and not committed: the others have to wait
    run_together(others)
    os.kill(victim.pid, signal.SIGKILL)
    assert_successful(others)
    assert victim.wait() == -signal.SIGKILL
    assert_numbered(20)
