"""The history of a task: who changed its status or its resources, when, from what to what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from stalker import Permission, Task, TaskChange, TimeLog, User, db
from stalker.core.dates import utc_now
from stalker.db.session import DBSession
from stalker.exceptions import StatusError
from tests.models.production import HOUR, NOON, Studio


def told(task: Task) -> list[tuple[Any, ...]]:
    """Return what the history tells: action, codes or the name of the resource, and who."""
    return [
        (
            each.action,
            *(
                (each.from_status.code, each.to_status.code)
                if each.from_status and each.to_status
                else (each.resource and each.resource.name,)
            ),
            each.user and each.user.name,
        )
        for each in task.history
    ]


@pytest.fixture
def steps(studio: Studio) -> Any:
    """A task with a dependent one, in a container, with somebody responsible."""
    ada, bob = studio.user(name="Ada"), studio.user(name="Bob")
    project = studio.project()
    shot = studio.task(project, name="Shot", responsible=[bob])
    first = studio.task(parent=shot, name="Animation", resources=[ada])
    second = studio.task(parent=shot, name="Comp", depends=[first])
    DBSession.commit()
    return ada, bob, shot, first, second


def test_each_action_is_told(steps: Any) -> None:
    """11, additions: an entry for each change of a status, with the action, its codes and who."""
    ada, bob, shot, first, second = steps
    begin = utc_now()
    TimeLog(task=first, resource=ada, start=NOON, end=NOON + HOUR)
    (review,) = first.request_review()
    review.approve()
    DBSession.commit()
    assert told(first) == [
        ("assign", "Ada", None),
        ("create_time_log", "RTS", "WIP", "Ada"),
        ("request_review", "WIP", "PREV", None),
        ("complete", "PREV", "CMPL", "Bob"),
    ]
    assert all(begin <= each.date <= utc_now() for each in first.history[1:])
    assert [each.date for each in first.history] == sorted(each.date for each in first.history)
    # who follows is told as well; here two people have acted in one transaction
    assert told(second) == [("follow", "WFD", "RTS", None)]
    assert told(shot)[-1] == ("follow", "RTS", "WIP", None)
    first.request_revision(bob)
    DBSession.commit()
    assert told(first)[-1] == ("revise", "CMPL", "HREV", "Bob")
    assert told(second)[-1] == ("follow", "RTS", "WFD", "Bob")


def test_one_person_acts_for_all(steps: Any) -> None:
    """Within `acting_as`, everything is the doing of that person; before and after it is not."""
    ada, bob, _, first, second = steps
    first.status = first.status_list["WIP"]
    with db.acting_as(bob):
        first.hold()
        first.resources = [bob]
        second.resources = [ada]
    first.resume()
    DBSession.commit()
    assert told(first) == [
        ("assign", "Ada", None),
        ("set", "RTS", "WIP", None),
        ("assign", "Bob", "Bob"),
        ("unassign", "Ada", "Bob"),
        ("hold", "WIP", "OH", "Bob"),
        ("resume", "OH", "RTS", None),
    ]
    assert told(second) == [("assign", "Ada", "Bob")]


def test_a_status_that_was_set_is_where_actions_begin(steps: Any) -> None:
    """Who sets a status by hand and acts from there in one transaction is told in that order."""
    first = steps[3]
    first.status = first.status_list["WIP"]
    first.hold()
    first.status = first.status_list["WIP"]
    first.stop()
    DBSession.commit()
    assert [each[:3] for each in told(first)[1:]] == [
        ("set", "RTS", "WIP"),
        ("hold", "WIP", "OH"),
        ("set", "OH", "WIP"),
        ("stop", "WIP", "STOP"),
    ]


def test_what_did_not_happen_is_not_told(steps: Any) -> None:
    """A refused action, one that is rolled back, and one that changes no status leave no entry."""
    ada, _, _, first, second = steps
    with pytest.raises(StatusError):
        second.hold()
    TimeLog(task=first, resource=ada, start=NOON, end=NOON + HOUR)
    DBSession.flush()
    assert [each.action for each in first.history] == ["assign", "create_time_log"]
    DBSession.rollback()
    assert [each.action for each in first.history] == ["assign"]
    TimeLog(task=first, resource=ada, start=NOON, end=NOON + HOUR)
    TimeLog(task=first, resource=ada, start=NOON + HOUR, end=NOON + 2 * HOUR)
    DBSession.commit()
    assert [each.action for each in first.history] == ["assign", "create_time_log"]
    assert second.history == []


def test_history_goes_with_the_task_and_outlives_people(steps: Any) -> None:
    """A deleted task takes its history with it; that of others stays when a person is deleted."""
    _, bob, _, first, second = steps
    with db.acting_as(bob):
        first.status = first.status_list["WIP"]
    DBSession.commit()
    first.resources = []
    DBSession.commit()
    DBSession.delete(bob)
    DBSession.commit()
    assert told(first)[1:] == [("set", "RTS", "WIP", None), ("unassign", "Ada", None)]
    DBSession.delete(second)
    DBSession.delete(first)
    DBSession.commit()
    assert DBSession.query(TaskChange).count() == 0


def test_histories_are_read_together(steps: Any, statements: Callable[[], Any]) -> None:
    """However many entries there are, reading a history takes as many statements."""
    ada, bob, _, first, second = steps
    counts = []
    for task, repetitions in ((first, 1), (second, 12)):
        task.status = task.status_list["WIP"]
        for number in range(repetitions):
            with db.acting_as((ada, bob)[number % 2]):
                task.hold()
            task.resume()
        DBSession.commit()
        DBSession.expire_all()
        assert task.name
        recorded = statements()
        assert told(task)
        counts.append(len(recorded))
    assert counts[0] >= counts[1]


def test_entries_have_a_readable_form(steps: Any) -> None:
    """`repr` says when, what, and who."""
    _, bob, _, first, _ = steps
    with db.acting_as(bob):
        first.status = first.status_list["WIP"]
    DBSession.commit()
    date = format(first.history[1].date, "%Y-%m-%d %H:%M")
    assert repr(first.history[1]) == f"<TaskChange {date} set: RTS -> WIP by Bob>"
    assert repr(first.history[0]).endswith(" assign: Ada>")


def test_deciding_for_others_needs_a_permission(steps: Any) -> None:
    """11 BT-23: who decides in the name of a reviewer may update reviews, and is recorded."""
    ada, bob, _, first, _ = steps
    TimeLog(task=first, resource=ada, start=NOON, end=NOON + HOUR)
    (review,) = first.request_review()
    for decide in (
        lambda: review.approve(by=ada),
        lambda: review.request_revision(by=ada),
        lambda: first.approve(bob, by=ada),
        lambda: first.request_revision(bob, by=ada),
    ):
        with pytest.raises(PermissionError, match=r"needs the permission to update reviews"):
            decide()
    with pytest.raises(TypeError, match=r"Review\.approve\(\) argument by"):
        review.approve(by="ada")
    assert review.is_open and first.status.code == "PREV" and review.updated_by is None
    wanted = {"access": "Allow", "action": "Update", "class_name": "Review"}
    ada.permissions.append(DBSession.query(Permission).filter_by(**wanted).one())
    first.approve(bob, by=ada)
    DBSession.commit()
    assert (review.reviewer, review.updated_by) == (bob, ada)
    assert review.date_updated >= review.date_created
    assert told(first)[-1] == ("complete", "PREV", "CMPL", "Ada")
    other = first.request_revision(bob)
    assert (other.reviewer, other.updated_by) == (bob, bob)


def test_only_stored_users_act(steps: Any) -> None:
    """`acting_as` refuses, before anything is done, what no entry could name."""
    first = steps[3]
    with pytest.raises(TypeError, match=r"db\.acting_as\(user\)"), db.acting_as("ada"):
        first.status = first.status_list["WIP"]
    new = User(name="New", login="new", email="new@example.com", password="secret")
    with pytest.raises(ValueError, match=r"New.* must be stored"), db.acting_as(new):
        first.status = first.status_list["WIP"]
    assert first.status.code == "RTS"
    DBSession.add(new)
    with db.acting_as(new):
        first.status = first.status_list["WIP"]
    assert told(first)[-1] == ("set", "RTS", "WIP", "New")
