"""How far projects are: planned and done work of many, by a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, func, inspect, or_, select
from sqlalchemy.orm import Session, aliased, object_session

from stalker.core.kinds import ScheduleModel
from stalker.db.declarative import named
from stalker.models.gathering import load_logs
from stalker.models.loading import class_of, load_by_class, load_descendants

if TYPE_CHECKING:
    from stalker.models.project import Project

__all__ = ["Progress", "progress_of"]


@dataclass(frozen=True, slots=True)
class Progress:
    """Sums over the root tasks of a project, in seconds of working time."""

    schedule_seconds: int = 0
    total_logged_seconds: int = 0

    @property
    def percent_complete(self) -> float:
        """Work done in percent of the plan; may be more than 100, and is 0 without a plan."""
        if not self.schedule_seconds:
            return 0.0
        return self.total_logged_seconds / self.schedule_seconds * 100.0

    def __add__(self, other: Progress) -> Progress:
        return Progress(
            self.schedule_seconds + other.schedule_seconds,
            self.total_logged_seconds + other.total_logged_seconds,
        )


def progress_of(projects: Iterable[Project]) -> dict[Project, Progress]:
    """Return the progress of each of *projects*; what is pending is written first, and counts."""
    found = {project: Progress() for project in projects}
    stored: dict[Session, dict[int, Project]] = {}
    for project in found:
        session = object_session(project)
        if session is not None and inspect(project).has_identity:
            stored.setdefault(session, {})[project.id] = project
        else:
            found[project] = _sum(task for task in project.tasks if task.parent is None)
    for session, by_id in stored.items():
        for number, progress in _stored(session, by_id):
            found[by_id[number]] += progress
    return found


def _sum(tasks: Iterable[Any]) -> Progress:
    return sum((Progress(*task._cached_totals()) for task in tasks), Progress())


def _stored(session: Session, numbers: Iterable[int]) -> Iterable[tuple[int, Progress]]:
    task = named("Task")
    child = aliased(task.__table__)
    is_root = task.project_id.in_(numbers) & task.parent_id.is_(None)
    is_container = exists().where(child.c.parent_id == task.id)
    planned, logged = task._schedule_seconds, task._total_logged_seconds
    # a sum may be missing, and what is done of a leaf that is measured by time goes on with it
    goes_on = and_(task.schedule_model != ScheduleModel.EFFORT, ~is_container)
    is_noted = ~or_(planned.is_(None), logged.is_(None), goes_on)
    noted = is_noted.label("is_noted")
    query = select(task.project_id, noted, func.sum(planned), func.sum(logged))
    some_are_not = False
    for number, counts, *sums in session.execute(
        query.where(is_root).group_by(task.project_id, noted)
    ):
        if counts:
            yield number, Progress(*map(int, sums))
        some_are_not |= not counts
    if some_are_not:
        others = select(task.id, class_of(task), is_container).where(is_root, ~is_noted)
        yield from _formed(session, session.execute(others).all())


def _formed(session: Session, rows: Iterable[Any]) -> Iterable[tuple[int, Progress]]:
    """Yield project and progress of roots, of which *rows* tell id, class, and if it has children.

    What is noted of them is not enough.
    """
    rows = list(rows)
    roots = load_by_class(session, named("Task"), ((row[0], row[1]) for row in rows))
    missing = [each for each in roots.values() if not each._has_noted_totals()]
    load_logs(load_descendants(missing))
    for number, _, has_children in rows:
        root = roots.get(number)
        if root is None:
            continue  # somebody has deleted it since
        totals = root._cached_totals() if has_children else root._own_totals()
        yield root.project_id, Progress(*totals)
