"""How a change of one status spreads: up to the containers, on to those who wait.

A task is asked again only when something it follows from has changed, and what the answer may
depend on is loaded before with a few statements.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_state

from stalker.db.construction import is_constructing
from stalker.models.task.by_hand import write_status
from stalker.models.task.changes import (
    UNTIED,
    children_of,
    container_of,
    is_container,
    note,
    notes_of,
)
from stalker.models.task.loosening import REWORKED, loosen_links
from stalker.models.task.surroundings import Surroundings
from stalker.workflow.derive import (
    DREV,
    HREV,
    RTS,
    WFD,
    WIP,
    decides_alone,
    is_finished,
    status_from_children,
    status_from_dependencies,
    status_with_another_dependency,
)

if TYPE_CHECKING:
    from stalker.models.status import Status
    from stalker.models.task.task import Task

__all__ = [
    "children_changed",
    "codes_of",
    "dependencies_changed",
    "dependency_added",
    "derive_again",
    "derived_status",
    "from_dependencies",
    "set_status",
    "settle_statuses",
]


def codes_of(tasks: Iterable[Task]) -> set[str]:
    """Return the codes of the statuses of *tasks*."""
    return {task.status.code for task in tasks}


def set_status(task: Task, code: str, loosen: bool = False) -> None:
    """Give *task* the status with that code, and whoever depends on it or holds it what follows.

    With *loosen*, what has begun may go on beside what it depends on and is worked on again. A
    status list that lacks the code leaves the task as it is.
    """
    before = task.status.code
    changed = code != before and _give(task, task.status_list[code])
    note(task, before)
    # while it is only being made nobody follows: its constructor may still fail
    if is_constructing(task) or not (changed or loosen):
        return
    around = Surroundings()
    waiting = _Waiting(around)
    waiting.add_followers(task, before)
    asked = _spread(waiting)
    if loosen:
        loosen_links([each for each in (task, *asked) if each.status.code in REWORKED], around)


def settle_statuses(
    formers: Mapping[Task, str], acted: Collection[Task], around: Surroundings
) -> None:
    """Let everybody follow the tasks again that have come to their statuses from *formers*.

    So do the tasks themselves, unless somebody has *acted* on them. What was set by hand stays.
    """
    waiting = _Waiting(around)
    for task, former in formers.items():
        waiting.add_followers(task, former)
    themselves = [task for task in formers if task not in acted]
    if any(around.changed_child(task) is None for task in themselves):
        around.load_expected()
    for task in themselves:
        waiting.add(task)
    _spread(waiting, settling=True)


def derive_again(session: Session, tasks: Collection[Task]) -> None:
    """Give stored leaves the statuses that follow from their prerequisites and logs as of now."""
    around = Surroundings()
    around.expect(session, tasks)
    around.load_expected()
    waiting = _Waiting(around)
    for task in tasks:
        waiting.add(task)
    with session.no_autoflush:
        _spread(waiting)


class _Waiting:
    """Those of whom the statuses have to be derived."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        # Who waits longest comes first: most of what the others follow from has changed by then.
        self._leaves: OrderedDict[Task, None] = OrderedDict()
        # when nobody else waits: with thousands of children, deriving it after each would take for
        # ever
        self._containers: OrderedDict[Task, None] = OrderedDict()

    def add(self, task: Task) -> None:
        (self._containers if self.around.is_container(task) else self._leaves)[task] = None

    def add_followers(self, task: Task, former: str) -> None:
        """Add those whose status may follow from that of *task*, which was *former*."""
        around, code = self.around, task.status.code
        if code == former:
            return
        if is_finished(former) != is_finished(code):
            around.load_after(task, is_finished(code))
            for each in around.dependents(task):
                if not around.is_container(each):
                    self._leaves[each] = None
        around.load_line_of(task)
        parent = container_of(task)
        if parent is not None:
            around.follow_up(parent, task)
            self.add(parent)

    def __iter__(self) -> Iterator[Task]:
        """Take one after the other, also those who come meanwhile."""
        while self._leaves or self._containers:  # not by recursion: chains are long
            yield (self._leaves or self._containers).popitem(last=False)[0]


