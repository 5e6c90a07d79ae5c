"""The embedded scheduler: TaskJuggler's plans without TaskJuggler."""

from stalker.scheduling.native.scheduler import schedule, validate

__all__ = ["schedule", "validate"]
