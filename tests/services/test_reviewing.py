"""Who has to decide about what is listed as it is stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from stalker import Project, Review, Shot, Tag, Task, User, Version
from stalker.db.session import DBSession
from stalker.models.task.omission import OMITTED
from stalker.services.reviewing import pending
from tests.models.production import HOUR, NOON


def _film(code: str, shots: int, people: list[User]) -> Project:
    """Make a film in which everybody is asked about a version of each shot, in a second round."""
    film = Project(name=f"Film {code}", code=code)
    DBSession.add(film)
    begin = NOON + timedelta(days=len(code))
    for n in range(shots):
        shot = Shot(code=f"SH{n}", name=f"SH{n}", parent=None, project=film)
        task = Task(name="Comp", parent=shot, start=NOON, resources=people[:1], responsible=people)
        for _ in range(2):
            task.create_time_log(people[0], begin, begin + HOUR)
            begin += HOUR
            asked = task.request_review(Version(task=task, full_path=f"$REPO/{code}/{n}.exr"))
            if asked[0].review_number == 1:
                for each in asked:
                    each.request_revision(1, "h", "Darker")
    DBSession.commit()
    return film


@pytest.fixture
def people(database: str) -> list[User]:
    return [
        User(name=name.title(), login=name, email=f"{name}@example.com", password="secret")
        for name in ("one", "two")
    ]


@pytest.fixture
def films(people: list[User]) -> list[Project]:
    """Two films, one much larger than the other."""
    return [_film("FEW", 2, people), _film("MANY", 9, people)]


def test_what_waits_is_what_nobody_has_decided(films: list[Project], people: list[User]) -> None:
    """Reviewer, round, version, path and moment of every open review; only what was asked for."""
    session = DBSession()
    reviews = [each for film in films for task in film.tasks for each in task.reviews]
    reviews = sorted((each for each in reviews if each.is_open), key=lambda each: each.id)
    rows = pending(session)
    assert len(rows) == 22
    assert sorted(row[:6] for row in rows) == [
        (
            each.id,
            each.reviewer.login,
            2,
            each.version and each.version.full_path,
            each.date_created,
            each.task.id,
        )
        for each in reviews
    ]
    assert [row.since for row in rows] == sorted(row.since for row in rows)
    assert (rows[0].path, rows[0].filename) == ("FEW/SH0/Comp", "0.exr")
    shot = films[1].shots[3]
    for several in (
        {"reviewer": people[1]},
        {"projects": films[:1]},
        {"top": shot},
        {"reviewer": people[0], "top": shot},
    ):
        codes = [film.code for film in several.get("projects", films)]
        who = several.get("reviewer")
        assert pending(session, **several) == [
            row
            for row in rows
            if row.path.split("/")[0] in codes
            and (who is None or row.reviewer == who.login)
            and ("top" not in several or row.path == "MANY/SH3/Comp")
        ]
        assert pending(session, **several)


def test_what_is_decided_or_omitted_waits_no_more(films: list[Project], people: list[User]) -> None:
    """Nor does what goes with a person; whom another program has deleted is nobody."""
    session, (first, second) = DBSession(), films[0].shots
    first.children[0].approve(people[0])
    second.tags = [Tag(name=OMITTED)]
    session.commit()
    (left,) = pending(session, projects=films[:1])
    assert (left.path, left.reviewer) == ("FEW/SH0/Comp", "two")
    session.delete(people[1])
    session.commit()
    assert [row.reviewer for row in pending(session)] == ["one"] * 9
    session.execute(update(Review).values(reviewer_id=None))
    assert [row.reviewer for row in pending(session)] == [None] * 9


def test_in_a_project_that_rests_nothing_waits(films: list[Project]) -> None:
    """Unless somebody asks for the project, or for what is in it."""
    session, few = DBSession(), films[0]
    everything = pending(session)
    few.active = False
    session.commit()
    assert pending(session) == [row for row in everything if row.path.startswith("MANY/")]
    for asked in ({"projects": [few]}, {"top": few.shots[0]}, {"projects": films}):
        assert {row.path[:4] for row in pending(session, **asked)} >= {"FEW/"}


def test_as_many_statements_for_many_as_for_few(
    films: list[Project], statements: Callable[[], list[str]]
) -> None:
    """Four reviews or 18: two statements."""
    for film, number in zip(films, (4, 18), strict=True):
        DBSession.refresh(film)
        recorded = statements()
        assert len(pending(DBSession(), projects=[film])) == number
        assert len(recorded) == 2
