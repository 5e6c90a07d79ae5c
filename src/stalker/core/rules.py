"""What a single value must be. Rules are small objects, named in the type of an attribute:

    Name = Annotated[str, mapped_column(String(256), info={"rules": (text(), not_blank)})]

A rule is called with the value and with where it goes ("Task.name"); it returns the value to store,
or raises `TypeError` or `ValueError` with a message that says where, what was expected and what was
given. Rules know nothing of other values, of the session or of the database. They are classes in
lower case because they read as words, not as types.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from enum import Enum, IntEnum
from reprlib import Repr
from typing import Any, Protocol

from stalker.core.dates import as_utc

__all__ = [
    "Rule",
    "all_of",
    "as_bool",
    "as_decimal",
    "at_least",
    "aware",
    "clamped",
    "converted",
    "default",
    "each_of",
    "email_address",
    "forward_slashes",
    "instance_of",
    "integer",
    "list_of",
    "money",
    "not_blank",
    "number",
    "one_of",
    "option",
    "optional",
    "positive",
    "required",
    "secret",
    "shown",
    "text",
    "wrong_type",
    "wrong_value",
]

_short = Repr()  # takes its limits as arguments only from Python 3.12 on
_short.maxstring = _short.maxother = 60
_short.maxlist, _short.maxdict, _short.maxlevel = 3, 2, 2


def shown(value: object) -> str:
    """Return a repr that fits into a message, whatever the value is."""
    try:
        return _short.repr(value)
    except Exception:  # a broken __repr__ must not hide the error we are about to explain
        return f"<{type(value).__name__}>"


def wrong_type(where: str, expected: str, value: object) -> TypeError:
    """Build the `TypeError` of all rules."""
    kind = "None" if value is None else f"{type(value).__name__}: {shown(value)}"
    return TypeError(f"{where} must be {expected}, not {kind}")


def wrong_value(where: str, expected: str, value: object) -> ValueError:
    """Build the `ValueError` of all rules."""
    return ValueError(f"{where} must be {expected}, not {shown(value)}")


class Rule(Protocol):
    """A check of one value, possibly with a conversion."""

    def __call__(self, value: Any, where: str, /) -> Any: ...


class _Rule:
    """Gives rules a repr that reads like their definition."""

    def __repr__(self) -> str:
        arguments = ", ".join(f"{key}={value!r}" for key, value in vars(self).items())
        return f"{type(self).__name__}({arguments})"


class instance_of(_Rule):
    """The value is an instance of one of the classes, given as classes or by name.

    A name stands for the class of that name and its subclasses, wherever it is defined: a rule in
    one module can ask for a class of another without importing it.
    """

    def __init__(self, *kinds: type | str) -> None:
        self.kinds = tuple(kind for kind in kinds if isinstance(kind, type))
        self.names = frozenset(kind for kind in kinds if isinstance(kind, str))
        self.expected = " or ".join(
            _with_article(kind if isinstance(kind, str) else kind.__name__) for kind in kinds
        )

    def __call__(self, value: Any, where: str) -> Any:
        if isinstance(value, self.kinds):
            return value
        if self.names and _is_a(type(value), self.names):
            return value
        raise wrong_type(where, self.expected, value)

    def __repr__(self) -> str:
        return f"instance_of({self.expected})"


_known: dict[tuple[type, frozenset[str]], bool] = {}


def _is_a(kind: type, names: frozenset[str]) -> bool:
    try:
        return _known[kind, names]
    except KeyError:
        # only classes that say so count: a stranger's class may be called "User" too
        answer = any(
            base.__name__ in names and getattr(base, "__is_entity__", False)
            for base in kind.__mro__
        )
        _known[kind, names] = answer
        return answer


def _with_article(name: str) -> str:
    return f"an {name}" if name[0] in "AEIOaeio" else f"a {name}"


class text(_Rule):
    """The value is a `str` of at most *limit* characters that every database can store."""

    def __init__(self, limit: int | None = None) -> None:
        self.limit = limit

    def __call__(self, value: Any, where: str) -> Any:
        if not isinstance(value, str):
            raise wrong_type(where, "a str", value)
        if self.limit is not None and len(value) > self.limit:
            raise ValueError(
                f"{where} must have at most {self.limit} characters, "
                f"not {len(value)}: {shown(value)}"
            )
        if not value.isascii() or "\0" in value:
            _storable(value, where)
        return value


def _storable(value: str, where: str) -> None:
    if "\0" in value:
        raise wrong_value(where, "free of NUL characters", value)
    try:
        value.encode()
    except UnicodeEncodeError:
        raise wrong_value(where, "free of lone surrogates", value) from None


class not_blank(_Rule):
    """The text holds more than white space."""

    def __call__(self, value: Any, where: str) -> Any:
        if not value or value.isspace():
            raise wrong_value(where, "a non-empty str", value)
        return value


class required(_Rule):
    """The value is not `None`."""

    def __init__(self, expected: str = "given") -> None:
        self.expected = expected

    def __call__(self, value: Any, where: str) -> Any:
        if value is None:
            raise wrong_type(where, self.expected, value)
        return value


class default(_Rule):
    """`None` stands for a default: a value, or a function that is asked each time."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __call__(self, value: Any, where: str) -> Any:
        if value is not None:
            return value
        return self.value() if callable(self.value) else self.value


