"""What is wrong with a problem is said before it is planned: all of it, by name."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from stalker.core.kinds import DependencyTarget, GapModel, ScheduleModel, TimeUnit
from stalker.scheduling import (
    Allocation,
    Amount,
    Artist,
    Booking,
    Dependency,
    Interval,
    SchedulingError,
    Task,
    same_week,
    schedule,
    validate,
)
from tests.scheduling.cases import at, problem, work

NAIVE = at(3).replace(tzinfo=None)
HALF = timedelta(minutes=30)
ODD = at(3) + timedelta(minutes=7)


def found(*tasks: Task, **more: Any) -> list[tuple[str, str]]:
    """Return rule and entity of each fault."""
    return [(fault.id, fault.entity) for fault in validate(problem(*tasks, **more))]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"resolution": timedelta(minutes=7)}, "resolution"),
        ({"resolution": timedelta(0)}, "resolution"),
        ({"start": NAIVE}, "naive_date"),
        ({"now": ODD}, "misaligned_date"),
        ({"end": at(2)}, "frame"),
        ({"start": at(2) + HALF, "resolution": HALF}, "misaligned_date"),
        ({"end": at(30) + HALF, "resolution": HALF}, "misaligned_date"),
        ({"zone": "Asia/Kathmandu", "resolution": HALF}, "zone"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"zone": "../etc/passwd"}, "zone"),
        ({"week": ()}, "week"),
        ({"week": same_week([(540, 1441)], days=1)}, "week"),
        ({"week": same_week([(540, 540)], days=1)}, "week"),
        ({"daily_working_hours": 0}, "daily_working_hours"),
        ({"yearly_working_days": 367}, "yearly_working_days"),
        ({"leaves": (Interval(at(4), at(3)),)}, "leave_interval"),
        ({"artist_leaves": (Interval(at(3), ODD),)}, "misaligned_date"),
        ({"tasks": ()}, "no_tasks"),
    ],
)
def test_the_frame(changes: dict[str, Any], rule: str) -> None:
    """What every task depends on is checked first; faults of the plan have no entity."""
    assert found(**{"tasks": (work("t"),), **changes}) == [(rule, "")]


@pytest.mark.parametrize(
    ("artist", "rule"),
    [
        (Artist("a", efficiency=-1), "efficiency"),
        (Artist("a", efficiency=float("nan")), "efficiency"),
        (Artist("a", week=same_week([(600, 540)], days=1)), "week"),
        (Artist("a", leaves=(Interval(at(3), at(3)),)), "leave_interval"),
        (Artist("a", leaves=(Interval(NAIVE, at(4)),)), "naive_date"),
    ],
)
def test_artists(artist: Artist, rule: str) -> None:
    """The fault names the artist."""
    assert found(work("t"), artists=(artist,)) == [(rule, "a")]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"priority": 1001}, "priority"),
        ({"priority": -1}, "priority"),
        ({"timing": None}, "timing"),
        ({"timing": Amount(-1, TimeUnit.HOUR)}, "timing"),
        ({"timing": Amount(float("inf"), TimeUnit.HOUR)}, "timing"),
        ({"timing": Amount(0, TimeUnit.HOUR)}, "effort_zero"),
        ({"timing": Amount(29, TimeUnit.MINUTE)}, "effort_zero"),
        (
            {"model": ScheduleModel.LENGTH, "timing": Amount(0.4, TimeUnit.HOUR)},
            "working_duration_too_small",
        ),
        ({"start": at(1)}, "date_in_range"),
        ({"end": ODD}, "misaligned_date"),
        ({"maxend": NAIVE}, "naive_date"),
        ({"parent": "x"}, "parent_unknown"),
        ({"parent": "t"}, "parent_loop"),
        ({"allocations": (Allocation(()),)}, "allocate_nobody"),
        ({"allocations": (Allocation(("a", "z")),)}, "artist_unknown"),
        ({"bookings": (Booking("z", at(3), at(4)),)}, "artist_unknown"),
        ({"bookings": (Booking("a", at(4), at(3)),)}, "booking_interval"),
        ({"bookings": (Booking("a", at(3), at(4), overtime=3),)}, "overtime"),
        ({"bookings": (Booking("a", at(1), at(3)),)}, "interval_start_in_range"),
        (
            {"bookings": (Booking("a", at(30), at(30) + timedelta(days=9)),)},
            "interval_end_in_range",
        ),
        (
            {"bookings": (Booking("a", at(3), at(4)), Booking("a", at(3), at(4)))},
            "booking_conflict",
        ),
        ({"bookings": (Booking("a", at(3), at(4), overtime=0),)}, "booking_no_duty"),
        ({"bookings": (Booking("a", at(3, 9), at(3, 10)),), "end": at(9)}, "booking_forward_only"),
        ({"allocations": ()}, "effort_no_allocations"),
        ({"start": at(3), "end": at(4)}, "task_overspecified"),
        ({"milestone": True}, "milestone_duration"),
        ({"dependencies": (Dependency("x"),)}, "task_depend_unknown"),
        ({"dependencies": (Dependency("t"),)}, "task_depend_self"),
        (
            {"dependencies": (Dependency("u", gap=Amount(0, TimeUnit.HOUR)),)},
            "working_duration_too_small",
        ),
        (
            {"dependencies": (Dependency("u", gap=Amount(-1, TimeUnit.HOUR)),)},
            "gap",
        ),
        (
            {
                "dependencies": (
                    Dependency("u", gap=Amount(0, TimeUnit.HOUR), gap_model=GapModel.DURATION),
                )
            },
            "zero_duration",
        ),
        (
            {
                "dependencies": (
                    Dependency("u", gap=Amount(90, TimeUnit.MINUTE), gap_model=GapModel.DURATION),
                )
            },
            "iv_duration_not_aligned",
        ),
        ({"dependencies": (Dependency("u"), Dependency("u"))}, "task_depend_multi"),
        (
            {"dependencies": (Dependency("u", DependencyTarget.ON_START),), "end": at(9)},
            "onstart_wrong_direction",
        ),
    ],
)
def test_tasks(changes: dict[str, Any], rule: str) -> None:
    """The fault names the task and is the first one that planning would stop at."""
    task = replace(work("t"), **changes)
    studio = problem(task, work("u"))

    faults = validate(studio)

    assert (rule, "t") in [(fault.id, fault.entity) for fault in faults]
    with pytest.raises(SchedulingError) as refused:
        schedule(studio)
    assert refused.value.id == faults[0].id == rule
    assert refused.value.entity == "t"
    assert "'t'" in str(refused.value)


def test_tasks_without_a_timing() -> None:
    """With artists or bookings they need both dates, or a neighbour that could give one."""
    both = Task("t", start=at(3), end=at(4), allocations=(Allocation(("a",)),))

    assert found(both) == []
    assert found(Task("t", start=at(3), dependencies=(Dependency("u"),)), Task("u")) == []
    assert found(work("u"), Task("t", bookings=(Booking("b", at(3), at(4)),))) == [
        ("task_underspecified", "t")
    ]


def test_containers() -> None:
    """What has parts has no timing, and waits neither for its parts nor they for it."""
    assert found(work("p"), work("t", parent="p")) == [("container_duration", "p")]
    assert found(
        Task("p", bookings=(Booking("a", at(3, 9), at(3, 10)),)), work("t", parent="p")
    ) == [("container_booking", "p")]
    assert found(Task("p", dependencies=(Dependency("t"),)), work("t", parent="p")) == [
        ("task_depend_child", "p")
    ]
    assert found(Task("p"), work("t", parent="p", dependencies=(Dependency("p"),))) == [
        ("task_depend_parent", "t")
    ]


def test_bookings_on_vacation() -> None:
    """Overtime of 1 is work out of hours, of 2 also in vacations."""
    away = (Artist("a", leaves=(Interval(at(3), at(4)),)), Artist("b"))
    for overtime, faults in ((1, [("booking_on_vacation", "t")]), (2, [])):
        logged = work("t", bookings=(Booking("a", at(3, 20), at(3, 22), overtime),))
        assert found(logged, artists=away) == faults


def test_loops() -> None:
    """The text names the way round, through containers as well."""
    tasks = (
        Task("p", label="Shot 10", dependencies=(Dependency("u"),)),
        work("t", parent="p", label="Comp"),
        work("u", label="Edit", dependencies=(Dependency("t"),)),
    )
    [fault, *_] = validate(problem(*tasks))

    assert fault.id == "loop_end"
    assert {name for name in ("Shot 10", "Comp", "Edit") if name in fault.text} >= {"Comp", "Edit"}


def test_circles_that_only_starts_make() -> None:
    """TaskJuggler breaks down on these."""
    on_start = DependencyTarget.ON_START
    assert ("loop_end", "t") in found(
        work("t", dependencies=(Dependency("u", on_start),)),
        work("u", dependencies=(Dependency("t", on_start),)),
    )


def test_everything_is_found_at_once() -> None:
    """One look shows all that has to be put right."""
    assert found(
        work("t", hours=0, label="Comp", priority=2_000),
        work("u", artist="z", parent="x"),
        work("u"),
        artists=(Artist("a", efficiency=-1), Artist("a")),
    ) == [
        ("efficiency", "a"),
        ("duplicate_id", "a"),
        ("duplicate_id", "u"),
        ("parent_unknown", "u"),
        ("priority", "t"),
        ("effort_zero", "t"),
        ("artist_unknown", "u"),
    ]
    assert found(
        work("t", dependencies=(Dependency("x"), Dependency("u"), Dependency("u"))),
        work("u", allocations=()),
        Task("v", start=at(3), end=at(4), milestone=True),
    ) == [
        ("task_depend_unknown", "t"),
        ("task_depend_multi", "t"),
        ("effort_no_allocations", "u"),
        ("milestone_start_end", "v"),
    ]


def test_the_error_carries_what_was_found() -> None:
    """Rule, entity, dates and all faults, also in another process."""
    with pytest.raises(SchedulingError) as refused:
        schedule(problem(work("t", hours=1_000, label="Comp")))

    error = pickle.loads(pickle.dumps(refused.value))

    assert isinstance(error, RuntimeError)
    assert (error.id, error.entity) == ("sched_runaway", "t")
    assert (error.start, error.end) == (at(2, 9), None)
    assert [fault.id for fault in error.faults] == ["sched_runaway"]
    assert str(error).startswith("Task 'Comp' does not fit into the plan")
