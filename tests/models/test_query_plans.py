"""What a statement costs does not grow with what else the studio has: it finds rows by an index."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from stalker import Task, TimeLog, Version
from stalker.db.session import DBSession
from tests.models.production import HOUR, NOON, Studio

#: tables of a few rows, of which reading all is as good
SMALL = {"Statuses", "StatusLists", "StatusList_Statuses", "Types", "Repositories"}


@pytest.fixture
def whole_reads() -> Any:
    """Return a function that begins to collect which tables SQLite reads as a whole."""
    found: list[tuple[str, str]] = []
    engine = DBSession.get_bind()

    def explain(conn: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        if statement.startswith(("SELECT", "WITH", "UPDATE", "DELETE")):
            several = isinstance(parameters, list)
            one = parameters[0] if several else parameters
            rows = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", one)
            for *_, detail in rows.fetchall():
                words = detail.split()
                if words[0] == "SCAN" and words[1] in tables - SMALL:
                    found.append((detail, statement))

    tables = {table.name for table in Task.metadata.tables.values()}

    def begin() -> list[tuple[str, str]]:
        event.listen(engine, "before_cursor_execute", explain)
        return found

    yield begin
    if event.contains(engine, "before_cursor_execute", explain):
        event.remove(engine, "before_cursor_execute", explain)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_the_life_of_a_task_reads_no_whole_table(
    studio: Studio, whole_reads: Callable[[], list[tuple[str, str]]]
) -> None:
    """Logs, reviews, revisions, versions, moves and deletes find their rows by an index."""
    ada, bob = studio.user("Ada"), studio.user("Bob")
    project = studio.project()
    shot = studio.task(project, responsible=[bob])
    first, other = studio.task(shot, resources=[ada]), studio.task(shot)
    second = studio.task(shot, depends=[first])
    DBSession.commit()
    reads = whole_reads()
    log = TimeLog(task=first, resource=ada, start=NOON, end=NOON + HOUR)
    DBSession.commit()
    log.end += HOUR
    DBSession.commit()
    Version(task=first, created_by=ada)
    DBSession.commit()
    first.request_review()
    DBSession.commit()
    first.approve(bob)
    DBSession.commit()
    first.request_revision(bob)
    DBSession.commit()
    second.depends = [other]
    DBSession.commit()
    studio.task(shot, depends=[second])
    DBSession.commit()
    second.parent = None
    DBSession.commit()
    assert first.history and second.history
    DBSession.delete(log)
    DBSession.commit()
    DBSession.delete(other)
    DBSession.commit()
    assert sorted({(plan, statement[-260:]) for plan, statement in reads}) == []
