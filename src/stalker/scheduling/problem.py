"""What is to be planned: plain values, without a database and without a scheduler.

Every moment is an aware `datetime`. Ids are unique among the tasks, and among the artists, of a
problem. An id may be a dotted path ("Project_31.Task_32"): its last part is the name of the task
below its parent, as TaskJuggler counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, TypeAlias

from stalker.core.kinds import (
    AllocationStrategy,
    DependencyTarget,
    GapModel,
    ScheduleModel,
    TimeUnit,
)

#: working time of one weekday: minutes of the local day, each pair from the first up to the second
Spans: TypeAlias = tuple[tuple[int, int], ...]
#: the spans of Monday to Sunday
Week: TypeAlias = tuple[Spans, ...]

#: resolutions that a plan can have, in minutes
RESOLUTIONS = (5, 10, 15, 20, 30, 60)


class Interval(NamedTuple):
    """From one moment up to another, which does not belong to it."""

    start: datetime
    end: datetime


class Amount(NamedTuple):
    """An amount of work or time.

    Whole numbers and floats are different here, as they are for TaskJuggler: ``90`` minutes are one
    slot of an hour, ``90.0`` are two.
    """

    value: int | float
    unit: TimeUnit

    def __str__(self) -> str:
        return f"{self.value}{self.unit}"


@dataclass(frozen=True, slots=True)
class Artist:
    """Somebody, or something, that can work on one task at a time."""

    id: str
    #: work that is done in one slot, in slots; 0 is present without getting anything done
    efficiency: float = 1.0
    #: when nothing of the problem can be given to the artist
    leaves: tuple[Interval, ...] = ()
    #: own working hours, `None` for those of the studio
    week: Week | None = None
    #: how messages name the artist; the id where it is empty
    label: str = ""
    #: the leaves in which the artist works on what is not part of the problem, and is not away
    elsewhere: tuple[Interval, ...] = ()

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.label or self.id


@dataclass(frozen=True, slots=True)
class Dependency:
    """A task may not begin before another one ended, or began."""

    target: str
    on: DependencyTarget = DependencyTarget.ON_END
    #: what lies between the two at least, counted as `gap_model` says
    gap: Amount | None = None
    gap_model: GapModel = GapModel.LENGTH


@dataclass(frozen=True, slots=True)
class Allocation:
    """One place at a task, and who may take it."""

    #: ids of artists in the order of preference
    candidates: tuple[str, ...]
    select: AllocationStrategy = AllocationStrategy.MIN_ALLOCATED
    #: who has begun goes on, even where somebody else were free earlier
    persistent: bool = False
    #: nobody works on the task in slots in which this place stays empty
    mandatory: bool = False


@dataclass(frozen=True, slots=True)
class Booking:
    """Work that has been done: it is never moved."""

    artist: str
    start: datetime
    end: datetime
    #: 0 counts in working hours only, 1 also outside of them, 2 also in vacations
    overtime: int = 2


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work, or a container of them.

    An `end` without a `start` makes a task that is placed as late as possible.
    """

    id: str
    parent: str | None = None
    #: 0 to 1000, `None` for that of the parent; 500 where nobody says anything
    priority: int | None = None
    dependencies: tuple[Dependency, ...] = ()
    #: what `timing` measures; both or none of them are given
    model: ScheduleModel | None = None
    timing: Amount | None = None
    milestone: bool = False
    start: datetime | None = None
    end: datetime | None = None
    #: a later end is worth a warning
    maxend: datetime | None = None
    allocations: tuple[Allocation, ...] = ()
    bookings: tuple[Booking, ...] = ()
    #: how messages name the task; the id where it is empty
    label: str = ""

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.label or self.id


@dataclass(frozen=True, slots=True)
class Problem:
    """A studio and its work, as one plan."""

    #: nothing is planned before `start` or after `end`
    start: datetime
    end: datetime
    #: the step of all dates
    resolution: timedelta
    #: working hours of the studio
    week: Week
    #: in the order in which they are defined; children may follow their parent at any distance
    tasks: tuple[Task, ...]
    artists: tuple[Artist, ...] = ()
    #: what is not booked before this moment is planned after it; `None` for the start
    now: datetime | None = None
    #: IANA name of the zone in which `week` is meant
    zone: str = "UTC"
    #: how many hours a "day" of work has; whole numbers and floats differ, see `Amount`
    daily_working_hours: int | float = 8
    #: how many working days a "year" of work has
    yearly_working_days: int | float = 260.714
    #: nobody works, and no length passes
    leaves: tuple[Interval, ...] = ()
    #: nobody works, but lengths pass: TaskJuggler's vacations of a group of resources
    artist_leaves: tuple[Interval, ...] = ()
    #: plan from `now` on; without it work is planned as if nothing had happened yet
    projection: bool = True


def same_week(day: Sequence[tuple[int, int]], days: int = 5) -> Week:
    """Return a week with the same spans on its first *days* and no work on the others."""
    spans = tuple((begin, end) for begin, end in day)
    return tuple(spans if weekday < days else () for weekday in range(7))
