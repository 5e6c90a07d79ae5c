"""How much a stored template may do, and the meter that counts it while it renders.

The numbers are generous for names of files and folders, and small enough that the worst template
that fits in them is refused well within half a second and 50 MB. They count steps and characters
instead of seconds, so that a template which renders today renders on a busy machine too.
"""

from __future__ import annotations

from typing import NoReturn

from jinja2.exceptions import SecurityError
from jinja2.runtime import Context

#: characters that one rendering may print
MAX_OUTPUT = 4096
#: characters of the template itself
MAX_SOURCE = 8192
#: parts of its syntax tree, and how deep they may be nested
MAX_NODES = 2000
MAX_DEPTH = 40
MAX_LOOP_DEPTH = 2
#: length of a `range()` and of any list that a template makes
MAX_ITEMS = 1000
#: characters of any text that a template makes
MAX_TEXT = 4096
#: width or precision in a printf pattern, and width in `center`, `ljust`, `rjust` and `zfill`
MAX_WIDTH = 99
#: largest number that arithmetic accepts or gives; a float still holds all whole numbers below it
MAX_NUMBER = 10**15
#: work of one rendering, see `Metered.spend`
MAX_STEPS = 200_000


def refuse(reason: str) -> NoReturn:
    """Stop the rendering; `sandbox.render` turns this into a `TemplateError` with an excerpt."""
    raise SecurityError(reason)


class Metered(Context):
    """The variables of one rendering, and the steps that it may still take."""

    #: A step takes less than a microsecond: a part of an expression, two items, or 32 characters.
    steps_left: int = MAX_STEPS

    def spend(self, steps: int) -> None:
        """Pay for the next operation before it is done."""
        self.steps_left -= steps
        if self.steps_left < 0:
            refuse(f"it needs more than {MAX_STEPS:,} steps")
