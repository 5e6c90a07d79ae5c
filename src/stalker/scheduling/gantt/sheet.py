"""A chart as one drawing, with everything in its place."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from stalker.scheduling.gantt.colours import LIGHT, filled_in
from stalker.scheduling.gantt.drawing import (
    HEAD,
    PATTERNS,
    arrow,
    background,
    header,
    load,
    number,
    task,
    text,
)
from stalker.scheduling.gantt.files import read
from stalker.scheduling.gantt.geometry import INDENT, ROW, SIZE, Layout, Load, Row
from stalker.scheduling.gantt.summary import Summary
from stalker.scheduling.gantt.text import shortened

#: room for the title
TOP = 30.0
MARGIN = 10.0
#: converters draw the rim of letters over them
STYLE = (
    "text.label, text.percent { stroke: none; } "
    ".paper { fill: var(--paper); } .title { font-size: 15px; font-weight: 600; } "
    ".above { font-weight: 600; } .name, .above { font-size: 11px; }"
)


def drawing(layout: Layout, summary: Summary) -> str:
    """Return the drawing."""
    width = layout.names + layout.width + 2 * MARGIN
    rows = len(layout.rows) * ROW
    below = (len(layout.loads) + 1) * ROW if layout.loads else 0.0
    height = TOP + HEAD + rows + below + MARGIN
    style = filled_in(read("drawing.css") + STYLE, LIGHT)
    size = f'width="{number(width)}" height="{number(height)}"'
    return "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} '
            f'viewBox="0 0 {number(width)} {number(height)}">',
            f"<title>{escape(summary.title)}</title><style>{escape(style, quote=False)}</style>",
            PATTERNS,
            f'<rect class="paper" {size}/>',
            text(MARGIN, 20, f"{summary.title}: {summary.dates}", "title"),
            _group(MARGIN, TOP + HEAD, _names(layout)),
            f'<svg x="{number(MARGIN + layout.names)}" y="{number(TOP)}" '
            f'width="{number(layout.width + MARGIN)}" height="{number(height - TOP)}">',
            header(layout, summary.now),
            f'<svg y="{number(HEAD)}" height="{number(rows + below)}">{background(layout)}</svg>',
            _group(0, HEAD, _tasks(layout)),
            _group(0, HEAD + rows + ROW, _loads(layout)),
            "</svg></svg>",
        )
    )


def _group(x: float, y: float, parts: Iterator[str]) -> str:
    return f'<g transform="translate({number(x)} {number(y)})">{"".join(parts)}</g>'


def _names(layout: Layout) -> Iterator[str]:
    for row in layout.rows:
        yield _name(row, layout.names)
    y = len(layout.rows) * ROW
    if layout.loads:
        yield text(0, y + 14, "Load of artists", "above")
    for load_row in layout.loads:
        yield text(INDENT, y + (load_row.number + 1) * ROW + 14, _loaded(load_row, layout), "name")


def _name(row: Row, width: float) -> str:
    x = row.depth * INDENT
    kind = "above" if row.holds or row.critical else "name"
    return text(x, row.y + 14, shortened(row.name, SIZE, width - x - MARGIN), kind)


def _loaded(row: Load, layout: Layout) -> str:
    total = "" if row.total is None else f" {row.total:.0f} %"
    room = layout.names - INDENT - MARGIN - len(total) * SIZE
    return shortened(row.name, SIZE, room) + total


def _tasks(layout: Layout) -> Iterator[str]:
    for each in layout.arrows:
        yield arrow(each, 0.0)
    for row in layout.rows:
        yield _group(0, row.y, iter([task(row)]))


def _loads(layout: Layout) -> Iterator[str]:
    for row in layout.loads:
        yield _group(0, row.number * ROW, iter([load(row)]))
