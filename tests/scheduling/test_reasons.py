"""Why a task lies where it lies, and what can be planned of what does not fit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stalker.core.kinds import DependencyTarget, GapModel, ScheduleModel, TimeUnit
from stalker.scheduling import (
    Amount,
    Artist,
    Booking,
    Cause,
    Dependency,
    Interval,
    Problem,
    Result,
    SchedulingError,
    Task,
    schedule,
)
from tests.scheduling.cases import at, problem, work
from tests.scheduling.made_up import Studio

AFTER_T = (Dependency("t"),)
TWO_HOURS = Amount(2, TimeUnit.HOUR)
ELSEWHERE = Interval(at(2), at(3, 17))


def explained(*tasks: Task, **more: Any) -> Result:
    return schedule(problem(*tasks, **more), strict=False, reasons=True)


@pytest.mark.parametrize(
    ("tasks", "more", "cause", "text"),
    [
        (
            (work("t", 2), work("u", 2, label="Comp", priority=400)),
            {},
            Cause.BUSY,
            "'a' is busy with 't' until 2026-03-02 11:00",
        ),
        (
            (work("t", 2), work("u", 2, "b", dependencies=AFTER_T)),
            {},
            Cause.DEPENDENCY,
            "'t' ends at 2026-03-02 11:00",
        ),
        (
            (work("t", 2), work("u", 2, "b", dependencies=(Dependency("t", gap=TWO_HOURS),))),
            {},
            Cause.DEPENDENCY,
            "'t' ends at 2026-03-02 11:00, and the gap after it at 2026-03-02 13:00",
        ),
        (
            (
                work("t", 9),
                work(
                    "u",
                    2,
                    "b",
                    dependencies=(Dependency("t", gap=TWO_HOURS, gap_model=GapModel.DURATION),),
                ),
            ),
            {},
            Cause.WORKING_HOURS,
            "'t' ends at 2026-03-02 18:00, and the gap after it at 2026-03-02 20:00, "
            "and 'b' does not work before 2026-03-03 09:00",
        ),
        (
            (
                work("t", 2),
                work("u", 2, "b", dependencies=(Dependency("t", DependencyTarget.ON_START),)),
            ),
            {},
            Cause.DEPENDENCY,
            "'t' starts at 2026-03-02 09:00",
        ),
        (
            (work("u", 2),),
            {"artists": (Artist("a", leaves=(Interval(at(2), at(4)),), label="Ann"),)},
            Cause.VACATION,
            "the plan starts at 2026-03-02 00:00, and 'Ann' is on vacation until 2026-03-04 09:00",
        ),
        (
            (work("u", 2),),
            {"artists": (Artist("a", leaves=(ELSEWHERE,), elsewhere=(ELSEWHERE,)),)},
            Cause.BUSY,
            "'a' is busy with what is not in this plan until 2026-03-03 17:00",
        ),
        (
            (work("u", 2),),
            {},
            Cause.WORKING_HOURS,
            "the plan starts at 2026-03-02 00:00, and 'a' does not work before 2026-03-02 09:00",
        ),
        (
            (work("u", 2, start=at(4, 10)),),
            {},
            Cause.GIVEN,
            "its start is fixed at 2026-03-04 10:00",
        ),
        (
            (work("u", 2),),
            {"now": at(4, 12)},
            Cause.NOW,
            "nothing is planned before 2026-03-04 12:00, which is now",
        ),
        (
            (work("u", 2),),
            {"start": at(2, 9)},
            Cause.FRAME,
            "the plan starts at 2026-03-02 09:00",
        ),
        (
            (work("u", 5, bookings=(Booking("a", at(2, 10), at(2, 12)),)),),
            {"now": at(2, 12)},
            Cause.LOGGED,
            "work was logged from 2026-03-02 10:00 on",
        ),
        (
            (Task("p", start=at(5, 9)), Task("t"), work("u", 2, parent="p", dependencies=AFTER_T)),
            {},
            Cause.PARENT,
            "'p', which it is a part of, starts at 2026-03-05 09:00",
        ),
        (
            (
                Task("p", start=at(5, 12)),
                Task("u", parent="p", model=ScheduleModel.LENGTH, timing=TWO_HOURS),
            ),
            {},
            Cause.PARENT,
            "'p', which it is a part of, starts at 2026-03-05 12:00",
        ),
        (
            (work("u", 2, model=ScheduleModel.LENGTH),),
            {"now": at(4, 12)},
            Cause.FRAME,
            "the plan starts at 2026-03-02 00:00",
        ),
        (
            (work("u", 2, end=at(3, 14)),),
            {},
            Cause.EFFORT,
            "it takes 2h of effort of 'a'",
        ),
    ],
)
def test_why_a_task_starts(
    tasks: tuple[Task, ...], more: dict[str, Any], cause: Cause, text: str
) -> None:
    """The reason is what lies right before it, in the words of the studio's clocks."""
    reason = explained(*tasks, **more).reasons["u"].start

    assert (reason.cause, str(reason)) == (cause, text)


