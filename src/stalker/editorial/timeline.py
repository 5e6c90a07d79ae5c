"""From an OpenTimelineIO timeline to shots: which items are shots, and which frames they have.

Decisions, with their reasons:

* Every clip of every enabled video track is a shot, from the lowest track up, each track in time
  order. Clips above others are kept: an element over a plate is work too. Audio makes no shots.
* Gaps and black make no shot, they only take time. Disabled clips and tracks are left out with a
  warning: editors park alternatives there.
* A nested sequence is one shot, because the editor treats it as one picture. Its frames count from
  its own start: the media below may be several.
* A transition widens ``cut_in`` or ``cut_out`` of its neighbours by the frames that are seen during
  it. ``source_in`` and ``source_out`` stay at the edit points.
* A retime does not change the ranges: they keep the length on screen, `CutShot.speed` and a warning
  tell the rest.
* Times between two frames go to the nearest frame, start and end alike, so that a sum of shots
  never drifts from the length of its track.
* Clips without length are left out with a warning.
* Rates may be mixed: media frames count at the rate of the clip, record frames at that of the cut.
* What a track or the whole stack trims away is not in the cut.
* Missing media are no matter: ``media`` is ``None``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import opentimelineio as otio

from stalker.editorial.cut import CutShot
from stalker.editorial.text import RefusedError, listed, quoted

#: frames are stored as 32-bit integers
_MAX_FRAME = 2**31 - 1
_RATES = (1.0, 1000.0)
#: a time this near to a whole frame is on it: rates such as 23.976 are not exact in binary
_ON_FRAME = 0.01

_NO_PICTURE = frozenset({"black", "smptebars", "bars"})


class Piece(NamedTuple):
    """A part of a track that is seen; ranges are of OpenTimelineIO, ends exclusive."""

    item: Any
    track: str
    track_number: int
    source: Any
    record: Any
    head: float
    tail: float


def one_timeline(root: Any, name: str | None = None) -> Any:
    """Return the timeline called *name*, without a name the only one, or raise `RefusedError`."""
    found = list(_timelines(root))
    if not found:
        raise RefusedError("it holds no timeline")
    names = [timeline.name for timeline in found]
    wanted = found if name is None else [each for each in found if each.name == name]
    if len(wanted) == 1:
        return wanted[0]
    if name is None:
        raise RefusedError(
            f"it holds {len(found)} timelines: {listed(names)}; choose one with --timeline NAME"
        )
    if wanted:
        raise RefusedError(f"it holds {len(wanted)} timelines with the name {quoted(name)}")
    raise RefusedError(f"it holds no timeline {quoted(name)}, only {listed(names)}")


def _timelines(root: Any) -> Iterator[Any]:
    if isinstance(root, otio.schema.Timeline):
        yield root
    elif isinstance(root, otio.schema.SerializableCollection):
        for item in root:
            yield from _timelines(item)


def frame_rate(timeline: Any) -> float:
    """Return the rate of the start timecode, else that of the first thing in a video track."""
    if timeline.global_start_time is not None:
        return checked_rate(timeline.global_start_time.rate)
    for track in _video_tracks(timeline, []):
        for item in _items(track):
            return checked_rate(item.trimmed_range().duration.rate)
    raise RefusedError("it has no video clips")


def checked_rate(rate: float) -> float:
    """Return *rate*; raises `RefusedError` if nothing can run at it."""
    lowest, highest = _RATES
    if not lowest <= rate <= highest:
        raise RefusedError(f"{rate:g} is no frame rate")
    return float(rate)


def shots(timeline: Any, fps: float, warnings: list[str]) -> list[CutShot]:
    """Return the shots of *timeline*, with clip names for codes; adds to *warnings*."""
    found = [
        _shot(piece, fps, warnings)
        for piece in _pieces(timeline, warnings)
        if _is_shot(piece, warnings)
    ]
    if not found:
        raise RefusedError("it has no video clips")
    return found


def _video_tracks(timeline: Any, warnings: list[str]) -> Iterator[Any]:
    for track in timeline.tracks:
        kind = getattr(track, "kind", "Video")
        if kind == "Audio":
            continue
        if kind != "Video":
            warnings.append(f"track {quoted(track.name)} is of kind {quoted(kind)} and left out")
        elif not getattr(track, "enabled", True):
            warnings.append(f"track {quoted(track.name)} is disabled and left out")
        else:
            yield track


def _items(track: Any) -> list[Any]:
    # A stack may hold a clip beside its tracks; it counts as a track with one clip.
    children = track if isinstance(track, otio.schema.Track) else [track]
    return [child for child in children if isinstance(child, otio.core.Item)]


def _pieces(timeline: Any, warnings: list[str]) -> Iterator[Piece]:
    for number, track in enumerate(_video_tracks(timeline, warnings), 1):
        name = track.name or f"V{number}"
        for piece in _placed(track, name, number):
            cut = _trimmed(piece, _window(track, timeline.tracks))
            if cut is not None:
                yield cut._replace(record=_in_timeline(cut.record, track, timeline))


def _placed(track: Any, name: str, number: int) -> Iterator[Piece]:
    """Give every item its place in the track, in one pass: asking OpenTimelineIO is quadratic."""
    if not isinstance(track, otio.schema.Track):
        source = _range_of(track)
        start = otio.opentime.RationalTime(0, source.duration.rate)
        record = otio.opentime.TimeRange(start, source.duration)
        yield Piece(track, name, number, source, record, 0.0, 0.0)
        return
    children = list(track)
    now: Any = None
    for index, child in enumerate(children):
        if not isinstance(child, otio.core.Item):
            continue
        source = _range_of(child)
        now = otio.opentime.RationalTime(0, source.duration.rate) if now is None else now
        record = otio.opentime.TimeRange(now, source.duration)
        head = _offset(children[index - 1] if index else None, "in_offset")
        tail = _offset(children[index + 1] if index + 1 < len(children) else None, "out_offset")
        yield Piece(child, name, number, source, record, head, tail)
        if source.duration.value > 0:
            now = now + source.duration


def _range_of(item: Any) -> Any:
    try:
        found = item.trimmed_range()
    except otio.exceptions.OTIOError as error:
        raise RefusedError(f"clip {quoted(item.name)} does not tell its length") from error
    checked_rate(found.start_time.rate)
    checked_rate(found.duration.rate)
    return found


def _offset(neighbour: Any, side: str) -> float:
    """Return how many seconds a transition beside an item shows of it beyond its edit point."""
    time = getattr(neighbour, side, None)
    if time is None:
        return 0.0
    return max(0.0, float(time.value) / checked_rate(time.rate))


def _window(track: Any, stack: Any) -> list[Any]:
    """Return what trims the track, in its own time."""
    is_track = isinstance(track, otio.schema.Track)
    own = _own_window(track) if is_track else None
    outer = stack.source_range
    if own is not None and outer is not None:
        outer = otio.opentime.TimeRange(outer.start_time + own.start_time, outer.duration)
    return [window for window in (own, outer) if window is not None]


def _own_window(track: Any) -> Any:
    own = track.source_range
    if own is None or own.start_time.value >= 0:
        return own
    # The EDL adapter, and files made with it, write "this track begins at record timecode x" as a
    # range from -x with the length of what is in the track. Taken literally that shifts the clips
    # and cuts x off their end, most often everything; only the shift is meant.
    content = track.available_range().duration
    if own.duration != content:
        return own
    return otio.opentime.TimeRange(own.start_time, content - own.start_time)


def _trimmed(piece: Piece, windows: list[Any]) -> Piece | None:
    """Return what is left of *piece* inside of all *windows*, ``None`` if nothing is."""
    first, end = piece.record.start_time, piece.record.end_time_exclusive()
    start, stop = first, end
    for window in windows:
        start = max(start, window.start_time)
        stop = min(stop, window.end_time_exclusive())
    if start == first and stop == end:
        return piece
    if stop <= start:
        return None
    source = otio.opentime.TimeRange(piece.source.start_time + (start - first), stop - start)
    return piece._replace(
        source=source,
        record=otio.opentime.TimeRange(start, stop - start),
        head=piece.head if start == first else 0.0,
        tail=piece.tail if stop == end else 0.0,
    )


def _in_timeline(record: Any, track: Any, timeline: Any) -> Any:
    start = record.start_time
    if isinstance(track, otio.schema.Track) and track.source_range is not None:
        start -= track.source_range.start_time
    if timeline.tracks.source_range is not None:
        start -= timeline.tracks.source_range.start_time
    if timeline.global_start_time is not None:
        start += timeline.global_start_time
    return otio.opentime.TimeRange(start, record.duration)


def _is_shot(piece: Piece, warnings: list[str]) -> bool:
    item = piece.item
    if isinstance(item, otio.schema.Gap) or _is_black(item):
        return False
    if not getattr(item, "enabled", True):
        warnings.append(f"clip {quoted(item.name)} is disabled and left out")
        return False
    if piece.source.duration.value <= 0:
        warnings.append(f"clip {quoted(item.name)} has no length and is left out")
        return False
    return True


def _is_black(item: Any) -> bool:
    kind = getattr(getattr(item, "media_reference", None), "generator_kind", None)
    return isinstance(kind, str) and kind.casefold() in _NO_PICTURE


def _shot(piece: Piece, fps: float, warnings: list[str]) -> CutShot:
    item, name = piece.item, piece.item.name or ""
    rate = checked_rate(piece.source.start_time.rate)
    source_in, source_out = _frames(piece.source, rate, f"clip {quoted(name)}", warnings)
    # The record side is rounded without a word: at mixed rates hardly any cut is on a whole frame.
    record_in, record_out = _frames(piece.record, fps, f"clip {quoted(name)}")
    nested = isinstance(item, otio.core.Composition)
    if nested:
        warnings.append(f"nested sequence {quoted(name)} is one shot, counted from its own start")
    return CutShot(
        code=name,
        name=name,
        cut_in=source_in - _nearest(piece.head * rate, name),
        cut_out=source_out + _nearest(piece.tail * rate, name),
        source_in=source_in,
        source_out=source_out,
        record_in=record_in,
        record_out=record_out,
        fps=rate,
        media=_media(item),
        track=piece.track,
        track_number=piece.track_number,
        speed=_speed(item, source_out - source_in + 1, warnings),
        nested=nested,
    )


def _frames(
    span: Any, rate: float, what: str, warnings: list[str] | None = None
) -> tuple[int, int]:
    """Return first and last frame of *span* at *rate*; less than a frame counts as one."""
    start = span.start_time.rescaled_to(rate).value
    end = start + span.duration.rescaled_to(rate).value
    first = _nearest(start, what)
    last = max(first, _nearest(end, what) - 1)
    if warnings is not None and abs(start - first) + abs(end - last - 1) > _ON_FRAME:
        warnings.append(f"{what} does not begin and end on whole frames: the nearest are used")
    return first, last


def _nearest(value: float, what: str) -> int:
    if not (math.isfinite(value) and abs(value) < _MAX_FRAME):
        raise RefusedError(f"{what} has a frame number out of range: {value:g}")
    # round() takes halves to the even number: a clip from 10.5 to 11.5 would get two frames.
    return math.floor(value + 0.5)


def _media(item: Any) -> str | None:
    media = getattr(item, "media_reference", None)
    if isinstance(media, otio.schema.ExternalReference):
        return media.target_url or None
    if isinstance(media, otio.schema.ImageSequenceReference):
        return str(media.abstract_target_url("#" * max(1, min(media.frame_zero_padding, 12))))
    return _source_file(item)


def _source_file(item: Any) -> str | None:
    """Return what an EDL says in a ``* SOURCE FILE:`` remark."""
    for remark in item.metadata.get("cmx_3600", {}).get("comments", ()):
        key, _, value = str(remark).partition(":")
        if key.strip().upper() == "SOURCE FILE" and value.strip():
            return value.strip()
    return None


def _speed(item: Any, frames: int, warnings: list[str]) -> float:
    speed = 1.0
    for effect in item.effects:
        if isinstance(effect, otio.schema.LinearTimeWarp):
            speed *= effect.time_scalar
        elif _is_retime(effect):
            warnings.append(f"clip {quoted(item.name)} has a speed change that cannot be evaluated")
    if not math.isfinite(speed):
        raise RefusedError(f"clip {quoted(item.name)} has a speed that is no number")
    if speed != 1.0:
        warnings.append(_retimed(item.name, frames, speed))
    return speed


def _is_retime(effect: Any) -> bool:
    names = f"{effect.name} {effect.effect_name}".casefold().replace(" ", "")
    return isinstance(effect, otio.schema.TimeEffect) or "timeremap" in names


def _retimed(name: str, frames: int, speed: float) -> str:
    if speed == 0:
        return f"clip {quoted(name)} is a freeze frame: it shows one frame for {frames}"
    needed = math.ceil(frames * abs(speed) - 1e-6)
    direction = " backwards" if speed < 0 else ""
    return (
        f"clip {quoted(name)} plays{direction} at {abs(speed):.2%}: its {frames} frames on screen"
        f" use {needed} frames of media"
    )
