"""`services.checking` finds what is wrong and nothing else, with a fixed number of statements."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import seed, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import Engine, text

from stalker import Task, User, Version
from stalker.db.session import DBSession
from stalker.services.checking import check
from tests.factories import constructible, most
from tests.models.production import Studio, give, log
from tests.stateful.machine import PEOPLE, Production
from tests.stateful.test_task_life import SETTINGS


def bound() -> Engine:
    """The engine of `DBSession`, with nobody's transaction open."""
    DBSession.remove()
    engine = DBSession.get_bind().engine
    DBSession.remove()
    return engine


def faults(engine: Engine, **options: Any) -> list[str]:
    """What is wrong, apart from the password that every test database has."""
    found = check(engine, **options)
    assert all(bool(each.count) == bool(each.faults) for each in found)
    return [
        f"{each.name}: {fault}"
        for each in found
        for fault in each.faults
        if each.name != "administrator"
    ]


def execute(engine: Engine, *statements: str) -> None:
    """Change rows behind the back of everything that would keep them in order."""
    off = "PRAGMA foreign_keys=OFF"
    if engine.dialect.name == "postgresql":
        off = "SET session_replication_role = replica"
    with engine.connect() as connection:
        connection.exec_driver_sql(off)
        for statement in statements:
            connection.execute(text(statement))
        connection.commit()
        connection.invalidate()


def test_nothing_is_wrong_with_one_of_everything(database: str) -> None:
    """All that can be made passes, and so does a tree of tasks with work and dependencies."""
    for kind in constructible():
        DBSession.add(most(kind))
    DBSession.commit()
    assert faults(bound()) == []


def test_nothing_is_wrong_after_whatever_was_done(database: str) -> None:
    """Random productions, with all that may be done to tasks, pass."""
    for name in PEOPLE:
        DBSession.add(User(name=name, login=name, email=f"{name}@x.com", password="secret"))
    DBSession.commit()
    DBSession.remove()

    class Checked(Production):
        def teardown(self) -> None:
            DBSession.commit()
            assert faults(DBSession.get_bind().engine) == []
            super().teardown()

    run_state_machine_as_test(seed(7)(Checked), settings=settings(SETTINGS, max_examples=3))


@pytest.fixture
def studio(database: str) -> Studio:
    """Makes projects, tasks and people."""
    return Studio(stored=True)


@pytest.fixture
def tree(studio: Studio) -> Engine:
    """A container with two leaves; one has begun, the other waits for it."""
    project = studio.project()
    container = studio.task(project, name="Shot")
    first = studio.task(container, name="Anim", schedule_timing=3, schedule_unit="h")
    second = studio.task(container, name="Comp", depends=[first])
    DBSession.add(log(studio, first))
    DBSession.commit()
    assert second.status.code == "WFD"
    engine = bound()
    assert faults(engine) == []
    return engine


ID = "(SELECT id FROM \"SimpleEntities\" WHERE name = '{}')"
SHOT, ANIM, COMP = (ID.format(name) for name in ("Shot", "Anim", "Comp"))
STATUS = "(SELECT id FROM \"Statuses\" WHERE code = '{}')"


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (f'"Tasks" SET schedule_seconds = 7 WHERE id = {SHOT}', "says 7 s of work are planned"),
        (f'"Tasks" SET total_logged_seconds = 7 WHERE id = {SHOT}', "says 7 s of work are logged"),
        (f'"Tasks" SET total_logged_seconds = 7 WHERE id = {ANIM}', "its time logs say 3600"),
        (f'"Tasks" SET "end" = "start" WHERE id = {SHOT}', "it lies from"),
        (
            f'"Tasks" SET status_id = {STATUS.format("CMPL")} WHERE id = {SHOT}',
            "its status is CMPL, from its parts follows WIP",
        ),
        (
            f'"Tasks" SET status_id = {STATUS.format("RTS")} WHERE id = {COMP}',
            "its status is RTS, from what it waits for follows WFD",
        ),
        (f'"Tasks" SET project_id = 77777 WHERE id = {SHOT}', "Tasks.project_id -> Projects: 1 "),
        ('"Task_Dependencies" SET depends_to_id = 77777', "depends_to_id -> Tasks: 1 "),
        (f"\"SimpleEntities\" SET entity_type = 'Lens' WHERE id = {COMP}", "class 'Lens' that"),
        (f"\"SimpleEntities\" SET entity_type = 'Shot' WHERE id = {COMP}", "'Shot' have no row in"),
    ],
)
def test_each_fault_is_told(tree: Engine, statement: str, expected: str) -> None:
    """What was changed behind the library's back is told with the task and both values."""
    execute(tree, f"UPDATE {statement}")
    found = faults(tree)
    assert any(expected in each for each in found), found


