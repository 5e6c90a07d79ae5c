"""Guessing what a misspelt name was meant to be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalker.core.suggestions import did_you_mean


@pytest.mark.parametrize(
    ("name", "candidates", "expected"),
    [
        ("schedule_timming", ["schedule_timing", "schedule_unit"], "schedule_timing"),
        ("nmae", ["name", "login"], "name"),
        ("admin_pasword", ["admin_name", "admin_password", "admin_login"], "admin_password"),
        ("start", ["end", "duration"], None),
        ("name", [], None),
        ("", ["name"], None),
        ("mer", ["ARC", "MER"], "MER"),
        ("MER", ["mar", "mer"], "mer"),
        ("mer", ["mar", "MER"], "MER"),
        ("sh01O", ["SH010", "SH020"], "SH010"),
        ("STRASSE", ["Straße", "Strand"], "Straße"),
    ],
)
def test_the_closest_candidate_is_suggested(
    name: str, candidates: list[str], expected: str | None
) -> None:
    """The most similar name is suggested as it is written, whatever its case, or nothing."""
    assert did_you_mean(name, candidates) == (f": did you mean {expected!r}?" if expected else "")


@given(st.text(max_size=12), st.lists(st.text(min_size=1, max_size=12), max_size=8))
def test_the_suggestion_does_not_depend_on_order_or_repetition(
    name: str, candidates: list[str]
) -> None:
    """The same candidates give the same answer, however a dict or a set arranges them."""
    answer = did_you_mean(name, candidates)

    assert did_you_mean(name, set(candidates)) == answer
    assert did_you_mean(name, reversed(candidates * 2)) == answer
    assert not answer or any(repr(each) in answer for each in candidates)
