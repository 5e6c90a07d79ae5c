"""`stalker why`: why a task lies where it does."""

from __future__ import annotations

import shlex
from datetime import datetime

import click

from stalker import Project, Task
from stalker.cli.amounts import shown_moment
from stalker.cli.finding import path_of, task_or_project
from stalker.cli.omitted import omitted_as
from stalker.cli.opening import opened
from stalker.cli.options import database_option, json_option
from stalker.cli.output import answer, note
from stalker.cli.planned import projects_to_plan
from stalker.cli.refusal import Refused
from stalker.db.session import DBSession
from stalker.models.schedulers.keys import entity_id
from stalker.models.task.omission import left_out
from stalker.scheduling import Cause, Explanation, Planned, Reason
from stalker.services.planning import draft
from stalker.services.worklist import unassigned
from stalker.workflow.derive import is_finished


@click.command()
@database_option
@click.argument("task", metavar="TASK")
@json_option
@click.pass_context
def why(context: click.Context, database_url: str | None, task: str, as_json: bool) -> None:
    """Say why a task begins and ends when it does, and what decides that.

    That is by the plan as it would be made now; it is said if another one is stored.

    TASK is the id of a task, the code of a project, or a name, with those of containers before it
    if others have the same: "SH010/Comp". The exit status is 1 if it does not fit into the plan.
    What is omitted is in no plan, which is said instead.
    """
    with opened(database_url) as studio:
        entity = task_or_project(task)
        path, omitted = path_of(entity), omitted_as(entity)
        _refuse_resting(entity if isinstance(entity, Project) else entity.project)
        plan = draft(studio, projects_to_plan(())[0])
        reasons = plan.why(entity)
        if reasons is None:
            if omitted is None and entity.id not in left_out(DBSession()):
                raise Refused(f"{path} is not planned")
            _tell(path, omitted, as_json)
            return
        planned, chain = plan.planned(entity), plan.chain(entity)
        if isinstance(entity, Task) and is_finished(entity.status.code):
            note(f"it is {entity.status.name.lower()}, and keeps its dates")
        stored = plan.stored_elsewhere(entity)
        if reasons.end.cause is Cause.MILESTONE and _is_nobodys(entity):
            note(f"nobody is assigned to it: stalker task assign {shlex.quote(path)} --for LOGIN")
        elif omitted is not None:
            note(f"{omitted} is omitted: of what is below it, only what is finished is in the plan")
    if as_json:
        document = _document(path, planned, reasons, chain)
        lies = stored and dict(zip(("start", "end"), stored, strict=True))
        answer({**document, "stored": lies, "omitted": omitted})
    else:
        _show(path, planned, reasons, chain, _told(stored, not plan.result.faults))
    if planned.end is None:
        context.exit(1)


def _refuse_resting(project: Project) -> None:
    if not project.active:
        raise Refused(
            f"{project.code} rests, and is not planned: "
            f"stalker project change {project.code} --active changes that"
        )


def _tell(path: str, omitted: str | None, as_json: bool) -> None:
    """Say that something is not in the plan, because it is omitted."""
    if as_json:
        nothing = dict.fromkeys(("start", "end", "reasons", "stored"))
        answer({"task": path, **nothing, "delays": [], "chain": [], "omitted": omitted})
        return
    click.echo(path)
    what = "it" if omitted == path else omitted or "all that is below it"
    click.echo(f"  is not in the plan: {what} is omitted")


def _is_nobodys(entity: Task | Project) -> bool:
    return isinstance(entity, Task) and entity.id in unassigned(DBSession(), [entity.project])


def _show(path: str, planned: Planned, reasons: Explanation, chain: list[str], stored: str) -> None:
    click.echo(path)
    click.echo(f"  starts {_moment(planned.start)}: {reasons.start}")
    for delay in reasons.delays:
        click.echo(f"  meanwhile: {delay}")
    click.echo(f"  ends   {_moment(planned.end)}: {reasons.end}")
    if stored:
        click.echo(f"  stored {stored}")
    if len(chain) > 1:
        click.echo("  What decides the end, the earliest first:")
        for name in chain:
            click.echo(f"    {name}")


def _told(stored: tuple[datetime, datetime] | None, fits: bool) -> str:
    if stored is None:
        return ""
    hint = "; stalker schedule stores this plan instead" if fits else ""
    return f"from {_moment(stored[0])} to {_moment(stored[1])}{hint}"


def _document(
    path: str, planned: Planned, reasons: Explanation, chain: list[str]
) -> dict[str, object]:
    return {
        "task": path,
        "start": planned.start,
        "end": planned.end,
        "reasons": {"start": _reason(reasons.start), "end": _reason(reasons.end)},
        "delays": [_reason(each) for each in reasons.delays],
        "chain": chain,
    }


def _reason(reason: Reason) -> dict[str, object]:
    """Return a reason; what it is about by its id in the database."""
    return {
        "cause": reason.cause,
        "text": reason.text,
        "task": entity_id(reason.task),
        "user": entity_id(reason.artist),
        "until": reason.moment,
    }


def _moment(moment: datetime | None) -> str:
    return shown_moment(moment) or "never"
