"""Working hours as people type and read them: "mon-fri 09:00-13:00 14:00-18:00", "sat off"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

import stalker
from stalker.cli.refusal import Refused
from stalker.core.suggestions import did_you_mean

#: minutes after midnight, from the first up to the second
Spans = list[list[int]]

_OFF = "off"
_SPAN = re.compile(r"(\d\d?):(\d\d)-(\d\d?):(\d\d)")


def parse(texts: Iterable[str]) -> dict[str, Spans]:
    """Return the spans of each day that is named; of a day that is named twice, the later ones."""
    found: dict[str, Spans] = {}
    for text in texts:
        days, *spans = text.lower().split() or [""]
        if not spans:
            raise Refused(f'{text!r} needs hours after its days, such as "mon-fri 09:00-18:00"')
        given = [] if spans == [_OFF] else [_span(each) for each in spans]
        found |= {day: [list(each) for each in given] for day in _days(days)}
    return found


def shown(week: Mapping[str, Iterable[Sequence[str]]]) -> str:
    """Return the spans of each day, as times of the clock, in the form that `parse` reads."""
    parts = []
    for hours, days in groupby(week, lambda day: " ".join(map("-".join, week[day])) or _OFF):
        first, *rest = days
        parts.append(f"{first}-{rest[-1]} {hours}" if rest else f"{first} {hours}")
    return ", ".join(parts)


def usual_day(week: Iterable[Spans], nominal: int) -> float:
    """Return how many hours of work most days of a week have; *nominal* if any day has that."""
    minutes = [len({each for span in spans for each in range(*span)}) for spans in week]
    lengths = Counter(each / 60 for each in minutes if each)
    return nominal if nominal in lengths or not lengths else lengths.most_common(1)[0][0]


def clock(minutes: int) -> str:
    """Return a moment of the day as "09:00"."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _days(text: str) -> list[str]:
    found = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        begin, end = _index(first), _index(last if dash else first)
        if begin > end:
            raise Refused(f"{part!r}: {first} does not come before {last} in a week")
        found += stalker.defaults.day_order[begin : end + 1]
    return found


def _index(day: str) -> int:
    days: list[str] = stalker.defaults.day_order
    if day not in days:
        raise Refused(f"there is no day {day!r}, only {', '.join(days)}{did_you_mean(day, days)}")
    return days.index(day)


def _span(text: str) -> list[int]:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise Refused(f"{text!r} is not a span of time such as 09:00-18:00, nor {_OFF!r}")
    hour, minute, end_hour, end_minute = map(int, found.groups())
    begin, end = hour * 60 + minute, end_hour * 60 + end_minute
    if max(minute, end_minute) >= 60 or not begin < end <= 24 * 60:
        raise Refused(f"{text!r} must end after its start, and lie between 00:00 and 24:00")
    return [begin, end]
