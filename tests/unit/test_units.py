"""Seconds per unit, and back."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalker.core.kinds import ScheduleModel, TimeUnit
from stalker.core.units import (
    CALENDAR_SECONDS,
    LAYOUT_SECONDS,
    WorkTime,
    least_meaningful_unit,
    unit_seconds,
)

STUDIO = WorkTime(daily_hours=9, weekly_days=5, yearly_days=260.714)
LARGE_TO_SMALL = (TimeUnit.YEAR, TimeUnit.MONTH, TimeUnit.WEEK, TimeUnit.DAY, TimeUnit.HOUR)

work_times = st.builds(
    WorkTime,
    daily_hours=st.integers(0, 48).map(lambda halves: halves / 2),
    weekly_days=st.integers(0, 7),
    yearly_days=st.floats(0, 366),
)


@pytest.mark.parametrize(
    ("unit", "calendar", "working"),
    [
        ("min", 60, 60),
        ("h", 3600, 3600),
        ("d", 86400, 32400),
        ("w", 604800, 162000),
        ("m", 2419200, 648000),
        ("y", 31536000, 8424000),
    ],
)
def test_units_have_the_seconds_of_the_contract(unit: str, calendar: int, working: int) -> None:
    """Effort and length count working time; duration, and what has no model, calendar time."""
    assert unit_seconds(unit, "effort", STUDIO) == working
    assert unit_seconds(unit, ScheduleModel.LENGTH, STUDIO) == working
    assert unit_seconds(unit, "duration", STUDIO) == calendar
    assert unit_seconds(unit, None, STUDIO) == calendar


def test_only_the_month_differs_between_the_calendar_tables() -> None:
    """Laying out dates takes a month for 30 days, counting seconds takes it for four weeks."""
    differing = {unit for unit in TimeUnit if CALENDAR_SECONDS[unit] != LAYOUT_SECONDS[unit]}

    assert differing == {"m"}
    assert LAYOUT_SECONDS["m"] == 30 * 86400
    assert set(CALENDAR_SECONDS) == set(LAYOUT_SECONDS) == set(STUDIO.seconds()) == set(TimeUnit)


@pytest.mark.parametrize(
    ("seconds", "as_work_time", "yearly_days", "expected"),
    [
        (125, True, 261, (2, "min")),
        (59, True, 261, (0, "min")),
        (0, True, 261, (0, "h")),
        (0, False, 261, (0, "h")),
        (0.9, True, 261, (0, "h")),
        (3600, True, 261, (1, "h")),
        (5400, True, 261, (90, "min")),
        (32400, True, 261, (1, "d")),
        (32400, False, 261, (9, "h")),
        (86400, True, 261, (24, "h")),
        (86400, False, 261, (1, "d")),
        (162000, True, 261, (1, "w")),
        (648000, True, 261, (1, "m")),
        (2419200, False, 261, (1, "m")),
        (8424000, True, 260, (1, "y")),
        (8424000, True, 260.714, (1, "y")),
        (8424000, True, 261, (13, "m")),
        (8424000, False, 260, (2340, "h")),
        (31536000, False, 261, (1, "y")),
        (-64800, True, 261, (-2, "d")),
    ],
)
def test_least_meaningful_unit_is_what_the_contract_lists(
    seconds: float, as_work_time: bool, yearly_days: float, expected: tuple[int, str]
) -> None:
    """The largest unit that divides the seconds is taken; failing all, whole minutes will do."""
    assert least_meaningful_unit(seconds, as_work_time, WorkTime(9, 5, yearly_days)) == expected


@given(st.integers(-(10**9), 10**9), st.booleans(), work_times)
def test_least_meaningful_unit_is_exact_when_it_divides(
    seconds: int, as_work_time: bool, work_time: WorkTime
) -> None:
    """The result means the same seconds, no larger unit would, and only minutes drop a rest."""
    value, unit = least_meaningful_unit(seconds, as_work_time, work_time)
    sizes = work_time.seconds() if as_work_time else CALENDAR_SECONDS

    if unit == TimeUnit.MINUTE:
        assert 0 <= seconds - value * 60 < 60
        larger = LARGE_TO_SMALL
    else:
        assert value * sizes[unit] == seconds
        larger = LARGE_TO_SMALL[: LARGE_TO_SMALL.index(unit)]
    assert not any(seconds and sizes[each] and seconds % sizes[each] == 0 for each in larger)


@given(
    st.sampled_from(TimeUnit),
    st.sampled_from(ScheduleModel),
    st.integers(1, 48).map(lambda halves: halves / 2),
    st.integers(1, 10_000),
)
def test_a_timing_survives_the_way_to_seconds_and_back(
    unit: TimeUnit, model: ScheduleModel, daily_hours: float, timing: int
) -> None:
    """Seconds of a whole timing mean at least as large a unit, and the same amount."""
    work_time = WorkTime(daily_hours, 5, 261)
    seconds = timing * unit_seconds(unit, model, work_time)

    value, found = least_meaningful_unit(seconds, model != ScheduleModel.DURATION, work_time)

    assert math.isclose(value * unit_seconds(found, model, work_time), seconds)
