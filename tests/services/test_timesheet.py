"""Time logs are listed as they are, and taken back as if they had never been there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import sessionmaker

from stalker import Project, Sequence, Shot, Task, TimeLog, User
from stalker.db.session import DBSession, StudioSession, acting_as
from stalker.models import loading
from stalker.services.checking import check
from stalker.services.timesheet import timesheet, worked
from stalker.services.unlogging import take_back
from stalker.workflow.derive import Code, status_from_dependencies
from tests.models.production import HOUR, NOON, give


def _user(name: str) -> User:
    return User(name=name.title(), login=name, email=f"{name}@example.com", password="secret")


def _film(code: str, shots: int, people: list[User], begin: datetime) -> Project:
    """Make a film in which each shot has a task with two logs and one with a log."""
    film = Project(name=f"Film {code}", code=code)
    DBSession.add(film)
    cut = Sequence(name="Cut", code="CUT", project=film)
    for n in range(shots):
        shot = Shot(code=f"SH{n:02d}", name=f"SH{n:02d}", parent=cut)
        plate, anim = Task(name="Plate", parent=shot, start=NOON), Task(name="Anim", parent=shot)
        Task(name="Comp", parent=shot, depends=[plate, anim])
        for each, task in enumerate((plate, plate, anim)):
            task.create_time_log(people[n % 2], start := begin + each * 4 * HOUR, start + HOUR)
        begin += timedelta(days=1)
    return film


@pytest.fixture
def people(database: str) -> list[User]:
    return [_user("one"), _user("two")]


@pytest.fixture
def films(people: list[User]) -> list[Project]:
    """Two films, one much larger than the other."""
    made = [_film("FEW", 2, people, NOON), _film("MANY", 9, people, NOON + timedelta(days=30))]
    DBSession.commit()
    numbers = [each.id for each in made]
    DBSession.expunge_all()
    return [DBSession.get_one(Project, each) for each in numbers]


def _logs(film: Project) -> list[TimeLog]:
    found = [log for task in film.tasks for log in task.time_logs]
    return sorted(found, key=lambda log: (log.start, log.id))


def test_a_timesheet_says_what_the_logs_say(films: list[Project]) -> None:
    """Person, dates, length and path of every log, by start; only what was asked for."""
    session, logs = DBSession(), _logs(films[1])
    rows = timesheet(session, projects=films[1:])
    assert [(row.id, row.user, row.start, row.end, row.seconds, row.task_id) for row in rows] == [
        (log.id, log.resource.login, log.start, log.end, log.total_seconds, log.task.id)
        for log in logs
    ]
    assert rows[0].path == "MANY/Cut/SH00/Plate"
    assert timesheet(session) == [*timesheet(session, projects=films[:1]), *rows]
    assert worked(session, [log.id for log in logs[3:5]]) == rows[3:5]
    shot = films[1].shots[4]
    assert [row.path.split("/")[2:] for row in timesheet(session, top=shot)] == [
        ["SH04", name] for name in ("Plate", "Plate", "Anim")
    ]
    one = DBSession.scalars(select(User).where(User.login == "one")).one()
    assert timesheet(session, one, films[1:]) == [row for row in rows if row.user == "one"]


def test_any_number_of_logs_is_told_by_start(
    films: list[Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if they need several statements, and whichever was written first."""
    one = DBSession.scalars(select(User).where(User.login == "one")).one()
    films[1].shots[0].children[0].create_time_log(one, NOON - 2 * HOUR, NOON - HOUR)
    DBSession.flush()
    monkeypatch.setattr(loading, "_BATCH", 5)
    numbers = {row.id for row in timesheet(DBSession())}
    assert len(numbers) == 34
    found = worked(DBSession(), numbers)
    assert [row.start for row in found] == sorted(row.start for row in found)
    assert found[0].id == max(numbers)
    assert take_back(DBSession(), numbers) == found and timesheet(DBSession()) == []


def test_each_log_belongs_to_one_of_two_ranges(films: list[Project]) -> None:
    """What begins at the moment between them is in the later one, what goes on over it is not."""
    session = DBSession()
    rows = timesheet(session)
    for moment in (rows[4].start, rows[4].start + HOUR / 2, rows[4].end, NOON, rows[-1].end):
        before, after = timesheet(session, until=moment), timesheet(session, since=moment)
        assert before + after == rows
        assert all(row.start < moment for row in before)
    assert timesheet(session, since=rows[2].start, until=rows[4].start) == rows[2:4]


def test_logs_take_as_many_statements_for_more(
    films: list[Project], statements: Callable[[], list[str]]
) -> None:
    """Six logs or 27, everything is new: the number does not depend on it."""
    counts = []
    everything = {film.id: [log.id for log in _logs(film)] for film in films}
    for key, numbers in everything.items():
        DBSession.commit()
        DBSession.expunge_all()
        film = DBSession.get_one(Project, key)
        recorded = statements()
        rows = timesheet(DBSession(), projects=[film])
        assert [row.id for row in rows] == numbers and len(recorded) == 2
        assert take_back(DBSession(), numbers) == rows
        counts.append(len(recorded))
        del recorded[:]
        assert timesheet(DBSession(), projects=[film]) == []
    assert counts[0] == counts[1], counts


