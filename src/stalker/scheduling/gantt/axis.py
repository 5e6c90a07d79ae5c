"""From moments to positions: how much time a pixel is, and what is written over the days."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from stalker.scheduling.gantt.text import DAYS, MONTHS, text_width

DAY = timedelta(days=1)
#: pixels of a day that are aimed at, and the widths of a chart within which that is followed
DAY_PIXELS = 4.0
WIDTHS = (1400.0, 4800.0)
#: a day is never wider than this: a plan of an hour is not stretched over the whole page
WIDEST_DAY = 600.0
#: where days are wider than this, nights are drawn
NIGHT_PIXELS = 100.0
TICK_SIZE = 10.0

Labels = Callable[[datetime], str]


@dataclass(frozen=True, slots=True)
class Tick:
    """A stretch of the axis; the label is empty where it has no room."""

    x: float
    width: float
    label: str


@dataclass(frozen=True, slots=True)
class Level:
    """One way to divide the axis: the smallest unit that has room for its labels is taken."""

    #: length of a unit about, in days
    days: float
    #: what a unit takes at least, in pixels
    pixels: float
    edges: Callable[[datetime], datetime]
    label: Labels
    outer: Callable[[datetime], datetime]
    outer_label: Labels


@dataclass(frozen=True, slots=True)
class Axis:
    """A stretch of time on paper; positions begin at 0 and are pixels."""

    start: datetime
    end: datetime
    zone: ZoneInfo
    #: pixels of a second
    scale: float
    #: months over days, for example
    majors: tuple[Tick, ...]
    minors: tuple[Tick, ...]

    def x(self, moment: datetime) -> float:
        """Return where *moment* is; outside of the axis, its nearest end."""
        moment = min(max(moment, self.start), self.end)
        return (moment - self.start).total_seconds() * self.scale

    @property
    def width(self) -> float:
        """Pixels from end to end."""
        return (self.end - self.start).total_seconds() * self.scale

    @property
    def day(self) -> float:
        """Pixels of a day."""
        return 86400 * self.scale

    @property
    def nights(self) -> bool:
        """Whether there is room to show the hours of a day."""
        return self.day > NIGHT_PIXELS

    def days(self) -> list[datetime]:
        """Return where days begin, and the end of the axis."""
        return list(_edges(self.start, self.end, self.zone, _next_day))


def axis(first: datetime, last: datetime, zone: ZoneInfo, width: float | None = None) -> Axis:
    """Return whole days from *first* to *last*, on *width* pixels if that is given.

    Without it, a day takes a few pixels, more where the plan is short, fewer where it is very long.
    """
    start = _midnight(first.astimezone(zone))
    end = _midnight(last.astimezone(zone))
    if end < last or end <= start:
        end = _next_day(end)
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    days = (end - start) / DAY
    if width is None:
        width = min(max(days * DAY_PIXELS, WIDTHS[0]), WIDTHS[1], days * WIDEST_DAY)
    scale = width / (end - start).total_seconds()
    level = next((each for each in LEVELS if each.days * width / days >= each.pixels), LEVELS[-1])
    return Axis(
        start,
        end,
        zone,
        scale,
        tuple(_ticks(start, end, zone, scale, level.outer, level.outer_label)),
        tuple(_ticks(start, end, zone, scale, level.edges, level.label)),
    )


def _ticks(
    start: datetime,
    end: datetime,
    zone: ZoneInfo,
    scale: float,
    following: Callable[[datetime], datetime],
    label: Labels,
) -> Iterator[Tick]:
    edges = list(_edges(start, end, zone, following))
    for begin, until in itertools.pairwise(edges):
        x = (begin - start).total_seconds() * scale
        width = (until - begin).total_seconds() * scale
        text = label(begin.astimezone(zone))
        yield Tick(x, width, text if text_width(text, TICK_SIZE) + 4 <= width else "")


def _edges(
    start: datetime, end: datetime, zone: ZoneInfo, following: Callable[[datetime], datetime]
) -> Iterator[datetime]:
    """Yield *start*, the edges after it, and *end*."""
    moment = start
    while moment < end:
        yield moment
        after = following(moment.astimezone(zone)).astimezone(UTC)
        # a wall clock that is turned back shows some hours twice
        moment = after if after > moment else moment + timedelta(hours=1)
    yield end


# --- what follows on the wall clock -------------------------------------------------------------


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)


def _next_day(moment: datetime) -> datetime:
    return _midnight(moment + DAY)


def _hours(count: int) -> Callable[[datetime], datetime]:
    def following(moment: datetime) -> datetime:
        return _midnight(moment) + timedelta(hours=(moment.hour // count + 1) * count)

    return following


def _next_week(moment: datetime) -> datetime:
    return _midnight(moment + (7 - moment.weekday()) * DAY)


def _months(count: int) -> Callable[[datetime], datetime]:
    def following(moment: datetime) -> datetime:
        month = (moment.month - 1) // count * count + count
        return _midnight(
            moment.replace(year=moment.year + month // 12, month=month % 12 + 1, day=1)
        )

    return following


# --- what is written ----------------------------------------------------------------------------


def _day(moment: datetime) -> str:
    return f"{moment.day}"


def _weekday(moment: datetime) -> str:
    return f"{DAYS[moment.weekday()]} {moment.day}"


def _month(moment: datetime) -> str:
    return MONTHS[moment.month - 1]


def _month_year(moment: datetime) -> str:
    return f"{_month(moment)} {moment.year}"


def _quarter(moment: datetime) -> str:
    return f"Q{(moment.month + 2) // 3}"


def _year(moment: datetime) -> str:
    return f"{moment.year}"


def _nothing(moment: datetime) -> str:
    return ""


def _date(moment: datetime) -> str:
    return f"{_weekday(moment)} {_month_year(moment)}"


def _hour(moment: datetime) -> str:
    return f"{moment.hour:02}"


LEVELS = (
    *(Level(n / 24, 20, _hours(n), _hour, _next_day, _date) for n in (1, 2, 3, 6)),
    Level(1, 42, _next_day, _weekday, _months(1), _month_year),
    Level(1, 18, _next_day, _day, _months(1), _month_year),
    Level(7, 18, _next_week, _day, _months(1), _month_year),
    Level(30, 30, _months(1), _month, _months(12), _year),
    Level(91, 22, _months(3), _quarter, _months(12), _year),
    *(Level(n * 365, 34, _months(n * 12), _year, _months(1200), _nothing) for n in (1, 5, 25)),
)
