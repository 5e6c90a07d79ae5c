"""The filters and tests of stored templates: Jinja2's own names, written for bounded values.

Jinja2's are not used, since several of them run operators on whatever they are given: there,
`'%999999999d' is even` formats a text of that width.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from jinja2.filters import do_title
from jinja2.runtime import Undefined

from stalker.storage.limits import MAX_WIDTH, refuse
from stalker.storage.text import call_method, join, printf, replace
from stalker.storage.values import (
    Blank,
    Number,
    Sequence,
    bounded_number,
    described,
    is_missing,
    is_number,
    is_sequence,
    number_of,
    text_of,
)


def default(value: object, default_value: object = "", boolean: bool = False) -> object:
    # `None` counts as missing here, because it prints as nothing.
    return default_value if is_missing(value) or (boolean and not value) else value


def items_of(value: object) -> Sequence:
    if is_missing(value):
        return ()
    if isinstance(value, str | dict):
        return tuple(value)
    return value if is_sequence(value) else refuse(f"{described(value)} has no items")


def first(value: object) -> object:
    return next(iter(items_of(value)), Blank("the first of no items"))


def last(value: object) -> object:
    return next(reversed(items_of(value)), Blank("the last of no items"))


def reverse(value: object) -> object:
    return value[::-1] if isinstance(value, str) else items_of(value)[::-1]


def whole(value: object, default: object = 0) -> object:
    """Like Jinja2's `int`: text that is no number gives *default*."""
    number = _parsed(value)
    return default if number is None else math.trunc(number)


def decimal(value: object, default: object = 0.0) -> object:
    number = _parsed(value)
    return default if number is None else float(number)


def _parsed(value: object) -> Number | None:
    if is_number(value):
        return bounded_number(value)
    text = text_of(value)
    if len(text) > MAX_WIDTH:
        return None
    for parse in (int, float):
        try:
            number = parse(text)
        except ValueError:
            continue
        return bounded_number(number)
    return None


_ROUNDINGS: dict[str, Callable[[float], float]] = {
    "common": round,
    "ceil": math.ceil,
    "floor": math.floor,
}


def rounded(value: object, precision: int = 0, method: str = "common") -> Number:
    if not isinstance(precision, int) or abs(precision) > 15 or method not in _ROUNDINGS:
        refuse("round takes up to 15 digits and one of 'common', 'ceil', 'floor'")
    number = number_of(value)
    if method == "common":
        return float(round(number, precision))
    shift = 10.0**precision
    return float(_ROUNDINGS[method](number * shift) / shift)


def _on_text(name: str) -> Callable[..., object]:
    return lambda value, *arguments: call_method(text_of(value), name, *arguments)


FILTERS: dict[str, Callable[..., object]] = {
    **{name: _on_text(name) for name in ("capitalize", "lower", "upper")},
    "abs": lambda value: abs(number_of(value)),
    "center": lambda value, width=80: call_method(text_of(value), "center", width),
    "count": lambda value: len(items_of(value)),
    "d": default,
    "default": default,
    "first": first,
    "float": decimal,
    "format": lambda value, *arguments: printf(text_of(value), *arguments),
    "int": whole,
    "join": lambda value, separator="": join(text_of(separator), items_of(value)),
    "last": last,
    "length": lambda value: len(items_of(value)),
    "list": lambda value: list(items_of(value)),
    "replace": lambda value, *arguments: replace(text_of(value), *arguments),
    "reverse": reverse,
    "round": rounded,
    "string": text_of,
    "title": lambda value: do_title(text_of(value)),
    "trim": _on_text("strip"),
}


def divisible(value: object, by: object) -> bool:
    return number_of(value) % number_of(by) == 0


TESTS: dict[str, Callable[..., bool]] = {
    "boolean": lambda value: isinstance(value, bool),
    "defined": lambda value: not isinstance(value, Undefined),
    "divisibleby": divisible,
    "even": lambda value: divisible(value, 2),
    "false": lambda value: value is False,
    "none": lambda value: value is None,
    "number": is_number,
    "odd": lambda value: not divisible(value, 2),
    "sequence": lambda value: isinstance(value, str) or is_sequence(value),
    "string": lambda value: isinstance(value, str),
    "true": lambda value: value is True,
    "undefined": lambda value: isinstance(value, Undefined),
}
