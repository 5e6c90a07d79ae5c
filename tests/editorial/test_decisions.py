"""Timelines built for one question each."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from stalker.editorial import Cut, CutError, read_cut

Written = Callable[[str, "str | bytes"], Path]
schema = otio.schema


def span(start: float, length: float, rate: float = 24) -> Any:
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(start, rate), otio.opentime.RationalTime(length, rate)
    )


def clip(name: str, start: float = 0, length: float = 10, rate: float = 24, **more: Any) -> Any:
    return schema.Clip(name=name, source_range=span(start, length, rate), **more)


@pytest.fixture
def cut_of(tmp_path: Path) -> Callable[..., Cut]:
    """Read one track of the given items, or whole tracks, back from a file."""

    def read(*items: Any, start: float | None = None, stack_range: Any = None) -> Cut:
        timeline = schema.Timeline(name="test")
        if start is not None:
            timeline.global_start_time = otio.opentime.RationalTime(start, 24)
        tracks = [item for item in items if isinstance(item, schema.Track)]
        timeline.tracks.extend(tracks or [schema.Track(kind="Video", children=list(items))])
        timeline.tracks.source_range = stack_range
        path = tmp_path / "cut.otio"
        path.write_text(otio.adapters.write_to_string(timeline, "otio_json"))
        return read_cut(path)

    return read


def test_start_timecode_is_added(cut_of: Callable[..., Cut]) -> None:
    """Record frames begin at the start timecode of the timeline."""
    shots = cut_of(clip("a"), clip("b"), start=86400).shots
    assert [(shot.record_in, shot.record_out) for shot in shots] == [(86400, 86409), (86410, 86419)]


def test_gap_takes_time_only(cut_of: Callable[..., Cut]) -> None:
    """A gap makes no shot and moves what follows."""
    shots = cut_of(clip("a"), schema.Gap(source_range=span(0, 5)), clip("b")).shots
    assert [(shot.code, shot.record_in) for shot in shots] == [("a", 0), ("b", 15)]


def test_transition_widens_the_cut_range(cut_of: Callable[..., Cut]) -> None:
    """A dissolve shows more of both neighbours; the edit points stay."""
    dissolve = schema.Transition(
        in_offset=otio.opentime.RationalTime(2, 24), out_offset=otio.opentime.RationalTime(3, 24)
    )
    a, b = cut_of(clip("a", 100), dissolve, clip("b", 200)).shots
    assert (a.cut_in, a.source_in, a.source_out, a.cut_out) == (100, 100, 109, 112)
    assert (b.cut_in, b.source_in, b.source_out, b.cut_out) == (198, 200, 209, 209)


def test_disabled_clips_and_tracks_are_left_out(cut_of: Callable[..., Cut]) -> None:
    """What the editor switched off is no shot, and a warning says so."""
    off = clip("off")
    off.enabled = False
    track = schema.Track(name="alt", kind="Video", children=[clip("alternative")])
    track.enabled = False
    cut = cut_of(schema.Track(kind="Video", children=[clip("a"), off, clip("b")]), track)
    assert [(shot.code, shot.record_in) for shot in cut.shots] == [("a", 0), ("b", 20)]
    assert len(cut.warnings) == 2


@pytest.mark.parametrize("length", [0, -5])
def test_clip_without_length_is_left_out(cut_of: Callable[..., Cut], length: int) -> None:
    """A clip of no or negative length is no shot and moves nothing."""
    cut = cut_of(clip("a"), clip("nothing", length=length), clip("b"))
    assert [(shot.code, shot.record_in) for shot in cut.shots] == [("a", 0), ("b", 10)]
    assert any("'nothing'" in warning for warning in cut.warnings)


def test_black_is_no_shot(cut_of: Callable[..., Cut]) -> None:
    """Generated black takes time like a gap; a title is kept."""
    black = schema.GeneratorReference(generator_kind="black")
    title = schema.GeneratorReference(generator_kind="Text")
    cut = cut_of(clip("b", media_reference=black), clip("title", media_reference=title))
    assert [(shot.code, shot.record_in, shot.media) for shot in cut.shots] == [("title", 10, None)]


def test_fractions_of_frames_go_to_the_nearest(cut_of: Callable[..., Cut]) -> None:
    """Start and end are rounded alike, so that shots still touch, and a warning is given."""
    cut = cut_of(clip("a", 10.5, 10.5), clip("b", 20.4, 9.5))
    assert [(shot.source_in, shot.source_out) for shot in cut.shots] == [(11, 20), (20, 29)]
    assert [(shot.record_in, shot.record_out) for shot in cut.shots] == [(0, 10), (11, 19)]
    assert sum("whole frames" in warning for warning in cut.warnings) == 2


def test_mixed_rates(cut_of: Callable[..., Cut]) -> None:
    """Media frames count at the clip's rate, record frames at the rate of the cut."""
    a, b = cut_of(clip("a"), clip("b", 100, 60, rate=60)).shots
    assert (a.fps, b.fps) == (24, 60)
    assert (b.source_in, b.source_out) == (100, 159)
    assert (b.record_in, b.record_out) == (10, 33)


