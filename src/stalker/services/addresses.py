"""Tasks as people name them: by a path of names, "MER/SH010/Comp"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, Table, select
from sqlalchemy.orm import Session

from stalker.models.entity import SimpleEntity
from stalker.models.loading import ancestors_of, batches, is_one_of
from stalker.models.project import Project
from stalker.models.task import Task

__all__ = ["addresses", "find"]

_tasks, _names, _projects = Task.__table__.c, SimpleEntity.__table__.c, Project.__table__.c


def addresses(session: Session, numbers: Iterable[int]) -> dict[int, str]:
    """Return the complete path of each task: the code of its project, then names from the root."""
    numbers = list(numbers)
    above: dict[int, Any] = {}
    for some in batches(numbers):
        above |= {row.id: row for row in session.execute(_with_ancestors(some))}
    return {number: _path(number, above) for number in numbers if number in above}


def find(session: Session, text: str) -> list[int]:
    """Return the ids of the tasks that *text* names, in their order.

    The last part is the name of the task, those before it are the nearest containers; the first one
    may be the code of the project instead. A task with exactly that path is meant before those that
    lie deeper. In a name `*` stands for anything. Names with a slash are found last, without `*`.
    """
    *above, name = text.split("/")
    rows = session.execute(_ending_with([*above, name])).all()
    if above:
        code, *containers = above
        in_project = session.execute(_ending_with([*containers, name], code)).all()
        exact = [row for row in in_project if row.parent_id is None and "*" not in text]
        rows = exact or [*rows, *in_project]
    return sorted({row.id for row in rows}) or _with_a_slash(session, text)


def _with_a_slash(session: Session, text: str) -> list[int]:
    """Return the ids of the tasks that *text* names, where the name itself has a slash."""
    parts = text.split("/")
    names = ["/".join(parts[n:]) for n in range(len(parts) - 1)]
    if not names:
        return []
    query = select(_tasks.id).join(SimpleEntity.__table__, _names.id == _tasks.id)
    paths = addresses(session, session.scalars(query.where(_names.name.in_(names))))
    return sorted(number for number, path in paths.items() if f"/{path}".endswith(f"/{text}"))


def _path(number: int, above: dict[int, Any]) -> str:
    names: list[str] = []
    here: int | None = number
    # circles, which only statements typed by hand can make, end
    while here in above and len(names) <= len(above):
        names.append(above[here].name)
        here = above[here].parent_id
    return "/".join([above[number].code, *reversed(names)])


def _with_ancestors(numbers: list[int]) -> Select[Any]:
    above = ancestors_of(Task, numbers)
    return (
        select(_tasks.id, _tasks.parent_id, _names.name, _projects.code)
        .join_from(Task.__table__, SimpleEntity.__table__, _names.id == _tasks.id)
        .join(Project.__table__, _projects.id == _tasks.project_id)
        .where(is_one_of(_tasks.id, numbers) | _tasks.id.in_(select(above.c.id)))
    )


def _ending_with(names: Sequence[str], code: str | None = None) -> Select[Any]:
    """Return the query for the tasks called like the last of *names*, below the others.

    The rows hold the id, and the parent of the topmost task that is named.
    """
    *above, name = names
    task = Task.__table__.alias()
    query = _called(select(task.c.id), task, name)
    topmost = task
    for container in reversed(above):
        parent = Task.__table__.alias()
        query = query.join(parent, parent.c.id == topmost.c.parent_id)
        query = _called(query, parent, container)
        topmost = parent
    if code is not None:
        query = query.join(Project.__table__, _projects.id == task.c.project_id)
        query = query.where(_projects.code == code)
    return query.add_columns(topmost.c.parent_id)


def _called(query: Select[Any], task: Table | Any, name: str) -> Select[Any]:
    names = SimpleEntity.__table__.alias()
    query = query.join(names, names.c.id == task.c.id)
    if "*" not in name:
        return query.where(names.c.name == name)
    # what has a meaning for LIKE has none for whoever types it
    literal = re.sub(r"([%_\\])", r"\\\1", name)
    return query.where(names.c.name.like(literal.replace("*", "%"), escape="\\"))
