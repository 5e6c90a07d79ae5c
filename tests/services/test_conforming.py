"""A cut that is imported again: what is planned is done, all of it or nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

import stalker.editorial
from stalker import Project, Sequence, Shot, Tag, Task, User
from stalker.db.session import DBSession, acting_as
from stalker.editorial import Cut, CutError, CutShot, meridian, read_cut
from stalker.editorial.comparison import Kind
from stalker.services import conforming
from stalker.services.conforming import OMITTED, CutPlan, OutdatedPlanError, apply_cut, plan_cut
from stalker.services.editorial import export_cut, make_shot, stored_shots

DATA = Path(__file__).parents[1] / "editorial" / "data"


def clip(code: str, first: int, last: int, record_in: int, **more: Any) -> CutShot:
    values = {"fps": 24.0, "media": None, "track": "V1", **more}
    return CutShot(
        code, code, first, last, first, last, record_in, record_in + last - first, **values
    )


def cut_of(*clips: CutShot, name: str = "SQ1", fps: float = 24.0) -> Cut:
    return Cut(name, fps, clips, Path("cut.otio"))


def numbered(count: int, first: int = 1001, step: int = 1) -> Cut:
    """Return a cut of *count* shots of ten frames."""
    codes = range(1, count * step + 1, step)
    return cut_of(
        *(clip(f"SH{n:04}", first, first + 9, place * 10) for place, n in enumerate(codes))
    )


@pytest.fixture
def project(database: str) -> Project:
    project = Project(name="Film", code="F", fps=24)
    DBSession.save(project)
    return project


def done(plan: CutPlan) -> Sequence:
    """Apply *plan*, commit, and forget what is loaded."""
    sequence = apply_cut(plan)
    DBSession.commit()
    DBSession.expire_all()
    return sequence


def shots_of(sequence: Sequence) -> list[Shot]:
    return sorted(sequence.shots, key=lambda shot: shot.code)


def told(plan: CutPlan) -> dict[str, Any]:
    """Return new shots, omitted ones, and what is said of each that is changed."""
    return {
        "new": [edit.code for edit in plan.shots.new],
        "omitted": [shot.code for shot in plan.shots.omitted],
        "unchanged": [shot.code for shot in plan.shots.unchanged],
        "changed": {
            change.shot.code.removeprefix("SEQ001_HSNI_003_"): (
                [str(kind) for kind in change.kinds],
                str(change.shot.edit.source_range),
                str(change.edit.source_range),
                change.head,
                change.tail,
                change.shift,
            )
            for change in plan.shots.changed
        },
    }


#: found by reading both revisions of each file by hand: timecodes at 24 fps, ends exclusive.
#: The list ends 0030 at 00:00:02:19 of its source, which is frame 66; the XML at 66 exclusive.
DIFFERENCES = {
    ".edl": {
        "0010": (["longer"], "10-43", "0-53", 10, 10, 0),
        "0020": (["shorter", "shifted"], "10-40", "20-41", -10, 1, 20),
        "0030": (["longer", "shifted"], "10-55", "10-66", 0, 11, 11),
    },
    ".xml": {
        "0010": (["longer"], "10-43", "0-53", 10, 10, 0),
        "0020": (["shorter", "shifted"], "10-40", "20-40", -10, 0, 20),
        "0030": (["longer", "shifted"], "10-55", "10-65", 0, 10, 10),
    },
}


@pytest.mark.parametrize("suffix", DIFFERENCES)
def test_the_second_revision_of_a_real_cut(project: Project, suffix: str) -> None:
    """What is told is exactly what differs between the two files, and applying it is all of it."""
    first, second = (
        read_cut(DATA / "anima-previs" / f"test_v00{n}{suffix}", 24 if suffix == ".edl" else None)
        for n in (1, 2)
    )
    sequence = done(plan_cut(first, project))
    plan = plan_cut(second, project)
    assert told(plan) == {
        "new": [], "omitted": [], "unchanged": [], "changed": DIFFERENCES[suffix]
    }  # fmt: skip
    done(plan)
    assert plan_cut(second, project).is_empty
    shots = {shot.code[-4:]: shot for shot in sequence.shots}
    for code, (_, _, frames, *_) in DIFFERENCES[suffix].items():
        assert str(shots[code].source_range) == str(shots[code].cut_range) == frames
    assert plan_cut(first, project).shots.changed  # and the way back is one, too


def test_a_plan_writes_nothing(project: Project, statements: Callable[[], list[str]]) -> None:
    """Until it is applied, only questions are asked."""
    DBSession.commit()
    recorded = statements()
    plan = plan_cut(numbered(3), project, "SQ9")
    assert (plan.sequence, plan.name, len(plan.shots.new)) == (None, "SQ9", 3)
    assert all(each.startswith("SELECT") for each in recorded)
    assert DBSession.scalar(select(func.count()).select_from(Shot)) == 0


def test_omitted_shots_stay(project: Project) -> None:
    """They keep frames, tasks and their place, with a tag; and lose it when they are back."""
    sequence = done(plan_cut(numbered(3), project))
    shot = shots_of(sequence)[1]
    DBSession.save(Task(name="Anim", parent=shot))
    before = shot.date_updated
    third = numbered(3).shots
    done(plan_cut(cut_of(third[0], third[2]), project))
    assert [tag.name for tag in shot.tags] == [OMITTED]
    assert (shot.source_in, shot.record_in, len(shot.children)) == (1001, 10, 1)
    assert shot.date_updated > before
    assert [each.name for each in export_cut(sequence).find_clips()] == ["SH0001", "SH0003"]
    assert plan_cut(cut_of(third[0], third[2]), project).is_empty
    plan = plan_cut(numbered(3), project)
    assert [(c.shot.code, c.kinds) for c in plan.shots.changed] == [("SH0002", (Kind.BACK,))]
    done(plan)
    assert shot.tags == [] and len(sequence.shots) == 3
    tags = select(func.count()).select_from(Tag).where(Tag.name == OMITTED)
    assert DBSession.scalar(tags) == 1


def test_handles_and_rates(project: Project) -> None:
    """Handles are kept through revisions; a rate is stored where the project has another."""
    sequence = done(plan_cut(numbered(1), project, handles=8))
    (shot,) = sequence.shots
    assert (shot.cut_in, shot.cut_out) == (993, 1018)
    done(plan_cut(cut_of(clip("SH0001", 1003, 1015, 0)), project))
    assert (shot.cut_in, shot.source_in, shot.source_out, shot.cut_out) == (995, 1003, 1015, 1023)
    assert shot.clip_name == "SH0001" and shot._fps is None
    done(plan_cut(cut_of(clip("SH0001", 1003, 1015, 0, fps=48.0, speed=2.0)), project))
    assert (shot.fps, shot.clip_speed) == (48.0, 2.0)
    done(plan_cut(cut_of(clip("SH0001", 1003, 1015, 0)), project))
    assert shot._fps is None


def test_objects_that_are_loaded_are_read_again(project: Project) -> None:
    """Who holds a shot sees what was applied, before and after the commit."""
    sequence = apply_cut(plan_cut(numbered(2), project))
    first, second = shots_of(sequence)
    apply_cut(plan_cut(cut_of(clip("SH0001", 1001, 1020, 0)), project))
    assert first.source_out == 1020 and [tag.name for tag in second.tags] == [OMITTED]
    DBSession.rollback()
    assert project.sequences == []


def test_who_has_done_it(project: Project) -> None:
    """The user of `acting_as` is noted at the shots that are changed, and at no other."""
    sequence = done(plan_cut(numbered(2), project))
    admin = DBSession.scalars(select(User)).one()
    with acting_as(admin):
        apply_cut(plan_cut(cut_of(clip("SH0001", 1001, 1020, 0), numbered(2).shots[1]), project))
    assert [shot.updated_by for shot in shots_of(sequence)] == [admin, None]


def test_statements_do_not_grow_with_the_cut(
    project: Project, statements: Callable[[], list[str]]
) -> None:
    """Importing, comparing and changing a cut take as many statements for many shots as for few."""
    DBSession.save(Tag(name=OMITTED))
    counts = []
    for size in (20, 200):
        name = f"SQ{size}"
        first = replace(numbered(size), name=name)
        shots = tuple(
            replace(s, code=f"{name}_{s.code}", name=f"{name}_{s.name}") for s in first.shots
        )
        first = replace(first, shots=shots)
        recorded = statements()
        done(plan_cut(first, project))
        imported = len(recorded)
        # a third goes, a third is longer, the rest lies elsewhere; as many are new
        kept = [
            replace(s, cut_out=s.cut_out + n % 2, source_out=s.source_out + n % 2, record_in=n * 10)
            for n, s in enumerate(shots[size // 3 :])
        ]
        more = [clip(f"{name}_N{n:03}", 1, 10, 90_000 + n * 10) for n in range(size // 3)]
        plan = plan_cut(replace(first, shots=(*kept, *more)), project)
        assert min(len(plan.shots.new), len(plan.shots.omitted)) == size // 3
        done(plan)
        counts.append((imported, len(recorded) - imported))
    assert counts[0] == counts[1], counts
    assert max(counts[0]) < 45


def test_statements_do_not_grow_with_the_sequence(
    project: Project, statements: Callable[[], list[str]]
) -> None:
    """Beside a thousand others, one more shot takes at most one statement more than beside ten."""
    counts = []
    for name, size in (("A", 10), ("B", 1010)):
        clips = [clip(f"{name}{n}", 1, 10, n * 10) for n in range(size + 1)]
        done(plan_cut(cut_of(*clips[:-1], name=name), project))
        DBSession.expunge_all()
        project = DBSession.scalars(select(Project)).one()
        plan = plan_cut(cut_of(*clips, name=name), project)
        recorded = statements()
        done(plan)
        counts.append(len(recorded))
    assert counts[1] <= counts[0] + 1, counts


def test_all_or_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the last step fails nothing of it is there, also for who goes on in the transaction."""
    done(plan_cut(numbered(3), project))
    (sequence,) = project.sequences
    before = stored_shots(sequence)
    plan = plan_cut(cut_of(clip("SH0001", 1, 9, 0), clip("NEW", 1, 9, 10)), project)

    def fail(*arguments: Any) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(conforming, "_touch", fail)
        with pytest.raises(OSError, match="full"):
            apply_cut(plan)
    DBSession.commit()
    DBSession.expire_all()
    assert stored_shots(sequence) == before
    assert DBSession.scalars(select(Tag).where(Tag.name == OMITTED)).all() == []
    apply_cut(plan)


