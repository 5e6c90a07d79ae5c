"""Shots: frames, speed and format, and codes that exist once in a project."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from stalker import ImageFormat, Link, Scene, Sequence, Shot, StatusList, Task, Version
from stalker.core.frames import FrameRange
from stalker.db.session import DBSession
from tests.models.production import Studio, everywhere, in_memory

# --- Construction ---------------------------------------------------------------------------------


@everywhere
def test_a_shot_needs_a_code_and_a_project(studio: Studio) -> None:
    """Its name is made up if there is none; everything else has a default."""
    project = studio.project()
    shot = studio.make(Shot, code="SH010", project=project)
    studio.reload()
    assert shot.name.startswith("Shot_") and shot.name != "Shot_"
    assert repr(shot) == f"<Shot ({shot.name}, SH010)>"
    assert shot.plural_class_name == "Shots" and shot.entity_type == "Shot"
    assert (shot.cut_in, shot.cut_out, shot.cut_duration) == (1, 1, 1)
    assert (shot.source_in, shot.source_out, shot.record_in) == (1, 1, None)
    assert shot.sequences == shot.scenes == shot.references == shot.tasks == []
    assert project.shots == [shot] and project.tasks == [shot]
    parent = studio.task(project)
    below = studio.make(Shot, code="SH020", parent=parent)
    assert below.project is project and parent.tasks == [below]
    if studio.stored:
        DBSession.flush()
        assert shot.tjp_id == f"Shot_{shot.id}"


@in_memory
@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ({"code": None}, TypeError, r"Shot\.code"),
        ({"code": ""}, ValueError, r"Shot\.code"),
        ({"code": 10}, TypeError, r"Shot\.code"),
        ({"project": None}, TypeError, r"Shot\.project"),
        ({"project": "Lighthouse"}, TypeError, r"Shot\.project"),
        ({"sequences": "SQ"}, TypeError, r"Shot\.sequences"),
        ({"sequences": [1]}, TypeError, r"Shot\.sequences"),
        ({"scenes": [1]}, TypeError, r"Shot\.scenes"),
        ({"cut_in": "1"}, TypeError, r"Shot\.cut_in"),
        ({"cut_in": True}, TypeError, r"Shot\.cut_in"),
        ({"cut_out": 1.0}, TypeError, r"Shot\.cut_out"),
        ({"source_in": "1"}, TypeError, r"Shot\.source_in"),
        ({"source_in": 2}, ValueError, r"Shot\.source_in"),
        ({"source_out": 0}, ValueError, r"Shot\.source_out"),
        ({"record_in": 1.5}, TypeError, r"Shot\.record_in"),
        ({"fps": "25"}, TypeError, r"Shot\.fps"),
        ({"fps": 0}, ValueError, r"Shot\.fps"),
        ({"fps": -24}, ValueError, r"Shot\.fps"),
        ({"fps": True}, TypeError, r"Shot\.fps"),
        ({"image_format": "HD"}, TypeError, r"Shot\.image_format"),
        ({"references": [1]}, TypeError, r"Shot\.references"),
        ({"cutin": 1}, TypeError, "cut_in"),
    ],
)
def test_what_the_constructor_refuses(
    studio: Studio, values: dict[str, Any], error: type[Exception], message: str
) -> None:
    """A wrong argument is refused by name; the code stays free, the project without the shot."""
    project = studio.project()
    with pytest.raises(error, match=message):
        studio.make(Shot, **{"code": "SH010", "project": project, **values})
    assert project.tasks == []
    assert studio.shot(project, "SH010") in project.tasks


# --- Frames ---------------------------------------------------------------------------------------


@in_memory
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((None, None), (1, 1)),
        ((10, None), (10, 10)),
        ((0, None), (0, 0)),
        ((-10, None), (-10, -10)),
        ((None, 10), (10, 10)),
        ((None, 0), (0, 0)),
        ((10, 20), (10, 20)),
        ((-20, 0), (-20, 0)),
        ((0, 0), (0, 0)),
        ((20, 10), (10, 10)),
        ((1, 0), (0, 0)),
    ],
)
def test_the_cut_range_that_is_given(
    studio: Studio, given: tuple[int | None, int | None], expected: tuple[int, int]
) -> None:
    """One end stands for both, and the last frame wins over a first one behind it."""
    cut_in, cut_out = given
    shot = studio.shot(studio.project(), "SH010", cut_in=cut_in, cut_out=cut_out)
    assert (shot.cut_in, shot.cut_out) == expected
    assert (shot.source_in, shot.source_out) == expected
    assert shot.cut_duration == expected[1] - expected[0] + 1


@everywhere
def test_changing_the_cut_range(studio: Studio) -> None:
    """An end that passes the other takes it along; a new duration moves the last frame."""
    shot = studio.shot(studio.project(), "SH010", cut_in=10, cut_out=20)
    for attribute, value, expected in [
        ("cut_in", 15, (15, 20)),
        ("cut_in", 25, (25, 25)),
        ("cut_out", 40, (25, 40)),
        ("cut_out", 0, (0, 0)),
        ("cut_in", -10, (-10, 0)),
        ("cut_duration", 1, (-10, -10)),
        ("cut_duration", 100, (-10, 89)),
    ]:
        studio.reload()
        setattr(shot, attribute, value)
        assert (shot.cut_in, shot.cut_out) == expected, (attribute, value)
        assert shot.cut_duration == expected[1] - expected[0] + 1
        assert shot.cut_in <= shot.source_in <= shot.source_out <= shot.cut_out
    for attribute in ("cut_in", "cut_out", "cut_duration", "source_in", "source_out"):
        for wrong in (None, "1", 1.0, True, 2**31):
            with pytest.raises((TypeError, ValueError), match=rf"Shot\.{attribute}"):
                setattr(shot, attribute, wrong)
    for wrong in (0, -1):
        with pytest.raises(ValueError, match=r"Shot\.cut_duration"):
            shot.cut_duration = wrong
    studio.reload()
    assert (shot.cut_in, shot.cut_out) == (-10, 89)


@everywhere
def test_the_source_range(studio: Studio) -> None:
    """It lies within the cut range and is refused elsewhere; a smaller cut range takes it along."""
    project = studio.project()
    shot = studio.shot(project, "SH010", cut_in=0, cut_out=10, source_in=2, source_out=8)
    studio.reload()
    assert (shot.source_in, shot.source_out) == (2, 8)
    for attribute, values in {"source_in": (-1, 9, 11), "source_out": (1, -1, 11)}.items():
        for value in values:
            with pytest.raises(ValueError, match=rf"Shot\.{attribute}"):
                setattr(shot, attribute, value)
    shot.source_in = 0
    shot.source_out = 10
    shot.cut_in = 4
    assert (shot.source_in, shot.source_out) == (4, 10)
    shot.cut_out = 6
    assert (shot.source_in, shot.source_out) == (4, 6)
    shot.cut_out = 2
    assert (shot.source_in, shot.source_out) == (2, 2)
    shot.record_in = 86400
    studio.reload()
    assert (shot.source_in, shot.source_out, shot.record_in) == (2, 2, 86400)


@in_memory
def test_frames_are_always_in_order(studio: Studio) -> None:
    """Whatever is assigned in whatever order, the source range stays within the cut range."""
    frames = st.integers(-20, 20)
    names = st.sampled_from(["cut_in", "cut_out", "cut_duration", "source_in", "source_out"])
    project = studio.project()
    shot = studio.shot(project, "SH010")

    @settings(max_examples=100, deadline=None, database=None)
    @given(st.lists(st.tuples(names, frames), max_size=20))
    def check(changes: list[tuple[str, int]]) -> None:
        for attribute, value in changes:
            before = shot.cut_in, shot.cut_out, shot.source_in, shot.source_out
            try:
                setattr(shot, attribute, value)
            except ValueError:
                assert (shot.cut_in, shot.cut_out, shot.source_in, shot.source_out) == before
            else:
                assert getattr(shot, attribute) == value
            assert shot.cut_in <= shot.source_in <= shot.source_out <= shot.cut_out

    check()


# --- What frames mean -----------------------------------------------------------------------------


@everywhere
def test_ranges_and_handles(studio: Studio) -> None:
    """What is made has handles around what the edit uses; setting them leaves the edit alone."""
    frames = {"cut_in": 993, "cut_out": 1058, "source_in": 1001, "source_out": 1050}
    shot = studio.shot(studio.project(fps=25), "SH010", record_in=90000, **frames)
    studio.reload()
    assert (str(shot.cut_range), str(shot.source_range)) == ("993-1058", "1001-1050")
    assert (shot.handle_in, shot.handle_out) == (8, 8)
    assert shot.source_range.extended(8) == shot.cut_range
    assert len(shot.cut_range) == shot.cut_duration == 66
    assert shot.record_range == FrameRange.of_length(90000, 50) and shot.record_out == 90049
    assert (shot.cut_seconds, shot.source_seconds) == (Fraction(66, 25), 2)
    assert (shot.timecode(), shot.timecode(993)) == ("00:00:40:01", "00:00:39:18")
    assert shot.record_timecode() == "01:00:00:00"
    shot.handle_in, shot.handle_out = 0, 100
    studio.reload()
    assert (shot.cut_in, shot.source_in, shot.source_out, shot.cut_out) == (1001, 1001, 1050, 1150)
    assert (shot.handle_in, shot.handle_out) == (0, 100)
    for attribute in ("handle_in", "handle_out"):
        for wrong, error in ((-1, ValueError), (None, TypeError), (1.5, TypeError)):
            with pytest.raises(error, match=rf"Shot\.{attribute}"):
                setattr(shot, attribute, wrong)


@everywhere
def test_from_the_timeline_to_the_media(studio: Studio) -> None:
    """A frame of the edit shows a frame of the media; handles lie before and behind the edit."""
    frames = {"cut_in": 993, "cut_out": 1058, "source_in": 1001, "source_out": 1050}
    shot = studio.shot(studio.project(), "SH010", record_in=86400, **frames)
    studio.reload()
    assert shot.record_to_source(86400) == 1001 and shot.source_to_record(1050) == shot.record_out
    for frame in shot.cut_range:
        assert shot.record_to_source(shot.source_to_record(frame)) == frame
    for frame in (992, 1059):
        with pytest.raises(ValueError, match=rf"Shot\.source_to_record.*993-1058.*{frame}"):
            shot.source_to_record(frame)
        with pytest.raises(ValueError, match=r"Shot\.record_to_source.*993-1058"):
            shot.record_to_source(86400 + frame - 1001)
    for convert in (shot.record_to_source, shot.source_to_record):
        with pytest.raises(TypeError, match=r"Shot\.\w+_to_\w+ must be an int"):
            convert("1001")
    shot.record_in = None
    studio.reload()
    assert shot.record_range is shot.record_out is shot.record_timecode() is None
    for convert in (shot.record_to_source, shot.source_to_record):
        with pytest.raises(ValueError, match="record_in"):
            convert(1001)


@everywhere
def test_the_exact_rate_of_a_shot(studio: Studio) -> None:
    """The rate of the project or its own, as a fraction that survives the database."""
    project = studio.project(fps=23.976)
    shot = studio.shot(project, "SH010", cut_in=1, cut_out=24000)
    own = studio.shot(project, "SH020", fps=30000 / 1001, cut_in=1800, cut_out=1800)
    studio.reload()
    assert project.frame_rate == shot.frame_rate == Fraction(24000, 1001)
    assert shot.cut_seconds == shot.source_seconds == 1001
    assert own.frame_rate == Fraction(30000, 1001)
    assert own.timecode() == "00:01:00:00" and own.timecode(drop_frame=True) == "00:01:00;02"
    project.fps = 12.5
    studio.reload()
    assert shot.frame_rate == Fraction(25, 2)
    with pytest.raises(ValueError, match="timecode"):
        shot.timecode()


@in_memory
@pytest.mark.parametrize(
    ("media", "timeline", "frames", "recorded"),
    [
        (30, 24, 30, 24),
        (24, 30, 24, 30),
        (25, 24, 25, 24),
        (59.94, 29.97, 5, 3),
        (24, 23.976, 9, 9),
    ],
)
def test_media_of_another_rate_than_the_edit(
    studio: Studio, media: float, timeline: float, frames: int, recorded: int
) -> None:
    """The timeline counts at the rate of the project: a second stays a second."""
    project = studio.project(fps=timeline)
    shot = studio.shot(project, "SH010", fps=media, cut_in=1, cut_out=frames, record_in=100)
    assert shot.record_range == FrameRange.of_length(100, recorded)
    seen = [shot.record_to_source(frame) for frame in shot.record_range]
    assert seen == sorted(seen) and seen[0] == 1 and set(seen) <= set(shot.source_range)
    for frame in seen:
        # the first moment at which it is seen
        first = shot.source_to_record(frame)
        assert shot.record_to_source(first) == frame and first <= 100 + seen.index(frame)


# --- Speed and format -----------------------------------------------------------------------------


@everywhere
def test_speed_and_format_follow_the_project(studio: Studio) -> None:
    """While a shot has none of its own it shows the project's; setting `None` re-attaches it."""
    hd, uhd, scope = (
        ImageFormat(name=name, width=width, height=1080)
        for name, width in (("HD", 1920), ("UHD", 3840), ("Scope", 2048))
    )
    project = studio.project(fps=25, image_format=hd)
    shot = studio.shot(project, "SH010")
    own = studio.shot(project, "SH020", fps=24000 / 1001, image_format=scope)
    studio.reload()
    assert (shot.fps, shot.image_format) == (25.0, hd)
    assert (own.fps, own.image_format) == (24000 / 1001, scope)
    project.fps, project.image_format = 335, uhd
    studio.reload()
    assert (shot.fps, shot.image_format) == (335.0, uhd)
    assert (own.fps, own.image_format) == (24000 / 1001, scope)
    shot.fps, shot.image_format = 12, scope
    project.fps, project.image_format = 30, hd
    studio.reload()
    assert (shot.fps, shot.image_format) == (12.0, scope) and type(shot.fps) is float
    shot.fps = shot.image_format = None  # type: ignore[assignment]
    studio.reload()
    assert (shot.fps, shot.image_format) == (30.0, hd)
    for wrong, error in (("25", TypeError), (0, ValueError), (-1, ValueError), (True, TypeError)):
        with pytest.raises(error, match=r"Shot\.fps"):
            shot.fps = wrong  # type: ignore[assignment]
    with pytest.raises(TypeError, match=r"Shot\.image_format"):
        shot.image_format = "HD"  # type: ignore[assignment]


