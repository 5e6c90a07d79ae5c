"""Shot codes from clip names.

The rule, in the order of what a coordinator expects:

1. The clip name is the code, less what changes while the shot stays the same: file extension, frame
   number, remarks in brackets at the end, version. ``ZZ100_501 (LAY3)`` and
   ``ZZ100_501.take_1.0001.exr`` give ``ZZ100_501`` and ``ZZ100_501_take_1``.
2. A repeated code gets ``_2``, ``_3``, ...: the second use of a clip is a second shot.
3. A clip without a usable name is numbered by its place: the third clip becomes ``SH0030``.
4. If fewer than half of the clips have a code of their own, the names say tape or camera roll
   instead of shot. Then all are numbered: ``SH0010``, ``SH0020``, ... Steps of ten leave room for
   shots that come later.

Equal names in equal order give equal codes, and no two codes of one cut differ by case alone:
codes become folder names, and two of the three platforms fold case.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import count

from stalker.editorial.text import listed

MAX_CODE_LENGTH = 100
_MAX_NAME_LENGTH = 1000

#: names that programs give where nobody gave one; a reel ``AX`` is "auxiliary source" in an EDL
_PLACEHOLDERS = frozenset({"ax", "bl", "black", "bars", "none", "null", "unknown", "untitled"})
#: a list and not "anything behind a dot": ``SQ01.SH010`` is a name that people use
_EXTENSION = re.compile(
    r"\.(?:mov|mp4|m4v|mxf|avi|mkv|mpe?g|webm|r3d|braw|ari|arx|crm|dng|exr|dpx|cin|tiff?|jpe?g|png"
    r"|tga|psd|gif|bmp|hdr|wav|aiff?|mp3|ma|mb|blend|nk|hip(?:lc|nc)?|aep|prproj)$",
    re.IGNORECASE,
)
_FRAME = re.compile(r"\.(?:[0-9]{3,8}|#+|%0?[0-9]*d|\[[0-9]+-[0-9]+\])$")
#: brackets, and the FF that Avid appends to a freeze frame
_REMARK = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\]|\sFF)$")
_VERSION = re.compile(r"[._\s-]+[vV][0-9]{1,6}$")
_NOT_ALLOWED = re.compile(r"[^A-Za-z0-9_-]+")


def shot_code(name: str) -> str:
    """Return the code that *name* stands for, or an empty text if it names no shot."""
    stem = _without_endings(name[:_MAX_NAME_LENGTH].strip())
    code = _NOT_ALLOWED.sub("_", _ascii(stem))[:MAX_CODE_LENGTH].strip("_-")
    return "" if code.casefold() in _PLACEHOLDERS else code


def shot_codes(names: Sequence[str]) -> tuple[str, ...]:
    """Return one unique code per name, in order, by the rule above."""
    codes = [shot_code(name) for name in names]
    distinct = {code.casefold() for code in codes if code}
    if 2 * len(distinct) < len(codes):
        codes = [""] * len(codes)
    return tuple(_unique(codes))


def derived_codes(names: Sequence[str], codes: Sequence[str]) -> list[str]:
    """Return one sentence for each reason why a shot has another code than its name says."""
    unnamed, repeated = [], []
    for name, code in zip(names, codes, strict=True):
        own = shot_code(name)
        if not own or not code.startswith(own):
            unnamed.append(code)
        elif code != own:
            repeated.append(code)
    sentences = []
    if len(unnamed) == len(codes) > 1:
        sentences.append(
            "the clips hardly have names of their own, so all shots are numbered in the order of"
            f" the cut: {codes[0]} to {codes[-1]}"
        )
    elif unnamed:
        sentences.append(f"clips without a usable name are numbered by place: {listed(unnamed)}")
    if repeated:
        sentences.append(f"clips that are used again get a number: {listed(repeated)}")
    return sentences


def _without_endings(name: str) -> str:
    # Endings come in any order ("a_v2.mov", "a.mov_v2 (old)"), so peel until nothing changes.
    # A name made of endings alone keeps the last: it is all there is. Ten rounds are more than any
    # name needs.
    for _ in range(10):
        shorter = name
        for ending in (_REMARK, _EXTENSION, _FRAME, _VERSION):
            shorter = ending.sub("", shorter) or shorter
        if shorter == name:
            break
        name = shorter
    return name


def _ascii(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _unique(codes: Iterable[str]) -> Iterable[str]:
    codes = list(codes)
    # Names from the file come first: a clip called "A_2" keeps it, the second "A" steps aside.
    taken = {code.casefold() for code in codes if code}
    used: set[str] = set()
    next_suffix: dict[str, int] = {}
    for place, code in enumerate(codes, 1):
        wanted = code or f"SH{place * 10:04d}"
        if wanted.casefold() in (used if code else taken):
            wanted = _suffixed(wanted, taken, next_suffix)
        taken.add(wanted.casefold())
        used.add(wanted.casefold())
        yield wanted


def _suffixed(code: str, taken: set[str], next_suffix: dict[str, int]) -> str:
    key = code.casefold()
    for number in count(next_suffix.get(key, 2)):
        candidate = f"{code}_{number}"
        if candidate.casefold() not in taken:
            next_suffix[key] = number + 1
            return candidate
    raise AssertionError("unreachable: count() does not end")