def test_a_plan_that_is_outdated(project: Project) -> None:
    """A plan is applied to what it was made for, or not at all."""
    plans = [plan_cut(numbered(2), project) for _ in range(2)]
    sequence = done(plans[0])
    with pytest.raises(OutdatedPlanError, match="'SQ1' have been changed"):
        apply_cut(plans[1])
    plan = plan_cut(numbered(3), project)
    sequence.shots[0].cut_out += 5
    with pytest.raises(OutdatedPlanError):
        apply_cut(plan)
    DBSession.rollback()
    assert len(sequence.shots) == 2


def test_which_sequence(project: Project) -> None:
    """It is told by code, by name or by the name of the cut; several of a name are refused."""
    for code, name in (("A", "B"), ("B", "x"), ("C", "x")):
        DBSession.add(Sequence(name=name, code=code, project=project))
    DBSession.commit()
    for given, code in (("A", "A"), ("B", "B"), ("C", "C")):
        found = plan_cut(numbered(1), project, given).sequence
        assert found is not None and found.code == code
    assert plan_cut(cut_of(clip("a", 1, 9, 0), name="A"), project).sequence is not None
    with pytest.raises(ValueError, match=r"2 sequences are called 'x', with the ids \d+, \d+"):
        plan_cut(numbered(1), project, "x")
    plan = plan_cut(cut_of(clip("a", 1, 9, 0), name="  a \x1b \n name  "), project)
    assert plan.name == "a name"
    for wrong in (" ", "x" * 257):
        with pytest.raises(ValueError, match="the name of a sequence must"):
            plan_cut(numbered(1), project, wrong)
    other = Project(name="Other", code="O")
    stranger = Sequence(name="x", code="x", project=other)
    with pytest.raises(ValueError, match="must be of"):
        plan_cut(numbered(1), project, stranger)


