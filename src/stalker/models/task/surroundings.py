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
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, inspect, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_state, set_committed_value

from stalker.core.kinds import DependencyTarget
from stalker.db.declarative import named
from stalker.models.loading import fill
from stalker.models.mixins.dag import ancestors
from stalker.models.task.changes import COMING, LEAVING, REPLACING, is_container
from stalker.models.task.following import children_ids, followers_of, link_rows
from stalker.models.task.refreshing import all_statuses, load_tasks, read_again
from stalker.workflow.derive import decides_alone

if TYPE_CHECKING:
    from stalker.models.status import Status, StatusList
    from stalker.models.task.task import Task

__all__ = ["Surroundings", "load_line"]

_BEFORE, _BEHIND = "task_depends_to", "task_dependent_of"
#: what a task knows of its children itself
_ABOUT_CHILDREN = {"children", COMING, REPLACING}
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
        #: loads who is looked at together, as soon as anybody has to be
        self._expected: Callable[[], None] | None = None
        #: ids of those of whom the database knows no children
        self._leaves: set[int] = set()
        #: by the id of a task: those on the other side of its links, and which end these wait for
        self._links: dict[str, _Links] = {_BEFORE: defaultdict(dict), _BEHIND: defaultdict(dict)}
        #: these tasks, as far as the rows count
        self._others: dict[str, dict[Task, list[Task]]] = {_BEFORE: {}, _BEHIND: {}}
        self._lists: dict[int, StatusList] = {}
        #: by lists and codes
        self._statuses: dict[tuple[StatusList, str], Status | None] = {}
        #: who has children
        self._containers: dict[Task, bool] = {}
        #: of containers, a child that they have to follow
        self._changed_children: dict[Task, Task] = {}

    # --- Loading ----------------------------------------------------------------------------------

    def refresh(self, session: Session, tasks: Iterable[Task]) -> None:
        """Bring *tasks* up to date, apart from what this session has changed."""
        self._tasks |= read_again(session, [_stored(task)[1] for task in tasks])

    def expect(self, session: Session, tasks: Iterable[Task]) -> None:
        """Be ready to load whatever may have to follow any of the stored *tasks*, all at once."""
        numbers = [_stored(task)[1] for task in tasks]
        self._expected = lambda: self._load(session, followers_of(session, numbers, finished=False))

    def load_expected(self) -> None:
        """Load that now."""
        load, self._expected = self._expected, None
        if load is not None:
            load()

    def load_after(self, task: Task, finished: bool) -> None:
        """Load whoever may have to follow *task*, which has become *finished* or unfinished."""
        self.load_expected()
        if _number(task) in self._inside:
            return
        session, number = _stored(task)
        if session is not None:
            self._load(session, followers_of(session, [number], finished))

    def load_line_of(self, task: Task) -> None:
        """Load the ancestors of *task*."""
        if _number(task) not in self._inside:
            self._lines.append(load_line(task))

    def load_children(self, container: Task) -> None:
        """Load the children of *container*, and those of everything above it."""
        self.load_expected()
        session, number = _stored(container)
        if session is None or number in self._inside or "children" in container.__dict__:
            return
        self.load_line_of(container)
        line = map(_number, (container, *ancestors(container)))
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
        statuses = all_statuses(session)
        read = read_again if self._fresh else load_tasks
        self._tasks |= read(session, wanted - self._tasks.keys())
        near = [self._tasks[number] for number in wanted if number in self._tasks]
        inside = [self._tasks[number] for number in numbers if number in self._tasks]
        for task in inside:
            self._relate(task, statuses)
        self._fill_children(inside, [(_parent_id(each), each) for each in near])
        self._containers.clear()
        self._inside |= set(numbers)
        if self._fresh:
            self._forget_old_lists(session, inside)

    def _fill_children(self, tasks: list[Task], children: list[tuple[int | None, Task]]) -> None:
        """Set the lists of those who have *children*; thousands of empty ones would cost more."""
        parents = {number for number, _ in children}
        self._leaves |= {_number(task) for task in tasks} - parents
        known = [each for each in tasks if _number(each) in parents or "children" in each.__dict__]
        fill(known, "children", children, self._fresh)

    def tell_leaf(self, task: Task) -> None:
        """Tell *task* if it has no children: it would ask for them itself."""
        if _number(task) in self._leaves:
            fill([task], "children", ())

    def _relate(self, task: Task, statuses: Mapping[int, Status]) -> None:
        """Tell *task* what is known already: it would be looked up one by one."""
        known = task.__dict__
        if "status" not in known and task.status_id in statuses:
            set_committed_value(task, "status", statuses[task.status_id])
        if "parent" not in known and (task.parent_id is None or task.parent_id in self._tasks):
            parent = None if task.parent_id is None else self._tasks[task.parent_id]
            set_committed_value(task, "parent", parent)

    def _forget_old_lists(self, session: Session, tasks: Iterable[Task]) -> None:
        """Let lists of links be read again that are not true any more."""
        for task in tasks:
            state = instance_state(task)
            for side, key in ((1, _BEFORE), (0, _BEHIND)):
                if key in state.dict and not _is_changed(state, key):
                    known = {inspect(link).identity[side] for link in state.dict[key]}
                    if known != self._links[key][_number(task)].keys():
                        session.expire(task, [key])

    # --- Dependencies -----------------------------------------------------------------------------

    def prerequisites(self, task: Task) -> list[Task]:
        """Return what *task* waits for."""
        found = self._beside(task, _BEFORE)
        if found is None:
            return [row.depends_to for row in task.task_depends_to if row.depends_to is not None]
        return found

    def dependents(self, task: Task) -> list[Task]:
        """Return what waits for *task*."""
        found = self._beside(task, _BEHIND)
        if found is None:
            return [row.task for row in task.task_dependent_of if row.task is not None]
        return found

    def waiting_links(self, task: Task) -> list[tuple[Task, DependencyTarget]] | None:
        """Return what waits for *task*, and for which end of it, as the database has it.

        `None` if the list of the task itself has to be asked.
        """
        links = self._rows_of(task, _BEHIND)
        if links is None:
            return None
        return [(self._tasks[number], target) for number, target in links.items()]

    def _beside(self, task: Task, key: str) -> list[Task] | None:
        found = self._others[key].get(task)
        if found is None:
            links = self._rows_of(task, key)
            if links is not None:
                found = self._others[key][task] = [self._tasks[number] for number in links]
        return found

    def _rows_of(self, task: Task, key: str) -> Mapping[int, DependencyTarget] | None:
        """Return the rows that the list *key* of *task* would be made of, unless it has changed."""
        number = _number(task)
        if number not in self._inside or (key in task.__dict__ and not self._fresh):
            return None
        if _is_changed(instance_state(task), key):
            return None
        links = self._links[key][number]
        return links if links.keys() <= self._tasks.keys() else None

    def status_of(self, task: Task, code: str) -> Status | None:
        """Return the status of the list of *task* that has the *code*."""
        if "status_list" not in task.__dict__:
            number = task.status_list_id
            if number in self._lists:
                set_committed_value(task, "status_list", self._lists[number])
            else:
                self._lists[number] = task.status_list
        key = task.status_list, code
        if key not in self._statuses:
            self._statuses[key] = task.status_list[code]
        return self._statuses[key]

    # --- Containers -------------------------------------------------------------------------------

    def follow_up(self, parent: Task, child: Task) -> None:
        """Remember that *parent* has to follow its *child*."""
        if parent not in self._changed_children or decides_alone(child.status.code):
            self._changed_children[parent] = child
            self._containers.pop(parent, None)

    def changed_child(self, container: Task) -> Task | None:
        """Return a child that *container* has to follow, if it still is one."""
        child = self._changed_children.get(container)
        if child is None or child in container.__dict__.get(LEAVING, ()):
            return None
        # its list may be long
        return child if child.parent is container else None

    def is_container(self, task: Task) -> bool:
        """Say whether *task* has children when the present change is over."""
        if task not in self._containers:
            self._containers[task] = not self._is_known_leaf(task) and (
                self.changed_child(task) is not None or is_container(task)
            )
        return self._containers[task]

    def _is_known_leaf(self, task: Task) -> bool:
        if _number(task) not in self._leaves or task in self._changed_children:
            return False
        is_known_better = not _ABOUT_CHILDREN.isdisjoint(task.__dict__)
        return not is_known_better and not _is_changed(instance_state(task), "children")


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
        set_committed_value(top, "parent", by_id.get(top.parent_id or 0))
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


def _number(task: Task) -> int:
    key = instance_state(task).key
    return key[1][0] if key else 0


def _is_changed(state: Any, key: str) -> bool:
    return key in state.committed_state or key in state._pending_mutations


def _parent_id(task: Task) -> int | None:
    """Return the id of the parent that *task* has in this session, without asking for it."""
    if "parent" not in task.__dict__:
        return task.parent_id
    return None if task.parent is None else _number(task.parent)
