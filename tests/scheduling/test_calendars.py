"""Which slots are working time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stalker.scheduling import Artist, Interval, Problem, Task
from stalker.scheduling.native.calendars import Calendar
from stalker.scheduling.problem import RESOLUTIONS, Week
from tests.scheduling.cases import DAY, HOUR, at, problem

ZONES = (
    "UTC",
    "Europe/London",
    "America/New_York",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Pacific/Apia",
)


def on(frame: Problem, week: Week) -> bytes:
    """Return the board of *week*, by the rule: the first moment of a slot lies in a span."""
    zone = ZoneInfo(frame.zone)
    board = bytearray()
    moment = frame.start
    while moment < frame.end:
        local = moment.astimezone(zone)
        second = local.hour * 3600 + local.minute * 60 + local.second
        board.append(any(a * 60 <= second < b * 60 for a, b in week[local.weekday()]))
        moment += frame.resolution
    return bytes(board) + b"\0"


def spans() -> st.SearchStrategy[tuple[int, int]]:
    minutes = st.integers(0, 1440)
    return st.tuples(minutes, minutes).filter(lambda span: span[0] < span[1])


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    minutes=st.sampled_from(RESOLUTIONS),
    first=st.integers(0, 400 * 24),
    days=st.integers(1, 200),
    week=st.lists(st.lists(spans(), max_size=3).map(tuple), min_size=7, max_size=7).map(tuple),
)
def test_a_board_follows_the_rule(
    zone: str, minutes: int, first: int, days: int, week: Week
) -> None:
    """Whatever the zone and its clock changes, the resolution, and spans that miss the grid."""
    start = datetime(2026, 1, 1, tzinfo=UTC) + first * HOUR
    frame = problem(
        Task("t"),
        start=start,
        end=start + days * DAY,
        resolution=timedelta(minutes=minutes),
        zone=zone,
    )
    assert Calendar(frame).week(week) == on(frame, week)


@pytest.mark.parametrize(
    ("leave", "free"),
    [
        ((at(2, 12), at(2, 15)), 42),
        ((at(1), at(2, 10)), 44),
        ((at(6, 12), at(30)), 39),
        ((at(1), at(30)), 0),
        ((at(7), at(8)), 45),
        ((at(20), at(21)), 45),
    ],
)
def test_leaves_may_reach_over_the_frame(leave: tuple[datetime, datetime], free: int) -> None:
    """Of a week of 45 hours, what is left is what the leave does not cover."""
    frame = problem(Task("t"), end=at(9))
    board, count = Calendar(frame).artist(Artist("a", leaves=(Interval(*leave),)))

    assert board.count(1) == count == free


def test_vacations_of_the_studio_stop_people_but_not_lengths() -> None:
    """Those of the project stop both."""
    tuesday = Interval(at(3), at(4))
    for names, working, free in (("leaves", 36, 36), ("artist_leaves", 45, 36)):
        calendar = Calendar(problem(Task("t"), end=at(9), **{names: (tuesday,)}))

        assert len(calendar.working) == working
        assert calendar.artist(Artist("a"))[1] == free
