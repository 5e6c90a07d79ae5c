"""Tasks that have begun may go on beside what they depend on while that is worked on again.

Their links wait for its start from then on. Links that the session holds change at once. Of the
others, of which a revision may concern thousands, the rows are written with the next flush; what is
loaded before is told when it comes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.orm.attributes import instance_state, set_committed_value

from stalker.core.kinds import DependencyTarget
from stalker.db.declarative import named
from stalker.db.session import StudioSession
from stalker.workflow.derive import DREV, HREV, OH, PREV, STOP, WIP

if TYPE_CHECKING:
    from stalker.models.task.dependency import TaskDependency
    from stalker.models.task.surroundings import Surroundings
    from stalker.models.task.task import Task

__all__ = [
    "REWORKED",
    "forget_expired",
    "held_links",
    "loosen_links",
    "take_loosened",
    "tell_loaded",
]

#: what others that have begun may go on beside
REWORKED = frozenset({HREV, PREV, DREV, OH, STOP})
_BEGUN = REWORKED | {WIP}

#: where a session keeps whose links are to be written, by id, and the ids of those who wait
_LOOSENED = "loosened_links"
_Key = tuple[int, int]
_Loosened = dict[int, "tuple[Task, set[int]]"]


def loosen_links(tasks: Iterable[Task], around: Surroundings) -> None:
    """Let what has begun go on beside *tasks*, which are worked on again."""
    held: dict[_Key, TaskDependency] | None = None
    for task in tasks:
        links = around.waiting_links(task)
        if links is None:
            for row in task.task_dependent_of:
                if row.task is not None and row.task.status.code in _BEGUN:
                    row.dependency_target = DependencyTarget.ON_START
            continue
        session: Any = instance_state(task).session
        held = held_links(session) if held is None else held
        number, numbers = _id(task), set()
        for waiting, other, target in links:
            if other.status.code not in _BEGUN:
                continue
            if held and (waiting, number) in held:
                held[waiting, number].dependency_target = DependencyTarget.ON_START
            elif target != DependencyTarget.ON_START:
                numbers.add(waiting)
        if numbers:
            loosened: _Loosened = session.info.setdefault(_LOOSENED, {})
            loosened.setdefault(number, (task, set()))[1].update(numbers)


def take_loosened(session: Session) -> set[_Key]:
    """Return the keys of the links to be written, and forget them.

    What somebody has changed since stays.
    """
    loosened: _Loosened = session.info.pop(_LOOSENED, {})
    keys = {
        (number, other)
        for other, (task, numbers) in loosened.items()
        if task in session
        for number in numbers
    }
    held = held_links(session) if keys else {}
    return keys - {key for key, link in held.items() if _is_changed(link)}


def tell_loaded(link: TaskDependency, context: Any, attributes: Any = None) -> None:
    """Let a link that comes from the database know what will be written there."""
    session = context.session
    loosened: _Loosened = session.info.get(_LOOSENED, {})
    if not loosened:
        return
    key: Any = instance_state(link).key
    number, other = key[1]
    task, numbers = loosened.get(other, (None, ()))
    if number in numbers and task in session and not _is_changed(link):
        set_committed_value(link, "dependency_target", DependencyTarget.ON_START)


def forget_expired(task: Task | None, attributes: Any) -> None:
    """Forget what would be written for a task of which somebody throws away what was done."""
    if task is None:  # nobody holds it any more
        return
    state = instance_state(task)
    loosened = state.session.info.get(_LOOSENED) if state.session is not None else None
    if loosened and (attributes is None or "status" in attributes):
        loosened.pop(_id(task), None)


def held_links(session: Session) -> dict[_Key, TaskDependency]:
    """Return the stored links that the session holds, by their keys."""
    kind = named("TaskDependency")
    found = (each for each in session.identity_map.values() if isinstance(each, kind))
    return {instance_state(each).key[1]: each for each in found}  # type: ignore[index]


def _is_changed(link: TaskDependency) -> bool:
    return "dependency_target" in instance_state(link).committed_state


def _id(task: Task) -> int:
    return instance_state(task).key[1][0]  # type: ignore[index, no-any-return]


@event.listens_for(StudioSession, "after_soft_rollback")
def _forget(session: Session, previous: SessionTransaction) -> None:
    session.info.pop(_LOOSENED, None)
    if previous.nested:  # else SQLAlchemy forgets everything
        for link in held_links(session).values():
            session.expire(link, ["dependency_target"])
