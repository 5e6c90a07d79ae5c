"""Many workstations start on a new studio's first day."""

from __future__ import annotations

import sys
from typing import Any

from sqlalchemy import select, text

import stalker
from stalker import db
from stalker.db.declarative import Base
from stalker.db.session import DBSession
from tests.conftest import unbind
from tests.programs import Program

PROCESSES = 8


def first_day(url: str) -> None:
    """Say that it is ready, wait for the others, and begin."""
    stalker.defaults.password_time_cost = 1
    stalker.defaults.password_memory_cost = 8
    stalker.defaults.password_parallelism = 1
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(2):
        db.setup({"sqlalchemy.url": url})
        db.init()
        db.create_ticket_statuses()
        db.register(type("Plate", (), {}))
        db.create_entity_statuses("Plate", ["New", "Scanned"], ["NEW", "SCN"])
        db.upgrade()


def content(tables: list[str]) -> dict[str, Any]:
    """What the bound database holds, by names: ids depend on who was faster."""
    found: dict[str, Any] = {}
    with DBSession.get_bind().engine.connect() as connection:
        for name in tables:
            rows = connection.execute(select(Base.metadata.tables[name])).mappings().all()
            ignored = {"id", "password", "date_created", "date_updated"}
            found[name] = sorted(
                repr([value for key, value in row.items() if not key.endswith(tuple(ignored))])
                for row in rows
            )
        query = """
            SELECT list_entity.name, entity.name, "StatusList_Statuses".position
            FROM "StatusList_Statuses"
            JOIN "SimpleEntities" AS list_entity ON list_entity.id = status_list_id
            JOIN "SimpleEntities" AS entity ON entity.id = status_id
            ORDER BY 1, 3
        """
        found["lists"] = [tuple(row) for row in connection.execute(text(query))]
        query = """
            SELECT count(*) FROM "SimpleEntities"
            WHERE created_by_id IN (SELECT id FROM "Users") AND updated_by_id = created_by_id
        """
        found["created by the administrator"] = connection.scalar(text(query))
        query = "SELECT version_num FROM alembic_version"
        found["version"] = list(connection.scalars(text(query)))
    return found


def test_many_processes_set_up_one_database(empty_url: str) -> None:
    """Eight processes that meet on an empty database all succeed, and leave what one would."""
    processes = [Program(first_day, empty_url) for _ in range(PROCESSES)]
    try:
        for process in processes:
            assert process.stdout.readline() == "ready\n", process.communicate()[1]
        for process in processes:
            process.stdin.write("\n")
            process.stdin.flush()
        results = [(process.communicate()[1], process.returncode) for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.wait()
    assert [result for result in results if result[1] != 0] == []

    db.setup({"sqlalchemy.url": empty_url})
    tables = sorted(Base.metadata.tables)
    together = content(tables)
    unbind()

    db.setup({"sqlalchemy.url": "sqlite://"})
    db.init()
    db.register(type("Plate", (), {}))
    db.create_entity_statuses("Plate", ["New", "Scanned"], ["NEW", "SCN"])
    assert together == content(tables)
