"""`stalker why`: why a task lies where it does."""

from __future__ import annotations

import click

from stalker import Project, Task
from stalker.cli.finding import path_of, task_or_project
from stalker.cli.options import database_option
from stalker.cli.refusal import Refused
from stalker.cli.studio import opened
from stalker.services.planning import Draft, draft


@click.command()
@database_option
@click.argument("task", metavar="TASK")
def why(database_url: str | None, task: str) -> None:
    """Say why a task begins and ends when it does, and what decides that.

    TASK is the id of a task, the code of a project, or a name, with those of containers before it
    if others have the same: "SH010/Comp".
    """
    with opened(database_url) as studio:
        entity = task_or_project(task)
        _explain(entity, draft(studio))


def _explain(entity: Task | Project, plan: Draft) -> None:
    reasons = plan.why(entity)
    if reasons is None:
        raise Refused(f"{path_of(entity)} is not planned")
    planned = plan.planned(entity)
    click.echo(path_of(entity))
    click.echo(f"  starts {_moment(planned.start)}: {reasons.start}")
    for delay in reasons.delays:
        click.echo(f"  meanwhile: {delay}")
    click.echo(f"  ends   {_moment(planned.end)}: {reasons.end}")
    chain = plan.chain(entity)
    if len(chain) > 1:
        click.echo("  What decides the end, the earliest first:")
        for name in chain:
            click.echo(f"    {name}")


def _moment(moment: object) -> str:
    return "never" if moment is None else f"{moment:%Y-%m-%d %H:%M}"
