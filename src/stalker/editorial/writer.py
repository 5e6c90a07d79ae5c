"""From edits to an OpenTimelineIO timeline, so that reading it gives the same frames.

The timeline runs at the rate of the project and begins with its first shot. At mixed rates a clip
may end between two frames of the timeline, while record frames are whole: shots that touched go
where they touch again and where each of them begins nearest to the frame that it has.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange

from stalker.editorial.cut import CutError
from stalker.editorial.edit import Edit

__all__ = ["timeline_of"]

#: a start is rounded to the nearest frame when it is read; less than half, for what floats miss
_REACH = Fraction(1, 2) - Fraction(1, 10**6)


@dataclass
class _Run:
    """Shots of a track that touch; times are in frames of the timeline."""

    lowest: Fraction
    highest: Fraction
    #: how long what is in it is
    length: Fraction = Fraction(0)
    edits: list[Edit] = field(default_factory=list)

    @property
    def start(self) -> Fraction:
        """Where it begins: on a whole frame, if there is one."""
        whole = Fraction(math.ceil(self.lowest))
        return whole if whole <= self.highest else (self.lowest + self.highest) / 2

    def takes(self, edit: Edit, rate: Fraction) -> bool:
        """Let the run go on with *edit* if all of it can still begin on its frames."""
        lowest = max(self.lowest, _frame(edit) - _REACH - self.length)
        highest = min(self.highest, _frame(edit) + _REACH - self.length)
        if lowest > highest:
            return False
        self.lowest, self.highest = lowest, highest
        self.length += edit.source_range.seconds(edit.rate) * rate
        self.edits.append(edit)
        return True


def timeline_of(name: str, edits: Iterable[Edit], rate: Fraction) -> Any:
    """Return a timeline at *rate* with a clip for each of *edits*, all of which have a place.

    Raises `CutError` if there are none.
    """
    layers: dict[int, list[Edit]] = defaultdict(list)
    for edit in edits:
        layers[edit.record_track or 1].append(edit)
    if not layers:
        raise CutError(f"no shot of {name!r} is in the cut")
    tracks = _tracks(layers, rate)
    begin = min(math.floor(track[0].start) for track in tracks if track)
    timeline = otio.schema.Timeline(name=name, global_start_time=RationalTime(begin, float(rate)))
    for number, runs in enumerate(tracks, 1):
        timeline.tracks.append(_track(f"V{number}", runs, begin, rate))
    return timeline


def _tracks(layers: dict[int, list[Edit]], rate: Fraction) -> list[list[_Run]]:
    """Return the runs of each track; what overlaps there goes to a track above."""
    tracks: list[list[_Run]] = []
    number = 0
    while number < max(layers):
        number += 1
        runs, above = _runs(sorted(layers[number], key=_order), rate)
        tracks.append(runs)
        if above:
            layers[number + 1] += above
    return tracks


def _runs(edits: Sequence[Edit], rate: Fraction) -> tuple[list[_Run], list[Edit]]:
    runs: list[_Run] = []
    above = []
    for edit in edits:
        if runs and runs[-1].takes(edit, rate):
            continue
        end = runs[-1].start + runs[-1].length if runs else None
        if end is not None and end > _frame(edit) + _REACH:
            above.append(edit)
            continue
        lowest = _frame(edit) - _REACH
        run = _Run(lowest if end is None else max(lowest, end), _frame(edit) + _REACH)
        run.takes(edit, rate)
        runs.append(run)
    return runs, above


def _order(edit: Edit) -> tuple[Any, ...]:
    # of two that begin on one frame of the timeline, the first lasts for less than a frame
    return _frame(edit), edit.source_range.seconds(edit.rate), edit.code


def _frame(edit: Edit) -> int:
    return edit.record_in or 0


def _track(name: str, runs: Iterable[_Run], begin: int, rate: Fraction) -> Any:
    track = otio.schema.Track(name=name, kind=otio.schema.TrackKind.Video)
    now = Fraction(begin)
    for run in runs:
        if run.start > now:
            gap = RationalTime(float(run.start - now), float(rate))
            track.append(otio.schema.Gap(source_range=TimeRange(RationalTime(0, gap.rate), gap)))
        track.extend(map(_clip, run.edits))
        now = run.start + run.length
    return track


def _clip(edit: Edit) -> Any:
    made = _time_range(edit.cut_in, edit.cut_out, edit.rate)
    if edit.clip_media is None:
        media = otio.schema.MissingReference(available_range=made)
    else:
        media = otio.schema.ExternalReference(target_url=edit.clip_media, available_range=made)
    clip = otio.schema.Clip(
        name=edit.code,
        media_reference=media,
        source_range=_time_range(edit.source_in, edit.source_out, edit.rate),
    )
    if edit.speed != 1:
        clip.effects.append(otio.schema.LinearTimeWarp(time_scalar=edit.speed))
    return clip


def _time_range(first: int, last: int, rate: Fraction) -> Any:
    fps = float(rate)
    return TimeRange(RationalTime(first, fps), RationalTime(last - first + 1, fps))
