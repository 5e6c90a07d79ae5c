"""CPU time and statements of one piece of work."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, event


@dataclass
class Cost:
    """What a run took."""

    seconds: float
    statements: int


@contextmanager
def counted(engine: Engine) -> Iterator[list[int]]:
    """Count the statements sent to *engine*; an `executemany` is one."""
    count = [0]

    def note(*arguments: object) -> None:
        count[0] += 1

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield count
    finally:
        event.remove(engine, "before_cursor_execute", note)


def measured(engine: Engine, work: Callable[[], object]) -> Cost:
    """Run *work* once.

    The garbage collector looks at what *work* makes, as it does for everybody, but not at what was
    there before. To walk through all imported modules takes 0.1 s, and whether that comes to pass
    once more or less is chance.
    """
    gc.collect()
    gc.freeze()
    try:
        with counted(engine) as count:
            begin = time.process_time()
            work()
            seconds = time.process_time() - begin
    finally:
        gc.unfreeze()
    return Cost(seconds, count[0])


def contest(ways: Mapping[str, Callable[[], Cost]], runs: int) -> dict[str, Cost]:
    """Return the cheapest run of each of *ways*; they take turns: a busy moment hits all."""
    costs: dict[str, list[Cost]] = {name: [] for name in ways}
    for _ in range(runs):
        for name, way in ways.items():
            costs[name].append(way())
    return {name: min(found, key=lambda cost: cost.seconds) for name, found in costs.items()}
