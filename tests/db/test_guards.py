"""Guards: a delete is complete whoever issues it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from stalker import Asset, Link, Project, Shot, SimpleEntity, Task, Type, Version, db
from stalker.core.dates import utc_now
from stalker.db import guards
from stalker.db.declarative import Base
from stalker.db.session import DBSession
from stalker.db.types import GenericJSON

CONTINUED = sorted(
    table.name
    for mapper in Base.registry.mappers
    if mapper.class_.__module__.startswith("stalker.")
    for table in [mapper.local_table]
    if guards.has_base(table)
)


def rows(table: str) -> int:
    return int(DBSession.execute(text(f'SELECT count(*) FROM "{table}"')).scalar() or 0)


def chain(name: str) -> list[Any]:
    """The tables of one object, the most special first."""
    table = Base.metadata.tables[name]
    found = [table]
    while guards.has_base(table):
        (key,) = table.c.id.foreign_keys
        table = key.column.table
        found.append(table)
    return found


@pytest.mark.parametrize("name", sorted(set(CONTINUED)))
def test_no_row_is_left_in_the_base_tables(empty_url: str, name: str) -> None:
    """Deleting a row of any table by hand deletes its rows in the tables of all base classes."""
    db.setup({"sqlalchemy.url": empty_url})
    tables = chain(name)
    assert tables[-1].name == "SimpleEntities"
    if empty_url.startswith("sqlite"):
        DBSession.execute(text("PRAGMA foreign_keys=OFF"))
    else:
        DBSession.execute(text("SET session_replication_role = replica"))
    for table in reversed(tables):  # rows that refer to nothing else, and are not checked
        DBSession.execute(table.insert().values(**made_up(table)))
    DBSession.commit()
    if empty_url.startswith("sqlite"):
        DBSession.execute(text("PRAGMA foreign_keys=ON"))
    else:
        DBSession.execute(text("SET session_replication_role = origin"))

    DBSession.execute(text(f'DELETE FROM "{name}" WHERE id = 77'))
    DBSession.commit()
    assert [table.name for table in tables if rows(table.name)] == []


def made_up(table: Any) -> dict[str, Any]:
    """Values for the columns that need one and have no default."""
    values: dict[str, Any] = {"id": 77}
    for column in table.columns:
        if column.name == "id" or column.nullable or column.default is not None:
            continue
        # that of JSON is of any kind
        kind = dict if isinstance(column.type, GenericJSON) else column.type.python_type
        known = {int: 1, float: 1.0, str: "x", bool: True, dict: {}, timedelta: timedelta(hours=1)}
        values[column.name] = next(iter(kind)) if hasattr(kind, "__members__") else known.get(kind)
        if values[column.name] is None:
            values[column.name] = utc_now()
    return values


def production() -> Project:
    project = Project(name="Lighthouse", code="LHS")
    kind = Type(name="Prop", code="prop", target_entity_type="Asset")
    asset = Asset(name="Lamp", code="lamp", project=project, type=kind)
    shot = Shot(name="SH010", code="SH010", project=project)
    parent = Task(name="light", parent=shot)
    child = Task(name="key light", parent=parent, depends=[Task(name="model", parent=asset)])
    version = Version(task=child)
    DBSession.save([project, version])
    return project


def test_a_project_is_deleted_with_all_it_contains(database: str) -> None:
    """Deleting a project's row by hand leaves no row of its tasks, shots, assets and versions."""
    before = rows("SimpleEntities")
    project = production()
    assert rows("SimpleEntities") == before + 8
    DBSession.execute(text('DELETE FROM "Projects" WHERE id = :id'), {"id": project.id})
    DBSession.commit()
    DBSession.expire_all()

    left = DBSession.scalars(select(SimpleEntity.entity_type).where(SimpleEntity.id > 30)).all()
    assert left == ["Type"]
    for name in ("Projects", "Tasks", "Assets", "Shots", "Versions", "Links", "VersionCounters"):
        assert rows(name) == 0, name
    assert rows("Task_Dependencies") == 0


def test_deleting_from_the_root_goes_down(database: str) -> None:
    """Deleting the row of the root table by hand deletes the rows that continue it."""
    link = Link(full_path="/mnt/a.exr")
    DBSession.save(link)
    DBSession.execute(text('DELETE FROM "SimpleEntities" WHERE id = :id'), {"id": link.id})
    DBSession.commit()
    assert rows("Links") == 0


def test_the_session_deletes_completely_too(database: str) -> None:
    """A delete through the session leaves nothing either, and raises no doubt about row counts."""
    before = rows("SimpleEntities")
    project = production()
    DBSession.delete(project)
    DBSession.commit()
    assert rows("SimpleEntities") == before + 1
    assert rows("Tasks") == rows("Versions") == 0


def test_each_table_has_its_guard(database: str) -> None:
    """Every table that continues a base table has its trigger, in the database that is in use."""
    if database.startswith("sqlite"):
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    triggers = set(DBSession.execute(text(query)).scalars())
    assert {guards.trigger_name(name) for name in CONTINUED} <= triggers
