"""Reviews: rounds, who decides, and what the last decision of a set makes of the task (11 §5)."""

from __future__ import annotations

from typing import Any

import pytest

from stalker import Review, Task, User, Version
from stalker.db.session import DBSession
from stalker.exceptions import StatusError
from tests.models.production import (
    DAY,
    NOON,
    Studio,
    code_of,
    everywhere,
    give,
    in_memory,
    log,
    review,
)


@everywhere
def test_what_a_review_begins_with(studio: Studio) -> None:
    """11 §5.1: new, of the next round, an hour by default; a given status is ignored."""
    task, ada = studio.task(studio.project()), studio.user()
    made = studio.make(Review, task=task, reviewer=ada, status=2)
    assert made.status.code == "NEW" and made.is_open and not made.is_finalized()
    assert (made.review_number, task.review_number) == (1, 0)
    assert (made.schedule_timing, made.schedule_unit, made.schedule_model) == (1, "h", "effort")
    assert task.reviews == made.review_set == [made]
    assert made.name.startswith("Review_") and made.description == ""
    with pytest.raises(TypeError, match=r"Review\.task"):
        made.task = None
    studio.reload()
    assert made.reviewer is ada and made.task is task and made.review_number == 1


@everywhere
def test_a_reviewer_has_one_open_review_in_a_round(studio: Studio) -> None:
    """11 BT-12: a second one is refused until the first has been decided."""
    task, ada = studio.task(studio.project()), studio.user()
    first = review(studio, task, reviewer=ada)
    with pytest.raises(ValueError, match=r"Review\.reviewer"):
        review(studio, task, reviewer=ada)
    assert task.reviews == [first]
    first.approve()
    assert review(studio, task, reviewer=ada).review_number == 2


#: plan, logged hours, what each reviewer grants (0 approves); then status and plan (11 §5.3)
SETS: list[tuple[tuple[float, str], float, list[float], str, tuple[float, str]]] = [
    ((3, "h"), 1, [2, 5], "HREV", (8, "h")),
    ((8, "h"), 1, [2, 5], "HREV", (8, "h")),
    ((100, "h"), 1, [2, 5], "HREV", (100, "h")),
    ((2, "h"), 1, [0], "CMPL", (1, "h")),
    ((10, "d"), 9, [0, 0], "CMPL", (1, "d")),
    ((2, "h"), 1, [0, 2], "HREV", (3, "h")),
    ((2, "h"), 0, [0], "CMPL", (0, "h")),
]


@everywhere
@pytest.mark.parametrize(("plan", "hours", "grants", "code", "expected"), SETS)
@pytest.mark.parametrize("backwards", [False, True])
def test_the_last_decision_of_a_set(
    studio: Studio,
    plan: tuple[float, str],
    hours: float,
    grants: list[float],
    code: str,
    expected: tuple[float, str],
    backwards: bool,
) -> None:
    """11 §5.3: the task waits for all, in any order; then its plan is what they say together."""
    task = studio.task(studio.project(), start=NOON, schedule_timing=plan[0], schedule_unit=plan[1])
    if hours:
        log(studio, task, hours)
    give(task, "PREV")
    reviews = [(review(studio, task), hours) for hours in grants]
    studio.commit()
    for each, grant in reversed(reviews) if backwards else reviews:
        assert code_of(task) == "PREV" and task.review_number == 0
        if grant:
            each.request_revision(grant, "h", "more")
        else:
            each.approve()
    for _ in range(2):
        assert (code_of(task), task.review_number) == (code, 1)
        assert (task.schedule_timing, task.schedule_unit) == expected
        assert all(each.is_finalized() for each, _ in reviews)
        if code == "CMPL":
            assert task.schedule_seconds == task.total_logged_seconds
        studio.reload()


def _asked(studio: Studio, people: int = 2, hours: float = 2) -> tuple[Task, list[User]]:
    """Return a task whose reviews are pending, and who has to decide."""
    leads = [studio.user(f"Lead {n}") for n in range(people)]
    task = studio.task(
        studio.project(), start=NOON, schedule_timing=10, schedule_unit="d", responsible=leads
    )
    log(studio, task, hours)
    made = task.request_review()
    assert [each.reviewer for each in made] == leads and code_of(task) == "PREV"
    assert {each.review_number for each in made} == {task.review_number + 1}
    return task, leads


