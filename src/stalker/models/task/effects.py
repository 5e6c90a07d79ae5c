"""What assigning an attribute of a task that is made means for the rest of it, and for others."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from stalker.models.mixins.dag import has_children
from stalker.models.task import rollup
from stalker.models.task.by_hand import unless_strict
from stalker.workflow.derive import WFD

if TYPE_CHECKING:
    from stalker.models.task.task import Task

__all__ = ["EFFECTS"]


def _lay_out(task: Task, assign: Callable[[], None]) -> None:
    assign()
    task._lay_out()


def _measure(task: Task, assign: Callable[[], None]) -> None:
    assign()
    if not has_children(task):
        rollup.model_changed(task)


def _take_computed_start(task: Task, assign: Callable[[], None]) -> None:
    assign()
    if task.computed_start is not None:
        task.start = task.computed_start


def _take_computed_end(task: Task, assign: Callable[[], None]) -> None:
    assign()
    if task.computed_end is not None:
        task.end = task.computed_end


def _free_milestone(task: Task, assign: Callable[[], None]) -> None:
    assign()
    if task.is_milestone and task.resources:
        task.resources = []


def _refuse_project(task: Task, assign: Callable[[], None]) -> None:
    raise AttributeError(
        f"{type(task).__name__}.project is read-only: tasks do not change their project"
    )


EFFECTS = {
    "project": _refuse_project,
    "schedule_timing": _lay_out,
    "schedule_unit": _lay_out,
    "schedule_model": _measure,
    "computed_start": _take_computed_start,
    "computed_end": _take_computed_end,
    "status": unless_strict(WFD),
    "is_milestone": _free_milestone,
    "children": rollup.replace_children,
}
