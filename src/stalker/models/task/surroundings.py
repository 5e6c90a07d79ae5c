"""What a task follows from and what follows from it, loaded with a few statements.

A change of status spreads over containers and dependents of any depth. Without this, each step
would ask the database; with it, none does. What is not found here is asked for as usual: it is
only slower.

Dependencies are read as plain rows: a revision may concern thousands of them, and objects with
lists on both sides would cost more than everything else. A list that this session knows better
counts as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
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
        self._links: dict[str, _Links] = {_BEFORE: {}, _BEHIND: {}}
        #: these tasks, as far as the rows count
        self._others: dict[str, dict[Task, list[Task]]] = {_BEFORE: {}, _BEHIND: {}}
        #: by lists, or their ids, and codes
        self._statuses: dict[tuple[StatusList | int, str], Status | None] = {}
        #: who has children
        self._containers: dict[Task, bool] = {}
        #: of containers, a child that they have to follow
        self._changed_children: dict[Task, Task] = {}

    # --- Loading ----------------------------------------------------------------------------------

    def refresh(self, session: Session, tasks: Iterable[Task]) -> None:
        """Bring *tasks* up to date, apart from what this session has changed."""
        held = {_number(task): task for task in tasks}
        self._tasks |= read_again(session, held.keys(), held)

    def expect(self, session: Session, tasks: Iterable[Task]) -> None:
        """Be ready to load whatever may have to follow any of the stored *tasks*, all at once."""
        numbers = [_number(task) for task in tasks]
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
            self._links[_BEFORE].setdefault(task_id, {})[other_id] = target
            self._links[_BEHIND].setdefault(other_id, {})[task_id] = target
            if task_id in numbers:
                wanted.add(other_id)
        statuses = all_statuses(session)
        read = read_again if self._fresh else load_tasks
        self._tasks |= read(session, wanted - self._tasks.keys())
        near = [self._tasks[number] for number in wanted if number in self._tasks]
        inside = {number: self._tasks[number] for number in numbers if number in self._tasks}
        for task in inside.values():
            _relate(task, self._tasks, statuses)
        self._fill_children(inside, near)
        for key in self._others:
            self._others[key] |= self._beside(key, inside)
        self._containers.clear()
        self._inside |= set(numbers)
        if self._fresh:
            self._forget_old_lists(session, inside)

    def _fill_children(self, tasks: Mapping[int, Task], near: Iterable[Task]) -> None:
        """Set the lists of those who have children; thousands of empty ones would cost more."""
        children = [(number, each) for each in near if (number := _parent_id(each)) in tasks]
        leaves = tasks.keys() - {number for number, _ in children}
        self._leaves |= leaves
        known = [
            task
            for number, task in tasks.items()
            if number not in leaves or "children" in task.__dict__
        ]
        fill(known, "children", children, self._fresh)

    def tell_leaf(self, task: Task) -> None:
        """Tell *task* if it has no children: it would ask for them itself."""
        if _number(task) in self._leaves:
            fill([task], "children", ())

    def _forget_old_lists(self, session: Session, tasks: Mapping[int, Task]) -> None:
        """Let lists of links be read again that are not true any more."""
        for number, task in tasks.items():
            for side, key in ((1, _BEFORE), (0, _BEHIND)):
                if key in task.__dict__ and not _is_changed(task, key):
                    known = {inspect(link).identity[side] for link in task.__dict__[key]}
                    if known != self._links[key].get(number, {}).keys():
                        session.expire(task, [key])

    # --- Dependencies -----------------------------------------------------------------------------

    def _beside(self, key: str, tasks: Mapping[int, Task]) -> Iterator[tuple[Task, list[Task]]]:
        """Yield what the list *key* of *tasks* leads to, where it has not changed here."""
        found, links = self._tasks, self._links[key]
        for number, task in tasks.items():
            if _is_changed(task, key) or (key in task.__dict__ and not self._fresh):
                continue
            try:
                yield task, [found[other] for other in links.get(number, ())]
            except KeyError:  # somebody else has deleted it
                continue

    def prerequisites(self, task: Task) -> list[Task]:
        """Return what *task* waits for."""
        found = self._others[_BEFORE].get(task)
        if found is None:
            return [row.depends_to for row in task.task_depends_to if row.depends_to is not None]
        return found

    def dependents(self, task: Task) -> list[Task]:
        """Return what waits for *task*."""
        found = self._others[_BEHIND].get(task)
        if found is None:
            return [row.task for row in task.task_dependent_of if row.task is not None]
        return found

    def waiting_links(self, task: Task) -> Iterable[tuple[int, Task, DependencyTarget]] | None:
        """Return what waits for *task*, by id, and for which end of it, as the database has it.

        `None` if the list of the task itself has to be asked.
        """
        found = self._others[_BEHIND].get(task)
        if found is None:
            return None
        links = self._links[_BEHIND].get(_number(task), {})
        return zip(links, found, links.values(), strict=True)

    def status_of(self, task: Task, code: str) -> Status | None:
        """Return the status of the list of *task* that has the *code*."""
        which = task.__dict__.get("status_list")
        which = task.status_list_id if which is None else which
        if (which, code) not in self._statuses:
            self._statuses[which, code] = task.status_list[code]
        return self._statuses[which, code]

    # --- Containers -------------------------------------------------------------------------------

    def follow_up(self, parent: Task, child: Task) -> None:
        """Remember that *parent* has to follow its *child*."""
        known = self._changed_children.get(parent)
        if known is None or (
            not decides_alone(known.status.code) and decides_alone(child.status.code)
        ):
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
        return not is_known_better and not _is_changed(task, "children")


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


def _is_changed(task: Task, key: str) -> bool:
    state = instance_state(task)
    # asked for by its name, thousands would be made
    return key in state.committed_state or key in state.__dict__.get("_pending_mutations", ())


def _relate(task: Task, tasks: Mapping[int, Task], statuses: Mapping[int, Status]) -> None:
    """Tell *task* what is known already: it would be looked up one by one."""
    known = task.__dict__
    # as if it had come with the row
    if "status" not in known and task.status_id in statuses:
        known["status"] = statuses[task.status_id]
    if "parent" not in known:
        number = task.parent_id
        if number is None or number in tasks:
            known["parent"] = None if number is None else tasks[number]


def _parent_id(task: Task) -> int | None:
    """Return the id of the parent that *task* has in this session, without asking for it."""
    if "parent" not in task.__dict__:
        return task.parent_id
    return None if task.parent is None else _number(task.parent)
