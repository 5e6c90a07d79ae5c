"""What the scheduler keeps about tasks and artists while it works.

Dates are numbers of slots from the start of the frame; `None` is a date that is not known yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import NamedTuple

from stalker.core.kinds import AllocationStrategy
from stalker.scheduling.native.calendars import Calendar
from stalker.scheduling.problem import Artist, Problem, Task
from stalker.scheduling.result import Fault, Notice
from stalker.scheduling.validation import refuse


class Worker:
    """An artist, what is free of the artist's time, and how much is wanted of it."""

    __slots__ = ("artist", "board", "booked", "crit", "efficiency", "first", "free", "last", "load")

    def __init__(self, artist: Artist, board: bytearray, free: int) -> None:
        self.artist = artist
        self.efficiency = float(artist.efficiency)
        #: 1 for every slot that is free; the slot at the end of the frame never is
        self.board = board
        #: how many slots are left by leaves and bookings
        self.free = free
        #: first and last slot that was free before anything was booked
        self.first, self.last = board.find(1), board.rfind(1)
        #: slots that are taken by bookings
        self.booked: set[int] = set()
        #: efficiency summed over all booked slots
        self.load: float = 0
        #: slots that are asked for, for each slot that is free
        self.crit = 0.0


class Place:
    """One allocation of a task: who can have it, and who has it."""

    __slots__ = ("candidates", "fixed", "locked", "mandatory", "persistent", "select")

    def __init__(
        self,
        candidates: list[Worker],
        select: AllocationStrategy,
        persistent: bool,
        mandatory: bool,
    ) -> None:
        self.candidates = candidates
        self.select = select
        self.persistent = persistent
        self.mandatory = mandatory
        #: who has begun and is to go on
        self.locked: Worker | None = None
        #: the candidates in the order in which they are tried, where it never changes
        self.fixed: list[Worker] | None = None

    def order(self, chance: Random) -> list[Worker]:
        """Return the candidates in the order in which they are tried now."""
        if self.fixed is not None:
            return self.fixed
        if self.select == AllocationStrategy.MIN_ALLOCATED:
            return sorted(self.candidates, key=lambda worker: (worker.load, worker.crit))
        if self.select == AllocationStrategy.MIN_LOADED:
            return sorted(self.candidates, key=lambda worker: worker.load)
        if self.select == AllocationStrategy.MAX_LOADED:
            return sorted(self.candidates, key=lambda worker: -worker.load)
        return chance.sample(self.candidates, len(self.candidates))


class Link(NamedTuple):
    """A dependency: the other task, and what has to lie between."""

    target: Job
    on_end: bool
    gap_length: int
    gap_duration: int

    def base(self) -> int | None:
        """The date of the other task that counts."""
        return self.target.end if self.on_end else self.target.start


