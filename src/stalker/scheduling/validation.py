"""What is wrong with a problem: everything, by name, before anything is planned.

The rules here look at one value or one entity. What tasks do to each other (loops, dates against
dependencies, bookings that meet) is found by the scheduler's own preparation, which
`stalker.scheduling.validate` runs after them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from math import isfinite
from typing import NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stalker.core.dates import EPOCH
from stalker.core.kinds import GapModel, ScheduleModel
from stalker.exceptions import SchedulingError
from stalker.scheduling.amounts import Yardstick, yardstick
from stalker.scheduling.hierarchy import hierarchy_faults, in_order
from stalker.scheduling.problem import (
    RESOLUTIONS,
    Artist,
    Booking,
    Dependency,
    Interval,
    Problem,
    Task,
    Week,
)
from stalker.scheduling.result import Fault

MINUTES_OF_DAY = 24 * 60
HIGHEST_PRIORITY = 1000


def refuse(faults: Iterable[Fault]) -> NoReturn:
    """Raise what was found, with the first fault as the headline."""
    found = tuple(faults)
    first = found[0]
    text = "\n".join(map(str, found))
    raise SchedulingError(
        text,
        id=first.id,
        entity=first.entity,
        faults=found,
        start=first.start,
        end=first.end,
    )


def entity_faults(problem: Problem) -> tuple[Fault, ...]:
    """Return what is wrong with the frame, with artists and with tasks, each on its own."""
    check = _Check(problem)
    check.frame()
    if not check.found:  # nothing can be measured in a frame that is broken
        check.yardstick = yardstick(problem)
        for artist in problem.artists:
            check.artist(artist)
        adrift = tuple(hierarchy_faults(problem))
        check.found += adrift
        # the first fault is that of the first line in a project file
        for task in problem.tasks if adrift else (task for task, _ in in_order(problem)):
            check.task(task)
    return tuple(check.found)


@dataclass
class _Check:
    problem: Problem
    found: list[Fault] = field(default_factory=list)
    artists: frozenset[str] = frozenset()
    yardstick: Yardstick = field(init=False)

    def __post_init__(self) -> None:
        self.artists = frozenset(artist.id for artist in self.problem.artists)

    def add(
        self,
        rule: str,
        entity: str,
        text: str,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> None:
        self.found.append(Fault(rule, entity, text, start, end))

    # --- the plan as a whole -------------------------------------------------------------------

    def frame(self) -> None:
        """The frame, its calendar and its measures."""
        problem = self.problem
        if problem.resolution not in map(_minutes, RESOLUTIONS):
            self.add(
                "resolution",
                "",
                f"The resolution must be one of {', '.join(map(str, RESOLUTIONS))} minutes, "
                f"not {problem.resolution}.",
            )
            return
        sound = [
            self.edge("start", problem.start),
            self.edge("end", problem.end),
            problem.now is None or self.moment("", _name("now"), problem.now),
        ]
        if all(sound) and problem.start >= problem.end:
            self.add(
                "frame",
                "",
                f"The plan must end after its start, {problem.start}, not at {problem.end}: "
                "Studio.end has to be on a later day than Studio.start.",
                problem.start,
                problem.end,
            )
        self.zone()
        self.week("", "The studio", problem.week)
        self.measure("daily_working_hours", problem.daily_working_hours, 24)
        self.measure("yearly_working_days", problem.yearly_working_days, 366)
        self.leaves("", "The studio", chain(problem.leaves, problem.artist_leaves))
        if not problem.tasks:
            self.add("no_tasks", "", "There are no tasks to plan.")

    def edge(self, name: str, moment: datetime) -> bool:
        """Say whether an end of the frame is sound; TaskJuggler takes whole hours, on any grid."""
        if not self.moment("", _name(name), moment):
            return False
        if (moment - EPOCH) % _minutes(60):
            text = f"{_name(name)}, {moment}, must be a whole hour."
            self.add("misaligned_date", "", text, moment)
            return False
        return True

    def zone(self) -> None:
        """The zone of the week: in January its clock differs from UTC by whole steps at most."""
        problem = self.problem
        try:
            zone = ZoneInfo(problem.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.add("zone", "", f"There is no time zone {problem.zone!r}.")
            return
        ahead = datetime(problem.start.year, 1, 1, tzinfo=zone).utcoffset()
        fitting = [each for each in RESOLUTIONS if not ahead or not ahead % _minutes(each)]
        most = max(fitting, default=RESOLUTIONS[0])
        if problem.resolution > _minutes(most):
            self.add(
                "zone",
                "",
                f"The resolution must be at most {most} minutes in {problem.zone}, "
                f"not {problem.resolution}.",
            )

    def measure(self, name: str, value: float, most: int) -> None:
        if not 0 < value <= most:
            self.add(name, "", f"{name} must be more than 0 and at most {most}, not {value}.")

    # --- parts of several entities -------------------------------------------------------------

    def moment(self, entity: str, what: str, moment: datetime) -> bool:
        """Say whether *moment* is aware and lies on the grid."""
        if moment.utcoffset() is None:
            self.add("naive_date", entity, f"{what} has no time zone: {moment}.")
            return False
        if (moment - EPOCH) % self.problem.resolution:
            self.add(
                "misaligned_date",
                entity,
                f"{what}, {moment}, does not lie on the grid of "
                f"{self.problem.resolution // _minutes(1)} minutes.",
                moment,
            )
            return False
        return True

    def interval(self, rule: str, entity: str, what: str, start: datetime, end: datetime) -> bool:
        """Say whether both ends are sound, and the right way round."""
        sound = [self.moment(entity, what, moment) for moment in (start, end)]
        if not all(sound):
            return False
        if start >= end:
            self.add(rule, entity, f"{what} must end after {start}, not at {end}.", start, end)
        return start < end

    def leaves(self, entity: str, who: str, leaves: Iterable[Interval]) -> None:
        for start, end in leaves:
            self.interval("leave_interval", entity, f"{who}: the vacation", start, end)

    def week(self, entity: str, who: str, week: Week) -> None:
        if len(week) != 7:
            self.add("week", entity, f"{who}: a week has seven days, not {len(week)}.")
        for begin, end in chain.from_iterable(week):
            if not 0 <= begin < end <= MINUTES_OF_DAY:
                self.add(
                    "week",
                    entity,
                    f"{who}: working hours must lie between 0 and {MINUTES_OF_DAY} minutes of "
                    f"the day and end after their start, not {begin} - {end}.",
                )

    # --- artists -------------------------------------------------------------------------------

    def artist(self, artist: Artist) -> None:
        who = f"Artist {artist.name!r}"
        if not (isfinite(artist.efficiency) and artist.efficiency >= 0):
            self.add(
                "efficiency",
                artist.id,
                f"{who}: the efficiency must be 0 or more, not {artist.efficiency}.",
            )
        if artist.week is not None:
            self.week(artist.id, who, artist.week)
        self.leaves(artist.id, who, artist.leaves)

    # --- tasks ---------------------------------------------------------------------------------

    def task(self, task: Task) -> None:
        """What the task says by itself."""
        who = f"Task {task.name!r}"
        if task.priority is not None and not 0 <= task.priority <= HIGHEST_PRIORITY:
            self.add(
                "priority",
                task.id,
                f"{who}: the priority must lie between 0 and {HIGHEST_PRIORITY}, "
                f"not {task.priority}.",
            )
        if task.model is not None or task.timing is not None:
            self.timing(task, who)
        for name, moment in (("start", task.start), ("end", task.end), ("maxend", task.maxend)):
            if moment is not None:
                self.date(task.id, f"{who}: the {name}", moment)
        for dependency in task.dependencies:
            if dependency.gap is not None:
                self.gap(task.id, who, dependency)
        for allocation in task.allocations:
            if not allocation.candidates:
                self.add("allocate_nobody", task.id, f"{who}: an allocation names nobody.")
            for artist in allocation.candidates:
                self.known(task.id, who, artist)
        for booking in task.bookings:
            self.booking(task.id, who, booking)

    def timing(self, task: Task, who: str) -> None:
        if task.model is None or task.timing is None:
            self.add("timing", task.id, f"{who}: a timing needs a model, and a model a timing.")
            return
        if not self.amount("timing", task.id, f"{who}: the {task.model}", task.timing.value):
            return
        if task.model != ScheduleModel.DURATION and not self.yardstick.slots(
            task.model, task.timing
        ):
            effort = task.model == ScheduleModel.EFFORT
            self.add(
                "effort_zero" if effort else "working_duration_too_small",
                task.id,
                f"{who}: the {task.model} of {task.timing} is less than one step of the plan.",
            )

    def amount(self, rule: str, entity: str, what: str, value: float) -> bool:
        if isfinite(value) and value >= 0:
            return True
        self.add(rule, entity, f"{what} must be 0 or more, not {value}.")
        return False

    def date(self, entity: str, what: str, moment: datetime) -> None:
        problem = self.problem
        if self.moment(entity, what, moment) and not problem.start <= moment <= problem.end:
            self.add(
                "date_in_range",
                entity,
                f"{what}, {moment}, lies outside of the plan, {problem.start} to {problem.end}.",
                moment,
            )

    def gap(self, entity: str, who: str, dependency: Dependency) -> None:
        gap = dependency.gap
        assert gap is not None  # noqa: S101 - the caller has looked
        what = f"{who}: the gap after {dependency.target!r}"
        if not self.amount("gap", entity, what, gap.value):
            return
        if dependency.gap_model == GapModel.LENGTH:
            if not self.yardstick.slots(GapModel.LENGTH, gap):
                self.add(
                    "working_duration_too_small",
                    entity,
                    f"{what} of {gap} is less than one step of the plan.",
                )
            return
        seconds = self.yardstick.gap_seconds(gap)
        if not seconds:
            self.add("zero_duration", entity, f"{what} of {gap} is nothing.")
        elif seconds % self.yardstick.step:
            self.add(
                "iv_duration_not_aligned",
                entity,
                f"{what} of {gap} is no multiple of {self.problem.resolution}.",
            )

    def known(self, entity: str, who: str, artist: str) -> None:
        if artist not in self.artists:
            self.add("artist_unknown", entity, f"{who}: there is no artist {artist!r}.")

    def booking(self, entity: str, who: str, booking: Booking) -> None:
        """Who worked, and when; the frame is checked where bookings are counted."""
        self.known(entity, who, booking.artist)
        what = f"{who}: the booking of {booking.artist!r}"
        if booking.overtime not in (0, 1, 2):
            self.add("overtime", entity, f"{what} has an overtime of {booking.overtime}, not 0-2.")
        self.interval("booking_interval", entity, what, booking.start, booking.end)


def _name(edge: str) -> str:
    return f"The {edge} of the plan (Studio.{edge})"


def _minutes(number: int) -> timedelta:
    return timedelta(minutes=number)
