"""`Task`, the unit of work, and what it depends on."""

from stalker.core.kinds import ScheduleConstraint
from stalker.models.task import (  # noqa: F401 - they listen to sessions
    deletion,
    history,
    settling,
    together,
    writing,
)
from stalker.models.task.dependency import TaskDependency
from stalker.models.task.history import TaskChange
from stalker.models.task.task import Task
from stalker.models.task.time_log import TimeLog

#: Which ends of a task the scheduler must not move.
CONSTRAIN_NONE = ScheduleConstraint.NONE
CONSTRAIN_START = ScheduleConstraint.START
CONSTRAIN_END = ScheduleConstraint.END
CONSTRAIN_BOTH = ScheduleConstraint.BOTH

__all__ = [
    "CONSTRAIN_BOTH",
    "CONSTRAIN_END",
    "CONSTRAIN_NONE",
    "CONSTRAIN_START",
    "Task",
    "TaskChange",
    "TaskDependency",
    "TimeLog",
]
