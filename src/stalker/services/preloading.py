"""What lies around tasks, loaded before they change, so that little of what follows is asked for.

Without it everything is asked for as usual, one task after the other. A task that becomes finished,
or is not any more, asks a few things itself, with the project locked.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import object_session, selectinload

from stalker.models.gathering import load_logs
from stalker.models.loading import ancestors_of, class_of, load_by_class
from stalker.models.task import Task, TaskDependency
from stalker.services.within import below

__all__ = ["load_around"]


def load_around(tasks: Collection[Task]) -> dict[int, Task]:
    """Load all that is above and below *tasks*, with parents, children, dependencies and logs.

    It is loaded as long as somebody keeps the result.
    """
    session = next(map(object_session, tasks), None)
    if session is None:
        return {}
    numbers = [each.id for each in tasks]
    is_near = Task.id.in_(below(numbers)) | Task.id.in_(select(ancestors_of(Task, numbers).c.id))
    rows = session.execute(select(Task.id, class_of(Task)).where(is_near))
    kept = load_by_class(session, Task, [(row[0], row[1]) for row in rows])
    relations = (
        selectinload(Task.parent),
        selectinload(Task.children),
        selectinload(Task.task_depends_to).selectinload(TaskDependency.depends_to),
        selectinload(Task.task_dependent_of).selectinload(TaskDependency.task),
    )
    session.scalars(select(Task).where(is_near).options(*relations)).all()
    load_logs(kept.values())
    return kept
