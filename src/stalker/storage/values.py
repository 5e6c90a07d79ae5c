"""What a template may hold: text, numbers, dates, read-only views, and flat lists of those."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from typing import TypeGuard

from jinja2.runtime import ChainableUndefined, Undefined

from stalker.storage.limits import MAX_ITEMS, MAX_NUMBER, MAX_TEXT, MAX_WIDTH, refuse
from stalker.storage.views import View

Sequence = list[object] | tuple[object, ...]
Number = int | float


class Blank(ChainableUndefined):
    """An unknown name or field. Prints nothing, has no items; its fields are blank as well."""

    __slots__ = ()


def is_missing(value: object) -> bool:
    """Whether *value* is blank or `None`, which templates treat alike except in `is none`."""
    return value is None or isinstance(value, Undefined)


def is_number(value: object) -> TypeGuard[Number]:
    return isinstance(value, int | float)


def is_sequence(value: object) -> TypeGuard[Sequence]:
    return isinstance(value, list | tuple)


def described(value: object) -> str:
    """Name *value* for a message without showing what is in it."""
    if isinstance(value, Undefined):
        name = value._undefined_name
        return f"the undefined {name!r}" if name else "an undefined value"
    if isinstance(value, View):
        return repr(value)
    return "None" if value is None else f"a value of type {type(value).__name__}"


def text_of(value: object) -> str:
    """Return *value* as a template prints it; only single values can be printed."""
    if isinstance(value, str):
        return value
    if is_missing(value):
        return ""
    if is_number(value) or isinstance(value, date):
        return str(value)
    refuse(f"{described(value)} cannot be written as text, only its fields or items can")


def number_of(value: object) -> Number:
    if not is_number(value):
        refuse(f"a number is needed, not {described(value)}")
    return bounded_number(value)


def bounded_number(value: Number) -> Number:
    if not math.isfinite(value) or abs(value) > MAX_NUMBER:
        refuse(f"a number is not between -{MAX_NUMBER:,} and {MAX_NUMBER:,}")
    return value


def bounded_width(value: object) -> int:
    if not isinstance(value, int) or abs(value) > MAX_WIDTH:
        refuse(f"a width or precision is not a whole number up to {MAX_WIDTH}")
    return value


def bounded(value: object) -> object:
    """Return the result of an operation if it is small enough to be kept."""
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            refuse(f"a text is longer than {MAX_TEXT} characters")
    elif isinstance(value, list | tuple | dict):
        _check_container(value)
    elif is_number(value):
        bounded_number(value)
    return value


def _check_container(value: Sequence | dict[object, object]) -> None:
    inner = [item for item in _items(value) if isinstance(item, list | tuple | dict)]
    if len(value) + sum(map(len, inner)) > MAX_ITEMS:
        refuse(f"a list has more than {MAX_ITEMS} items")
    # Lists of lists of lists would let a few words of template describe 2**n items, each of which
    # a comparison would have to visit.
    if any(isinstance(item, list | tuple | dict) for each in inner for item in _items(each)):
        refuse("lists are nested more than two deep")


def _items(value: Sequence | dict[object, object]) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value.keys()
        yield from value.values()
    else:
        yield from value


def work(value: object) -> int:
    """Return the steps it takes to look at all of *value*: two items or 32 characters are one."""
    if isinstance(value, str):
        return len(value) // 32
    if isinstance(value, list | tuple | dict):
        inner = (len(item) for item in _items(value) if isinstance(item, list | tuple | dict))
        return (len(value) + sum(inner)) // 2
    return 0
