"""Cuts become shots with the same frames."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from sqlalchemy import select

from stalker import Project, Sequence, Shot
from stalker.core.frames import exact_rate, seconds
from stalker.db.session import DBSession
from stalker.editorial import meridian, read_cut
from stalker.services.editorial import import_cut


def test_a_cut_becomes_a_sequence_of_shots(database: str) -> None:
    """Each clip is a shot with its ranges and its rate, in a sequence, in the order of the cut."""
    cut = read_cut(meridian())
    project = Project(name="Film", code="F", fps=cut.fps)
    DBSession.add(project)
    list(import_cut(cut, project))
    DBSession.commit()
    DBSession.expire_all()
    (sequence,) = project.sequences
    assert sequence.name == cut.name
    assert len(sequence.shots) == len(sequence.children) == len(cut.shots)
    for shot, clip in zip(project.shots, cut.shots, strict=True):
        for name in ("code", "cut_in", "cut_out", "source_in", "source_out", "record_in", "fps"):
            assert getattr(shot, name) == getattr(clip, name)


def test_a_shot_keeps_a_rate_that_differs_from_the_project(database: str) -> None:
    """A shot follows its project only where both have the same rate."""
    project = Project(name="Film", code="F", fps=24)
    sequence = Sequence(name="S", code="S", project=project)
    shots = list(import_cut(read_cut(meridian()), project, sequence))
    project.fps = 25
    assert {shot.fps for shot in shots} == {read_cut(meridian()).fps}


def test_handles_around_every_clip(database: str) -> None:
    """The edit stays, and so many more frames are made on both sides of it."""
    cut = read_cut(meridian())
    project = Project(name="Film", code="F", fps=cut.fps)
    for shot, clip in zip(import_cut(cut, project, handles=12), cut.shots, strict=True):
        assert shot.handle_in == max(12, clip.source_in - clip.cut_in)
        assert shot.handle_out == max(12, clip.cut_out - clip.source_out)
        assert (shot.source_in, shot.source_out) == (clip.source_in, clip.source_out)
        assert (shot.record_in, shot.record_out) == (clip.record_in, clip.record_out)


def test_a_cut_in_a_project_of_another_rate(database: str) -> None:
    """Media keep the rate of the cut; their place in the edit is counted at that of the project."""
    cut = read_cut(meridian())
    project = Project(name="Film", code="F", fps=24)
    for shot, clip in zip(import_cut(cut, project), cut.shots, strict=True):
        assert shot.frame_rate == exact_rate(clip.fps) != project.frame_rate
        moment = seconds(clip.record_in, cut.fps)
        assert abs(seconds(shot.record_in, 24) - moment) <= Fraction(1, 48)
        assert abs(len(shot.record_range) - shot.source_seconds * 24) < 1


def test_importing_takes_a_fixed_number_of_statements(
    database: str, statements: Callable[[], list[str]]
) -> None:
    """The statements of an import do not grow with the number of shots."""
    project = Project(name="Film", code="F")
    DBSession.save(project)
    recorded = statements()
    list(import_cut(read_cut(meridian()), project))
    DBSession.commit()
    assert len(recorded) < 35
    assert len(list(DBSession.scalars(select(Shot)))) == 83
