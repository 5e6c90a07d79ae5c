"""`WorkingHours`: the weekly pattern in which a studio works."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING, Any, NoReturn

from sqlalchemy import CheckConstraint, ForeignKey, event
from sqlalchemy.orm import Mapped, Session, mapped_column

import stalker
from stalker.core.rules import default, instance_of, wrong_type, wrong_value
from stalker.db.session import StudioSession
from stalker.db.types import GenericJSON
from stalker.models.entity import Entity
from stalker.scheduling.tjp import statement

if TYPE_CHECKING:
    from stalker.models.studio.studio import Studio

__all__ = ["WorkingHours", "WrongIntervalError"]

_DAY = 24 * 60
_WEEKS_OF_A_YEAR = 52.1428

Pattern = dict[str, list[list[int]]]


class WrongIntervalError(RuntimeError, ValueError):
    """An interval of working time is no pair of a start and an end."""


def _intervals(where: str, value: Any) -> list[list[int]]:
    """Return a copy of the intervals of one day, or raise."""
    if not isinstance(value, list):
        raise wrong_type(where, "a list of [start, end] in minutes after midnight", value)
    for pair in value:
        if not isinstance(pair, list):
            raise wrong_type(where, "a list of [start, end] in minutes after midnight", pair)
        if len(pair) != 2:
            raise WrongIntervalError(f"{where} must hold pairs of start and end, not {pair!r}")
        for minute in pair:
            if isinstance(minute, bool) or not isinstance(minute, int):
                raise wrong_type(where, "whole minutes after midnight", minute)
            if not 0 <= minute <= _DAY:
                raise wrong_value(where, f"minutes from 0 to {_DAY}", minute)
    return copy.deepcopy(value)


def _pattern(hours: WorkingHours, value: Any) -> Pattern:
    where = f"{type(hours).__name__}.working_hours"
    if value is None:
        value = {}
    if not isinstance(value, dict):
        raise wrong_type(where, "a dict of days", value)
    days = stalker.defaults.day_order
    found: Pattern = copy.deepcopy(stalker.defaults.working_hours)
    for day, intervals in value.items():
        checked = _intervals(f"{where}[{day!r}]", intervals)
        if not isinstance(day, str):
            raise wrong_type(where, f"a dict of days ({', '.join(days)})", day)
        if day not in days:
            raise KeyError(f"{where} has no day {day!r}, only {', '.join(days)}")
        found[day] = checked
    return found


def _hours_of_a_day(hours: WorkingHours, value: Any) -> int:
    where = f"{type(hours).__name__}.daily_working_hours"
    value = default(lambda: stalker.defaults.daily_working_hours)(value, where)
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong_type(where, "an int", value)
    if not 1 <= value <= 24:
        raise wrong_value(where, "from 1 to 24", value)
    return value


class WorkingHours(Entity):
    """When work is done in a week, as minutes after midnight, and how long a working day counts.

    `hours["mon"]` and `hours[0]` are the same list of `[start, end]`; an empty one is a day off.
    Days that are not given are as configured. Overlapping intervals count once.
    """

    __tablename__ = "WorkingHours"

    working_hours_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    #: day ("mon") to a list of `[start, end]` in minutes after midnight, UTC
    working_hours: Mapped[Pattern] = mapped_column(GenericJSON, info={"check": _pattern})
    #: what "a day" means as a unit of work, whatever the pattern says
    daily_working_hours: Mapped[int] = mapped_column(default=9, info={"check": _hours_of_a_day})

    __table_args__: Any = (
        CheckConstraint("daily_working_hours BETWEEN 1 AND 24", "daily_working_hours"),
    )

    def __init__(
        self,
        working_hours: dict[str, list[list[int]]] | None = None,
        daily_working_hours: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.working_hours = working_hours  # type: ignore[assignment]
        self.daily_working_hours = daily_working_hours  # type: ignore[assignment]

    def _day(self, key: int | str) -> str:
        days: list[str] = stalker.defaults.day_order
        if isinstance(key, str):
            if key not in days:
                raise KeyError(f"{type(self).__name__} has no day {key!r}, only {', '.join(days)}")
            return key
        if isinstance(key, bool) or not isinstance(key, int):
            raise wrong_type(f"{type(self).__name__}[…]", "the name of a day or its index", key)
        if not 0 <= key < len(days):
            raise IndexError(f"{type(self).__name__} has days from 0 to {len(days) - 1}, not {key}")
        return days[key]

    def __getitem__(self, key: int | str) -> list[list[int]]:
        return self.working_hours[self._day(key)]

    def __setitem__(self, key: int | str, intervals: list[list[int]]) -> None:
        checked = _intervals(f"{type(self).__name__}[{key!r}]", intervals)
        self.working_hours[self._day(key)] = checked
        self._tell_studio()

    # without this the items would make it iterable, and that never ends
    __iter__ = None

    def _tell_studio(self) -> None:
        """Let the studio whose values are in effect know, if these are its hours."""
        studio: Studio | None = stalker.defaults.override_owner()
        if studio is not None and studio.__dict__.get("working_hours") is self:
            studio.update_defaults()

    def _merged(self) -> Iterator[tuple[str, int]]:
        """Yield the day and the length in minutes of each stretch of work."""
        for day, intervals in self.working_hours.items():
            reached = 0
            for start, end in sorted(map(tuple, intervals)):
                yield day, max(0, end - max(start, reached))
                reached = max(reached, end)

    @property
    def weekly_working_hours(self) -> float:
        """Hours of work in a week."""
        return sum(minutes for _, minutes in self._merged()) / 60

    @property
    def weekly_working_days(self) -> int:
        """Days of a week with any work."""
        return sum(1 for intervals in self.working_hours.values() if intervals)

    @property
    def yearly_working_days(self) -> int:
        """Days of a year with any work, rounded up."""
        return ceil(self.weekly_working_days * _WEEKS_OF_A_YEAR)

    def is_working_hour(self, dt: datetime) -> bool:
        """Say whether *dt*, taken as the clock on the wall, lies in an interval."""
        instance_of(datetime)(dt, f"{type(self).__name__}.is_working_hour()")
        minute = dt.hour * 60 + dt.minute
        return any(start <= minute < end for start, end in self[dt.weekday()])

    def split_in_to_working_hours(self, start: datetime, end: datetime) -> NoReturn:
        """Not available."""
        raise NotImplementedError("WorkingHours.split_in_to_working_hours() is not available")

    @property
    def to_tjp(self) -> str:
        """The `workinghours` statements of the seven days for TaskJuggler."""
        return statement("tjp_working_hours_template", workinghours=self)


@event.listens_for(StudioSession, "before_flush")
def _check_lists(session: Session, context: Any, instances: Any) -> None:
    # what is done to the list of a day is only seen now
    for each in (*session.new, *session.dirty):
        if isinstance(each, WorkingHours):
            _pattern(each, each.working_hours)
            each._tell_studio()


def _and_tell(hours: WorkingHours, assign: Callable[[], None]) -> None:
    assign()
    hours._tell_studio()


WorkingHours.__effects__ = dict.fromkeys(("working_hours", "daily_working_hours"), _and_tell)
