"""What a scheduler answers: dates and artists of every task, and what to know about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


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


@dataclass(frozen=True, slots=True)
class Result:
    """A plan."""

    #: every task of the problem, containers too, in the order of definition
    tasks: dict[str, Planned]
    warnings: tuple[Notice, ...] = ()
    #: what the plan breaks; empty unless it was made with ``strict=False``
    faults: tuple[Fault, ...] = ()
