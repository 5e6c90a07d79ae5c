"""How many statements it takes to show what belongs together: never more for more of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from stalker import (
    Client,
    Department,
    FilenameTemplate,
    Good,
    Group,
    ImageFormat,
    PriceList,
    Project,
    Repository,
    Role,
    Structure,
    Tag,
    Task,
    Ticket,
    TicketLog,
    User,
    Vacation,
)
from stalker.db.session import DBSession

MANY = 30


def _crew() -> list[User]:
    return [
        User(name=f"User {n}", login=f"user{n}", email=f"user{n}@example.com", password="secret")
        for n in range(MANY)
    ]


def _department() -> Any:
    department = Department(name="Lighting", users=_crew())
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
        users=_crew(),
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


# --- Whole pages ----------------------------------------------------------------------------------


def _many_people(count: int) -> None:
    lead, group = Role(name="Lead"), Group(name="TDs")
    department, client = Department(name="Lighting"), Client(name="Acme")
    project = Project(name="Lighthouse", code="LHS")
    DBSession.add_all([lead, group, department, client, project])
    for n in range(count):
        user = User(
            name=f"User {n}", login=f"user{n}", email=f"user{n}@example.com", password="secret",
            departments=[department], companies=[client], groups=[group],
        )  # fmt: skip
        user.department_role[0].role = lead
        user.projects.append(project)
        Vacation(user=user)
    DBSession.flush()


def _people() -> Any:
    of = selectinload
    query = select(User).options(
        of(User.department_role), of(User.company_role), of(User.project_role), of(User.groups),
        of(User.vacations),
    )  # fmt: skip
    for user in DBSession.scalars(query):
        rows = (*user.department_role, *user.company_role, *user.project_role)
        yield user.name, [row.role and row.role.name for row in rows]
        yield [each.name for each in (*user.departments, *user.companies, *user.projects)]
        yield [each.name for each in (*user.groups, *user.vacations)]


def _many_projects(count: int) -> None:
    structure, hd = Structure(name="Film"), ImageFormat(name="HD", width=16, height=9)
    DBSession.add_all([structure, hd])
    server = Repository(name="Server", code="SRV")
    for n in range(count):
        client = Client(name=f"Client {n}")
        project = Project(
            name=f"Project {n}", code=f"P{n}", clients=[client], repositories=[server],
            structure=structure, image_format=hd,
        )  # fmt: skip
        DBSession.add(project)
    DBSession.flush()


def _projects() -> Any:
    of = selectinload
    query = select(Project).options(
        of(Project.status), of(Project.client_role), of(Project.repositories_proxy),
        of(Project.user_role), of(Project.structure), of(Project.image_format),
    )  # fmt: skip
    for each in DBSession.scalars(query):
        yield each.name, each.status.code, each.structure.name, each.image_format.name
        yield [client.name for client in each.clients], each.repository.name, list(each.users)


def _many_goods(count: int) -> None:
    prices = PriceList(name="2026")
    for n in range(count):
        good = Good(name=f"Good {n}", client=Client(name=f"Client {n}"), price_lists=[prices])
        DBSession.add(good)
    DBSession.flush()


def _goods() -> Any:
    query = select(Good).options(selectinload(Good.client), selectinload(Good.price_list_rows))
    for good in DBSession.scalars(query):
        yield good.name, good.client.name, [each.name for each in good.price_lists]


def _many_tickets(count: int) -> None:
    project = Project(name="Lighthouse", code="LHS")
    DBSession.add(project)
    ada = User(name="Ada", login="ada", email="ada@example.com", password="secret")
    for n in range(count):
        ticket = Ticket(project=project, links=[Tag(name=f"Tag {n}")], reported_by=ada)
        ticket.accept(ada)
    DBSession.flush()


def _tickets() -> Any:
    query = select(Ticket).options(
        selectinload(Ticket.status), selectinload(Ticket.owner), selectinload(Ticket.links),
        selectinload(Ticket.project), selectinload(Ticket.created_by),
        selectinload(Ticket.logs).selectinload(TicketLog.to_status),
    )  # fmt: skip
    for ticket in DBSession.scalars(query):
        yield ticket.name, ticket.status.name, ticket.owner.name, ticket.reported_by.name
        yield ticket.project.name, [each.name for each in ticket.links]
        yield [log.to_status.code for log in ticket.logs]


@pytest.mark.parametrize(
    ("fill", "show"),
    [
        (_many_people, _people),
        (_many_projects, _projects),
        (_many_goods, _goods),
        (_many_tickets, _tickets),
    ],
)
def test_a_page_of_many_costs_no_more_than_a_page_of_few(
    database: str, statements: Any, fill: Callable[[int], None], show: Callable[[], Any]
) -> None:
    """Everything that a page shows comes with as many statements for 1,000 rows as for 10."""
    counts = []
    for size in (10, 1000):
        fill(size)
        DBSession.expire_all()
        DBSession.expunge_all()
        recorded = statements()
        assert len(list(show())) >= size
        # SQLAlchemy asks for 500 at once
        counts.append(len({each.split("IN (")[0] for each in recorded}))
        assert len(recorded) <= counts[0] * (1 + size // 500 + 1), "\n".join(recorded[:50])
        DBSession.rollback()
    assert counts[1] <= counts[0] <= 20
