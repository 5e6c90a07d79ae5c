"""The helpers around entities: walking along a list, looking for a circle, local time."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from stalker.exceptions import CircularDependencyError
from stalker.models import (
    check_circular_dependency,
    local_to_utc,
    make_plural,
    utc_to_local,
    walk_hierarchy,
)


class Node:
    """A thing with a list, equal to any other."""

    def __init__(self, name: str, *below: Node) -> None:
        self.name = name
        self.below = list(below)

    def __eq__(self, other: object) -> bool:
        return True

    def __repr__(self) -> str:
        return self.name

    __hash__ = None  # type: ignore[assignment]


def tree() -> dict[str, Node]:
    """Return a root `a` with `b` and `c` below it, of which `b` has `d` and `e`."""
    d, e, c = Node("d"), Node("e"), Node("c")
    b = Node("b", d, e)
    return {"a": Node("a", b, c), "b": b, "c": c, "d": d, "e": e}


@pytest.mark.parametrize(
    ("start", "method", "names"),
    [
        ("a", 0, "abdec"),
        ("a", 1, "abcde"),
        ("b", 0, "bde"),
        ("b", 1, "bde"),
        ("d", 0, "d"),
        ("d", 1, "d"),
    ],
)
def test_walking_along_a_list(start: str, method: int, names: str) -> None:
    """01 §2: the start first, then depth first in the order of the lists, or level by level."""
    assert "".join(each.name for each in walk_hierarchy(tree()[start], "below", method)) == names
    assert "".join(each.name for each in walk_hierarchy(tree()["a"], "below")) == "abdec"


@pytest.mark.parametrize("method", [0, 1])
def test_walking_in_a_circle(method: int) -> None:
    """01 BT-17: it is an error, not an endless loop."""
    nodes = tree()
    nodes["e"].below = [nodes["a"]]
    with pytest.raises(CircularDependencyError):
        list(walk_hierarchy(nodes["a"], "below", method))


@pytest.mark.parametrize(
    ("start", "other", "found"),
    [
        ("a", "a", True),
        ("a", "b", True),
        ("a", "e", True),
        ("b", "d", True),
        ("b", "a", False),
        ("c", "b", False),
        ("d", "e", False),
    ],
)
def test_looking_for_a_circle(start: str, other: str, found: bool) -> None:
    """01 §2: the other object, not an equal one, follows from the first or is the first itself."""
    nodes = tree()
    nodes["e"].below = [nodes["e"]]  # a circle elsewhere does not keep it from ending
    if not found:
        assert check_circular_dependency(nodes[start], nodes[other], "below") is None  # type: ignore[func-returns-value]
        return
    with pytest.raises(CircularDependencyError, match=rf"Node\.below: {other} follows") as caught:
        check_circular_dependency(nodes[start], nodes[other], "below")
    error: Any = caught.value
    assert error.entity is nodes[start] and error.other is nodes[other]


@pytest.fixture
def berlin() -> Iterator[None]:
    """Let this machine be in a zone with two offsets."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Europe/Berlin"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.parametrize(
    ("utc", "local"),
    [
        (datetime(2026, 1, 15, 11, 30, 0, 123_456), datetime(2026, 1, 15, 12, 30, 0, 123_456)),
        (datetime(2026, 7, 15, 11, 30, 0, 1), datetime(2026, 7, 15, 13, 30, 0, 1)),
        (datetime(2026, 3, 29, 0, 59, 59), datetime(2026, 3, 29, 1, 59, 59)),
        (datetime(2026, 3, 29, 1), datetime(2026, 3, 29, 3)),
        (datetime(2026, 12, 31, 23, 30), datetime(2027, 1, 1, 0, 30)),
    ],
)
@pytest.mark.usefixtures("berlin")
def test_local_time(utc: datetime, local: datetime) -> None:
    """01 §2: naive in, naive out, with the offset of that moment and to the microsecond."""
    assert utc_to_local(utc) == local and utc_to_local(utc).tzinfo is None
    assert local_to_utc(local) == utc and local_to_utc(local).tzinfo is None


def test_plurals_are_offered() -> None:
    """01 §2: the function that names tables is public."""
    assert make_plural("Repository") == "Repositories"
