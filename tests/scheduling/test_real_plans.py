"""Plans of other people, with the answers that TaskJuggler 3.7.1 has given for them."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stalker import scheduling
from stalker.scheduling import Problem, Result, tjp
from tests.scheduling.tj3 import needs_tj3
from tests.scheduling.tjp_reader import read_plan

DATA = Path(__file__).with_name("data")
FOUNDATION = DATA / "tjp-foundation"
PLANS = {
    "arbitrarycomposer": (
        DATA / "tjp-arbitrarycomposer" / "project.tjp",
        DATA / "tjp-arbitrarycomposer" / "expected_tj3_3.7.1.csv",
        233,
    ),
    **{
        name: (
            FOUNDATION / f"{name}.tjp",
            FOUNDATION / "expected_tj3_3.7.1" / f"{name}.csv",
            number,
        )
        for name, number in (
            ("minimal", 1),
            ("foundation-01", 1),
            ("foundation-02", 4),
            ("foundation-03", 13),
        )
    },
}


def recorded(path: Path) -> dict[str, tuple[datetime, datetime]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["Id"]: tuple(  # type: ignore[misc]
                datetime.strptime(row[side], "%Y-%m-%dT%H:%M%z").astimezone(UTC)
                for side in ("Start", "End")
            )
            for row in csv.DictReader(file, delimiter=";")
        }


@pytest.mark.parametrize("name", PLANS)
def test_the_embedded_scheduler_agrees_with_the_record(name: str) -> None:
    """Every task of a real plan gets the dates that TaskJuggler gave it."""
    assert_agrees(name, scheduling.schedule)


@needs_tj3
@pytest.mark.parametrize("name", PLANS)
def test_taskjuggler_agrees_with_the_record(name: str) -> None:
    """What is read from a real plan, and written again, is the same plan."""
    assert_agrees(name, tjp.schedule)


def assert_agrees(name: str, solve: object) -> None:
    path, record, number = PLANS[name]
    problem: Problem = read_plan(path)
    assert len(problem.tasks) == number
    result: Result = solve(problem)  # type: ignore[operator]
    assert {key: (each.start, each.end) for key, each in result.tasks.items()} == recorded(record)
    for task in problem.tasks:
        places = tuple(each.candidates[0] for each in task.allocations)
        assert result.tasks[task.id].artists == places
