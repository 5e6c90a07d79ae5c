"""Words on a chart: how wide they are, and how moments and amounts are written."""

from __future__ import annotations

from datetime import datetime
from unicodedata import east_asian_width
from zoneinfo import ZoneInfo

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

#: letters of a sans-serif type are hardly wider on average, in parts of its size
LETTER = 0.6


def text_width(text: str, size: float) -> float:
    """Return how wide *text* is about, rather too wide than too narrow."""
    wide = sum(east_asian_width(letter) in "WF" for letter in text)
    return ((len(text) - wide) * LETTER + wide) * size


def shortened(text: str, size: float, width: float) -> str:
    """Return as much of *text* as fits into *width*; nothing if that is hardly a letter."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text, size) + size > width:
        text = text[:-1]
    return f"{text.rstrip()}…" if text else ""


def say_moment(moment: datetime, zone: ZoneInfo) -> str:
    """Return *moment* as the clocks of the studio show it."""
    local = moment.astimezone(zone)
    return f"{say_day(moment, zone)} {local:%H:%M}"


def say_day(moment: datetime, zone: ZoneInfo) -> str:
    """Return the day of *moment* in the studio."""
    local = moment.astimezone(zone)
    return f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]} {local.year}"


def plural(count: int, noun: str) -> str:
    """Return so many of them."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def say_hours(hours: float) -> str:
    """Return so many hours."""
    return f"{round(hours, 2):g} h"