@everywhere
def test_references_of_a_shot(studio: Studio) -> None:
    """References are honoured as an argument."""
    plate = Link(name="Plate", full_path="/plate.%04d.exr")
    shot = studio.shot(studio.project(), "SH010", references=[plate])
    studio.reload()
    assert shot.references == [plate]


# --- Codes ----------------------------------------------------------------------------------------


@everywhere
@pytest.mark.parametrize("written", [False, True])
def test_a_code_exists_once_in_a_project(studio: Studio, written: bool) -> None:
    """A taken code is refused for new and renamed shots, pending or stored; not elsewhere."""
    project, other = studio.project(), studio.project(name="Other", code="OTH")
    first, second = studio.shot(project, "SH010"), studio.shot(project, "SH020")
    if written:
        studio.reload()
    with pytest.raises(ValueError, match=r"Shot\.code.*SH010"):
        studio.shot(project, "SH010")
    with pytest.raises(ValueError, match=r"Shot\.code.*SH010"):
        second.code = "SH010"
    with pytest.raises(ValueError, match=r"Shot\.code.*SH010"):
        studio.make(Shot, code="SH010", parent=first)
    assert second.code == "SH020" and project.shots == [first, second]
    first.code = "SH010"
    elsewhere = studio.shot(other, "SH010")
    assert elsewhere.code == first.code
    assert not Shot.code_is_available("SH010", project)
    assert not Shot._check_code_availability("SH020", project)
    assert Shot.code_is_available("SH030", project)
    assert Shot.code_is_available("", project)
    assert Shot.code_is_available("SH010", None)  # type: ignore[arg-type]
    first.code = "SH030"
    assert Shot.code_is_available("SH010", project)
    second.code = "SH010"
    third = studio.shot(project, "SH020")
    with pytest.raises(ValueError, match=r"Shot\.code.*SH030"):
        third.code = "SH030"
    studio.reload()
    assert sorted(shot.code for shot in project.shots) == ["SH010", "SH020", "SH030"]
    studio.task(project, name="SH040")
    assert Shot.code_is_available("SH040", project)


