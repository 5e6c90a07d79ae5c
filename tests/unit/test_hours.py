"""Working hours as people type them on the command line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from stalker.cli import hours
from stalker.cli.refusal import Refused

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPANS = some.lists(some.integers(0, 24 * 60), max_size=6, unique=True).map(
    lambda moments: [list(pair) for pair in zip(*[iter(sorted(moments))] * 2, strict=False)]
)


@given(some.lists(SPANS, min_size=7, max_size=7))
def test_what_is_shown_can_be_typed(week: list[list[list[int]]]) -> None:
    """Each week comes back from the text that shows it."""
    known = dict(zip(DAYS, week, strict=True))
    clock = {day: [list(map(hours.clock, span)) for span in spans] for day, spans in known.items()}
    assert hours.parse(hours.shown(clock).split(", ")) == known


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "'' needs hours after its days"),
        ("fri", "'fri' needs hours after its days"),
        ("fro 9:00-10:00", "there is no day 'fro', only mon, tue,"),
        ("mon- 9:00-10:00", "there is no day '', only mon"),
        ("fri-mon off", "'fri-mon': fri does not come before mon in a week"),
        ("mon 9-10", "'9-10' is not a span of time such as 09:00-18:00"),
        ("mon off 9:00-10:00", "'off' is not a span of time"),
        ("mon 10:00-09:00", "'10:00-09:00' must end after its start"),
        ("mon 09:00-09:61", "'09:00-09:61' must end after its start"),
        ("mon 20:00-24:01", "'20:00-24:01' must end after its start"),
    ],
)
def test_what_is_no_time_of_work(text: str, reason: str) -> None:
    """What is wrong is named."""
    with pytest.raises(Refused, match=reason):
        hours.parse(["sat off", text])
