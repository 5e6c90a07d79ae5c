"""`Version`: the states of a task's work, numbered without gaps."""

from stalker.models.version.counter import VersionCounter
from stalker.models.version.version import Version

__all__ = ["Version", "VersionCounter"]
