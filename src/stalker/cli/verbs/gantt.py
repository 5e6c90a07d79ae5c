"""`stalker gantt`: a plan as a page to look at."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import click

from stalker.cli.opening import opened
from stalker.cli.options import database_option, json_option, project_option
from stalker.cli.output import answer, note
from stalker.cli.planned import projects_to_plan
from stalker.cli.refusal import Refused
from stalker.cli.without_time import without_time
from stalker.db.beside import written_beside
from stalker.models.schedulers.keys import entity_id
from stalker.scheduling import Fault
from stalker.services.planning import draft, stored

#: so many faults are told to people: what does not fit in often is everything from some day on
SHOWN = 10


@click.command()
@database_option
@project_option
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("plan.html"),
    show_default=True,
    metavar="FILE",
    help="Where the page is written; it needs no other file.",
)
@click.option("--stored", "as_stored", is_flag=True, help="Draw the plan that is stored instead.")
@json_option
@click.pass_context
def gantt(
    context: click.Context,
    database_url: str | None,
    codes: tuple[str, ...],
    output: Path,
    as_stored: bool,
    as_json: bool,
) -> None:
    """Draw the plan as it would be made now: tasks, dependencies, and the load of everybody.

    Nothing is stored. Tasks that do not fit are marked, with the reasons, and the exit status is 1
    then. What nobody is assigned to takes no time, which is said; what is omitted before it was
    finished is not drawn.
    """
    with opened(database_url) as studio:
        projects, resting = projects_to_plan(codes)
        title = ", ".join(each.name for each in projects) if codes else studio.name
        found = stored(studio, projects) if as_stored else draft(studio, projects)
        _write(output, found.page(title))
        warnings = resting + without_time(projects)
    tasks, faults = found.size, found.result.faults
    for line in (*map(str, faults[:SHOWN]), *_more(faults), *warnings):
        note(line)
    if as_json:
        told = [_fault(each) for each in faults]
        answer({"file": output, "tasks": tasks, "faults": told, "warnings": warnings})
    else:
        click.echo(f"{output}: {tasks:,} tasks")
    if faults:
        context.exit(1)


def _write(output: Path, page: str) -> None:
    """Let *output* be the page, whole, or stay as it is."""
    try:
        if output.exists() and not output.is_file():  # a pipe cannot be replaced
            output.write_text(page, "utf-8")
            return
        # a link goes on leading there, and what everybody may read goes on to be read
        target = output.resolve()
        with written_beside(target, replace=True, mode=0o666) as part:
            part.write_text(page, "utf-8")
            if target.exists():
                shutil.copymode(target, part)
    except OSError as error:
        # a disk that is full does not say of which file, and others name the unfinished one
        raise Refused(f"{output}: {error.strerror}") from error


def _more(faults: Sequence[Fault]) -> list[str]:
    hidden = len(faults) - SHOWN
    return [f"{hidden} more like these: --json tells all"] if hidden > 0 else []


def _fault(fault: Fault) -> dict[str, object]:
    return {
        "rule": fault.id,
        "task": entity_id(fault.entity),
        "text": fault.text,
        "start": fault.start,
        "end": fault.end,
    }
