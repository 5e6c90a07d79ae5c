"""What a chart consists of: plain shapes, in pixels from the upper left corner of the days."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import inf

from stalker.scheduling.gantt.axis import Axis

#: height of a row
ROW = 20.0
#: height of a bar in it
BAR = 11.0
#: size of letters
SIZE = 11.0
#: what a level of the hierarchy is moved to the right
INDENT = 13.0
#: room on the right of the days, for labels of what ends last
SIDE = 90.0
#: hues that rows are told apart by
HUES = 9


class Shape(StrEnum):
    """What is drawn in a row."""

    CONTAINER = "container"
    TASK = "task"
    MILESTONE = "milestone"
    #: a task without dates
    NOTHING = "nothing"


class Off(StrEnum):
    """Why a stretch is shaded."""

    #: nobody works at that time of the day or week
    HOURS = "off"
    #: the studio is closed, or an artist is away
    VACATION = "vacation"


class Bond(StrEnum):
    """Why an arrow connects two tasks."""

    DEPENDENCY = "dependency"
    #: the second ends when it does because it waits for the first
    CHAIN = "chain"
    #: the same, but what it waits for is the artist
    ARTIST = "artist"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch from left to right."""

    x: float
    width: float

    @property
    def end(self) -> float:
        """Its right side."""
        return self.x + self.width


@dataclass(frozen=True, slots=True)
class Label:
    """Words that are as wide as that, from their left end on."""

    x: float
    width: float
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A task."""

    id: str
    #: counted from the top, from 0
    number: int
    name: str
    #: how many containers it is in
    depth: int
    shape: Shape
    #: it has parts
    holds: bool
    #: the same for all parts of a container
    hue: int
    #: from its start to its end; `None` without dates
    span: Span | None
    #: when somebody works on it
    work: tuple[Span, ...]
    #: work that has been done
    logged: tuple[Span, ...]
    #: who works on it, or what is wrong with it
    label: Label
    #: where it has to be done
    deadline: float | None
    critical: bool
    #: it breaks a rule
    faulty: bool
    #: all that is known about it, in lines
    words: str

    @property
    def y(self) -> float:
        """Its upper side."""
        return self.number * ROW


@dataclass(frozen=True, slots=True)
class Arrow:
    """From one row to another."""

    source: int
    target: int
    bond: Bond
    #: corners, in turn; the last one has the head
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Shade:
    """A stretch of time in which nobody works."""

    span: Span
    off: Off


@dataclass(frozen=True, slots=True)
class Cell:
    """What an artist has to do in a day, or a week."""

    span: Span
    #: hours that the artist works, `None` if only the tasks are known
    worked: float | None
    #: hours that the artist could work
    available: float
    words: str

    @property
    def percent(self) -> float | None:
        """How much of the time is taken; work in time off is more than all of it."""
        if self.worked is None:
            return None
        if not self.available:
            return inf
        return 100 * self.worked / self.available


@dataclass(frozen=True, slots=True)
class Load:
    """All that an artist has to do."""

    id: str
    #: counted from the top, from 0
    number: int
    name: str
    cells: tuple[Cell, ...]
    away: tuple[Span, ...]
    #: percentage over the whole plan
    total: float | None
    words: str


@dataclass(frozen=True, slots=True)
class Layout:
    """A chart."""

    axis: Axis
    rows: tuple[Row, ...]
    arrows: tuple[Arrow, ...]
    shades: tuple[Shade, ...]
    loads: tuple[Load, ...]
    now: float | None
    #: ids of the tasks that decide the end, the earliest first
    chain: tuple[str, ...]
    #: pixels of the column of names
    names: float

    @property
    def width(self) -> float:
        """Pixels of the days, and of what is written on their right."""
        return self.axis.width + SIDE
