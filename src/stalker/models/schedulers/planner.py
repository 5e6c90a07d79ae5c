"""`Planner`: what all schedulers of this package do with a studio, whoever makes the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session, object_session

from stalker.core.rules import as_bool, instance_of, wrong_type
from stalker.db.session import DBSession
from stalker.models.schedulers.base import SchedulerBase
from stalker.models.schedulers.problem import problem_of
from stalker.models.schedulers.result import store
from stalker.models.schedulers.rows import read_rows
from stalker.scheduling import Problem, Result

if TYPE_CHECKING:
    from stalker.models.project import Project
    from stalker.models.studio import Studio

__all__ = ["Planner", "planned_projects"]

_project = instance_of("Project")
_bool = as_bool()
_studio = instance_of("Studio")


class Planner(SchedulerBase):
    """Reads the work of a studio, has it planned, and writes the plan back.

    Nothing is written unless the whole plan is there. The caller commits.
    """

    def __init__(
        self,
        studio: Studio | None = None,
        compute_resources: bool = False,
        projects: list[Project] | None = None,
        around_others: bool = False,
        freeze_completed: bool = False,
        active_only: bool = False,
    ) -> None:
        super().__init__(studio)
        self.compute_resources = compute_resources
        self.projects = projects
        #: people are not available while they work, or are planned to work, on other projects
        self.around_others = bool(around_others)
        #: finished tasks keep their dates
        self.freeze_completed = bool(freeze_completed)
        #: projects that rest are left as they are
        self.active_only = bool(active_only)

    @property
    def compute_resources(self) -> bool:
        """Whether `Task.computed_resources` become who the plan gives the work to."""
        return self._compute_resources

    @compute_resources.setter
    def compute_resources(self, value: Any) -> None:
        self._compute_resources: bool = _bool(value, f"{type(self).__name__}.compute_resources")

    @property
    def projects(self) -> list[Project]:
        """The projects that are planned; empty for all that there are."""
        return self._projects

    @projects.setter
    def projects(self, projects: list[Project] | None) -> None:
        where = f"{type(self).__name__}.projects"
        if projects is None:
            projects = []
        if not isinstance(projects, list):
            raise wrong_type(where, "a list of Project instances", projects)
        self._projects = [_project(each, where) for each in projects]

    # --- What it does -----------------------------------------------------------------------------

    def problem(self) -> Problem:
        """Return what there is to plan; pending changes are flushed first."""
        studio = self._checked_studio()
        session = self._session()
        session.flush()
        unknown = [each for each in self.projects if not inspect(each).has_identity]
        if unknown:
            raise ValueError(
                f"{type(self).__name__}.projects must be stored before they are planned: {unknown}"
            )
        ids = [each.id for each in self.projects] or None
        if self.active_only:
            ids = [each.id for each in self.projects or studio.projects if each.active]
        rows = read_rows(session, ids, self.around_others, self.plans_omitted())
        return problem_of(studio, rows)

    def store(self, problem: Problem, result: Result) -> int:
        """Write a plan of `problem()`, and return how many tasks have been written.

        Raises `RuntimeError` if somebody else has begun to plan meanwhile, because this took longer
        than the lease of the lock.
        """
        self._checked_studio()._refuse_other_run()
        return store(
            self._session(),
            result,
            planned_projects(problem),
            people=self.compute_resources,
            frozen=self.freeze_completed,
            through_objects=self._through_objects(),
        )

    def _through_objects(self) -> bool:
        """Say whether a plan is written through the objects."""
        return False

    def plans_omitted(self) -> bool:
        """Say whether what is omitted is planned like everything else."""
        return False

    def _checked_studio(self) -> Studio:
        studio: Studio = _studio(self.studio, f"{type(self).__name__}.studio")
        return studio

    def _session(self) -> Session:
        return object_session(self.studio) or DBSession()


def planned_projects(problem: Problem) -> list[int]:
    """Return the ids of the projects that a problem plans, of which none is in another task."""
    prefix = "Project_"
    return [
        int(task.id.removeprefix(prefix)) for task in problem.tasks if task.id.startswith(prefix)
    ]
