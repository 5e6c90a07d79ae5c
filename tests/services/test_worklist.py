"""Lists of work, paths and overviews say what the entities say, by a fixed number of statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from stalker import Asset, Project, Sequence, Shot, Tag, Task, Type, User
from stalker.db.session import DBSession
from stalker.models.task.omission import OMITTED
from stalker.services.addresses import addresses, find
from stalker.services.overview import Person, counts_of, overview
from stalker.services.pages import tasks_of
from stalker.services.steps import Step, add_steps, parents_of
from stalker.services.worklist import unassigned, without_tasks, work
from tests.models.production import NOON, give

STEPS = [Step("Plate", 4, "h"), Step("Anim", 3, "d"), Step("Comp", 2, "d")]


def _user(name: str) -> User:
    return User(name=name.title(), login=name, email=f"{name}@example.com", password="secret")


def _film(code: str, shots: int, artist: User) -> Project:
    film = Project(name=f"Film {code}", code=code, users=[artist])
    DBSession.add(film)
    kind = Type(name=f"Prop {code}", code="PROP", target_entity_type="Asset")
    hero = Asset(name="Hero", code="HERO", type=kind, project=film)
    Task(name="Model", parent=hero, resources=[artist], start=NOON)
    cut = Sequence(name="Cut", code="CUT", project=film)
    for n in range(shots):
        shot = Shot(code=f"SH{n:02d}", name=f"SH{n:02d}", parent=cut)
        tasks = [Task(name=name, parent=shot, resources=[artist], start=NOON) for name in "AB"]
        # measured by time: what is done of it nobody has noted
        Task(name="Wait", parent=shot, schedule_model="duration", start=NOON)
        tasks[0].create_time_log(artist, *_hours(n, code))
        give(tasks[1], ("CMPL", "STOP", "RTS")[n % 3])
    Task(name="Cut", project=film, start=NOON)
    return film


def _hours(n: int, code: str) -> tuple[datetime, datetime]:
    begin = NOON + timedelta(days=n, hours=0 if code == "ONE" else 4)
    return begin, begin + timedelta(hours=3)


@pytest.fixture
def films(database: str) -> list[Project]:
    """Two films, one much larger than the other, and their people."""
    artist = _user("artist")
    made = [_film("ONE", 2, artist), _film("TWO", 9, artist)]
    DBSession.commit()
    numbers = [each.id for each in made]
    DBSession.expunge_all()
    return [DBSession.get_one(Project, each) for each in numbers]


def _path_of(task: Task) -> str:
    return "/".join([task.project.code, *(each.name for each in task.parents), task.name])


def _leaves(film: Project) -> list[Task]:
    return [task for task in film.tasks if not task.children]


def test_a_list_of_work_says_what_its_tasks_say(films: list[Project]) -> None:
    """Path, class, status, people, dates and amounts of every task that has nothing below it."""
    session, film = DBSession(), films[1]
    rows = {row.id: row for row in work(session, projects=[film], finished=True)}
    assert rows.keys() == {task.id for task in _leaves(film)}
    for task in _leaves(film):
        assert rows[task.id] == (
            task.id, _path_of(task), task.entity_type, task.status.code,
            tuple(user.login for user in task.resources), task.start, task.end, False,
            task.schedule_seconds, task.total_logged_seconds, False, False,
        )  # fmt: skip
    artist = DBSession.scalars(select(User).where(User.login == "artist")).one()
    wip = work(session, artist, films, ["WIP"])
    assert len(wip) == 11 and {row.path.split("/")[-1] for row in wip} == {"A"}
    shot = film.shots[3]
    assert [row.path for row in work(session, top=shot)] == [
        f"TWO/Cut/SH03/{n}" for n in ("A", "Wait")
    ]
    assert {row.status for row in work(session)} & {"CMPL", "STOP"} == set()


def test_work_is_planned_when_a_plan_has_placed_it(films: list[Project]) -> None:
    """Then, and only then, its dates mean something: a new task has some, too."""
    task = next(task for task in _leaves(films[0]) if task.name == "Cut")
    for moment in (None, NOON):
        task.computed_start = task.computed_end = moment
        DBSession.flush()
        (row,) = work(DBSession(), top=task)
        assert row.is_planned == task.is_scheduled == (moment is not None)


def test_a_place_without_tasks_is_no_work(films: list[Project]) -> None:
    """A shot, asset or sequence that was just made; with people, logs or an effort it is work."""
    session, film = DBSession(), films[0]
    artist = DBSession.scalars(select(User).where(User.login == "artist")).one()
    kind = DBSession.scalars(select(Type).where(Type.name == "Prop ONE")).one()

    def shot(code: str, **given: Any) -> Shot:
        return Shot(name=code, code=code, project=film, **given)

    before = {row.id for row in work(session)}, unassigned(session)
    places = [shot("NEW"), Sequence(name="S", code="S", project=film)]
    places.append(Asset(name="A", code="A", type=kind, project=film))
    session.flush()
    assert ({row.id for row in work(session)}, unassigned(session)) == before
    assert work(session, top=places[0]) == []
    every = work(session, finished=True)
    assert {row.id for row in every if row.is_place} == {each.id for each in places}
    assert without_tasks(session, [film]) == [each.id for each in places]
    assert without_tasks(session, films[1:]) == []
    busy = [
        shot("GIVEN", resources=[artist]), shot("LOGGED"), shot("LONG", schedule_timing=2),
        shot("DAY", schedule_unit="d"), shot("TIME", schedule_model="duration"),
    ]  # fmt: skip
    busy[1].create_time_log(artist, *_hours(40, "ONE"))
    session.flush()
    numbers = [each.id for each in busy]
    assert {row.id for row in work(session)} == before[0] | {*numbers}
    assert unassigned(session) == sorted([*before[1], *numbers[1:4]])
    for column in ("schedule_timing", "schedule_unit"):  # another program has left it out
        missing = Task.__table__.update().values({column: None})
        session.execute(missing.where(Task.__table__.c.id == numbers[2]))
        assert {row.id for row in work(session)} == before[0] | {*numbers}
    Task(name="Comp", parent=places[0])
    session.flush()
    assert [row.path for row in work(session, top=places[0])] == ["ONE/NEW/Comp"]


def test_work_that_nobody_does_is_found(films: list[Project]) -> None:
    """Work without people is found until it is finished; what is measured by time needs nobody."""
    session = DBSession()
    cuts = [next(task for task in _leaves(film) if task.name == "Cut") for film in films]
    assert unassigned(session) == [each.id for each in cuts]
    assert unassigned(session, films[1:]) == [cuts[1].id]
    give(cuts[0], "CMPL")
    cuts[1].resources = [DBSession.scalars(select(User).where(User.login == "artist")).one()]
    assert unassigned(session) == []


def test_an_overview_counts_what_there_is(films: list[Project]) -> None:
    """Counts by kind and status, the progress, the first and the last date, and the people."""
    for film in films:
        found = overview(DBSession(), film)
        counts: dict[str, Counter[str]] = {}
        for task in film.tasks:
            kind = task.entity_type if isinstance(task, Shot | Asset | Sequence) else "Task"
            if kind != "Task" or not task.children:
                counts.setdefault(kind, Counter())[task.status.code] += 1
        assert found.counts == counts
        assert found.progress == Project.totals_for([film])[film]
        dates = [(task.start, task.end) for task in film.tasks]
        assert (found.start, found.end) == (min(dates)[0], max(end for _, end in dates))
        done = sum(task.status in ("CMPL", "STOP") for task in _leaves(film) if task.resources)
        open_ones = sum(bool(task.resources) for task in _leaves(film)) - done
        assert found.people == [Person("artist", "Artist", open_ones, done)]
        sums = {kind: sum(each.values()) for kind, each in found.counts.items()}
        assert counts_of(DBSession(), films)[film.id] == sums


def test_what_is_omitted_is_no_work(films: list[Project]) -> None:
    """It is listed and counted as omitted; what is finished of it stays what it is."""
    session, film = DBSession(), films[0]
    artist = DBSession.scalars(select(User).where(User.login == "artist")).one()
    second = film.shots[1]  # B is stopped there, and completed in the first one
    late = Task(name="Late", parent=second, start=NOON + timedelta(days=90))
    DBSession.commit()
    assert late.id in unassigned(session) and overview(session, film).end == late.end
    second.tags.append(Tag(name=OMITTED))
    DBSession.commit()

    def names(**how: Any) -> list[str]:
        found = work(session, projects=[film], **how)
        assert {row.path.split("/")[2] for row in found if row.is_omitted} <= {"SH01"}
        return sorted("/".join(row.path.split("/")[2:]) for row in found if "/Cut/SH" in row.path)

    assert names() == ["SH00/A", "SH00/Wait"] == names(statuses=["WIP", "RTS"])
    assert names(statuses=["STOP"]) == ["SH01/B"] and names(top=second) == []
    everything = names(finished=True)
    assert everything == [
        "SH00/A",
        "SH00/B",
        "SH00/Wait",
        *("SH01/" + n for n in ("A", "B", "Late", "Wait")),
    ]
    assert late.id not in unassigned(session)
    found = overview(session, film)
    assert found.counts["Shot"] == {"WIP": 1, "omitted": 1}
    assert found.counts["Task"] == {"WIP": 1, "CMPL": 1, "STOP": 1, "RTS": 3, "omitted": 3}
    kept = [task for task in _leaves(film) if task.parent is not second or task.name == "B"]
    assert (found.start, found.end) == (
        min(task.start for task in kept), max(task.end for task in kept)
    )  # fmt: skip
    assert found.people == [Person("artist", "Artist", 2, 2)]
    assert counts_of(session, [film])[film.id]["Task"] == 9
    mine = [row.name for row in tasks_of(artist, only_open=True) if row.project_id == film.id]
    assert mine == ["Model", "A"]


def test_pages_take_as_many_statements_for_more(
    films: list[Project], statements: Callable[[], list[str]]
) -> None:
    """Two shots or nine, everything is new: the number does not depend on it."""
    pages: list[tuple[Callable[[Project], object], int]] = [
        (lambda film: work(DBSession(), projects=[film], finished=True), 5),
        (lambda film: overview(DBSession(), film), 3),
        (lambda film: find(DBSession(), f"{film.code}/*/A"), 2),
    ]
    for page, expected in pages:
        for film in films:
            DBSession.rollback()
            DBSession.refresh(film)
            recorded = statements()
            assert page(film)
            assert len(recorded) == expected, "\n".join(recorded)
            del recorded[:]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TWO/Cut/SH03/A", ["TWO/Cut/SH03/A"]),
        ("TWO/SH03/A", ["TWO/Cut/SH03/A"]),
        ("SH03/A", ["TWO/Cut/SH03/A"]),
        ("SH01/A", ["ONE/Cut/SH01/A", "TWO/Cut/SH01/A"]),
        # the sequence and a root task have the same name
        ("ONE/Cut", ["ONE/Cut", "ONE/Cut"]),
        ("ONE/*/A", ["ONE/Cut/SH00/A", "ONE/Cut/SH01/A"]),
        ("ONE/SH*1/*", [f"ONE/Cut/SH01/{name}" for name in ("A", "B", "Wait")]),
        ("Model", ["ONE/Hero/Model", "TWO/Hero/Model"]),
        ("ONE/SH0_/A", []),
        ("ONE/SH%/A", []),
        ("THREE/Cut", []),
        ("Cut/A", []),
        ("ONE", []),
        ("", []),
        ("/", []),
    ],
)
def test_tasks_are_found_by_their_paths(
    films: list[Project], text: str, expected: Collection[str]
) -> None:
    """Names from the end on, after the code of a project or not; `*` stands for anything."""
    found = addresses(DBSession(), find(DBSession(), text))
    assert sorted(found.values()) == sorted(expected)


def test_every_task_is_found_by_its_complete_path(films: list[Project]) -> None:
    """And by its path without project it is among those that are found."""
    for film in films:
        for task in film.tasks:
            path = _path_of(task)
            assert task.id in find(DBSession(), path)
            assert task.id in find(DBSession(), path.partition("/")[2])


def test_a_task_whose_name_has_a_slash_is_found(films: list[Project]) -> None:
    """By its name, and by its path; a path that is there is meant before it."""
    session, film = DBSession(), films[0]
    shot = film.shots[0]
    key = Task(name="Key/Fill", parent=shot)
    hidden = Task(name=f"{shot.name}/A", project=film)
    session.flush()
    for text in ("Key/Fill", f"{shot.name}/Key/Fill", _path_of(key)):
        assert find(session, text) == [key.id]
    assert hidden.id not in find(session, f"{shot.name}/A")
    assert find(session, "ey/Fill") == find(session, "Other/Key/Fill") == []


@given(text=st.text(alphabet="ACUTSHO012/*%_\\'\" ", max_size=20))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_typed_is_no_error(films: list[Project], text: str) -> None:
    """What is found ends like the text, whatever characters it has."""
    for path in addresses(DBSession(), find(DBSession(), text)).values():
        assert "*" in text or path.endswith(text.rpartition("/")[2])


def test_steps_for_every_shot(films: list[Project]) -> None:
    """Each shot gets those that it has not, in a chain, and people take turns; again is nothing."""
    session, film = DBSession(), films[1]
    one, two = _user("one"), _user("two")
    DBSession.add_all([one, two])
    steps = [*STEPS[:2], Step("A", 9, "d"), STEPS[2]._replace(people=(one, two))]
    shots = parents_of(session, film, Shot)
    assert shots == film.shots
    before = {shot: next(task for task in shot.children if task.name == "A") for shot in shots}
    made = [task for some in add_steps(shots, steps, one) for task in some]
    DBSession.commit()
    assert len(made) == 3 * 9 and {task.created_by for task in made} == {one}
    for n, shot in enumerate(shots):
        tasks = {task.name: task for task in shot.children}
        assert tasks["A"] is before[shot] and tasks["A"].schedule_timing == 1
        assert tasks["Anim"].depends == [tasks["Plate"]] and tasks["Comp"].depends == [tasks["A"]]
        assert tasks["Comp"].resources == [(one, two)[n % 2]] and not tasks["Anim"].resources
        assert (tasks["Anim"].schedule_timing, tasks["Anim"].schedule_unit) == (3, "d")
        assert [tasks[name].status.code for name in ("Plate", "Anim")] == ["RTS", "WFD"]
    assert not any(add_steps(parents_of(session, film, Shot), steps))
    assert parents_of(session, shots[0], Shot) == shots[:1]
    assert [each.name for each in parents_of(session, film, Asset)] == ["Hero"]


def test_steps_ask_as_much_for_many_as_for_few(
    films: list[Project], statements: Callable[[], list[str]]
) -> None:
    """Two shots or nine: the same number of questions before anything is written."""
    counts = []
    for film in films:
        DBSession.rollback()
        DBSession.refresh(film)
        recorded = statements()
        shots = parents_of(DBSession(), film, Shot)
        made = [task for some in add_steps(shots, STEPS) for task in some]
        assert len(made) == 3 * len(shots)
        asked = [each for each in recorded if each.lstrip().startswith(("SELECT", "WITH"))]
        counts.append(len(asked))
        DBSession.flush()
        del recorded[:]
    assert counts[0] == counts[1], counts
