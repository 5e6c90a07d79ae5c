"""What follows for tasks is written for all of them at once, and so that nobody's work is lost.

Sums are written as differences: two people who log their work on parts of one sequence both add to
the sums of the sequence. Each session knows only its own part; the database adds them up.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, inspect, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.base import LoaderCallableStatus

from stalker.db.session import StudioSession
from stalker.models.status import Status
from stalker.models.task.task import Task

__all__ = ["SETTLED"]

#: where a session keeps the former and the present status of the tasks that were written here
SETTLED = "settled_statuses"


def _write(session: Session) -> None:
    settled = session.info[SETTLED] = {}
    rows = []
    for task in session.dirty:
        if isinstance(task, Task) and task not in session.deleted:
            former, present = _statuses(task)
            planned = _difference(task, "_schedule_seconds")
            logged = _difference(task, "_total_logged_seconds")
            if present is None and not planned and not logged:
                continue
            rows.append(
                {
                    "of_task": task.id,
                    "status": task.status_id if present is None else present.id,
                    "planned": planned,
                    "logged": logged,
                }
            )
            if present is not None:
                settled[task] = former, present
                set_committed_value(task, "status", present)
                set_committed_value(task, "status_id", present.id)
    if not rows:
        return
    table: Any = Task.__table__
    statement = (
        update(table)
        .where(table.c.id == bindparam("of_task"))
        .values(
            status_id=bindparam("status"),
            schedule_seconds=table.c.schedule_seconds + bindparam("planned"),
            total_logged_seconds=table.c.total_logged_seconds + bindparam("logged"),
        )
    )
    # always in the same order: nobody waits for somebody who waits for him
    session.connection().execute(statement, sorted(rows, key=lambda row: row["of_task"]))


def _statuses(task: Task) -> tuple[Any, Status | None]:
    """Return the former and the present status of a task, if another one has been set."""
    former = inspect(task).committed_state.get("status", LoaderCallableStatus.NO_VALUE)
    present = task.__dict__.get("status")
    if not isinstance(former, Status) or former is present or present is None:
        return None, None
    return (former, present) if inspect(present).has_identity else (None, None)


def _difference(task: Task, key: str) -> int:
    """Return by how much a sum has changed, and take it for written."""
    before = inspect(task).committed_state.get(key)
    after = task.__dict__.get(key)
    if not isinstance(before, int) or not isinstance(after, int):
        return 0  # it was missing, or will be: written as it is
    set_committed_value(task, key, after)
    return after - before


# after everything that changes a sum or a status
StudioSession.before_writing.append(_write)
