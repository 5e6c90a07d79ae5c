"""What planning a database costs beside the plan itself: reading the work, writing it back."""

from __future__ import annotations

from datetime import timedelta

from bench.filling import BEGIN, production
from bench.meter import Cost, measured
from stalker import NativeScheduler, Studio
from stalker.db.session import DBSession
from stalker.scheduling import Problem, Result, schedule
from stalker.scheduling.tjp import tasks_text

#: about so many tasks
TASKS = 20_000


def planning() -> dict[str, Cost]:
    """Return the cost of each step of a planning of about `TASKS` tasks."""
    engine, _ = production(TASKS)
    studio = Studio(
        name="Bench", start=BEGIN, end=BEGIN + timedelta(weeks=700), now=BEGIN,
        timing_resolution=timedelta(hours=1),
    )  # fmt: skip
    DBSession.save(studio)
    scheduler = NativeScheduler(studio)
    found: dict[str, Problem | Result] = {}

    def read() -> None:
        found["problem"] = scheduler.problem()

    def plan() -> None:
        problem = found["problem"]
        assert isinstance(problem, Problem)
        found["result"] = schedule(problem)

    def text() -> None:
        problem = found["problem"]
        assert isinstance(problem, Problem)
        tasks_text(problem)

    def store() -> None:
        problem, result = found["problem"], found["result"]
        assert isinstance(problem, Problem)
        assert isinstance(result, Result)
        scheduler.store(problem, result)
        DBSession.commit()

    steps = {"reading": read, "text for tj3": text, "native plan": plan, "writing": store}
    return {name: measured(engine, step) for name, step in steps.items()}