@everywhere
def test_a_revision_of_what_was_completed(studio: Studio) -> None:
    """11 §5.3: 10 d planned, 2 h logged, approved by all, then 4 h more: 6 h."""
    task, leads = _asked(studio)
    for each in leads:
        task.approve(each)
    assert code_of(task) == "CMPL"
    made = task.request_revision(leads[0], "The sun is too low.", 4, "h")
    assert (code_of(task), task.schedule_timing, task.schedule_unit) == ("HREV", 6, "h")
    assert (made.review_number, task.review_number) == (2, 2)
    assert made.description == "The sun is too low."


def test_a_revision_ends_the_round(studio: Studio) -> None:
    """11 §3.3: who has not decided is not asked any more; who has, counts."""
    task, (one, _) = _asked(studio)
    [mine] = [each for each in task.reviews if each.reviewer is one]
    mine.request_revision(6, "h")
    assert code_of(task) == "PREV"
    studio.commit()
    again = task.request_revision(one, "", 4, "h")
    assert task.reviews == [mine, again] and {each.review_number for each in task.reviews} == {1}
    assert (code_of(task), task.schedule_timing, task.schedule_unit) == ("HREV", 10, "d")
    studio.reload()
    assert DBSession.query(Review).count() == 2 and task.review_set() == [mine, again]


@everywhere
@pytest.mark.parametrize("written", [False, True])
def test_a_version_forgets_the_reviews_that_are_not_needed(studio: Studio, written: bool) -> None:
    """Reviews of a version that a revision makes needless leave it, also those never written."""
    task, lead = studio.task(studio.project()), studio.user()
    task.responsible = [lead]
    log(studio, task)
    version = studio.make(Version, task=task)
    version.request_review()
    if written:
        studio.commit()
    again = task.request_revision(lead)
    assert version.reviews == [] and task.reviews == [again]
    studio.reload()
    assert version.reviews == [] and task.reviews == [again]


@everywhere
def test_rounds(studio: Studio) -> None:
    """11 §3.7: the running round while reviews are pending, else the last one; numbers go on."""
    task, leads = _asked(studio)
    assert studio.task(task.project).review_set() == []
    first = task.review_set()
    assert len(first) == 2
    first[0].approve()
    first[1].request_revision()
    assert code_of(task) == "HREV" and task.review_set() == first
    give(task, "WIP")
    second = task.request_review()
    assert task.review_set() == task.review_set(2) == second and task.review_set(1) == first
    for each in second:
        each.approve()
    task.request_revision(leads[1])
    give(task, "WIP")
    assert {each.review_number for each in task.request_review()} == {4}
    for wrong in (0, -1, "1", 1.5):
        with pytest.raises(TypeError, match="review_number"):
            task.review_set(wrong)  # type: ignore[arg-type]


@everywhere
def test_a_decision_may_be_taken_back_until_the_next_round(studio: Studio) -> None:
    """11 §5.2, BT-11, BT-12: deciding again changes the outcome once; older rounds are closed."""
    task, (one, _) = _asked(studio)
    mine = task.request_revision(one)
    assert (code_of(task), task.review_number) == ("HREV", 1)
    mine.approve()
    mine.approve()
    assert (code_of(task), task.review_number) == ("CMPL", 1)
    task.request_revision(one)
    before = code_of(task), task.review_number
    for attempt in (mine.approve, mine.request_revision):
        with pytest.raises(StatusError, match="round 1"):
            attempt()
        assert (code_of(task), task.review_number) == before and not mine.asks_for_revision


@everywhere
def test_several_rounds_in_one_transaction(studio: Studio) -> None:
    """What was decided is not looked at again when it is written, after the task has gone on."""
    ada = studio.user()
    task = studio.task(studio.project(), start=NOON, responsible=[ada])
    log(studio, task)
    studio.commit()
    first = review(studio, task)
    first.request_revision(4, "h")
    assert (code_of(task), task.schedule_timing) == ("HREV", 5)
    task.schedule_timing = 3
    if studio.stored:
        DBSession.flush()
    assert task.schedule_timing == 3
    first.approve()
    second = review(studio, task)
    second.request_revision(1, "h")
    log(studio, task, start=NOON + DAY)
    studio.reload()
    assert (code_of(task), task.review_number) == ("WIP", 2)
    assert [each.status.code for each in task.reviews] == ["APP", "RREV"]


def test_a_deleted_review_keeps_no_round_open(studio: Studio) -> None:
    """Whoever is left finishes the round, also before the commit."""
    task, _ = _asked(studio)
    DBSession.commit()
    undecided, left = task.review_set()
    DBSession.delete(undecided)
    DBSession.flush()
    assert task.reviews == [left]
    left.approve()
    assert code_of(task) == "CMPL"


