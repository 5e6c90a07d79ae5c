"""To which project a task belongs."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Any

from stalker.core.rules import instance_of
from stalker.models.task.rules import TASK

if TYPE_CHECKING:
    from stalker.models.task.task import Task

__all__ = ["project_of"]


def project_of(task: Task, project: Any, parent: Any) -> Any:
    """Return the project of a task that is being made: that of its parent, if it has one."""
    name = type(task).__name__
    if parent is not None:
        TASK(parent, f"{name}.parent")
    if project is not None or parent is None:
        instance_of("Project")(project, f"{name}.project")
    if parent is None:
        return project
    parent._refuse_logs()
    if project is not None and project is not parent.project:
        warnings.warn(
            f"{name}.project is {parent.project!r}, the project of its parent, not {project!r}",
            RuntimeWarning,
            stacklevel=_frames_within(),
        )
    return parent.project


def _frames_within() -> int:
    """Count the frames between a warning here and whoever makes the task."""
    frame, count = sys._getframe(1), 1
    while frame.f_back and frame.f_globals["__name__"].startswith(("stalker.", "sqlalchemy.")):
        frame, count = frame.f_back, count + 1
    return count
