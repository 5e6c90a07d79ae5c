"""What a cut changes, as a table for people and as a document for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import click

from stalker.cli.output import console, plain, table
from stalker.core.frames import FrameRange
from stalker.editorial.comparison import Change, Kind
from stalker.editorial.edit import Edit, StoredShot
from stalker.editorial.text import one_line
from stalker.services.conforming import CutPlan

#: one line of the table: shot, what happens to it, by how much, frames
Line = tuple[str, str, str, str]


def show(plan: CutPlan) -> None:
    """Print the counts, and a line for each shot that is not as it was."""
    cut = plan.cut
    is_new = " (a new sequence)" if plan.sequence is None else ""
    click.echo(
        f"{plan.project.code}/{plan.name}{is_new}: {len(cut.shots):,} clips at {cut.fps:.5g} fps,"
        f" {one_line(cut.source.name)}"
    )
    found = [f"{number:,} {what}" for what, number in counts(plan).items() if number]
    click.echo(", ".join(found))
    lines = list(_lines(plan))
    if not lines:
        return
    printed = table(("Shot", "What", "", "Frames"))
    for line in lines:
        printed.add_row(*map(plain, line))
    terminal = console()
    click.echo()
    terminal.print(printed)
    click.echo()


def counts(plan: CutPlan) -> dict[str, int]:
    """Return how many shots there are of each kind; one that changes in two ways counts twice."""
    shots = plan.shots
    kinds = [kind for change in shots.changed for kind in change.kinds]
    return {
        "new": len(shots.new),
        "omitted": len(shots.omitted),
        **{str(kind): kinds.count(kind) for kind in Kind},
        "unchanged": len(shots.unchanged),
        "not in the cut": len(shots.absent),
    }


def document(plan: CutPlan, is_applied: bool) -> dict[str, Any]:
    """Return all there is to say, with every shot of the cut and of the sequence once."""
    shots = plan.shots
    return {
        "file": plan.cut.source,
        "cut": {"name": plan.cut.name, "fps": plan.cut.fps, "clips": len(plan.cut.shots)},
        "project": plan.project.code,
        "sequence": {"name": plan.name, "is_new": plan.sequence is None},
        "is_applied": is_applied,
        "changes": not plan.is_empty,
        "counts": {what.replace(" ", "_"): number for what, number in counts(plan).items()},
        "new": [asdict(edit) for edit in shots.new],
        "changed": [_change(change) for change in shots.changed],
        "omitted": [_stored(shot) for shot in shots.omitted],
        "unchanged": [shot.code for shot in shots.unchanged],
        "not_in_the_cut": [_stored(shot) for shot in shots.absent],
        "notes": plan.notes,
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "id": change.shot.id,
        "code": change.shot.code,
        "status": change.shot.status,
        "kinds": change.kinds,
        "head": change.head,
        "tail": change.tail,
        "shift": change.shift,
        "behind": change.behind,
        "before": asdict(change.shot.edit),
        "after": asdict(change.edit),
    }


def _stored(shot: StoredShot) -> dict[str, Any]:
    return {
        "id": shot.id,
        "status": shot.status,
        "is_omitted": shot.is_omitted,
        **asdict(shot.edit),
    }


def _lines(plan: CutPlan) -> Iterator[Line]:
    """Yield what is new and changed in the order of the cut, then the rest."""
    arrow = "->" if console().options.ascii_only else "→"
    entries: list[tuple[tuple[int, int], Line]] = [
        (edit.place, (edit.code, "new", _frames(len(edit.source_range)), str(edit.source_range)))
        for edit in plan.shots.new
    ]
    for change in plan.shots.changed:
        if change.kinds != (Kind.SHIFTED,):
            entries.append((change.edit.place, _line(change, arrow)))
    yield from (line for _, line in sorted(entries))
    for shot in plan.shots.omitted:
        yield shot.code, "omitted", f"it was {shot.status}", str(shot.edit.source_range)
    yield from _shifted([each for each in plan.shots.changed if each.kinds == (Kind.SHIFTED,)])


def _line(change: Change, arrow: str) -> Line:
    before, after = change.shot.edit, change.edit
    kinds = [kind for kind in change.kinds if kind is not Kind.SHIFTED]
    details = filter(None, (_detail(kind, change, arrow) for kind in kinds))
    frames = str(after.source_range)
    if before.source_range != after.source_range:
        frames = f"{before.source_range} {arrow} {frames}"
    return change.shot.code, ", ".join(kinds), ", ".join(details), frames


def _detail(kind: Kind, change: Change, arrow: str) -> str:
    before, after = change.shot.edit, change.edit
    match kind:
        case Kind.LONGER | Kind.SHORTER if after.rate == before.rate:
            ends = ((change.head, "at the head"), (change.tail, "at the end"))
            return ", ".join(f"{_frames(n, '+')} {where}" for n, where in ends if n)
        case Kind.SLIPPED:
            way = "earlier" if change.head > 0 else "later"
            return f"{_frames(abs(change.head))} {way}"
        case Kind.WIDER:
            return f"made are {_range(before)} {arrow} {_range(after)}"
        case Kind.RATE:
            return f"{before.fps:.5g} {arrow} {after.fps:.5g} fps"
        case Kind.SPEED:
            return f"{before.speed:.2%} {arrow} {after.speed:.2%}"
        case Kind.MOVED:
            return f"now behind {change.behind}" if change.behind else "now the first"
        case Kind.TRACK:
            return f"V{before.record_track} {arrow} V{after.record_track}"
        case Kind.MEDIA:
            return f"from {one_line(after.clip_media)}"
        case Kind.BACK:
            return "omitted before"
        case _:
            return ""


def _shifted(changes: Sequence[Change]) -> Iterator[Line]:
    """Yield one line for shots that follow each other and lie as many frames later or earlier."""
    run: list[Change] = []
    for change in sorted(changes, key=lambda each: each.edit.place):
        if run and run[0].shift != change.shift:
            yield _shifted_line(run)
            run = []
        run.append(change)
    if run:
        yield _shifted_line(run)


def _shifted_line(run: Sequence[Change]) -> Line:
    first, last, shift = run[0].shot.code, run[-1].shot.code, run[0].shift
    shots = first if len(run) == 1 else f"{first} to {last}: {len(run):,} shots"
    return shots, "shifted", f"{_frames(abs(shift))} {'later' if shift > 0 else 'earlier'}", ""


def _frames(number: int, sign: str = "") -> str:
    return f"{number:{sign},} {'frame' if abs(number) == 1 else 'frames'}"


def _range(edit: Edit) -> FrameRange:
    return FrameRange(edit.cut_in, edit.cut_out)