@everywhere
def test_nobody_decides_about_a_container(studio: Studio) -> None:
    """11 BT-14: reviews of a task that has got children since change nothing any more."""
    task = studio.task(studio.project())
    asked = review(studio, task)
    studio.task(task)
    for attempt in (asked.approve, asked.request_revision):
        with pytest.raises(ValueError, match=r"Review\..* must be a leaf"):
            attempt()
        assert (code_of(task), task.review_number, asked.is_open) == ("RTS", 0, True)
    studio.commit()


def test_a_review_without_a_request(studio: Studio) -> None:
    """11 §5.2: a review that somebody just makes and approves completes the task as well."""
    task = studio.task(studio.project(), start=NOON)
    log(studio, task)
    review(studio, task).approve()
    assert code_of(task) == "CMPL"


@everywhere
@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, TypeError),
        ({"reviewer": "Ada"}, TypeError),
        ({"schedule_timing": "4"}, TypeError),
        ({"schedule_unit": "fortnight"}, ValueError),
        ({"description": 4}, TypeError),
    ],
)
def test_a_refused_revision_changes_nothing(
    studio: Studio, arguments: dict[str, Any], error: type[Exception]
) -> None:
    """11 BT-10: everything is checked before the reviews that are pending are deleted."""
    task, leads = _asked(studio)
    pending = task.review_set()
    if arguments and "reviewer" not in arguments:
        arguments = {"reviewer": leads[0], **arguments}
    with pytest.raises(error):
        task.request_revision(**arguments)
    assert task.reviews == pending and code_of(task) == "PREV" and task.review_number == 0
    with pytest.raises(error):
        pending[0].request_revision(**{k: v for k, v in arguments.items() if k != "reviewer"} or {
            "schedule_timing": [1] if error is TypeError else -1
        })  # fmt: skip
    studio.reload()
    assert task.reviews == pending and code_of(task) == "PREV"
    assert all(each.is_open and each.schedule_timing == 1 for each in pending)


@everywhere
def test_approving_for_oneself(studio: Studio) -> None:
    """`Task.approve()` decides one's own review, and makes one if there is none."""
    task, (one, two) = _asked(studio)
    mine = task.approve(one, "Lovely.")
    assert mine.reviewer is one and mine.description == "Lovely." and code_of(task) == "PREV"
    passer_by = studio.user("Passer-by")
    extra = task.approve(passer_by)
    assert extra.review_number == 1 and code_of(task) == "PREV"
    task.approve(two)
    assert code_of(task) == "CMPL" and len(task.review_set()) == 3
    with pytest.raises(StatusError, match=r"Task\.approve\(\)"):
        task.approve(two)


def test_the_version_that_was_looked_at(studio: Studio) -> None:
    """A request may be about a version of the task; one of another task is refused."""
    project, ada = studio.project(), studio.user()
    task, other = (studio.task(project, responsible=[ada]) for _ in range(2))
    give(task, "WIP")
    version = Version(task=task)
    with pytest.raises(ValueError, match=r"Review\.version"):
        Review(task=other, reviewer=studio.user("B"), version=version)
    [made] = version.request_review()
    assert made.version is version and version.reviews == [made] and code_of(task) == "PREV"
    assert Review(version=version, reviewer=studio.user("C")).task is task
    studio.commit()
    DBSession.delete(version)
    DBSession.commit()
    assert made.version is None and made in task.reviews


def test_what_goes_with_whom(studio: Studio) -> None:
    """11 §5.5, BT-22: a review leaves its task and goes with it; a decision outlives its author."""
    task, (one, two, three) = _asked(studio, people=3)
    DBSession.commit()
    mine, yours, theirs = task.reviews
    DBSession.delete(mine)
    DBSession.commit()
    assert task.reviews == [yours, theirs]
    yours.approve()
    DBSession.commit()
    DBSession.delete(two)
    DBSession.commit()
    assert yours.reviewer is None and yours.task is task and code_of(task) == "PREV"
    DBSession.delete(task)
    DBSession.commit()
    assert DBSession.query(Review).count() == 0 and DBSession.get(User, one.id) is one
    assert DBSession.get(User, three.id) is three


def _delete(review: Review) -> None:
    DBSession.delete(review)


def _take_out(review: Review) -> None:
    review.task.reviews.remove(review)


def _dismiss(review: Review) -> None:
    DBSession.delete(review.reviewer)


