"""A production in full swing, written with one `executemany` for each table."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert, select

from bench.building import fresh
from bench.plan import PEOPLE
from bench.rows import TABLES, common, gap, task_values

HOUR = timedelta(hours=1)
BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
#: tasks of one shot, shots of one sequence
STEPS, SHOTS = 9, 99


@dataclass
class Filling:
    """Rows to be written, by table; ids are given out here."""

    next_id: int
    project: int
    people: list[int]
    statuses: dict[str, int]
    lists: dict[str, int]
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def entity(self, kind: str, name: str) -> int:
        number = self.next_id
        self.next_id += 1
        row = {"id": number, "entity_type": kind, "name": name, **common()}
        self.rows["SimpleEntities"].append(row)
        return number

    def task(
        self, name: str, parent: int | None = None, kind: str = "Task", status: str = "WIP"
    ) -> dict[str, Any]:
        number = self.entity(kind, name)
        row = {
            **task_values(),
            "id": number,
            "project_id": self.project,
            "parent_id": parent,
            "status_list_id": self.lists[kind],
            "status_id": self.statuses[status],
        }
        self.rows["Tasks"].append(row)
        return row

    def shot(self, code: str, parent: int) -> dict[str, Any]:
        row = self.task(code, parent, "Shot")
        frames = {"cut_in": 1, "cut_out": 99, "source_in": 1, "source_out": 99}
        shot = {"id": row["id"], "project_id": self.project, "code": code, **frames}
        self.rows["Shots"].append(shot)
        return row

    def resource(self, task: int, person: int) -> None:
        row = {"task_id": task, "resource_id": self.people[person % PEOPLE]}
        self.rows["Task_Resources"].append(row)

    def depend(self, task: int, on: int) -> None:
        self.rows["Task_Dependencies"].append({"task_id": task, "depends_to_id": on, **gap()})

    def log(self, task: int, count: int) -> None:
        """Let the next person work for the next hour of its own."""
        hour, person = divmod(count, PEOPLE)
        start = BEGIN + hour * HOUR
        self.rows["TimeLogs"].append(
            {
                "id": self.entity("TimeLog", f"Log {count}"),
                "task_id": task,
                "resource_id": self.people[person],
                "start": start,
                "end": start + HOUR,
                "duration": HOUR,
            }
        )

    def version(self, task: int, number: int) -> None:
        identity = self.entity("Version", f"Version {task} {number}")
        path = f"$REPOBNC/BNC/{task}/{task}_Main_v{number:03d}.ma"
        self.rows["Links"].append({"id": identity, "full_path": path, "original_filename": ""})
        self.rows["Versions"].append(
            {
                "id": identity,
                "task_id": task,
                "take_name": "Main",
                "version_number": number,
                "is_published": number == 1,
            }
        )

    def write(self, engine: Engine) -> None:
        with engine.begin() as connection:
            for table in (
                "SimpleEntities", "Tasks", "Sequences", "Shots", "Links", "Versions",
                "Task_Resources", "Task_Dependencies", "TimeLogs",
            ):  # fmt: skip
                if self.rows[table]:
                    connection.execute(insert(TABLES[table]), self.rows[table])


def empty() -> tuple[Engine, Filling]:
    """Return a new database, bound to `DBSession`, and what will be written to it."""
    engine = fresh()
    names, users, statuses = TABLES["SimpleEntities"].c, TABLES["Users"].c, TABLES["Statuses"].c
    lists = TABLES["StatusLists"].c
    with engine.connect() as connection:
        last = connection.scalar(select(names.id).order_by(names.id.desc()).limit(1)) or 0
        return engine, Filling(
            last + 1,
            connection.scalar(select(TABLES["Projects"].c.id)) or 0,
            list(connection.scalars(select(users.id).where(users.login != "admin"))),
            dict(map(tuple, connection.execute(select(statuses.code, statuses.id)))),
            dict(map(tuple, connection.execute(select(lists.target_entity_type, lists.id)))),
        )


def production(size: int, logs: int = 0, versions: int = 0) -> tuple[Engine, int]:
    """Write about *size* tasks below one; return the engine, and the id of the one.

    Below it are sequences of 99 shots with nine tasks each: two people on each task, *logs* hours
    of work in all, *versions* of each task, and each task after the one before.
    """
    engine, filling = empty()
    film = filling.task("Film")
    leaves: list[tuple[dict[str, Any], ...]] = []
    for number in range(size // (SHOTS * (STEPS + 1))):
        sequence = filling.task(f"SQ{number}", film["id"], "Sequence")
        filling.rows["Sequences"].append({"id": sequence["id"], "code": f"SQ{number}"})
        for place in range(SHOTS):
            shot = filling.shot(f"SQ{number}_{place:04d}", sequence["id"])
            before = None
            for step in range(STEPS):
                task = filling.task(f"Step {step}", shot["id"])
                for person in (len(leaves), len(leaves) + 3):
                    filling.resource(task["id"], person)
                if before is not None:
                    filling.depend(task["id"], before["id"])
                leaves.append((before := task, shot, sequence, film))
    for line in leaves:
        for each in line[1:]:
            each["schedule_seconds"] += line[0]["schedule_seconds"]
        for number in range(1, versions + 1):
            filling.version(line[0]["id"], number)
    for each in {id(row): row for line in leaves for row in line[1:]}.values():
        each["schedule_seconds"] -= 3600
    for count in range(logs):
        line = leaves[count % len(leaves)]
        filling.log(line[0]["id"], count)
        for each in line:
            each["total_logged_seconds"] += 3600
    filling.write(engine)
    return engine, film["id"]
