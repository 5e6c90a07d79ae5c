"""What a session has in memory, and what the database has, in the words of the model.

Tasks, logs and reviews are known by their names, which end with their keys; people by their logins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from graphlib import TopologicalSorter
from typing import Any

from sqlalchemy import Connection, text

from stalker import Task
from stalker.db.types import GenericDateTime
from tests.stateful import model

Picture = dict[str, Any]


def of_model(task: model.Task) -> Picture:
    """Return what the model says about a task."""
    return {
        "parent": name_of(task.parent),
        "status": task.status,
        "dates": task.dates,
        "timing": (task.timing, task.unit),
        "priority": task.priority,
        "round": task.round,
        "planned": task.planned,
        "logged": task.logged,
        "after": {name_of(each): target for each, target in task.after.items()},
        "resources": task.resources,
        "responsible": task.responsible,
        "logs": {name_of(each): (each.who, each.start, each.end) for each in task.logs},
        "reviews": {
            name_of(each): (each.who, each.round, each.status, each.granted)
            for each in task.reviews
        },
    }


def name_of(thing: model.Task | model.Log | model.Review | None) -> str | None:
    return None if thing is None else f"{type(thing).__name__} {thing.key}"


def of_memory(task: Task) -> Picture:
    """Return what its session says about a task."""
    return {
        "parent": None if task.parent is None else task.parent.name,
        "status": task.status.code,
        "dates": (task.start, task.end),
        "timing": (task.schedule_timing, task.schedule_unit),
        "priority": task.priority,
        "round": task.review_number,
        "planned": task.schedule_seconds,
        "logged": task.total_logged_seconds,
        "after": {row.depends_to.name: row.dependency_target for row in task.task_depends_to},
        "resources": {user.login for user in task.resources},
        "responsible": {user.login for user in task._responsible},
        "logs": {each.name: (each.resource.login, each.start, each.end) for each in task.time_logs},
        "reviews": {
            each.name: (
                each.reviewer.login,
                each.review_number,
                each.status.code,
                each.schedule_seconds,
            )
            for each in task.reviews
        },
    }


_TASKS = """
    SELECT of_task.name, of_parent.name, code, schedule_timing, schedule_unit, priority,
           review_number, schedule_seconds, total_logged_seconds, start, "end"
    FROM "Tasks"
    JOIN "SimpleEntities" of_task ON of_task.id = "Tasks".id
    JOIN "Statuses" ON "Statuses".id = status_id
    LEFT JOIN "SimpleEntities" of_parent ON of_parent.id = parent_id"""
_LINKS = """
    SELECT of_task.name, of_other.name, dependency_target
    FROM "Task_Dependencies"
    JOIN "SimpleEntities" of_task ON of_task.id = task_id
    JOIN "SimpleEntities" of_other ON of_other.id = depends_to_id"""
_PEOPLE = """
    SELECT of_task.name, login FROM "Task_{}"
    JOIN "SimpleEntities" of_task ON of_task.id = task_id
    JOIN "Users" ON "Users".id = {}_id"""
_LOGS = """
    SELECT of_task.name, of_log.name, login, start, "end"
    FROM "TimeLogs"
    JOIN "SimpleEntities" of_log ON of_log.id = "TimeLogs".id
    JOIN "SimpleEntities" of_task ON of_task.id = task_id
    JOIN "Users" ON "Users".id = resource_id"""
_REVIEWS = """
    SELECT of_task.name, of_review.name, login, review_number, code, schedule_timing, schedule_unit
    FROM "Reviews"
    JOIN "SimpleEntities" of_review ON of_review.id = "Reviews".id
    JOIN "SimpleEntities" of_task ON of_task.id = task_id
    JOIN "Statuses" ON "Statuses".id = status_id
    JOIN "Users" ON "Users".id = reviewer_id"""
_OVERLAPS = """
    SELECT count(*) FROM "TimeLogs" one JOIN "TimeLogs" other
    ON one.resource_id = other.resource_id AND one.id < other.id
    AND one.start < other."end" AND other.start < one."end" """
_NAMES = """
    SELECT name FROM "SimpleEntities" WHERE entity_type IN ('Task', 'TimeLog', 'Review')"""


def of_database(connection: Connection) -> dict[str, Picture]:
    """Return what is stored about all tasks, with the dates of each."""

    def read(query: str) -> Iterator[tuple[Any, list[Any]]]:
        dates = {"start": GenericDateTime, "end": GenericDateTime}
        there = {name: kind for name, kind in dates.items() if name in query}
        for of_task, *values in connection.execute(text(query).columns(**there)):
            yield of_task, values

    found: dict[str, Picture] = {}
    for name, values in read(_TASKS):
        parent, status, timing, unit, priority, number, planned, logged, start, end = values
        found[name] = {
            "parent": parent,
            "status": status,
            "timing": (timing, unit),
            "priority": priority,
            "round": number,
            "planned": planned,
            "logged": logged,
            "after": {},
            "resources": set(),
            "responsible": set(),
            "logs": {},
            "reviews": {},
            "dates": (start, end),
        }
    for name, (before, target) in read(_LINKS):
        found[name]["after"][before] = target
    for key in ("resources", "responsible"):
        for name, (login,) in read(_PEOPLE.format(key.title(), key.rstrip("s"))):
            found[name][key].add(login)
    for name, (log, *values) in read(_LOGS):
        found[name]["logs"][log] = tuple(values)
    for name, (review, *values, timing, unit) in read(_REVIEWS):
        found[name]["reviews"][review] = (*values, timing * model.UNITS[unit])
    return found


def assert_same(task: model.Task, found: Picture) -> None:
    """What was found of a task is what the model says."""
    said = of_model(task)
    wrong = {
        key: f"{found[key]}, not {value}" for key, value in said.items() if found[key] != value
    }
    assert not wrong, f"{name_of(task)}: {wrong}"


def assert_nothing_is_left(connection: Connection, names: Collection[str]) -> None:
    """There is nothing beside what has one of *names*, no part of a row, and nobody's row."""
    assert sorted(connection.scalars(text(_NAMES))) == sorted(names)


def assert_nobody_is_in_two_places(connection: Connection) -> None:
    assert connection.scalar(text(_OVERLAPS)) == 0


def assert_containers_follow(found: dict[str, Picture]) -> None:
    """The stored dates and sums of each container follow from those of its children."""
    for name, picture in found.items():
        parts = [each for each in found.values() if each["parent"] == name]
        if parts:
            starts, ends = zip(*(each["dates"] for each in parts), strict=True)
            assert picture["dates"] == (min(starts), max(ends)), name
            for key in ("planned", "logged"):
                assert picture[key] == sum(each[key] for each in parts), name


def assert_no_circle(found: dict[str, Picture]) -> None:
    """No task has to begin after its own end."""
    waits: dict[str, set[str]] = defaultdict(set)
    for name, picture in found.items():
        start, end = f"{name} start", f"{name} end"
        waits[end].add(start)
        waits[start] |= {f"{before} end" for before in picture["after"]}
        if parent := picture["parent"]:
            waits[start].add(f"{parent} start")
            waits[f"{parent} end"].add(end)
    TopologicalSorter(waits).prepare()