@pytest.mark.parametrize("go", [_delete, _take_out, _dismiss])
@pytest.mark.parametrize("loaded", [False, True])
@pytest.mark.parametrize(
    ("decisions", "code", "rounds"),
    [
        ("a?", "CMPL", 1),
        ("r?", "HREV", 1),
        ("a??", "PREV", 0),
        ("ra??", "PREV", 0),
        ("?", "PREV", 0),
    ],
)
def test_a_review_that_nobody_decides_any_more(
    studio: Studio, go: Any, loaded: bool, decisions: str, code: str, rounds: int
) -> None:
    """11 §5.5, BT-22: a review that goes undecided, also with its reviewer, holds up no round."""
    task, _ = _asked(studio, people=len(decisions))
    task.parent = studio.task(task.project)
    after = studio.task(task.project, depends=[task])
    for each, decision in zip(task.review_set(), decisions, strict=True):
        if decision != "?":
            (each.approve if decision == "a" else each.request_revision)()
    DBSession.commit()
    number = after.id
    if not loaded:
        DBSession.expunge_all()
    (*_, last) = DBSession.query(Review).order_by(Review.id)
    task, after = last.task, DBSession.get(Task, number)
    go(last)
    DBSession.commit()
    for _ in range(2):
        assert (code_of(task), task.review_number) == (code, rounds)
        assert len(task.reviews) == len(decisions) - 1
        assert code_of(after) == ("RTS" if code == "CMPL" else "WFD")
        assert code_of(task.parent) == ("CMPL" if code == "CMPL" else "WIP")
        DBSession.expire_all()
    if decisions == "a??":
        go(task.reviews[-1])
        DBSession.commit()
        assert code_of(task) == "CMPL"


def test_a_round_of_what_has_become_a_container(studio: Studio) -> None:
    """It decides nothing any more: the status is that of the children."""
    one, two = studio.user("One"), studio.user("Two")
    task = studio.task(studio.project(), responsible=[one, two], schedule_timing=7)
    give(task, "WIP")
    task.request_review()[0].approve()
    studio.task(task)
    DBSession.commit()
    DBSession.delete(two)
    DBSession.commit()
    assert code_of(task) == "RTS" and len(task.reviews) == 1
    assert (task.review_number, task.schedule_timing) == (0, 7)


def test_reviews_that_go_with_their_task(studio: Studio) -> None:
    """Nobody finishes a round of what is deleted, however it goes."""
    task, (one, two) = _asked(studio)
    task.reviews[0].approve()
    DBSession.commit()
    assert len(task.reviews) == 2
    DBSession.delete(task.reviews[1])
    DBSession.delete(two)
    DBSession.delete(task)
    DBSession.commit()
    DBSession.delete(one)
    DBSession.commit()
    other, _ = _asked(studio)
    DBSession.commit()
    DBSession.delete(other.reviews[0])
    DBSession.delete(other.project)
    DBSession.commit()
    assert DBSession.query(Review).count() == DBSession.query(Task).count() == 0


@in_memory
def test_reviews_without_a_database(studio: Studio) -> None:
    """Their statuses are those of the configuration, the same ones for a whole project."""
    task, (one, two) = _asked(studio)
    other = studio.task(task.project, responsible=[one])
    give(other, "WIP")
    [extra] = other.request_review()
    assert {each.status_list for each in task.reviews} == {extra.status_list}
    assert [each.code for each in extra.status_list] == ["NEW", "RREV", "APP"]
    assert task.approve(one).status.code == "APP"
    assert task.request_revision(two).asks_for_revision and code_of(task) == "HREV"
    own = studio.status_list("Review")
    assert Review(task=other, reviewer=two, status_list=own).status_list is own


@everywhere
def test_a_revision_waits_for_prerequisites(studio: Studio) -> None:
    """11 §2, note 1: a decided task with an unfinished prerequisite is DREV instead."""
    project = studio.project()
    before = studio.task(project, start=NOON - 9 * DAY)
    for decide in (Review.approve, Review.request_revision):
        task = studio.task(project, start=NOON, depends=[before])
        give(task, "WIP")
        decide(review(studio, task))
        assert code_of(task) == "DREV"


@everywhere
def test_what_is_measured_by_time_keeps_its_units(studio: Studio) -> None:
    """11 BT-8: calendar days stay calendar days when a review grants more of them."""
    task = studio.task(
        studio.project(), start=NOON - 900 * DAY, schedule_timing=3, schedule_unit="d",
        schedule_model="duration",
    )  # fmt: skip
    review(studio, task).request_revision(24, "h")
    assert (task.schedule_timing, task.schedule_unit) == (4, "d")
    assert task.end - task.start == 4 * DAY
