"""What is done with whole hierarchies takes as many statements for many tasks as for a few."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from stalker import Project, Sequence, Shot, Task, TaskDependency, User, Version
from stalker.core.graph import walk
from stalker.db.session import DBSession
from stalker.models.task.propagation import derived_status
from stalker.models.task.surroundings import Surroundings
from tests.models.production import DAY, HOUR, NOON, Studio, code_of, give, log

Record = Callable[[], list[str]]


class Film:
    """Sequences, shots and tasks that wait for each other, across the sequences and films too."""

    def __init__(self, studio: Studio, code: str, sequences: int) -> None:
        self.project = film = studio.project(name=code, code=code)
        self.top = studio.task(film, name=f"Film {code}", responsible=[studio.user(f"Lead {code}")])
        people = [studio.user(f"Artist {code} {n}") for n in range(4)]
        outside = studio.task(
            studio.task(studio.project(name=f"Other {code}", code="OTH")), start=NOON
        )
        last = outside
        for n in range(sequences):
            sequence = Sequence(name=f"SQ{n}", code=f"SQ{n}", parent=self.top)
            for m in range(2):
                shot = Shot(code=f"{code}{n}{m}", parent=sequence)
                for step in range(3):
                    last = studio.task(
                        shot,
                        start=NOON + (3 * m + step) * DAY,
                        depends=[last, outside] if step else [last],
                        resources=[people[step], people[(step + n) % 4]],
                        alternative_resources=people[2:][:step],
                        schedule_model=("effort", "length", "duration")[step],
                    )
            first = last.parent.children[0]
            give(first, "WIP")
            log(studio, first, 2, NOON + 90 * DAY)
        studio.task(film, name="Extra")
        studio.commit()
        self.ids = {Task: self.top.id, Project: film.id}

    def find(self, kind: type[Any]) -> Any:
        """Return what is asked about, in a session that knows nothing else."""
        DBSession.remove()
        return DBSession.get(kind, self.ids[kind])


@pytest.fixture
def films(studio: Studio) -> list[Film]:
    return [Film(studio, "A", 2), Film(studio, "B", 7)]


# --- Walking, exporting, adding up ----------------------------------------------------------------


def _lazily(task: Task) -> list[Task]:
    return list(walk(task, lambda each: each.children))


def _forget_sums(task: Task) -> Task:
    DBSession.execute(update(Task).values(_schedule_seconds=None, _total_logged_seconds=None))
    DBSession.expire_all()
    return task


def _sums(task: Task) -> list[tuple[int, int]]:
    task.update_schedule_info()
    return [(each._schedule_seconds, each._total_logged_seconds) for each in _lazily(task)]


#: kind, what is done, how many statements are allowed
PATHS: dict[str, tuple[type[Any], Callable[[Any], object], int]] = {
    "walking": (Task, lambda task: [each.name for each in task.walk_hierarchy()], 4),
    "walking level by level": (Task, lambda task: [each.id for each in task.walk_hierarchy(1)], 4),
    "codes of shots": (
        Task,
        lambda task: [each.code for each in task.walk_hierarchy() if isinstance(each, Shot)],
        4,
    ),
    "text of a task": (Task, lambda task: task.to_tjp, 13),
    "text of a project": (Project, lambda project: project.to_tjp, 16),
    "forming sums": (Task, _sums, 5),
    "asking for sums that are lost": (
        Task, lambda task: _forget_sums(task).total_logged_seconds, 8,
    ),
    "progress": (Project, lambda project: project.percent_complete, 1),
    "progress without sums": (
        Project, lambda project: _forget_sums(project).percent_complete, 11,
    ),
}  # fmt: skip


def test_statements_do_not_grow(films: list[Film], statements: Record) -> None:
    """A film with seven sequences takes as many statements as one with two."""
    found = {}
    for path, (kind, ask, allowed) in PATHS.items():
        counts = []
        for film in films:
            subject = film.find(kind)
            recorded = statements()
            assert ask(subject)
            counts.append(len(recorded))
        if not counts[0] == counts[1] <= allowed:
            found[path] = counts
    assert found == {}


def test_what_is_loaded_at_once_is_what_is_loaded_step_by_step(films: list[Film]) -> None:
    """Hierarchy, text and sums are the same as if each task had asked for itself."""
    for film in films:
        expected = _lazily(film.find(Task))
        names = [each.name for each in expected]
        assert [each.name for each in film.find(Task).walk_hierarchy()] == names
        texts = {each.id: each.to_tjp.split() for each in _lazily(film.find(Task))}
        top = film.find(Task)
        for each in _lazily(top):  # everything is loaded by now
            _ = each.resources, each.alternative_resources, each.task_depends_to, each.time_logs
        assert top.to_tjp.split() == texts[top.id]
        for each in _lazily(film.find(Task)):
            text = " ".join(texts[each.id])
            assert all(" ".join(texts[child.id]) in text for child in each.children)
            assert text.count("booking") == sum(len(one.time_logs) for one in _lazily(each))
            assert text.count("effort") + text.count("length") + text.count("duration") == sum(
                bool(one.resources) for one in _lazily(each)
            )
        project = film.find(Project)
        assert " ".join(texts[film.ids[Task]]) in " ".join(project.to_tjp.split())
        before = _sums(film.find(Task))
        assert _sums(_forget_sums(film.find(Task))) == before
        assert before[0][1] >= 2 * 3600


def test_what_is_not_written_is_walked_too(studio: Studio, statements: Record) -> None:
    """Children that are new, moved or taken away in this session count, without a flush as well."""
    film = studio.project()
    top = studio.task(film, name="top")
    one, two = (studio.task(top, name=name) for name in ("one", "two"))
    leaves = [studio.task(one, name=f"leaf {n}") for n in range(3)]
    deep = studio.task(leaves[0], name="deep")
    other = studio.task(film, name="other")
    studio.task(studio.task(other, name="inner"), name="innermost")
    DBSession.commit()
    numbers = {each.name: each.id for each in (top, two, other, deep, leaves[1])}
    for flushes in (True, False):
        DBSession.remove()
        found = {name: DBSession.get(Task, number) for name, number in numbers.items()}
        with DBSession.no_autoflush:
            found["other"].parent = found["two"]
            found["leaf 1"].parent = None
            studio.task(found["deep"], name="new")
        names = [
            "top", "one", "leaf 0", "deep", "new", "leaf 2", "two", "other", "inner", "innermost"
        ]  # fmt: skip
        if flushes:
            assert [each.name for each in found["top"].walk_hierarchy()] == names
        else:
            with DBSession.no_autoflush:
                assert [each.name for each in found["top"].walk_hierarchy()] == names
                assert any(each.name == "new" for each in DBSession.new)
        DBSession.rollback()
        again = DBSession.get(Task, numbers["top"])
        walked = [each.name for each in again.walk_hierarchy()]
        assert walked == ["top", "one", "leaf 0", "deep", "leaf 1", "leaf 2", "two"]


def test_versions_are_walked_with_few_statements(studio: Studio, statements: Record) -> None:
    """What has children of its own kind is walked like tasks are."""
    task = studio.task(studio.project())
    counts = []
    for size in (3, 40):
        made = [Version(task=task)]
        for n in range(size):
            made.append(Version(task=task, parent=made[n // 2]))
        DBSession.commit()
        numbers = [each.id for each in made]
        DBSession.remove()
        first = DBSession.get(Version, numbers[0])
        recorded = statements()
        assert {each.id for each in first.walk_hierarchy()} == set(numbers)
        counts.append(len(recorded))
        DBSession.remove()
        task = DBSession.scalars(select(Task)).first()
    assert counts == [2, 2]


# --- Changing -------------------------------------------------------------------------------------


def test_a_log_eight_levels_deep(studio: Studio, statements: Record) -> None:
    """Logging work costs as much in a large hierarchy as in a small one; all above know of it."""
    ada, counts = studio.user(), []
    film = studio.project()
    for width in (1, 12):
        line = [studio.task(film)]
        for _ in range(7):
            line.append(studio.task(line[-1]))
            for _ in range(width):
                studio.task(line[-2])
        deepest = studio.task(line[-1], start=NOON)
        DBSession.commit()
        numbers = [each.id for each in line]
        task_id, user_id = deepest.id, ada.id
        DBSession.remove()
        task, user = DBSession.get(Task, task_id), DBSession.get(User, user_id)
        recorded = statements()
        start = NOON + len(counts) * DAY
        task.create_time_log(user, start, start + 5 * HOUR)
        DBSession.commit()
        counts.append(len(recorded))
        DBSession.remove()
        sums = [DBSession.get(Task, number).total_logged_seconds for number in numbers]
        assert sums == [5 * 3600] * 8
        film, ada = DBSession.scalars(select(Project)).first(), DBSession.get(User, user_id)
    assert counts[0] == counts[1], counts


def test_a_flush_asks_no_more_often_for_all_that_is_new(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten times as many new tasks are not looked through ten times as often."""
    asked: list[Session] = []
    new = Session.new.fget
    monkeypatch.setattr(Session, "new", property(lambda self: asked.append(self) or new(self)))
    film, ada, counts = studio.project(), studio.user(), []
    studio.commit()
    for number in (3, 30):
        for _ in range(number):
            top = studio.task(film)
            studio.task(top, depends=[studio.task(top, resources=[ada])])
        asked.clear()
        studio.commit()
        counts.append(len(asked))
    assert counts[0] == counts[1]


