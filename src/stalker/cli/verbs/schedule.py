"""`stalker schedule`: plan a studio, and store the plan."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import click
from sqlalchemy import func, select

from stalker import NativeScheduler, Project, Studio, Task, TaskJugglerScheduler, User
from stalker.cli import signals
from stalker.cli.amounts import shown_moment
from stalker.cli.opening import opened
from stalker.cli.options import database_option, json_option, project_option
from stalker.cli.output import answer, console, note, plain, table
from stalker.cli.planned import projects_to_plan
from stalker.cli.progress import bar
from stalker.cli.refusal import Refused
from stalker.cli.who import known, user_option
from stalker.cli.without_time import without_time
from stalker.db.session import DBSession
from stalker.exceptions import SchedulingError
from stalker.models.loading import is_one_of
from stalker.models.schedulers.planner import Planner
from stalker.models.task.omission import left_out
from stalker.services.addresses import addresses
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
@json_option
def schedule(
    database_url: str | None,
    codes: tuple[str, ...],
    engine: str,
    login: str | None,
    timeout: float | None,
    as_json: bool,
) -> None:
    """Plan the work of the studio, and store when and by whom each task is done.

    What was logged stays, the rest is planned from now on, and what is finished keeps its dates.
    What is left to do for a shot that is omitted is not planned, nor is a project that rests,
    unless --project names it. If there is no plan, what is in the way is said, and nothing changes.
    """
    with opened(database_url) as studio:
        projects, resting = projects_to_plan(codes)
        user = known(login)
        planner = _scheduler(engine, studio, projects, timeout)
        messages = _plan(studio, planner, user)
        messages += resting + without_time(projects)
        omitted = _left_out(planner, projects)
        messages += _omitted(omitted)
        found = [_summary(*row) for row in _planned(projects, omitted)]
    if as_json:
        answer({"engine": engine, "projects": found, "warnings": messages})
    else:
        _show(found, messages)


def _scheduler(
    engine: str, studio: Studio, projects: list[Project], timeout: float | None
) -> NativeScheduler | TaskJugglerScheduler:
    if engine == "native":
        return NativeScheduler(studio, projects=projects)
    return TaskJugglerScheduler(
        studio,
        compute_resources=True,
        projects=projects,
        around_others=True,
        freeze_completed=True,
        timeout=timeout,
    )


def _plan(studio: Studio, scheduler: Planner, user: User | None) -> list[str]:
    """Plan, and return the warnings. Whoever stops that leaves neither a half plan nor a lock."""
    cancel = scheduler.cancel if isinstance(scheduler, TaskJugglerScheduler) else None
    with signals.postponed(cancel) as heed, bar("Planning") as report:
        if isinstance(scheduler, NativeScheduler):

            def hear(done: int, total: int) -> None:
                heed()
                report(done, total)

            scheduler.on_progress = hear
        try:
            return plan(studio, scheduler, user).splitlines()
        except RuntimeError as error:
            heed()
            is_long = isinstance(error, SchedulingError) and error.id == "sched_runaway"
            hint = "; stalker gantt shows why, stalker studio --end DATE gives more time"
            raise Refused(f"{error}{hint if is_long else ''}") from error


def _left_out(planner: Planner, projects: list[Project]) -> Collection[int]:
    ids = [each.id for each in projects] or None
    return () if planner.plans_omitted() else left_out(DBSession(), ids)


def _omitted(found: Collection[int]) -> list[str]:
    """Return a warning of tasks that are left out."""
    if not found:
        return []
    first = addresses(DBSession(), [min(found)])[min(found)]
    if len(found) == 1:
        return [f"1 omitted task is not in the plan: {first}"]
    number = len(found)
    return [f"{number:,} omitted tasks are not in the plan: {first} and {number - 1:,} more"]


def _planned(projects: list[Project], omitted: Collection[int]) -> list[tuple[Project, int]]:
    """Return these projects, or all that there are, with the number of tasks that are planned."""
    count = select(func.count()).where(Task.project_id == Project.project_id)
    if omitted:
        count = count.where(~is_one_of(Task.task_id, omitted))
    query = select(Project, count.scalar_subquery()).order_by(Project.id)
    if projects:
        query = query.where(Project.id.in_([each.id for each in projects]))
    return [(project, number) for project, number in DBSession.execute(query)]


def _summary(project: Project, tasks: int) -> dict[str, Any]:
    return {
        "code": project.code,
        "name": project.name,
        "start": project.start,
        "end": project.end,
        "tasks": tasks,
    }


def _show(projects: list[dict[str, Any]], messages: list[str]) -> None:
    for line in messages:
        note(line)
    found = table(("Project", "Start", "End", "Tasks"), numbers=("Tasks",))
    for each in projects:
        # that of a project without tasks is nothing that was planned
        dates = (shown_moment(each[name]) * bool(each["tasks"]) for name in ("start", "end"))
        found.add_row(plain(each["name"]), *dates, f"{each['tasks']:,}")
    console().print(found)
