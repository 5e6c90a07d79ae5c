"""`TaskActions`: what may be done with a task, as the table in `workflow.tasks` says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from stalker.core.kinds import ScheduleModel
from stalker.core.rules import instance_of, integer, wrong_type
from stalker.db.declarative import named
from stalker.db.session import quiet
from stalker.exceptions import StatusError
from stalker.models.mixins.dag import has_children
from stalker.models.task.booking import worked_span
from stalker.models.task.changes import SET, Deed, note
from stalker.models.task.deciding import checked_decider
from stalker.models.task.propagation import from_dependencies, set_status
from stalker.workflow.derive import PREV, STOP, WIP
from stalker.workflow.machine import Step
from stalker.workflow.tasks import OUTCOMES, TASKS

if TYPE_CHECKING:
    from stalker.models.auth import User
    from stalker.models.review import Review
    from stalker.models.task.task import Task
    from stalker.models.task.time_log import TimeLog
    from stalker.models.version import Version

_user_rule = instance_of("User")
_number = integer()

#: what a container has none of itself
_OF_LEAVES = frozenset({"request_review", "approve", "hold", "stop", "resume"})


class TaskActions:
    """The actions of a task. Each one happens completely or, if it is refused, not at all.

    What the status does not allow is a `StatusError`; a container, whose status is that of its
    children, is a `ValueError`.
    """

    if TYPE_CHECKING:  # what else a task has
        reviews: list[Review]
        priority: int

    @property
    def allowed_actions(self) -> list[str]:
        """The actions that the status allows, in the order of the table; few of a container."""
        task = _task(self)
        allowed = TASKS.allowed(task.status.code)
        if allowed and has_children(task):
            return [each for each in allowed if each == "add_dependency"]
        return allowed

    def can(self, action: str) -> bool:
        """Say whether the status allows *action*."""
        task = _task(self)
        possible = TASKS.step(action, task.status.code) is not None
        return possible and (action == "add_dependency" or not has_children(task))

    # --- Work -------------------------------------------------------------------------------------

    def create_time_log(
        self, resource: User, start: datetime | None = None, end: datetime | None = None
    ) -> TimeLog:
        """Record that *resource* has worked on this, which begins with it: see `TimeLog`."""
        made: TimeLog = named("TimeLog")(task=self, resource=resource, start=start, end=end)
        return made

    def hold(self) -> None:
        """Let this rest. Its priority becomes 0; others do not notice."""
        self._act("hold")

    def stop(self) -> None:
        """Give this up. Its effort is what was done; those who wait for it go on."""
        self._act("stop")

    def resume(self) -> None:
        """Go on with what was held or stopped, as far as what it depends on allows."""
        self._act("resume")

    # --- Reviews ----------------------------------------------------------------------------------

    def request_review(self, version: Version | None = None) -> list[Review]:
        """Ask everybody who is responsible for a review, of *version* if one is given.

        Nobody responsible is a `ValueError`.
        """
        return cast("list[Review]", self._act("request_review", version))

    def request_revision(
        self,
        reviewer: User | None = None,
        description: str = "",
        schedule_timing: float = 1,
        schedule_unit: str = "h",
        by: User | None = None,
    ) -> Review:
        """Send this back to work, with more time; anybody may, also after it was completed.

        Reviews that nobody has decided yet are deleted. Returns the review that says so. *by* is
        who decides in the name of the reviewer, see `Review.approve`.
        """
        given = (description, schedule_timing, schedule_unit)
        return cast("Review", self._act("request_revision", reviewer, by, *given))

    def approve(self, reviewer: User, description: str = "", by: User | None = None) -> Review:
        """Decide the review of *reviewer* in the running set; one is made if there is none.

        *by* is who decides in the name of the reviewer, see `Review.approve`.
        """
        return cast("Review", self._act("approve", reviewer, by, description))

    def review_set(self, review_number: int | None = None) -> list[Review]:
        """Return the reviews of one round.

        Without a number: of the running round while reviews are pending, else of the last one.
        """
        where = f"{type(self).__name__}.review_set() argument review_number"
        task = _task(self)
        if review_number is None:
            review_number = task.review_number + (task.status.code == PREV)
        elif _number(review_number, where) < 1:
            raise wrong_type(where, "an int of at least 1", review_number)
        return [each for each in self.reviews if each.review_number == review_number]

    # --- How it is done ---------------------------------------------------------------------------

    def _act(self, action: str, *arguments: Any) -> Any:
        with quiet:
            if action in _OF_LEAVES:
                self._refuse_container(action)
            step = self._step(action)
            if step.guard is not None:
                getattr(self, f"_{step.guard}")(action, *arguments)
            if action in ("request_revision", "approve"):
                # the reviews decide about the status
                return getattr(self, f"_{step.effect}")(*arguments)
            return self._take(step, *arguments)

    def _step(self, action: str, where: str | None = None) -> Step:
        """Return what *action* does now, or raise `StatusError`; *where* is what asks for it."""
        task = _task(self)
        code = task.status.code
        step = TASKS.step(action, code)
        if step is None:
            allowed = TASKS.allowed(code)
            what = where or f"{type(self).__name__}.{action}()"
            raise StatusError(
                f"{what} is not possible for {self!r}, which is {code}; possible: "
                f"{', '.join(allowed) or 'nothing'}",
                task=self,
                action=action,
                status=task.status,
                allowed_actions=allowed,
            )
        return step

    def _take(self, step: Step, *arguments: Any, by: User | None = None) -> Any:
        """Take a step, and let everybody follow who depends on this or holds it."""
        was_stopped = step.action == "resume" and _task(self).status.code == STOP
        follows = step.effect == "follow_prerequisites"
        result = None
        if step.effect is not None and not follows:
            result = getattr(self, f"_{step.effect}")(*arguments)
        is_outcome = step.action in OUTCOMES.actions
        code = step.new_status
        if follows or is_outcome:
            # prerequisites that are not finished may forbid it
            code = from_dependencies(_task(self), current=code)
        # what was stopped may have been taken for finished: it is as if it were revised
        set_status(_task(self), code, loosen=is_outcome or was_stopped)
        note(_task(self), _task(self).status.code, step.action, by)
        return result

    def _again(self, code: str, deeds: Iterable[Deed]) -> str:
        """Return the status after *deeds*, if it was the one with *code* before them.

        Somebody else has changed it since they were done. Raises `StatusError` if one of them is
        not possible any more.
        """
        for deed in deeds:
            action = deed.action
            if action == SET:
                code = deed.code
                continue
            step = OUTCOMES.step(action, code) or TASKS.step(action, code)
            if step is None:
                raise StatusError(
                    f"{type(self).__name__}.{action}() is not possible for {self!r}, which has "
                    f"become {code} meanwhile",
                    task=self,
                    action=action,
                )
            code = step.new_status
            if step.effect == "follow_prerequisites" or action in OUTCOMES.actions:
                code = from_dependencies(_task(self), current=code)
            deed.code = code
        return code

    def _work_was_logged(self, by: User | None) -> None:
        step = TASKS.step("create_time_log", _task(self).status.code)
        if step is not None:  # a list without workflow stays as it is
            self._take(step, by=by)
            parent = _task(self).parent
            if parent is not None:
                # whatever its other children are, one that is worked on decides
                set_status(parent, WIP)

    def _set_was_decided(self, outcome: str, by: User | None) -> None:
        """Complete this or send it back to work, as a whole set of reviews has decided."""
        step = OUTCOMES.step(outcome, _task(self).status.code)
        if step is not None:
            self._take(step, by=by)

    # --- Guards -----------------------------------------------------------------------------------

    def _refuse_container(self, action: str, where: str | None = None) -> None:
        if has_children(_task(self)):
            name = type(self).__name__
            raise ValueError(
                f"{where or f'{name}.{action}()'} must be a leaf, not {self!r}: a container has no "
                "work of its own, and its status is that of its children"
            )

    def _refuse_nobody(self, action: str, version: Any = None) -> None:
        """Refuse it while nobody is responsible, for this or for anything that it is part of."""
        if not _task(self).responsible:
            raise ValueError(
                f"{type(self).__name__}.{action}() needs somebody who is responsible for {self!r}: "
                "neither it nor anything it is part of has anybody"
            )

    def _refuse_no_reviewer(self, action: str, reviewer: Any, by: Any, *rest: Any) -> None:
        """Refuse it without a user as reviewer, from who may not decide, and for a container."""
        where = f"{type(self).__name__}.{action}()"
        checked_decider(by, _user_rule(reviewer, f"{where} argument reviewer"), where)
        self._refuse_container(action)

    # --- Effects ----------------------------------------------------------------------------------

    def _open_reviews(self, version: Version | None = None) -> list[Review]:
        """Open a review for everybody who is responsible."""
        made: list[Review] = []
        with self._reviews_kept():
            for reviewer in dict.fromkeys(_task(self).responsible):
                made.append(named("Review")(task=self, version=version, reviewer=reviewer))
        return made

    def _decide_revision(
        self,
        reviewer: User,
        by: User | None,
        description: str,
        schedule_timing: float,
        schedule_unit: str,
    ) -> Review:
        """Delete the reviews that nobody has decided, and add one that asks for a revision."""
        with self._reviews_kept():
            dropped = [each for each in self.reviews if each.is_open]
            for each in dropped:
                self.reviews.remove(each)
            review: Review = named("Review")(
                task=self,
                reviewer=reviewer,
                description=description,
                schedule_timing=schedule_timing,
                schedule_unit=schedule_unit,
            )
            review._decide("request_revision", by or reviewer)
        for each in dropped:
            if each.version is not None:
                each.version = None  # what is never written must not stay in its list
        return review

    def _decide_approval(self, reviewer: User, by: User | None, description: str) -> Review:
        """Approve with the open review of the reviewer, or with a new one."""
        mine = [each for each in self.review_set() if each.is_open and each.reviewer is reviewer]
        with self._reviews_kept():
            review: Review = mine[0] if mine else named("Review")(task=self, reviewer=reviewer)
            if description:
                review.description = description
            review.approve(by)
        return review

    @contextmanager
    def _reviews_kept(self) -> Iterator[None]:
        """Bring the reviews back that there were, if anything fails."""
        before = list(self.reviews)
        try:
            yield
        except BaseException:
            self.reviews = before
            raise

    def _drop_priority(self) -> None:
        """Let everything else go first: the priority becomes 0."""
        self.priority = 0

    def _cap_effort(self) -> None:
        """Let the plan be what was done, and when; what is measured by time keeps its plan.

        Whoever waits for it may begin when it was done, and not only when that was planned.
        """
        task = _task(self)
        if task.schedule_model == ScheduleModel.EFFORT:
            task._plan(task.total_logged_seconds)
            if span := worked_span(task):
                task._set_range(*span, None)

    def _extend_effort(self) -> None:
        """Add the time that the reviews of the set have granted, if the plan leaves less."""
        task = _task(self)
        granted = [each for each in self.review_set(task.review_number) if each.asks_for_revision]
        total = task.total_logged_seconds + sum(each.schedule_seconds or 0 for each in granted)
        if total > task.schedule_seconds:
            task._plan(total)

    def _extend_what_is_spent(self) -> None:
        """Grant one step of time to a task that is to be worked on again, and has none left."""
        task = _task(self)
        if task.schedule_model == ScheduleModel.EFFORT:
            logged = task.total_logged_seconds
            if logged >= task.schedule_seconds:
                task._plan(logged + task._grid().total_seconds())


def _task(task: TaskActions) -> Task:
    return cast("Task", task)
