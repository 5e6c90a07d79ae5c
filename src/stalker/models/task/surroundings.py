"""What a task follows from and what follows from it, loaded with a few statements.

A change of status spreads over containers and dependents of any depth. Without this, each step
would ask the database; with it, none does. What is not found here is asked for as usual: it is
only slower.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import CTE, case, inspect, literal, or_, select, union_all
from sqlalchemy.orm import Session, lazyload
from sqlalchemy.orm.attributes import set_committed_value

from stalker.db.declarative import named
from stalker.workflow.derive import FINISHED

if TYPE_CHECKING:
    from stalker.models.task.task import Task

__all__ = ["Surroundings", "load_line"]


class Surroundings:
    """What has been loaded for one change; it lives as long as the change spreads."""

    def __init__(self) -> None:
        self._above: set[int] = set()
        self._after: set[int] = set()
        #: the session holds weakly what nobody else does
        self._kept: list[Any] = []

    def load_above(self, task: Task) -> None:
        """Load the ancestors of *task* with their children."""
        session, number = _stored(task)
        parent = task.__dict__.get("parent")
        if session is None or (parent is not None and parent.__dict__.get("children") is not None):
            return
        if number not in self._above:
            self._load(session, _ancestors(number))

    def load_after(self, task: Task, finished: bool) -> None:
        """Load whoever may have to follow *task*, which has become *finished* or unfinished."""
        session, number = _stored(task)
        if session is not None and number not in self._after:
            self._load(session, _followers(number, finished))

    def _load(self, session: Session, found: CTE) -> None:
        kind, link = named("Task"), named("TaskDependency")
        with session.no_autoflush:
            numbers = set(session.scalars(select(found.c.id)))
            inside = select(found.c.id)
            causes = select(link.depends_to_id).where(link.task_id.in_(inside))
            tasks = session.scalars(
                select(kind).where(
                    or_(kind.id.in_(inside), kind.parent_id.in_(inside), kind.id.in_(causes))
                )
            ).all()
            links = session.scalars(
                select(link)
                .where(or_(link.task_id.in_(inside), link.depends_to_id.in_(inside)))
                .options(lazyload(link.task), lazyload(link.depends_to))
            ).all()
            statuses = session.scalars(select(named("Status"))).all()
        self._kept += [tasks, links, statuses]
        self._above |= numbers
        self._after |= numbers
        _fill(tasks, numbers, "children", ((each.parent_id, each) for each in tasks))
        _fill(tasks, numbers, "task_depends_to", ((each.task_id, each) for each in links))
        _fill(tasks, numbers, "task_dependent_of", ((each.depends_to_id, each) for each in links))


def load_line(task: Task) -> list[Task]:
    """Load the ancestors of *task* with one statement; whoever walks up has to keep the result."""
    top = task
    while (parent := top.__dict__.get("parent")) is not None:
        top = parent
    session, number = _stored(top)
    if session is None or "parent" in top.__dict__:
        return []
    kind = named("Task")
    with session.no_autoflush:
        above = select(_ancestors(number).c.id)
        return list(session.scalars(select(kind).where(kind.id.in_(above))))


def _stored(task: Task) -> tuple[Session | None, int]:
    state = inspect(task)
    return (state.session, state.identity[0]) if state.identity else (None, 0)


def _fill(
    tasks: Iterable[Task], numbers: set[int], key: str, members: Iterable[tuple[int | None, Any]]
) -> None:
    """Set the list *key* of the tasks with these ids, unless it is known or about to change."""
    found: dict[int | None, list[Any]] = defaultdict(list)
    for owner, member in members:
        found[owner].append(member)
    for task in tasks:
        state = inspect(task)
        if task.id in numbers and key not in state.dict and key not in state._pending_mutations:
            set_committed_value(task, key, sorted(found[task.id], key=_order))


def _order(member: Any) -> Any:
    return inspect(member).identity


def _ancestors(number: int) -> CTE:
    tasks = named("Task").__table__.c
    above = select(tasks.parent_id.label("id")).where(tasks.id == number).cte(recursive=True)
    return above.union(
        select(tasks.parent_id)
        .join(above, tasks.id == above.c.id)
        .where(tasks.parent_id.is_not(None))
    )


def _followers(number: int, finished: bool) -> CTE:
    """Return the query for the tasks to which a change of one may spread.

    It goes up from each task to its container, and on to its dependents where it may become
    finished, or unfinished, too: a leaf that is completed loses that with its prerequisite, but
    none becomes finished by it; a container may do both.
    """
    task, link = named("Task").__table__, named("TaskDependency").__table__
    status = named("Status").__table__.c
    done = select(status.id).where(status.code.in_(FINISHED))
    up, on = literal(1), literal(0)
    ways = union_all(
        select(task.c.id.label("origin"), task.c.parent_id.label("id"), up.label("up")).where(
            task.c.parent_id.is_not(None)
        ),
        select(link.c.depends_to_id, link.c.task_id, on),
    ).subquery()
    found = select(literal(number).label("id"), up.label("spreads")).cte(recursive=True)
    spreads = ways.c.up == 1
    if not finished:
        spreads |= task.c.status_id.in_(done)
    step = (
        select(ways.c.id, case((spreads, up), else_=on))
        .join(found, ways.c.origin == found.c.id)
        .join(task, task.c.id == ways.c.id)
        .where((ways.c.up == 1) | (found.c.spreads == 1))
    )
    return found.union(step)
