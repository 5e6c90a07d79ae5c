"""What a single value must be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import IntEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalker.core import rules
from stalker.core.kinds import GapModel, ScheduleConstraint, ScheduleModel, TimeUnit
from stalker.core.rules import (
    Rule,
    all_of,
    as_bool,
    at_least,
    aware,
    clamped,
    converted,
    default,
    each_of,
    email_address,
    forward_slashes,
    instance_of,
    integer,
    list_of,
    not_blank,
    number,
    one_of,
    option,
    optional,
    positive,
    required,
    secret,
    shown,
    text,
)

WHERE = "Task.name"
NOON = datetime(2021, 3, 14, 12, tzinfo=UTC)


class Thing:
    """Stands for a mapped class."""

    __is_entity__ = True

    def __repr__(self) -> str:
        return "<thing>"


class Entity(Thing):
    """A subclass, with a name that begins with a vowel."""


Impostor = type("Thing", (), {})
THING, ENTITY = Thing(), Entity()


class Broken:
    """Cannot even be shown."""

    def __repr__(self) -> str:
        raise RuntimeError("no repr")


class Text(str):
    """A text of another library."""


class Frame(IntEnum):
    FIRST = 1001


def double(value: Any) -> Any:
    return value * 2


ACCEPTED: list[tuple[Rule, Any, Any]] = [
    (instance_of(int, str), 5, 5),
    (instance_of(Thing), ENTITY, ENTITY),
    (instance_of("Thing"), THING, THING),
    (instance_of("Thing"), ENTITY, ENTITY),
    (instance_of("Note", int), 5, 5),
    (text(), "", ""),
    (text(), "çğ 日本語 🎬 \n\t\x1f", "çğ 日本語 🎬 \n\t\x1f"),
    (text(3), "abc", "abc"),
    (text(3), "🎬🎬🎬", "🎬🎬🎬"),
    (text(3), Text("abc"), "abc"),
    (text(3), TimeUnit.MINUTE, "min"),
    (not_blank(), " x ", " x "),
    (required(), 0, 0),
    (required(), "", ""),
    (default("x"), None, "x"),
    (default("x"), "", ""),
    (default(list), None, []),
    (default(5), 0, 0),
    (optional(text(3)), None, None),
    (optional(text(3)), "abc", "abc"),
    (all_of(), THING, THING),
    (all_of(converted(double), converted(str)), 4, "8"),
    (number(), -5, -5),
    (number(), 2.5, 2.5),
    (number(), 10**15, 10**15),
    (number(), Frame.FIRST, 1001),
    (integer(), 0, 0),
    (integer(), 2**31 - 1, 2**31 - 1),
    (integer(), -(2**31), -(2**31)),
    (integer(), Frame.FIRST, 1001),
    (at_least(0), 0, 0),
    (at_least(0), 0.5, 0.5),
    (positive(), 1e-9, 1e-9),
    (clamped(0, 1000), -1, 0),
    (clamped(0, 1000), 1001, 1000),
    (clamped(0, 1000), 500, 500),
    (converted(float), 5, 5.0),
    (as_bool(), None, False),
    (as_bool(), "x", True),
    (option(TimeUnit), "h", TimeUnit.HOUR),
    (option(TimeUnit), TimeUnit.WEEK, TimeUnit.WEEK),
    (option(GapModel), ScheduleModel.LENGTH, GapModel.LENGTH),
    (option(ScheduleConstraint), 3, ScheduleConstraint.BOTH),
    (one_of(lambda: ["Create", "Read"]), "Read", "Read"),
    (email_address(), "ada@example.com", "ada@example.com"),
    (email_address(), " Ada.L@Example.COM\n", "Ada.L@example.com"),
    (email_address(), "a@b", "a@b"),
    (forward_slashes(), "C:\\shows\\nova/sh010\\", "C:/shows/nova/sh010/"),
    (aware(), NOON, NOON),
    (aware(), NOON.astimezone(timezone(timedelta(hours=3))), NOON),
    (secret(text(6), not_blank()), "secret", "secret"),
    (each_of(instance_of(Thing)), [THING, ENTITY, THING], [THING, ENTITY]),
    (each_of(instance_of(Thing)), (THING, ENTITY), [THING, ENTITY]),
    (each_of(instance_of(Thing)), iter([THING]), [THING]),
    (each_of(instance_of(Thing)), {THING: 1}, [THING]),
    (list_of(instance_of(Thing)), [THING, ENTITY, THING], [THING, ENTITY]),
    (list_of(instance_of(Thing)), [], []),
]

REFUSED: list[tuple[Rule, Any, type[Exception], str]] = [
    (instance_of(int, str), 5.0, TypeError, "must be an int or a str, not float: 5.0"),
    (instance_of("User"), None, TypeError, "must be a User, not None"),
    (instance_of("Entity"), THING, TypeError, "must be an Entity, not Thing: <thing>"),
    (instance_of("Thing"), Impostor(), TypeError, "must be a Thing, not Thing: <"),
    (instance_of("Thing"), Thing, TypeError, "must be a Thing, not type: <class"),
    (instance_of("Thing"), Broken(), TypeError, "must be a Thing, not Broken: <Broken"),
    (text(), None, TypeError, "must be a str, not None"),
    (text(), b"abc", TypeError, "must be a str, not bytes: b'abc'"),
    (text(), ["abc"], TypeError, "must be a str, not list: ['abc']"),
    (text(3), "abcd", ValueError, "must have at most 3 characters, not 4: 'abcd'"),
    (text(), "a\0b", ValueError, "must be free of NUL characters, not 'a\\x00b'"),
    (text(), "ç\0", ValueError, "must be free of NUL characters"),
    (text(), "a\ud800", ValueError, "must be free of lone surrogates, not 'a\\ud800'"),
    (not_blank(), "", ValueError, "must be a non-empty str, not ''"),
    (not_blank(), " \t\u3000", ValueError, "must be a non-empty str"),
    (required("a project"), None, TypeError, "must be a project, not None"),
    (required(), None, TypeError, "must be given, not None"),
    (optional(text(3)), "abcd", ValueError, "at most 3"),
    (optional(text(3)), 0, TypeError, "must be a str, not int: 0"),
    (all_of(text(), not_blank()), "", ValueError, "non-empty"),
    (number(), True, TypeError, "must be an int or a float, not bool: True"),
    (number(), "5", TypeError, "must be an int or a float, not str: '5'"),
    (number(), Decimal(5), TypeError, "not Decimal: Decimal('5')"),
    (number(), 5j, TypeError, "not complex: 5j"),
    (number(), None, TypeError, "not None"),
    (number(), float("nan"), ValueError, "must be a finite number, not nan"),
    (number(), float("-inf"), ValueError, "must be a finite number, not -inf"),
    (number(), 10**400, ValueError, "must be a finite number, not 1000"),
    (number(), 10**5000, ValueError, "must be a finite number, not <int"),
    (integer(), False, TypeError, "must be an int, not bool: False"),
    (integer(), 5.0, TypeError, "must be an int, not float: 5.0"),
    (integer(), None, TypeError, "must be an int, not None"),
    (integer(), 2**31, ValueError, "must be an int of 32 bits, not 2147483648"),
    (integer(), -(2**31) - 1, ValueError, "must be an int of 32 bits"),
    (at_least(0), -0.5, ValueError, "must be at least 0, not -0.5"),
    (positive(), 0, ValueError, "must be above 0, not 0"),
    (option(TimeUnit), "x", ValueError, "one of 'min', 'h', 'd', 'w', 'm', 'y', not 'x'"),
    (option(TimeUnit), "", ValueError, "must be one of"),
    (option(TimeUnit), "H", ValueError, "must be one of"),
    (option(TimeUnit), None, TypeError, "must be one of 'min', 'h', 'd', 'w', 'm', 'y', not None"),
    (option(TimeUnit), 5, TypeError, "not int: 5"),
    (option(TimeUnit), ["h"], TypeError, "not list: ['h']"),
    (option(ScheduleConstraint), 4, ValueError, "must be one of 0, 1, 2, 3, not 4"),
    (option(ScheduleConstraint), "1", TypeError, "must be one of 0, 1, 2, 3, not str: '1'"),
    (option(ScheduleConstraint), 1.0, TypeError, "not float: 1.0"),
    (option(ScheduleConstraint), True, TypeError, "not bool: True"),
    (one_of(lambda: ["Create", "Read"]), "read", ValueError, "one of 'Create', 'Read', not 'read'"),
    (one_of(lambda: ["Create"]), None, TypeError, "must be a str, not None"),
    *(
        (email_address(), wrong, ValueError, "must be an e-mail address like")
        for wrong in ("", "ada", "@", "ada@", "@b.c", " @b.c", "a@b@c", "a b@c", "a@b\tc", "a@ b")
    ),
    (aware(), NOON.replace(tzinfo=None), TypeError, "must be a timezone-aware datetime"),
    (aware(), "2021-03-14", TypeError, "must be a timezone-aware datetime, not str"),
    (aware(), NOON.date(), TypeError, "must be a timezone-aware datetime, not date"),
    (aware(), None, TypeError, "must be a timezone-aware datetime, not None"),
    *(
        (kind(instance_of(Thing)), wrong, TypeError, f"in which each element is a Thing, not {end}")
        for kind in (each_of, list_of)
        for wrong, end in (
            (None, "None"),
            ("abc", "str: 'abc'"),
            (b"abc", "bytes: b'abc'"),
            (5, "int: 5"),
            (THING, "Thing: <thing>"),
        )
    ),
    *(
        (list_of(instance_of(Thing)), wrong, TypeError, "must be a list in which each element is")
        for wrong in ((THING,), {THING}, {THING: 1}, iter([THING]))
    ),
]


def _id(value: object) -> str:
    # some have an address in their repr, and processes that share the tests must agree on names
    return value.__name__ if isinstance(value, type) else type(value).__name__


@pytest.mark.parametrize(("rule", "value", "stored"), ACCEPTED, ids=_id)
def test_a_rule_returns_what_is_stored(rule: Rule, value: Any, stored: Any) -> None:
    """A value that follows the rule is stored as it is, or as what it stands for."""
    result = rule(value, WHERE)

    assert result == stored
    assert type(result) is type(stored) or isinstance(value, str | int)


@pytest.mark.parametrize(("rule", "value", "error", "message"), REFUSED, ids=_id)
def test_a_rule_says_what_is_wrong(
    rule: Rule, value: Any, error: type[Exception], message: str
) -> None:
    """A refusal has the exact type, and says where, what was expected and what was given."""
    with pytest.raises(error) as caught:
        rule(value, WHERE)

    assert type(caught.value) is error
    assert str(caught.value).startswith(f"{WHERE} ")
    assert message in str(caught.value)
    assert len(str(caught.value)) < 250


def test_an_enumeration_stores_its_member() -> None:
    """The plain value and the member of another enumeration become the member itself."""
    assert option(TimeUnit)("h", WHERE) is TimeUnit.HOUR
    assert option(GapModel)(ScheduleModel.LENGTH, WHERE) is GapModel.LENGTH
    assert option(ScheduleConstraint)(2, WHERE) is ScheduleConstraint.END


def test_aware_moments_are_stored_in_utc() -> None:
    """A moment in another zone keeps its instant and changes its zone."""
    elsewhere = NOON.astimezone(timezone(timedelta(hours=-8)))

    assert aware()(elsewhere, WHERE).tzinfo is UTC


def test_configured_choices_are_asked_for_each_time() -> None:
    """Defaults and choices follow the configuration, even if it changes after the rule was made."""
    actions = ["Create"]
    rule, fallback = one_of(lambda: actions), default(lambda: list(actions))

    actions.append("Render")

    assert rule("Render", WHERE) == "Render"
    assert fallback(None, WHERE) == ["Create", "Render"]
    assert fallback(None, WHERE) is not fallback(None, WHERE)


@pytest.mark.parametrize("kind", [each_of, list_of])
def test_a_wrong_element_is_named(kind: type[each_of]) -> None:
    """The error of a collection shows the element, not the whole collection."""
    with pytest.raises(
        TypeError, match=r"^each element of Task\.name must be a Thing, not int: 5$"
    ):
        kind(instance_of(Thing))([THING, 5, ENTITY], WHERE)


class Proxy:
    """A collection that declares itself to be as good as a list."""

    __is_list__ = True

    def __iter__(self) -> Iterator[Thing]:
        return iter([ENTITY, THING, ENTITY])


def test_what_calls_itself_a_list_is_a_list() -> None:
    """The collections of the library may be assigned to each other; the result is a plain list."""
    assert list_of(instance_of(Thing))(Proxy(), WHERE) == [ENTITY, THING]


def test_elements_that_are_equal_are_still_two() -> None:
    """Only the same object is left out as a repetition; the order of the first ones stays."""
    twins = [Text("a"), Text("b"), Text("a")]

    kept = each_of(instance_of(str))([*twins, *twins], WHERE)

    assert list(map(id, kept)) == list(map(id, twins))


@pytest.mark.parametrize("value", ["hunter2\0", "hunter2" * 9, b"hunter2", ["hunter2"], "hunter2"])
def test_a_secret_is_never_shown(value: Any) -> None:
    """Neither the message nor the history of the error has the value in it."""

    def refuse(value: Any) -> None:
        raise ValueError(f"too simple: {value}")

    with pytest.raises((TypeError, ValueError)) as caught:
        secret(text(20), not_blank(), converted(refuse))(value, "User.password")

    assert str(caught.value).startswith("User.password must be ")
    assert "hunter2" not in str(caught.value)
    assert caught.value.__context__ is None


@given(st.text() | st.lists(st.text()) | st.dictionaries(st.text(), st.text()))
def test_messages_stay_short(value: Any) -> None:
    """Whatever is shown in a message fits into it."""
    assert len(shown(value)) < 400


@given(st.text() | st.integers() | st.floats() | st.none() | st.booleans() | st.lists(st.none()))
def test_rules_raise_nothing_but_type_and_value_errors(value: Any) -> None:
    """Any value either follows a checking rule or is exactly a `TypeError` or a `ValueError`."""
    checks = [
        all_of(text(8), not_blank()),
        all_of(text(), email_address()),
        all_of(number(), at_least(0), converted(float)),
        all_of(number(), converted(int), positive()),
        all_of(integer(), clamped(0, 3)),
        option(TimeUnit),
        option(ScheduleConstraint),
        one_of(lambda: ["a"]),
        aware(),
        secret(text(8), not_blank()),
        list_of(instance_of("Thing")),
    ]
    for rule in checks:
        refused = None
        try:
            stored = rule(value, WHERE)
        except Exception as error:
            refused = type(error)
        assert refused in (None, TypeError, ValueError)
        assert refused or rule(stored, WHERE) == stored


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (text(256), "text(limit=256)"),
        (not_blank(), "not_blank()"),
        (clamped(0, 3), "clamped(low=0, high=3)"),
        (optional(text(3), not_blank()), "optional(text(limit=3), not_blank())"),
        (secret(text(None)), "secret(text(limit=None))"),
        (all_of(number(), at_least(0)), "all_of(number(), at_least(limit=0))"),
        (converted(double), "converted(double)"),
        (default(""), "default(value='')"),
        (option(TimeUnit), "option(TimeUnit)"),
        (instance_of("User", int), "instance_of(a User or an int)"),
        (each_of(instance_of("Entity")), "each_of(rule=instance_of(an Entity))"),
    ],
)
def test_rules_read_like_their_definition(rule: Rule, expected: str) -> None:
    """Who prints the rules of an attribute sees what was written there."""
    assert repr(rule) == expected


def test_the_module_exports_what_it_defines() -> None:
    """`__all__` is exactly the public classes and functions that are defined in the module."""
    defined = {
        name
        for name, value in vars(rules).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == rules.__name__
    }

    assert set(rules.__all__) == defined
    assert rules.__all__ == sorted(rules.__all__)
