"""The embedded scheduler against TaskJuggler, on random studios.

    python -m tests.scheduling.fuzz 0 5000

compares the studios 0 to 4999. A studio on which they differ is made as small as it gets and
printed as JSON, for `stalker.scheduling.exchange.problem_from_json`.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from stalker import scheduling
from stalker.scheduling import Problem, Task, tjp
from stalker.scheduling.exchange import problem_to_json
from tests.scheduling.studios import studio
from tests.scheduling.tj3 import Outcome, at_once, outcome

native = partial(outcome, scheduling.schedule)
#: the fault that it finds, not the one that the library would find before it
taskjuggler = partial(outcome, partial(tjp.schedule, check=False, timeout=300))


@dataclass(frozen=True)
class Comparison:
    """What both make of one studio."""

    number: int
    native: Outcome
    tj3: Outcome

    @property
    def differ(self) -> bool:
        return self.native != self.tj3

    @property
    def kinds(self) -> tuple[str, str]:
        """What each has made, in a word: a plan, or which error."""
        plans = (each if isinstance(each, str) else "planned" for each in (self.native, self.tj3))
        return next(plans), next(plans)


def compare(number: int, problem: Problem | None = None) -> Comparison:
    problem = problem or studio(number)
    return Comparison(number, native(problem), taskjuggler(problem))


def report(number: int) -> str:
    """Return how to repeat the difference in the studio *number*, with as little as possible."""
    kinds = compare(number).kinds

    def still(problem: Problem) -> bool:
        found = compare(number, problem)
        return found.differ and found.kinds == kinds

    found = compare(number, problem := smaller(studio(number), still))
    return (
        f"studio {number} differs, and this part of it:\n"
        f"{json.dumps(problem_to_json(problem))}\n"
        f"native: {found.native}\n"
        f"tj3:    {found.tj3}"
    )


# --- making it smaller -------------------------------------------------------------------------


def smaller(problem: Problem, still: Callable[[Problem], bool], most: int = 300) -> Problem:
    """Leave out what can be left out while *still* is true, with *most* attempts."""
    left = most
    found = True
    while found and left > 0:
        found = False
        for attempt in _attempts(problem):
            left -= 1
            if attempt != problem and still(attempt):
                problem, found = attempt, True
                break
            if left <= 0:
                break
    return problem


def _attempts(problem: Problem) -> Iterator[Problem]:
    for task in problem.tasks:
        yield _without(problem, task)
    for leaves in ("leaves", "artist_leaves"):
        yield replace(problem, **{leaves: ()})
    yield replace(problem, zone="UTC")
    yield replace(problem, now=None)
    used = {
        artist
        for task in problem.tasks
        for artist in (
            *(each for allocation in task.allocations for each in allocation.candidates),
            *(booking.artist for booking in task.bookings),
        )
    }
    yield replace(problem, artists=tuple(each for each in problem.artists if each.id in used))
    for number, artist in enumerate(problem.artists):
        for plain in ({"leaves": ()}, {"week": None}, {"efficiency": 1.0}):
            changed = replace(artist, **plain)  # type: ignore[arg-type]
            yield replace(problem, artists=_with(problem.artists, number, changed))
    for number, task in enumerate(problem.tasks):
        for changed in _plainer(task):
            yield replace(problem, tasks=_with(problem.tasks, number, changed))


def _without(problem: Problem, gone: Task) -> Problem:
    """Return *problem* without a task, what is below it, and who depends on them."""
    lost = {gone.id}
    for _ in problem.tasks:
        lost |= {task.id for task in problem.tasks if task.parent in lost}
    kept = (
        replace(task, dependencies=tuple(d for d in task.dependencies if d.target not in lost))
        for task in problem.tasks
        if task.id not in lost
    )
    return replace(problem, tasks=tuple(kept))


def _plainer(task: Task) -> Iterator[Task]:
    for parts in ("dependencies", "allocations", "bookings"):
        given = getattr(task, parts)
        for number in range(len(given)):
            yield replace(task, **{parts: given[:number] + given[number + 1 :]})
    for number, dependency in enumerate(task.dependencies):
        plain = replace(dependency, gap=None)
        yield replace(task, dependencies=_with(task.dependencies, number, plain))
    for name in ("priority", "start", "end", "maxend"):
        yield replace(task, **{name: None})


def _with(given: tuple, number: int, changed: object) -> tuple:  # type: ignore[type-arg]
    return (*given[:number], changed, *given[number + 1 :])


def main(first: int, count: int) -> int:
    kinds: Counter[str] = Counter()
    different: list[int] = []
    for found in at_once(compare, range(first, first + count)):
        kinds[found.kinds[1]] += 1
        if found.differ:
            different.append(found.number)
            print(report(found.number), flush=True)
    print(f"{count} studios, {len(different)} differ: {different}; {dict(kinds.most_common())}")
    return bool(different)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
