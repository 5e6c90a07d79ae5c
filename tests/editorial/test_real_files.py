"""Files of real programs: read to the frame, or refused with a reason."""

from __future__ import annotations

from collections import Counter
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import opentimelineio as otio
import pytest

from stalker.editorial import Cut, CutError, CutShot, meridian, read_cut
from tests.editorial.independent import ranges, timelines

HERE = Path(__file__).parent / "data"

#: file, fps to pass, number of shots, fps of the cut
READABLE: list[tuple[str, float | None, int, float]] = [
    ("otio/ElFuente_4096x2160_60fps_10bit_420_remix1.otio", None, 10, 60),
    ("otio/Meridian_UHD4k5994_HDR_P3PQ.otio", None, 83, 59.94),
    ("otio/multiple_track.otio", None, 5, 24),
    ("otio/nested_example.otio", None, 7, 24),
    ("otio/premiere_example.otio", None, 8, 30),
    ("otio/screening_example.otio", None, 9, 24),
    ("otio/simple_cut.otio", None, 4, 24),
    ("otio/timecode_rates.otio", None, 6, 24),
    ("otio/transition.otio", None, 4, 24),
    ("otio-edl/25fps.edl", None, 4, 25),
    ("otio-edl/cdl.edl", None, 2, 24),
    ("otio-edl/dissolve_test.edl", None, 3, 24),
    ("otio-edl/dissolve_test_3.edl", None, 3, 24),
    ("otio-edl/gap_test.edl", None, 3, 24),
    ("otio-edl/nucoda_example.edl", None, 2, 24),
    ("otio-edl/premiere_example.edl", None, 2, 24),
    ("otio-edl/screening_example.edl", None, 9, 24),
    ("otio-edl/speed_effects_small.edl", None, 5, 24),
    ("nle-xml/premiere_example.xml", None, 8, 30),
    ("edl-frame-rates/test_24.edl", None, 7, 24),
    ("edl-frame-rates/test_24psf.edl", None, 7, 25),
    ("edl-frame-rates/test_25.edl", None, 7, 25),
    ("edl-frame-rates/test_25.edl", 29.97, 7, 29.97),
    ("edl-frame-rates/test_25.edl", 59.94, 7, 59.94),
    ("edl-frame-rates/test_50.edl", 50, 7, 50),
    ("anima-previs/test_v001.edl", None, 3, 24),
    ("anima-previs/test_v002.edl", None, 3, 24),
    ("anima-previs/test_v001.xml", None, 3, 24),
    ("anima-previs/test_v002.xml", None, 3, 24),
]

#: file, fps to pass, what the reason must say
REFUSED: list[tuple[str, float | None, str]] = [
    ("otio-edl/25fps.edl", 24, "cannot be read at 24 fps"),
    ("otio-edl/multi_audio.edl", None, "no video clips"),
    ("edl-frame-rates/test_25.edl", 23.98, "cannot be read at 23.976 fps"),
    ("nle-xml/sample_just_track.xml", None, "no video clips"),
    ("nle-xml/sample.ale", None, "'.ale' is not supported"),
    ("nle-xml/sampleUHD.ale", None, "'.ale' is not supported"),
]
FCPX = {"nle-xml/fcpx_clips.fcpxml", "nle-xml/fcpx_example.fcpxml"}


def test_every_file_has_an_expectation() -> None:
    """No file of the collection is left out of the tables above."""
    expected = {name for name, *_ in READABLE} | {name for name, *_ in REFUSED} | FCPX
    files = list(HERE.glob("*/*"))
    assert {str(path.relative_to(HERE)) for path in files} == expected
    counts = {".edl": 16, ".otio": 9, ".xml": 4, ".fcpxml": 2, ".ale": 2}
    assert Counter(path.suffix for path in files) == counts


@pytest.mark.parametrize(("name", "fps", "count", "rate"), READABLE)
def test_is_read(name: str, fps: float | None, count: int, rate: float) -> None:
    """Number of shots and rate are right, codes are unique and ranges hold their contract."""
    cut = read_cut(HERE / name, fps)
    assert (len(cut.shots), cut.fps, cut.source) == (count, rate, HERE / name)
    assert len({shot.code.casefold() for shot in cut.shots}) == count
    for shot in cut.shots:
        assert shot.cut_in <= shot.source_in <= shot.source_out <= shot.cut_out
        assert shot.record_in <= shot.record_out
        assert shot.fps > 0
        assert shot.code
    assert all("\n" not in warning for warning in cut.warnings)


@pytest.mark.parametrize(("name", "fps", "reason"), REFUSED)
def test_is_refused(name: str, fps: float | None, reason: str) -> None:
    """The error names the file and the reason in one line."""
    with pytest.raises(CutError) as caught:
        read_cut(HERE / name, fps)
    text = str(caught.value)
    assert str(HERE / name) in text
    assert reason in text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nle-xml/fcpx_clips.fcpxml", "holds no timeline"),
        (
            "nle-xml/fcpx_example.fcpxml",
            "2 timelines: 'OpenTimeline_Project', 'OpenTimeline_Project 1'; choose .*--timeline",
        ),
    ],
)
def test_final_cut_x(name: str, reason: str) -> None:
    """Without the adapter the error tells what to install; with it, that there is not one cut."""
    installed = find_spec("otio_fcpx_xml_adapter") is not None
    with pytest.raises(CutError, match=reason if installed else "pip install"):
        read_cut(HERE / name)


@pytest.mark.skipif(find_spec("otio_fcpx_xml_adapter") is None, reason="needs the adapter")
def test_final_cut_x_timeline() -> None:
    """The name of a timeline chooses it."""
    cut = read_cut(HERE / "nle-xml/fcpx_example.fcpxml", timeline="OpenTimeline_Project")
    assert cut.name == "OpenTimeline_Project"
    assert cut.shots


