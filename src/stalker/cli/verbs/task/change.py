"""`stalker task change`: how much work it is, how urgent, and what it waits for."""

from __future__ import annotations

from functools import cache

import click

from stalker import Task
from stalker.cli import amounts
from stalker.cli.amounts import Amount
from stalker.cli.finding import child_of, path_of, refuse_container, task_named, work_named
from stalker.cli.opening import connected
from stalker.cli.options import database_option, json_option, refuse_both
from stalker.cli.refusal import Refused, typed
from stalker.cli.verbs.task.telling import tell_progress
from stalker.cli.who import deed_of, known, user_option
from stalker.services.preloading import load_around
from stalker.workflow.derive import is_finished


@click.command()
@database_option
@click.argument("paths", metavar="TASK...", nargs=-1, required=True)
@click.option("--effort", type=amounts.amount, metavar="AMOUNT", help="3d, 1.5h, 2w.")
@click.option("--priority", type=click.IntRange(0, 1000), help="1000 is planned first.")
@click.option(
    "--after",
    "joining",
    multiple=True,
    metavar="TASK",
    help="What has to be finished before; a name alone is that of a neighbour.",
)
@click.option(
    "--not-after", "leaving", multiple=True, metavar="TASK", help="What it waits for no more."
)
@user_option
@json_option
def change(
    database_url: str | None,
    paths: tuple[str, ...],
    effort: Amount | None,
    priority: int | None,
    joining: tuple[str, ...],
    leaving: tuple[str, ...],
    login: str | None,
    as_json: bool,
) -> None:
    """Change the effort of tasks, their priority, or what they wait for. Then plan again.

    In a TASK * stands for any name, as in 'MER/*/Comp' or 'MER/*'; all work there is changed, or
    none.
    """
    if effort is None and priority is None and not (joining or leaving):
        raise click.UsageError("what? --effort, --priority, --after or --not-after")
    refuse_both("--after", "--not-after", joining, leaving)
    with connected(database_url):
        with deed_of(known(login)), typed():
            found = work_named(paths)
            kept = load_around(found)
            # all is found before the first one changes: each search would write what has changed
            after, not_after = _meant(found, joining), _meant(found, leaving)
            others = load_around([one for some in (*after, *not_after) for one in some])
            for each, new, old in zip(found, after, not_after, strict=True):
                if effort is not None or priority is not None:
                    _plan(each, effort, priority)
                _wait(each, new, old)
        del kept, others  # the session alone would have let them go
        tell_progress(found, as_json)


def _plan(task: Task, effort: Amount | None, priority: int | None) -> None:
    refuse_container(task)
    if effort is not None:
        if is_finished(task.status.code):
            name = task.status.name.lower()
            raise Refused(f"{path_of(task)} is {name}: its effort is what was done")
        # the new amount in the old unit, or the old one in the new, may be longer than any calendar
        task.schedule_timing = 1
        task.schedule_unit, task.schedule_timing = effort.unit, effort.timing
    if priority is not None:
        task.priority = priority


def _meant(tasks: list[Task], texts: tuple[str, ...]) -> list[list[Task]]:
    """Return what *texts* mean beside each of *tasks*, whose neighbours are loaded.

    As many statements for many as for one.
    """
    named, top = cache(task_named), cache(child_of)

    def beside(task: Task, text: str) -> Task:
        if "/" in text:
            return named(text)
        if task.parent is None:
            return top(task.project, text) or named(text)
        neighbours = (each for each in task.parent.children if each.name == text)
        return next(neighbours, None) or named(text)

    return [[beside(each, text) for text in texts] for each in tasks]


def _wait(task: Task, joining: list[Task], leaving: list[Task]) -> None:
    for before in leaving:
        if before not in task.depends:
            raise Refused(f"{path_of(task)} does not wait for {path_of(before)}")
        task.depends.remove(before)
    for before in joining:
        if before not in task.depends:
            task.depends.append(before)
