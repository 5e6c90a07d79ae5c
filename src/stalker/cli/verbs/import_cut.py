"""`stalker import-cut`: the shots of a sequence, as a cut has them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import click

from stalker import Project
from stalker.cli import cut_report
from stalker.cli.finding import projects_of
from stalker.cli.opening import connected
from stalker.cli.options import database_option, json_option
from stalker.cli.output import answer, note
from stalker.cli.progress import track
from stalker.cli.refusal import Refused
from stalker.db.session import DBSession
from stalker.editorial import Cut, CutError, read_cut
from stalker.editorial.edit import Edit
from stalker.services.conforming import CutPlan, apply_cut, lock, plan_cut

#: more is a typing error, and could leave the range of frames
MOST_HANDLES = 100_000


@click.command()
@database_option
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--project", "code", metavar="CODE", required=True, help="Whose shots these are.")
@click.option(
    "--sequence",
    metavar="NAME",
    help="Code or name of the sequence; without it, it is called as the cut. It is made if it is "
    "not there.",
)
@click.option(
    "--fps",
    type=float,
    metavar="RATE",
    help="Frame rate of an EDL, which does not tell it; without it that of the project.",
)
@click.option(
    "--timeline", metavar="NAME", help="Which one, if the file holds more than one timeline."
)
@click.option(
    "--handles",
    type=click.IntRange(0, MOST_HANDLES),
    default=0,
    metavar="FRAMES",
    help="How many more frames are made at least on both sides of a shot. What a shot has already "
    "is never taken away.",
)
@click.option("--apply", "is_applied", is_flag=True, help="Do it; without this, only say what.")
@json_option
def import_cut(
    database_url: str | None,
    file: Path,
    code: str,
    sequence: str | None,
    fps: float | None,
    timeline: str | None,
    handles: int,
    is_applied: bool,
    as_json: bool,
) -> None:
    """Compare the shots of a sequence with a cut, and with --apply bring them in line.

    FILE is an OTIO, EDL, Final Cut 7 XML or FCPXML file. Shots are found by the names of the clips
    without version, and by the frames that they use. New ones are made; a shot that is in the cut
    no more is never deleted: it gets the tag "omitted", until it is in the cut again. Its tasks
    stay as they are, but what is not finished of them is neither planned nor to be done meanwhile.

    Exit status: 0, whether there are differences or not; 2 if the cut is refused: then nothing is
    changed.
    """
    with connected(database_url):
        (project,) = projects_of((code,))
        cut = _read(file, fps, timeline, project)
        if is_applied:
            lock(project)  # nobody changes what is compared now
        try:
            plan = plan_cut(cut, project, sequence, handles)
            if is_applied and not plan.is_empty:
                apply_cut(plan, _shown)
                DBSession.commit()
        except ValueError as error:
            raise Refused(f"{file}: {error}") from error
        if as_json:
            answer(cut_report.document(plan, is_applied))
        else:
            _tell(plan, is_applied)


def _tell(plan: CutPlan, is_applied: bool) -> None:
    for text in plan.notes:
        note(text)
    cut_report.show(plan)
    if plan.is_empty:
        click.echo("Nothing changes." if not is_applied else "Nothing was to be changed.")
    elif is_applied:
        click.echo("Done.")
    else:
        click.echo("Nothing is changed yet: --apply does it.")


def _shown(new: Iterable[Edit], total: int) -> Iterable[Edit]:
    return track("New shots", new, total)


def _read(file: Path, fps: float | None, timeline: str | None, project: Project) -> Cut:
    """Return the cut; an EDL is counted at the rate of the project."""
    if fps is not None or file.suffix.casefold() != ".edl":
        return read_cut(file, fps, timeline)
    try:
        cut = read_cut(file, project.fps, timeline)
    except CutError as error:
        read_cut(file, None, timeline)  # if it is not the rate, that is another error
        raise Refused(
            f"{error}; that is the rate of {project.code}, --fps gives another"
        ) from error
    known = f"an EDL does not tell its frame rate: {project.fps:.5g} fps, as {project.code} has"
    return replace(cut, warnings=(known, *cut.warnings))