def test_trimmed_track(cut_of: Callable[..., Cut]) -> None:
    """What the track trims away is not in the cut, and a trimmed side has no transition."""
    track = schema.Track(kind="Video", children=[clip("a", 100), clip("b", 200), clip("c", 300)])
    track.source_range = span(4, 12)
    a, b = cut_of(track).shots
    assert (a.source_in, a.source_out, a.record_in, a.record_out) == (104, 109, 0, 5)
    assert (b.source_in, b.source_out, b.record_in, b.record_out) == (200, 205, 6, 11)


def test_trimmed_stack(cut_of: Callable[..., Cut]) -> None:
    """What the stack of tracks trims away is not in the cut either."""
    (b,) = cut_of(clip("a"), clip("b", 200), stack_range=span(12, 5)).shots
    assert (b.source_in, b.source_out, b.record_in, b.record_out) == (202, 206, 0, 4)


def test_tracks_in_order_without_audio(cut_of: Callable[..., Cut]) -> None:
    """Video tracks follow each other from the lowest up; audio makes no shots."""
    cut = cut_of(
        schema.Track(kind="Video", children=[clip("plate")]),
        schema.Track(name="FX", kind="Video", children=[clip("element")]),
        schema.Track(kind="Audio", children=[clip("sound")]),
    )
    assert [(s.code, s.track) for s in cut.shots] == [("plate", "V1"), ("element", "FX")]


def test_image_sequence_is_a_pattern(cut_of: Callable[..., Cut]) -> None:
    """The media of an image sequence are told as a pattern with a place for the frame."""
    media = schema.ImageSequenceReference("/mnt/a/", "a.", ".exr", 1001, 1, 24, 4)
    (shot,) = cut_of(clip("a", 1001, media_reference=media)).shots
    assert shot.media == "/mnt/a/a.####.exr"


def test_clip_of_unknown_length_is_an_error(cut_of: Callable[..., Cut]) -> None:
    """Nothing after a clip of unknown length has a place, so the cut is refused by its name."""
    with pytest.raises(CutError, match="'mystery' does not tell its length"):
        cut_of(clip("a"), schema.Clip(name="mystery"))


TIMELINES = {
    "none": ((), None, "it holds no timeline"),
    "one": (("day",), None, "day"),
    "one by name": (("day",), "day", "day"),
    "two": (("day", "night"), None, "2 timelines: 'day', 'night'; choose one with --timeline NAME"),
    "two, one by name": (("day", "night"), "night", "night"),
    "unknown name": (("day", "night"), "noon", "no timeline 'noon', only 'day', 'night'"),
    "one, unknown name": (("day",), "noon", "no timeline 'noon', only 'day'"),
    "name used twice": (("day", "day"), "day", "2 timelines with the name 'day'"),
    "many": ([f"t{n}" for n in range(12)], None, "'t9' and 2 more; choose"),
}


@pytest.mark.parametrize("case", TIMELINES)
def test_which_timeline(written: Written, case: str) -> None:
    """Which of several timelines is meant cannot be guessed: a name decides."""
    names, wanted, result = TIMELINES[case]
    many = schema.SerializableCollection(name="bin")
    for name in names:
        timeline = schema.Timeline(name=name)
        timeline.tracks.append(schema.Track(kind="Video", children=[clip(name)]))
        many.append(schema.SerializableCollection(children=[timeline]))
    path = written("a.otio", otio.adapters.write_to_string(many, "otio_json"))
    if result in names:
        cut = read_cut(path, timeline=wanted)
        assert (cut.name, cut.shots[0].name) == (result, result)
    else:
        with pytest.raises(CutError) as caught:
            read_cut(path, timeline=wanted)
        assert result in str(caught.value)


EDL = """TITLE: drop
{fcm}
001  AX V C 01:00:00:00 01:00:01:00 01:01:00:02 01:01:01:02
* FROM CLIP NAME: sh010.mov
"""


