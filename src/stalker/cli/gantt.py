"""`stalker gantt`: a plan as a page to look at."""

from __future__ import annotations

from pathlib import Path

import click

from stalker.cli.options import database_option, project_option
from stalker.cli.output import note
from stalker.cli.studio import opened, projects_of
from stalker.services.planning import draft


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
def gantt(database_url: str | None, codes: tuple[str, ...], output: Path) -> None:
    """Draw the plan as it would be made now: tasks, dependencies, and the load of everybody.

    Nothing is stored. Tasks that do not fit are marked, with the reasons.
    """
    with opened(database_url) as studio:
        projects = projects_of(codes)
        title = ", ".join(each.name for each in projects) or studio.name
        found = draft(studio, projects)
        output.write_text(found.page(title), "utf-8")
        for fault in found.result.faults:
            note(str(fault))
    click.echo(f"{output}: {len(found.result.tasks):,} tasks")