def _spread(waiting: _Waiting, settling: bool = False) -> list[Task]:
    """Derive the statuses of those who are *waiting*, and of whoever follows; return them all."""
    around, asked = waiting.around, []
    for other in waiting:
        if settling and _was_set_by_hand(other):
            continue
        asked.append(other)
        before, code = other.status.code, derived_status(other, around)
        if settling and (before, code) == (WFD, RTS) and around.is_container(other):
            code = _with_own_prerequisites(code, other, around)
        if code != before and _give(other, around.status_of(other, code)):
            note(other, before)
            waiting.add_followers(other, before)
            if _has_time_granted(other, before):
                around.tell_leaf(other)
                other._extend_what_is_spent()
    return asked


def _has_time_granted(task: Task, before: str) -> bool:
    """Say whether a task has to be worked on again, for which some time has to be left."""
    return before == DREV and task.status.code == HREV


def _give(task: Task, status: Status | None) -> bool:
    """Set *status*, and say whether there is one: a list may lack it."""
    if status is not None:
        write_status(task, status)
    return status is not None


def _was_set_by_hand(task: Task) -> bool:
    """Say whether somebody has set the status since the workflow did, and it is not written yet."""
    state = instance_state(task)
    if "status" not in state.committed_state or not state.has_identity or state.session is None:
        return False
    found = notes_of(state.session).get(task)
    return found is None or found.present != task.status.code


def derived_status(task: Task, around: Surroundings) -> str:
    """Return the code of the status that follows from prerequisites, or from children."""
    if not around.is_container(task):
        return from_dependencies(task, around=around)
    child = around.changed_child(task)
    if child is not None and decides_alone(child.status.code):
        return WIP
    around.load_children(task)
    return status_from_children(codes_of(children_of(task)))


def _with_own_prerequisites(code: str, container: Task, around: Surroundings) -> str:
    """Return what *code* of a container becomes with its own prerequisites.

    It was made to wait for one when that was added. The children know nothing of that, and
    whatever has changed among them since has let it be ready again.
    """
    for each in around.prerequisites(container):
        code = status_with_another_dependency(code, each.status.code)
    return code


def from_dependencies(
    task: Task,
    removing: Collection[Task] = (),
    current: str | None = None,
    around: Surroundings | None = None,
) -> str:
    """Return the status of a leaf that follows from its prerequisites, without those removed.

    It is as if it had the status *current*, if one is given.
    """
    found = (around or Surroundings()).prerequisites(task)
    if removing or UNTIED in task.__dict__:
        gone = {*removing, *task.__dict__.get(UNTIED, ())}
        found = [each for each in found if each not in gone]
    code = task.status.code if current is None else current
    codes = [each.status.code for each in found]
    # work counts only without prerequisites, and may have to be asked for
    return status_from_dependencies(code, codes, has_logs=not codes and task._has_logs())


def dependency_added(task: Task, prerequisite: Task) -> None:
    """Make a waiting or ready task wait for a new prerequisite, unless that is finished."""
    code = status_with_another_dependency(task.status.code, prerequisite.status.code)
    set_status(task, code)


def dependencies_changed(task: Task, removing: Collection[Task] = ()) -> None:
    """Give a leaf the status that follows from its prerequisites, without those being removed."""
    if not is_container(task):
        before = task.status.code
        set_status(task, from_dependencies(task, removing))
        if _has_time_granted(task, before):
            task._extend_what_is_spent()


def children_changed(container: Task) -> None:
    """Give a container the status that follows from its children."""
    children = children_of(container)
    if children:
        set_status(container, status_from_children(codes_of(children)))