def test_shots_of_other_sequences(project: Project) -> None:
    """A cut that has their codes is refused; a shot of two sequences is found from both."""
    sequence = done(plan_cut(numbered(7), project))
    with pytest.raises(
        ValueError, match=r"not in the sequence 'SQ2': SH0001 \(SQ1\), .* and 2 more"
    ):
        plan_cut(numbered(7), project, "SQ2")
    other = Sequence(name="SQ2", code="SQ2", project=project, shots=shots_of(sequence)[:1])
    DBSession.add(other)
    assert plan_cut(numbered(1), project, other).is_empty


def test_shots_that_were_made_by_hand(project: Project) -> None:
    """One with the code of a clip gets its place; others stay as they are."""
    sequence = Sequence(name="SQ1", code="SQ1", project=project)
    for code in ("SH0001", "SH9999"):
        Shot(code=code, parent=sequence, sequences=[sequence])
    DBSession.add(sequence)
    plan = plan_cut(numbered(2), project)
    assert (plan.shots.changed[0].kinds[0], plan.shots.absent[0].code) == (Kind.PLACED, "SH9999")
    done(plan)
    assert [(s.code, s.record_in, s.tags) for s in shots_of(sequence)] == [
        ("SH0001", 0, []),
        ("SH0002", 10, []),
        ("SH9999", None, []),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        clip("a", 2**31 - 20, 2**31 - 10, 0),
        clip("a", 1, 9, 2**31 - 10),
        clip("a", -(2**31) + 5, 9, 0),
    ],
)
def test_frames_that_no_database_can_store(project: Project, wrong: CutShot) -> None:
    """They are refused by name before anything is written."""
    project.fps = 48
    with pytest.raises(ValueError, match="a has a frame number out of range: "):
        plan_cut(cut_of(wrong), project, handles=100)


