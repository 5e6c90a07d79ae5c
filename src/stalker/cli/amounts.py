"""Amounts of work and moments as they are typed, and as they are shown."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import click

from stalker.core.dates import utc_now
from stalker.core.units import HOUR

_AMOUNT = re.compile(r"\s*(\d{1,6}(?:\.\d{1,6})?)\s*(min|[hdwmy])\s*", re.ASCII)
_HOURS = re.compile(r"\s*(?:(\d{1,4}(?:\.\d{1,6})?)\s*h)?\s*(?:(\d{1,5})\s*min)?\s*", re.ASCII)
#: a digit where ISO 8601 has two
_LONELY = re.compile(r"(?<![\d.])\d(?!\d)", re.ASCII)
_CLOCK = re.compile(r"\d\d:", re.ASCII)


class Amount(NamedTuple):
    """A timing of work: a day is a working day."""

    timing: float
    unit: str


def amount(text: str) -> Amount:
    """Read "3 d", "1.5h" or "30min"."""
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise click.BadParameter(f"{text!r} is not an amount like 3d, 1.5h, 30min or 2w")
    return Amount(float(found[1]), found[2])


def hours(text: str) -> timedelta:
    """Read "2h", "90min" or "1h 30min" as the time that goes by."""
    found = _HOURS.fullmatch(text)
    whole, minutes = found.groups() if found else (None, None)
    length = timedelta(hours=float(whole or 0), minutes=int(minutes or 0))
    if not length:
        raise click.BadParameter(f"{text!r} is not a time like 2h, 90min or 1h30min")
    return length


def moment(text: str) -> datetime:
    """Read "2026-11-27 09:00", or "9:00" for today; in UTC unless it says an offset."""
    full = _LONELY.sub(r"0\g<0>", text.strip())
    if _CLOCK.match(full):
        full = f"{utc_now():%Y-%m-%d} {full}"
    try:
        found = datetime.fromisoformat(full)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise click.BadParameter(
            f"{text!r} is not a moment like '2026-11-27 09:00', the year first, or '9:00' for today"
        ) from None


def day(text: str) -> datetime:
    """Read "2026-11-27" as where that day begins in UTC."""
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a day like 2026-11-27") from None


def shown_moment(moment: datetime | None) -> str:
    """Return a moment as tables show it, in UTC."""
    return "" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"


def shown_hours(seconds: float) -> str:
    """Return an amount of work in hours: `13.5h`, `0.25h`, `0`."""
    return f"{round(seconds / HOUR, 2):g}h" if seconds else "0"
