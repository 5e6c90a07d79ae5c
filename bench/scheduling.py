"""Made-up studios of any size, and what planning them costs: natively, and with TaskJuggler.

``python -m bench.scheduling [SIZE ...]``
"""

from __future__ import annotations

import gc
import math
import random
import resource
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from rich.console import Console
from rich.table import Table

from stalker.scheduling import (
    Allocation,
    AllocationStrategy,
    Amount,
    Artist,
    Dependency,
    Interval,
    Problem,
    Result,
    ScheduleModel,
    Task,
    TimeUnit,
    same_week,
    schedule,
)

TASKJUGGLER = "tj3"
START = datetime(2026, 3, 2, tzinfo=UTC)
SIZES = (100, 1_000, 5_000, 10_000, 20_000, 50_000)
STEPS = ("design", "model", "rig", "layout", "animation", "lighting", "comp")
SHOTS_OF_A_SEQUENCE = 25


def studio(
    leaves: int, artists: int = 200, years: int = 2, minutes: int = 60, seed: int = 1
) -> Problem:
    """Return a studio with so many *leaves*: sequences, shots, and seven steps for each shot.

    Each step waits for the one before it. There is more time than work, whatever the size.
    """
    chance = random.Random(seed)
    days = 365 * years
    people = tuple(
        Artist(
            f"User_{number}",
            efficiency=chance.choice((1.0, 1.0, 1.0, 0.75, 1.25, 0.9)),
            leaves=tuple(
                Interval(begin, begin + timedelta(days=chance.choice((1, 5, 10))))
                for begin in (
                    START + timedelta(days=chance.randrange(days - 10)) for _ in range(2 * years)
                )
            ),
        )
        for number in range(artists)
    )
    hours = artists * years * 1_400 / leaves  # a working year has about 2,000
    tasks = [Task("Project_1")]
    made = 0
    while made < leaves:
        shot = made // len(STEPS)
        sequence = f"Sequence_{shot // SHOTS_OF_A_SEQUENCE}"
        if shot % SHOTS_OF_A_SEQUENCE == 0:
            tasks.append(Task(sequence, parent="Project_1"))
        tasks.append(Task(f"Shot_{shot}", parent=sequence, priority=chance.choice((None, 600))))
        before: str | None = None
        for _ in STEPS[: leaves - made]:
            tasks.append(_step(f"Task_{made}", f"Shot_{shot}", before, hours, people, chance))
            before = tasks[-1].id
            made += 1
    return Problem(
        start=START,
        end=START + timedelta(days=days),
        resolution=timedelta(minutes=minutes),
        week=same_week([(9 * 60, 13 * 60), (14 * 60, 18 * 60)]),
        tasks=tuple(tasks),
        artists=people,
    )


def _step(
    name: str,
    shot: str,
    before: str | None,
    hours: float,
    people: tuple[Artist, ...],
    chance: random.Random,
) -> Task:
    one, *others = (artist.id for artist in chance.sample(people, 3))
    if chance.random() < 0.2:  # whoever is free first
        allocation = Allocation(
            (one, *others), AllocationStrategy.MIN_ALLOCATED, persistent=chance.random() < 0.5
        )
    else:
        allocation = Allocation((one,))
    work = max(1, round(min(hours, 40.0) * chance.uniform(0.3, 1.2)))
    return Task(
        name,
        parent=shot,
        dependencies=() if before is None else (Dependency(before),),
        model=ScheduleModel.EFFORT,
        timing=Amount(work, TimeUnit.HOUR),
        allocations=(allocation,),
    )


def chain(length: int) -> Problem:
    """Return *length* tasks of an hour, each of which waits for the one before it."""
    tasks = [
        Task(
            f"Task_{number}",
            dependencies=(Dependency(f"Task_{number - 1}"),) if number else (),
            model=ScheduleModel.EFFORT,
            timing=Amount(1, TimeUnit.HOUR),
            allocations=(Allocation(("User_0",)),),
        )
        for number in range(length)
    ]
    return Problem(
        start=START,
        end=START + timedelta(days=length // 8 * 2),
        resolution=timedelta(hours=1),
        week=same_week([(9 * 60, 18 * 60)]),
        tasks=tuple(tasks),
        artists=(Artist("User_0"),),
    )


def seconds(work: Callable[[], object], runs: int = 3) -> float:
    """Return the CPU seconds of the cheapest of several runs."""
    best = math.inf
    for _ in range(runs):
        gc.collect()
        begin = time.process_time()
        work()
        best = min(best, time.process_time() - begin)
    return best


def by_taskjuggler(problem: Problem) -> tuple[float, Result]:
    """Return the CPU seconds of a whole run of TaskJuggler, and its plan."""
    from stalker.scheduling import tjp

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = tjp.schedule(problem, command=TASKJUGGLER)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, result


def growth(console: Console, sizes: Sequence[int]) -> None:
    """Print what each size costs, and how the cost grows."""
    table = Table(title="Planning two years of 200 artists")
    for column in ("tasks", "step", "CPU s", "µs per task"):
        table.add_column(column, justify="right")
    costs: dict[int, float] = {}
    for minutes in (5, 60):
        for size in sizes:
            cost = costs[size] = seconds(partial(schedule, studio(size, minutes=minutes)))
            table.add_row(f"{size:,}", f"{minutes} min", f"{cost:.3f}", f"{cost / size * 1e6:.0f}")
    console.print(table)
    least, most = min(size for size in sizes if size >= min(5_000, max(sizes))), max(sizes)
    if least < most:
        slope = math.log(costs[most] / costs[least]) / math.log(most / least)
        console.print(f"slope from {least:,} to {most:,} tasks of one hour steps: {slope:.2f}")
    cost = seconds(partial(schedule, chain(20_000)))
    console.print(f"a chain of 20,000 tasks: {cost:.3f} s")
    with_reasons = seconds(partial(schedule, studio(10_000), reasons=True), runs=1)
    console.print(f"10,000 tasks with their reasons: {with_reasons:.3f} s")


def comparison(console: Console) -> None:
    """Print what TaskJuggler needs for the same plans, and whether they are the same."""
    if shutil.which(TASKJUGGLER) is None:
        console.print(f"{TASKJUGGLER} is not installed: nothing to compare with")
        return
    table = Table(title="1,000 tasks")
    for column in ("step", "TaskJuggler CPU s", "embedded CPU s", "ratio", "same plan"):
        table.add_column(column, justify="right")
    for minutes in (60, 5):
        problem = studio(1_000, minutes=minutes)
        theirs, plan = by_taskjuggler(problem)
        ours = seconds(partial(schedule, problem))
        same = plan.tasks == schedule(problem).tasks
        table.add_row(
            f"{minutes} min", f"{theirs:.1f}", f"{ours:.3f}", f"{theirs / ours:.0f}", str(same)
        )
    console.print(table)


def main(sizes: Sequence[int]) -> None:
    """Print all tables."""
    console = Console()
    growth(console, sizes)
    comparison(console)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or SIZES)
