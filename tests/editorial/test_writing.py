"""Timelines that are written: read again they have the same frames, or there is no file."""

from __future__ import annotations

import math
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stalker.core.frames import exact_rate
from stalker.editorial import CutError, read_cut
from stalker.editorial.edit import Edit
from stalker.editorial.export import write_cut
from stalker.editorial.writer import timeline_of

RATES = (12.5, 23.976, 24.0, 25.0, 29.97, 48.0, 50.0, 59.94, 60.0)


def edit(code: str, record_in: int, frames: int = 10, **more: Any) -> Edit:
    values = {"fps": 24.0, "record_track": 1, **more}
    return Edit(code, 100, 99 + frames, 100, 99 + frames, record_in, **values)


def written(edits: list[Edit], rate: float) -> list[tuple[Any, ...]]:
    """Return code, frames and track of what is read from a timeline of *edits*."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cut.otio"
        assert write_cut(timeline_of("x", edits, exact_rate(rate)), path) == len(edits)
        cut = read_cut(path)
    assert exact_rate(cut.fps) == exact_rate(rate)
    return sorted(
        (s.name, s.source_in, s.source_out, s.record_in, exact_rate(s.fps), s.track_number)
        for s in cut.shots
    )


def expected(edits: list[Edit]) -> list[tuple[Any, ...]]:
    return sorted(
        (e.code, e.source_in, e.source_out, e.record_in, e.rate, e.record_track) for e in edits
    )


LENGTHS = st.lists(
    st.tuples(st.integers(1, 200), st.sampled_from(RATES), st.sampled_from([0, 0, 0, 1, 7])),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60)
@given(st.sampled_from(RATES), st.integers(-5, 90_000), st.lists(LENGTHS, min_size=1, max_size=3))
def test_a_timeline_of_mixed_rates(
    rate: float, begin: int, tracks: list[list[tuple[int, float, int]]]
) -> None:
    """Clips of any rates that touch, or have gaps: every frame and every track is the same."""
    edits = []
    for number, clips in enumerate(tracks, 1):
        now = Fraction(begin)
        for frames, fps, gap in clips:
            now += gap
            record_in = math.floor(now + Fraction(1, 2))
            code = f"s{len(edits)}"
            edits.append(edit(code, record_in, frames, fps=fps, record_track=number))
            now += frames / exact_rate(fps) * exact_rate(rate)
    assert written(edits, rate) == expected(edits)


@settings(max_examples=60)
@given(
    st.sampled_from(RATES),
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(1, 30), st.sampled_from(RATES)),
        min_size=1,
        max_size=10,
    ),
)
def test_shots_that_overlap(rate: float, clips: list[tuple[int, int, float]]) -> None:
    """Wherever shots lie, their frames are the same; what overlaps goes to a track above."""
    edits = [edit(f"s{n}", at, frames, fps=fps) for n, (at, frames, fps) in enumerate(clips)]
    assert [row[:-1] for row in written(edits, rate)] == [row[:-1] for row in expected(edits)]


def test_what_a_clip_tells() -> None:
    """Its name is the code; its media know all frames that are made; a speed is an effect."""
    one = Edit("SH010", 990, 1030, 1001, 1024, 86400, 25.0, 1, "a_v1", "/a.####.exr", 2.0)
    two = Edit("SH020", 1, 9, 1, 9, 86424, 24.0, 2, clip_speed=1.0)
    timeline = timeline_of("SQ1", [two, one], Fraction(24))
    assert (timeline.name, timeline.global_start_time.to_frames()) == ("SQ1", 86400)
    first, second = timeline.find_clips()
    assert (first.name, first.media_reference.target_url) == ("SH010", "/a.####.exr")
    made = first.media_reference.available_range
    assert (made.start_time.to_frames(), made.end_time_inclusive().to_frames()) == (990, 1030)
    assert made.start_time.rate == 25
    assert [effect.time_scalar for effect in first.effects] == [2.0]
    assert second.media_reference.is_missing_reference and not second.effects


def test_nothing_to_write() -> None:
    """A sequence without a shot in the cut has no timeline."""
    with pytest.raises(CutError, match="no shot of 'SQ1' is in the cut"):
        timeline_of("SQ1", [], Fraction(24))


@pytest.mark.parametrize("suffix", [".otio", ".edl", ".xml", ".OTIO"])
@pytest.mark.parametrize("begin", [0, 1, 86400])
def test_formats(tmp_path: Path, suffix: str, begin: int) -> None:
    """A plain cut of one rate can be written in each format, wherever it begins."""
    edits = [edit("SH010", begin), edit("SH020", begin + 10), edit("SH030", begin + 30)]
    path = tmp_path / f"cut{suffix}"
    assert write_cut(timeline_of("x", edits, Fraction(24)), path) == 3
    found = read_cut(path, 24)
    assert [(s.code, s.record_in) for s in found.shots] == [(e.code, e.record_in) for e in edits]


@pytest.mark.parametrize(
    ("speed", "rate", "times"),
    [
        (2.0, 24.0, "00:00:04:04 00:00:05:00 00:00:00:10 00:00:00:20"),
        (0.25, 24.0, "00:00:04:04 00:00:04:07 00:00:00:10 00:00:00:20"),
        (-1.5, 25.0, "00:00:04:00 00:00:04:15 00:00:00:10 00:00:00:20"),
        (3.0, 29.97, "00:00:03;10 00:00:04;10 00:00:00;10 00:00:00;20"),
        (3.0, 23.976, "00:00:04:04 00:00:05:10 00:00:00:10 00:00:00:20"),
    ],
)
def test_the_media_of_another_speed(tmp_path: Path, speed: float, rate: float, times: str) -> None:
    """An EDL says how much media is shown: as many frames as on screen, times the speed."""
    edits = [edit("a", 0, fps=rate), edit("b", 10, fps=rate, clip_speed=speed)]
    path = tmp_path / "cut.edl"
    assert write_cut(timeline_of("x", edits, exact_rate(rate)), path) == 2
    (line,) = (line for line in path.read_text().splitlines() if line.startswith("002 "))
    assert line == f"002  b        V     C        {times}"
    first, second = read_cut(path, rate).shots
    assert first.speed == 1 and second.speed == pytest.approx(speed)


#: what is written, and why an EDL cannot hold it
LOSSY = {
    "two tracks": ([edit("a", 0), edit("b", 0, record_track=2)], "single video track"),
    "freeze frame": ([edit("a", 0, clip_speed=0.0)], "it has freeze frames"),
    "another rate": ([edit("a", 0, fps=25.0), edit("b", 10, fps=25.0)], "clips differ"),
}


@pytest.mark.parametrize("case", LOSSY)
def test_a_format_that_cannot_hold_it(tmp_path: Path, case: str) -> None:
    """One line says why, and nothing is written."""
    edits, reason = LOSSY[case]
    with pytest.raises(CutError, match=rf"cut\.edl: \.edl cannot hold this cut, .*{reason}"):
        write_cut(timeline_of("x", edits, Fraction(24)), tmp_path / "cut.edl")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there is replaced only when asked, and only by a whole file."""
    timeline, path = timeline_of("x", [edit("a", 0)], Fraction(24)), tmp_path / "cut.otio"
    path.write_text("mine")
    with pytest.raises(CutError, match="it is there already"):
        write_cut(timeline, path)

    def broken(*arguments: Any, **options: Any) -> str:
        return "{"

    with monkeypatch.context() as patch:
        patch.setattr(otio.adapters, "write_to_string", broken)
        with pytest.raises(CutError):
            write_cut(timeline, path, replace=True)
    assert path.read_text() == "mine" and list(tmp_path.iterdir()) == [path]
    write_cut(timeline, path, replace=True)
    assert len(read_cut(path).shots) == 1
    with pytest.raises(CutError, match=r"ends with \.otio, \.edl, \.xml"):
        write_cut(timeline, tmp_path / "cut.aaf")
