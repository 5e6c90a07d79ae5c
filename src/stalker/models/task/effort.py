"""`EffortMixin`: how much work a task is, and how much of it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from stalker.core.dates import utc_now
from stalker.core.kinds import ScheduleModel
from stalker.core.rules import number
from stalker.db.construction import is_constructing
from stalker.models.mixins import DateRangeMixin, ScheduleMixin
from stalker.models.mixins.dag import has_children
from stalker.models.mixins.schedule import work_time
from stalker.models.task import rollup
from stalker.workflow.derive import CMPL

if TYPE_CHECKING:
    from stalker.models.status import Status
    from stalker.models.task.task import Task
    from stalker.models.task.time_log import TimeLog

_seconds_rule = number()


class EffortMixin(DateRangeMixin, ScheduleMixin):
    """The effort of a task, planned and done; that of a container is the sum over its children."""

    # sums of a container, kept up to date by `rollup`; of a leaf what it was when it last changed
    _schedule_seconds: Mapped[int | None] = mapped_column("schedule_seconds", BigInteger)
    _total_logged_seconds: Mapped[int | None] = mapped_column("total_logged_seconds", BigInteger)

    if TYPE_CHECKING:  # what else a task has
        is_milestone: Mapped[bool]
        status: Mapped[Status]
        time_logs: Mapped[list[TimeLog]]

    @property
    def schedule_seconds(self) -> int:
        """Planned effort in seconds of working time; of a container, the sum over its children.

        Assigning it on a container replaces the sum, on a leaf it does nothing.
        """
        if not has_children(self):
            return self._own_schedule_seconds()
        if self._schedule_seconds is None or self._schedule_seconds < 0:
            self.update_schedule_info()
        return self._schedule_seconds  # type: ignore[return-value]

    @schedule_seconds.setter
    def schedule_seconds(self, seconds: int) -> None:
        if has_children(self):
            rollup.set_totals(_task(self), planned=_seconds(self, "schedule_seconds", seconds))

    @property
    def total_logged_seconds(self) -> int:
        """Work done, in seconds; of a container, the sum over its children.

        A task that is measured by time, not by effort, counts the time that has passed since its
        start. The sum of a container notices the passing of time in `update_schedule_info()`.
        """
        if self.schedule_model != ScheduleModel.EFFORT and not has_children(self):
            return self._own_logged_seconds()
        if self._total_logged_seconds is None:
            self.update_schedule_info()
        return self._total_logged_seconds  # type: ignore[return-value]

    @total_logged_seconds.setter
    def total_logged_seconds(self, seconds: int) -> None:
        if has_children(self):
            rollup.set_totals(_task(self), logged=_seconds(self, "total_logged_seconds", seconds))

    def _cached_totals(self) -> tuple[int, int]:
        """Return planned and logged seconds as they were noted, without asking for children."""
        if not self._has_noted_totals():
            self.update_schedule_info()
        if self.schedule_model == ScheduleModel.EFFORT:
            return self._schedule_seconds or 0, self._total_logged_seconds or 0
        # a leaf that is measured by time goes on by itself
        return self._schedule_seconds or 0, self.total_logged_seconds

    def _has_noted_totals(self) -> bool:
        return self._schedule_seconds is not None and self._total_logged_seconds is not None

    def _own_totals(self) -> tuple[int, int]:
        """Return the planned and the logged seconds of a leaf."""
        return self._own_schedule_seconds(), self._own_logged_seconds()

    def _own_schedule_seconds(self) -> int:
        planned = self.to_seconds(self.schedule_timing, self.schedule_unit, self.schedule_model)
        return round(planned or 0)

    def _own_logged_seconds(self) -> int:
        """Return what was done of a leaf: what is logged, or the time that has passed."""
        if self.schedule_model == ScheduleModel.EFFORT:
            # an empty list for each new task costs more than it tells
            return 0 if is_constructing(self) else sum(log.total_seconds for log in self.time_logs)
        if self._start is None or self._end is None:
            return 0
        now = utc_now()
        passed = (min(max(now, self._start), self._end) - self._start).total_seconds()
        if self.schedule_model == ScheduleModel.LENGTH:
            # a day of the range is a working day
            whole_days, rest = divmod(passed, 24 * 3600)
            working_day = work_time().daily_hours * 3600
            passed = whole_days * working_day + min(rest, working_day)
        return int(passed)

    def _has_logs(self) -> bool:
        if self.schedule_model == ScheduleModel.EFFORT and self._total_logged_seconds is not None:
            return self._total_logged_seconds > 0
        return bool(self.time_logs)

    @property
    def remaining_seconds(self) -> int:
        """What is left of the plan; negative if more was done."""
        return self.schedule_seconds - self.total_logged_seconds

    @property
    def percent_complete(self) -> float:
        """Work done in percent of the plan; may be more than 100."""
        planned = self.schedule_seconds
        if not planned:
            return 100.0 if self.is_milestone or self.status.code == CMPL else 0.0
        return self.total_logged_seconds / planned * 100.0

    def update_schedule_info(self) -> None:
        """Form the sums of this and of all containers below it anew."""
        rollup.recompute_totals(_task(self))


def _task(task: EffortMixin) -> Task:
    return cast("Task", task)


def _seconds(task: EffortMixin, attribute: str, value: Any) -> int:
    return int(_seconds_rule(value, f"{type(task).__name__}.{attribute}"))
