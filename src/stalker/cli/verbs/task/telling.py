"""What `stalker task` says of the tasks that it has made or changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import click
from sqlalchemy import inspect, select
from sqlalchemy.orm import selectinload

from stalker import Task
from stalker.cli.output import answer
from stalker.cli.time_logs import progress
from stalker.db.session import DBSession
from stalker.models.loading import is_one_of
from stalker.services.addresses import addresses
from stalker.services.worklist import work_on


def tell(made: list[Task], as_json: bool) -> None:
    """Say who does what."""
    load_people(made)
    paths = addresses(DBSession(), [each.id for each in made])
    if as_json:
        answer({"tasks": [_described(each, paths[each.id]) for each in made]})
        return
    for each in made:
        who = ", ".join(sorted(user.login for user in each.resources))
        answers = ", ".join(sorted(user.login for user in each._responsible))
        told = [text for text in (who, answers and f"answers for it: {answers}") if text]
        click.echo(": ".join([paths[each.id], "; ".join(told)] if told else [paths[each.id]]))


def tell_progress(changed: list[Task], as_json: bool) -> None:
    """Say how far tasks are, and how urgent."""
    numbers = _ids(changed)
    query = select(Task.id, Task.priority).where(is_one_of(Task.id, numbers))
    priorities = {row[0]: row[1] for row in DBSession.execute(query)}
    order = {number: position for position, number in enumerate(numbers)}
    found = sorted(work_on(DBSession(), numbers), key=lambda each: order[each.id])
    if as_json:
        told = [{**each._asdict(), "priority": priorities[each.id]} for each in found]
        answer({"tasks": told})
        return
    for each in found:
        click.echo(f"{progress(each)}, priority {priorities[each.id]}")


def load_people(tasks: Collection[Task]) -> None:
    """Load who works on *tasks* and who answers for them; after a commit, the tasks again, too."""
    numbers = _ids(tasks)
    relations = (Task.resources, Task._responsible, Task.children)
    query = select(Task).options(*map(selectinload, relations))
    DBSession.scalars(query.where(is_one_of(Task.id, numbers))).all()


def _ids(tasks: Collection[Task]) -> list[int]:
    """Return the ids of what is stored: to ask a task for its id would load it, one by one."""
    return [inspect(each).identity[0] for each in tasks]  # type: ignore[index]


def _described(task: Task, path: str) -> Mapping[str, Any]:
    """Return a task for programs."""
    return {
        "id": task.id,
        "path": path,
        "entity_type": task.entity_type,
        "status": task.status.code,
        "resources": sorted(each.login for each in task.resources),
        "responsible": sorted(each.login for each in task._responsible),
        "planned_seconds": task.schedule_seconds,
    }
