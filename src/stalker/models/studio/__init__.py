"""The company: when it works, when it does not, and the entry to scheduling."""

from stalker.models.studio.studio import Studio
from stalker.models.studio.vacation import Vacation
from stalker.models.studio.working_hours import WorkingHours, WrongIntervalError

__all__ = ["Studio", "Vacation", "WorkingHours", "WrongIntervalError"]
