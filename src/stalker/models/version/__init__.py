"""`Version`: the states of a task's work, numbered without gaps."""

from stalker.models.version import protection as _protection  # noqa: F401 - it listens
from stalker.models.version.counter import VersionCounter
from stalker.models.version.version import Version

__all__ = ["Version", "VersionCounter"]
