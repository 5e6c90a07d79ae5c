"""Importing a long cut, comparing it with its next revision, and bringing shots in line with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from bench.building import fresh
from bench.meter import Cost, measured
from stalker import Project
from stalker.db.session import DBSession
from stalker.editorial import Cut, CutShot
from stalker.services.conforming import apply_cut, plan_cut
from stalker.services.editorial import export_cut

CLIPS = 10_000
LENGTH = 48


def cutting() -> dict[str, Cost]:
    """Return what each step costs for a cut of `CLIPS` clips."""
    engine = fresh()
    project = DBSession.scalars(select(Project)).one()
    first = _cut(range(CLIPS))
    second = _revised(first)

    def conform(cut: Cut) -> None:
        apply_cut(plan_cut(cut, project))
        DBSession.commit()

    costs = {
        "import": measured(engine, lambda: conform(first)),
        "compare, nothing has changed": measured(engine, lambda: plan_cut(first, project)),
        "compare with the next revision": measured(engine, lambda: plan_cut(second, project)),
        "apply the next revision": measured(engine, lambda: conform(second)),
    }
    (sequence,) = project.sequences
    costs["export as a timeline"] = measured(engine, lambda: export_cut(sequence))
    return costs


def _cut(numbers: range) -> Cut:
    shots = [_clip(f"SH{n:06}", n, place) for place, n in enumerate(numbers)]
    return Cut("Film", 25.0, tuple(shots), Path("film.otio"))


def _clip(code: str, number: int, place: int) -> CutShot:
    first, record = 1000 + number * 100, place * LENGTH
    last = first + LENGTH - 1
    return CutShot(
        code, code, first, last, first, last, record, record + LENGTH - 1, 25.0, None, "V1"
    )


def _revised(cut: Cut) -> Cut:
    """Return a cut with a tenth omitted, a tenth longer, a tenth new and a few in other places."""
    kept = [shot for n, shot in enumerate(cut.shots) if n % 10]
    kept.insert(9, kept.pop(-9))
    new = [_clip(f"NEW{n:06}", CLIPS + n, 0) for n in range(CLIPS // 10)]
    shots, now = [], 0
    for n, shot in enumerate([*kept, *new]):
        longer = 12 * (n % 10 == 0)
        shots.append(
            replace(
                shot,
                cut_out=shot.cut_out + longer,
                source_out=shot.source_out + longer,
                record_in=now,
                record_out=now + shot.duration + longer - 1,
            )
        )
        now += shot.duration + longer
    return replace(cut, shots=tuple(shots))
