"""A plan to look at: tasks and dependencies, and the load of artists, as a page or a drawing."""

from __future__ import annotations

import re

from stalker.scheduling.gantt.layout import lay_out
from stalker.scheduling.gantt.page import page
from stalker.scheduling.gantt.sheet import drawing
from stalker.scheduling.gantt.summary import summarise
from stalker.scheduling.problem import Problem
from stalker.scheduling.result import Result

__all__ = ["render", "render_svg"]

#: what neither XML nor a file may contain
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(
    problem: Problem,
    result: Result,
    *,
    title: str = "",
    chain: str | None = None,
    width: float | None = None,
) -> str:
    """Return *result*, which is a plan of *problem*, as an HTML page.

    The page needs no other file and no network. It shows what the result knows: the reasons of
    dates and the critical chain, and who works exactly when, if the plan was made with
    ``schedule(problem, reasons=True, work=True)``.

    The critical chain leads to the end of the task with the id *chain*; without it, of the root
    that ends last. *width* is that of the days, in pixels; without it, it follows from the plan.
    """
    layout = lay_out(problem, result, chain=chain, width=width)
    return _writable(page(layout, summarise(problem, result, layout, title)))


def render_svg(
    problem: Problem,
    result: Result,
    *,
    title: str = "",
    chain: str | None = None,
    width: float | None = None,
) -> str:
    """Return the same as one drawing, in the colours of paper, for documents and converters."""
    layout = lay_out(problem, result, chain=chain, width=width)
    return _writable(drawing(layout, summarise(problem, result, layout, title)))


def _writable(text: str) -> str:
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)
