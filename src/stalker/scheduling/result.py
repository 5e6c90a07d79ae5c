"""What a scheduler answers: dates and artists of every task, and what to know about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from stalker.scheduling.problem import Interval


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that a problem, or its plan, breaks."""

    #: the rule in TaskJuggler's words, for programs
    id: str
    #: id of the task or artist, empty for the plan as a whole
    entity: str
    #: one sentence for the coordinator
    text: str
    #: the dates involved
    start: datetime | None = None
    end: datetime | None = None

    def __str__(self) -> str:
        return f"{self.text} [{self.id}]"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the plan does, and that somebody should know: never an error."""

    #: ``maxend``, ``broken_persistence``, ``overbooked_effort``, ``allocate_no_assigned`` …
    id: str
    task: str
    #: one sentence for the coordinator
    text: str
    artist: str = ""
    moment: datetime | None = None

    def __str__(self) -> str:
        return f"{self.text} [{self.id}]"


@dataclass(frozen=True, slots=True)
class Planned:
    """Where a task lies. Dates are `None` only in plans that were made with ``strict=False``."""

    start: datetime | None
    end: datetime | None
    #: ids in the order of their first work on the task; empty for containers
    artists: tuple[str, ...] = ()


class Cause(StrEnum):
    """What decides a date."""

    #: the plan starts or ends there
    FRAME = "frame"
    #: nothing is planned in the past
    NOW = "now"
    #: the task has a fixed date
    GIVEN = "given"
    #: work has been logged
    LOGGED = "logged"
    #: another task has to be done, or begun, before
    DEPENDENCY = "dependency"
    #: the container does not start before
    PARENT = "parent"
    #: a container is where its parts are
    CHILD = "child"
    #: the artist works on something else; on no task if that is not part of the plan
    BUSY = "busy"
    #: the artist is away
    VACATION = "vacation"
    #: nobody works at that time of the day or week
    WORKING_HOURS = "working hours"
    #: the task takes so much work, working time, or time
    EFFORT = "effort"
    LENGTH = "length"
    DURATION = "duration"
    #: the task takes no time
    MILESTONE = "milestone"
    #: the rest of the plan is too short
    NO_ROOM = "no room"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a task does not begin earlier, or does not end earlier."""

    cause: Cause
    #: for the coordinator
    text: str
    #: id of the task that is waited for, if it is one
    task: str = ""
    artist: str = ""
    #: until when that lasts
    moment: datetime | None = None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Explanation:
    """The reasons of one task."""

    start: Reason
    end: Reason
    #: what the artists of an effort do between its start and its end instead
    delays: tuple[Reason, ...] = ()

    def __str__(self) -> str:
        text = f"starts there because {self.start}; ends there because {self.end}"
        return text + "".join(f"; {delay}" for delay in self.delays)


@dataclass(frozen=True, slots=True)
class Work:
    """When one artist works on one task."""

    artist: str
    #: in the order of time; they neither overlap nor touch
    times: tuple[Interval, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """A plan."""

    #: every task of the problem, containers too, in the order of definition
    tasks: dict[str, Planned]
    warnings: tuple[Notice, ...] = ()
    #: what the plan breaks; empty unless it was made with ``strict=False``
    faults: tuple[Fault, ...] = ()
    #: by task id; only if they were asked for
    reasons: dict[str, Explanation] = field(default_factory=dict)
    #: by task id, of tasks that somebody works on; only if it was asked for
    work: dict[str, tuple[Work, ...]] = field(default_factory=dict)

    def chain(self, task: str) -> tuple[str, ...]:
        """Return the ids of the leaves that decide when *task* ends, the earliest first.

        Each one ends when it does because of the one before: it waits for it, or for the artist.
        The reasons must have been asked for.
        """
        found: dict[str, None] = {}
        while task and task not in found:
            explanation = self.reasons[task]
            if explanation.end.cause == Cause.CHILD:
                task = explanation.end.task
                continue
            found[task] = None
            task = next(
                (
                    reason.task
                    for reason in (*reversed(explanation.delays), explanation.start)
                    if reason.task and reason.cause != Cause.PARENT
                ),
                "",
            )
        return tuple(reversed(found))