class Job:
    """A task and all that is known about it so far."""

    __slots__ = (
        "begun",
        "beyond",
        "children",
        "counted",
        "crit",
        "done",
        "duration",
        "effort",
        "end",
        "end_reached",
        "end_successors",
        "forward",
        "known",
        "last",
        "length",
        "links",
        "milestone",
        "parent",
        "path",
        "pending",
        "places",
        "priority",
        "queued",
        "rank",
        "runaway",
        "scheduled",
        "seq",
        "start",
        "start_reached",
        "start_successors",
        "task",
        "timed",
        "waits",
        "work",
    )

    def __init__(self, task: Task, seq: int, parent: Job | None) -> None:
        self.task = task
        #: position in the order of definition, and the greatest one of what is below
        self.seq = self.last = seq
        self.parent = parent
        self.children: list[Job] = []
        #: children that are not scheduled
        self.pending = 0
        self.priority = 500
        #: filled from its start on; otherwise from its end backwards
        self.forward = True
        self.effort = self.length = self.duration = 0
        self.milestone = task.milestone
        #: something says how long it takes; a milestone takes no time
        self.timed = task.milestone
        self.start: int | None = None
        self.end: int | None = None
        #: the first work is booked: the start of an effort is not only assumed any more
        self.begun = False
        #: a date has been handed to this side, whatever came of it
        self.start_reached = self.end_reached = False
        self.scheduled = self.runaway = False
        #: it names a dependency, or a container of it does
        self.waits = False
        #: own dependencies after those of the parent
        self.links: list[Link] = []
        #: so many of the first links have a date
        self.known = 0
        self.start_successors: list[Job] = []
        self.end_successors: list[Job] = []
        self.places: list[Place] = []
        #: slots of work so far
        self.done = 0.0
        #: slots of length or duration that are over before placing begins
        self.counted = 0
        #: who works on it, in the order of the first work, and when: first slot, slot after the
        #: last one, and so on, in one flat list
        self.work: dict[Worker, list[int]] = {}
        self.crit = 0.0
        #: criticalness of the way from here to the end, `None` before it was asked for
        self.path: float | None = None
        #: greatest criticalness of what waits for this container or those above, once all are known
        self.beyond: float | None = None
        #: position in the list of work, -1 for what is not in it
        self.rank = -1
        self.queued = False

    def worked(self, worker: Worker, begin: int, end: int) -> None:
        """Note that *worker* works on it from the slot *begin* up to *end*."""
        stretches = self.work.get(worker)
        if stretches is None:
            self.work[worker] = [begin, end]
        elif stretches[-1] == begin:
            stretches[-1] = end
        else:
            stretches += (begin, end)

    def settle(self) -> None:
        """Both dates are final."""
        if not self.scheduled:
            self.scheduled = True
            if self.parent is not None:
                self.parent.pending -= 1

    def holds(self, other: Job) -> bool:
        """Say whether *other* is somewhere below."""
        return self.seq < other.seq <= self.last

    def ancestors(self) -> Iterable[Job]:
        """From the parent up to the root."""
        above = self.parent
        while above is not None:
            yield above
            above = above.parent


@dataclass(slots=True)
class Plan:
    """A problem while it is being solved."""

    problem: Problem
    calendar: Calendar
    #: in the order of definition
    jobs: list[Job]
    workers: dict[str, Worker]
    #: raise the first fault instead of collecting all
    strict: bool
    chance: Random
    #: successors of a start wait until the work has begun, instead of taking an assumed start
    actual_starts: bool
    #: date of `now`
    now: int
    faults: list[Fault] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    #: positions in the list of work of the tasks that can be placed, as a heap
    ready: list[int] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Slots of the frame."""
        return self.calendar.size

    def date(self, slot: int) -> datetime:
        """Return the moment at which *slot* begins."""
        return self.calendar.moment(slot)

    def release(self) -> None:
        """Give the boards back, most of the memory: tasks know each other and go later."""
        for worker in self.workers.values():
            worker.board.clear()

    def say(self, slot: int) -> str:
        """Return the moment at which *slot* begins, as the clocks of the studio show it."""
        return f"{self.date(slot).astimezone(self.calendar.zone):%Y-%m-%d %H:%M}"

    def hours(self, slots: float) -> str:
        """Return so many slots in the unit that people count in."""
        return f"{slots * self.calendar.step / 3600:g} h"

    def fault(
        self, rule: str, job: Job, text: str, start: int | None = None, end: int | None = None
    ) -> None:
        """A rule is broken: raise it, or note it and go on."""
        dates = [None if slot is None else self.date(slot) for slot in (start, end)]
        found = Fault(rule, job.task.id, f"Task {job.task.name!r} {text}", *dates)
        if self.strict:
            refuse([found])
        self.faults.append(found)

    def notice(
        self, rule: str, job: Job, text: str, worker: Worker | None = None, slot: int | None = None
    ) -> None:
        """Something is worth knowing."""
        self.notices.append(
            Notice(
                rule,
                job.task.id,
                f"Task {job.task.name!r} {text}",
                "" if worker is None else worker.artist.id,
                None if slot is None else self.date(slot),
            )
        )
