"""Who works when: the slots that were booked, as dates."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from stalker.scheduling.native.state import Plan
from stalker.scheduling.problem import Interval
from stalker.scheduling.result import Work


def timesheet(plan: Plan) -> dict[str, tuple[Work, ...]]:
    """Return the work of every task that somebody works on, by task id."""
    date = cache(plan.date)
    return {
        job.task.id: tuple(
            Work(
                worker.artist.id,
                tuple(Interval(date(begin), date(end)) for begin, end in _joined(stretches)),
            )
            for worker, stretches in job.work.items()
        )
        for job in plan.jobs
        if job.work
    }


def _joined(stretches: list[int]) -> Iterator[tuple[int, int]]:
    """Yield *stretches* in the order of time: logs come as they were given, ends before starts."""
    pairs = sorted(zip(stretches[::2], stretches[1::2], strict=True))
    begin, end = pairs[0]
    for following, last in pairs[1:]:
        if following != end:
            yield begin, end
            begin = following
        end = last
    yield begin, end
