"""Shapes as SVG. Colours are classes: the style sheet has them, for paper and for dark screens."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from math import inf

from stalker.scheduling.gantt.axis import Axis, Tick
from stalker.scheduling.gantt.geometry import (
    BAR,
    ROW,
    Arrow,
    Bond,
    Cell,
    Layout,
    Load,
    Row,
    Shape,
    Span,
)

#: lines of the header: months, days, and the flag of now
LINE = 16.0
HEAD = 3 * LINE
#: least width of what is drawn
THIN = 1.5
#: a bar of load has this height if all time is taken
FULL = 15.0
#: cells of this width have numbers
WORDY = 34.0
TOP = (ROW - BAR) / 2

PATTERNS = (
    '<defs><pattern id="logged" width="4" height="4" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect class="stripe" width="1.6" height="4"/></pattern>'
    '<pattern id="over" width="5" height="5" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect class="over" width="5" height="5"/>'
    '<rect class="gap" width="1.5" height="5"/></pattern>'
    '<pattern id="away" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(-45)"><rect class="away" width="2" height="6"/></pattern></defs>'
)


def number(value: float) -> str:
    """Return *value* with a tenth of a pixel, as short as possible."""
    return f"{value:.1f}".removesuffix(".0")


def text(x: float, y: float, words: str, kind: str) -> str:
    """Return *words* that begin at *x*."""
    return f'<text class="{kind}" x="{number(x)}" y="{number(y)}">{escape(words)}</text>'


def title(words: str) -> str:
    """Return what is shown when the pointer rests."""
    return f"<title>{escape(words)}</title>"


# --- behind the rows ------------------------------------------------------------------------------


def background(layout: Layout) -> str:
    """Return shades, lines and now, as high as what they are drawn in."""
    drawn = [
        f'<rect class="{shade.off}" x="{number(shade.span.x)}" '
        f'width="{number(max(shade.span.width, 1.0))}" height="100%"/>'
        for shade in layout.shades
    ]
    drawn += [_line(tick.x, "minor") for tick in layout.axis.minors]
    drawn += [_line(tick.x, "major") for tick in layout.axis.majors]
    if layout.now is not None:
        drawn.append(_line(layout.now, "now"))
    return "".join(drawn)


def _line(x: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{number(x)}" x2="{number(x)}" y2="100%"/>'


# --- above the rows -------------------------------------------------------------------------------


def header(layout: Layout, now: str) -> str:
    """Return the dates; *now* is what is written on the flag of now."""
    axis = layout.axis
    drawn = [
        *_ticks(axis.majors, 0.0, "major"),
        *_ticks(axis.minors, LINE, "minor"),
    ]
    if layout.now is not None:
        drawn.append(_flag(layout.now, axis, now))
    return "".join(drawn)


def _ticks(ticks: Iterable[Tick], y: float, kind: str) -> Iterable[str]:
    for tick in ticks:
        x = number(tick.x)
        yield f'<line class="{kind}" x1="{x}" x2="{x}" y1="{number(y)}" y2="{number(HEAD)}"/>'
        if tick.label:
            yield text(tick.x + 3, y + LINE - 4, tick.label, kind)


def _flag(x: float, axis: Axis, words: str) -> str:
    right = x > axis.width / 2
    anchor = ' text-anchor="end"' if right else ""
    return (
        f'<line class="now" x1="{number(x)}" x2="{number(x)}" y1="{number(2 * LINE)}" '
        f'y2="{number(HEAD)}"/><text class="flag"{anchor} x="{number(x - 4 if right else x + 4)}" '
        f'y="{number(HEAD - 4)}">{escape(words)}</text>'
    )


# --- rows -----------------------------------------------------------------------------------------


def task(row: Row) -> str:
    """Return what is drawn in *row*, from its upper side on."""
    kind = "task critical" if row.critical else "task"
    label = row.label
    written = text(label.x, ROW / 2 + 4, label.text, "label") if label.text else ""
    return f'<g class="{kind}">{title(row.words)}{_shape(row)}{_deadline(row)}{written}</g>'


def _shape(row: Row) -> str:
    if row.span is not None and row.shape == Shape.CONTAINER:
        return f'<path class="container" d="{_bracket(row.span)}"/>'
    if row.span is not None and row.shape == Shape.MILESTONE:
        return (
            f'<path class="milestone h{row.hue}" '
            f'd="M{number(row.span.x)} {number(ROW / 2 - 7)}l7 7l-7 7l-7-7z"/>'
        )
    whole = [] if row.span is None else [row.span]
    layers = (
        (f"range h{row.hue}" if row.work else f"range alone h{row.hue}", whole),
        (f"work h{row.hue}", row.work),
        ("logged", row.logged),
        ("outline", whole if row.critical else ()),
    )
    return "".join(f'<path class="{kind}" d="{_boxes(on)}"/>' for kind, on in layers if on)


def _bracket(span: Span) -> str:
    width = max(span.width, THIN)
    tip = min(4.0, width / 2)
    return (
        f"M{number(span.x)} {number(ROW / 2 - 3)}h{number(width)}v8"
        f"l{number(-tip)}-4h{number(2 * tip - width)}l{number(-tip)} 4z"
    )


def _boxes(spans: Iterable[Span], top: float = TOP, height: float = BAR) -> str:
    """Return a path around all *spans*."""
    return "".join(
        f"M{number(span.x)} {number(top)}h{number(width)}v{number(height)}h{number(-width)}z"
        for span in spans
        for width in [max(span.width, THIN)]
    )


def _deadline(row: Row) -> str:
    if row.deadline is None:
        return ""
    late = row.span is not None and row.span.end > row.deadline
    kind = "deadline late" if late else "deadline"
    return f'<path class="{kind}" d="M{number(row.deadline)} 17v-15l-6 3.5l6 3.5"/>'


def arrow(shape: Arrow, top: float) -> str:
    """Return an arrow below *top*.

    The height of its source is only in the first pair of numbers, where the page moves it when
    rows between the two are hidden.
    """
    (x, y), *corners = shape.points
    path = f"M{number(x)} {number(y - top)}"
    before = (x, y)
    for corner in corners:
        if corner[1] == before[1]:
            path += f"H{number(corner[0])}"
        else:
            path += f"V{number(corner[1] - top)}"
        before, last = corner, before
    path += "m-4-3l4 3l-4 3" if last[1] == before[1] else _upright(last[1] < before[1])
    kind = "arrow" if shape.bond == Bond.DEPENDENCY else f"arrow {shape.bond}"
    return f'<path class="{kind}" data-from="{shape.source}" d="{path}"/>'


def _upright(down: bool) -> str:
    return "m-3-4l3 4l3-4" if down else "m-3 4l3-4l3 4"


# --- load -----------------------------------------------------------------------------------------


def load(row: Load) -> str:
    """Return how busy an artist is, from the upper side of the row on."""
    away = f'<path class="leave" d="{_boxes(row.away, 1.0, ROW - 2)}"/>' if row.away else ""
    return "".join(map(_cell, row.cells)) + away


def _cell(cell: Cell) -> str:
    percent = cell.percent
    if percent is None:
        kind, height = "busy", FULL / 2
    else:
        kind = "over" if percent > 100.5 else "full" if percent > 99.5 else "part"
        height = max(min(percent, 100.0) / 100 * FULL, 1.0)
    left, width = cell.span.x, max(cell.span.width, THIN)
    inner = width - 1 if width > 4 else width
    bar = _boxes([Span(left + (width - inner) / 2, inner)], ROW - 2 - height, height)
    drawn = f'<path class="{kind}" d="{bar}">{title(cell.words)}</path>'
    if width >= WORDY and percent is not None and percent != inf:
        drawn += (
            f'<text class="percent" x="{number(left + width / 2)}" y="{number(ROW - 6)}">'
            f"{percent:.0f}%</text>"
        )
    return drawn
