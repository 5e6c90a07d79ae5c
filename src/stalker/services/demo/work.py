"""What has happened in the demo so far: work, reviews, and what never goes as planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import TYPE_CHECKING

from stalker.services.demo.agenda import hours

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from stalker.models.auth import User
    from stalker.models.task import Task

__all__ = ["advance", "surprise"]


def advance(session: Session, tasks: Sequence[Task], most: int, reviewer: User) -> None:
    """Let some of *tasks* be done, the first of those that are ready, and no more than half of all.

    The last one is still worked on, and *reviewer* has not looked at the one before. Writes after
    each stage, as if it were another day.
    """
    first = tasks[: min(most, ceil(len(tasks) / 2))]
    begun = [task for task in first if task.status == "RTS"]
    for task in begun:
        days = list(hours(task))
        for start, end in days[:1] if task is begun[-1] else days:
            task.create_time_log(task.resources[0], start, end)
    session.flush()
    shown = begun[:-1]
    for task in shown:
        task.request_review()
    session.flush()
    for task in shown[:-1]:
        task.approve(reviewer)
    session.flush()


def surprise(session: Session, steps: Mapping[str, Sequence[Task]], reviewer: User) -> None:
    """Send one animation back, let another one rest, and give up a matchmove."""
    for task in steps.get("Animation", [])[1:2]:
        if task.can("request_revision"):
            task.request_revision(reviewer, "The turn at the door comes too late.", 1, "d")
    for task in _in_progress(steps.get("Animation", [])):
        task.hold()
    for task in _in_progress(steps.get("Matchmove", [])):
        task.stop()
    session.flush()


def _in_progress(tasks: Sequence[Task]) -> list[Task]:
    return [task for task in tasks if task.status == "WIP"]
