"""What the event lines of an EDL tell by themselves: the rates they allow, and what is wrong.

An event has four timecodes: source in and out, record in and out. The list holds no rate, but a
frame number must be below it, and at the right rate source and record of an event are equally long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from opentimelineio.opentime import RationalTime

#: the rates of a list, the first that fits counts
USUAL_RATES = (24.0, 25.0, 30.0, 50.0, 60.0)
#: the only ones that have drop-frame timecode
DROP_FRAME_RATES = (30000 / 1001, 60000 / 1001)

EVENT_LINE = re.compile(r"^\s*(\d+)\s")
_TIMES = re.compile(r"\s+(\d\d:\d\d:\d\d[:;.,]\d\d)" * 4 + r"\s*$")
_RETIMED = re.compile(r"^\s*(?:M2\s|\*\s*FREEZE FRAME)", re.IGNORECASE)

#: events that a sentence names
_SHOWN = 3


class Event(NamedTuple):
    """One line of a list: its number, its four timecodes, and whether its speed was changed."""

    number: str
    channel: str
    times: tuple[str, ...]
    retimed: bool

    def frames(self, rate: float) -> list[int]:
        """Return the four timecodes as frames at *rate*."""
        return [RationalTime.from_timecode(time, rate).to_frames() for time in self.times]


def events(lines: list[str]) -> Iterator[Event]:
    """Return the events that have timecodes."""
    starts = [place for place, line in enumerate(lines) if EVENT_LINE.match(line)]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        fields, times = lines[start].split(), _TIMES.search(lines[start])
        if times is not None and len(fields) > 2:
            retimed = any(map(_RETIMED.match, lines[start + 1 : end]))
            yield Event(fields[0], fields[2], times.groups(), retimed)


def likely_rate(lines: list[str]) -> float:
    """Return the lowest usual rate that all timecodes allow, if possible with equal lengths."""
    found = list(events(lines))
    times = [time for event in found for time in event.times]
    drop = any(";" in time for time in times) or any(map(_counts_drop_frame, lines))
    rates = DROP_FRAME_RATES if drop else USUAL_RATES
    highest = max((int(time[-2:]) for time in times), default=0)
    possible = [rate for rate in rates if round(rate) > highest]
    # where none is possible, the highest gives the best reason
    fitting = (rate for rate in possible if not _unequal(found, rate))
    return next(fitting, (possible or rates[-1:])[0])


def _counts_drop_frame(line: str) -> bool:
    return line.strip().startswith("FCM") and "NON" not in line.upper()


def _unequal(found: list[Event], rate: float) -> list[str]:
    """Return what is said of events whose source and record differ in length."""
    result = []
    for event in found:
        source_in, source_out, record_in, record_out = event.frames(rate)
        source, record = source_out - source_in, record_out - record_in
        if source != record and not event.retimed:
            result.append(
                f"event {event.number} has {source} frames of source and {record} of record"
            )
    return result


def _overlapping(found: list[Event], rate: float) -> list[str]:
    ends: dict[str, int] = {}
    result = []
    for event in found:
        *_, record_in, record_out = event.frames(rate)
        over = ends.get(event.channel, record_in) - record_in
        if over > 0:
            result.append(f"event {event.number} begins {over} frames before the one above it ends")
        ends[event.channel] = record_out
    return result


def what_is_wrong(lines: list[str], rate: float) -> str:
    """Return one sentence about a list that does not add up at *rate*."""
    found = list(events(lines))
    wrong = _unequal(found, rate) + _overlapping(found, rate)
    shown = ", ".join(wrong[:_SHOWN]) or "the events do not fit together"
    more = f", and {len(wrong) - _SHOWN} more like that" if len(wrong) > _SHOWN else ""
    return (
        f"{shown}{more}: the lengths of the source are used, so that later shots may move"
        " (is the frame rate right?)"
    )
