"""The demo as a service: when people work, and what its progress costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from stalker import Project, Task, User
from stalker.core.dates import utc_now
from stalker.db.session import DBSession
from stalker.editorial import meridian, read_cut
from stalker.services.demo import build
from stalker.services.demo.agenda import Agenda, hours


@pytest.fixture
def project(database: str) -> Project:
    """A stored project."""
    project = Project(name="Film", code="F")
    DBSession.save(project)
    return project


def person(name: str) -> User:
    return User(name=name, login=name, email=f"{name}@example.com", password="secret")


def test_nobody_is_booked_twice_or_at_weekends(project: Project) -> None:
    """What somebody does comes one after the other, each within a week, and from the past on."""
    agenda, ann = Agenda(), person("ann")
    starts = [agenda.book(ann, days, []) for days in (0.5, 3, 1.5, 3, 4, 0.5)]
    assert starts[0] < utc_now() and starts[0].weekday() == 0
    passed = [(after - before).days for before, after in pairwise(starts)]
    assert passed == [1, 6, 2, 5, 4]
    assert all(start.hour == 9 for start in starts)


def test_what_is_waited_for_has_ended(project: Project) -> None:
    """A booking begins on the first morning after the end of everything that it waits for."""
    agenda = Agenda()
    first = agenda.book(person("ann"), 0.5, [])
    plate = Task(name="Plate", project=project, start=first, schedule_timing=0.5, schedule_unit="d")
    assert agenda.book(person("bob"), 1, [plate]) == first + timedelta(days=1)


def test_the_hours_of_a_task(project: Project) -> None:
    """A day and a half is nine hours, and five on the next day."""
    begin = Agenda().book(person("ann"), 1.5, [])
    task = Task(name="Match", project=project, start=begin, schedule_timing=1.5, schedule_unit="d")
    next_day = begin + timedelta(days=1)
    assert list(hours(task)) == [
        (begin, begin + timedelta(hours=9)),
        (next_day, next_day + timedelta(hours=5)),
    ]


def test_progress_costs_the_same_whatever_the_length_of_the_cut(
    database: str, tmp_path: Path, statements: Callable[[], list[str]]
) -> None:
    """With twice as many shots as there are, the demo sends no more statements."""
    cut = read_cut(meridian())
    again = tuple(replace(shot, code=f"{shot.code}_B") for shot in cut.shots)
    twice = replace(cut, shots=cut.shots + again)
    counts = []
    for name, each in (("one", cut), ("two", twice)):
        root = tmp_path / name
        root.mkdir()
        recorded = statements()
        build(DBSession(), each, root, lambda title, items, total: items)
        counts.append(len(recorded))
        DBSession.rollback()
        DBSession.expunge_all()
    assert counts[1] < counts[0] * 1.05
    assert counts[0] < 1200
