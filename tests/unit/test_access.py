"""What a set of permissions allows."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from stalker.auth.access import is_allowed


class Grant(NamedTuple):
    access: str
    action: str = "Update"
    class_name: str = "Ticket"


YES, NO = Grant("Allow"), Grant("Deny")


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        ([], False),
        ([YES], True),
        ([NO], False),
        ([YES, YES], True),
        ([YES, NO], False),
        ([NO, YES], False),
        ([Grant("Allow", "Create")], False),
        ([Grant("Allow", class_name="Task")], False),
        ([YES, Grant("Deny", "Create"), Grant("Deny", class_name="Task")], True),
    ],
)
def test_one_that_denies_beats_all_that_allow(grants: list[Grant], expected: bool) -> None:
    """Only what is allowed somewhere and denied nowhere is allowed."""
    assert is_allowed(grants, "Update", "Ticket") is expected