def test_sums_that_are_formed_later_are_no_fault(tree: Engine) -> None:
    """A sum that is not there is formed when somebody asks; time passes by itself."""
    execute(tree, 'UPDATE "Tasks" SET schedule_seconds = NULL, total_logged_seconds = NULL')
    assert faults(tree) == []
    execute(tree, f"UPDATE \"Tasks\" SET schedule_model = 'length' WHERE id = {ANIM}")
    assert faults(tree) == []


def test_a_status_that_was_set_by_hand(tree: Engine) -> None:
    """It does not follow from anything, and that is told."""
    give(Task.query.filter_by(name="Shot").one(), "OH")
    DBSession.commit()
    (fault,) = faults(bound())
    assert "its status is OH" in fault


def test_nobody_is_in_two_places(tree: Engine, studio: Studio) -> None:
    """Time logs that overlap are told, where the guard was switched off, and so is the guard."""
    task = Task.query.filter_by(name="Anim").one()
    for number in range(3):
        DBSession.add(log(studio, task, start=task.start + timedelta(hours=number)))
    DBSession.commit()
    engine = bound()
    if engine.dialect.name == "sqlite":
        off = [f'DROP TRIGGER "overlapping_time_logs_{name}"' for name in ("insert", "update")]
    else:
        off = ['ALTER TABLE "TimeLogs" DROP CONSTRAINT overlapping_time_logs']
    smallest = '(SELECT min(resource_id) FROM "TimeLogs")'
    execute(engine, *off, f'UPDATE "TimeLogs" SET resource_id = {smallest}')
    found = faults(engine)
    assert any("overlapping_time_logs" in each for each in found)
    assert any("1 time logs of 'worker" in each.lower() for each in found), found


def test_the_number_of_statements_does_not_grow(
    tree: Engine, studio: Studio, statements: Callable[[], list[str]]
) -> None:
    """It is the same for three tasks and for a hundred."""
    counts = []
    for number in (1, 40):
        project = studio.project()
        for _ in range(number):
            parent = studio.task(project)
            leaf = studio.task(parent)
            DBSession.add(log(studio, leaf))
            DBSession.add(Version(task=leaf))
        DBSession.commit()
        engine = bound()
        recorded = statements()
        assert faults(engine, files=lambda done, total: None) == []
        counts.append(len(recorded))
    assert counts[0] == counts[1] < 60


def test_files_of_versions(studio: Studio, tmp_path: Path) -> None:
    """A version whose file is not where it says is told by task, variant and number.

    One that has no path yet is not.
    """
    project = studio.project()
    task = studio.task(project)
    there = tmp_path / "there.ma"
    there.touch()
    for path in (str(there), str(tmp_path / "gone.ma"), ""):
        DBSession.add(Version(task=task, full_path=path))
    DBSession.commit()
    where = f"{project.code}/{task.name}"
    told = []
    (fault,) = faults(bound(), files=lambda done, total: told.append((done, total)))
    assert fault == f"files: version 2 (Main) of {where}: there is no {tmp_path}/gone.ma"
    assert told == [(3, 3)]
    # that a database is damaged is no reason not to say what else is wrong
    number, engine = task.id, bound()
    execute(engine, f'DELETE FROM "SimpleEntities" WHERE id = {number}')
    found = faults(engine, files=lambda done, total: None)
    assert f"files: version 2 (Main) of task {number}: there is no {tmp_path}/gone.ma" in found
    execute(engine, f'UPDATE "Tasks" SET project_id = 77777 WHERE id = {number}')
    found = faults(engine, files=lambda done, total: None)
    assert any("Tasks.project_id -> Projects: 1 " in each for each in found)
    assert not any(each.startswith("files: ") for each in found)
