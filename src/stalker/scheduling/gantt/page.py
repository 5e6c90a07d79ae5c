"""A chart as a page that needs nothing but itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, Template
from markupsafe import Markup

from stalker.scheduling.gantt.colours import DARK, LIGHT, variables
from stalker.scheduling.gantt.drawing import (
    HEAD,
    PATTERNS,
    arrow,
    background,
    header,
    load,
    number,
    task,
)
from stalker.scheduling.gantt.files import read
from stalker.scheduling.gantt.geometry import INDENT, Arrow, Layout, Row, Shape
from stalker.scheduling.gantt.summary import Summary

#: pixels of a sheet of A3 between its margins
SHEET = 1510.0

LEGEND = (
    ('<path class="range h3" d="M2 4.5h26v11h-26z"/><path class="work h3" d="M2 4.5h10v11h-10z'
     'M18 4.5h10v11h-10z"/>', "a task, stronger where somebody works on it"),
    ('<path class="work h3" d="M2 4.5h26v11h-26z"/><path class="logged" d="M2 4.5h26v11h-26z"/>',
     "work that is logged"),
    ('<path class="milestone h3" d="M15 3l7 7l-7 7l-7-7z"/>', "milestone"),
    ('<path class="range h3" d="M3 4.5h24v11h-24z"/><path class="outline" d="M3 4.5h24v11h-24z"/>',
     "critical chain"),
    ('<path class="deadline" d="M12 17v-15l-6 3.5l6 3.5"/>'
     '<path class="deadline late" d="M26 17v-15l-6 3.5l6 3.5"/>', "due, missed"),
    ('<path class="arrow chain" d="M1 10h28"/>', "… waits for a task"),
    ('<path class="arrow artist" d="M1 10h28"/>', "… waits for an artist"),
    ('<rect class="off" width="30" height="20"/>', "nobody works"),
    ('<rect class="vacation" width="30" height="20"/>', "the studio is closed"),
    ('<path class="leave" d="M0 1h30v18h-30z"/>', "an artist is away, or at other work"),
    ('<path class="part" d="M2 10h8v8h-8z"/><path class="full" d="M11 3h8v15h-8z"/>'
     '<path class="over" d="M20 3h8v15h-8z"/>', "partly busy, fully, more than that"),
)  # fmt: skip


def page(layout: Layout, summary: Summary) -> str:
    """Return the page."""
    width = layout.width
    legend = "".join(f"<li><svg>{drawn}</svg>{words}</li>" for drawn, words in LEGEND)
    return _template().render(
        summary=summary,
        light=variables(LIGHT),
        dark=variables(DARK),
        style=_drawn(read("page.css") + read("drawing.css")),
        script=_drawn(read("page.js")),
        names=number(layout.names),
        days=number(width),
        whole=number(layout.names + width),
        zoom=f"{min(1.0, SHEET / (layout.names + width)):.3f}",
        legend=_drawn(legend),
        background=_drawn(PATTERNS + background(layout)),
        head=number(HEAD),
        header=_drawn(header(layout, summary.now)),
        rows=_rows(layout),
        loads=_loads(layout),
    )


@cache
def _template() -> Template:
    return Environment(autoescape=True).from_string(read("page.html"))


def _drawn(parts: str) -> Markup:
    """Return what has been escaped already, or is our own, for the template."""
    return Markup(parts)  # noqa: S704


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the table."""

    name: str
    drawn: Markup
    kind: str = ""
    depth: int = 0
    indent: str = "0"
    total: str = ""
    words: str = ""


def _rows(layout: Layout) -> Iterator[_Row]:
    """Yield the tasks, each with the arrows that end there."""
    ending: defaultdict[int, list[Arrow]] = defaultdict(list)
    for each in layout.arrows:
        ending[each.target].append(each)
    for row in layout.rows:
        drawn = "".join(arrow(each, row.y) for each in ending[row.number]) + task(row)
        indent = number(row.depth * INDENT + 3)
        yield _Row(row.name, _drawn(drawn), _kind(row), row.depth, indent)


def _kind(row: Row) -> str:
    kinds = {
        "above": row.holds,
        "critical": row.critical,
        "faulty": row.faulty or row.shape == Shape.NOTHING,
    }
    return " ".join(kind for kind, given in kinds.items() if given)


def _loads(layout: Layout) -> Iterator[_Row]:
    for row in layout.loads:
        total = "" if row.total is None else f"{row.total:.0f} %"
        yield _Row(row.name, _drawn(load(row)), total=total, words=row.words)
