"""Just enough SVG for boxes, arrows and labels, in one file that needs nothing else."""

from __future__ import annotations

from itertools import pairwise
from math import dist, hypot
from xml.sax.saxutils import escape

__all__ = ["Point", "along", "arrow", "box", "document", "label", "leaving", "shifted", "text"]

Point = tuple[float, float]

#: ink for what is in front, and for what is not
INK, PALE = "#1f2933", "#6b7785"
_FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"

_HEAD = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" \
width="{width}" height="{height}" role="img" font-family="{font}">
<title>{title}</title>
<defs>
<marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" \
markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 10 5 0 10z" fill="{ink}"/></marker>
<marker id="pale-tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" \
markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 10 5 0 10z" fill="{pale}"/></marker>
</defs>
<rect width="{width}" height="{height}" rx="12" fill="#ffffff"/>"""


def document(title: str, width: int, height: int, parts: list[str]) -> str:
    """Return a complete file."""
    head = _HEAD.format(
        title=escape(title), width=width, height=height, font=_FONT, ink=INK, pale=PALE
    )
    return "\n".join([head, *parts, "</svg>"]) + "\n"


def box(center: Point, size: Point, fill: str) -> str:
    """Return a rounded box."""
    (x, y), (width, height) = center, size
    return (
        f'<rect x="{x - width / 2:g}" y="{y - height / 2:g}" width="{width:g}" height="{height:g}" '
        f'rx="10" fill="{fill}" stroke="{INK}" stroke-width="1.2"/>'
    )


def text(
    at: Point,
    content: str,
    size: int,
    colour: str = INK,
    bold: bool = False,
    anchor: str = "middle",
) -> str:
    """Return a line of text around a point, or from it on."""
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{at[0]:g}" y="{at[1]:g}" font-size="{size}" fill="{colour}"{weight} '
        f'text-anchor="{anchor}" dominant-baseline="central">{escape(content)}</text>'
    )


def label(at: Point, lines: list[str], pale: bool) -> list[str]:
    """Return lines of text on a white ground, so that an arrow does not strike them through."""
    height, width = 17, max(map(len, lines)) * 7.3 + 6
    top = at[1] - height * len(lines) / 2
    ground = (
        f'<rect x="{at[0] - width / 2:g}" y="{top:g}" width="{width:g}" '
        f'height="{height * len(lines)}" fill="#ffffff" opacity="0.92"/>'
    )
    colour = PALE if pale else INK
    rows = [
        text((at[0], top + height * (row + 0.5)), line, 14, colour)
        for row, line in enumerate(lines)
    ]
    return [ground, *rows]


def arrow(points: list[Point], dashed: bool) -> str:
    """Return an arrow through *points*, with round corners."""
    path = [f"M{points[0][0]:g} {points[0][1]:g}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        near, far = _towards(corner, before, 16), _towards(corner, after, 16)
        path.append(
            f"L{near[0]:.4g} {near[1]:.4g}"
            f"Q{corner[0]:.4g} {corner[1]:.4g} {far[0]:.4g} {far[1]:.4g}"
        )
    path.append(f"L{points[-1][0]:g} {points[-1][1]:g}")
    colour, dashes, tip = (
        (PALE, ' stroke-dasharray="6 4"', "pale-tip") if dashed else (INK, "", "tip")
    )
    return (
        f'<path d="{"".join(path)}" fill="none" stroke="{colour}" stroke-width="1.5"{dashes} '
        f'marker-end="url(#{tip})"/>'
    )


def leaving(start: Point, towards: Point, center: Point, size: Point) -> Point:
    """Return where the line from a point inside a box to one outside leaves the box."""
    x, y = towards[0] - start[0], towards[1] - start[1]
    across = (center[0] + (size[0] / 2 if x > 0 else -size[0] / 2) - start[0]) / x if x else 1
    down = (center[1] + (size[1] / 2 if y > 0 else -size[1] / 2) - start[1]) / y if y else 1
    part = min(across, down)
    return round(start[0] + x * part, 1), round(start[1] + y * part, 1)


def shifted(start: Point, end: Point, by: float) -> list[Point]:
    """Return the ends of a line that is moved to the left of its direction."""
    x, y = end[0] - start[0], end[1] - start[1]
    length = hypot(x, y)
    right, down = y / length * by, -x / length * by
    return [(start[0] + right, start[1] + down), (end[0] + right, end[1] + down)]


def along(points: list[Point], part: float) -> Point:
    """Return the point of a line of several pieces after a part of its length."""
    left = sum(dist(*piece) for piece in pairwise(points)) * part
    for start, end in pairwise(points):
        length = dist(start, end)
        if left <= length:
            return _towards(start, end, left)
        left -= length
    return points[-1]


def _towards(start: Point, end: Point, by: float) -> Point:
    part = by / dist(start, end)
    return (
        round(start[0] + (end[0] - start[0]) * part, 1),
        round(start[1] + (end[1] - start[1]) * part, 1),
    )