def test_a_code_is_free_again(studio: Studio) -> None:
    """After a delete or a rollback nobody has the code any more."""
    project = studio.project()
    shot = studio.shot(project, "SH010")
    DBSession.commit()
    DBSession.delete(shot)
    DBSession.flush()
    again = studio.shot(project, "SH010")
    DBSession.commit()
    assert project.shots == [again]
    studio.shot(project, "SH020")
    DBSession.flush()
    DBSession.rollback()
    assert Shot.code_is_available("SH020", project)
    assert not Shot.code_is_available("SH010", project)
    studio.shot(project, "SH020")
    again.code = "SH050"
    DBSession.rollback()
    assert again.code == "SH010"
    with pytest.raises(ValueError, match=r"Shot\.code"):
        studio.shot(project, "SH010")
    studio.shot(project, "SH020")
    studio.shot(project, "SH050")
    DBSession.commit()


def test_swapping_codes_through_a_third(studio: Studio) -> None:
    """Codes can be exchanged within one transaction, as long as each step is free."""
    project = studio.project()
    one, two = studio.shot(project, "A"), studio.shot(project, "B")
    DBSession.commit()
    one.code = "C"
    DBSession.flush()
    two.code = "A"
    DBSession.flush()
    one.code = "B"
    DBSession.commit()
    assert (one.code, two.code) == ("B", "A")


