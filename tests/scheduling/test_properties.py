"""What holds for every plan, whatever the studio."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from stalker.core.kinds import AllocationStrategy
from stalker.scheduling import (
    Allocation,
    Artist,
    Problem,
    Result,
    SchedulingError,
    schedule,
    validate,
)
from stalker.scheduling.native.building import build
from stalker.scheduling.native.placing import _Walk
from stalker.scheduling.native.scheduler import prepare, run
from stalker.scheduling.native.state import Plan, Worker
from tests.scheduling.cases import problem, work
from tests.scheduling.made_up import Studio

studios = st.integers(0, 2**32).map(lambda seed: Studio(seed).problem())


def outcome(studio: Problem, seed: int = 0) -> Result | str:
    """Return the plan, or the id of the error."""
    try:
        return schedule(studio, seed=seed)
    except SchedulingError as error:
        return error.id


def planned(studio: Problem) -> Plan:
    """Return the plan with all that the scheduler knows, whether it fits or not."""
    assume(not validate(studio))
    plan = build(studio, strict=True)
    prepare(plan)
    run(plan)
    return plan


def slots(stretches: list[int]) -> list[int]:
    pairs = zip(stretches[::2], stretches[1::2], strict=True)
    return [slot for begin, end in pairs for slot in range(begin, end)]


@settings(max_examples=300, deadline=None)
@given(studios)
def test_taking_many_slots_at_once_changes_nothing(studio: Problem) -> None:
    """The plan is the one that walking slot by slot gives."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_Walk, "alone", lambda self: None)
        patch.setattr(_Walk, "same", lambda self, chosen, workers: 0)
        expected = outcome(studio)

    assert outcome(studio) == expected


@settings(max_examples=200, deadline=None)
@given(studios)
def test_nobody_works_twice_or_when_off(studio: Problem) -> None:
    """Each slot of an artist is used once; what is not logged lies in working time, after now."""
    plan = planned(studio)
    used: dict[Worker, Counter[int]] = {worker: Counter() for worker in plan.workers.values()}
    for job in plan.jobs:
        for worker, stretches in job.work.items():
            used[worker].update(slots(stretches))
    for worker, count in used.items():
        assert not count or max(count.values()) == 1
        free = plan.calendar.artist(worker.artist)[0]
        placed = set(count) - worker.booked
        assert all(free[slot] for slot in placed)
        assert not placed or min(placed) >= plan.calendar.index(plan.now)
        assert worker.load == pytest.approx(len(count) * worker.efficiency)


@settings(max_examples=200, deadline=None)
@given(studios)
def test_work_is_done_and_no_more(studio: Problem) -> None:
    """An effort that fits is reached in its last slot; dates enclose the work that is placed."""
    plan = planned(studio)
    for job in plan.jobs:
        if not job.effort or not job.scheduled or job.task.bookings:
            continue
        times = {worker: slots(each) for worker, each in job.work.items()}
        last = max(max(each) for each in times.values()) if job.forward else job.start
        done = sum(worker.efficiency * len(each) for worker, each in times.items())
        in_last = sum(worker.efficiency for worker, each in times.items() if last in each)

        assert done >= job.effort - 1e-6
        assert done - in_last < job.effort + 1e-6
        assert job.start is not None
        assert job.end is not None
        assert all(job.start <= slot < job.end for each in times.values() for slot in each) or any(
            not worker.efficiency for worker in times
        )


@settings(max_examples=100, deadline=None)
@given(studios)
def test_names_and_idle_artists_do_not_matter(studio: Problem) -> None:
    """Labels are for messages only, and who is not asked does not change a plan."""
    renamed = replace(
        studio,
        tasks=tuple(replace(task, label=f"Task {task.id}") for task in studio.tasks),
        artists=(Artist("idle"), *reversed(studio.artists)),
    )
    expected, found = outcome(studio), outcome(renamed)

    if isinstance(expected, Result) and isinstance(found, Result):
        assert found.tasks == expected.tasks
    else:
        assert found == expected


def test_a_seed_decides_what_is_random() -> None:
    """The same seed gives the same plan, other seeds give others."""
    names = tuple(f"u{number}" for number in range(5))
    studio = problem(
        *(
            work(f"t{number}", allocations=(Allocation(names, AllocationStrategy.RANDOM),))
            for number in range(20)
        ),
        artists=tuple(map(Artist, names)),
    )

    plans = [schedule(studio, seed=seed).tasks for seed in range(4)]

    assert schedule(studio, seed=1).tasks == plans[1]
    assert len({str(plan) for plan in plans}) == 4
