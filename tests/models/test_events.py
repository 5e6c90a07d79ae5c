"""Signals: what was committed is told, after the commit, and nothing else."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from stalker import Project, Status, Tag, Task, Version, events
from stalker.db.session import DBSession
from stalker.events import Signal
from tests.models.production import Studio

Told = list[tuple[Any, ...]]


@pytest.fixture
def told() -> Iterator[Told]:
    """What the signals tell."""
    found: Told = []
    receivers = {
        events.entity_created: lambda entity: found.append(("created", entity.name)),
        events.entity_updated: lambda entity, names: found.append(
            ("updated", entity.name, *sorted(names))
        ),
        events.entity_deleted: lambda gone: found.append(("deleted", *gone[::2])),
        events.status_changed: lambda entity, *codes: found.append(("status", entity.name, *codes)),
        events.version_published: lambda version: found.append(("published", version.take_name)),
    }
    for signal, receiver in receivers.items():
        signal.connect(receiver)
    yield found
    for signal, receiver in receivers.items():
        signal.disconnect(receiver)


def test_a_commit_is_told(studio: Studio, told: Told) -> None:
    """In the order of the changes, once each, with what has changed."""
    project = studio.project()
    task = Task(name="Comp", project=project)
    assert told == []
    DBSession.commit()
    assert told == [("created", "Lighthouse"), ("created", "Comp")]
    told.clear()
    working = task.status_list["WIP"]
    task.name, task.priority, task.status = "Composite", 700, working
    DBSession.flush()
    assert told == []
    DBSession.commit()
    assert told == [
        ("updated", "Composite", "name", "priority", "status"),
        ("status", "Composite", "RTS", "WIP"),
    ]
    told.clear()
    task.name = "Composite"
    DBSession.commit()
    assert told == []
    DBSession.delete(task)
    DBSession.commit()
    assert ("deleted", "Task", "Composite") in told


def test_one_flush_is_told_by_id(studio: Studio, told: Told) -> None:
    """What one flush changes, and what it deletes, is told in the order of the ids."""
    project = studio.project()
    tasks = [Task(name=f"Task {number}", project=project) for number in range(20)]
    made = [Tag(name=f"Tag {number}") for number in range(20)]
    DBSession.add_all(made)
    DBSession.commit()
    told.clear()
    for each in reversed([*made, *tasks]):
        each.description = "changed"
    DBSession.commit()
    assert told == [("updated", each.name, "description") for each in (*tasks, *made)]
    told.clear()
    names = [tag.name for tag in made]
    for each in reversed(made):
        DBSession.delete(each)
    DBSession.commit()
    assert told == [("deleted", "Tag", name) for name in names]


def test_what_was_not_loaded_is_told(studio: Studio, told: Told) -> None:
    """The former status is known, and what loses its owner is deleted."""
    version = Version(task=studio.task(studio.project()))
    task, working = version.task, Status.query.filter_by(code="WIP").one()
    DBSession.commit()
    told.clear()
    task.status = working
    DBSession.commit()
    assert ("status", task.name, "RTS", "WIP") in told
    told.clear()
    name = version.name
    task.versions.remove(version)
    DBSession.commit()
    assert ("deleted", "Version", name) in told
    assert not any(each[:2] == ("updated", name) for each in told)


def test_publishing_is_told(studio: Studio, told: Told) -> None:
    """When a version becomes published, not when it stops, and not again."""
    version = Version(task=studio.task(studio.project()))
    DBSession.commit()
    for value in (True, False, True, True):
        version.is_published = value
        DBSession.commit()
    assert told.count(("published", "Main")) == 2
    told.clear()
    new = Version(task=version.task, take_name="Hero")
    new.is_published = True
    DBSession.commit()
    assert told.count(("published", "Hero")) == 1


def test_what_is_rolled_back_is_not_told(studio: Studio, told: Told) -> None:
    """Neither that of the whole transaction nor that of a savepoint, however deep."""
    DBSession.add(Tag(name="lost"))
    DBSession.flush()
    DBSession.rollback()
    DBSession.commit()
    assert told == []
    DBSession.add(Tag(name="first"))
    with DBSession.begin_nested() as outer:
        DBSession.add(Tag(name="second"))
        with DBSession.begin_nested():
            DBSession.add(Tag(name="third"))
        DBSession.add(Tag(name="fourth"))
        outer.rollback()
    with DBSession.begin_nested():
        DBSession.add(Tag(name="fifth"))
    assert told == []
    DBSession.commit()
    assert told == [("created", "first"), ("created", "fifth")]


def test_a_receiver_may_use_the_session(studio: Studio) -> None:
    """It begins anew; what it commits is told, too."""
    seen = []

    def follow(entity: Any) -> None:
        seen.append(entity.name)
        if isinstance(entity, Project):
            Task(name=f"{entity.name} prep", project=entity)
            DBSession.commit()

    events.entity_created.connect(follow)
    try:
        studio.project()
        DBSession.commit()
    finally:
        events.entity_created.disconnect(follow)
    assert seen == ["Lighthouse", "Lighthouse prep"]


def test_a_receiver_that_fails(studio: Studio, caplog: pytest.LogCaptureFixture) -> None:
    """The commit has happened, the others are called, and the log says what went wrong."""
    seen: list[str] = []

    @events.entity_created.connect
    def broken(entity: Any) -> None:
        raise RuntimeError("no mail server")

    @events.entity_created.connect
    def working(entity: Any) -> None:
        seen.append(entity.name)

    try:
        with caplog.at_level(logging.ERROR, "stalker"):
            DBSession.save(Tag(name="night"))
    finally:
        events.entity_created.disconnect(broken)
        events.entity_created.disconnect(working)
    assert seen == ["night"] and "no mail server" in caplog.text
    assert DBSession.query(Tag).one().name == "night"


def test_a_receiver_that_breaks_the_session(studio: Studio) -> None:
    """The caller's next query works all the same."""

    @events.entity_created.connect
    def broken(entity: Any) -> None:
        DBSession.execute(text("INSERT INTO nowhere VALUES (1)"))

    try:
        DBSession.save(Tag(name="night"))
        assert DBSession.query(Tag).one().name == "night"
    finally:
        events.entity_created.disconnect(broken)
    DBSession.rollback()


def test_connecting() -> None:
    """A receiver is a function, is called once, and can be let go at any time."""
    signal, seen = Signal("rang"), []

    @signal.connect
    def receiver(value: int) -> None:
        seen.append(value)

    signal.connect(receiver)
    signal.send(1)
    signal.disconnect(receiver)
    signal.disconnect(receiver)
    signal.send(2)
    assert seen == [1] and not signal and "rang" in repr(signal)
    with pytest.raises(TypeError, match="rang"):
        signal.connect(3)  # type: ignore[type-var]
