"""The programs of README and manual, as they stand there.

A block of `python` is run; what it prints is the block of `text` right after it, in which `...`
stands for anything. Blocks of other kinds, `py` among them, are only shown.
"""

from __future__ import annotations

import doctest
import io
import re
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_BLOCK = re.compile(
    r"^```python\n(?P<program>.*?)^```\n(?:\n?^```text\n(?P<output>.*?)^```$)?", re.S | re.M
)


@dataclass(frozen=True)
class Block:
    """One program of a page, and what it prints."""

    #: of its first line in the page, counted from 0
    line: int
    program: str
    output: str


def blocks(page: Path) -> Iterator[Block]:
    """Yield the programs of a page."""
    text = page.read_text("utf-8")
    for found in _BLOCK.finditer(text):
        line = text.count("\n", 0, found.start("program"))
        yield Block(line, found["program"], found["output"] or "")


def run(page: Path) -> None:
    """Run the programs of a page one after the other."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for block in blocks(page):
        said = io.StringIO()
        with redirect_stdout(said):
            # an error names the line of the page, and the page decides about its __future__
            program = "\n" * block.line + block.program
            exec(compile(program, str(page), "exec", dont_inherit=True), names)
        same = doctest.OutputChecker().check_output(
            block.output, said.getvalue(), doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        )
        assert same, f"{page}:{block.line}: it prints\n{said.getvalue()}"


if __name__ == "__main__":
    run(Path(sys.argv[1]))
