"""`stalker schedule`: plan a studio, and store the plan."""

from __future__ import annotations

import click

from stalker import NativeScheduler, Project, Studio, TaskJugglerScheduler
from stalker.cli.options import database_option, project_option
from stalker.cli.output import console, note, plain, table
from stalker.cli.progress import Report, bar
from stalker.cli.refusal import Refused
from stalker.cli.studio import opened, projects_of
from stalker.cli.who import known, user_option
from stalker.models.schedulers.planner import Planner
from stalker.services.planning import plan


@click.command()
@database_option
@project_option
@click.option(
    "--engine",
    type=click.Choice(["native", "taskjuggler"]),
    default="native",
    show_default=True,
    help="Who plans: Stalker itself, or tj3, the program of TaskJuggler 3.",
)
@user_option
@click.option(
    "--timeout", type=float, metavar="SECONDS", help="How long tj3 may take; without it, for ever."
)
def schedule(
    database_url: str | None,
    codes: tuple[str, ...],
    engine: str,
    login: str | None,
    timeout: float | None,
) -> None:
    """Plan the work of the studio, and store when and by whom each task is done.

    What was logged stays, the rest is planned from now on, and what is finished keeps its dates. If
    there is no plan, what is in the way is said, and nothing changes.
    """
    with opened(database_url) as studio:
        projects = projects_of(codes)
        user = known(login)
        with bar("Planning") as report:
            scheduler = _scheduler(engine, studio, projects, timeout, report)
            try:
                messages = plan(studio, scheduler, user)
            except RuntimeError as error:
                raise Refused(str(error)) from error
        _show(projects or studio.projects, messages)


def _scheduler(
    engine: str, studio: Studio, projects: list[Project], timeout: float | None, report: Report
) -> Planner:
    if engine == "native":
        return NativeScheduler(studio, projects=projects, on_progress=report)
    return TaskJugglerScheduler(
        studio,
        compute_resources=True,
        projects=projects,
        around_others=True,
        freeze_completed=True,
        timeout=timeout,
    )


def _show(projects: list[Project], messages: str) -> None:
    for line in messages.splitlines():
        note(line)
    found = table(("Project", "Start", "End", "Tasks"), numbers=("Tasks",))
    for project in projects:
        dates = (f"{each:%Y-%m-%d %H:%M}" for each in (project.start, project.end))
        found.add_row(plain(project.name), *dates, f"{len(project.tasks):,}")
    console().print(found)
