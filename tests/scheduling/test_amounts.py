"""Amounts of work and time in slots."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stalker.core.kinds import GapModel, ScheduleModel, TimeUnit
from stalker.scheduling import Amount, Task, same_week
from stalker.scheduling.amounts import divided, weekly_hours, yardstick
from tests.scheduling.cases import problem

EFFORT, LENGTH, DURATION = ScheduleModel


def slots(
    model: ScheduleModel, value: float, unit: str, minutes: int = 60, **project: float
) -> int:
    measured = problem(
        Task("t"),
        resolution=timedelta(minutes=minutes),
        week=same_week([(9 * 60, 18 * 60)]),
        **project,
    )
    return yardstick(measured).slots(model, Amount(value, TimeUnit(unit)))


@pytest.mark.parametrize("model", [EFFORT, LENGTH])
@pytest.mark.parametrize(
    ("value", "unit", "project", "expected"),
    [
        (90, "min", {}, 1),  # whole numbers are cut down when they are divided
        (90.0, "min", {}, 2),  # halves go up
        (1.5, "h", {}, 2),
        (1.4, "h", {}, 1),
        (2, "d", {"daily_working_hours": 9}, 18),
        (1, "w", {"daily_working_hours": 8}, 40),  # 45 hours a week are 5 days of 8
        (1, "w", {"daily_working_hours": 8.0}, 45),  # or 5.625 of them
        (1, "m", {"daily_working_hours": 8, "yearly_working_days": 261}, 168),  # 21 days
        (1, "m", {"daily_working_hours": 8, "yearly_working_days": 261.0}, 174),
        (1, "y", {"daily_working_hours": 8, "yearly_working_days": 260}, 2080),
        (1, "m", {"daily_working_hours": 8}, 174),  # 260.714 days a year unless stated
    ],
)
def test_amounts_of_work(
    model: ScheduleModel, value: float, unit: str, project: dict[str, float], expected: int
) -> None:
    """Effort and length count working time, in the numbers as they were written."""
    assert slots(model, value, unit, **project) == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (1.9, "h", 1),
        (59, "min", 0),
        (2, "d", 48),
        (1, "w", 168),
        (1, "m", 730),  # 30.4167 days
        (1, "y", 8760),
    ],
)
def test_amounts_of_calendar_time(value: float, unit: str, expected: int) -> None:
    """Durations count nights and weekends, and are cut down."""
    assert slots(DURATION, value, unit) == expected


def test_gaps_are_seconds() -> None:
    """Only months are cut to whole slots; validation refuses what else misses the grid."""
    measure = yardstick(problem(Task("t")))

    assert measure.gap_seconds(Amount(1.5, TimeUnit.HOUR)) == 5400
    assert measure.gap_seconds(Amount(1, TimeUnit.MONTH)) == 730 * 3600
    assert measure.slots(GapModel.LENGTH, Amount(1, TimeUnit.DAY)) == 9


def test_dividing_whole_numbers() -> None:
    """Two whole numbers give a whole one, any float a float; weeks count whole hours."""
    assert (divided(45, 8), divided(45, 8.0), divided(45.0, 8)) == (5, 5.625, 5.625)
    assert weekly_hours(same_week([(0, 59), (60, 90)])) == 7  # 445 minutes
