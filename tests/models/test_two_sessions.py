"""What is right in either of two sessions, and wrong in both, is refused when it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy.orm import Session

from stalker import Task, TimeLog, User
from stalker.db.session import DBSession, StudioSession
from stalker.exceptions import CircularDependencyError
from tests.models.production import HOUR, NOON, Studio

Change = Callable[[Session, dict[str, Task]], object]


@pytest.fixture
def other(database: str) -> Iterator[Session]:
    """Yield a second session, as another process has one."""
    with StudioSession(DBSession.get_bind()) as session:
        yield session


@pytest.fixture
def tasks(studio: Studio) -> dict[str, int]:
    """The ids of a few tasks of one project, by name."""
    studio.user("Ada")
    project = studio.project()
    made = {name: studio.task(project, name=name) for name in "abcd"}
    below = studio.task(made["d"], name="below")
    DBSession.commit()
    numbers = {name: task.id for name, task in [*made.items(), ("below", below)]}
    DBSession.remove()
    return numbers


def work(session: Session, tasks: dict[str, Task]) -> object:
    ada = session.query(User).filter_by(login="ada").one()
    return TimeLog(task=tasks["a"], resource=ada, start=NOON, end=NOON + HOUR)


def add_child(session: Session, tasks: dict[str, Task]) -> object:
    return Task(name="Child", parent=tasks["a"])


def move(name: str, parent: str) -> Change:
    return lambda session, tasks: setattr(tasks[name], "parent", tasks[parent])


def wait(name: str, prerequisite: str) -> Change:
    return lambda session, tasks: tasks[name].depends.append(tasks[prerequisite])


@pytest.mark.parametrize(
    ("first", "second", "error"),
    [
        (work, add_child, ValueError),
        (add_child, work, ValueError),
        (work, move("b", "a"), ValueError),
        (move("b", "a"), work, ValueError),
        (wait("a", "b"), wait("b", "a"), CircularDependencyError),
        (move("a", "b"), move("b", "a"), CircularDependencyError),
        # each of the two is in the middle of a longer way
        (wait("a", "b"), wait("b", "d"), None),
        (wait("a", "d"), wait("below", "a"), CircularDependencyError),
        (wait("b", "a"), move("b", "d"), None),
        (wait("d", "b"), move("b", "d"), CircularDependencyError),
        (move("b", "d"), wait("d", "b"), CircularDependencyError),
    ],
)
def test_what_two_sessions_do_at_once(
    tasks: dict[str, int], other: Session, first: Change, second: Change, error: Any
) -> None:
    """10 and 11: the one that is written first stays, and of the other one nothing."""
    mine, theirs = (
        {name: session.get_one(Task, number) for name, number in tasks.items()}
        for session in (DBSession, other)
    )
    second(DBSession, mine)
    first(other, theirs)
    other.commit()
    before = rows()
    if error is None:
        DBSession.commit()
        assert rows() != before
        return
    with pytest.raises(error, match="another session"):
        DBSession.commit()
    DBSession.rollback()
    assert rows() == before


def rows() -> list[Any]:
    """Return what the database has of tasks, their parents, prerequisites and work."""
    with StudioSession(DBSession.get_bind()) as session:
        query = session.query(Task).order_by(Task.id)
        return [
            (
                task.name,
                task.parent and task.parent.name,
                [each.name for each in task.depends],
                len(task.time_logs),
                task.status.code,
            )
            for task in query
        ]