def test_what_is_taken_back_has_never_been_there(films: list[Project]) -> None:
    """Sums and statuses up to the sequence; who has done it is told by the history."""
    session, film = DBSession(), films[0]
    cut, plate, anim = film.sequences[0], *film.shots[0].children[:2]
    kept, gone = plate.time_logs
    with acting_as(DBSession.scalars(select(User).where(User.login == "two")).one()):
        take_back(session, [gone.id, anim.time_logs[0].id])
    DBSession.commit()
    assert (plate.time_logs, anim.time_logs) == ([kept], [])
    statuses = [each.status.code for each in (plate, anim, film.shots[0], cut)]
    assert statuses == ["WIP", "RTS", "WIP", "WIP"]
    sums = [each.total_logged_seconds for each in (plate, anim, film.shots[0], cut)]
    assert sums == [3600, 0, 3600, 4 * 3600]
    assert (anim.history[-1].action, anim.history[-1].user.login) == ("follow", "two")
    take_back(session, [log.id for log in _logs(film)])
    DBSession.commit()
    assert {each.status.code for each in (plate, anim, film.shots[0], cut)} == {"RTS"}
    assert cut.total_logged_seconds == 0
    # somebody has done something else at that time, as it turns out
    anim.create_time_log(DBSession.query(User).filter_by(login="one").one(), NOON, NOON + HOUR)
    DBSession.commit()
    engine = DBSession.get_bind().engine
    DBSession.remove()
    found = check(engine)
    assert not any(each.faults for each in found if each.name != "administrator")


@pytest.mark.parametrize("code", list(Code))
@pytest.mark.parametrize("others", [[], ["CMPL"], ["CMPL", "WIP"]], ids=["none", "done", "open"])
def test_a_task_without_logs_follows_from_what_it_waits_for(
    people: list[User], code: str, others: list[str]
) -> None:
    """11 §4.2: as a task on which nobody has worked; while a log is left it stays as it is."""
    film = Project(name="Film", code="FILM")
    DBSession.add(film)
    before = [Task(name=f"Before {each}", project=film) for each in others]
    task = Task(name="Task", project=film, start=NOON)
    logs = [
        task.create_time_log(people[0], NOON + n * HOUR, NOON + (n + 1) * HOUR) for n in range(2)
    ]
    DBSession.commit()
    give(task, "RTS")
    task.depends = before
    for each, status in zip(before, others, strict=True):
        give(each, status)
    give(task, code)
    DBSession.commit()
    code = task.status.code  # one that waits for nothing any more does not wait
    take_back(DBSession(), [logs[1].id])
    assert task.status.code == code
    take_back(DBSession(), [logs[0].id])
    assert task.status.code == status_from_dependencies(code, others, has_logs=False)


def test_what_is_no_log_changes_nothing(films: list[Project]) -> None:
    """One of several is not there, or is something else: all stay."""
    session, task = DBSession(), films[0].shots[0].children[0]
    number = task.time_logs[0].id
    before = timesheet(session)
    for other, reason in {
        2**31 - 1: "there is no time log 2147483647",
        task.id: f"{task.id} is no time log, but the id of something else",
    }.items():
        with pytest.raises(LookupError, match=reason):
            take_back(session, [number, other])
        DBSession.commit()
    assert timesheet(session) == before and task.total_logged_seconds == 2 * 3600
    assert take_back(session, []) == []


def test_two_take_back_the_same_log(films: list[Project]) -> None:
    """The second waits until the first is done, and is refused: the hours are subtracted once."""
    cut, log = films[0].sequences[0], _logs(films[0])[0]
    number = log.id
    DBSession.commit()
    bind = DBSession.get_bind()
    assert isinstance(bind, Engine)
    has_come, errors = threading.Event(), []

    def listen(connection: object, cursor: object, statement: str, *rest: object) -> None:
        is_lock = "BEGIN IMMEDIATE" in statement or "FOR NO KEY UPDATE" in statement
        if is_lock and threading.current_thread() is second:
            has_come.set()

    def take_it_too() -> None:
        with sessionmaker(bind, class_=StudioSession)() as session:
            try:
                take_back(session, [number])
            except LookupError as error:
                errors.append(str(error))

    second = threading.Thread(target=take_it_too)
    event.listen(bind, "before_cursor_execute", listen)
    take_back(DBSession(), [number])
    second.start()
    assert has_come.wait(60)  # it has found the log, and is about to wait
    DBSession.commit()
    second.join()
    event.remove(bind, "before_cursor_execute", listen)
    assert errors == [f"somebody else has just taken back time log {number}"]
    assert cut.total_logged_seconds == 5 * 3600
    assert worked(DBSession(), [number]) == []
