"""What questions about many tasks need, loaded with a few statements before they are answered.

What is not found here is asked for as usual, which is only slower.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, inspect, or_, select
from sqlalchemy.orm import Session, lazyload

from stalker.db.declarative import named
from stalker.models.loading import (
    ancestors_of,
    class_of,
    fill,
    in_batches,
    is_one_of,
    load_by_class,
    load_descendants,
)

if TYPE_CHECKING:
    from stalker.models.task.task import Task

__all__ = ["gathered_for_tjp", "load_logs"]

_gathered: ContextVar[bool] = ContextVar("gathered", default=False)


def load_logs(tasks: Iterable[Task]) -> None:
    """Load the time logs of those of *tasks* that are stored."""
    for session, owners in _by_session(tasks):
        _load_logs(session, owners)


@contextmanager
def gathered_for_tjp(tasks: Iterable[Task]) -> Iterator[None]:
    """Load what the TaskJuggler text of *tasks* and of all below them is made of.

    Meanwhile nothing is gathered again: the text of a container holds those of its children.
    """
    if _gathered.get():
        yield
        return
    top = list(tasks)
    kept = [
        _load_for_tjp(session, owners, top)
        for session, owners in _by_session(load_descendants(top))
    ]
    token = _gathered.set(True)
    try:
        yield
    finally:
        _gathered.reset(token)
        del kept  # the session alone would have let them go


def _load_for_tjp(session: Session, owners: dict[int, Task], top: Iterable[Task]) -> list[Any]:
    links = _load_links(session, owners)
    logs = _load_logs(session, owners)
    pairs = {key: _pairs(session, owners, key) for key in ("resources", "alternative_resources")}
    numbers = {number for found in pairs.values() for _, number in found}
    people = _load(session, "User", numbers | {log.resource_id for log in logs})
    for key, found in pairs.items():
        fill(owners.values(), key, ((owner, people[number]) for owner, number in found))
    others = {link.depends_to_id for link in links} - owners.keys()
    below = {number for number, task in owners.items() if task in top and task.parent_id}
    tasks = _load_with_ancestors(session, others, others | below)
    projects = _load(session, "Project", {each.project_id for each in (*owners.values(), *tasks)})
    return [people, tasks, projects]


def _load_links(session: Session, owners: dict[int, Task]) -> list[Any]:
    kind = named("TaskDependency")
    query = select(kind).options(lazyload(kind.task), lazyload(kind.depends_to))
    return _load_list(session, owners, "task_depends_to", query, kind.task_id)


def _load_logs(session: Session, owners: dict[int, Task]) -> list[Any]:
    kind = named("TimeLog")
    return _load_list(session, owners, "time_logs", select(kind), kind.task_id)


def _load_list(
    session: Session, owners: dict[int, Task], key: str, query: Select[Any], owner: Any
) -> list[Any]:
    """Fill the list *key* of *owners* with what *query* finds; return the members of all lists."""
    unknown = [number for number, task in owners.items() if key not in task.__dict__]
    rows = in_batches(session, query.add_columns(owner), owner, unknown)
    fill(owners.values(), key, ((row[1], row[0]) for row in rows))
    return [member for task in owners.values() for member in task.__dict__.get(key, ())]


def _pairs(session: Session, owners: dict[int, Task], key: str) -> list[tuple[int, int]]:
    """Return the ids of tasks whose list of people *key* is not known, and of the people in it."""
    unknown = [number for number, task in owners.items() if key not in task.__dict__]
    table = getattr(named("Task"), key).property.secondary
    query = select(table.c.task_id, table.c.resource_id)
    return [tuple(row) for row in in_batches(session, query, table.c.task_id, unknown)]


def _load(session: Session, name: str, numbers: Collection[int]) -> dict[int, Any]:
    kind = named(name)
    return {each.id: each for (each,) in in_batches(session, select(kind), kind.id, numbers)}


def _load_with_ancestors(
    session: Session, numbers: Collection[int], below: Collection[int]
) -> list[Any]:
    """Load the tasks with these *numbers*, and what is above those with the numbers *below*."""
    if not below:
        return []
    kind = named("Task")
    above = kind.id.in_(select(ancestors_of(kind, below).c.id))
    query = select(kind.id, class_of(kind)).where(or_(is_one_of(kind.id, numbers), above))
    return list(load_by_class(session, kind, map(tuple, session.execute(query))).values())


def _by_session(tasks: Iterable[Task]) -> Iterable[tuple[Session, dict[int, Task]]]:
    """Return the stored ones of *tasks* by session and id."""
    found: dict[Session, dict[int, Task]] = {}
    for task in tasks:
        state = inspect(task)
        if state.persistent:
            found.setdefault(state.session, {})[state.identity[0]] = task  # type: ignore[arg-type, index]
    return found.items()
