"""Date ranges on a grid: rounding, and what start, end and duration mean together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import NamedTuple, ParamSpec, TypeVar

from stalker.core.kinds import ScheduleConstraint
from stalker.core.units import LAYOUT_SECONDS

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ONE_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)

Given = ParamSpec("Given")
Result = TypeVar("Result")


class DateRange(NamedTuple):
    """A resolved range: aware UTC, on the grid, at least one step long."""

    start: datetime
    end: datetime
    duration: timedelta

    def __str__(self) -> str:
        return f"{self.start} to {self.end}"


def utc_now() -> datetime:
    """Return this moment, aware, in UTC."""
    return datetime.now(UTC)


def as_utc(moment: datetime, where: str) -> datetime:
    """Return *moment* in UTC; a naive one is a `TypeError` that names *where* it was given."""
    if not isinstance(moment, datetime):
        raise TypeError(f"{where} must be a datetime, not {type(moment).__name__}: {moment!r}")
    if moment.tzinfo is UTC:  # as nearly all are that the library sees
        return moment
    # what tzinfo says counts: one without an offset would be taken for local time below
    if moment.utcoffset() is None:
        raise TypeError(
            f"{where} must be a timezone-aware datetime, not the naive {moment!r}; "
            "give it a tzinfo, for example datetime.timezone.utc"
        )
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(
            f"{where} must lie between the years 1 and 9999 in UTC, not {moment!r}"
        ) from None


def _within_calendar(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """Make what lies beyond the last year a `ValueError`, like any other impossible value."""

    @wraps(function)
    def checked(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        try:
            return function(*args, **kwargs)
        except OverflowError:
            given = dict(zip(function.__code__.co_varnames, args, strict=False)) | kwargs
            parts = [f"{key} {each}" for key, each in given.items() if each is not None]
            raise ValueError(
                "start and end must lie between the years 1 and 9999, and cannot with "
                + ", ".join(parts)
            ) from None

    return checked


@_within_calendar
def round_time(moment: datetime, resolution: timedelta) -> datetime:
    """Round to the nearest multiple of *resolution* since the epoch, exact halves up.

    Fractions of a second are ignored.
    """
    step = resolution // _SECOND or 1
    seconds = (moment - EPOCH) // _SECOND
    return EPOCH + timedelta(seconds=(2 * seconds + step) // (2 * step) * step)


@_within_calendar
def resolve_range(
    start: datetime | None,
    end: datetime | None,
    duration: timedelta | None,
    resolution: timedelta,
) -> DateRange:
    """Return the range that the given parts mean; what is missing is `None`.

    Start wins over end, end over duration. With both ends the duration only matters when they are
    the wrong way round: then the range keeps its duration, at least a day, from the start on.
    """
    if start is None:
        start = utc_now() if end is None else end - (duration or resolution)
    if end is None:
        end = start + (duration or resolution)
    if end < start:
        end = start + max(duration or ONE_DAY, ONE_DAY)
    start = round_time(start, resolution)
    end = round_time(end, resolution)
    if end - start < resolution:
        end = start + resolution
    return DateRange(start, end, end - start)


@_within_calendar
def layout_range(
    current: DateRange, timing: float, unit: str, constraint: int, resolution: timedelta
) -> DateRange:
    """Return where a leaf task lies before a scheduler decides: calendar time from its fixed end.

    A constrained end keeps the end and moves the start, both ends keep both, else the start stays.
    """
    if constraint == ScheduleConstraint.BOTH:
        return current
    length = timedelta(seconds=timing * LAYOUT_SECONDS[unit])
    if constraint == ScheduleConstraint.END:
        # less than a step would be filled up at the end, and move it
        start = current.end - max(length, resolution)
        return resolve_range(start, current.end, None, resolution)
    return resolve_range(current.start, current.start + length, None, resolution)
