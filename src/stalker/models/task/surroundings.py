"""What a task follows from and what follows from it, loaded with a few statements.

A change of status spreads over containers and dependents of any depth. Without this, each step
would ask the database; with it, none does. What is not found here is asked for as usual: it is
only slower.

Dependencies are read as plain rows: a revision may concern thousands of them, and objects with
lists on both sides would cost more than everything else. A list that this session knows better
counts as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, inspect, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_state, set_committed_value

from stalker.core.kinds import DependencyTarget
from stalker.db.declarative import named
from stalker.models.loading import fill
from stalker.models.mixins.dag import ancestors
from stalker.models.task.changes import LEAVING, is_container
from stalker.models.task.following import children_ids, followers_of, link_rows
from stalker.models.task.refreshing import all_statuses, load_tasks, read_again
from stalker.workflow.derive import decides_alone

if TYPE_CHECKING:
    from stalker.models.task.task import Task

__all__ = ["Surroundings", "load_line"]

_BEFORE, _BEHIND = "task_depends_to", "task_dependent_of"
_Links = dict[int, dict[int, DependencyTarget]]


class Surroundings:
    """What has been loaded for one change; it lives as long as the change spreads."""

    def __init__(self, fresh: bool = False) -> None:
        #: whether what is known already is brought up to date
        self._fresh = fresh
        #: by id; the session holds weakly what nobody else does
        self._tasks: dict[int, Task] = {}
        self._lines: list[list[Task]] = []
        #: ids of those around whom everything is known
        self._inside: set[int] = set()
        #: who is looked at together, as soon as anybody has to be
        self._expected: list[Task] = []
        #: by the id of a task: those on the other side of its links, and which end these wait for
        self._links: dict[str, _Links] = {_BEFORE: defaultdict(dict), _BEHIND: defaultdict(dict)}
        #: of containers, a child that they have to follow
        self._changed_children: dict[Task, Task] = {}

    # --- Loading ----------------------------------------------------------------------------------

    def refresh(self, session: Session, tasks: Iterable[Task]) -> None:
        """Bring *tasks* up to date, apart from what this session has changed."""
        self._tasks |= read_again(session, [_stored(task)[1] for task in tasks])

    def expect(self, tasks: Iterable[Task]) -> None:
        """Be ready to load whatever may have to follow any of the stored *tasks*, all at once."""
        self._expected = list(tasks)

    def load_expected(self) -> None:
        """Load that now."""
        tasks, self._expected = self._expected, []
        if tasks:
            session, _ = _stored(tasks[0])
            numbers = [_stored(task)[1] for task in tasks]
            self._load(session, followers_of(session, numbers, finished=False))

    def load_after(self, task: Task, finished: bool) -> None:
        """Load whoever may have to follow *task*, which has become *finished* or unfinished."""
        self.load_expected()
        session, number = _stored(task)
        if session is not None and number not in self._inside:
            self._load(session, followers_of(session, [number], finished))

    def load_line_of(self, task: Task) -> None:
        """Load the ancestors of *task*."""
        if _stored(task)[1] not in self._inside:
            self._lines.append(load_line(task))

    def load_children(self, container: Task) -> None:
        """Load the children of *container*, and those of everything above it."""
        self.load_expected()
        session, number = _stored(container)
        if session is None or number in self._inside or "children" in container.__dict__:
            return
        self.load_line_of(container)
        line = (_stored(each)[1] for each in (container, *ancestors(container)))
        self._load(session, {each for each in line if each})

    @property
    def are_loaded(self) -> bool:
        """Say whether anything had to be loaded."""
        return bool(self._inside)

    def _load(self, session: Any, numbers: Collection[int]) -> None:
        """Load the tasks with these ids, their children and links, and what they depend on."""
        wanted = {*numbers, *children_ids(session, numbers)}
        for task_id, other_id, target in link_rows(session, numbers):
            self._links[_BEFORE][task_id][other_id] = target
            self._links[_BEHIND][other_id][task_id] = target
            if task_id in numbers:
                wanted.add(other_id)
        all_statuses(session)
        read = read_again if self._fresh else load_tasks
        self._tasks |= read(session, wanted - self._tasks.keys())
        near = [self._tasks[number] for number in wanted if number in self._tasks]
        inside = [self._tasks[number] for number in numbers if number in self._tasks]
        fill(inside, "children", ((_parent_id(each), each) for each in near), self._fresh)
        self._inside |= set(numbers)
        if self._fresh:
            self._forget_old_lists(session, inside)

    def _forget_old_lists(self, session: Session, tasks: Iterable[Task]) -> None:
        """Let lists of links be read again that are not true any more."""
        for task in tasks:
            state = instance_state(task)
            for side, key in ((1, _BEFORE), (0, _BEHIND)):
                if key in state.dict and not _is_changed(state, key):
                    known = {inspect(link).identity[side] for link in state.dict[key]}
                    if known != self._links[key][_stored(task)[1]].keys():
                        session.expire(task, [key])

    # --- Dependencies -----------------------------------------------------------------------------

    def prerequisites(self, task: Task) -> list[Task]:
        """Return what *task* waits for."""
        links = self._links_of(task, _BEFORE)
        if links is None:
            return [row.depends_to for row in task.task_depends_to if row.depends_to is not None]
        return [self._tasks[number] for number in links]

    def dependents(self, task: Task) -> list[Task]:
        """Return what waits for *task*."""
        links = self.waiting_links(task)
        if links is None:
            return [row.task for row in task.task_dependent_of if row.task is not None]
        return [other for other, _ in links]

    def waiting_links(self, task: Task) -> list[tuple[Task, DependencyTarget]] | None:
        """Return what waits for *task*, and for which end of it, as the database has it.

        `None` if the list of the task itself has to be asked.
        """
        links = self._links_of(task, _BEHIND)
        if links is None:
            return None
        return [(self._tasks[number], target) for number, target in links.items()]

    def _links_of(self, task: Task, key: str) -> Mapping[int, DependencyTarget] | None:
        state = instance_state(task)
        is_known_better = _is_changed(state, key) or (key in state.dict and not self._fresh)
        number = _stored(task)[1]
        if number not in self._inside or is_known_better:
            return None
        links = self._links[key][number]
        return links if links.keys() <= self._tasks.keys() else None

    # --- Containers -------------------------------------------------------------------------------

    def follow_up(self, parent: Task, child: Task) -> None:
        """Remember that *parent* has to follow its *child*."""
        if parent not in self._changed_children or decides_alone(child.status.code):
            self._changed_children[parent] = child

    def changed_child(self, container: Task) -> Task | None:
        """Return a child that *container* has to follow, unless it is about to leave."""
        child = self._changed_children.get(container)
        return None if child in container.__dict__.get(LEAVING, ()) else child

    def is_container(self, task: Task) -> bool:
        """Say whether *task* has children when the present change is over."""
        return self.changed_child(task) is not None or is_container(task)


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
    with session.no_autoflush:
        line = list(session.scalars(_line(named("Task")), {"number": number}))
    by_id = {_stored(each)[1]: each for each in line}
    # whoever walks up is not told by the database a second time where the line ends
    while "parent" not in top.__dict__ and (top.parent_id is None or top.parent_id in by_id):
        set_committed_value(top, "parent", by_id.get(top.parent_id))
        top = top.parent or top
    return line


@cache  # what takes longest is to put it together
def _line(kind: Any) -> Any:
    nodes = kind.__table__.c
    above = select(nodes.parent_id.label("id")).where(nodes.id == bindparam("number"))
    found = above.cte(recursive=True)
    found = found.union(select(nodes.parent_id).join(found, nodes.id == found.c.id))
    return select(kind).where(kind.id.in_(select(found.c.id)))


def _stored(task: Task) -> tuple[Session | None, int]:
    state = instance_state(task)
    return (state.session, state.key[1][0]) if state.key else (None, 0)


def _is_changed(state: Any, key: str) -> bool:
    return key in state.committed_state or key in state._pending_mutations


def _parent_id(task: Task) -> int | None:
    """Return the id of the parent that *task* has in this session, without asking for it."""
    if "parent" not in task.__dict__:
        return task.parent_id
    return None if task.parent is None else _stored(task.parent)[1]
