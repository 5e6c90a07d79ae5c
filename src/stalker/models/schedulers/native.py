"""`NativeScheduler`: plans without any other program."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from stalker.models.schedulers.planner import Planner
from stalker.scheduling import Result, schedule

if TYPE_CHECKING:
    from stalker.models.project import Project
    from stalker.models.studio import Studio

__all__ = ["NativeScheduler"]


class NativeScheduler(Planner):
    """Makes the same plans as TaskJuggler does, at once and without it.

    Other than `TaskJugglerScheduler`, it plans chosen projects around what their people have to do
    in other ones, and leaves the dates of finished tasks as they are; both can be switched off.
    """

    def __init__(
        self,
        studio: Studio | None = None,
        compute_resources: bool = True,
        projects: list[Project] | None = None,
        around_others: bool = True,
        freeze_completed: bool = True,
        on_progress: Callable[[int, int], None] | None = None,
        active_only: bool = False,
    ) -> None:
        super().__init__(
            studio, compute_resources, projects, around_others, freeze_completed, active_only
        )
        #: hears how many tasks have been placed, and of how many
        self.on_progress = on_progress
        #: what the last `schedule()` has found out
        self.result: Result | None = None

    def schedule(self) -> str:
        """Plan, write the plan, and return the warnings, one in a line.

        Raises `SchedulingError`, which is a `RuntimeError`, if there is no plan.
        """
        problem = self.problem()
        if not problem.tasks:
            return ""
        self.result = schedule(problem, on_progress=self.on_progress)
        self.store(problem, self.result)
        return "\n".join(map(str, self.result.warnings))
