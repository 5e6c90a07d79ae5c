"""`Review`: what one person has decided about a task in one round."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship, synonym

import stalker
from stalker.core.dates import utc_now
from stalker.core.kinds import TimeUnit
from stalker.core.rules import instance_of, optional
from stalker.db.declarative import named, read_only
from stalker.db.session import DBSession, is_bound, quiet
from stalker.exceptions import StatusError
from stalker.models.entity import SimpleEntity
from stalker.models.mixins import ScheduleMixin, StatusMixin
from stalker.models.mixins.status import default_status_list
from stalker.models.task.by_hand import unless_strict, write_status
from stalker.models.task.changes import note
from stalker.models.task.deciding import checked_decider
from stalker.workflow.tasks import NEW, REVIEWS, REVISION, outcome_of

if TYPE_CHECKING:
    from stalker.models.auth import User
    from stalker.models.task import Task
    from stalker.models.version import Version

__all__ = ["Review"]

_task_rule = instance_of("Task")
_user_rule = instance_of("User")

_IN_MEMORY = "_review_statuses"


class Review(SimpleEntity, ScheduleMixin, StatusMixin):
    """The decision of one person about a task in one round of reviews.

    The reviews of a round are a set: when the last of them has been decided, the task is completed,
    or sent back to work with the time that they grant together.
    """

    __auto_name__: ClassVar[bool] = True
    __default_schedule_timing__: ClassVar[float | None] = 1
    __default_schedule_unit__: ClassVar[str] = TimeUnit.HOUR
    __least_schedule_timing__: ClassVar[float | None] = 0

    review_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    task_id: Mapped[int] = mapped_column(ForeignKey("Tasks.id", ondelete="CASCADE"))
    # a decision outlives who has made it
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("Users.id", ondelete="SET NULL"))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("Versions.id", ondelete="SET NULL"))
    _review_number: Mapped[int] = mapped_column("review_number")
    #: the round; all reviews of one request share it
    review_number: Mapped[int] = synonym("_review_number", descriptor=read_only("_review_number"))
    #: what is decided about
    task: Mapped[Task] = relationship(
        foreign_keys=[task_id],
        back_populates="reviews",
        info={
            "rules": (optional(_task_rule),),
            "check": lambda review, task: review._checked_task(task),
        },
    )
    #: need not be responsible for the task
    reviewer: Mapped[User] = relationship(foreign_keys=[reviewer_id], info={"rules": (_user_rule,)})
    #: what was looked at, a version of the task
    version: Mapped[Version | None] = relationship(
        foreign_keys=[version_id],
        back_populates="reviews",
        info={
            "rules": (optional(instance_of("Version")),),
            "check": lambda review, version: review._checked_version(version),
        },
    )

    def __init__(
        self,
        task: Task | None = None,
        reviewer: User | None = None,
        description: str = "",
        version: Version | None = None,
        schedule_timing: float = 1,
        schedule_unit: str = "h",
        **kwargs: Any,
    ) -> None:
        # a new one is undecided
        kwargs.pop("status", None)
        name = type(self).__name__
        if task is None and version is not None:
            instance_of("Version")(version, f"{name}.version")
            task = version.task
        _task_rule(task, f"{name}.task")
        task._refuse_container("request_review", f"{name}.task")  # type: ignore[union-attr]
        _user_rule(reviewer, f"{name}.reviewer")
        _refuse_second(self, task, reviewer)
        if kwargs.get("status_list") is None:
            kwargs["status_list"] = _status_list_for(self, task)
        super().__init__(
            description=description,
            schedule_timing=schedule_timing,
            schedule_unit=schedule_unit,
            **kwargs,
        )
        self.reviewer = reviewer  # type: ignore[assignment]
        self.task = task  # type: ignore[assignment]
        self.version = version

    def _checked_task(self, task: Any) -> Any:
        if task is not None:
            task._refuse_container("request_review", f"{type(self).__name__}.task")
            self._review_number = task.review_number + 1
        return task

    def _checked_version(self, version: Any) -> Any:
        if version is not None and version.task is not self.task:
            raise ValueError(
                f"{type(self).__name__}.version must be one of {self.task!r}, not {version!r} of "
                f"{version.task!r}"
            )
        return version

    @property
    def is_open(self) -> bool:
        """Nobody has decided yet."""
        return self.status.code == NEW

    @property
    def asks_for_revision(self) -> bool:
        """It was decided that there is more to do."""
        return self.status.code == REVISION

    @property
    def review_set(self) -> list[Review]:
        """All reviews of the task in the same round, this one included."""
        return [each for each in self.task.reviews if each.review_number == self.review_number]

    def is_finalized(self) -> bool:
        """Say whether every review of the set has been decided."""
        return not any(each.is_open for each in self.review_set)

    def approve(self, by: User | None = None) -> None:
        """Decide that this is good. Who decides last finishes the round.

        *by* is who decides, if it is not the reviewer: `PermissionError` without the permission to
        update reviews. It becomes `updated_by`.
        """
        self._refuse_decision("approve")
        self._decide("approve", self._decider(by, "approve"))

    def request_revision(
        self,
        schedule_timing: float = 1,
        schedule_unit: str = "h",
        description: str = "",
        by: User | None = None,
    ) -> None:
        """Decide that there is more to do, and grant time for it; *by* as in `approve`.

        Who decides last finishes the round.
        """
        self._refuse_decision("request_revision")
        decider = self._decider(by, "request_revision")
        before = self.schedule_timing, self.schedule_unit, self.description
        try:
            self.schedule_timing = schedule_timing
            self.schedule_unit = schedule_unit
            self.description = description
        except BaseException:
            self.schedule_timing, self.schedule_unit, self.description = before
            raise
        self._decide("request_revision", decider)

    def finalize_review_set(self) -> None:
        """Let the task follow its reviews, if all of the set have been decided; else do nothing."""
        with quiet:
            outcome = outcome_of([each.status.code for each in self.review_set])
            if outcome is not None:
                self.task._review_number = self.review_number
                self.task._set_was_decided(outcome, self.updated_by or self.reviewer)

    def _decider(self, by: User | None, action: str) -> User:
        return checked_decider(by, self.reviewer, f"{type(self).__name__}.{action}()")

    def _decide(self, action: str, by: User) -> None:
        with quiet:
            step = REVIEWS.step(action, self.status.code)
            # a list without these statuses stays as it is
            status = None if step is None else self.status_list[step.new_status]
            if status is not None:
                write_status(self, status)
            self.updated_by, self.date_updated = by, max(utc_now(), self.date_created)
            # others may decide at the same moment
            note(self.task, self.task.status.code)
            self.finalize_review_set()

    def _refuse_decision(self, action: str) -> None:
        """Refuse it for a task that has become a container, and in an old round."""
        self.task._refuse_container(action, f"task of {type(self).__name__}.{action}()")
        rounds = [self.task.review_number, *(each.review_number for each in self.task.reviews)]
        if self.review_number < max(rounds):
            raise StatusError(
                f"{type(self).__name__}.{action}() is not possible for {self!r} of round "
                f"{self.review_number}: {self.task!r} is in round {max(rounds)}",
                review=self,
                task=self.task,
                action=action,
            )


def _status_list_for(review: Review, task: Any) -> Any:
    """Return the stored list; without a database, one of the configuration for each project."""
    session = object_session(task)
    if is_bound(DBSession() if session is None else session):
        return default_status_list(type(review), session)
    known = task.project.__dict__
    if _IN_MEMORY not in known:
        names, codes = stalker.defaults.review_status_names, stalker.defaults.review_status_codes
        status = named("Status")
        known[_IN_MEMORY] = named("StatusList")(
            name="Review statuses",
            target_entity_type="Review",
            statuses=[
                status(name=name, code=code) for name, code in zip(names, codes, strict=True)
            ],
        )
    return known[_IN_MEMORY]


def _refuse_second(review: Review, task: Any, reviewer: Any) -> None:
    """Raise `ValueError` if *reviewer* has a review of this round that is not decided."""
    for each in task.reviews:
        running = each.is_open and each.review_number > task.review_number
        if running and each.reviewer is reviewer:
            raise ValueError(
                f"{type(review).__name__}.reviewer {reviewer!r} has to decide {each!r} first, of "
                f"the same round of {task!r}"
            )


def _refuse_nothing(review: Review, assign: Callable[[], None]) -> None:
    assign()
    _task_rule(review.task, f"{type(review).__name__}.task")


Review.__effects__ = {"task": _refuse_nothing, "status": unless_strict(NEW)}
