"""When the people of the demo work on what, until a scheduler says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from math import ceil

from stalker.core.dates import utc_now
from stalker.core.units import HOUR
from stalker.models.auth import User
from stalker.models.task import Task

__all__ = ["Agenda", "hours"]

#: when a day begins, and how long anybody works, in hours
MORNING, DAY = 9, 9
#: how long ago the production began
WEEKS = 12
_FRIDAY = 4


class Agenda:
    """The next free day of everybody: nobody does two things on one day, or works at weekends."""

    def __init__(self) -> None:
        today = utc_now().replace(hour=MORNING, minute=0, second=0, microsecond=0)
        #: the Monday on which everything began
        self.begin = today - timedelta(days=today.weekday(), weeks=WEEKS)
        self._free: dict[User, datetime] = {}

    def book(self, person: User, days: float, after: Iterable[Task]) -> datetime:
        """Return when *person* begins something that lasts some days, less than a week.

        What it waits for has ended by then.
        """
        earliest = max([self._free.get(person, self.begin), *(task.end for task in after)])
        start = earliest.replace(hour=MORNING)
        if start < earliest:
            start += timedelta(days=1)
        if start.weekday() + ceil(days) - 1 > _FRIDAY:
            start += timedelta(days=7 - start.weekday())
        self._free[person] = start + timedelta(days=ceil(days))
        return start


def hours(task: Task) -> Iterator[tuple[datetime, datetime]]:
    """Yield begin and end of the work on each day of *task*, in whole hours."""
    left = ceil(task.schedule_seconds / HOUR)
    start = task.start
    while left > 0:
        yield start, start + timedelta(hours=min(left, DAY))
        left -= DAY
        start += timedelta(days=1)
