"""Problems and results go through JSON unchanged."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from stalker.core.kinds import DependencyTarget, GapModel, TimeUnit
from stalker.scheduling import (
    Allocation,
    Amount,
    Artist,
    Booking,
    Dependency,
    Interval,
    Task,
    same_week,
    schedule,
)
from stalker.scheduling.exchange import (
    problem_from_json,
    problem_to_json,
    result_from_json,
    result_to_json,
)
from tests.scheduling.cases import at, corpus, examples, problem, work


@pytest.mark.parametrize("name", [*examples(), *corpus()])
def test_problems_come_back(name: str) -> None:
    """What was written is read as the same problem, whole numbers as such."""
    case = examples().get(name) or corpus()[name]
    read = problem_from_json(case["case"])

    again = problem_from_json(json.loads(json.dumps(problem_to_json(read))))

    assert again == read
    assert repr(again) == repr(read)  # 8 and 8.0 are equal, and not the same amount of work


def test_everything_comes_back() -> None:
    """Each field that a problem has."""
    everything = problem(
        Task("p", label="Project", priority=1, maxend=at(20)),
        work(
            "t",
            parent="p",
            label="Comp",
            start=at(3),
            end=at(5),
            milestone=True,
            dependencies=(
                Dependency("p", DependencyTarget.ON_START),
                Dependency("q", gap=Amount(2.0, TimeUnit.DAY), gap_model=GapModel.DURATION),
            ),
            allocations=(Allocation(("a", "b"), persistent=True, mandatory=True),),
            bookings=(Booking("a", at(2, 9), at(2, 10), overtime=1),),
        ),
        artists=(
            Artist(
                "a",
                0.5,
                leaves=(Interval(at(4), at(5)),),
                week=same_week([(0, 60)]),
                label="Ann",
                elsewhere=(Interval(at(4, 9), at(4, 12)),),
            ),
        ),
        now=at(2, 12) + timedelta(seconds=30),
        zone="Europe/Istanbul",
        daily_working_hours=8.0,
        yearly_working_days=250,
        leaves=(Interval(at(9), at(10)),),
        artist_leaves=(Interval(at(11), at(12)),),
        projection=False,
    )

    again = problem_from_json(json.loads(json.dumps(problem_to_json(everything))))

    assert again == everything


def test_nested_tasks_have_paths() -> None:
    """The id of a nested task is that of its parent, a dot, and its own."""
    case = examples()["E07-priority"]["case"]

    tasks = problem_from_json(case).tasks

    assert [(task.id, task.parent) for task in tasks] == [
        ("p", None),
        ("p.x", "p"),
        ("p.q", "p"),
        ("p.q.y", "p.q"),
        ("p.q.z", "p.q"),
    ]


def test_results_come_back() -> None:
    """Dates, artists, warnings and faults."""
    result = schedule(
        problem(work("t", maxend=at(2, 12)), work("u", hours=1_000, artist="b")), strict=False
    )
    assert result.warnings
    assert result.faults

    assert result_from_json(json.loads(json.dumps(result_to_json(result)))) == result


def test_another_format_is_refused() -> None:
    """The error names both formats."""
    with pytest.raises(ValueError, match=r"'sched-case/1', not 'sched-case/2'"):
        problem_from_json({"format": "sched-case/2"})