#: screening_example.otio has a track range that OpenTimelineIO takes literally, see below
PLAIN_OTIO = [name for name, *_ in READABLE if name.startswith("otio/") and "screen" not in name]


@pytest.mark.parametrize("name", PLAIN_OTIO)
def test_frames_are_those_of_opentimelineio(name: str) -> None:
    """Source, cut and record ranges agree with OpenTimelineIO's, to the frame."""
    (timeline,) = timelines(HERE / name)
    assert [frames(shot) for shot in read_cut(HERE / name).shots] == ranges(timeline)


def frames(shot: CutShot) -> tuple[int, ...]:
    return (
        shot.source_in,
        shot.source_out,
        shot.cut_in,
        shot.cut_out,
        shot.record_in,
        shot.record_out,
    )


def test_meridian() -> None:
    """The sample is a whole film: 83 shots at 59.94, one after the other, codes from its names."""
    cut = read_cut(meridian())
    assert (len(cut.shots), cut.fps, cut.warnings) == (83, 59.94, ())
    assert [shot.code for shot in cut.shots[:3]] == ["Leader", "C001", "C002"]
    for shot, following in pairwise(cut.shots):
        assert following.record_in == shot.record_out + 1
    track = otio.adapters.read_from_file(str(meridian())).video_tracks()[0]
    assert sum(shot.duration for shot in cut.shots) == track.duration().to_frames()


def test_the_sample_is_unchanged() -> None:
    """The file in the package is the published one."""
    published = HERE / "otio" / "Meridian_UHD4k5994_HDR_P3PQ.otio"
    assert meridian().read_bytes() == published.read_bytes()


def shot_of(cut: Cut, code: str) -> CutShot:
    return next(shot for shot in cut.shots if shot.code == code)


def test_edl_record_starts_at_its_timecode(data: Path) -> None:
    """00:59:53:11 at 24 fps is frame 86243, whatever the adapter makes of it."""
    shots = read_cut(data / "otio-edl" / "screening_example.edl").shots
    assert shots[0].record_in == (59 * 60 + 53) * 24 + 11
    assert [shot.code for shot in shots[:2]] == ["ZZ100_501", "ZZ100_502A"]


def test_edl_made_otio_is_the_same_cut(data: Path) -> None:
    """An OTIO file that was made from an EDL gives the same frames as the EDL."""
    edl = read_cut(data / "otio-edl" / "screening_example.edl")
    made = read_cut(data / "otio" / "screening_example.otio")
    assert [frames(shot) for shot in edl.shots] == [frames(shot) for shot in made.shots]


def test_edl_and_xml_of_one_cut_agree(data: Path) -> None:
    """The same revision as EDL and as XML gives the same codes and frames."""
    edl = read_cut(data / "anima-previs" / "test_v001.edl")
    xml = read_cut(data / "anima-previs" / "test_v001.xml")
    assert [(s.code, *frames(s)) for s in edl.shots] == [(s.code, *frames(s)) for s in xml.shots]
    assert edl.shots[0].code == "SEQ001_HSNI_003_0010"
    assert edl.shots[0].media == "/tmp/SEQ001_HSNI_003_0010_v001.mov"


def test_codes_survive_a_revision(data: Path) -> None:
    """The second revision has the same shots with other lengths."""
    first = read_cut(data / "anima-previs" / "test_v001.xml").shots
    second = read_cut(data / "anima-previs" / "test_v002.xml").shots
    assert [shot.code for shot in first] == [shot.code for shot in second]
    assert [shot.duration for shot in first] == [34, 31, 46]
    assert [shot.duration for shot in second] == [54, 21, 56]


def test_edl_that_does_not_add_up_is_read_by_source(data: Path) -> None:
    """Source 57 and record 67 frames: the shot has 57, and a warning names it."""
    cut = read_cut(data / "anima-previs" / "test_v002.edl")
    assert shot_of(cut, "SEQ001_HSNI_003_0030").duration == 57
    assert any("event 000003 has 57 frames of source and 67" in each for each in cut.warnings)


def test_edl_rate_is_assumed_with_a_warning(data: Path) -> None:
    """Without fps an EDL is read at 24, and the cut says so; with fps it does not."""
    path = data / "otio-edl" / "gap_test.edl"
    assert any("24 fps is assumed" in text for text in read_cut(path).warnings)
    assert read_cut(path, 24).warnings == ()


def test_retimes(data: Path) -> None:
    """A retime keeps the length on screen and tells its speed."""
    cut = read_cut(data / "otio-edl" / "speed_effects_small.edl")
    fast, frozen = shot_of(cut, "Z686_5A"), shot_of(cut, "Z682_156")
    assert (fast.duration, round(fast.speed, 3)) == (36, 1.983)
    assert (frozen.duration, frozen.speed) == (17, 0)
    assert any("72 frames of media" in warning for warning in cut.warnings)


def test_nested_sequence_is_one_shot(data: Path) -> None:
    """Stacks and tracks within a track are one shot each, and a warning says so."""
    cut = read_cut(data / "otio" / "nested_example.otio")
    assert [shot.code for shot in cut.shots if shot.nested] == [
        "Nested_Stack_1",
        "Nested_Stack_2",
        "Nested_Track",
    ]
    assert sum("nested sequence" in warning for warning in cut.warnings) == 3


def test_rate_of_the_file_wins(data: Path) -> None:
    """A rate that is passed for a file that has its own is ignored with a warning."""
    cut = read_cut(data / "otio" / "simple_cut.otio", fps=25)
    assert cut.fps == 24
    assert any("25 fps is ignored" in warning for warning in cut.warnings)
