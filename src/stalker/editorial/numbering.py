"""Codes for the shots that a revision adds."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import count

from stalker.editorial.edit import Edit
from stalker.editorial.naming import shot_code

__all__ = ["new_codes"]

_NUMBERED = re.compile(r"SH([0-9]{1,9})", re.ASCII | re.IGNORECASE)
_STEP = 10


def new_codes(
    edits: Sequence[Edit], known: Mapping[int, str], ours: Collection[str], others: Collection[str]
) -> tuple[dict[int, str], list[str]]:
    """Return a code for the place of each edit that is not in *known*, and those that clash.

    *known* has the codes of the edits that are shots, *ours* all codes of the sequence, *others*
    those of the rest of the project. The first cut of a sequence keeps its codes. Later a clip that
    is used again gets a number behind its name; one that has no usable name gets a number between
    its neighbours, SH0015 between SH0010 and SH0020, or one above all. A clash is a name that is
    the code of a shot in another sequence.
    """
    elsewhere = {code.casefold() for code in others}
    used = elsewhere | {code.casefold() for code in ours}
    found: dict[int, str] = {}
    clashes, unnamed = [], []
    for place, edit in enumerate(edits):
        if place in known:
            continue
        stem = shot_code(edit.clip_name or "")
        if not stem or not edit.code.startswith(stem):
            unnamed.append(place)
            continue
        if stem.casefold() in elsewhere:
            clashes.append(stem)
        found[place] = edit.code if edit.code.casefold() not in used else _suffixed(stem, used)
        used.add(found[place].casefold())
    own = {place: edits[place].code for place in unnamed}
    if ours or not used.isdisjoint(code.casefold() for code in own.values()):
        own = _numbered(unnamed, {**known, **found}, used)
    found |= own
    return found, list(dict.fromkeys(clashes))


def _suffixed(stem: str, used: Collection[str]) -> str:
    return next(code for n in count(2) if (code := f"{stem}_{n}").casefold() not in used)


def _numbered(places: Sequence[int], codes: Mapping[int, str], used: set[str]) -> dict[int, str]:
    """Return codes for *places*; *codes* has those of all other places."""
    numbers = {place: _number(code) for place, code in codes.items()}
    highest = max(filter(None, map(_number, used)), default=0)
    above = count(highest - highest % _STEP + _STEP, _STEP)
    found = {}
    for run in _runs(places):
        low, high = numbers.get(run[0] - 1), numbers.get(run[-1] + 1)
        between = _between(low, high, len(run), used)
        for place in run:
            found[place] = f"SH{next(between, None) or next(above):04d}"
            used.add(found[place].casefold())
    return found


def _runs(places: Sequence[int]) -> Iterator[list[int]]:
    """Yield *places* that follow each other together."""
    run: list[int] = []
    for place in places:
        if run and place != run[-1] + 1:
            yield run
            run = []
        run.append(place)
    if run:
        yield run


def _between(
    low: int | None, high: int | None, wanted: int, used: Collection[str]
) -> Iterator[int]:
    """Return so many free numbers between two, evenly; none if there are not enough."""
    if low is None or high is None or high <= low:
        return iter(())
    free = [n for n in range(low + 1, min(high, low + 1000)) if f"sh{n:04d}" not in used]
    if len(free) < wanted:
        return iter(())
    return iter([free[(i + 1) * len(free) // (wanted + 1)] for i in range(wanted)])


def _number(code: str) -> int | None:
    found = _NUMBERED.fullmatch(code)
    return int(found[1]) if found else None
