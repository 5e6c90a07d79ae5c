"""Tables that fit on a terminal: their cells fold between words, and paths between their parts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.containers import Lines
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

#: between two columns
_GAP = 2
_PART = re.compile(r"[^/]*/|[^/]+")


class Columns(Table):
    """A table whose columns become narrower where words allow it, before a word is cut."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        needs = []
        for column in self.columns:
            cells = [column.header, *column.cells]
            found = [Measurement.get(console, console.options, each) for each in cells]
            needs.append((max(each.minimum for each in found), max(each[1] for each in found)))
        room = options.max_width - _GAP * (len(needs) - 1)
        for column, width in zip(self.columns, widths(needs, room), strict=True):
            column.width = width
        return super().__rich_console__(console, options)


def widths(needs: Sequence[tuple[int, int]], room: int) -> list[int]:
    """Return the widths of columns, each with its longest word and its longest line, in *room*.

    What is left when all words fit goes to the column that lacks most; where they do not, the
    widest one gives way.
    """
    found = [least for least, _ in needs]
    lacking = [most - least for least, most in needs]
    for _ in range(min(room - sum(found), sum(lacking))):
        column = lacking.index(max(lacking))
        found[column] += 1
        lacking[column] -= 1
    for _ in range(min(sum(found) - room, sum(found) - len(found))):
        found[found.index(max(found))] -= 1
    return found


class Address(Text):
    """A path such as "MER/SH010/Comp", which folds after a `/`."""

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        longest = max(map(cell_len, _PART.findall(self.plain)), default=0)
        return Measurement(longest, cell_len(self.plain)).with_maximum(options.max_width)

    def wrap(self, console: Console, width: int, **options: Any) -> Lines:
        """Return the lines that are not wider than *width*."""
        lines = [""]
        for part in _PART.findall(self.plain):
            if lines[-1] and cell_len(lines[-1] + part) > width:
                lines.append("")
            lines[-1] += part
        return Text("\n".join(lines)).wrap(console, width, **options)
