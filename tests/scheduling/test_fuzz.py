"""The embedded scheduler and TaskJuggler agree on random studios; `make stress` takes more of them.

`tests.scheduling.fuzz` can be run by itself, with other numbers.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

from stalker import scheduling
from stalker.scheduling import Problem
from stalker.scheduling.exchange import problem_from_json, problem_to_json
from tests.scheduling import fuzz
from tests.scheduling.studios import studio
from tests.scheduling.tj3 import at_once, needs_tj3

STUDIOS = int(os.environ.get("STALKER_TEST_STUDIOS", "300"))
#: so many tests share them, for xdist
PARTS = 10


@needs_tj3
@pytest.mark.parametrize("part", range(PARTS))
def test_both_schedulers_agree(part: int) -> None:
    """Dates, artists in order, or the error: the same for every studio."""
    numbers = range(part, STUDIOS, PARTS)
    for found in at_once(fuzz.compare, numbers):
        assert not found.differ, fuzz.report(found.number)


@needs_tj3
@pytest.mark.parametrize("number", [3500])
def test_what_once_differed_agrees(number: int) -> None:
    """Studios beyond those of CI in which a long run found a difference, and nothing else would."""
    assert not fuzz.compare(number).differ, fuzz.report(number)


def test_studios_have_everything() -> None:
    """Half of the studios can be planned, and what they have is all that a problem can have."""
    studios = [studio(number) for number in range(300)]
    kinds = Counter(
        kind if isinstance(kind := fuzz.native(problem), str) else "planned" for problem in studios
    )
    assert 100 < kinds["planned"] < 200 and len(kinds) > 15
    written = str([problem_to_json(problem) for problem in studios])
    for word in (
        "'priority': 0,",
        "'start'}", "'length', ", "'duration', ", "'y']", "'m']", "'w']", "'min']",
        "'milestone'", "'maxend'", "'persistent'", "'mandatory'", "'maxloaded'", "'minloaded'",
        "'order'", "'bookings'", "'projection': False", "Lord_Howe", "'resolution_min': 5,",
        "'leaves': [[", "'resource_leaves': [[", "'working_hours': {'mon': []", "1440]",
    ):  # fmt: skip
        assert word in written, word


def test_studios_are_always_the_same() -> None:
    """A number stands for one studio, which comes back from JSON."""
    for number in range(50):
        problem = studio(number)
        assert studio(number) == problem
        assert problem_from_json(problem_to_json(problem)) == problem


def test_a_difference_is_made_small() -> None:
    """What has nothing to do with a difference is left out of its report."""

    def somebody_is_late(problem: Problem) -> bool:
        try:
            result = scheduling.schedule(problem)
        except scheduling.SchedulingError:
            return False
        return any(notice.id == "maxend" for notice in result.warnings)

    number = next(number for number in range(300) if somebody_is_late(studio(number)))
    small = fuzz.smaller(studio(number), somebody_is_late)
    assert somebody_is_late(small)
    assert len(small.tasks) <= 4 < len(studio(number).tasks)
