"""`TaskDependency`: one task waits for another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, synonym

import stalker
from stalker.core.kinds import DependencyTarget, GapModel, TimeUnit
from stalker.core.rules import default, option
from stalker.db.association import Association, detach, end
from stalker.db.construction import is_constructing
from stalker.db.types import vocabulary
from stalker.models.mixins import ScheduleMixin
from stalker.models.task import propagation
from stalker.scheduling.tjp import statement

if TYPE_CHECKING:
    from stalker.models.task.task import Task

__all__ = ["TaskDependency"]


def _dependent(row: TaskDependency, task: Any) -> Any:
    return _joined(row, "task", task)


def _prerequisite(row: TaskDependency, task: Any) -> Any:
    return _joined(row, "depends_to", task)


def _joined(row: TaskDependency, end: str, value: Any) -> Any:
    """Check a dependency when its second end becomes known, from whichever side."""
    former, prerequisite = row.task, row.depends_to
    if value is (former if end == "task" else prerequisite):
        return value
    task, depends_to = (value, prerequisite) if end == "task" else (former, value)
    if task is not None and depends_to is not None:
        task._refuse_dependency(depends_to, row)
        if not is_constructing(row):
            propagation.dependency_added(task, depends_to)
    elif former is not None and prerequisite is not None:
        propagation.dependencies_changed(former, removing=[prerequisite])
    return detach(row, value, end)


class TaskDependency(Association, ScheduleMixin):
    """`task` waits for `depends_to`, with a gap.

    The gap is measured in working time (`length`) or calendar time (`duration`).
    """

    __tablename__ = "Task_Dependencies"
    __ends__ = ("task", "depends_to")
    __default_schedule_attr_name__: ClassVar[str] = "gap"
    __default_schedule_timing__: ClassVar[float | None] = 0
    __default_schedule_unit__: ClassVar[str] = TimeUnit.HOUR
    __default_schedule_models__: ClassVar[tuple[str, ...]] = tuple(GapModel)
    __least_schedule_timing__: ClassVar[float | None] = 0

    task_id: Mapped[int] = mapped_column(
        ForeignKey("Tasks.id", ondelete="CASCADE"), primary_key=True
    )
    depends_to_id: Mapped[int] = mapped_column(
        ForeignKey("Tasks.id", ondelete="CASCADE"), primary_key=True
    )
    #: after which end of `depends_to` the task may begin
    dependency_target: Mapped[DependencyTarget] = mapped_column(
        vocabulary(DependencyTarget, "TaskDependencyTarget"),
        default=DependencyTarget.ON_END,
        info={
            "rules": (
                default(lambda: stalker.defaults.task_dependency_targets[0]),
                option(DependencyTarget),
            )
        },
    )
    #: how long after `depends_to`, in `gap_unit`; never negative
    gap_timing: Mapped[float] = synonym("schedule_timing")
    #: unit of `gap_timing`
    gap_unit: Mapped[TimeUnit] = synonym("schedule_unit")
    #: "length", working time of the studio, or "duration", calendar time
    gap_model: Mapped[GapModel] = synonym("schedule_model")
    #: what waits
    task: Mapped[Task | None] = end(
        "task", "Task", _dependent, foreign_keys=[task_id], back_populates="task_depends_to"
    )
    #: what is waited for
    depends_to: Mapped[Task | None] = end(
        "depends_to",
        "Task",
        _prerequisite,
        foreign_keys=[depends_to_id],
        back_populates="task_dependent_of",
    )

    def __init__(
        self,
        task: Task | None = None,
        depends_to: Task | None = None,
        dependency_target: str | None = None,
        gap_timing: float | None = 0,
        gap_unit: str | None = "h",
        gap_model: str | None = "length",
        **kwargs: Any,
    ) -> None:
        super().__init__(
            schedule_timing=gap_timing, schedule_unit=gap_unit, schedule_model=gap_model, **kwargs
        )
        self.dependency_target = dependency_target  # type: ignore[assignment]
        if depends_to is not None:
            self.depends_to = depends_to
        if task is not None:
            self.task = task

    def _take_effect(self) -> None:
        if self.task is not None and self.depends_to is not None:
            propagation.dependency_added(self.task, self.depends_to)

    def _refuse_owner(self, owner: Task) -> None:
        task, depends_to = self.task or owner, self.depends_to or owner
        if not is_constructing(task):
            task._refuse_dependency(depends_to, self)

    @property
    def to_tjp(self) -> str:
        """What stands after `depends` for TaskJuggler."""
        return statement(
            "tjp_task_dependency_template",
            task=self.task,
            depends_to=self.depends_to,
            dependency_target=self.dependency_target,
            gap_timing=self.gap_timing,
            gap_unit=self.gap_unit,
            gap_model=self.gap_model,
        )