def test_the_database_refuses_what_is_wrong(studio: Studio) -> None:
    """Duplicates and impossible ranges cannot be written by hand either."""
    project = studio.project()
    first = studio.shot(project, "SH010", cut_in=1, cut_out=10)
    studio.shot(project, "SH020")
    DBSession.commit()
    for change in (
        "code = 'SH020'",
        "code = NULL",
        "project_id = NULL",
        "cut_in = 11",
        "cut_out = 0",
        "source_in = 0",
        "source_out = 11",
        "source_in = 8, source_out = 7",
    ):
        with pytest.raises(IntegrityError):
            DBSession.execute(text(f'UPDATE "Shots" SET {change} WHERE id = {first.id}'))
        DBSession.rollback()


def test_a_race_for_a_code_has_one_winner(studio: Studio) -> None:
    """A shot that another session wrote meanwhile makes the second one fail when it is written."""
    project = studio.project()
    DBSession.commit()
    assert Shot.code_is_available("SH010", project)
    DBSession.rollback()
    mine = studio.shot(project, "SH010")
    other = DBSession.session_factory()
    try:
        statuses = other.scalars(
            select(StatusList).where(StatusList.target_entity_type == "Shot")
        ).one()
        home = other.get(type(project), project.id)
        other.add(Shot(code="SH010", project=home, status_list=statuses))
        other.commit()
    finally:
        other.close()
    with pytest.raises(IntegrityError):
        DBSession.commit()
    DBSession.rollback()
    assert mine not in DBSession
    assert not Shot.code_is_available("SH010", project)


