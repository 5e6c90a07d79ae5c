"""Problems that TaskJuggler itself answers: what it plans, and what it says is wrong (30 §10)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from stalker import scheduling
from stalker.exceptions import SchedulingError
from stalker.scheduling import (
    Allocation,
    Amount,
    Booking,
    Dependency,
    DependencyTarget,
    GapModel,
    Interval,
    Problem,
    ScheduleModel,
    Task,
    TimeUnit,
    tjp,
)
from stalker.scheduling.exchange import problem_from_json, result_to_json
from tests.scheduling.cases import HOUR, at, examples, problem, work
from tests.scheduling.tj3 import at_once, needs_tj3

pytestmark = needs_tj3

LENGTH, DURATION = ScheduleModel.LENGTH, ScheduleModel.DURATION
ANYBODY = (Allocation(("a",)),)


def answer(problem: Problem) -> Any:
    """Return what TaskJuggler says, without anybody who looks at the problem before it."""
    try:
        return result_to_json(tjp.schedule(problem, check=False))["tasks"]
    except SchedulingError as error:
        return error.id


def test_the_examples() -> None:
    """30 §12: what is written and read again are the dates, artists and errors of each rule."""
    cases = list(examples().values())
    answers = at_once(answer, (problem_from_json(case["case"]) for case in cases))
    for case, found in zip(cases, answers, strict=True):
        expected = case["expected"]
        assert found == (expected["error"] or expected["tasks"]), case["name"]
    assert len(cases) == 30


def hours(number: float) -> Amount:
    return Amount(number, TimeUnit.HOUR)


def minutes(number: float) -> Amount:
    return Amount(number, TimeUnit.MINUTE)


def after(
    target: str, gap: Amount | None = None, model: GapModel = GapModel.LENGTH
) -> dict[str, Any]:
    return {"dependencies": (Dependency(target, gap=gap, gap_model=model),)}


def on_start_of(target: str) -> Dependency:
    return Dependency(target, DependencyTarget.ON_START)


def booked(start: int, end: int, day: int = 2, overtime: int = 2) -> dict[str, Any]:
    """Return work of an artist from one hour of a day of March to another."""
    return {"bookings": (Booking("a", at(day, start), at(day, end), overtime),)}


def lasting(name: str, number: float, **more: Any) -> Task:
    return Task(name, model=DURATION, timing=hours(number), **more)


HALF = timedelta(minutes=30)
TODAY = {"leaves": (Interval(at(2), at(3)),)}
OFF_GRID = {"artist_leaves": (Interval(at(3), at(3) + HALF),)}
BY_CALENDAR = GapModel.DURATION
Y = work("y", 4)
#: rule, the task that breaks it, the tasks, and what else the problem has
FAULTS: list[tuple[str, str, tuple[Task, ...], dict[str, Any]]] = [
    # while reading
    ("misaligned_date", "x", (work("x", start=at(3) + HALF),), {}),
    ("misaligned_date", "x", (work("x", bookings=(Booking("a", at(2), at(2) + HALF),)),), {}),
    ("misaligned_date", "", (Y,), {"now": at(3) + HALF}),
    ("misaligned_date", "", (Y,), {"start": at(2) + HALF, "resolution": HALF}),
    ("misaligned_date", "", (Y,), {"end": at(30) + HALF, "resolution": HALF}),
    ("zone", "", (Y,), {"zone": "Asia/Kolkata"}),
    ("zone", "", (Y,), {"zone": "Asia/Kathmandu", "resolution": HALF}),
    ("misaligned_date", "", (Y,), OFF_GRID),
    ("date_in_range", "x", (work("x", start=at(1)),), {}),
    ("date_in_range", "x", (work("x", maxend=at(31) + 72 * HOUR),), {}),
    ("interval_start_in_range", "x", (work("x", **booked(9, 10, day=1)),), {}),
    ("interval_end_in_range", "x", (work("x", bookings=(Booking("a", at(3), at(9) + 720 * HOUR),)),), {}),
    ("zero_duration", "x", (Y, work("x", **after("y", hours(0), BY_CALENDAR))), {}),
    ("iv_duration_not_aligned", "x", (Y, work("x", **after("y", minutes(90), BY_CALENDAR))), {}),
    ("working_duration_too_small", "x", (Y, work("x", **after("y", minutes(1)))), {}),
    ("working_duration_too_small", "x", (Task("x", model=LENGTH, timing=hours(0)),), {}),
    ("effort_zero", "x", (work("x", 0),), {}),
    ("milestone_duration", "x", (lasting("x", 4, milestone=True),), {}),
    ("milestone_booking", "x", (Task("x", milestone=True, **booked(9, 10)),), {}),
    ("priority", "x", (work("x", priority=1001),), {}),
    ("no_tasks", "", (), {}),
    # before scheduling
    ("task_depend_self", "x", (work("x", **after("x")),), {}),
    ("task_depend_child", "x", (Task("x", **after("y")), work("y", parent="x")), {}),
    ("task_depend_parent", "x", (Task("p"), work("x", parent="p", **after("p"))), {}),
    ("task_depend_multi", "x", (Y, work("x", dependencies=(Dependency("y"), on_start_of("y")))), {}),
    ("booking_conflict", "x", (work("y", **booked(9, 10)), work("x", **booked(9, 10))), {}),
    ("booking_no_duty", "x", (work("x", **booked(5, 6, overtime=0)),), {}),
    ("booking_on_vacation", "x", (work("x", **booked(9, 10, overtime=1)),), TODAY),
    ("booking_forward_only", "x", (work("x", end=at(9), **booked(9, 10)),), {}),
    ("container_booking", "x", (Task("x", **booked(9, 10)), work("y", parent="x")), {}),
    ("container_duration", "x", (lasting("x", 4), work("y", parent="x")), {}),
    ("effort_no_allocations", "x", (work("x", allocations=()),), {}),
    ("milestone_start_end", "x", (Task("x", milestone=True, start=at(3), end=at(4)),), {}),
    ("task_underspecified", "x", (Task("x", allocations=ANYBODY),), {}),
    ("task_overspecified", "x", (work("x", start=at(3), end=at(4)),), {}),
    ("onstart_wrong_direction", "x", (Y, work("x", end=at(9), dependencies=(on_start_of("y"),))), {}),
    ("loop_end", "x", (work("x", **after("y")), work("y", **after("x"))), {}),
    # after scheduling
    ("sched_runaway", "x", (work("x", 900),), {}),
    ("sched_runaway", "x", (lasting("x", 900),), {}),
    ("not_scheduled", "x", (lasting("x", 4, **after("y")), lasting("y", 4, **after("z")), work("z", 900)), {}),
    ("impossible_start_dep", "x", (Y, Task("x", end=at(2, 10), **after("y"))), {}),
    ("start_after_end", "x", (work("x", 9, **booked(9, 15, day=12)),), {}),
    ("task_start_range", "x", (Y, Task("x", **after("y", hours(900), BY_CALENDAR))), {}),
    ("task_pred_before", "x", (Y, work("x", artist="b", start=at(2, 9), **after("y"))), {}),
    ("task_pred_before", "x", (Y, work("x", start=at(3), **after("y", hours(40)))), {}),
    ("task_pred_before", "x", (Y, work("x", start=at(3), **after("y", hours(40), BY_CALENDAR))), {}),
]  # fmt: skip


def fault_of(solve: Callable[[Problem], object], problem: Problem) -> tuple[str, str] | None:
    try:
        solve(problem)
    except SchedulingError as error:
        return error.id, error.entity
    return None


def test_what_it_says_is_wrong() -> None:
    """Each sentence has the rule and the task that the embedded scheduler names."""
    problems = [problem(*tasks, **more) for _, _, tasks, more in FAULTS]
    alone = partial(tjp.schedule, check=False)
    said = at_once(partial(fault_of, alone), problems)
    for (rule, entity, _, _), each, found in zip(FAULTS, problems, said, strict=True):
        assert found == (rule, entity)
        assert fault_of(scheduling.schedule, each) == (rule, entity)


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        (
            {"now": at(1).replace(month=6)},
            "and it is 2026-06-01 00:00 already: Studio.end, 2026-04-01 00:00, has to be later, or "
            "Studio.now earlier.",
        ),
        (
            {"now": at(4), "tasks": (work("y", 5, **booked(9, 13, day=10)),)},
            "because work is logged until 2026-03-10 13:00, and it is only 2026-03-04 00:00: "
            "correct that log, or let Studio.now be as late.",
        ),
    ],
)
def test_what_to_change(changes: dict[str, Any], hint: str) -> None:
    """21 §7.7: where the present makes it impossible, both say so, and what is to be changed."""
    for solve in (scheduling.schedule, tjp.schedule):
        with pytest.raises(SchedulingError, match=re.escape(hint)) as caught:
            solve(problem(**{"tasks": (Y,), **changes}))
        assert caught.value.entity == "y"


def test_years_that_it_does_not_know() -> None:
    """A frame from 1970 to 2035 only, which is said before the run; others can plan later ones."""
    later = problem(Y, start=at(2).replace(year=2036), end=at(30).replace(year=2036))
    assert fault_of(partial(tjp.schedule, check=False), later) == ("date_in_range", "")
    with pytest.raises(SchedulingError, match=r"Studio\.start.*1970 to 2035") as caught:
        tjp.schedule(later, command="/no/such/command")
    assert [fault.id for fault in caught.value.faults] == ["date_in_range"] * 2
    assert scheduling.schedule(later).tasks["y"].start is not None


def test_what_it_warns_of() -> None:
    """Warnings have the names that the embedded scheduler gives them, and the tasks."""
    late = problem(
        work("late", 30, maxend=at(3)),
        work("over", 2, artist="b", bookings=(Booking("b", at(2, 9), at(2, 15)),)),
        Task("idle", model=LENGTH, timing=hours(2), allocations=ANYBODY),
        now=at(3),
    )
    gone = problem_from_json(examples()["E30-broken-persistence"]["case"])
    for each, rules in (
        (late, {"maxend", "overbooked_effort", "allocate_no_assigned"}),
        (gone, {"broken_persistence"}),
    ):
        theirs, ours = (solve(each).warnings for solve in (tjp.schedule, scheduling.schedule))
        assert {notice.id for notice in theirs} == rules
        assert {(note.id, note.task) for note in theirs} == {(note.id, note.task) for note in ours}


def test_errors_are_about_people() -> None:
    """The label stands for the task, the dates are those that contradict each other."""
    early = work("x", 4, artist="b", start=at(2, 9), label="Comp", **after("y"))
    with pytest.raises(SchedulingError, match=r"Task 'Comp' .* must start after end") as caught:
        tjp.schedule(problem(Y, early))
    assert (caught.value.start, caught.value.end) == (at(2, 9), at(2, 13))