def test_a_project_without_a_session(project: Project) -> None:
    """There is nothing to compare with."""
    DBSession.expunge(project)
    with pytest.raises(ValueError, match="must be in a session"):
        plan_cut(numbered(1), project)


def test_a_film_at_another_rate(project: Project) -> None:
    """Shots keep 59.94, their place is counted at 24, and that is told."""
    cut = read_cut(meridian())
    plan = plan_cut(cut, project)
    assert plan.notes == (
        "the cut runs at 59.94 fps: its places are counted at the 24 fps of Film",
        "clips at 59.94 fps keep their rate beside the 24 fps of Film",
    )
    mixed = plan_cut(cut_of(clip("a", 1, 9, 0), clip("b", 1, 9, 9, fps=30000 / 1001)), project)
    assert mixed.notes == ("clips at 29.97 fps keep their rate beside the 24 fps of Film",)
    sequence = done(plan)
    assert {shot.fps for shot in sequence.shots} == {59.94}
    assert plan_cut(cut, project).is_empty
    make_shot(replace(plan.shots.new[0], code="more"), sequence)
    assert [shot.code for shot in plan_cut(cut, project).shots.omitted] == ["more"]


def test_exporting_needs_opentimelineio(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it the error tells what to install."""
    sequence = done(plan_cut(numbered(1), project))
    monkeypatch.delitem(sys.modules, "stalker.editorial.writer", raising=False)
    monkeypatch.delattr(stalker.editorial, "writer", raising=False)
    monkeypatch.setitem(sys.modules, "opentimelineio", None)
    with pytest.raises(CutError, match=r'pip install "stalker\[editorial\]"'):
        export_cut(sequence)
