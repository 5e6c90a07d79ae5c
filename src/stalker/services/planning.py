"""Planning a studio as one unit of work, and what a plan looks like before anybody stores it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from stalker.core.rules import instance_of, optional
from stalker.db.session import DBSession
from stalker.models.auth import User
from stalker.models.project import Project
from stalker.models.schedulers import NativeScheduler, SchedulerBase
from stalker.models.schedulers.keys import project_key, task_key
from stalker.models.schedulers.planner import planned_projects
from stalker.models.schedulers.problem import workers
from stalker.models.schedulers.result import planned_dates
from stalker.models.schedulers.stored import stored_plan
from stalker.models.studio import Studio, lock
from stalker.models.task import Task
from stalker.scheduling import Explanation, Planned, Problem, Result, schedule
from stalker.scheduling.gantt import render

__all__ = ["Draft", "draft", "plan", "stored", "the_studio"]

_studio, _planned = instance_of("Studio"), instance_of("Task", "Project")
_scheduler, _user = optional(instance_of(SchedulerBase)), optional(instance_of("User"))


def the_studio(session: Session | None = None) -> Studio | None:
    """Return the studio of a database, the first one that was made; `None` without any."""
    session = DBSession() if session is None else session
    return session.scalars(select(Studio).order_by(Studio.id).limit(1)).first()


def plan(studio: Studio, scheduler: SchedulerBase | None = None, user: User | None = None) -> str:
    """Let *studio* be planned, and commit; return what the scheduler says.

    Without *scheduler* it is that of the studio, or a `NativeScheduler`. While somebody else plans,
    and if there is no plan, that is a `RuntimeError`; the studio keeps it as the message of its
    last schedule, and all dates stay as they were. What was pending before is committed first, and
    given up where somebody else plans.
    """
    _studio(studio, "plan() argument studio")
    _scheduler(scheduler, "plan() argument scheduler")
    _user(user, "plan() argument user")
    session: Any = object_session(studio)
    if not studio.acquire_schedule_lock(user):
        session.rollback()
        who = studio.is_scheduling_by
        raise RuntimeError(
            f"{studio.name} is being planned by {who.name if who else 'somebody'}, since "
            f"{studio.scheduling_started_at:%Y-%m-%d %H:%M} UTC"
        )
    session.commit()  # others have to know
    studio.scheduler = scheduler or studio.scheduler or NativeScheduler()
    try:
        message = studio.schedule(user) or ""
        session.commit()
    except BaseException as error:
        session.rollback()  # no part of a plan stays
        lock.note_run(studio, lock.error_text(error), False, user)
        session.commit()
        raise
    return message


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan as it would be made now, with the reasons of all dates; or the one that is stored."""

    problem: Problem
    result: Result

    @property
    def size(self) -> int:
        """How many tasks of its projects are planned."""
        # roots are projects, tasks of other ones, and what stands for a dependency
        return sum(task.parent is not None for task in self.problem.tasks)

    def page(self, title: str = "") -> str:
        """Return the plan as an HTML page with a Gantt chart, and the load of all who may work."""
        known = workers(self.problem).union(*(each.artists for each in self.result.tasks.values()))
        artists = tuple(each for each in self.problem.artists if each.id in known)
        return render(replace(self.problem, artists=artists), self.result, title=title)

    def planned(self, task: Task | Project) -> Planned:
        """Return where something lies, and who works on it; `KeyError` if it is not planned."""
        return self.result.tasks[self._key(task, "planned")]

    def why(self, task: Task | Project) -> Explanation | None:
        """Return why something lies where it does; `None` if it is not planned."""
        return self.result.reasons.get(_key_of(task, "why"))

    def chain(self, task: Task | Project) -> list[str]:
        """Return the names of the tasks that decide when something ends, the earliest first.

        Raises `KeyError` if it is not planned, and for a plan that is stored.
        """
        names = {each.id: each.name for each in self.problem.tasks}
        return [names[each] for each in self.result.chain(self._key(task, "chain"))]

    def stored_elsewhere(self, task: Task | Project) -> tuple[datetime, datetime] | None:
        """Return start and end in the database, if storing this plan would change them."""
        _planned(task, "Draft.stored_elsewhere() argument task")
        session = object_session(task) or DBSession()
        project_ids = planned_projects(self.problem)
        tasks, projects = planned_dates(session, self.result, project_ids, frozen=True)
        moved = (projects if isinstance(task, Project) else tasks).get(task.id)
        lies = (task.start, task.end)
        return None if moved in (None, lies) else lies

    def _key(self, task: Task | Project, method: str) -> str:
        key = _key_of(task, method)
        if key not in self.result.tasks:
            raise KeyError(f"{task!r} is not part of this plan")
        return key


def draft(studio: Studio, projects: list[Project] | None = None) -> Draft:
    """Plan *studio*, or some projects of it, without storing the plan.

    Tasks that do not fit are in its faults; what is wrong in itself is a `SchedulingError`.
    """
    _studio(studio, "draft() argument studio")
    problem = NativeScheduler(studio, projects=projects).problem()
    return Draft(problem, schedule(problem, strict=False, reasons=True, work=True))


def stored(studio: Studio, projects: list[Project] | None = None) -> Draft:
    """Return the plan of *studio*, or of some projects of it, that is stored; it has no reasons."""
    _studio(studio, "stored() argument studio")
    problem = NativeScheduler(studio, projects=projects).problem()
    session = object_session(studio) or DBSession()
    return Draft(*stored_plan(session, problem, planned_projects(problem)))


def _key_of(entity: Task | Project, method: str) -> str:
    _planned(entity, f"Draft.{method}() argument task")
    return project_key(entity.id) if isinstance(entity, Project) else task_key(entity.id)
