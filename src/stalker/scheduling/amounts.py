"""Amounts of work and time as whole slots, rounded as TaskJuggler rounds them."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

from stalker.core.kinds import GapModel, ScheduleModel, TimeUnit
from stalker.scheduling.problem import Amount, Problem, Week

#: calendar seconds of each unit; a month is a twelfth of a year there, not four weeks
CALENDAR_SECONDS: dict[TimeUnit, float] = {
    TimeUnit.MINUTE: 60,
    TimeUnit.HOUR: 3600,
    TimeUnit.DAY: 86400,
    TimeUnit.WEEK: 604800,
    TimeUnit.MONTH: 86400 * 30.4167,
    TimeUnit.YEAR: 86400 * 365,
}


@dataclass(frozen=True, slots=True)
class Yardstick:
    """How many slots an amount takes in one problem."""

    #: seconds of a slot
    step: int
    #: seconds of work in each unit
    work: dict[TimeUnit, int | float]

    def slots(self, model: ScheduleModel | GapModel, amount: Amount) -> int:
        """Return the slots of a task; amounts of calendar time are cut, others rounded."""
        if model == ScheduleModel.DURATION:
            return int(float(amount.value) * CALENDAR_SECONDS[amount.unit] / self.step)
        return _rounded(divided(amount.value * self.work[amount.unit], self.step))

    def gap_seconds(self, amount: Amount) -> int:
        """Return the calendar seconds of a gap; only months are cut to whole slots."""
        seconds = int(amount.value * CALENDAR_SECONDS[amount.unit])
        return seconds - seconds % self.step if amount.unit == TimeUnit.MONTH else seconds


def yardstick(problem: Problem) -> Yardstick:
    """Return the measure of *problem*."""
    daily, yearly = problem.daily_working_hours, problem.yearly_working_days
    day = 3600 * daily
    work: dict[TimeUnit, int | float] = {
        TimeUnit.MINUTE: 60,
        TimeUnit.HOUR: 3600,
        TimeUnit.DAY: day,
        TimeUnit.WEEK: day * divided(weekly_hours(problem.week), daily),
        TimeUnit.MONTH: day * divided(yearly, 12),
        TimeUnit.YEAR: day * yearly,
    }
    return Yardstick(int(problem.resolution.total_seconds()), work)


def weekly_hours(week: Week) -> int:
    """Return the whole hours of all spans of *week*."""
    return sum(end - begin for spans in week for begin, end in spans) // 60


def divided(number: int | float, by: int | float) -> int | float:
    """Divide as TaskJuggler's language does: two whole numbers give a whole number."""
    if isinstance(number, int) and isinstance(by, int):
        return number // by
    return number / by


def _rounded(number: int | float) -> int:
    """Round to a whole number, halves away from zero; amounts are never negative."""
    whole = floor(number)
    return whole + (number - whole >= 0.5)