@pytest.mark.parametrize(
    ("fcm", "fps", "record_in"),
    [
        ("FCM: DROP FRAME", 29.97, 109_800 + 2 - 110),
        ("FCM: NON-DROP FRAME", 29.97, 109_800 + 2),
        ("FCM: DROP FRAME", 59.94, 219_600 + 2 - 220),
        ("FCM: DROP FRAME", 25, 91_502),
    ],
)
def test_drop_frame(written: Written, fcm: str, fps: float, record_in: int) -> None:
    """FCM: DROP FRAME leaves out two (or four) numbers a minute, if the rate has drop frame."""
    if fps == 59.94:
        text = EDL.replace("01:01:00:02 01:01:01:02", "01:01:00:06 01:01:01:06")
        record_in += 4
    else:
        text = EDL
    assert read_cut(written("a.edl", text.format(fcm=fcm)), fps).shots[0].record_in == record_in


def events(*times: str) -> str:
    """Return an EDL with these source and record times."""
    lines = [f"{n:03d}  AX V C {each}\n* FROM CLIP NAME: c{n}" for n, each in enumerate(times, 1)]
    return "TITLE: rates\n" + "\n".join(lines) + "\n"


#: events, the rate that is assumed
RATES = {
    "no frame number tells": (("00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00",), 24),
    "frame 24": (("00:00:00:00 00:00:00:24 00:00:00:00 00:00:00:24",), 25),
    "frame 25": (("00:00:00:00 00:00:00:25 00:00:00:00 00:00:00:25",), 30),
    "frame 49": (("00:00:00:00 00:00:00:49 00:00:00:00 00:00:00:49",), 50),
    "frame 59": (("00:00:00:00 00:00:00:59 00:00:00:00 00:00:00:59",), 60),
    "lengths agree at 25 only": (("00:00:00:20 00:00:01:05 00:00:01:00 00:00:01:10",), 25),
    "lengths never agree": (("00:00:00:00 00:00:01:00 00:00:00:00 00:00:02:00",), 24),
    "drop frame": (("00:00:00:00 00:00:01:00 00:00:00;00 00:00:01;00",), 29.97),
    "drop frame 59": (("00:00:00:00 00:00:00:59 00:00:00;00 00:00:00;59",), 59.94),
}


@pytest.mark.parametrize("case", RATES)
def test_assumed_rate(written: Written, case: str) -> None:
    """Without a rate the lowest usual one counts that all timecodes allow; a note says so."""
    times, rate = RATES[case]
    cut = read_cut(written("a.edl", events(*times)))
    assert cut.fps == pytest.approx(rate, abs=0.001)
    assert f"{rate:g} fps is assumed" in cut.warnings[0] and "--fps decides" in cut.warnings[0]


