"""Planning, without a database.

A `Problem` says what is to be done by whom; `schedule` answers with a `Result`.
"""

from stalker.core.kinds import (
    AllocationStrategy,
    DependencyTarget,
    GapModel,
    ScheduleModel,
    TimeUnit,
)
from stalker.exceptions import SchedulingError
from stalker.scheduling.native import schedule, validate
from stalker.scheduling.problem import (
    Allocation,
    Amount,
    Artist,
    Booking,
    Dependency,
    Interval,
    Problem,
    Task,
    same_week,
)
from stalker.scheduling.result import (
    Cause,
    Explanation,
    Fault,
    Notice,
    Planned,
    Reason,
    Result,
    Work,
)

__all__ = [
    "Allocation",
    "AllocationStrategy",
    "Amount",
    "Artist",
    "Booking",
    "Cause",
    "Dependency",
    "DependencyTarget",
    "Explanation",
    "Fault",
    "GapModel",
    "Interval",
    "Notice",
    "Planned",
    "Problem",
    "Reason",
    "Result",
    "ScheduleModel",
    "SchedulingError",
    "Task",
    "TimeUnit",
    "Work",
    "same_week",
    "schedule",
    "validate",
]
