"""`DateRangeMixin`: has a start, an end and a duration that always agree."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Interval
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

import stalker
from stalker.core.dates import DateRange, as_utc, resolve_range, round_time
from stalker.core.rules import aware, optional
from stalker.db.declarative import KeywordConstructor
from stalker.db.types import GenericDateTime

_moment = {"rules": (optional(aware()),)}


class DateRangeMixin(KeywordConstructor):
    """Adds `start`, `end` and `duration`, on the grid of `stalker.defaults.timing_resolution`.

    Setting one adjusts the others as `core.dates.resolve_range` says. What is not a date-time (a
    number, a text) counts as not given; a naive date-time is a `TypeError`. Values are in UTC.
    """

    _start: Mapped[datetime] = mapped_column("start", GenericDateTime, nullable=True, index=True)
    _end: Mapped[datetime] = mapped_column("end", GenericDateTime, nullable=True, index=True)
    _duration: Mapped[timedelta] = mapped_column("duration", Interval, nullable=True)
    #: where a scheduler put it
    computed_start: Mapped[datetime | None] = mapped_column(GenericDateTime, info=_moment)
    #: where a scheduler let it end
    computed_end: Mapped[datetime | None] = mapped_column(GenericDateTime, info=_moment)

    def __init__(
        self,
        start: datetime | None = None,
        end: datetime | None = None,
        duration: timedelta | None = None,
        **kwargs: Any,
    ) -> None:
        self._set_range(start, end, duration)
        super().__init__(**kwargs)

    @hybrid_property
    def start(self) -> datetime:
        """When it begins. An `end` that comes before moves along, and is at least a day later."""
        return self._start

    @start.inplace.setter
    def _start_setter(self, value: Any) -> None:
        self._set_range(value, self._end, self._duration)

    @hybrid_property
    def end(self) -> datetime:
        """When it ends; this moment does not belong to it any more."""
        return self._end

    @end.inplace.setter
    def _end_setter(self, value: Any) -> None:
        self._set_range(self._start, value, self._duration)

    @hybrid_property
    def duration(self) -> timedelta:
        """Time from `start` to `end`."""
        return self._duration

    @duration.inplace.setter
    def _duration_setter(self, value: Any) -> None:
        end = None if isinstance(value, timedelta) else self._end
        self._set_range(self._start, end, value)

    def _set_range(self, start: Any, end: Any, duration: Any) -> None:
        self._start, self._end, self._duration = self._within_calendar(
            resolve_range,
            self._given(start, "start"),
            self._given(end, "end"),
            duration if isinstance(duration, timedelta) else None,
            self._grid(),
        )

    def _grid(self) -> timedelta:
        """Return the step on which dates lie."""
        resolution: timedelta = stalker.defaults.timing_resolution
        return resolution

    def _within_calendar(self, resolve: Callable[..., DateRange], *given: Any) -> DateRange:
        """Return what *resolve* makes of *given*; an error of it names the class."""
        try:
            return resolve(*given)
        except ValueError as error:
            raise ValueError(f"{type(self).__name__}: {error}") from None

    def _given(self, value: Any, attribute: str) -> datetime | None:
        if not isinstance(value, datetime):
            return None
        return as_utc(value, f"{type(self).__name__}.{attribute}")

    def move_to(self, start: datetime) -> None:
        """Let the range begin at *start* and keep its length, also one of less than a day."""
        start = as_utc(start, f"{type(self).__name__}.start")
        self._set_range(start, None, self._duration)

    @property
    def total_seconds(self) -> int:
        """Whole seconds of `duration`."""
        return int(self._duration.total_seconds()) if self._duration is not None else 0

    @property
    def computed_duration(self) -> timedelta | None:
        """Time between the computed dates, `None` before both are there."""
        if self.computed_start is None or self.computed_end is None:
            return None
        return self.computed_end - self.computed_start

    @property
    def computed_total_seconds(self) -> int | None:
        """Whole seconds of `computed_duration`."""
        duration = self.computed_duration
        return None if duration is None else int(duration.total_seconds())

    @classmethod
    def round_time(cls, dt: datetime) -> datetime:
        """Return *dt* on the grid, in UTC: the nearest multiple of the timing resolution."""
        moment = as_utc(dt, f"{cls.__name__}.round_time()")
        return round_time(moment, stalker.defaults.timing_resolution)
