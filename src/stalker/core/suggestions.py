"""Guess what a misspelt name was meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """Return `": did you mean 'x'?"` for the closest candidate, or an empty text.

    Upper and lower case count as the same: `mer` is as close to `MER` as can be.
    """
    known = {each.casefold(): each for each in sorted(candidates)}
    close = get_close_matches(name.casefold(), sorted(known), n=1, cutoff=0.6)
    return f": did you mean {known[close[0]]!r}?" if close else ""
