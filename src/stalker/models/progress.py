"""How far projects are: planned and done work of many, by a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, inspect, select
from sqlalchemy.orm import Session, object_session

from stalker.core.kinds import ScheduleModel
from stalker.db.declarative import named

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
    is_root = task.project_id.in_(numbers) & task.parent_id.is_(None)
    planned, logged = task._schedule_seconds, task._total_logged_seconds
    # the sums of all others are not noted, or go on with the time
    is_noted = and_(
        task.schedule_model == ScheduleModel.EFFORT, planned.is_not(None), logged.is_not(None)
    )
    query = select(task.project_id, func.sum(planned), func.sum(logged))
    for number, *sums in session.execute(query.where(is_root, is_noted).group_by(task.project_id)):
        yield number, Progress(*map(int, sums))
    for root in session.scalars(select(task).where(is_root, ~is_noted)):
        yield root.project_id, _sum([root])
