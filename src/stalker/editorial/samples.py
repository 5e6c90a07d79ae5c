"""A real cut to try things with."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def meridian() -> Path:
    """Return the cut of the short film *Meridian*: 83 shots at 59.94 fps, edit data only.

    See ``NOTICE.md`` beside the file for origin and licence.
    """
    return Path(str(files("stalker") / "data" / "meridian.otio"))
