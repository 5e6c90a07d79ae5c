"""The files that lie beside this package: style sheets, the page, and what it does."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def read(name: str) -> str:
    """Return what is in a file."""
    return files(__package__).joinpath(name).read_text("utf-8")
