"""Guess what a misspelt name was meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """Return `": did you mean 'x'?"` for the closest candidate, or an empty text."""
    close = get_close_matches(name, sorted(set(candidates)), n=1, cutoff=0.6)
    return f": did you mean {close[0]!r}?" if close else ""
