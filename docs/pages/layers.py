"""The diagram of the layers: who imports whom, and how data flows."""

from __future__ import annotations

from docs.pages import svg
from docs.pages.svg import Point

__all__ = ["layers"]

_SIZE = (1100, 620)
_EDGE, _SHARED, _PURE, _GROUND, _OUTSIDE = "#dbeafe", "#dcfce7", "#fef3c7", "#e5e7eb", "#ffffff"
_WIDE, _NARROW = (230.0, 64.0), (150.0, 64.0)

#: name -> center, size, colour and what it is for
_BOXES: dict[str, tuple[Point, Point, str, str]] = {
    "your code": ((180, 60), _WIDE, _OUTSIDE, "DCC, script, web"),
    "cli": ((620, 60), _WIDE, _EDGE, "verbs of the command line"),
    "events": ((965, 60), _WIDE, _OUTSIDE, "told after the commit"),
    "services": ((480, 180), _WIDE, _EDGE, "publish, plan, import"),
    "models": ((480, 300), _WIDE, _SHARED, "columns, relations, thin methods"),
    "workflow": ((110, 430), _NARROW, _PURE, "what may be next"),
    "scheduling": ((275, 430), _NARROW, _PURE, "plans"),
    "storage": ((440, 430), _NARROW, _PURE, "paths, templates"),
    "editorial": ((605, 430), _NARROW, _PURE, "cuts"),
    "auth": ((770, 430), _NARROW, _PURE, "passwords"),
    "db": ((965, 430), _NARROW, _GROUND, "session, locks"),
    "core": ((440, 560), (810, 64), _GROUND, "rules, dates, frames, graphs: standard library only"),
    "SQLite, PostgreSQL": ((965, 560), (200, 64), _OUTSIDE, "the last word"),
}
_DOWN = [
    ("your code", "services"),
    ("cli", "services"),
    ("services", "models"),
    *(
        ("models", each)
        for each in ("workflow", "scheduling", "storage", "editorial", "auth", "db")
    ),
    *((each, "core") for each in ("workflow", "scheduling", "storage", "editorial", "auth")),
    ("db", "SQLite, PostgreSQL"),
]


def layers() -> str:
    """Return the diagram as SVG."""
    arrows = [_arrow(above, below) for above, below in _DOWN]
    arrows.append(svg.arrow([(180, 92), (180, 300), (365, 300)], dashed=False))
    arrows.append(svg.arrow([(1000, 396), (1000, 94)], dashed=True))
    boxes = [part for name in _BOXES for part in _box(name)]
    return svg.document("The layers of Stalker", *_SIZE, [*arrows, *boxes])


def _box(name: str) -> list[str]:
    (x, y), size, colour, purpose = _BOXES[name]
    return [
        svg.box((x, y), size, colour),
        svg.text((x, y - 11), name, 17, bold=True),
        svg.text((x, y + 13), purpose, 13, svg.PALE),
    ]


def _arrow(above: str, below: str) -> str:
    """Return an arrow from the lower edge of one box to the upper one of another."""
    (x, y), (_, height), *_ = _BOXES[above]
    (end, bottom), (width, other), *_ = _BOXES[below]
    # a wide box is met where one is
    end = max(end - width / 2 + 20, min(x, end + width / 2 - 20)) if width > 400 else end
    return svg.arrow([(x, y + height / 2), (end, bottom - other / 2)], dashed=False)
