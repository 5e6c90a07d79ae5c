"""Seconds per unit, and back. One table for working time, one for calendar time."""

from __future__ import annotations

from typing import NamedTuple

from stalker.core.kinds import ScheduleModel, TimeUnit

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

#: Calendar seconds of each unit; a month has 28 days here, so that it is four weeks in both tables.
CALENDAR_SECONDS: dict[str, int] = {
    TimeUnit.MINUTE: MINUTE,
    TimeUnit.HOUR: HOUR,
    TimeUnit.DAY: DAY,
    TimeUnit.WEEK: 7 * DAY,
    TimeUnit.MONTH: 28 * DAY,
    TimeUnit.YEAR: 365 * DAY,
}

#: Seconds of the units that are as long in working time.
FIXED_SECONDS: dict[str, int] = {TimeUnit.MINUTE: MINUTE, TimeUnit.HOUR: HOUR}

#: Days of each unit when a task's dates are laid out before any scheduler ran.
#: A month has 30 days in this table; both figures are published behaviour, so both are kept.
LAYOUT_SECONDS: dict[str, int] = {**CALENDAR_SECONDS, TimeUnit.MONTH: 30 * DAY}


class WorkTime(NamedTuple):
    """How much a studio works: hours a day, days a week, days a year."""

    daily_hours: float
    weekly_days: float
    yearly_days: float

    def seconds(self) -> dict[str, float]:
        """Working seconds of each unit."""
        day = self.daily_hours * HOUR
        week = self.weekly_days * day
        return {
            TimeUnit.MINUTE: MINUTE,
            TimeUnit.HOUR: HOUR,
            TimeUnit.DAY: day,
            TimeUnit.WEEK: week,
            TimeUnit.MONTH: 4 * week,
            TimeUnit.YEAR: int(self.yearly_days) * day,
        }


def unit_seconds(unit: str, model: str | None, work_time: WorkTime) -> float:
    """Return the seconds of one *unit*; effort and length count working time only."""
    if model in (ScheduleModel.EFFORT, ScheduleModel.LENGTH):
        return work_time.seconds()[unit]
    return CALENDAR_SECONDS[unit]


def least_meaningful_unit(
    seconds: float, as_work_time: bool, work_time: WorkTime
) -> tuple[int, TimeUnit]:
    """Return *seconds* in the largest unit that divides them, else in whole minutes.

    Years, months, weeks and days have their working length when *as_work_time*.
    """
    whole = int(seconds)
    sizes = work_time.seconds() if as_work_time else CALENDAR_SECONDS
    # nothing logged is "0 hours": zero of a large unit reads as a mistake
    for unit in _LARGE_TO_SMALL if whole else ():
        size = int(sizes[unit])
        if size and whole % size == 0:
            return whole // size, unit
    return (whole // MINUTE, TimeUnit.MINUTE) if whole else (0, TimeUnit.HOUR)


_LARGE_TO_SMALL = (TimeUnit.YEAR, TimeUnit.MONTH, TimeUnit.WEEK, TimeUnit.DAY, TimeUnit.HOUR)
