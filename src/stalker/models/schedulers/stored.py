"""The plan that a database holds, as if somebody had just made it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from stalker.db.declarative import named
from stalker.models.schedulers.keys import project_key, task_key, user_key
from stalker.models.task.tables import computed_table
from stalker.scheduling import Planned, Problem, Result, Task

__all__ = ["stored_plan"]


def stored_plan(
    session: Session, problem: Problem, project_ids: Collection[int]
) -> tuple[Problem, Result]:
    """Return the problem without what only planners know of, and its plan.

    What was never planned lies where it was put. When the work on a task is done is not known.
    """
    task, project = named("Task").__table__, named("Project").__table__
    people: dict[int, list[str]] = defaultdict(list)
    is_ours = task.c.project_id.in_(project_ids)
    work = computed_table.c
    query = select(work.task_id, work.resource_id).join(task, task.c.id == work.task_id)
    for number, user in session.execute(query.where(is_ours).order_by(work.resource_id)):
        people[number].append(user_key(user))
    found = {each.id: Planned(each.start, each.end) for each in problem.tasks if each.start}
    for row in session.execute(_dates(project).where(project.c.id.in_(project_ids))):
        found[project_key(row.id)] = _planned(row, ())
    for row in session.execute(_dates(task).where(is_ours)):
        found[task_key(row.id)] = _planned(row, tuple(people[row.id]))
    kept = tuple(each for each in problem.tasks if each.id in found)
    _draw_around(kept, found)
    return replace(problem, tasks=kept), Result({each.id: found[each.id] for each in kept})


def _draw_around(tasks: Collection[Task], lies: dict[str, Planned]) -> None:
    """Let containers lie around those of their parts that are in the plan."""
    moments: dict[str | None, list[datetime]] = defaultdict(list)
    for each in reversed(tuple(tasks)):  # parts come before what they are part of
        if some := moments[each.id]:
            lies[each.id] = replace(lies[each.id], start=min(some), end=max(some))
        dates = (lies[each.id].start, lies[each.id].end)
        moments[each.parent] += filter(None, dates)


def _dates(table: Any) -> Any:
    columns = ("id", "start", "end", "computed_start", "computed_end")
    return select(*(table.c[name] for name in columns))


def _planned(row: Any, people: tuple[str, ...]) -> Planned:
    return Planned(row.computed_start or row.start, row.computed_end or row.end, people)
