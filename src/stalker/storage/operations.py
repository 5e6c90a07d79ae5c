"""What a template can do with values. Every operation is paid for, checked, and bounded here.

`rewrite` turns each operation of a template into a call of one of these functions, so that none of
Python's own operators, attributes or calls is left in the compiled code.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import LoopContext

from stalker.storage.filters import FILTERS, TESTS, items_of
from stalker.storage.limits import MAX_ITEMS, Metered, refuse
from stalker.storage.text import call_method, joined, printf
from stalker.storage.values import (
    Blank,
    bounded,
    described,
    is_missing,
    is_number,
    is_sequence,
    number_of,
    text_of,
    work,
)
from stalker.storage.views import View

_LOOP_FIELDS = (
    "index",
    "index0",
    "revindex",
    "revindex0",
    "first",
    "last",
    "length",
    "depth",
    "depth0",
    "previtem",
    "nextitem",
)
_DATE_FIELDS = ("year", "month", "day", "hour", "minute", "second")


def _pay(context: Metered, *values: object) -> None:
    context.spend(1 + sum(map(work, values)))


def _pay_for_search(context: Metered, value: object, *arguments: object) -> None:
    # To look for m characters in n may take n times m steps, as long as m is below a hundred.
    sought = max((len(each) for each in arguments if isinstance(each, str)), default=0)
    context.spend(work(value) * (1 + min(sought, 100) // 8))
    _pay(context, value, *arguments)


def _kept(context: Metered, result: object) -> object:
    _pay(context, result)
    return bounded(result)


def field(context: Metered, value: object, name: str) -> object:
    """`value.name`: a field of a view, of a date or of `loop`, or an item of a literal mapping."""
    found = _field(value, name)
    _pay(context, found)
    return found


def _field(value: object, name: str) -> object:
    if isinstance(value, View):
        return getattr(value, name, Blank(name=name))
    if isinstance(value, LoopContext) and name in _LOOP_FIELDS:
        return getattr(value, name)
    if isinstance(value, date) and name in _DATE_FIELDS:
        return getattr(value, name, Blank(name=name))
    if isinstance(value, dict):
        return value.get(name, Blank(name=name))
    return Blank(name=name)


def item(context: Metered, value: object, key: object) -> object:
    """`value[key]`: by position in lists and text, by name elsewhere; blank if there is none."""
    if isinstance(key, str) and not isinstance(value, dict):
        return field(context, value, key)
    _pay(context, key)
    if is_sequence(value) or isinstance(value, str | dict):
        try:
            return value[key]  # type: ignore[index, call-overload]
        except LookupError:
            pass
    return Blank(name=text_of(key))


def part(context: Metered, value: object, start: object, stop: object, step: object) -> object:
    """`value[start:stop:step]` of a text or a list."""
    if is_missing(value):
        return value
    if not is_sequence(value) and not isinstance(value, str):
        refuse(f"{described(value)} cannot be sliced")
    return _kept(context, value[slice(*map(_position, (start, stop, step)))])


def _position(value: object) -> int | None:
    if value is None or isinstance(value, int):
        return value
    refuse(f"a position or the end of a range is a whole number, not {described(value)}")


def method(context: Metered, value: object, name: str, *arguments: object) -> object:
    """`value.name(…)`."""
    _pay_for_search(context, value, *arguments)
    return _kept(context, call_method(value, name, *arguments))


def filtered(
    context: Metered, value: object, name: str, *arguments: object, **options: object
) -> object:
    """`value|name(…)`."""
    _pay_for_search(context, value, *arguments, *options.values())
    return _kept(context, FILTERS[name](value, *arguments, **options))


def mapped(context: Metered, value: object, name: str) -> object:
    """`value|map(attribute=name)`."""
    return _kept(context, [field(context, each, name) for each in items_of(value)])


def tested(
    context: Metered, value: object, name: str, *arguments: object, **options: object
) -> bool:
    """`value is name(…)`."""
    context.spend(1)
    return bool(TESTS[name](value, *arguments, **options))


_RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
}


def compared(context: Metered, left: object, *rest: object) -> bool:
    """`left < right <= …`: *rest* alternates between the name of a relation and an operand."""
    for relation, right in zip(rest[::2], rest[1::2], strict=True):
        if not _compare(context, str(relation), left, right):
            return False
        left = right
    return True


def _compare(context: Metered, relation: str, left: object, right: object) -> bool:
    if relation in ("in", "notin"):
        return _contains(context, right, left) == (relation == "in")
    _pay(context, left, right)
    if relation not in ("eq", "ne") and not _have_order(left, right):
        refuse(f"{described(left)} is neither more nor less than {described(right)}")
    return bool(_RELATIONS[relation](left, right))


def _have_order(left: object, right: object) -> bool:
    if is_number(left):
        return is_number(right)
    if isinstance(left, str):
        return isinstance(right, str)
    if isinstance(left, datetime):
        return isinstance(right, datetime)
    return isinstance(left, date) and isinstance(right, date)


def _contains(context: Metered, container: object, value: object) -> bool:
    if isinstance(container, str):
        text = text_of(value)
        _pay_for_search(context, container, text)
        # An unknown name is not part of every text, although it prints as the empty text.
        return not is_missing(value) and text in container
    _pay(context, container, value)
    return value in items_of(container)


def concatenated(context: Metered, *values: object) -> str:
    """`a ~ b ~ c`."""
    texts = [text_of(value) for value in values]
    _pay(context, *texts)
    return joined(texts)


def collected(context: Metered, container: object) -> object:
    """`[a, b]`, `(a, b)` and `{a: b}`."""
    return _kept(context, container)


def ranged(context: Metered, *bounds: object) -> object:
    """`range(…)`, as a list."""
    numbers = range(*(_position(bound) or 0 for bound in bounds))
    if numbers[MAX_ITEMS:]:
        refuse(f"range is limited to {MAX_ITEMS} numbers")
    return _kept(context, tuple(numbers))


def looped(context: Metered, value: object, steps: int) -> Iterator[object]:
    """The items of a `for`, each paid with the number of *steps* in the body of the loop."""
    for each in items_of(value):
        context.spend(steps)
        yield each


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
}


def arithmetic(context: Metered, symbol: str, left: object, right: object) -> object:
    """`left + right` and the like: for numbers, except that text and lists can be added."""
    _pay(context, left, right)
    if isinstance(left, str) and symbol == "%":
        return _kept(context, printf(left, *(right if isinstance(right, tuple) else (right,))))
    if isinstance(left, str) and isinstance(right, str) and symbol == "+":
        return joined([left, right])
    if is_sequence(left) and is_sequence(right) and symbol == "+":
        return _kept(context, [*left, *right])
    for operand in (left, right):
        if not is_number(operand):
            refuse(f"{symbol!r} needs numbers, not {described(operand)}")
    return bounded(_ARITHMETIC[symbol](number_of(left), number_of(right)))


def signed(context: Metered, symbol: str, value: object) -> object:
    """`-value` and `+value`."""
    context.spend(1)
    return -number_of(value) if symbol == "-" else number_of(value)


@pass_context
def printed(context: Metered, value: object) -> str:
    """`{{ value }}`."""
    context.spend(1)
    return text_of(value)


#: The functions above by the name under which compiled templates call them. No template can: names
#: with an underscore in front are refused before anything is rewritten.
OPERATIONS: dict[str, Callable[..., object]] = {
    f"_{function.__name__}": pass_context(function)
    for function in (
        field,
        item,
        part,
        method,
        filtered,
        mapped,
        tested,
        compared,
        concatenated,
        collected,
        ranged,
        looped,
    )
}
