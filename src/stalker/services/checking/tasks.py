"""Whether what tasks say of themselves agrees with what it follows from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from stalker.core.kinds import ScheduleModel
from stalker.models.entity import SimpleEntity
from stalker.models.status import Status
from stalker.models.task import Task, TaskDependency, TimeLog
from stalker.services.checking.finding import Finding
from stalker.workflow.derive import RTS, WFD, status_from_children, status_from_dependencies

#: rows that are fetched at once
_BATCH = 1000


@dataclass
class _Row:
    """What is stored of a task."""

    id: int
    name: str
    parent: int | None
    status: str
    model: ScheduleModel
    planned: int | None
    logged: int | None
    start: datetime | None
    end: datetime | None
    children: list[_Row] = field(default_factory=list)

    def __str__(self) -> str:
        return f"task {self.id} ({self.name!r})"


def check_tasks(connection: Connection) -> Finding:
    """Form sums, dates and statuses anew, and compare them with those that are stored."""
    rows = {row.id: row for row in _rows(connection)}
    for row in rows.values():
        if row.parent in rows:
            rows[row.parent].children.append(row)
    finding = Finding("tasks", len(rows))
    worked = _logged(connection)
    before = _prerequisites(connection)
    goes_on = _measured_by_time(rows)
    for row in rows.values():
        if row.children:
            faults = _faults_of_container(row, goes_on)
        else:
            # one that is not there is told with the references
            known = [rows[each].status for each in before[row.id] if each in rows]
            faults = _faults_of_leaf(row, worked, known)
        for fault in faults:
            finding.add(f"{row}: {fault}")
    return finding


def _rows(connection: Connection) -> Iterable[_Row]:
    tasks: Any = Task.__table__.c
    entities: Any = SimpleEntity.__table__
    statuses: Any = Status.__table__
    query = (
        select(
            tasks.id,
            entities.c.name,
            tasks.parent_id,
            statuses.c.code,
            tasks.schedule_model,
            tasks.schedule_seconds,
            tasks.total_logged_seconds,
            tasks.start,
            tasks.end,
        )
        .join(entities, entities.c.id == tasks.id)
        .join(statuses, statuses.c.id == tasks.status_id)
        .order_by(tasks.id)
    )
    for row in connection.execute(query, execution_options={"yield_per": _BATCH}):
        yield _Row(*row)


def _logged(connection: Connection) -> Counter[int]:
    """Return the seconds that are logged on each task."""
    logs: Any = TimeLog.__table__.c
    query = select(logs.task_id, logs.duration)
    found: Counter[int] = Counter()
    for task, duration in connection.execute(query, execution_options={"yield_per": _BATCH}):
        found[task] += int(duration.total_seconds())
    return found


def _prerequisites(connection: Connection) -> defaultdict[int, list[int]]:
    links: Any = TaskDependency.__table__.c
    query = select(links.task_id, links.depends_to_id)
    found: defaultdict[int, list[int]] = defaultdict(list)
    for task, other in connection.execute(query, execution_options={"yield_per": _BATCH}):
        found[task].append(other)
    return found


def _measured_by_time(rows: dict[int, _Row]) -> set[int]:
    """Return the tasks whose logged time grows by itself, and all containers of such."""
    found: set[int] = set()
    for row in rows.values():
        if not row.children and row.model != ScheduleModel.EFFORT:
            each: _Row | None = row
            while each is not None and each.id not in found:
                found.add(each.id)
                each = None if each.parent is None else rows.get(each.parent)
    return found


def _faults_of_container(row: _Row, goes_on: set[int]) -> Iterable[str]:
    parts = row.children
    planned = _sum(each.planned for each in parts)
    if None not in (row.planned, planned) and row.planned != planned:
        yield f"it says {row.planned} s of work are planned, its parts say {planned}"
    logged = _sum(each.logged for each in parts)
    if row.id not in goes_on and None not in (row.logged, logged) and row.logged != logged:
        yield f"it says {row.logged} s of work are logged, its parts say {logged}"
    starts = [each.start for each in parts if each.start is not None]
    ends = [each.end for each in parts if each.end is not None]
    if starts and ends and (row.start, row.end) != (min(starts), max(ends)):
        yield f"it lies from {row.start} to {row.end}, its parts from {min(starts)} to {max(ends)}"
    status = status_from_children(each.status for each in parts)
    if row.status != status:
        yield f"its status is {row.status}, from its parts follows {status}"


def _sum(values: Iterable[int | None]) -> int | None:
    """Return a sum, or `None` if a part is missing: it is formed when somebody asks for it."""
    known = list(values)
    return None if None in known else sum(each for each in known if each is not None)


def _faults_of_leaf(row: _Row, worked: Counter[int], before: list[str]) -> Iterable[str]:
    if row.model == ScheduleModel.EFFORT and row.logged not in (None, worked[row.id]):
        yield f"it says {row.logged} s of work are logged, its time logs say {worked[row.id]}"
    if row.status in (WFD, RTS):
        status = status_from_dependencies(row.status, before, worked[row.id] > 0)
        if row.status != status:
            yield f"its status is {row.status}, from what it waits for follows {status}"
