"""The frames of a cut as OpenTimelineIO's own methods, or the lines of an EDL, give them.

Nothing of the library is used here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import opentimelineio as otio

#: first and last frame between the edit points, that is seen, and in the timeline
Row = tuple[int, int, int, int, int, int]

_TIMECODE = r"(\d\d):(\d\d):(\d\d):(\d\d)\s+"
_EVENT = re.compile(rf"^\s*\d+\s+(\S+)\s+V\s+(?:C|D\s+\d+)\s+{_TIMECODE * 4}$")


def timelines(path: Path, rate: float | None = None) -> list[Any]:
    """Return the timelines of a file; *rate* is for an EDL."""
    if path.suffix == ".edl":
        exact = otio.opentime.RationalTime.nearest_smpte_timecode_rate(rate)
        options = {"rate": exact, "ignore_timecode_mismatch": True}
        return [otio.adapters.read_from_file(str(path), **options)]
    if path.suffix == ".otio":
        return [otio.adapters.read_from_string(_without_markers(path), "otio_json")]
    return list(_found(otio.adapters.read_from_file(str(path))))


def _found(root: Any) -> Iterator[Any]:
    if isinstance(root, otio.schema.Timeline):
        yield root
    elif isinstance(root, otio.schema.SerializableCollection):
        for child in root:
            yield from _found(child)


def _without_markers(path: Path) -> str:
    """Drop the markers, whose newest version the installed library may not know."""
    return json.dumps(
        json.loads(
            path.read_text(),
            object_hook=lambda item: {k: v for k, v in item.items() if k != "markers"},
        )
    )


def ranges(timeline: Any) -> list[Row]:
    """Return source, visible and record range of each clip."""
    start = timeline.global_start_time
    rate = start.rate if start else timeline.video_tracks()[0][0].trimmed_range().duration.rate
    rows = []
    for track in timeline.video_tracks():
        for item in track:
            if isinstance(item, otio.schema.Gap | otio.schema.Transition):
                continue
            source, visible = item.trimmed_range(), item.visible_range()
            if source.duration.value <= 0:
                continue
            record = item.transformed_time_range(source, timeline.tracks)
            shift = start.value if start else 0
            rows.append(
                (
                    source.start_time.to_frames(),
                    source.end_time_inclusive().to_frames(),
                    visible.start_time.to_frames(),
                    visible.end_time_inclusive().to_frames(),
                    round(record.start_time.rescaled_to(rate).value + shift),
                    round(record.end_time_exclusive().rescaled_to(rate).value + shift) - 1,
                )
            )
    return rows


def record_ranges(path: Path, rate: float) -> list[tuple[int, int]]:
    """Return the record range of each picture event of an EDL, by its timecodes alone."""
    rows = []
    for line in path.read_text().splitlines():
        event = _EVENT.match(line.rstrip() + " ")
        if event is None or event[1] == "BL":
            continue
        times = iter(map(int, event.groups()[1:]))
        frames = [
            ((hour * 60 + minute) * 60 + second) * round(rate) + frame
            for hour, minute, second, frame in zip(times, times, times, times, strict=True)
        ]
        if frames[3] > frames[2]:
            rows.append((frames[2], frames[3] - 1))
    return rows
