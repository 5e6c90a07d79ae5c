"""Ranges of time on the grid of a plan."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from stalker.core.dates import EPOCH
from stalker.scheduling import Interval

__all__ = ["at", "joined", "midnight", "outward"]


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
