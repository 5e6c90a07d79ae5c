"""How many statements it takes to show what belongs together: never more for more of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from stalker import (
    Client,
    Department,
    FilenameTemplate,
    Project,
    Repository,
    Role,
    Structure,
    Task,
    User,
)
from stalker.db.session import DBSession

MANY = 30


def _people() -> list[User]:
    return [
        User(name=f"User {n}", login=f"user{n}", email=f"user{n}@example.com", password="secret")
        for n in range(MANY)
    ]


def _department() -> Any:
    department = Department(name="Lighting", users=_people())
    for row in department.user_role:
        row.role = Role(name=f"Role {row.user.login}")
    return department


def _task() -> Any:
    project = Project(name="Lighthouse", code="LHS")
    DBSession.add(project)
    before = [Task(name=f"Before {n}", project=project) for n in range(MANY)]
    task = Task(name="Comp", project=project, depends=before)
    for n in range(MANY):
        Task(name=f"After {n}", project=project, depends=[task])
    return task


def _structure() -> Any:
    return Structure(
        name="Commercial",
        templates=[
            FilenameTemplate(name=f"T{n}", target_entity_type="Task", path="a", filename="b")
            for n in range(MANY)
        ],
    )


def _project() -> Any:
    return Project(
        name="Lighthouse",
        code="LHS",
        users=_people(),
        clients=[Client(name=f"Client {n}") for n in range(MANY)],
        repositories=[Repository(name=f"Server {n}", code=f"S{n}") for n in range(MANY)],
    )


@pytest.mark.parametrize(
    ("make", "show", "allowed"),
    [
        (_department, lambda each: [(row.user.name, row.role.name) for row in each.user_role], 4),
        (_department, lambda each: [user.name for user in each.users], 4),
        (_project, lambda each: [user.name for user in each.users], 3),
        (_project, lambda each: [client.name for client in each.clients], 3),
        (_project, lambda each: [repository.name for repository in each.repositories], 3),
        (_structure, lambda each: [template.name for template in each.templates], 3),
        (_task, lambda each: [(task.name, task.status.code) for task in each.depends], 4),
        (_task, lambda each: [(task.name, task.status.code) for task in each.dependent_of], 4),
    ],
)
def test_the_far_ends_of_an_association_come_together(
    database: str,
    statements: Any,
    make: Callable[[], Any],
    show: Callable[[Any], list[Any]],
    allowed: int,
) -> None:
    """A list of many is loaded with as few statements as a list of two."""
    DBSession.save(made := make())
    kind, number = type(made), made.id
    DBSession.remove()
    again = DBSession.get(kind, number)
    recorded = statements()
    assert len(show(again)) == MANY
    assert len(recorded) <= allowed, "\n".join(recorded)
