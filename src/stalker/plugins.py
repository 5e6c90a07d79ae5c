"""Code of a studio or of others that is installed beside the library.

A package offers a function, without arguments, in the entry-point group `stalker.plugins`:

    [project.entry-points."stalker.plugins"]
    lenses = "studio_lenses:register"

Importing the library runs none of them; `load()` does, and so does the command line.
"""

from __future__ import annotations

import warnings
from importlib.metadata import entry_points

__all__ = ["GROUP", "load"]

GROUP = "stalker.plugins"

#: package and name of each plug-in that has been called
_loaded: set[tuple[str, str]] = set()


def load() -> list[str]:
    """Call every plug-in that was not called yet, and return the names of all that work.

    One that fails is a warning, not an error: the others are called, and the next `load()` tries
    again.
    """
    for point in sorted(entry_points(group=GROUP), key=lambda each: each.name):
        key = (point.dist.name if point.dist else "", point.name)
        if key in _loaded:
            continue
        try:
            point.load()()
        except Exception as error:
            warnings.warn(
                f"the plug-in {point.name!r} ({point.value}) failed: "
                f"{type(error).__name__}: {error}",
                stacklevel=2,
            )
        else:
            _loaded.add(key)
    return sorted(name for _, name in _loaded)