def test_checking_codes_costs_one_query(studio: Studio, statements: Any) -> None:
    """However many shots are made in a transaction, the codes are asked for once."""
    project = studio.project()
    DBSession.commit()
    assert project.code
    recorded = statements()
    for number in range(50):
        studio.shot(project, f"SH{number:03}")
    asked = [each for each in recorded if "Shots" in each]
    assert len(asked) <= 1, recorded
    DBSession.commit()
    assert len(recorded) <= 15, recorded


@everywhere
def test_a_shot_is_a_task(studio: Studio) -> None:
    """It holds tasks and follows them."""
    shot = studio.shot(studio.project(), "SH010")
    animation = studio.task(shot, name="Anim", schedule_timing=3)
    studio.reload()
    assert isinstance(shot, Task) and shot.tasks == [animation]
    assert shot.schedule_seconds == 3 * 3600 and animation.parents == [shot]
    variables = shot._template_variables()
    assert variables["shot"] is shot and variables["sequences"] == [] == variables["scenes"]


@everywhere
def test_templates_know_the_groups_of_a_shot(studio: Studio) -> None:
    """12 §5.3: for the shot itself, not for what is below it."""
    project = studio.project()
    shot = studio.shot(project, "SH010")
    task = studio.task(shot)
    sequence = studio.make(Sequence, name="Opening", code="SQ1", project=project, shots=[shot])
    scene = Scene(name="Cellar", code="CEL", project=project, shots=[shot])
    studio.reload()
    for owner in (shot, Version(task=shot)):
        variables = owner._template_variables()
        assert (variables["sequences"], variables["scenes"]) == ([sequence], [scene])
    for owner in (task, Version(task=task)):
        variables = owner._template_variables()
        assert variables["sequences"] == variables["scenes"] == []
        assert variables["shot"] is task and variables["parent_tasks"] == [shot, task]


def test_a_list_of_shots_costs_a_few_statements(studio: Studio, statements: Any) -> None:
    """12 BT-25: as many for many shots as for few, with status, type and all that frames mean."""
    counts = []
    for number in (3, 60):
        project = studio.project(image_format=ImageFormat(name="HD", width=1920, height=1080))
        kinds = [studio.type("Shot", f"Kind {n}") for n in range(2)]
        for n in range(number):
            studio.shot(
                project, f"SH{n:03}", cut_in=1, cut_out=9, record_in=9 * n, type=kinds[n % 2]
            )
        DBSession.commit()
        key = project.id
        DBSession.expunge_all()
        found = DBSession.get(type(project), key)
        assert found is not None
        recorded = statements()
        shown = [
            (
                (shot.code, shot.status.code, shot.type.name, shot.cut_range, shot.record_range),
                (shot.frame_rate, shot.image_format.name, shot.handle_in, shot.timecode()),
            )
            for shot in found.shots
        ]
        assert len(shown) == number
        counts.append(len(recorded))
    assert counts[0] == counts[1] <= 8, "\n".join(recorded[:20])
