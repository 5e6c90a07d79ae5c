"""Work and revisions, against the statements that somebody would write by hand for them.

By hand a log takes five statements: whether the task may be worked on, whether the person was busy,
two rows, and an update of the sums and statuses of the task and all above it. A revision takes six:
two rows, an update of the task and all above it, a recursive query for who follows, and two
`executemany` for their statuses and their links. Nothing is locked, nobody else is reckoned with.

What is done is taken back after each run; the cost is that of everything up to the commit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, insert, text

from bench.filling import BEGIN, HOUR, Filling, empty
from bench.meter import Cost, contest, measured
from bench.rows import TABLES, common
from stalker import Task, User
from stalker.db.session import DBSession

_START = BEGIN + timedelta(days=90)

_OVERLAP = text("""
SELECT 1 FROM "TimeLogs" WHERE resource_id = :person AND start < :end AND "end" > :start""")

_MAY_BE_WORKED_ON = text("""
SELECT s.code, EXISTS (SELECT 1 FROM "Tasks" c WHERE c.parent_id = t.id), (
    SELECT max(CASE d.dependency_target WHEN 'onend' THEN p."end" ELSE p.start END)
    FROM "Task_Dependencies" d JOIN "Tasks" p ON p.id = d.depends_to_id WHERE d.task_id = t.id
) FROM "Tasks" t JOIN "Statuses" s ON s.id = t.status_id WHERE t.id = :task""")

_LINE = """
WITH RECURSIVE line(id) AS (
    SELECT CAST(:task AS INTEGER)
    UNION SELECT t.parent_id FROM "Tasks" t JOIN line ON t.id = line.id
    WHERE t.parent_id IS NOT NULL
)"""

_ADD = text(f"""{_LINE}
UPDATE "Tasks" SET total_logged_seconds = total_logged_seconds + 3600, status_id = :wip
WHERE id IN (SELECT id FROM line)""")

_BEGIN_AGAIN = text(f"""{_LINE}
UPDATE "Tasks" SET status_id = CASE WHEN id = :task THEN :hrev ELSE :wip END,
schedule_timing = CASE WHEN id = :task THEN schedule_timing + 1 ELSE schedule_timing END,
schedule_seconds = schedule_seconds + 3600
WHERE id IN (SELECT id FROM line)""")

_DEPENDANTS = text("""
WITH RECURSIVE after(id) AS (
    SELECT task_id FROM "Task_Dependencies" WHERE depends_to_id = :task
    UNION SELECT d.task_id FROM "Task_Dependencies" d JOIN after a ON d.depends_to_id = a.id
)
SELECT id FROM after""")


_SET_STATUS = text('UPDATE "Tasks" SET status_id = :drev WHERE id = :number')
_LOOSEN = text("""
UPDATE "Task_Dependencies" SET dependency_target = 'onstart' WHERE task_id = :number""")


@dataclass
class Job:
    """What is to be done: with which task, and by whom; and the ids of what else it takes."""

    engine: Engine
    task: int
    person: int
    statuses: dict[str, int]
    review_list: int
    new_status: int


def log_at_depth(
    status: str = "RTS", levels: int = 8, width: int = 9, runs: int = 15
) -> dict[str, Cost]:
    """Log work on a task *levels* deep, with *width* other tasks beside it on each level.

    All have that *status*; what nobody has worked on begins with it, and so does all above.
    """
    engine, filling = empty()
    parent, task = None, 0
    for level in range(levels):
        task = filling.task(f"Level {level}", parent, status=status)["id"]
        for number in range(width):
            filling.task(f"Beside {level} {number}", parent, status=status)
        parent = task
    return _compete(_job(engine, filling, task), _log, _log_by_hand, runs)


def revise(dependants: int = 2_000, width: int = 20, runs: int = 7) -> dict[str, Cost]:
    """Revise a task that *dependants* follow from, *width* side by side; all below one."""
    engine, filling = empty()
    film = filling.task("Film", status="CMPL")["id"]
    top = filling.task("Top", film, status="CMPL")["id"]
    before = [top]
    for _ in range(dependants // width):
        level = [filling.task("Task", film, status="CMPL")["id"] for _ in range(width)]
        for place, task in enumerate(level):
            for other in {before[place % len(before)], before[(place + 1) % len(before)]}:
                filling.depend(task, other)
        before = level
    return _compete(_job(engine, filling, top), _revise, _revise_by_hand, runs)


def climb(levels: int, runs: int = 3) -> Cost:
    """Revise the top of a ladder of diamonds: the paths double with each of the *levels*."""
    engine, filling = empty()
    top = end = filling.task("Top", status="CMPL")["id"]
    for _ in range(levels):
        sides = [filling.task("Side", status="CMPL")["id"] for _ in range(2)]
        below = filling.task("End", status="CMPL")["id"]
        for side in sides:
            filling.depend(side, end)
            filling.depend(below, side)
        end = below
    job = _job(engine, filling, top)
    return contest({"library": partial(_run, job, _revise)}, runs)["library"]


def _job(engine: Engine, filling: Filling, task: int) -> Job:
    filling.write(engine)
    lists, statuses = filling.lists, filling.statuses
    return Job(engine, task, filling.people[0], statuses, lists["Review"], statuses["RREV"])


def _compete(job: Job, library: Any, by_hand: Any, runs: int) -> dict[str, Cost]:
    ways = {"library": partial(_run, job, library), "by hand": partial(_run_by_hand, job, by_hand)}
    return contest(ways, runs)


def _run(job: Job, work: Callable[[Task, User], object]) -> Cost:
    DBSession.remove()
    task, person = DBSession.get_one(Task, job.task), DBSession.get_one(User, job.person)

    def do() -> None:
        work(task, person)
        DBSession.flush()

    cost = measured(job.engine, do)
    DBSession.rollback()
    return cost


def _run_by_hand(job: Job, work: Callable[[Job, Connection], object]) -> Cost:
    DBSession.remove()
    connection = DBSession.connection()
    cost = measured(job.engine, lambda: work(job, connection))
    DBSession.rollback()
    return cost


# --- Logging work ---------------------------------------------------------------------------------


def _log(task: Task, person: User) -> None:
    task.create_time_log(person, _START, _START + HOUR)


def _log_by_hand(job: Job, connection: Connection) -> None:
    span = {"start": _START, "end": _START + HOUR}
    code, is_container, bound = connection.execute(_MAY_BE_WORKED_ON, {"task": job.task}).one()
    assert code in ("RTS", "WIP")
    assert not is_container
    assert bound is None
    if connection.execute(_OVERLAP, {"person": job.person, **span}).first() is None:
        row = {"task_id": job.task, "resource_id": job.person, "duration": HOUR, **span}
        _insert(connection, "TimeLog", "TimeLogs", row)
        connection.execute(_ADD, {"task": job.task, "wip": job.statuses["WIP"]})


def _insert(connection: Connection, kind: str, table: str, row: dict[str, Any]) -> None:
    entity = {"entity_type": kind, "name": kind, **common()}
    result = connection.execute(insert(TABLES["SimpleEntities"]), entity)
    connection.execute(insert(TABLES[table]), {"id": result.inserted_primary_key[0], **row})  # type: ignore[index]


# --- Revising -------------------------------------------------------------------------------------


def _revise(task: Task, person: User) -> None:
    task.request_revision(person)


def _revise_by_hand(job: Job, connection: Connection) -> None:
    review = {
        "task_id": job.task,
        "reviewer_id": job.person,
        "review_number": 1,
        "schedule_timing": 1.0,
        "schedule_unit": "h",
        "schedule_model": "effort",
        "schedule_constraint": 0,
        "status_list_id": job.review_list,
        "status_id": job.new_status,
    }
    _insert(connection, "Review", "Reviews", review)
    codes = {"hrev": job.statuses["HREV"], "wip": job.statuses["WIP"]}
    connection.execute(_BEGIN_AGAIN, {"task": job.task, **codes})
    found = list(connection.scalars(_DEPENDANTS, {"task": job.task}))
    drev = job.statuses["DREV"]
    connection.execute(_SET_STATUS, [{"number": number, "drev": drev} for number in found])
    connection.execute(_LOOSEN, [{"number": number} for number in found])
