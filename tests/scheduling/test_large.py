"""Long chains, deep hierarchies and wide meetings need no recursion and no squares."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

from bench.scheduling import chain
from stalker.scheduling import Dependency, Task, schedule
from tests.scheduling.cases import HOUR, at, problem, work


def test_a_chain() -> None:
    """20,000 tasks, each of which waits for the one before it: an hour each, one after another."""
    result = schedule(chain(20_000))

    ends = [each.end for each in result.tasks.values()]
    assert ends == sorted(ends)
    assert result.tasks["Task_0"].start == at(2, 9)
    assert result.tasks["Task_9"].start == at(3, 9)  # nine hours a day


def test_a_chain_of_milestones() -> None:
    """Dates spread through 20,000 tasks at once."""
    others = (
        Task(f"t{number}", dependencies=(Dependency(f"t{number - 1}"),))
        for number in range(1, 20_000)
    )
    result = schedule(problem(work("t0", 3), *others))

    assert {each.end for each in result.tasks.values()} == {at(2, 12)}


def test_a_deep_hierarchy() -> None:
    """The dates of a leaf reach the root over 3,000 containers."""
    containers = (
        Task(f"c{number}", parent=f"c{number - 1}" if number else None) for number in range(3_000)
    )
    result = schedule(problem(*containers, work("t", parent="c2999")))

    assert result.tasks["c0"] == result.tasks["c2999"]
    assert (result.tasks["c0"].start, result.tasks["c0"].end) == (at(2, 9), at(2, 17))


def test_a_wide_meeting() -> None:
    """One milestone waits for 5,000 tasks, and for the last of them."""
    names = [f"t{number}" for number in range(5_000)]
    milestones = (
        Task(name, start=at(2) + number % 500 * HOUR) for number, name in enumerate(names)
    )
    result = schedule(problem(Task("m", dependencies=tuple(map(Dependency, names))), *milestones))

    assert result.tasks["m"].start == at(2) + timedelta(hours=499)


def test_planning_loads_no_database() -> None:
    """Importing the package, and planning with it, needs the standard library only."""
    program = (
        "import sys; import stalker.scheduling; "
        "print([name for name in ('sqlalchemy', 'jinja2', 'alembic') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"
