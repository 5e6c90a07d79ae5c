"""`TimeLog`: who worked on a task, from when to when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Interval
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stalker.core.rules import instance_of, optional
from stalker.db.construction import is_constructing
from stalker.db.session import quiet
from stalker.db.types import GenericDateTime
from stalker.models.entity import Entity
from stalker.models.mixins import DateRangeMixin
from stalker.models.task import booking

if TYPE_CHECKING:
    from stalker.models.auth import User
    from stalker.models.task.task import Task

__all__ = ["TimeLog"]

_task_rule = instance_of("Task")
_user_rule = instance_of("User")


class TimeLog(Entity, DateRangeMixin):
    """An uninterrupted time that one person has worked on one task: 2 days are 48 hours.

    Nobody works on two tasks at once: that is an `OverBookedError`, and the database refuses it as
    well, whatever wrote it. Ranges include their start and exclude their end, so that one log may
    begin where another ends.
    """

    time_log_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    task_id: Mapped[int] = mapped_column(ForeignKey("Tasks.id", ondelete="CASCADE"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("Users.id", ondelete="CASCADE"))
    _start: Mapped[datetime] = mapped_column("start", GenericDateTime)
    _end: Mapped[datetime] = mapped_column("end", GenericDateTime)
    _duration: Mapped[timedelta] = mapped_column("duration", Interval)
    #: what was worked on; a leaf
    task: Mapped[Task] = relationship(
        foreign_keys=[task_id],
        back_populates="time_logs",
        info={
            "rules": (optional(_task_rule),),
            "check": lambda log, task: log._checked_task(task),
        },
    )
    #: who worked; need not be among the resources of the task
    resource: Mapped[User] = relationship(
        foreign_keys=[resource_id],
        back_populates="time_logs",
        info={
            "rules": (optional(_user_rule),),
            "check": lambda log, user: log._checked_resource(user),
        },
    )

    __table_args__: Any = (
        CheckConstraint('"end" > start', "range"),
        Index(None, "resource_id", "start"),
    )

    def __init__(
        self, task: Task | None = None, resource: User | None = None, **kwargs: Any
    ) -> None:
        # everything is checked before anything is related to others
        name = type(self).__name__
        _task_rule(task, f"{name}.task")
        booking.refuse_task(self, task)  # type: ignore[arg-type]
        super().__init__(**kwargs)
        booking.refuse_too_early(self, task)  # type: ignore[arg-type]
        _user_rule(resource, f"{name}.resource")
        booking.refuse_overlap(self, resource)  # type: ignore[arg-type]
        self.resource = resource  # type: ignore[assignment]
        self.task = task  # type: ignore[assignment]

    def _take_effect(self) -> None:
        booking.logged(self.task, self.total_seconds)
        self.task._work_was_logged(self.created_by or self.resource)

    def _checked_task(self, task: Any) -> Any:
        if is_constructing(self) or task is self.task:
            return task
        if task is not None:
            booking.refuse_task(self, task)
            booking.refuse_too_early(self, task)
        booking.moved(self, self.task, task)
        return task

    def _checked_resource(self, user: Any) -> Any:
        if user is not None and not is_constructing(self) and user is not self.resource:
            booking.refuse_overlap(self, user)
        return user

    def _set_range(self, start: Any, end: Any, duration: Any) -> None:
        if is_constructing(self):
            super()._set_range(start, end, duration)
            return
        with quiet:
            before, seconds = (self._start, self._end, self._duration), self.total_seconds
            super()._set_range(start, end, duration)
            try:
                # a database refuses it by itself, when the log is written
                booking.refuse_overlap_in_memory(self)
            except BaseException:
                self._start, self._end, self._duration = before
                raise
            booking.logged(self.task, self.total_seconds - seconds)


def _refuse_nothing(attribute: str, rule: Any) -> Callable[[TimeLog, Callable[[], None]], None]:
    """Return the effect that refuses to clear an attribute; leaving a list clears it, too."""

    def effect(log: TimeLog, assign: Callable[[], None]) -> None:
        assign()
        rule(getattr(log, attribute), f"{type(log).__name__}.{attribute}")

    return effect


TimeLog.__effects__ = {
    "task": _refuse_nothing("task", _task_rule),
    "resource": _refuse_nothing("resource", _user_rule),
}
