"""What templates may do with text: an allow-list of methods, and printf patterns, all bounded."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import partial

from stalker.storage.limits import MAX_ITEMS, MAX_TEXT, refuse
from stalker.storage.values import (
    bounded_width,
    described,
    is_missing,
    is_sequence,
    number_of,
    text_of,
)

_PATTERN = re.compile(
    r"%(?P<flags>[-+ #0]*)(?P<width>\*|[0-9]*)(?:\.(?P<precision>\*|[0-9]*))?(?P<kind>.?)",
    re.DOTALL,
)


def printf(pattern: str, *values: object) -> str:
    """Fill *values* into *pattern* as `%` does; numbers and text only, widths bounded, no names."""
    left = list(reversed(values))
    done = 0
    pieces: list[str] = []
    for match in _PATTERN.finditer(pattern):
        pieces += pattern[done : match.start()], _directive(match, left)
        done = match.end()
    if left:
        refuse(f"the pattern {pattern[:80]!r} has fewer places than there are values")
    return joined([*pieces, pattern[done:]])


def _directive(match: re.Match[str], left: list[object]) -> str:
    if match[0] == "%%":
        return "%"
    width = _width(match["width"], left)
    precision = "" if match["precision"] is None else "." + _width(match["precision"], left)
    spec = f"%{match['flags'][:8]}{width}{precision}{match['kind']}"
    if match["kind"] == "s":
        return spec % text_of(_next(left))
    # `c`, `r`, `a` and `(name)` are left out: no path needs them.
    if match["kind"] not in tuple("diouxXeEfFgG"):
        refuse(f"{match[0][:20]!r} is not a pattern that templates can use")
    return spec % number_of(_next(left))


def _width(text: str, left: list[object]) -> str:
    if text == "*":
        return str(bounded_width(_next(left)))
    # Compared as text first: `int` of a long row of digits is slow, and an error of its own.
    return str(bounded_width(int(text) if len(text) < 4 else None)) if text else ""


def _next(left: list[object]) -> object:
    if not left:
        refuse("a pattern has more places than there are values")
    return left.pop()


def joined(texts: list[str], separator: str = "") -> str:
    """Join *texts* unless the result would be too long to keep."""
    length = sum(map(len, texts)) + len(separator) * max(0, len(texts) - 1)
    if length > MAX_TEXT:
        refuse(f"a text is longer than {MAX_TEXT} characters")
    return separator.join(texts)


def join(separator: str, items: object) -> str:
    if not is_sequence(items):
        refuse(f"only a list can be joined, not {described(items)}")
    return joined([text_of(item) for item in items], separator)


def replace(text: str, old: str, new: str, count: int = -1) -> str:
    found = text.count(old) if count < 0 else min(count, text.count(old))
    if len(text) + found * (len(new) - len(old)) > MAX_TEXT:
        refuse(f"a text is longer than {MAX_TEXT} characters")
    return text.replace(old, new, count)


def split(text: str, separator: str | None = None, count: int = -1) -> list[str]:
    return text.split(separator, count if 0 <= count < MAX_ITEMS else MAX_ITEMS)


def rsplit(text: str, separator: str | None = None, count: int = -1) -> list[str]:
    return text.rsplit(separator, count if 0 <= count < MAX_ITEMS else MAX_ITEMS)


def _padded(method: Callable[..., str], text: str, width: int, *fill: str) -> str:
    return method(text, bounded_width(width), *fill)


_PLAIN = (
    "capitalize count endswith find isalnum isalpha isdigit islower isupper lower lstrip partition "
    "removeprefix removesuffix rfind rpartition rstrip startswith strip swapcase title upper"
)
_PADDING = ("center", "ljust", "rjust", "zfill")

#: Whatever is not in this table does not exist in a template, above all `format` and `format_map`.
TEXT_METHODS: dict[str, Callable[..., object]] = {
    **{name: getattr(str, name) for name in _PLAIN.split()},
    **{name: partial(_padded, getattr(str, name)) for name in _PADDING},
    "join": join,
    "replace": replace,
    "rsplit": rsplit,
    "split": split,
}

_DATE_PATTERN = re.compile(r"(?:[^%]|%[YymdjHMS%])*")


def strftime(moment: date, pattern: str) -> str:
    """Format *moment*; only with directives that do not depend on the machine's language."""
    if len(pattern) > MAX_TEXT or not _DATE_PATTERN.fullmatch(pattern):
        refuse("strftime knows %Y %y %m %d %j %H %M %S and %% only")
    return moment.strftime(pattern)


METHODS = frozenset(TEXT_METHODS) | {"strftime"}


def call_method(value: object, name: str, *arguments: object) -> object:
    """Return `value.name(*arguments)`; a missing value gives an empty text, as its fields do."""
    if is_missing(value):
        return ""
    if isinstance(value, str) and name in TEXT_METHODS:
        return TEXT_METHODS[name](value, *arguments)
    if isinstance(value, date) and name == "strftime":
        return strftime(value, *arguments)  # type: ignore[arg-type]
    refuse(f"{described(value)} has no method {name!r}")
