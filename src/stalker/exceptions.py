"""What the library raises beyond Python's own exceptions, with the data a caller needs to react.

Wrong types are `TypeError`, wrong values `ValueError`; these classes are for rules of production.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from stalker.scheduling.result import Fault

__all__ = [
    "BackupError",
    "CircularDependencyError",
    "ConfigurationError",
    "DependencyViolationError",
    "LoginError",
    "OutdatedError",
    "OverBookedError",
    "ProtectedError",
    "SceneError",
    "SchedulingError",
    "SchemaVersionError",
    "SelfReferenceError",
    "StalkerError",
    "StatusError",
    "TemplateError",
    "UnsafePathError",
    "UnusableDatabaseError",
]


class StalkerError(Exception):
    """All of these errors: a text in `value`, and what was given by keyword as attributes."""

    def __init__(self, value: str = "", **data: object) -> None:
        super().__init__(value)
        self.value = value
        self.__dict__.update(data)

    def __str__(self) -> str:
        return self.value


class ConfigurationError(StalkerError, RuntimeError):
    """A studio's configuration cannot be read: its file, or what an environment variable says."""


class LoginError(StalkerError):
    """The credentials do not match; never says which half was wrong."""


class CircularDependencyError(StalkerError):
    """A hierarchy or a dependency would become cyclic."""


class SelfReferenceError(CircularDependencyError, ValueError):
    """Something would be related to itself."""


class OutdatedError(StalkerError, RuntimeError):
    """Another session has changed what this one has relied on: nothing is written, try again."""


class OverBookedError(StalkerError):
    """A resource would be booked twice for the same time."""


class ProtectedError(StalkerError, RuntimeError):
    """This must stay: it is published, or a setting of the studio forbids to delete it."""


class StatusError(StalkerError):
    """The current status does not allow the operation."""


class DependencyViolationError(StalkerError):
    """A time log contradicts the order of the dependencies."""


class SceneError(StalkerError, RuntimeError):
    """What is open in an application, or was asked for, does not allow the operation."""


class SchedulingError(StalkerError, RuntimeError):
    """A plan cannot be made, or the one that was made breaks a rule.

    `id` names the rule in TaskJuggler's words (``sched_runaway``, ``task_pred_before``), `entity`
    is the id of the task or artist that breaks it, or empty. `faults` holds everything that was
    found, `start` and `end` are the dates involved, where there are some.
    """

    id: str
    entity: str
    faults: tuple[Fault, ...]
    start: datetime | None
    end: datetime | None


class TemplateError(StalkerError, RuntimeError):
    """A stored template is broken, missing, or tries what templates may not do."""


class UnsafePathError(StalkerError, ValueError):
    """A rendered path has a part that could leave its repository or break on some platform."""


class UnusableDatabaseError(StalkerError, ValueError):
    """The database is of a kind, or in a place, that would lose data, or is another program's."""


class BackupError(StalkerError, RuntimeError):
    """A backup cannot be made, is not whole, or does not fit what it would be restored into."""


class SchemaVersionError(StalkerError, ValueError):
    """The database holds another schema revision than this release needs.

    `found` and `expected` are the two revision ids.
    """

    found: str
    expected: str
