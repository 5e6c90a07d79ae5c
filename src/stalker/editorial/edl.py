"""CMX 3600 edit decision lists: what the format leaves open, decided.

* A list does not tell its frame rate: the caller does, or its timecodes leave a lowest one.
* `FCM: DROP FRAME` says how to count timecode that is written with colons.
* Hand-made lists often have source and record lengths that differ. They are read by their source
  lengths, with a warning, because a cut with one bad line is still a cut.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from opentimelineio.opentime import RationalTime
from opentimelineio.schema import Transition

from stalker.core.timecode import drops_frames
from stalker.editorial.edl_events import EVENT_LINE, likely_rate, what_is_wrong
from stalker.editorial.text import RefusedError, counted, one_line

#: how far a rate may be from the exact one: people write 23.98 for 24000/1001
_RATE_TOLERANCE = 0.011

_EFFECT = re.compile(r"^\s*\d+\s+\S+\s+(?:V|B|\S*V\S*)\s+(?:D|W\d+|K[BO]?)\s")
_TIMECODE = re.compile(r"\b(\d\d:\d\d:\d\d):(\d\d)\b")


def parse(text: str, fps: float | None, read: Callable[..., Any]) -> tuple[Any, tuple[str, ...]]:
    """Parse *text* with the adapter function *read*; returns the timeline and warnings."""
    lines = _without_header(text.splitlines())
    rate = likely_rate(lines) if fps is None else timecode_rate(fps)
    lines, warnings = _counted(lines, rate)
    if fps is None:
        warnings.append(
            f"an EDL does not tell its frame rate: {rate:.5g} fps is assumed, the lowest usual one"
            " that its timecodes allow; --fps decides"
        )
    timeline, sound = _lenient("\n".join(lines), rate, read)
    if not sound:
        warnings.append(what_is_wrong(lines, rate))
    for track in timeline.tracks:
        _keep_picture(track)
    warnings += _lost_transitions(lines, timeline)
    warnings += _lost_speeds(text, timeline, rate)
    return timeline, tuple(warnings)


def timecode_rate(fps: float) -> float:
    """Return the exact rate that *fps* means; raises `RefusedError` if there is none."""
    nearest = float(RationalTime.nearest_smpte_timecode_rate(fps))
    if abs(nearest - fps) > _RATE_TOLERANCE or not RationalTime.is_smpte_timecode_rate(nearest):
        raise RefusedError(f"timecode cannot be counted at {fps:g} fps")
    return nearest


def _without_header(lines: list[str]) -> list[str]:
    # Some systems put remarks before the first event, where the adapter expects none.
    first = next((i for i, line in enumerate(lines) if EVENT_LINE.match(line)), len(lines))
    known = ("TITLE:", "FCM", "SPLIT")
    head = [line for line in lines[:first] if line.strip().startswith(known)]
    if first == len(lines) and not head:
        raise RefusedError("it is not an EDL: there are no events")
    return head + lines[first:]


def _counted(lines: list[str], rate: float) -> tuple[list[str], list[str]]:
    """Mark drop-frame timecode with a semicolon where only an FCM line tells it."""
    can_drop = drops_frames(rate)
    drop, seen, result = False, False, []
    for line in lines:
        if line.strip().startswith("FCM"):
            drop = "NON" not in line.upper()
            seen = seen or drop
        elif drop and can_drop and EVENT_LINE.match(line):
            line = _TIMECODE.sub(r"\1;\2", line)
        elif line.lstrip().startswith("M2"):
            line = line.replace(";", ":")  # where the adapter takes the list for damaged
        result.append(line)
    if seen and not can_drop:
        return result, [f"FCM: DROP FRAME has no meaning at {rate:g} fps and is ignored"]
    return result, []


def _lenient(text: str, rate: float, read: Callable[..., Any]) -> tuple[Any, bool]:
    """Return the timeline, and whether source and record of all events fit together."""
    try:
        return read(text, "cmx_3600", rate=rate), True
    except RefusedError:
        raise
    except ValueError as error:
        # The library raises a plain ValueError for timecode that does not exist at this rate.
        raise RefusedError(f"it cannot be read at {rate:.5g} fps: {one_line(error)}") from error
    except Exception:  # the second try decides; the adapter raises all kinds
        return read(text, "cmx_3600", rate=rate, ignore_timecode_mismatch=True), False


def _keep_picture(track: Any) -> None:
    # "A2V" and the like carry picture too, but the adapter goes by the first letter.
    if "V" in track.name.upper() and track.kind == "Audio":
        track.kind = "Video"
    elif track.name.upper() == "NONE":
        track.kind = "None"


def _lost_transitions(lines: list[str], timeline: Any) -> list[str]:
    # A dissolve takes two lines with one event number; the adapter reads a single one as a cut.
    written = sum(bool(_EFFECT.match(line)) for line in lines)
    found = sum(
        isinstance(item, Transition)
        for track in timeline.tracks
        if track.kind == "Video"
        for item in track
    )
    if written <= found:
        return []
    one = "transition without an outgoing line is read as a plain cut"
    many = "transitions without an outgoing line are read as plain cuts"
    return [counted(written - found, one, many)]


def _lost_speeds(text: str, timeline: Any, rate: float) -> list[str]:
    # The adapter applies a speed only where source and record lengths differ.
    written = sum(abs(speed - rate) > 0.5 for speed in _speeds(text))
    applied = sum(bool(getattr(item, "effects", ())) for track in timeline.tracks for item in track)
    if written <= applied:
        return []
    what = counted(written - applied, "speed change (M2) is", "speed changes (M2) are")
    return [f"{what} not applied: source and record are equally long"]


def _speeds(text: str) -> Iterator[float]:
    for line in text.splitlines():
        fields = line.split()
        if len(fields) >= 3 and fields[0] == "M2":
            with suppress(ValueError):
                yield float(fields[-2])
