"""Building a production: through the library, through bare mapped classes, through SQL alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, create_engine, func, insert, select
from sqlalchemy.orm import Session, registry, relationship
from sqlalchemy.pool import StaticPool

import stalker
from bench.meter import Cost, measured
from bench.plan import PEOPLE, Item
from bench.rows import TABLES, common, gap, joining, task_values
from stalker import Project, Task, User, db
from stalker.db.session import DBSession


def fresh() -> Engine:
    """Return a new database in memory with the people and the project, bound to `DBSession`."""
    stalker.defaults.password_time_cost = 1
    stalker.defaults.password_memory_cost = 8
    stalker.defaults.password_parallelism = 1
    db.setup({"sqlalchemy.url": "sqlite://"})
    db.init()
    people = [
        User(
            name=f"Artist {n}",
            login=f"artist{'abcdefghij'[n]}",
            email=f"a{n}@example.com",
            password="x",
        )
        for n in range(PEOPLE)
    ]
    DBSession.save([*people, Project(name="Bench", code="BNC")])
    engine = DBSession.get_bind()
    assert isinstance(engine, Engine)
    return engine


def through_library(items: list[Item]) -> Cost:
    """Make the tasks with `Task(...)` and commit."""
    engine = fresh()
    project = DBSession.scalars(select(Project)).one()
    people = list(DBSession.scalars(select(User).where(User.login != "admin").order_by(User.id)))

    def build() -> None:
        made: list[Task] = []
        for item in items:
            made.append(
                Task(
                    name=item.name,
                    project=project if item.parent is None else None,
                    parent=None if item.parent is None else made[item.parent],
                    depends=[made[number] for number in item.depends],
                    resources=[people[number] for number in item.resources],
                )
            )
        DBSession.commit()

    return measured(engine, build)


# --- The same rows without rules, events or derived values ----------------------------------------


class _Entity:
    id: int

    def __init__(self, **values: Any) -> None:
        for key, value in values.items():
            setattr(self, key, value)


class BareTask(_Entity):
    """A task without rules."""

    parent: BareTask | None
    resources: list[BareUser]


class BareUser(_Entity):
    """A user without rules."""


class BareProject(_Entity):
    """A project without rules."""


class BareStatus(_Entity):
    """A status without rules."""


class BareStatusList(_Entity):
    """A status list without rules."""


class BareDependency(_Entity):
    """A dependency without rules."""


def _map_bare() -> registry:
    bare = registry()
    root = TABLES["SimpleEntities"]
    base = bare.map_imperatively(
        _Entity, root, polymorphic_on=root.c.entity_type, polymorphic_identity="SimpleEntity"
    )
    tasks = TABLES["Tasks"]

    def joined(kind: type, table: str, identity: str, **properties: Any) -> None:
        bare.map_imperatively(
            kind,
            TABLES[table],
            inherits=base,
            inherit_condition=TABLES[table].c.id == root.c.id,
            polymorphic_identity=identity,
            properties=properties,
        )

    for kind, table, identity in (
        (BareUser, "Users", "User"),
        (BareProject, "Projects", "Project"),
        (BareStatus, "Statuses", "Status"),
        (BareStatusList, "StatusLists", "StatusList"),
    ):
        joined(kind, table, identity)
    joined(
        BareTask,
        "Tasks",
        "Task",
        project=relationship(BareProject, foreign_keys=tasks.c.project_id, backref="tasks"),
        parent=relationship(
            BareTask,
            primaryjoin=tasks.c.parent_id == tasks.c.id,
            remote_side=tasks.c.id,
            backref="children",
        ),
        status=relationship(BareStatus, foreign_keys=tasks.c.status_id),
        status_list=relationship(BareStatusList, foreign_keys=tasks.c.status_list_id),
        resources=relationship(BareUser, secondary=TABLES["Task_Resources"], backref="assigned"),
    )
    links = TABLES["Task_Dependencies"]
    bare.map_imperatively(
        BareDependency,
        links,
        properties={
            "task": relationship(BareTask, foreign_keys=links.c.task_id, backref="before"),
            "depends_to": relationship(
                BareTask, foreign_keys=links.c.depends_to_id, backref="after"
            ),
        },
    )
    bare.configure()
    return bare


def _bare_engine(engine: Engine) -> Engine:
    """Return an engine on the same database with the settings that SQLAlchemy comes with."""
    connection = engine.raw_connection()
    plain = create_engine("sqlite://", poolclass=StaticPool)
    connection.driver_connection.backup(plain.raw_connection().driver_connection)  # type: ignore[union-attr]
    return plain


def through_bare_classes(items: list[Item]) -> Cost:
    """Make the tasks with mapped classes that have no rules and no events, and commit."""
    engine = _bare_engine(fresh())
    bare = _map_bare()
    try:
        with Session(engine) as session:
            project = session.scalars(select(BareProject)).one()
            people = list(
                session.scalars(select(BareUser).where(TABLES["Users"].c.login != "admin"))
            )
            task_list = session.scalars(
                select(BareStatusList).where(TABLES["StatusLists"].c.target_entity_type == "Task")
            ).one()
            codes = TABLES["Statuses"].c.code
            ready = session.scalars(select(BareStatus).where(codes == "RTS")).one()
            waiting = session.scalars(select(BareStatus).where(codes == "WFD")).one()

            def build() -> None:
                made: list[BareTask] = []
                for item in items:
                    task = BareTask(
                        name=item.name,
                        project=project,
                        status_list=task_list,
                        status=waiting if item.depends else ready,
                        resources=[people[number] for number in item.resources],
                        **common(),
                        **task_values(),
                    )
                    if item.parent is not None:
                        task.parent = made[item.parent]
                    for number in item.depends:
                        BareDependency(task=task, depends_to=made[number], **gap())
                    session.add(task)
                    made.append(task)
                session.flush()
                now = datetime.now(UTC)
                # nobody needs objects for them
                session.execute(
                    insert(TABLES["Task_Changes"]),
                    [joining(task.id, user.id, now) for task in made for user in task.resources],
                )
                session.commit()

            return measured(engine, build)
    finally:
        bare.dispose()


def through_core(items: list[Item]) -> Cost:
    """Write the same rows with one `executemany` for each table."""
    engine = _bare_engine(fresh())
    with engine.connect() as connection:
        ids = TABLES["SimpleEntities"].c.id
        first = connection.scalars(select(func.max(ids))).one() + 1
        project = connection.scalar(select(TABLES["Projects"].c.id))
        logins = TABLES["Users"].c
        people = list(connection.scalars(select(logins.id).where(logins.login != "admin")))
        status = {
            row.code: row.id
            for row in connection.execute(
                select(TABLES["Statuses"].c.code, TABLES["Statuses"].c.id)
            )
        }
        task_list = connection.scalar(
            select(TABLES["StatusLists"].c.id).where(
                TABLES["StatusLists"].c.target_entity_type == "Task"
            )
        )

        def build() -> None:
            roots, tasks, links, resources, changes = [], [], [], [], []
            now = datetime.now(UTC)
            for number, item in enumerate(items):
                identity = first + number
                roots.append({"id": identity, "entity_type": "Task", "name": item.name, **common()})
                tasks.append(
                    {
                        "id": identity,
                        "project_id": project,
                        "parent_id": None if item.parent is None else first + item.parent,
                        "status_list_id": task_list,
                        "status_id": status["WFD" if item.depends else "RTS"],
                        **task_values(),
                    }
                )
                links += [
                    {"task_id": identity, "depends_to_id": first + other, **gap()}
                    for other in item.depends
                ]
                resources += [
                    {"task_id": identity, "resource_id": people[each]} for each in item.resources
                ]
                changes += [joining(identity, people[each], now) for each in item.resources]
            for table, rows in (
                ("SimpleEntities", roots),
                ("Tasks", tasks),
                ("Task_Dependencies", links),
                ("Task_Resources", resources),
                ("Task_Changes", changes),
            ):
                connection.execute(insert(TABLES[table]), rows)
            connection.commit()

        return measured(engine, build)
