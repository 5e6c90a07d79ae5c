"""`DatesMixin`: where a task lies, and what follows for it and for its containers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import stalker
from stalker.core.dates import DateRange, layout_range
from stalker.core.kinds import ScheduleModel
from stalker.db.construction import is_constructing
from stalker.models.mixins.dag import has_children
from stalker.models.task import rollup
from stalker.models.task.changes import touch
from stalker.models.task.effort import EffortMixin

if TYPE_CHECKING:
    from stalker.models.task.task import Task


class DatesMixin(EffortMixin):
    """The dates of a task, which follow its timing; those of a container follow its children."""

    def _set_range(self, start: Any, end: Any, duration: Any) -> None:
        if is_constructing(self):
            super()._set_range(start, end, duration)
            return
        for value, attribute in ((start, "start"), (end, "end")):
            self._given(value, attribute)
        if has_children(self):
            return
        touch(_task(self))
        old_start, old_end = self._start, self._end
        super()._set_range(start, end, duration)
        rollup.range_changed(_task(self), old_start, old_end)

    def _lay_out(self) -> None:
        """Put a leaf where its constraint and its timing say, and note its effort."""
        if not is_constructing(self) and has_children(self):
            return
        if not is_constructing(self):
            touch(_task(self))
        before = DateRange(self._start, self._end, self._duration)
        after = self._within_calendar(
            layout_range,
            before,
            self.schedule_timing or 0,
            self.schedule_unit,
            self.schedule_constraint,
            stalker.defaults.timing_resolution,
        )
        if after != before:
            self._start, self._end, self._duration = after
        if is_constructing(self):
            self._schedule_seconds, self._total_logged_seconds = self._own_totals()
            return
        rollup.range_changed(_task(self), before.start, before.end)
        rollup.plan_changed(_task(self))

    def _plan(self, seconds: float) -> None:
        """Let the timing be *seconds*, in the largest unit that divides them."""
        calendar = self.schedule_model == ScheduleModel.DURATION
        timing, unit = self.least_meaningful_time_unit(seconds, as_work_time=not calendar)
        # both at once: what one of them alone means with the old other one lies anywhere
        object.__setattr__(self, "schedule_timing", timing)
        object.__setattr__(self, "schedule_unit", unit)
        self._lay_out()


def _task(task: DatesMixin) -> Task:
    return cast("Task", task)
