"""`stalker export-cut`: the cut of a sequence as a file."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import select

from stalker import Project, Sequence
from stalker.cli.finding import projects_of
from stalker.cli.opening import connected
from stalker.cli.options import database_option, json_option
from stalker.cli.output import answer
from stalker.cli.refusal import Refused
from stalker.core.suggestions import did_you_mean
from stalker.db.session import DBSession
from stalker.editorial.export import write_cut
from stalker.services.editorial import export_cut as exported
from stalker.services.editorial import find_sequence


@click.command()
@database_option
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--project", "code", metavar="CODE", required=True, help="Whose shots these are.")
@click.option(
    "--sequence",
    metavar="NAME",
    help="Code or name of the sequence; not needed if the project has only one.",
)
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
@json_option
def export_cut(
    database_url: str | None,
    file: Path,
    code: str,
    sequence: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Write the shots of a sequence that are in the cut, as a timeline.

    FILE ends with .otio, .edl or .xml, which is Final Cut 7 XML. Only .otio can hold every cut. The
    file is read again before it is kept: if a frame differs, nothing is written. Clips have the
    codes of their shots, as reels too; transitions have become plain cuts.
    """
    if file.is_file() and not force:
        raise Refused(f"{file}: it is there already; --force replaces it")
    with connected(database_url):
        (project,) = projects_of((code,))
        found = _sequence(project, sequence)
        timeline = exported(found)
        clips = write_cut(timeline, file, replace=force)
        name = found.code
    if as_json:
        answer({"file": file, "project": code, "sequence": name, "clips": clips})
    else:
        click.echo(f"{file}: {clips:,} clips")


def _sequence(project: Project, name: str | None) -> Sequence:
    if name is not None:
        try:
            found = find_sequence(project, name)
        except ValueError as error:
            raise Refused(str(error)) from error
        if found is not None:
            return found
    query = select(Sequence).where(Sequence.project_id == project.id).order_by(Sequence.id)
    sequences = list(DBSession.scalars(query))
    if name is not None:
        hint = did_you_mean(name, [each.code for each in sequences])
        raise Refused(f"{project.code} has no sequence {name!r}{hint}")
    if len(sequences) != 1:
        names = ", ".join(each.code for each in sequences[:10])
        which = f"{len(sequences)} sequences: {names}; choose one with --sequence"
        missing = "no sequence: stalker import-cut makes one"
        raise Refused(f"{project.code} has {which if sequences else missing}")
    return sequences[0]
