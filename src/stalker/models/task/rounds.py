"""Rounds of reviews, when they are written: others may have decided at the same moment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from stalker.db.declarative import named

if TYPE_CHECKING:
    from stalker.models.review import Review
    from stalker.models.task.task import Task

__all__ = ["refresh_reviews"]


def refresh_reviews(session: Session, tasks: Iterable[Task]) -> None:
    """Read the reviews of *tasks* again where some were decided here, and finish what is decided.

    Who decides last finishes the round, also if nobody knew who that would be.
    """
    kind = named("Review")
    decided = [
        each
        for each in (*session.dirty, *session.new)
        if isinstance(each, kind) and each.task in tasks and not each.is_open and _is_new(each)
    ]
    concerned = {each.task_id for each in decided if each.task_id}
    if not concerned:
        return
    status = kind.__table__.c.status_id
    rows = session.execute(select(kind, status).where(kind.task_id.in_(concerned))).all()
    statuses = {each.id: each for each in session.scalars(select(named("Status")))}
    for review, status_id in rows:
        state = inspect(review)
        if "status" not in state.committed_state and review.status_id != status_id:
            set_committed_value(review, "status", statuses[status_id])
            set_committed_value(review, "status_id", status_id)
    for task in {each.task for each in decided}:
        if "reviews" not in inspect(task).committed_state:
            found = [review for review, _ in rows if review.task is task]
            kept = [each for each in task.reviews if each not in found and each in session.new]
            set_committed_value(task, "reviews", [*found, *kept])
    for review in decided:
        if review.review_number > review.task.review_number:  # not finished yet
            review.finalize_review_set()


def _is_new(review: Review) -> bool:
    """Say whether the decision is not written yet."""
    state = inspect(review)
    return not state.has_identity or "status" in state.committed_state
