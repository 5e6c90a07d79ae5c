"""Pages are rows that say what the entities say, by as many statements for much as for little."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from stalker import Asset, Project, Sequence, Shot, Task, Type, User, Version
from stalker.db.session import DBSession
from stalker.services.pages import (
    ShotRow,
    StatusRow,
    TaskRow,
    VersionRow,
    latest_versions,
    shots_page,
    tasks_of,
)
from tests.models.production import NOON, give

STEPS = ("Plate", "Anim", "Comp")


def _user(name: str) -> User:
    return User(name=name, login=name, email=f"{name}@example.com", password="secret")


def _film(code: str, shots: int, artist: User, assistant: User) -> Project:
    """Return a film with shots in sequences, an asset, versions, and work for two people."""
    film = Project(name=f"Film {code}", code=code)
    DBSession.add_all([film, artist, assistant])
    kind = Type(name=f"Prop {code}", code="PROP", target_entity_type="Asset")
    hero = Asset(name="Hero", code="HERO", type=kind, project=film)
    Task(name="Model", parent=hero, resources=[artist], start=NOON)
    for n in reversed(range(shots)):
        above = Sequence(name=f"SQ{n}", code=f"SQ{n}", project=film)
        shot = Shot(code=f"SH{n:02d}", name=f"Shot {n}", parent=above, cut_in=n, cut_out=n + 9)
        folder = Task(name="Work", parent=shot)
        before: list[Task] = []
        for step, name in enumerate(STEPS):
            task = Task(
                name=name,
                parent=folder if step else shot,
                depends=before,
                resources=[artist, assistant] if step else [artist],
                start=NOON,
            )
            before = [task]
            for take in ("Main", "Alt")[: step + 1]:
                for number in range(1 + (n + step) % 3):
                    version = Version(task=task, take_name=take, full_path=f"/{name}/{number}")
                    version.is_published = number == 0
        give(before[0], ("CMPL", "STOP", "WIP")[n % 3])
        inner = Shot(code=f"IN{n:02d}", parent=shot)
        Task(name="Inside", parent=inner)
    Shot(code="EMPTY", project=film)
    Task(name="Loose", project=film, resources=[assistant])
    return film


def _row_of(task: Task) -> TaskRow:
    project = task.project
    return TaskRow(
        task.id, task.name, task.entity_type, task.status.code, task.start, task.end, project.id,
        project.name, project.code, tuple(each.name for each in task.parents),
    )  # fmt: skip


def _below(task: Task) -> Iterator[Task]:
    for child in task.children:
        if not isinstance(child, Shot):
            yield child
            yield from _below(child)


def _shot_row_of(shot: Shot) -> ShotRow:
    tasks = sorted(_below(shot), key=lambda each: each.id)
    rows = tuple(StatusRow(each.id, each.name, each.status.code) for each in tasks)
    return ShotRow(
        shot.id, shot.code, shot.name, shot.status.code, shot.cut_in, shot.cut_out, rows
    )  # fmt: skip


def _latest_of(project: Project, take: str | None, published: bool) -> list[VersionRow]:
    found: dict[tuple[int, str], Version] = {}
    for task in project.tasks:
        for each in task.versions:
            if take in (None, each.take_name) and (each.is_published or not published):
                key = task.id, each.take_name
                found[key] = max(each, found.get(key, each), key=lambda one: one.version_number)
    return [
        VersionRow(
            each.id, each.task.id, each.task.name, each.take_name, each.version_number,
            each.is_published, each.full_path,
        )
        for _, each in sorted(found.items())
    ]  # fmt: skip


@pytest.fixture
def films(database: str) -> list[Project]:
    """Two films with work for the same people, one much larger than the other."""
    artist, assistant = _user("artist"), _user("assistant")
    made = [_film("ONE", 2, artist, assistant), _film("TWO", 9, artist, assistant)]
    DBSession.commit()
    return made


def test_the_tasks_of_somebody(films: list[Project]) -> None:
    """All of every project, or the open ones; with project and the names of all ancestors."""
    for user in DBSession.scalars(select(User)):
        tasks = sorted(user.tasks, key=lambda each: each.id)
        assert tasks_of(user) == [_row_of(each) for each in tasks]
        open_ones = [each for each in tasks if each.status.code not in ("CMPL", "STOP")]
        assert tasks_of(user, only_open=True) == [_row_of(each) for each in open_ones]
        assert (len(open_ones) < len(tasks)) == bool(tasks)


def test_the_shots_of_a_project(films: list[Project]) -> None:
    """By code, with the tasks of every depth; what is below an inner shot belongs to that."""
    for film in films:
        shots = sorted(film.shots, key=lambda each: each.code)
        page = shots_page(film)
        assert page == [_shot_row_of(each) for each in shots]
        assert [row.name for row in page[-1].tasks] == ["Work", *STEPS]
        assert page[0].code == "EMPTY" and page[0].tasks == ()


def test_the_latest_versions_of_a_project(films: list[Project]) -> None:
    """One for each task and take, the highest number of all or of those that are published."""
    for film, take, published in product(films, (None, "Main", "Alt", "None"), (False, True)):
        found = latest_versions(film, take, published)
        assert found == _latest_of(film, take, published)
        assert bool(found) == (take != "None")


def test_pages_take_as_many_statements_for_more(
    films: list[Project], statements: Callable[[], list[str]]
) -> None:
    """One or two for a page of any length, also for whom everything is new."""
    artist, assistant = (DBSession.scalars(select(User).where(User.login == login)).one()
                         for login in ("artist", "assistant"))  # fmt: skip
    few = _user("few")
    Task(name="Alone", project=films[0], resources=[few])
    DBSession.commit()
    asked: list[tuple[Callable[[Any], object], list[Any], int]] = [
        (tasks_of, [few, artist, assistant], 2),
        (shots_page, films, 2),
        (latest_versions, films, 1),
    ]
    for page, subjects, expected in asked:
        for subject in subjects:
            assert subject.id
            recorded = statements()
            assert page(subject)
            assert len(recorded) == expected, "\n".join(recorded)
            del recorded[:]


def test_what_is_not_written_yet(films: list[Project]) -> None:
    """It is written first, and counts, as for any query; a plain object has no rows."""
    film = Project(name="Late", code="LATE")
    shot = Shot(code="SH99", project=film)
    late = _user("late")
    assert (tasks_of(late), shots_page(film), latest_versions(film)) == ([], [], [])
    DBSession.add(film)
    task = Task(name="Comp", parent=shot, resources=[late], start=NOON)
    Version(task=task)
    task.end += timedelta(hours=3)
    assert [row.tasks[0].name for row in shots_page(film)] == ["Comp"]
    assert tasks_of(late) == [_row_of(task)] and tasks_of(late)[0].parents == (shot.name,)
    assert [row.version_number for row in latest_versions(film)] == [1]


def test_who_is_in_no_session(films: list[Project]) -> None:
    """What has been loaded before is asked about in the session of the library."""
    film, user = films[1], DBSession.scalars(select(User).where(User.login == "artist")).one()
    assert film.id and user.id
    before = shots_page(film), tasks_of(user), latest_versions(film)
    DBSession.expunge_all()
    assert (shots_page(film), tasks_of(user), latest_versions(film)) == before


def test_pages_of_something_else(database: str) -> None:
    """What is no user or no project is a `TypeError` that names the argument."""
    for page, wrong in product((tasks_of, shots_page, latest_versions), (None, 1, "Film")):
        with pytest.raises(TypeError, match=rf"^{page.__name__}\(\) argument (user|project)"):
            page(wrong)  # type: ignore[operator]
