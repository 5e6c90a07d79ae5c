"""Ranges of time as a plan has them: on its grid, in order, and each once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from stalker.core.dates import EPOCH
from stalker.scheduling import Interval
from stalker.scheduling.problem import Week

if TYPE_CHECKING:
    from stalker.models.studio import WorkingHours

__all__ = ["at", "joined", "midnight", "outward", "week_of"]


def at(moment: datetime, step: timedelta, up: bool = False) -> datetime:
    """Return the last moment of the grid until *moment*, or the first from it on."""
    past = (moment - EPOCH) % step
    return moment - past + (step if up and past else timedelta())


def midnight(moment: datetime, up: bool = False) -> datetime:
    """Return the midnight before or at *moment*, or the one from it on."""
    return at(moment, timedelta(days=1), up)


def outward(start: datetime, end: datetime, step: timedelta) -> Interval:
    """Return the range of the grid that holds the whole of another one."""
    return Interval(at(start, step), at(end, step, up=True))


def joined(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the same times in order, each once."""
    found: list[Interval] = []
    for start, end in sorted(intervals):
        if found and start <= found[-1].end:
            found[-1] = Interval(found[-1].start, max(found[-1].end, end))
        else:
            found.append(Interval(start, end))
    return tuple(found)


def week_of(hours: WorkingHours) -> Week:
    """Return the spans of Monday to Sunday: in order, and no minute twice."""
    days = []
    for day in range(7):
        spans: list[tuple[int, int]] = []
        for begin, end in sorted(pair for pair in hours[day] if pair[0] < pair[1]):
            if spans and begin <= spans[-1][1]:
                spans[-1] = (spans[-1][0], max(spans[-1][1], end))
            else:
                spans.append((begin, end))
        days.append(tuple(spans))
    return tuple(days)
