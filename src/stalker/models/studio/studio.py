"""`Studio`: the company as a whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from sqlalchemy import ForeignKey, Interval, Text, event, select
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship
from sqlalchemy.orm.attributes import flag_modified, set_committed_value

import stalker
from stalker.core.dates import as_utc, round_time, utc_now
from stalker.core.rules import as_bool, aware, default, instance_of, optional, text, wrong_value
from stalker.db.declarative import named
from stalker.db.session import DBSession, is_bound, quiet
from stalker.db.types import GenericDateTime
from stalker.models.entity import Entity
from stalker.models.mixins import DateRangeMixin, WorkingHoursMixin
from stalker.models.schedulers import SchedulerBase
from stalker.models.studio import lock
from stalker.models.studio.vacation import Vacation
from stalker.scheduling.tjp import statement

if TYPE_CHECKING:
    from stalker.models.auth import User
    from stalker.models.department import Department
    from stalker.models.project import Project

__all__ = ["Studio"]

_is_user = optional(instance_of("User"))
_is_message = optional(text())
_user = {"rules": (_is_user,)}
_moment = {"rules": (optional(aware()),)}


def _resolution(studio: Studio, value: Any) -> timedelta:
    where = f"{type(studio).__name__}.timing_resolution"
    value = default(lambda: stalker.defaults.timing_resolution)(value, where)
    resolution: timedelta = instance_of(timedelta)(value, where)
    if resolution < timedelta(seconds=1):
        raise wrong_value(where, "at least a second", value)
    return resolution


class Studio(Entity, DateRangeMixin, WorkingHoursMixin):
    """The company: calendar, working time, a view on everything, and the entry to scheduling.

    Normally there is one. Its working time overrides that of the configuration as long as its
    database is bound; `push_defaults=False` makes one that keeps its values to itself. `start` and
    `end` are the frame of the schedule, and should span all work.
    """

    __auto_name__: ClassVar[bool] = False

    studio_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    #: the grid on which dates are planned
    timing_resolution: Mapped[timedelta] = mapped_column(Interval, info={"check": _resolution})
    #: somebody is planning right now; set by whoever does
    is_scheduling: Mapped[bool] = mapped_column(default=False, info={"rules": (as_bool(),)})
    is_scheduling_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("Users.id", ondelete="SET NULL")
    )
    #: who is planning right now
    is_scheduling_by: Mapped[User | None] = relationship(
        foreign_keys=[is_scheduling_by_id], info=_user
    )
    #: since when somebody is planning, in UTC
    scheduling_started_at: Mapped[datetime | None] = mapped_column(GenericDateTime, info=_moment)
    #: when the last run ended, in UTC
    last_scheduled_at: Mapped[datetime | None] = mapped_column(GenericDateTime, info=_moment)
    last_scheduled_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("Users.id", ondelete="SET NULL")
    )
    #: who asked for the last run
    last_scheduled_by: Mapped[User | None] = relationship(
        foreign_keys=[last_scheduled_by_id], info=_user
    )
    #: what the last run said; of one that failed, its error
    last_schedule_message: Mapped[str | None] = mapped_column(Text, info={"rules": (_is_message,)})
    #: whether the last run gave a plan; `None` before the first one
    last_schedule_succeeded: Mapped[bool | None] = mapped_column(
        info={"rules": (optional(instance_of(bool)),)}
    )

    def __init__(
        self,
        daily_working_hours: int | None = None,
        now: datetime | None = None,
        timing_resolution: timedelta | None = None,
        push_defaults: bool = True,
        **kwargs: Any,
    ) -> None:
        # dates are rounded to it
        self.timing_resolution = timing_resolution  # type: ignore[assignment]
        super().__init__(**kwargs)
        if daily_working_hours is not None:
            self.daily_working_hours = daily_working_hours
        self.now = now
        self.is_scheduling = False
        self.__dict__[_KEEPS_TO_ITSELF] = not push_defaults

    def _take_effect(self) -> None:
        self._push()

    # --- Time -------------------------------------------------------------------------------------

    def _grid(self) -> timedelta:
        # only a half-made studio has none
        return self.timing_resolution or super()._grid()

    @property
    def now(self) -> datetime:
        """The moment that counts as the present; the real one as long as none was set, rounded."""
        if self.__dict__.get("_now") is None:
            self.__dict__["_now"] = round_time(utc_now(), stalker.defaults.timing_resolution)
        moment: datetime = self.__dict__["_now"]
        return moment

    @now.setter
    def now(self, moment: datetime | None) -> None:
        if moment is not None:
            moment = self.round_time(as_utc(moment, f"{type(self).__name__}.now"))
        self.__dict__["_now"] = moment

    @property
    def daily_working_hours(self) -> int:
        """What "a day" means as a unit of work; that of `working_hours`."""
        return self.working_hours.daily_working_hours

    @daily_working_hours.setter
    def daily_working_hours(self, hours: int | None) -> None:
        self.working_hours.daily_working_hours = hours  # type: ignore[assignment]

    @property
    def weekly_working_hours(self) -> float:
        """Hours of work in a week."""
        return self.working_hours.weekly_working_hours

    @property
    def weekly_working_days(self) -> int:
        """Days of a week with any work."""
        return self.working_hours.weekly_working_days

    @property
    def yearly_working_days(self) -> int:
        """Days of a year with any work."""
        return self.working_hours.yearly_working_days

    def to_unit(
        self, from_timing: float, from_unit: str, to_unit: str, working_hours: bool = True
    ) -> NoReturn:
        """Not available: `to_seconds()` and `to_unit()` of what is scheduled are."""
        raise NotImplementedError("Studio.to_unit() is not available")

    # --- Configuration ----------------------------------------------------------------------------

    def update_defaults(self) -> None:
        """Let the working time of this studio count instead of the configured one.

        Zero and `None` leave what counts now as it is.
        """
        values = {key: getattr(self, key) for key in _PUSHED}
        stalker.defaults.override({key: value for key, value in values.items() if value}, self)

    def _push(self) -> None:
        session = object_session(self)
        # that of another database decides nothing here
        is_ours = session is None or (is_bound(session) and session.get_bind() is _bound())
        if is_ours and self.working_hours is not None and not self.__dict__.get(_KEEPS_TO_ITSELF):
            self.update_defaults()

    # --- Everything there is ----------------------------------------------------------------------

    def _all(self, name: str, *conditions: Any) -> list[Any]:
        kind = named(name)
        session = object_session(self) or DBSession()
        with quiet:
            return list(session.scalars(select(kind).where(*conditions).order_by(kind.id)))

    @property
    def projects(self) -> list[Project]:
        """All projects of the database."""
        return self._all("Project")

    @property
    def active_projects(self) -> list[Project]:
        """The projects that are worked on."""
        return self._all("Project", named("Project").active)

    @property
    def inactive_projects(self) -> list[Project]:
        """The projects that rest."""
        return self._all("Project", ~named("Project").active)

    @property
    def departments(self) -> list[Department]:
        """All departments of the database."""
        return self._all("Department")

    @property
    def users(self) -> list[User]:
        """All people of the database, the administrator among them."""
        return self._all("User")

    @property
    def vacations(self) -> list[Vacation]:
        """When the whole studio is away."""
        return self._all("Vacation", Vacation.user_id.is_(None))

    # --- Scheduling -------------------------------------------------------------------------------

    @property
    def scheduler(self) -> SchedulerBase | None:
        """What plans the work; not stored."""
        return self.__dict__.get("_scheduler")

    @scheduler.setter
    def scheduler(self, scheduler: SchedulerBase | None) -> None:
        rule = optional(instance_of(SchedulerBase))
        self.__dict__["_scheduler"] = rule(scheduler, f"{type(self).__name__}.scheduler")

    def acquire_schedule_lock(self, user: User | None = None) -> bool:
        """Become the one who plans, and say whether that succeeded; commit at once.

        Nobody else plans then until `schedule()` is over, or the lease of the lock is: see
        `defaults.schedule_lock_lease`.
        """
        with quiet:
            _is_user(user, f"{type(self).__name__}.acquire_schedule_lock(user)")
        return lock.acquire(self, user)

    def schedule(self, scheduled_by: User | None = None) -> str | None:
        """Let the scheduler plan, note who did it and what it said, and return that.

        The caller commits. Raises `RuntimeError` without a scheduler, or while somebody else plans;
        an error of the scheduler is noted and passed on. Where the session has to be rolled back
        first, because a flush has failed, nothing can be noted: `services.planning` does that.
        """
        scheduler = self.scheduler
        if scheduler is None:
            raise RuntimeError(f"{type(self).__name__}.scheduler of {self!r} must be set before")
        with quiet:
            _is_user(scheduled_by, f"{type(self).__name__}.schedule(scheduled_by)")
            lock.refuse_other_run(self)
            started = utc_now()
            # not written yet: on SQLite nobody else could write anything while it runs
            set_committed_value(self, "scheduling_started_at", started)
            scheduler.studio = self
        try:
            message: str | None = _is_message(
                scheduler.schedule(), f"{type(scheduler).__name__}.schedule()"
            )
        except BaseException as error:
            self._note_run(started, lock.error_text(error), False, scheduled_by)
            raise
        self._note_run(started, message, True, scheduled_by)
        return message

    def _refuse_other_run(self) -> None:
        lock.refuse_other_run(self)

    def _note_run(
        self, started: datetime, message: str | None, succeeded: bool, user: User | None
    ) -> None:
        session = object_session(self)
        if session is None or session.is_active:
            lock.note_run(self, message, succeeded, user)
            self.scheduling_started_at = started
            flag_modified(self, "scheduling_started_at")

    @property
    def to_tjp(self) -> str:
        """The header of a TaskJuggler project; dates in UTC."""
        return statement("tjp_studio_template", studio=self, datetime=datetime, now=self.now)


def _bound() -> Any:
    """Return what `db.setup()` has connected to."""
    return DBSession.session_factory.kw.get("bind")


_KEEPS_TO_ITSELF = "_keeps_to_itself"
_PUSHED = (
    "daily_working_hours",
    "weekly_working_days",
    "weekly_working_hours",
    "yearly_working_days",
    "timing_resolution",
)


def _round_again(studio: Studio, assign: Callable[[], None]) -> None:
    assign()
    studio._set_range(studio._start, studio._end, studio._duration)
    studio._push()


def _and_push(studio: Studio, assign: Callable[[], None]) -> None:
    assign()
    studio._push()


def _note_since(studio: Studio, assign: Callable[[], None]) -> None:
    assign()
    if studio.is_scheduling:
        studio.scheduling_started_at = utc_now()
        lock.note_own_flag(studio, studio.scheduling_started_at)


Studio.__effects__ = {
    "timing_resolution": _round_again,
    "working_hours": _and_push,
    "is_scheduling": _note_since,
}


@event.listens_for(Studio, "load", propagate=True)
@event.listens_for(Studio, "refresh", propagate=True)
def _loaded(studio: Studio, context: Any, attributes: Any = None) -> None:
    # what is loaded in parts tells when `db.setup()` asks for all of it
    if {"timing_resolution", "working_hours"} <= studio.__dict__.keys():
        studio._push()
