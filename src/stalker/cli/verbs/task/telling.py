"""What `stalker task` says of the tasks that it has made or changed."""

from __future__ import annotations

from collections.abc import Collection

import click
from sqlalchemy import inspect, select
from sqlalchemy.orm import selectinload

from stalker import Task
from stalker.cli.output import answer
from stalker.cli.time_logs import progress
from stalker.db.session import DBSession
from stalker.models.loading import is_one_of
from stalker.services.worklist import Work, work_on


def tell(made: list[Task], as_json: bool) -> None:
    """Say who does what."""
    found = _loaded(made)
    if as_json:
        _answer(found)
        return
    for task, work in found:
        who = ", ".join(work.resources)
        answers = ", ".join(_responsible(task))
        told = [text for text in (who, answers and f"answers for it: {answers}") if text]
        click.echo(": ".join([work.path, "; ".join(told)] if told else [work.path]))


def tell_progress(changed: list[Task], as_json: bool) -> None:
    """Say how far tasks are, and how urgent."""
    found = _loaded(changed)
    if as_json:
        _answer(found)
        return
    for task, work in found:
        click.echo(f"{progress(work)}, priority {task.priority}")


def _loaded(tasks: list[Task]) -> list[tuple[Task, Work]]:
    """Return *tasks* as they are stored, in their order."""
    load_people(tasks)
    numbers = _ids(tasks)
    found = {each.id: each for each in work_on(DBSession(), numbers)}
    pairs = zip(tasks, numbers, strict=True)
    return [(each, found[number]) for each, number in pairs if number in found]


def _answer(found: list[tuple[Task, Work]]) -> None:
    """Tell programs what lists tell, and who answers for it, and how urgent it is."""
    answer(
        {
            "tasks": [
                {**work._asdict(), "responsible": _responsible(task), "priority": task.priority}
                for task, work in found
            ]
        }
    )


def _responsible(task: Task) -> list[str]:
    return sorted(each.login for each in task._responsible)


def load_people(tasks: Collection[Task]) -> None:
    """Load who works on *tasks* and who answers for them; after a commit, the tasks again, too."""
    numbers = _ids(tasks)
    relations = (Task.resources, Task._responsible, Task.children)
    query = select(Task).options(*map(selectinload, relations))
    DBSession.scalars(query.where(is_one_of(Task.id, numbers))).all()


def _ids(tasks: Collection[Task]) -> list[int]:
    """Return the ids of what is stored: to ask a task for its id would load it, one by one."""
    return [inspect(each).identity[0] for each in tasks]  # type: ignore[index]
