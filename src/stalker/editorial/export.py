"""Writing a timeline to a file, whole or not at all."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from stalker.editorial.cut import CutError, CutShot
from stalker.editorial.reader import read_cut
from stalker.editorial.text import one_line

__all__ = ["write_cut"]

#: adapter by lower case file extension
ADAPTERS = {".otio": "otio_json", ".edl": "cmx_3600", ".xml": "fcp_xml"}


def write_cut(timeline: Any, path: str | os.PathLike[str], replace: bool = False) -> int:
    """Write *timeline* to the file *path*, whose extension tells the format; return its clips.

    It is read again first, and kept if all frames are the same. Raises `CutError` if they are not,
    for an extension that is not known, and for a file that exists, unless *replace*.
    """
    target = Path(path)
    adapter = ADAPTERS.get(target.suffix.casefold())
    if adapter is None:
        known = ", ".join(ADAPTERS)
        raise CutError(f"{one_line(target)}: a cut is written to a file that ends with {known}")
    if target.exists() and not replace:
        raise CutError(f"{one_line(target)}: it is there already")
    text = _text(timeline, adapter, target)
    beside = target.with_name(f".{os.getpid()}.part{target.suffix}")
    try:
        beside.write_text(text, "utf-8")
        clips = _checked(timeline, beside, target)
        beside.replace(target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise CutError(f"{one_line(target)}: it cannot be written: {reason}") from error
    finally:
        beside.unlink(missing_ok=True)
    return clips


def _text(timeline: Any, adapter: str, target: Path) -> str:
    import opentimelineio as otio

    if adapter not in otio.adapters.available_adapter_names():
        raise CutError(
            f"{one_line(target)}: the OpenTimelineIO adapter {adapter} is not installed:"
            ' pip install "stalker[editorial]"'
        )
    rate = timeline.global_start_time.rate
    if adapter == "cmx_3600":
        timeline = _from_zero(timeline)
        if any(
            effect.time_scalar == 0 for clip in timeline.find_clips() for effect in clip.effects
        ):
            raise _lossy(target, "it has freeze frames")
    try:
        text = str(otio.adapters.write_to_string(timeline, adapter))
        return _with_media(text, timeline, rate) if adapter == "cmx_3600" else text
    except Exception as error:  # adapters raise all kinds for what their format cannot hold
        raise _lossy(target, f"{type(error).__name__}: {error}") from error


def _with_media(text: str, timeline: Any, rate: float) -> str:
    """Let the media of clips at another speed end where it does in the list *text*.

    The adapter divides the length on screen by the speed, and more is shown at a higher one.
    """
    from opentimelineio.opentime import RationalTime

    from stalker.editorial.edl_events import EVENT_LINE

    clips, lines = iter(timeline.find_clips()), []
    for line in text.splitlines():
        clip = next(clips) if EVENT_LINE.match(line) else None
        if clip is not None and clip.effects:
            event, begin, _, *record = line.rsplit(maxsplit=4)
            speed = abs(math.prod(effect.time_scalar for effect in clip.effects))
            frames = math.ceil(clip.source_range.duration.rescaled_to(rate).value * speed - 1e-6)
            end = RationalTime.from_timecode(begin, rate) + RationalTime(frames, rate)
            line = " ".join((event.ljust(28), begin, end.to_timecode(rate), *record))
        lines.append(f"{line}\n")
    return "".join(lines)


def _from_zero(timeline: Any) -> Any:
    """Return *timeline* with a gap in the place of its start, which an EDL is written without."""
    import opentimelineio as otio

    copy = timeline.deepcopy()
    start, copy.global_start_time = copy.global_start_time, None
    if start.value > 0:
        beginning = otio.opentime.RationalTime(0, start.rate)
        for track in copy.tracks:
            gap = otio.schema.Gap(source_range=otio.opentime.TimeRange(beginning, start))
            track.insert(0, gap)
    return copy


def _checked(timeline: Any, written: Path, target: Path) -> int:
    """Return the number of clips in *written*; raises `CutError` if they are not the same."""
    from stalker.editorial import timeline as timelines

    rate = timelines.frame_rate(timeline)
    wanted = _rows(timelines.shots(timeline, rate, []))
    try:
        found = _rows(read_cut(written, rate).shots)
    except CutError as error:
        raise _lossy(target, str(error).partition(": ")[2]) from error
    if found != wanted:
        missing = sorted(set(wanted) - set(found)) or sorted(set(found) - set(wanted))
        code, first, last, record_in, track = missing[0]
        place = f"{code}, frames {first}-{last} at {record_in} on V{track}"
        raise _lossy(target, f"{len(missing)} of {len(wanted)} clips differ, the first is {place}")
    return len(found)


def _rows(shots: Iterable[CutShot]) -> list[tuple[str, int, int, int, int]]:
    return sorted(
        (shot.name, shot.source_in, shot.source_out, shot.record_in, shot.track_number)
        for shot in shots
    )


def _lossy(target: Path, reason: str) -> CutError:
    reason = one_line(reason)
    return CutError(
        f"{one_line(target)}: {target.suffix} cannot hold this cut, but .otio: {reason}"
    )
