"""A task that is deleted leaves its parent and those who waited for it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from stalker.db.session import StudioSession, quiet
from stalker.models.task import rollup
from stalker.models.task.dependency import TaskDependency
from stalker.models.task.task import Task


@event.listens_for(StudioSession, "before_flush")
def _leave_others(session: Session, context: Any, instances: Any) -> None:
    going = {each for each in session.deleted if isinstance(each, Task)}
    links = {each for each in session.deleted if isinstance(each, TaskDependency)}
    if not going and not links:
        return
    leaving: dict[Task, list[Task]] = {}
    removing: dict[Task, list[Task]] = {}
    with quiet:
        for task in going:
            if task.project in session.deleted:
                continue
            if task.parent is not None and task.parent not in going:
                leaving.setdefault(task.parent, []).append(task)
            links.update(task.task_dependent_of)
        for link in links:
            if link.task is not None and link.depends_to is not None and link.task not in going:
                removing.setdefault(link.task, []).append(link.depends_to)
        for task, prerequisites in removing.items():
            rollup.dependencies_changed(task, prerequisites)
        for parent, children in leaving.items():
            rollup.children_left(parent, children)
