"""What is right in either of two sessions, and wrong in both, is refused when it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from stalker import Task, TimeLog, User
from stalker.db.session import DBSession, StudioSession
from stalker.exceptions import CircularDependencyError, OutdatedError, StatusError
from tests.models.production import HOUR, NOON, Studio, assert_consistent

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
    made |= {name: studio.task(made["d"], name=name) for name in ("below", "beside")}
    DBSession.commit()
    numbers = {name: task.id for name, task in made.items()}
    DBSession.remove()
    return numbers


def work(session: Session, tasks: dict[str, Task]) -> object:
    ada = session.query(User).filter_by(login="ada").one()
    return TimeLog(task=tasks["a"], resource=ada, start=NOON, end=NOON + HOUR)


def add_child(parent: str) -> Change:
    start = NOON + 50 * HOUR
    return lambda session, tasks: Task(name="Child", parent=tasks[parent], start=start)


def move(name: str, parent: str) -> Change:
    return lambda session, tasks: setattr(tasks[name], "parent", tasks[parent])


def wait(name: str, prerequisite: str) -> Change:
    return lambda session, tasks: tasks[name].depends.append(tasks[prerequisite])


@pytest.mark.parametrize(
    ("first", "second", "error"),
    [
        (work, add_child("a"), ValueError),
        (add_child("a"), work, ValueError),
        (work, move("b", "a"), ValueError),
        (move("b", "a"), work, ValueError),
        (wait("a", "b"), wait("b", "a"), CircularDependencyError),
        (move("a", "b"), move("b", "a"), OutdatedError),
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


def starts(name: str, hours: int) -> Change:
    return lambda session, tasks: setattr(tasks[name], "start", NOON + hours * HOUR)


def plans(name: str, hours: int) -> Change:
    return lambda session, tasks: setattr(tasks[name], "schedule_timing", hours)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (starts("below", -5), starts("beside", -9)),
        (starts("below", 500), starts("beside", 900)),
        (plans("below", 7), plans("beside", 11)),
        (plans("below", 7), plans("below", 11)),
        (plans("below", 7), starts("below", 90)),
        (starts("below", 500), add_child("d")),
    ],
)
def test_containers_follow_both(
    tasks: dict[str, int], other: Session, first: Change, second: Change
) -> None:
    """10: range and sums of a container are those of its children, whoever has changed which."""
    mine, theirs = (
        {name: session.get_one(Task, number) for name, number in tasks.items()}
        for session in (DBSession, other)
    )
    assert mine["d"].children and mine["d"].end
    second(DBSession, mine)
    first(other, theirs)
    other.commit()
    DBSession.commit()
    with StudioSession(DBSession.get_bind()) as session:
        assert_consistent(session.query(Task).all())


def log_of(session: Session) -> TimeLog:
    return session.query(TimeLog).one()


def longer(hours: int) -> Change:
    return lambda session, tasks: setattr(log_of(session), "end", NOON + hours * HOUR)


def finish(session: Session, tasks: dict[str, Task]) -> None:
    tasks["below"].request_review()
    tasks["below"].approve(tasks["below"].responsible[0])


def works_on(name: str) -> Change:
    def change(session: Session, tasks: dict[str, Task]) -> object:
        ada = session.query(User).filter_by(login="ada").one()
        return tasks[name].create_time_log(ada, NOON + 9 * HOUR, NOON + 11 * HOUR)

    return change


DEEDS: dict[str, Change] = {
    "move": move("below", "c"),
    "move elsewhere": move("below", "b"),
    "move its container": move("d", "b"),
    "delete": lambda session, tasks: session.delete(tasks["below"]),
    "delete its container": lambda session, tasks: session.delete(tasks["d"]),
    "plan": plans("below", 7),
    "start later": starts("below", 90),
    "work": works_on("below"),
    "finish": finish,
    "make its log longer": longer(5),
    "move its log": lambda session, tasks: setattr(log_of(session), "task", tasks["a"]),
    "delete its log": lambda session, tasks: session.delete(log_of(session)),
}
#: on the same task, these do not contradict each other
TOGETHER = {
    *product(("plan", "start later", "work", "finish"), repeat=2),
    *product(("plan", "start later", "work", "finish"), ("delete its log", "move its log")),
    *product(("delete its log", "move its log"), ("plan", "start later", "work", "finish")),
    *product(("plan", "start later", "work", "finish"), ("make its log longer",)),
    *product(("make its log longer",), ("plan", "start later", "work", "finish")),
}


@pytest.mark.parametrize(("first", "second"), list(product(DEEDS, repeat=2)))
def test_nothing_is_worked_out_from_what_is_not_true_any_more(
    tasks: dict[str, int], other: Session, first: str, second: str
) -> None:
    """10: where a task is, and what it takes with it, is what the database has, or it is refused.

    Sums, ranges and statuses of all containers are right, whatever two sessions do.
    """
    with StudioSession(DBSession.get_bind()) as session:
        below = session.get_one(Task, tasks["below"])
        ada = session.query(User).filter_by(login="ada").one()
        below.responsible = [ada]
        below.create_time_log(ada, NOON, NOON + HOUR)
        Task(name="of b", parent=session.get_one(Task, tasks["b"]))
        Task(name="of c", parent=session.get_one(Task, tasks["c"]))
        session.commit()
        assert_consistent(session.query(Task).all())
    mine, theirs = (
        {name: session.get_one(Task, number) for name, number in tasks.items()}
        for session in (DBSession, other)
    )
    for each in (*mine.values(), *theirs.values()):
        assert each.total_logged_seconds is not None and each.children is not None
    assert log_of(DBSession()).task and log_of(other).task  # nothing of it is read again
    DEEDS[second](DBSession(), mine)
    DEEDS[first](other, theirs)
    other.commit()
    before = rows()
    try:
        DBSession.commit()
    except (OutdatedError, StatusError, StaleDataError, IntegrityError) as error:
        DBSession.rollback()
        assert rows() == before
        is_refused = isinstance(error, OutdatedError)
    else:
        is_refused = False
    if (first, second) in TOGETHER:
        assert not is_refused
    with StudioSession(DBSession.get_bind()) as session:
        found = session.query(Task).all()
        assert_consistent(found)
        for task in found:
            if not task.children:
                worked = sum(each.total_seconds for each in task.time_logs)
                assert task.total_logged_seconds == worked


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