@pytest.mark.parametrize(
    ("task", "cause", "text"),
    [
        (work("u", 2), Cause.EFFORT, "it takes 2h of effort of 'a'"),
        (
            Task("u", model=ScheduleModel.LENGTH, timing=TWO_HOURS),
            Cause.LENGTH,
            "it takes 2h of length",
        ),
        (
            Task("u", model=ScheduleModel.DURATION, timing=TWO_HOURS),
            Cause.DURATION,
            "it takes 2h of duration",
        ),
        (Task("u"), Cause.MILESTONE, "it takes no time"),
        (Task("u", start=at(3), end=at(4)), Cause.GIVEN, "its end is fixed at 2026-03-04 00:00"),
        (work("u", 2, end=at(3, 14)), Cause.GIVEN, "its end is fixed at 2026-03-03 14:00"),
        (
            work("u", 2, end=at(3, 20)),
            Cause.WORKING_HOURS,
            "its end is fixed at 2026-03-03 20:00, and 'a' does not work after 2026-03-03 18:00",
        ),
    ],
)
def test_why_a_task_ends(task: Task, cause: Cause, text: str) -> None:
    """The amount that it takes, or the date that is fixed."""
    reason = explained(task).reasons["u"].end

    assert (reason.cause, str(reason)) == (cause, text)


@pytest.mark.parametrize("backward", [False, True])
def test_what_interrupts_a_task(backward: bool) -> None:
    """Other work and vacations in working hours, each once, and until when they last."""
    first = work("t", 12, start=at(3, 10), priority=900, label="Review")
    away = (Interval(at(5), at(7)), Interval(at(10), at(11)))
    other = Interval(at(10, 15), at(11))  # from one into the other
    task = work("u", 27)
    result = explained(
        first,
        replace(task, end=at(11, 15)) if backward else task,
        artists=(Artist("a", leaves=away, elsewhere=(other,), label="Ann"),),
    )
    explanation = result.reasons["u"]

    assert [(each.cause, each.task, each.moment) for each in explanation.delays] == [
        (Cause.BUSY, "t", at(4, 13)),
        (Cause.VACATION, "", at(9, 9)),
        (Cause.VACATION, "", at(10, 15)),
        (Cause.BUSY, "", at(11)),
    ]
    assert str(explanation).endswith(
        "'Ann' is on vacation until 2026-03-10 15:00; "
        "'Ann' is busy with what is not in this plan until 2026-03-11 00:00"
    )


def test_the_chain_that_decides_an_end() -> None:
    """From the end of a project back over dependencies and over artists who were busy."""
    result = explained(
        Task("p"),
        Task("shot", parent="p"),
        work("model", 9, "a", parent="shot", priority=900),
        work("layout", 4, "b", parent="shot"),
        work("rig", 9, "a", parent="shot", priority=300, dependencies=(Dependency("layout"),)),
        work("comp", 3, "b", parent="p", dependencies=(Dependency("shot"),)),
    )

    assert result.reasons["p"].end.task == "comp"
    assert result.reasons["p"].start.task == "shot"
    assert result.chain("p") == ("model", "rig", "comp")


def test_what_does_not_fit() -> None:
    """Others are planned as far as they can be; each task says what is missing."""
    tasks = (
        Task("p"),
        work("t", 1_000, parent="p", label="Rig"),
        work("u", 4, "b", parent="p", dependencies=(Dependency("t"),), label="Comp"),
        work("v", 4, "b"),
    )
    with pytest.raises(SchedulingError):
        schedule(problem(*tasks))

    result = explained(*tasks)

    assert result.tasks["v"].end == at(2, 13)
    assert result.tasks["t"].start == at(2, 9)
    assert result.tasks["t"].end is result.tasks["u"].start is result.tasks["p"].end is None
    assert [(fault.id, fault.entity) for fault in result.faults] == [("sched_runaway", "t")]
    reasons = {name: str(each.end) for name, each in result.reasons.items()}
    assert reasons["t"] == (
        "only 198 h of its 1000 h fit into the plan, in the time that is left of 'a'"
    )
    assert reasons["u"] == "'Rig' could not be planned"
    assert reasons["p"] == "its part 'Rig' could not be planned"


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32).map(lambda seed: Studio(seed).problem()))
def test_every_task_has_reasons(studio: Problem) -> None:
    """Whatever the studio; asking for them changes no plan, and chains come to an end."""
    try:
        plain = schedule(studio, strict=False)
    except SchedulingError:
        return
    result = schedule(studio, strict=False, reasons=True)

    assert replace(result, reasons={}) == plain
    for task in studio.tasks:
        explanation = result.reasons[task.id]
        assert str(explanation)
        assert set(result.chain(task.id)) <= set(result.tasks)
        assert task.allocations or not explanation.delays