class all_of(_Rule):
    """The value passes through all rules in order."""

    def __init__(self, *rules: Rule) -> None:
        self.rules = rules

    def __call__(self, value: Any, where: str) -> Any:
        for rule in self.rules:
            value = rule(value, where)
        return value

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.rules))})"


class optional(all_of):
    """`None` is allowed; anything else must follow the rules."""

    def __call__(self, value: Any, where: str) -> Any:
        return None if value is None else super().__call__(value, where)


class number(_Rule):
    """The value is a finite `int` or `float`; `bool` is refused, it is never meant as a number."""

    def __call__(self, value: Any, where: str) -> Any:
        kind = type(value)
        if kind is not float and kind is not int and not _is_number(value):
            raise wrong_type(where, "an int or a float", value)
        if not -_LARGEST <= value <= _LARGEST:  # refuses NaN too
            raise wrong_value(where, "a finite number", value)
        return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


#: Beyond this, arithmetic with the value overflows somewhere; far above any frame, rate or hour.
_LARGEST = 1e15


class money(_Rule):
    """The value is an `int`, `float` or `Decimal` below 10**14; it is stored as a `float`.

    What is beyond the fourth decimal is rounded, halves to the even digit.
    """

    def __call__(self, value: Any, where: str) -> Any:
        if not isinstance(value, Decimal) and not _is_number(value):
            raise wrong_type(where, "an int, a float or a Decimal", value)
        exact = as_decimal(value)
        if not exact.is_finite() or abs(exact) >= _MONEY_LIMIT:
            raise wrong_value(where, "a number between -10**14 and 10**14", value)
        return float(exact.quantize(_MONEY_STEP))


_MONEY_LIMIT = 10**14
_MONEY_STEP = Decimal("0.0001")


def as_decimal(value: float | Decimal) -> Decimal:
    """Return the number that one reads: 0.1, not what its binary form really is."""
    return value if isinstance(value, Decimal) else Decimal(repr(value))


class integer(_Rule):
    """The value is an `int` that fits the database's 32 bits; `bool` is refused."""

    def __call__(self, value: Any, where: str) -> Any:
        if type(value) is not int and (isinstance(value, bool) or not isinstance(value, int)):
            raise wrong_type(where, "an int", value)
        if not -(2**31) <= value < 2**31:
            raise wrong_value(where, "an int of 32 bits", value)
        return value


class at_least(_Rule):
    """The number is not below *limit*."""

    def __init__(self, limit: float) -> None:
        self.limit = limit

    def __call__(self, value: Any, where: str) -> Any:
        if value < self.limit:
            raise wrong_value(where, f"at least {self.limit}", value)
        return value


class positive(_Rule):
    """The number is above zero."""

    def __call__(self, value: Any, where: str) -> Any:
        if value <= 0:
            raise wrong_value(where, "above 0", value)
        return value


class clamped(_Rule):
    """The number is moved into the range from *low* to *high*."""

    def __init__(self, low: int, high: int) -> None:
        self.low = low
        self.high = high

    def __call__(self, value: Any, where: str) -> Any:
        return min(max(value, self.low), self.high)


