"""CPU time and statements of one piece of work."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
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


def best(work: Callable[[], Cost], runs: int = 3) -> Cost:
    """Return the cheapest of several runs."""
    return min((work() for _ in range(runs)), key=lambda cost: cost.seconds)


def measured(engine: Engine, work: Callable[[], object]) -> Cost:
    """Run *work* once."""
    gc.collect()
    with counted(engine) as count:
        begin = time.process_time()
        work()
        seconds = time.process_time() - begin
    return Cost(seconds, count[0])
