"""The diagram of the workflow of tasks: what the tables say, where a hand has put it."""

from __future__ import annotations

from docs.pages import svg
from docs.pages.svg import Point
from docs.pages.transitions import Transition, staying, transitions
from stalker.config import Config
from stalker.workflow.derive import (
    CMPL,
    DREV,
    HREV,
    OH,
    PREV,
    RTS,
    STOP,
    WFD,
    WIP,
    Code,
    is_finished,
)

__all__ = ["diagram"]

_SIZE = (1356, 640)
_BOX = (176.0, 74.0)
#: OH lies between STOP and the statuses that lead to both, so that few arrows cross
_PLACES: dict[Code, Point] = {
    RTS: (150, 75),
    WIP: (760, 75),
    PREV: (1085, 75),
    WFD: (104, 295),
    STOP: (350, 295),
    OH: (565, 295),
    CMPL: (1250, 295),
    DREV: (760, 515),
    HREV: (1085, 515),
}
#: corners of the arrows that go around something
_CORNERS: dict[tuple[Code, Code], list[Point]] = {
    (DREV, RTS): [(218, 515)],
    (CMPL, DREV): [(1284, 605), (730, 605)],
}
#: where along an arrow its label is, if not in the middle
_LABELS: dict[tuple[Code, Code], float] = {
    (RTS, WFD): 0.72,
    (WFD, RTS): 0.72,
    (STOP, WIP): 0.35,
    (WIP, STOP): 0.6,
    (OH, WIP): 0.25,
    (WIP, OH): 0.45,
    (WIP, DREV): 0.35,
    (DREV, WIP): 0.3,
    (DREV, RTS): 0.3,
    (HREV, WIP): 0.55,
}

_WORKING, _WAITING, _DONE, _RESTING = "#dbeafe", "#fef3c7", "#dcfce7", "#e5e7eb"
_COLOURS = {WFD: _WAITING, OH: _RESTING}


def diagram() -> str:
    """Return the diagram as SVG."""
    names = Config.default_config_values
    titles = dict(zip(names["task_status_codes"], names["task_status_names"], strict=True))
    found = transitions()
    arrows: list[str] = []
    labels: list[str] = []
    for pair, transition in found.items():
        points = _points(*pair, both_ways=pair[::-1] in found)
        arrows.append(svg.arrow(points, dashed=not transition.actions))
        labels += svg.label(
            svg.along(points, _LABELS.get(pair, 0.5)), _lines(transition), not transition.actions
        )
    boxes = [part for code in Code for part in _box(code, titles[code])]
    return svg.document("The statuses of a task", *_SIZE, [*arrows, *labels, *boxes, *_legend()])


def _legend() -> list[str]:
    """Return what the signs mean."""
    left, (solid, dashed, loop) = 40, (556, 582, 608)
    return [
        svg.arrow([(left, solid), (left + 46, solid)], dashed=False),
        svg.text((left + 60, solid), "an action", 13, anchor="start"),
        svg.arrow([(left, dashed), (left + 46, dashed)], dashed=True),
        svg.text(
            (left + 60, dashed),
            "follows from prerequisites: what is left of them, whether work was logged",
            13,
            svg.PALE,
            anchor="start",
        ),
        svg.text((left + 23, loop), "↻", 13, svg.PALE),
        svg.text(
            (left + 60, loop), "an action that changes no status", 13, svg.PALE, anchor="start"
        ),
    ]


def _lines(transition: Transition) -> list[str]:
    return [*transition.actions, *transition.prerequisites]


def _box(code: Code, title: str) -> list[str]:
    x, y = _PLACES[code]
    colour = _DONE if is_finished(code) else _COLOURS.get(code, _WORKING)
    stays = staying(code)
    height = y - 10 if stays else y
    parts = [
        svg.box((x, y), _BOX, colour),
        svg.text((x, height - 11), code, 18, bold=True),
        svg.text((x, height + 11), title, 12),
    ]
    if stays:
        parts.append(svg.text((x, y + 24), "↻ " + ", ".join(stays), 11, svg.PALE))
    return parts


def _points(start: Code, end: Code, both_ways: bool) -> list[Point]:
    first, last = _PLACES[start], _PLACES[end]
    corners = _CORNERS.get((start, end), [])
    line = (
        [_beside(first, corners[0]), *corners, _beside(last, corners[-1])]
        if corners
        else (svg.shifted(first, last, 12 if both_ways else 0))
    )
    line[0] = svg.leaving(line[0], line[1], first, _BOX)
    line[-1] = svg.leaving(line[-1], line[-2], last, _BOX)
    return line


def _beside(center: Point, corner: Point) -> Point:
    """Return the point in a box from which it goes straight on to a corner."""
    across = abs(corner[0] - center[0]) < _BOX[0] / 2
    return (corner[0], center[1]) if across else (center[0], corner[1])
