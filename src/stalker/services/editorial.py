"""From a cut to a sequence of shots, and back to a timeline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, object_session

from stalker.editorial.cut import CutError
from stalker.editorial.edit import Edit, StoredShot, of_clip
from stalker.models.project import Project
from stalker.models.sequence import Sequence, shot_sequences
from stalker.models.shot import Shot
from stalker.models.status import Status
from stalker.models.task import Task
from stalker.models.task.omission import OMITTED, tagged

if TYPE_CHECKING:
    from stalker.editorial import Cut

__all__ = [
    "OMITTED",
    "export_cut",
    "find_sequence",
    "import_cut",
    "make_shot",
    "session_of",
    "stored_shots",
]

#: the columns of a shot that an edit has, beside the code
COLUMNS = tuple(field.name for field in fields(Edit) if field.name != "code")

_SHOTS = Shot.__table__.c


def import_cut(
    cut: Cut, project: Project, sequence: Sequence | None = None, handles: int = 0
) -> Iterator[Shot]:
    """Make a shot of *project* for each clip of *cut*, and yield it: a caller can show progress.

    The shots belong to *sequence* and are its children; without one, a sequence named after the cut
    is made. Ranges and rates are those of the cut, exactly; a shot is made with at least so many
    *handles* on both sides of its edit points, more where a transition shows more. A project of
    another rate than the cut counts the place of a shot at its own. Nothing is written: the shots
    are in the session of the project, if it has one.

    For a cut that is imported again there is `services.conforming`.
    """
    if sequence is None:
        sequence = Sequence(name=cut.name, code=cut.name[:256], project=project)
    for clip in cut.shots:
        edit = of_clip(clip, cut.fps, project.frame_rate)
        yield make_shot(edit.with_handles(handles, handles), sequence)


def make_shot(edit: Edit, sequence: Sequence) -> Shot:
    """Return a new shot of *sequence* that is used as *edit* says."""
    values = columns(edit, sequence.project)
    return Shot(name=edit.code, code=edit.code, parent=sequence, sequences=[sequence], **values)


def columns(edit: Edit, project: Project) -> dict[str, Any]:
    """Return what a shot of *project* stores of *edit*."""
    values = {name: getattr(edit, name) for name in COLUMNS}
    if edit.rate == project.frame_rate:
        values["fps"] = None  # without a rate of its own it follows its project
    return values


def export_cut(sequence: Sequence) -> Any:
    """Return the shots of *sequence* that are in the cut as an OpenTimelineIO timeline.

    Clips have the codes of shots for names, their media know all frames that are made, and the
    frames are exact: imported again, nothing changes. Raises `CutError` if no shot is in the cut,
    and without OpenTimelineIO.
    """
    try:
        from stalker.editorial import writer
    except ImportError as error:
        raise CutError(
            'writing cuts needs OpenTimelineIO: pip install "stalker[editorial]"'
        ) from error

    edits = [
        shot.edit
        for shot in stored_shots(sequence)
        if shot.edit.record_in is not None and not shot.is_omitted
    ]
    return writer.timeline_of(sequence.name, edits, sequence.project.frame_rate)


def find_sequence(project: Project, name: str) -> Sequence | None:
    """Return the sequence of *project* with that code, or else that name.

    Raises `ValueError` if there are several.
    """
    session = session_of(project)
    query = select(Sequence).where(Sequence.project_id == project.id).order_by(Sequence.id)
    for column in (Sequence.code, Sequence.name):
        found = session.scalars(query.where(column == name)).all()
        if len(found) > 1:
            ids = ", ".join(str(each.id) for each in found)
            raise ValueError(f"{len(found)} sequences are called {name!r}, with the ids {ids}")
        if found:
            return found[0]
    return None


def session_of(entity: Project | Sequence) -> Session:
    """Return the session of *entity*; raises `ValueError` if it is in none."""
    session = object_session(entity)
    if session is None:
        raise ValueError(f"{entity!r} must be in a session: cuts are compared with stored shots")
    return session


def stored_shots(sequence: Sequence) -> tuple[StoredShot, ...]:
    """Return the shots of *sequence* in the order of its cut, by one statement."""
    project_fps = sequence.project.fps
    shots = []
    for row in session_of(sequence).execute(_stored(sequence.id)).mappings():
        values = {name: row[name] for name in COLUMNS}
        values["fps"] = project_fps if row["fps"] is None else row["fps"]
        edit = Edit(code=row["code"], **values)
        shots.append(StoredShot(row["id"], edit, row["status"], bool(row["is_omitted"])))
    return tuple(shots)


def _stored(sequence_id: int) -> Select[Any]:
    tasks, statuses = Task.__table__.c, Status.__table__.c
    return (
        select(
            *(_SHOTS[name] for name in ("id", "code", *COLUMNS)),
            statuses.code.label("status"),
            _SHOTS.id.in_(tagged()).label("is_omitted"),
        )
        .join(shot_sequences, shot_sequences.c.shot_id == _SHOTS.id)
        .join(Task.__table__, tasks.id == _SHOTS.id)
        .join(Status.__table__, statuses.id == tasks.status_id)
        .where(shot_sequences.c.sequence_id == sequence_id)
        .order_by(_SHOTS.record_in, _SHOTS.record_track, _SHOTS.id)
    )
