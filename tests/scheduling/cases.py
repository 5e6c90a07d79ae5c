"""The plans of `data/`, and short ways to write others."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from stalker.core.kinds import ScheduleModel, TimeUnit
from stalker.scheduling import Allocation, Amount, Artist, Problem, Task, same_week

DATA = Path(__file__).parent / "data"
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

Case = dict[str, Any]


@cache
def examples() -> dict[str, Case]:
    """Return the worked examples by name."""
    return {case["name"]: case for case in json.loads((DATA / "examples.json").read_text("utf-8"))}


@cache
def corpus() -> dict[str, Case]:
    """Return the random plans by name."""
    with gzip.open(DATA / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        return {case["name"]: case for case in map(json.loads, lines)}


def work(name: str, hours: float = 8, artist: str = "a", **more: Any) -> Task:
    """Return a task of so many hours of *artist*."""
    values: dict[str, Any] = {
        "model": ScheduleModel.EFFORT,
        "timing": Amount(hours, TimeUnit.HOUR),
        "allocations": (Allocation((artist,)),),
    }
    return Task(name, **{**values, **more})


def problem(*tasks: Task, **more: Any) -> Problem:
    """Return a plan of a month with two artists who work from 9 to 18, Monday to Friday."""
    values: dict[str, Any] = {
        "start": MONDAY,
        "end": MONDAY + 30 * DAY,
        "resolution": HOUR,
        "week": same_week([(540, 1080)]),
        "artists": (Artist("a"), Artist("b")),
        "daily_working_hours": 9,
        "tasks": tasks,
    }
    return Problem(**{**values, **more})


def at(day: int, hour: int = 0) -> datetime:
    """Return an hour of a day of March 2026; Monday is the 2nd."""
    return datetime(2026, 3, day, hour, tzinfo=UTC)