def _completed_film(studio: Studio, shots: int) -> tuple[int, int]:
    """Return the ids of a container and of the task that all others in it wait for, all done."""
    top = studio.task(studio.project())
    first = studio.task(top, start=NOON)
    last = first
    for _ in range(shots):
        last = studio.task(top, start=NOON, depends=[first, last] if last is not first else [first])
    for task in (top, *top.children):
        give(task, "CMPL")
    DBSession.commit()
    return top.id, first.id


def test_a_container_follows_when_its_children_have(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not derived after each of the children that follow a revision, but after all."""
    containers: list[Task] = []

    def derived(task: Task, around: Surroundings) -> str:
        if task.is_container:
            containers.append(task)
        return derived_status(task, around)

    monkeypatch.setattr("stalker.models.task.propagation.derived_status", derived)
    judge = studio.user()
    counts = []
    for shots in (3, 30):
        top_id, first_id = _completed_film(studio, shots)
        DBSession.expire_all()
        containers.clear()
        DBSession.get(Task, first_id).request_revision(judge)
        DBSession.commit()
        counts.append(len(containers))
        top = DBSession.get(Task, top_id)
        codes = [code_of(each) for each in top.children]
        assert (codes, code_of(top)) == (["HREV", *["DREV"] * shots], "WIP")
    assert counts[0] == counts[1] <= 4


def test_a_revision_is_taken_back_with_its_savepoint(studio: Studio) -> None:
    """Statuses, and what links wait for, are again what they were, in memory as in the database."""
    top_id, first_id = _completed_film(studio, 4)
    judge = studio.user()
    DBSession.commit()
    top, first = DBSession.get(Task, top_id), DBSession.get(Task, first_id)

    def seen() -> tuple[set[str], set[str]]:
        links = [link for each in top.children for link in each.task_depends_to]
        codes = {code_of(each) for each in (top, *top.children)}
        return codes, {str(link.dependency_target) for link in links}

    before = seen()
    assert before == ({"CMPL"}, {"onend"})
    with DBSession.begin_nested() as savepoint:
        first.request_revision(judge)
        DBSession.flush()
        assert seen() == ({"HREV", "DREV", "WIP"}, {"onstart"})
        savepoint.rollback()
    assert seen() == before
    with DBSession.begin_nested():
        first.request_revision(judge)
    DBSession.commit()
    assert seen() == ({"HREV", "DREV", "WIP"}, {"onstart"})
    DBSession.expire_all()
    assert seen() == ({"HREV", "DREV", "WIP"}, {"onstart"})


def _targets(first_id: int) -> list[str]:
    columns = TaskDependency.__table__.c
    query = select(columns.dependency_target).where(columns.depends_to_id == first_id)
    return [str(target) for target in DBSession.execute(query.order_by(columns.task_id)).scalars()]


def test_a_revision_loosens_links_that_nobody_holds(studio: Studio) -> None:
    """Those that are held change at once, those that come later know of it.

    What somebody sets by hand meanwhile stays; what is thrown away changes nothing.
    """
    top_id, first_id = _completed_film(studio, 4)
    judge = studio.user()
    DBSession.commit()
    keys = [(task.id, first_id) for task in DBSession.get(Task, top_id).children[1:]]
    judge_id = judge.id

    def revise() -> None:
        DBSession.get(Task, first_id).request_revision(DBSession.get(User, judge_id))

    DBSession.remove()
    revise()
    DBSession.expire_all()
    DBSession.flush()
    assert _targets(first_id) == ["onend"] * 4
    DBSession.remove()
    held = DBSession.get(TaskDependency, keys[0])
    revise()
    assert held.dependency_target == "onstart"
    with DBSession.no_autoflush:
        late, by_hand = (DBSession.get(TaskDependency, key) for key in keys[1:3])
        assert late.dependency_target == by_hand.dependency_target == "onstart"
        by_hand.dependency_target = "onend"
    DBSession.flush()
    links = (held, late, by_hand, DBSession.get(TaskDependency, keys[3]))
    expected = ["onstart", "onstart", "onend", "onstart"]
    assert [link.dependency_target for link in links] == expected == _targets(first_id)
    DBSession.rollback()
    assert [link.dependency_target for link in links] == ["onend"] * 4 == _targets(first_id)


def test_links_that_come_within_a_savepoint_go_back_with_it(studio: Studio) -> None:
    """Also those that were not held when they changed."""
    _, first_id = _completed_film(studio, 2)
    judge = studio.user()
    DBSession.commit()
    first = DBSession.get(Task, first_id)
    with DBSession.begin_nested() as savepoint:
        first.request_revision(judge)
        DBSession.flush()
        links = DBSession.scalars(select(TaskDependency)).all()
        assert "onstart" in {link.dependency_target for link in links}
        savepoint.rollback()
    assert {link.dependency_target for link in links} == {"onend"} == {*_targets(first_id)}


def test_a_container_that_is_at_work_asks_for_no_children(
    studio: Studio, statements: Record
) -> None:
    """Logging work neither loads what lies beside, nor says less about those above."""
    ada, film = studio.user(), studio.project()
    line = [studio.task(film)]
    for _ in range(4):
        line.append(studio.task(line[-1]))
        for _ in range(5):
            studio.task(line[-2])
    deepest = studio.task(line[-1], start=NOON)
    DBSession.commit()
    numbers, task_id, ada_id = [each.id for each in line], deepest.id, ada.id
    DBSession.remove()
    task, ada = DBSession.get(Task, task_id), DBSession.get(User, ada_id)
    recorded = statements()
    task.create_time_log(ada, NOON, NOON + HOUR)
    held = [each for each in DBSession.identity_map.values() if isinstance(each, Task)]
    assert {each.id for each in held} == {*numbers, task_id}
    assert {code_of(each) for each in held} == {"WIP"}
    DBSession.flush()
    assert len(recorded) <= 18
    held = [each for each in DBSession.identity_map.values() if isinstance(each, Task)]
    assert {each.id for each in held} == {*numbers, task_id}
