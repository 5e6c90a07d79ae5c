"""`stalker schedule`: plan a studio, and store the plan."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy import select

from stalker import NativeScheduler, Project, Studio, TaskJugglerScheduler, User
from stalker.cli.refusal import Refused
from stalker.cli.studio import database_option, opened, project_option, projects_of
from stalker.db.session import DBSession
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
@click.option("--user", "login", metavar="LOGIN", help="Who does this, for others to see.")
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
        user = _user(login)
        with _progress() as report:
            scheduler = _scheduler(engine, studio, projects, timeout, report)
            try:
                messages = plan(studio, scheduler, user)
            except RuntimeError as error:
                raise Refused(str(error)) from error
        _show(projects or studio.projects, messages)


def _user(login: str | None) -> User | None:
    if login is None:
        return None
    user = DBSession.scalars(select(User).where(User.login == login)).one_or_none()
    if user is None:
        raise Refused(f"there is no user {login!r}")
    return user


def _scheduler(
    engine: str, studio: Studio, projects: list[Project], timeout: float | None, report: _Report
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


class _Report:
    """Moves a bar."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._bar = progress.add_task("Planning", total=None)

    def __call__(self, done: int, total: int) -> None:
        self._progress.update(self._bar, completed=done, total=total)


@contextmanager
def _progress() -> Iterator[_Report]:
    """Show a bar while somebody is looking; it only moves if the total is known."""
    errors = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    hidden = not errors.is_terminal
    with Progress(*columns, console=errors, transient=True, disable=hidden) as progress:
        yield _Report(progress)


def _show(projects: list[Project], messages: str) -> None:
    for line in messages.splitlines():
        click.echo(f"note: {line}", err=True)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("Project", "Start", "End"):
        table.add_column(name)
    table.add_column("Tasks", justify="right")
    for project in projects:
        dates = (f"{each:%Y-%m-%d %H:%M}" for each in (project.start, project.end))
        table.add_row(escape(project.name), *dates, f"{len(project.tasks):,}")
    Console(highlight=False).print(table)