#: what is wrong with a list, what its warning says
WRONG = {
    "length": (
        ("00:00:00:00 00:00:01:00 00:00:00:00 00:00:02:00",),
        "event 001 has 24 frames of source and 48 of record: the lengths of the source",
    ),
    "overlap": (
        (
            "00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00",
            "00:00:00:00 00:00:01:00 00:00:00:20 00:00:01:20",
        ),
        "event 002 begins 4 frames before the one above it ends: the lengths of the source",
    ),
    "many": (
        ("00:00:00:00 00:00:01:00 00:00:00:00 00:00:02:00",) * 5,
        "and 6 more like that",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_list_that_does_not_add_up(written: Written, case: str) -> None:
    """The warning names events and frames, and nothing of the library below."""
    times, sentence = WRONG[case]
    (warning,) = read_cut(written("a.edl", events(*times)), 24).warnings
    assert sentence in warning
    assert "RationalTime" not in warning


def test_derived_codes_are_told(written: Written) -> None:
    """A note says which shots have another code than their clip, and why."""
    second = "00:00:00:00 00:00:01:00 00:00:0{}:00 00:00:0{}:00"
    text = events(*(second.format(n, n + 1) for n in range(4)))
    again = text.replace("NAME: c2", "NAME: c1").replace("NAME: c4", "NAME: ...")
    assert read_cut(written("a.edl", again), 24).warnings == (
        "clips without a usable name are numbered by place: 'SH0040'",
        "clips that are used again get a number: 'c1_2'",
    )
    roll = re.sub("NAME: c.", "NAME: roll", text)
    assert read_cut(written("b.edl", roll), 24).warnings == (
        "the clips hardly have names of their own, so all shots are numbered in the order of the"
        " cut: SH0010 to SH0040",
    )


@pytest.mark.parametrize(
    ("name", "reason"), [("reel", "no extension"), ("-", "no extension"), (".", "is a folder")]
)
def test_a_format_is_told_by_the_extension(tmp_path: Path, name: str, reason: str) -> None:
    """Without an extension nobody knows what a file is, and a folder is none."""
    with pytest.raises(CutError, match=reason):
        read_cut(tmp_path / name)


def test_remarks_before_the_first_event(written: Written) -> None:
    """Remarks in the head of an EDL do no harm."""
    text = EDL.format(fcm="* made by hand\n>>> SOURCE 1")
    assert [shot.code for shot in read_cut(written("a.edl", text), 24).shots] == ["sh010"]


@pytest.mark.parametrize("effect", ["D 024", "W001 024", "K B"])
def test_transition_on_one_line(written: Written, effect: str) -> None:
    """A transition without its outgoing line is read as a cut, with a warning."""
    text = EDL.format(fcm="").replace(" C ", f" {effect} ")
    cut = read_cut(written("a.edl", text), 24)
    assert [shot.code for shot in cut.shots] == ["sh010"]
    assert cut.warnings == ("1 transition without an outgoing line is read as a plain cut",)


def test_lost_speed(written: Written) -> None:
    """A speed that the lengths do not show is told in a warning."""
    text = EDL.format(fcm="") + "M2   AX       -24.0                01:00:00:00\n"
    cut = read_cut(written("a.edl", text), 24)
    assert cut.warnings == (
        "1 speed change (M2) is not applied: source and record are equally long",
    )


def test_backwards(cut_of: Callable[..., Cut]) -> None:
    """A negative speed is kept and told."""
    warp = schema.LinearTimeWarp(time_scalar=-2)
    cut = cut_of(clip("a", effects=[warp]))
    assert (cut.shots[0].speed, cut.shots[0].duration) == (-2, 10)
    assert "backwards at 200.00%" in cut.warnings[0]


@pytest.mark.parametrize("channel", ["V", "B", "AA/V", "A2V", "V2"])
def test_picture_channels(written: Written, channel: str) -> None:
    """Every channel with picture in it makes a shot, once."""
    text = EDL.format(fcm="").replace(" V ", f" {channel} ")
    assert len(read_cut(written("a.edl", text), 24).shots) == 1


def test_latin_text(written: Written) -> None:
    """An EDL in the code page of its country is read."""
    text = EDL.format(fcm="").replace("sh010", "Größe_010").encode("cp1252")
    assert read_cut(written("a.edl", text), 24).shots[0].code == "Groe_010".replace("oe", "o_e")


def test_extension_in_capitals(data: Path, written: Written) -> None:
    """The extension counts in any case."""
    path = written("A.OTIO", (data / "otio" / "simple_cut.otio").read_bytes())
    assert len(read_cut(path).shots) == 4


def test_opentimelineio_is_not_loaded_by_import() -> None:
    """Importing the package is cheap and works without the optional dependency."""
    code = "import sys, stalker.editorial; sys.exit('opentimelineio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_missing_opentimelineio(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without OpenTimelineIO the error tells what to install."""
    for name in [name for name in sys.modules if name.startswith("stalker.editorial.")]:
        if name.rpartition(".")[2] in {"timeline", "formats", "edl"}:
            monkeypatch.delitem(sys.modules, name)
            monkeypatch.delattr(sys.modules["stalker.editorial"], name.rpartition(".")[2])
    monkeypatch.setitem(sys.modules, "opentimelineio", None)
    with pytest.raises(CutError, match=r'pip install "stalker\[editorial\]"'):
        read_cut(data / "otio" / "simple_cut.otio")


@pytest.mark.parametrize("fps", ["24", True, object()])
def test_fps_must_be_a_number(data: Path, fps: Any) -> None:
    """A rate of another type is a mistake of the caller, not of the file."""
    with pytest.raises(TypeError, match="fps must be a number"):
        read_cut(data / "otio-edl" / "gap_test.edl", fps)


@pytest.mark.parametrize("fps", [0, -24, float("nan"), float("inf"), 1e9, 10**400, 12, 24.5])
def test_fps_must_be_a_rate_of_timecode(data: Path, fps: float) -> None:
    """A number that timecode cannot be counted at is refused."""
    with pytest.raises(CutError, match=r"fps|frame rate|too large"):
        read_cut(data / "otio-edl" / "gap_test.edl", fps)
