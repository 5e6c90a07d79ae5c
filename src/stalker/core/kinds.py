"""The closed vocabularies. Members are equal to the plain strings and numbers that callers write.

They are stored as text with a check constraint, so that a new member needs no database type change.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum

__all__ = [
    "Access",
    "AllocationStrategy",
    "DependencyTarget",
    "GapModel",
    "LoginAction",
    "Priority",
    "ScheduleConstraint",
    "ScheduleModel",
    "TimeUnit",
    "TraversalDirection",
]


class TimeUnit(StrEnum):
    """Unit of a timing; how many seconds it has depends on the model, see `core.units`."""

    MINUTE = "min"
    HOUR = "h"
    DAY = "d"
    WEEK = "w"
    MONTH = "m"
    YEAR = "y"


class ScheduleModel(StrEnum):
    """What a timing measures."""

    #: work time of the resources: two people finish in half the time
    EFFORT = "effort"
    #: working time on the calendar, whoever works
    LENGTH = "length"
    #: calendar time, nights and weekends included
    DURATION = "duration"


class GapModel(StrEnum):
    """What the gap of a dependency measures; the same words as in `ScheduleModel`."""

    LENGTH = "length"
    DURATION = "duration"


class DependencyTarget(StrEnum):
    """After which end of the prerequisite the dependent task may begin."""

    ON_END = "onend"
    ON_START = "onstart"


class AllocationStrategy(StrEnum):
    """How the scheduler chooses among alternative resources."""

    MIN_ALLOCATED = "minallocated"
    MAX_LOADED = "maxloaded"
    MIN_LOADED = "minloaded"
    ORDER = "order"
    RANDOM = "random"


class ScheduleConstraint(IntEnum):
    """Which ends of a task the scheduler must not move."""

    NONE = 0
    START = 1
    END = 2
    BOTH = 3


class TraversalDirection(IntEnum):
    """The `method` of the `walk_*` generators."""

    DEPTH_FIRST = 0
    BREADTH_FIRST = 1


class LoginAction(StrEnum):
    """What an authentication log is about."""

    LOGIN = "login"
    LOGOUT = "logout"


class Priority(StrEnum):
    """How much a ticket matters, in ascending order."""

    TRIVIAL = "TRIVIAL"
    MINOR = "MINOR"
    MAJOR = "MAJOR"
    CRITICAL = "CRITICAL"
    BLOCKER = "BLOCKER"


class Access(StrEnum):
    """Whether a permission grants or denies its action."""

    ALLOW = "Allow"
    DENY = "Deny"
