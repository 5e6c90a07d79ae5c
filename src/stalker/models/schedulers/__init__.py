"""What plans the work of a studio, with TaskJuggler or without."""

from stalker.models.schedulers.base import SchedulerBase
from stalker.models.schedulers.native import NativeScheduler
from stalker.models.schedulers.taskjuggler import TaskJugglerScheduler

__all__ = ["NativeScheduler", "SchedulerBase", "TaskJugglerScheduler"]
