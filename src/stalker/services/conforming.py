"""Bringing the shots of a sequence in line with a cut: a plan first, then all of it or nothing.

A shot that is not in the cut any more is never deleted: people have worked on it, and it may come
back. It gets the tag `OMITTED` and keeps its frames. It is a tag and no status, because the status
of a shot follows from that of its tasks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from stalker.core.dates import utc_now
from stalker.core.frames import exact_rate
from stalker.core.rules import all_of, not_blank, text
from stalker.db.session import acting_user
from stalker.editorial import Cut
from stalker.editorial.comparison import Difference, compare
from stalker.editorial.edit import Edit, StoredShot, of_clip
from stalker.editorial.text import one_line
from stalker.exceptions import OutdatedError
from stalker.models.entity import SimpleEntity, entity_tags
from stalker.models.project import Project
from stalker.models.sequence import Sequence, shot_sequences
from stalker.models.shot import Shot
from stalker.models.tag import Tag
from stalker.models.task.settling import lock_projects
from stalker.services.editorial import (
    COLUMNS,
    OMITTED,
    columns,
    find_sequence,
    make_shot,
    session_of,
    stored_shots,
)

__all__ = ["OMITTED", "CutPlan", "OutdatedPlanError", "apply_cut", "lock", "plan_cut"]

#: databases store frames as 32-bit integers
_MAX_FRAME = 2**31 - 1
#: of names that a sentence lists
_SHOWN = 5

_name = all_of(text(256), not_blank())

Track = Callable[[Iterable[Edit], int], Iterable[Edit]]


class OutdatedPlanError(OutdatedError):
    """Somebody has changed the shots since the plan was made."""


@dataclass(frozen=True, slots=True)
class CutPlan:
    """What a cut would change in a sequence; nothing of it is done yet."""

    cut: Cut
    project: Project
    #: ``None`` as long as it has to be made
    sequence: Sequence | None
    #: what the sequence is called, or will be
    name: str
    #: the shots of the sequence and of the cut, by what happens to them
    shots: Difference
    #: the shots of the sequence when the plan was made
    stored: tuple[StoredShot, ...]
    #: what is worth knowing before it is applied, one sentence each
    notes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """There is nothing to do."""
        shots = self.shots
        return self.sequence is not None and not (shots.new or shots.changed or shots.omitted)


def plan_cut(
    cut: Cut, project: Project, sequence: Sequence | str | None = None, handles: int = 0
) -> CutPlan:
    """Return what *cut* changes in a *sequence* of *project*; writes nothing.

    A sequence is told by itself, by its code or by its name; without one, it is the one that is
    called as the cut. If there is none, the plan is to make it. Shots keep the handles that they
    have, and get at least *handles* frames on both sides.

    Raises `ValueError` for a sequence of another project, if there are several of that name, if
    names of the cut are codes of shots in other sequences, and if a frame has no place in the
    database.
    """
    session = session_of(project)
    session.flush()
    if isinstance(sequence, Sequence):
        if sequence.project is not project:
            raise ValueError(f"{sequence!r} must be of {project!r}, not of {sequence.project!r}")
        name = sequence.name
    else:
        given = one_line(cut.name, 250) or cut.source.stem if sequence is None else sequence
        name = _name(given, "the name of a sequence")
        sequence = find_sequence(project, name)
    stored = () if sequence is None else stored_shots(sequence)
    ours = {shot.code for shot in stored}
    shots = Shot.__table__.c
    codes = session.scalars(select(shots.code).where(shots.project_id == project.id))
    edits = [of_clip(clip, cut.fps, project.frame_rate) for clip in cut.shots]
    found = compare(edits, stored, [code for code in codes if code not in ours], handles)
    if found.clashes:
        raise ValueError(_clash(session, project, name, found.clashes))
    for edit in (*found.new, *(change.edit for change in found.changed)):
        _check_frames(edit)
    return CutPlan(cut, project, sequence, name, found, stored, tuple(_notes(cut, project)))


def apply_cut(plan: CutPlan, track: Track | None = None) -> Sequence:
    """Do what *plan* says, and flush; return the sequence.

    All of it is done or nothing, and nobody else changes shots of the project until the transaction
    ends. *track* gets the new shots and their number, to show progress.

    Raises `OutdatedPlanError` if the shots are not any more what they were when it was planned.
    """
    session = session_of(plan.project)
    with session.begin_nested():
        lock(plan.project)
        sequence = (
            find_sequence(plan.project, plan.name) if plan.sequence is None else plan.sequence
        )
        stored = () if sequence is None else stored_shots(sequence)
        if stored != plan.stored or (sequence is None) != (plan.sequence is None):
            raise OutdatedPlanError(
                f"the shots of {plan.name!r} have been changed since the cut was compared with them"
            )
        if sequence is None:
            sequence = Sequence(name=plan.name, code=plan.name, project=plan.project)
        new: Iterable[Edit] = plan.shots.new
        for edit in new if track is None else track(new, len(plan.shots.new)):
            make_shot(edit, sequence)
        session.flush()
        _write_changes(session, plan)
        _write_tags(session, plan)
        touched = [change.shot.id for change in plan.shots.changed]
        _touch(session, touched + [shot.id for shot in plan.shots.omitted])
    return sequence


def lock(project: Project) -> None:
    """Let nobody else change shots and tasks of *project* until the transaction ends.

    What is planned behind it can be applied.
    """
    lock_projects(session_of(project), [project.id])


def _write_changes(session: Session, plan: CutPlan) -> None:
    table: Any = Shot.__table__
    rows = [
        {"key": change.shot.id, **columns(change.edit, plan.project)}
        for change in plan.shots.changed
    ]
    values: dict[str, Any] = {name: bindparam(name) for name in COLUMNS}
    _many(session, update(table).where(table.c.id == bindparam("key")).values(values), rows)


def _write_tags(session: Session, plan: CutPlan) -> None:
    if plan.shots.omitted:
        tag = _tag(session).id
        rows = [{"entity_id": shot.id, "tag_id": tag} for shot in plan.shots.omitted]
        _many(session, insert(entity_tags), rows)
    back = [{"key": change.shot.id} for change in plan.shots.changed if change.shot.is_omitted]
    tags, columns = select(Tag.tag_id).where(Tag.name == OMITTED), entity_tags.c
    is_ours = columns.entity_id == bindparam("key")
    _many(session, delete(entity_tags).where(is_ours, columns.tag_id.in_(tags)), back)


def _tag(session: Session) -> Tag:
    tag = session.scalars(select(Tag).where(Tag.name == OMITTED).order_by(Tag.tag_id)).first()
    if tag is None:
        tag = Tag(name=OMITTED, description="It was in a cut, and is in the cut no more.")
        session.add(tag)
        session.flush()
    return tag


def _touch(session: Session, ids: Iterable[int]) -> None:
    """Note that these shots were edited, and let those that are loaded be read again."""
    table: Any = SimpleEntity.__table__
    rows = [{"key": number} for number in ids]
    values: dict[str, Any] = {"date_updated": utc_now()}
    user = acting_user(session)
    if user is not None:
        values["updated_by_id"] = user.id
    _many(session, update(table).where(table.c.id == bindparam("key")).values(values), rows)
    for row in rows:
        loaded = session.identity_map.get(identity_key(SimpleEntity, row["key"]))
        if loaded is not None:
            session.expire(loaded)


def _many(session: Session, statement: Any, rows: list[dict[str, Any]]) -> None:
    # on the connection: a session would look for entities that the statement changes
    if rows:
        session.connection().execute(statement, rows)


def _check_frames(edit: Edit) -> None:
    frames = (edit.cut_in, edit.cut_out, edit.record_in or 0)
    if max(map(abs, frames)) > _MAX_FRAME:
        raise ValueError(f"{edit.code} has a frame number out of range: {max(frames, key=abs)}")


def _notes(cut: Cut, project: Project) -> Iterator[str]:
    yield from cut.warnings
    ours = f"{project.fps:.5g} fps of {project.name}"
    if exact_rate(cut.fps) != project.frame_rate:
        yield f"the cut runs at {cut.fps:.5g} fps: its places are counted at the {ours}"
    rates = {exact_rate(shot.fps): shot.fps for shot in cut.shots}
    others = [f"{rates[rate]:.5g}" for rate in sorted(rates) if rate != project.frame_rate]
    if others:
        yield f"clips at {', '.join(others)} fps keep their rate beside the {ours}"


def _clash(session: Session, project: Project, name: str, codes: Iterable[str]) -> str:
    """Return the sentence about *codes* that shots of other sequences have."""
    folded = {code.casefold() for code in codes}
    shots = Shot.__table__.c
    owners: dict[str, str | None] = {}
    for code, owner in session.execute(
        select(shots.code, Sequence.code)
        .outerjoin(shot_sequences, shot_sequences.c.shot_id == shots.id)
        .outerjoin(Sequence, Sequence.sequence_id == shot_sequences.c.sequence_id)
        .where(shots.project_id == project.id)
        .order_by(shots.code, Sequence.code)
    ):
        if code.casefold() in folded:
            owners.setdefault(code, owner)
    shown = [f"{code} ({owner or 'of no sequence'})" for code, owner in owners.items()]
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    # the title of a cut often has the number of its revision
    others = Counter(filter(None, owners.values())).most_common(1)
    hint = f"; is it a revision of {others[0][0]!r}? --sequence says so" if others else ""
    return (
        f"clips of the cut have the codes of shots that are not in the sequence {name!r}:"
        f" {', '.join(shown[:_SHOWN])}{more}{hint}"
    )