class converted(_Rule):
    """The value is replaced by what *function* makes of it."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function

    def __call__(self, value: Any, where: str) -> Any:
        return self.function(value)

    def __repr__(self) -> str:
        return f"converted({self.function.__name__})"


class as_bool(_Rule):
    """The value counts as true or false."""

    def __call__(self, value: Any, where: str) -> Any:
        return bool(value)


class option(_Rule):
    """The value is a member of an enumeration, or equal to one; the member is stored."""

    def __init__(self, kind: type[Enum]) -> None:
        self.kind = kind
        self.members = {member.value: member for member in kind}
        self.expected = "one of " + ", ".join(repr(member.value) for member in kind)

    def __call__(self, value: Any, where: str) -> Any:
        if isinstance(value, self.kind):
            return value
        plain = int if issubclass(self.kind, IntEnum) else str
        if isinstance(value, bool) or not isinstance(value, plain):
            raise wrong_type(where, self.expected, value)
        try:
            return self.members[value]
        except KeyError:
            raise wrong_value(where, self.expected, value) from None

    def __repr__(self) -> str:
        return f"option({self.kind.__name__})"


class one_of(_Rule):
    """The text is among the words that *choices* returns when asked."""

    def __init__(self, choices: Callable[[], Iterable[str]]) -> None:
        self.choices = choices

    def __call__(self, value: Any, where: str) -> Any:
        if not isinstance(value, str):
            raise wrong_type(where, "a str", value)
        choices = list(self.choices())
        if value not in choices:
            raise wrong_value(where, "one of " + ", ".join(map(repr, choices)), value)
        return value


class email_address(_Rule):
    """The text has one `@` with something on both sides, and no white space inside.

    White space around it is dropped and the domain is stored in lower case, so that the database
    finds duplicates.
    """

    def __call__(self, value: Any, where: str) -> Any:
        name, at, domain = value.strip().rpartition("@")
        if not at or not name or not domain or "@" in name or any(map(str.isspace, name + domain)):
            raise wrong_value(where, "an e-mail address like 'name@example.com'", value)
        return f"{name}@{domain.lower()}"


class forward_slashes(_Rule):
    """Backslashes become slashes: one spelling of a path on every platform."""

    def __call__(self, value: Any, where: str) -> Any:
        return value.replace("\\", "/")


class aware(_Rule):
    """The value is a timezone-aware `datetime`; it is stored in UTC."""

    def __call__(self, value: Any, where: str) -> Any:
        if not isinstance(value, datetime):
            raise wrong_type(where, "a timezone-aware datetime", value)
        return as_utc(value, where)


class secret(all_of):
    """The value passes through all rules, but the message of a failure never shows it."""

    def __call__(self, value: Any, where: str) -> Any:
        error: Exception
        try:
            return super().__call__(value, where)
        except TypeError:
            error = TypeError(f"{where} must be a str, not {type(value).__name__}")
        except ValueError:
            error = ValueError(
                f"{where} must be a non-empty str, not too long, without NUL or surrogates"
            )
        # raised out here, because the refused error, which shows the value, would be its context
        raise error


class each_of(_Rule):
    """Every element of an iterable follows *rule*; the result is a list without repetitions.

    A `str` is refused: its characters are never what was meant.
    """

    def __init__(self, rule: instance_of) -> None:
        self.rule = rule

    def __call__(self, value: Any, where: str) -> Any:
        if isinstance(value, str | bytes):
            raise wrong_type(where, f"a list in which each element is {self.rule.expected}", value)
        try:
            elements = list(value)
        except TypeError:
            raise wrong_type(
                where, f"a list in which each element is {self.rule.expected}", value
            ) from None
        kept: dict[int, Any] = {}
        where = f"each element of {where}"
        for element in elements:
            kept.setdefault(id(element), self.rule(element, where))
        return list(kept.values())


class list_of(each_of):
    """Like `each_of`, but only a list will do: not a tuple, a set or a dict."""

    def __call__(self, value: Any, where: str) -> Any:
        if not isinstance(value, list) and not hasattr(value, "__is_list__"):
            raise wrong_type(where, f"a list in which each element is {self.rule.expected}", value)
        return super().__call__(value, where)
