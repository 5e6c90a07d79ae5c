"""What tests with TaskJuggler share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from stalker.exceptions import SchedulingError
from stalker.scheduling import Problem, Result

Given = TypeVar("Given")
Found = TypeVar("Found")
#: what is compared: dates and artists of each task, or the name of the rule that is broken
Outcome = dict[str, tuple[str, str, tuple[str, ...]]] | str

#: in CI its absence is a failure
needs_tj3 = pytest.mark.skipif(
    shutil.which("tj3") is None and os.environ.get("CI") != "true",
    reason="tj3 (TaskJuggler 3) is not installed",
)


def outcome(solve: Callable[[Problem], Result], problem: Problem) -> Outcome:
    """Return what *solve* makes of *problem*."""
    try:
        result = solve(problem)
    except SchedulingError as error:
        # TaskJuggler overlooks some circles, and then runs in them until its stack is full
        return "loop_end" if error.id == "tj3_overflow" else error.id
    return {
        task_id: (str(planned.start), str(planned.end), planned.artists)
        for task_id, planned in result.tasks.items()
    }


def at_once(work: Callable[[Given], Found], given: Iterable[Given]) -> Iterator[Found]:
    """Do *work* for each of *given*, on all processors unless xdist uses them already."""
    workers = 1 if "PYTEST_XDIST_WORKER" in os.environ else os.cpu_count()
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(work, given)
