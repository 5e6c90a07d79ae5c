"""What a task follows from and what follows from it, loaded with a few statements.

A change of status spreads over containers and dependents of any depth. Without this, each step
would ask the database; with it, none does. What is not found here is asked for as usual: it is
only slower.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import CTE, case, inspect, literal, or_, select, union, union_all
from sqlalchemy.orm import Session, lazyload
from sqlalchemy.orm.attributes import set_committed_value

from stalker.db.declarative import named
from stalker.models.loading import ancestors_of, fill
from stalker.workflow.derive import FINISHED

if TYPE_CHECKING:
    from stalker.models.status import Status
    from stalker.models.task.task import Task

__all__ = ["Surroundings", "all_statuses", "load_line"]

#: how many tasks are asked about by their ids at once
_BATCH = 5000
_SUMS = ("schedule_seconds", "total_logged_seconds")
#: columns that others may have changed, and what their attributes are called, if otherwise
_TIMING = ("schedule_timing", "schedule_unit", "schedule_model")
_FRESH = ("status_id", *_TIMING, "review_number", "start", "end", "duration", *_SUMS)
_KEYS = {name: f"_{name}" for name in _FRESH[4:]}


class Surroundings:
    """What has been loaded for one change; it lives as long as the change spreads."""

    def __init__(self, fresh: bool = False) -> None:
        #: whether what is known already is brought up to date
        self._fresh = fresh
        self._above: set[int] = set()
        self._after: set[int] = set()
        #: the session holds weakly what nobody else does
        self._kept: list[Any] = []
        self._statuses: dict[int, Any] = {}

    def load_above(self, task: Task) -> None:
        """Load the ancestors of *task* with their children."""
        session, number = _stored(task)
        parent = task.__dict__.get("parent")
        if session is None or (parent is not None and parent.__dict__.get("children") is not None):
            return
        if number not in self._above:
            self._load(session, ancestors_of(named("Task"), [number]))

    def load_around(self, session: Session, tasks: Iterable[Task]) -> None:
        """Load whatever may have to follow any of the stored *tasks*, all at once."""
        self._load(session, _followers([task.id for task in tasks], finished=False))

    def load_after(self, task: Task, finished: bool) -> None:
        """Load whoever may have to follow *task*, which has become *finished* or unfinished."""
        session, number = _stored(task)
        if session is not None and number not in self._after:
            self._load(session, _followers([number], finished))

    def refresh(self, session: Session, tasks: Collection[Task]) -> None:
        """Bring *tasks* up to date, apart from what this session has changed."""
        kind = named("Task")
        numbers = sorted(task.id for task in tasks)
        columns = [kind.__table__.c[name] for name in _FRESH]
        statuses = self._load_statuses(session)
        with session.no_autoflush:
            for start in range(0, len(numbers), _BATCH):
                some = numbers[start : start + _BATCH]
                for task, *values in session.execute(
                    select(kind, *columns).where(kind.id.in_(some))
                ):
                    _refresh(task, dict(zip(_FRESH, values, strict=True)), statuses)

    def _load_statuses(self, session: Session) -> dict[int, Status]:
        if not self._statuses:
            with session.no_autoflush:
                self._statuses = all_statuses(session)
        return self._statuses

    def _load(self, session: Session, found: CTE) -> None:
        kind, link = named("Task"), named("TaskDependency")
        with session.no_autoflush:
            numbers = set(session.scalars(select(found.c.id)))
            if not numbers:
                return
            # a database that knows how few they are takes the indexes
            few = len(numbers) <= _BATCH
            inside: Any = sorted(numbers) if few else select(found.c.id)
            table = kind.__table__.c
            around = union(
                select(table.id).where(table.id.in_(inside)),
                select(table.id).where(table.parent_id.in_(inside)),
                select(link.depends_to_id).where(link.task_id.in_(inside)),
            )
            columns = [table[name] for name in _FRESH]
            rows = session.execute(select(kind, *columns).where(kind.id.in_(around))).all()
            links = session.scalars(
                select(link)
                .where(or_(link.task_id.in_(inside), link.depends_to_id.in_(inside)))
                .options(lazyload(link.task), lazyload(link.depends_to))
            ).all()
        statuses = self._load_statuses(session)
        tasks = [row[0] for row in rows]
        self._kept += [tasks, links]
        if self._fresh:
            for task, *values in rows:
                _refresh(task, dict(zip(_FRESH, values, strict=True)), statuses)
        self._above |= numbers
        self._after |= numbers
        for key, members in (
            ("children", ((_parent_id(each), each) for each in tasks)),
            ("task_depends_to", ((each.task_id, each) for each in links)),
            ("task_dependent_of", ((each.depends_to_id, each) for each in links)),
        ):
            fill([each for each in tasks if each.id in numbers], key, members, self._fresh)


def all_statuses(session: Session) -> dict[int, Status]:
    """Return every status by its id."""
    kind = named("Status")
    # else SQLite goes through the base table of all entities
    query = select(kind).where(kind.id.in_(select(kind.__table__.c.id)))
    return {each.id: each for each in session.scalars(query)}


def load_line(task: Task) -> list[Task]:
    """Load the ancestors of *task* with one statement; whoever walks up has to keep the result."""
    top = task
    while (parent := top.__dict__.get("parent")) is not None:
        top = parent
    if "parent" in top.__dict__:
        return []
    session, number = _stored(top)
    if session is None:
        return []
    kind = named("Task")
    with session.no_autoflush:
        above = select(ancestors_of(named("Task"), [number]).c.id)
        return list(session.scalars(select(kind).where(kind.id.in_(above))))


def _stored(task: Task) -> tuple[Session | None, int]:
    state = inspect(task)
    return (state.session, state.identity[0]) if state.identity else (None, 0)


def _refresh(task: Task, values: dict[str, Any], statuses: dict[int, Any]) -> None:
    """Bring *task* up to date, apart from what this session has changed.

    What was added to a sum is added to the sum of today, and a changed status comes after the one
    of today.
    """
    state = inspect(task)
    values["status"] = statuses.get(values["status_id"])
    for column, value in values.items():
        key = _KEYS.get(column, column)
        if key not in state.committed_state:
            if state.dict.get(key) != value:
                set_committed_value(task, key, value)
            continue
        before, state.committed_state[key] = state.committed_state[key], value
        if column == "review_number":
            state.dict[key] = max(value, state.dict[key])  # rounds only go on
        elif column in _SUMS and None not in (value, before):
            state.dict[key] += value - before


def _parent_id(task: Task) -> int | None:
    """Return the id of the parent that *task* has in this session, without asking for it."""
    if "parent" not in task.__dict__:
        return task.parent_id
    return None if task.parent is None else _stored(task.parent)[1]


def _followers(numbers: Collection[int], finished: bool) -> CTE:
    """Return the query for the tasks to which a change of those with these ids may spread.

    It goes up from each task to its container, and on to its dependents where it may become
    finished, or unfinished, too: a leaf that is completed loses that with its prerequisite, but
    none becomes finished by it; a container may do both.
    """
    task, link = named("Task").__table__, named("TaskDependency").__table__
    status = named("Status").__table__.c
    done = select(status.id).where(status.code.in_(FINISHED))
    up, on = literal(1), literal(0)
    start = select(task.c.id, up.label("spreads")).where(task.c.id.in_(numbers))
    found = start.cte(recursive=True)
    # Two rows for each dependent, of which one leads up. A union of both kinds of steps would be
    # simpler, but SQLite would form it of all tasks that there are.
    ways = union_all(select(up.label("up")), select(on)).subquery()
    origin, other = task.alias(), task.alias()
    goes_up = ways.c.up == 1
    spreads = goes_up if finished else goes_up | other.c.status_id.in_(done)
    step = (
        select(other.c.id, case((spreads, up), else_=on))
        .select_from(found)
        .join(origin, origin.c.id == found.c.id)
        .outerjoin(link, link.c.depends_to_id == found.c.id)
        .join(ways, goes_up | (found.c.spreads == 1))
        .join(other, other.c.id == case((goes_up, origin.c.parent_id), else_=link.c.task_id))
    )
    return found.union(step)
