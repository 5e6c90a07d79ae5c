"""The exact times of work, as a result tells them."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from stalker.scheduling import Booking, Interval, Problem, Work, schedule
from stalker.scheduling.native.timesheet import timesheet
from tests.scheduling.cases import DAY, at, problem, work
from tests.scheduling.made_up import Studio
from tests.scheduling.test_properties import planned, slots

studios = st.integers(0, 2**32).map(lambda seed: Studio(seed).problem())


@settings(max_examples=150, deadline=None)
@given(studios)
def test_times_are_the_booked_slots(studio: Problem) -> None:
    """Times cover what was booked for each artist, in order, and no two of them touch."""
    plan = planned(studio)
    told = timesheet(plan)
    assert list(told) == [job.task.id for job in plan.jobs if job.work]
    for job in plan.jobs:
        works = told.get(job.task.id, ())
        assert [each.artist for each in works] == [worker.artist.id for worker in job.work]
        for each, stretches in zip(works, job.work.values(), strict=True):
            assert all(one.end < other.start for one, other in pairwise(each.times))
            covered = [slot for time in each.times for slot in map(plan.calendar.slot, time)]
            assert slots(covered) == sorted(slots(stretches))


def test_work_is_told_if_it_is_asked_for() -> None:
    """A result has times only for who asked, and logs are among them."""
    studio = problem(work("t", 12, bookings=(Booking("a", at(2, 9), at(2, 11)),)), now=at(4, 9))
    assert schedule(studio).work == {}
    assert schedule(studio, work=True).work == {
        "t": (
            Work(
                "a",
                (
                    Interval(at(2, 9), at(2, 11)),
                    Interval(at(4, 9), at(4, 18)),
                    Interval(at(4, 9) + DAY, at(5, 10)),
                ),
            ),
        )
    }
