"""How names become identifiers, file name parts and plurals."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stalker.core.naming import (
    login_name,
    make_plural,
    nice_name,
    single_spaced,
    snake_case,
    take_name,
)

# every kind of character that one of the functions treats apart, and some from anywhere
characters = st.sampled_from("aZ09_-@ \t\n().#çßİ\u00a0\u2028\u212a") | st.characters()
names = st.text(characters, max_size=30)


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("hero_model", "hero_model"),
        ("SQ 010 - SH 020", "SQ_010_SH_020"),
        ("_draft", "draft"),
        ('7th "pass" (old)', "7th_pass_old"),
        ("walk--cycle  01", "walk_cycle_01"),
        ("rig@v2.final", "rig@v2final"),
        ("tail-", "tail_"),
        ("çğ", ""),
        ("  CamelCase\tStays\n", "CamelCase_Stays"),
        ("a - _ b", "a_b"),
        ("#  - @_9lives", "9lives"),
        ("no\u00a0break", "no_break"),
        ("", ""),
    ],
)
def test_nice_name_is_what_the_contract_lists(given_name: str, expected: str) -> None:
    """A nice name keeps ASCII letters, digits, `_` and `@`, and joins words by one `_`."""
    assert nice_name(given_name) == expected


@given(names)
def test_nice_name_fits_into_a_path(name: str) -> None:
    """A nice name is empty or begins with a letter or digit, and to repeat it changes nothing."""
    nice = nice_name(name)

    assert re.fullmatch(r"(?:[A-Za-z0-9][A-Za-z0-9_@]*)?", nice)
    assert "__" not in nice
    assert nice_name(nice) == nice


@given(names)
@example(" a  \t b\u2028\u2028c ")
def test_single_spaced_only_touches_white_space(name: str) -> None:
    """Only white space changes: none at the ends, one space for each run, the words stay."""
    spaced = single_spaced(name)

    assert spaced.split(" ") == (name.split() or [""])
    assert single_spaced(spaced) == spaced


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("Hero Pose", "Hero_Pose"),
        ("  main ", "main"),
        ("  a   b  ", "a_b"),
        ("A___B", "A___B"),
        ("A--B", "A--B"),
        ("A@B", "A@B"),
        ("_x", "x"),
        ("2nd Try", "2nd_Try"),
        ("# a", "a"),
        ("_ @- a_", "a_"),
        ("#$%", ""),
        ("çğ", ""),
    ],
)
def test_take_name_is_what_the_contract_lists(given_name: str, expected: str) -> None:
    """A take name keeps case and runs of `_` and `-`, drops the rest, and joins words by `_`."""
    assert take_name(given_name) == expected


@given(names)
def test_take_name_fits_into_a_path(name: str) -> None:
    """A take name is empty or begins with a letter or digit, and to repeat it changes nothing."""
    take = take_name(name)

    assert re.fullmatch(r"(?:[A-Za-z0-9][A-Za-z0-9_@-]*)?", take)
    assert take_name(take) == take


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("J. Doe", "jdoe"),
        (" MaRy ", "mary"),
        ("42 a.b", "ab"),
        ("pipe_td-1", "pipetd1"),
        ("##", ""),
        ("42", ""),
        ("Anna (TD)", "anna(td)"),
        ("4(2)b", "(2)b"),
        ("Zoë\tO'Neil", "zooneil"),
    ],
)
def test_login_name_is_what_the_contract_lists(given_name: str, expected: str) -> None:
    """A login keeps lower case letters, digits and parentheses, but no digits in front."""
    assert login_name(given_name) == expected


@given(names)
def test_logins_that_look_alike_are_the_same(name: str) -> None:
    """Case, white space and a repetition make no other login, so that duplicates are found."""
    login = login_name(name)

    assert re.fullmatch(r"(?:[a-z()][a-z0-9()]*)?", login)
    assert login_name(f" {login.upper()}\n") == login


@pytest.mark.parametrize(
    ("singular", "plural"),
    [
        ("Entity", "Entities"),
        ("Repository", "Repositories"),
        ("TaskDependency", "TaskDependencies"),
        ("bench", "benches"),
        ("thief", "thieves"),
        ("Status", "Statuses"),
        ("studio", "studios"),
        ("StatusList", "StatusLists"),
        ("template", "templates"),
        ("Task", "Tasks"),
        ("Link", "Links"),
        ("SimpleEntity", "SimpleEntities"),
    ],
)
def test_plurals_are_what_the_contract_lists(singular: str, plural: str) -> None:
    """The ending decides about the plural: y, ch, f and s have their own."""
    assert make_plural(singular) == plural


@pytest.mark.parametrize(
    ("camel", "snake"),
    [
        ("LensKit", "lens_kit"),
        ("Task", "task"),
        ("SimpleEntity", "simple_entity"),
        ("ACLMixin", "acl_mixin"),
        ("HTTPServer", "http_server"),
        ("Shot2Frame", "shot2_frame"),
        ("already_snake", "already_snake"),
    ],
)
def test_snake_case_separates_words(camel: str, snake: str) -> None:
    """Each word of a class name gets its own part; an acronym is one word."""
    assert snake_case(camel) == snake
