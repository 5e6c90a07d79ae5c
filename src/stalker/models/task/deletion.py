"""A task that is deleted leaves its parent and those who waited for it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from stalker.db.session import StudioSession, quiet
from stalker.models.task import rollup
from stalker.models.task.task import Task


@event.listens_for(StudioSession, "before_flush")
def _leave_others(session: Session, context: Any, instances: Any) -> None:
    going = [each for each in session.deleted if isinstance(each, Task)]
    if not going:
        return
    gone = {id(task) for task in going}
    leaving: dict[Task, list[Task]] = {}
    with quiet:
        for task in going:
            if task.project in session.deleted:
                continue
            if task.parent is not None and id(task.parent) not in gone:
                leaving.setdefault(task.parent, []).append(task)
            for row in task.task_dependent_of:
                if row.task is not None and id(row.task) not in gone:
                    rollup.dependencies_changed(row.task, removing=task)
        for parent, children in leaving.items():
            rollup.children_left(parent, children)
