"""Rounds of reviews, when they are written: others may have decided at the same moment.

A review that nobody has decided and that is deleted keeps its round open no longer. Those of a user
who is deleted go with the user; what was decided stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from stalker.db.declarative import named
from stalker.db.session import StudioSession, quiet
from stalker.exceptions import StatusError
from stalker.models.task.changes import Note, note
from stalker.models.task.refreshing import all_statuses
from stalker.workflow.tasks import NEW, OUTCOMES, outcome_of

if TYPE_CHECKING:
    from stalker.models.review import Review
    from stalker.models.status import Status
    from stalker.models.task.task import Task

__all__ = ["refresh_reviews"]


@event.listens_for(StudioSession, "before_flush")
def _note_undecided(session: Session, context: object, instances: object) -> None:
    """Look at the tasks again of which reviews go that nobody has decided."""
    with quiet:
        for review in _of_deleted_users(session):
            session.delete(review)
        for task in dict.fromkeys(_deserted(session)):
            note(task, task.status.code)


def _of_deleted_users(session: Session) -> list[Review]:
    kind, user = named("Review"), named("User")
    numbers = [each.id for each in session.deleted if isinstance(each, user)]
    if not numbers:
        return []
    found = session.scalars(select(kind).where(kind.reviewer_id.in_(numbers)))
    return [each for each in found if each.is_open and each.reviewer in session.deleted]


def _deserted(session: Session) -> Iterator[Task]:
    """Yield the tasks that stay while a review of theirs goes that nobody has decided."""
    kind = named("Review")
    for each in (*session.deleted, *session.dirty):
        if not isinstance(each, kind):
            continue
        # taken out of the list of its task, it is deleted, too
        is_out = "task" in each.__dict__ and each.task is None
        if (is_out or each in session.deleted) and each.is_open:
            task = inspect(each).committed_state.get("task") if is_out else each.task
            if task is not None and task not in session.deleted:
                yield task


def refresh_reviews(session: Session, tasks: Mapping[Task, Note]) -> None:
    """Read the reviews of *tasks* again where some were decided here, or go undecided.

    What is decided by that is finished. Who decides last finishes the round, also if nobody knew
    who that would be. Raises `StatusError` for a decision that somebody else has made impossible.
    """
    kind = named("Review")
    mine = [each for each in (*session.dirty, *session.new) if isinstance(each, kind)]
    decided = [each for each in mine if each.task in tasks and not each.is_open and _is_new(each)]
    deserted = [task for task in dict.fromkeys(_deserted(session)) if task in tasks]
    concerned = {task: task.id for task in (*deserted, *(each.task for each in decided))}
    if not concerned:
        return
    stored = _stored(session, concerned.values())
    for each in mine:
        if each.task is None and each in stored and stored[each].code != NEW:
            raise _too_late(each, "has been decided meanwhile, and counts for the revision")
        if each in decided and inspect(each).has_identity and each not in stored:
            raise _too_late(each, "is not needed any more: a revision has been requested meanwhile")
    for task in concerned:
        # in the order of their ids, and what has none yet is the latest
        found = [*stored, *(each for each in session.new if isinstance(each, kind))]
        kept = [each for each in found if each.task is task and each not in session.deleted]
        set_committed_value(task, "reviews", kept)
    for review in decided:
        task = review.task
        # what others have begun since; what was begun here came after the decision
        begun = [each.review_number for each in stored if each.task is task]
        begun.append(inspect(task).committed_state.get("_review_number", task.review_number))
        if review.review_number < max(begun):
            raise _too_late(review, f"is of an old round: {task!r} is in round {max(begun)} by now")
        if review.review_number == max(each.review_number for each in task.reviews):
            _finish(review, tasks[task].actions)
    for task in deserted:
        running = task.review_set(task.review_number + 1)
        if running and task.is_leaf:  # a container follows its children alone
            running[0].finalize_review_set()


def _finish(review: Review, actions: Sequence[str]) -> None:
    """Let the round of *review* end as it does with the decisions of others.

    What it ended with here, by one of *actions*, is not done twice: the task may have gone on.
    """
    outcome = outcome_of([each.status.code for each in review.review_set])
    ended = set(OUTCOMES.actions) & set(actions)
    if not ended or (actions[-1] in ended and actions[-1] != outcome):
        review.finalize_review_set()


def _stored(session: Session, task_ids: Iterable[int]) -> dict[Review, Status]:
    """Return all reviews that the database has of tasks with the statuses that it has of them."""
    kind = named("Review")
    column = kind.__table__.c.status_id
    query = select(kind, column).where(kind.task_id.in_(list(task_ids))).order_by(kind.id)
    rows = session.execute(query).all()
    statuses = all_statuses(session, {row[1] for row in rows})
    for review, status_id in rows:
        if "status" not in inspect(review).committed_state and review.status_id != status_id:
            set_committed_value(review, "status", statuses[status_id])
            set_committed_value(review, "status_id", status_id)
    return {review: statuses[status_id] for review, status_id in rows}


def _too_late(review: Review, why: str) -> StatusError:
    return StatusError(f"{review!r} {why}", review=review)


def _is_new(review: Review) -> bool:
    """Say whether the decision is not written yet."""
    state = inspect(review)
    return not state.has_identity or "status" in state.committed_state
