"""Cuts become shots with the same frames."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from stalker import Project, Sequence, Shot
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
