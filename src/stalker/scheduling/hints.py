"""What to change where a plan is impossible because of the present, not because of the work."""

from __future__ import annotations

from datetime import datetime

from stalker.scheduling.problem import Problem, Task


def hint(rule: str, task: Task, problem: Problem) -> str:
    """Return the end of a sentence about a broken rule, or nothing if that is not why."""
    now = problem.start if problem.now is None else problem.now
    if rule == "sched_runaway" and now >= problem.end:
        return (
            f", and it is {_at(now)} already: Studio.end, {_at(problem.end)}, has to be later, or "
            "Studio.now earlier"
        )
    late = [each.end for each in task.bookings if each.end > now]
    if rule == "start_after_end" and late:
        return (
            f", because work is logged until {_at(max(late))}, and it is only {_at(now)}: correct "
            "that log, or let Studio.now be as late"
        )
    return ""


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
