"""What plans the work of a studio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stalker.core.rules import instance_of, optional

if TYPE_CHECKING:
    from stalker.models.studio import Studio

__all__ = ["SchedulerBase"]

_studio = optional(instance_of("Studio"))


class SchedulerBase:
    """The interface of all schedulers: `schedule()` plans the work of `studio`."""

    def __init__(self, studio: Studio | None = None) -> None:
        self.studio = studio

    @property
    def studio(self) -> Studio | None:
        """Whose work is planned."""
        return self._studio

    @studio.setter
    def studio(self, studio: Any) -> None:
        self._studio: Studio | None = _studio(studio, f"{type(self).__name__}.studio")

    def schedule(self) -> str | None:
        """Plan, and return a text that becomes `Studio.last_schedule_message`."""
        raise NotImplementedError
