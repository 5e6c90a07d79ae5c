"""What is asked most often, against the same question in one statement written by hand.

Dates come as dates from both, and nothing else is formed from what the hand-written statements
return. Each question is asked in a new session that knows what it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Engine, select, text
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.sql.selectable import TextualSelect
from sqlalchemy.types import TypeEngine

from bench.filling import production
from bench.meter import Cost, contest, measured
from bench.rows import TABLES
from stalker import Project, Task, User, Version
from stalker.db.session import DBSession
from stalker.db.types import GenericDateTime
from stalker.services.pages import latest_versions, shots_page, tasks_of

_DATES: dict[str, type[TypeEngine[Any]]] = {"start": GenericDateTime, "end": GenericDateTime}
_ALL_DATES: dict[str, type[TypeEngine[Any]] | TypeEngine[Any]] = {
    **_DATES,
    **dict.fromkeys(
        ("computed_start", "computed_end", "date_created", "date_updated"), GenericDateTime
    ),
    "duration": TABLES["Tasks"].c.duration.type,
}

_TASKS_OF = text("""
WITH RECURSIVE up(task_id, next_id, path) AS (
    SELECT t.id, t.parent_id, '' FROM "Task_Resources" r JOIN "Tasks" t ON t.id = r.task_id
    WHERE r.resource_id = :number
    UNION ALL
    SELECT up.task_id, p.parent_id, n.name || '/' || up.path FROM up
    JOIN "Tasks" p ON p.id = up.next_id JOIN "SimpleEntities" n ON n.id = p.id
)
SELECT t.id, n.name, n.entity_type, s.code, t.start, t."end", p.id, pn.name, p.code, up.path
FROM up JOIN "Tasks" t ON t.id = up.task_id JOIN "SimpleEntities" n ON n.id = t.id
JOIN "Statuses" s ON s.id = t.status_id
JOIN "Projects" p ON p.id = t.project_id JOIN "SimpleEntities" pn ON pn.id = p.id
WHERE up.next_id IS NULL ORDER BY t.id""").columns(**_DATES)

_PROGRESS = text("""
SELECT sum(schedule_seconds), sum(total_logged_seconds) FROM "Tasks"
WHERE project_id = :number AND parent_id IS NULL""")

_PROGRESS_FROM_LOGS = text("""
SELECT sum(t.schedule_timing) * 3600, sum(l.seconds) FROM "Tasks" t
LEFT JOIN (
    SELECT task_id, sum(unixepoch("end") - unixepoch(start)) AS seconds FROM "TimeLogs"
    GROUP BY task_id
) l ON l.task_id = t.id
WHERE t.project_id = :number
AND NOT EXISTS (SELECT 1 FROM "Tasks" c WHERE c.parent_id = t.id)""")

_SHOTS = text("""
WITH RECURSIVE below(shot_id, id) AS (
    SELECT s.id, t.id FROM "Shots" s JOIN "Tasks" t ON t.parent_id = s.id
    WHERE s.project_id = :number
    UNION ALL SELECT b.shot_id, t.id FROM "Tasks" t JOIN below b ON t.parent_id = b.id
)
SELECT s.id, s.code, sn.name, ss.code, s.cut_in, s.cut_out, t.id, tn.name, ts.code
FROM "Shots" s JOIN "Tasks" st ON st.id = s.id JOIN "SimpleEntities" sn ON sn.id = s.id
JOIN "Statuses" ss ON ss.id = st.status_id
LEFT JOIN below b ON b.shot_id = s.id LEFT JOIN "Tasks" t ON t.id = b.id
LEFT JOIN "SimpleEntities" tn ON tn.id = t.id LEFT JOIN "Statuses" ts ON ts.id = t.status_id
WHERE s.project_id = :number ORDER BY s.code, t.id""")

_HIERARCHY = text("""
WITH RECURSIVE below(id) AS (
    SELECT CAST(:number AS INTEGER)
    UNION ALL SELECT t.id FROM "Tasks" t JOIN below b ON t.parent_id = b.id
)
SELECT t.*, n.* FROM below b JOIN "Tasks" t ON t.id = b.id JOIN "SimpleEntities" n ON n.id = t.id
""").columns(**_ALL_DATES)

_LATEST = text("""
SELECT id, task_id, name, take_name, version_number, is_published, full_path FROM (
    SELECT v.id, v.task_id, n.name, v.take_name, v.version_number, v.is_published, l.full_path,
        row_number() OVER (PARTITION BY v.task_id, v.take_name ORDER BY v.version_number DESC) AS r
    FROM "Versions" v JOIN "Tasks" t ON t.id = v.task_id JOIN "SimpleEntities" n ON n.id = t.id
    JOIN "Links" l ON l.id = v.id WHERE t.project_id = :number
) AS ranked WHERE r = 1 ORDER BY task_id, take_name""")

_LATEST_WITH_TASKS = text("""
SELECT t.*, tn.*, v.*, l.*, vn.* FROM "Tasks" t JOIN "SimpleEntities" tn ON tn.id = t.id
LEFT JOIN (
    SELECT *, row_number() OVER (PARTITION BY task_id, take_name ORDER BY version_number DESC) AS r
    FROM "Versions"
) v ON v.task_id = t.id AND v.r = 1
LEFT JOIN "Links" l ON l.id = v.id LEFT JOIN "SimpleEntities" vn ON vn.id = v.id
WHERE t.project_id = :number""").columns(**_ALL_DATES)


class Question(NamedTuple):
    """The same question in two ways."""

    what: str
    #: what is asked about; it is loaded before
    kind: type[Any]
    library: Callable[[Any], object]
    by_hand: TextClause | TextualSelect
    #: how many times longer the library may take
    limit: int


QUESTIONS = (
    Question("(1) tasks of a user with project and parents, rows", User, tasks_of, _TASKS_OF, 3),
    Question(
        "(2) progress of a project, from the sums of its roots",
        Project,
        lambda project: Project.totals_for([project]),
        _PROGRESS,
        3,
    ),
    Question(
        "(2) the same, by hand from 50,000 time logs",
        Project,
        lambda project: Project.totals_for([project]),
        _PROGRESS_FROM_LOGS,
        3,
    ),
    Question("(3) shots of a project with all task statuses, rows", Project, shots_page, _SHOTS, 3),
    Question(
        "(4) walking a hierarchy of 10,000 tasks, entities",
        Task,
        lambda top: list(top.walk_hierarchy()),
        _HIERARCHY,
        10,
    ),
    Question("(5) latest versions of a project, rows", Project, latest_versions, _LATEST, 3),
    Question(
        "(5) the same with their tasks, entities",
        Project,
        lambda project: Version.latest_of(project.tasks),
        _LATEST_WITH_TASKS,
        10,
    ),
)


def ask(runs: int = 7) -> Iterator[tuple[Question, Cost, Cost]]:
    """Ask each question in both ways; yield it with what the library and the statement cost."""
    engine, film = production(10_000, logs=50_000, versions=3)
    person = DBSession.scalars(select(User.user_id).where(User.login != "admin").limit(1)).one()
    project = DBSession.scalars(select(Project.project_id)).one()
    ids: dict[type[Any], int] = {User: person, Project: project, Task: film}
    for question in QUESTIONS:
        costs = contest(
            {
                "library": partial(_by_library, engine, question, ids[question.kind]),
                "by hand": partial(_by_hand, engine, question.by_hand, ids[question.kind]),
            },
            runs,
        )
        yield question, costs["library"], costs["by hand"]


def _by_library(engine: Engine, question: Question, number: int) -> Cost:
    DBSession.remove()
    entity = DBSession.get(question.kind, number)
    return measured(engine, lambda: question.library(entity))


def _by_hand(engine: Engine, statement: TextClause | TextualSelect, number: int) -> Cost:
    DBSession.remove()
    connection = DBSession.connection()
    return measured(engine, lambda: connection.execute(statement, {"number": number}).all())
