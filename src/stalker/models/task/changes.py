"""What is about to change: a list tells of a change only when it is over.

What is derived meanwhile has to know before. The marks are in the `__dict__` of the tasks that
others leave or join.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session, object_session
from sqlalchemy.orm.attributes import instance_state

from stalker.core.dates import utc_now
from stalker.db.session import acting_user
from stalker.models.mixins.dag import has_children
from stalker.models.status import Status

if TYPE_CHECKING:
    from stalker.models.auth import User
    from stalker.models.task.task import Task

#: the whole list of children is being exchanged
REPLACING = "_replacing_children"
#: children, and prerequisites, that are about to leave
LEAVING = "_leaving_children"
UNTIED = "_leaving_prerequisites"
#: the child that is about to come
COMING = "_coming_child"


@contextmanager
def marked(task: Task | None, mark: str, value: Any) -> Iterator[None]:
    """Mark *task* for the time of a change."""
    if task is None:
        yield
        return
    task.__dict__[mark] = value
    try:
        yield
    finally:
        task.__dict__.pop(mark, None)


def children_of(task: Task) -> list[Task]:
    """Return the children as they are when the present change is over."""
    gone, new = task.__dict__.get(LEAVING, ()), task.__dict__.get(COMING)
    if not gone and new is None:
        return task.children
    kept = [each for each in task.children if each not in gone and each is not new]
    return kept if new is None else [*kept, new]


def is_container(task: Task) -> bool:
    """Say whether *task* has children when the present change is over."""
    if COMING in task.__dict__ or REPLACING in task.__dict__:
        return True
    return has_children(task, besides=task.__dict__.get(LEAVING, ()))


def container_of(task: Task) -> Task | None:
    """Return the parent that has to follow a change of *task*."""
    parent = task.parent
    return None if parent is not None and REPLACING in parent.__dict__ else parent


# --- Until the flush ------------------------------------------------------------------------------

#: where a session keeps who has lost children or prerequisites in this flush, until it is over
LEFT = "what_deleted_tasks_leave"
#: where a session keeps what has to be looked at again when it is written
NOTES = "tasks_to_settle"
#: and what was noted, until it is written
DONE = "what_was_done_with_tasks"
#: where a session keeps the former and the present status of the tasks that it writes
SETTLED = "settled_statuses"
#: the deed of somebody who has assigned a status
SET = "set"


@dataclass(slots=True)
class Deed:
    """One action of the workflow."""

    action: str
    #: code of the status that it has led to
    code: str
    by: User | None = None
    date: datetime = field(default_factory=utc_now)


@dataclass(slots=True)
class Note:
    """What was done with a stored task since the last flush."""

    #: code of the status that it had before
    former: str
    #: and of the one that the workflow has given it; somebody may have set another one by hand
    present: str
    #: in order
    deeds: list[Deed] = field(default_factory=list)

    @property
    def actions(self) -> list[str]:
        """Names of what was done, in order."""
        return [each.action for each in self.deeds]


def notes_of(session: Session) -> dict[Task, Note]:
    """Return what a session has noted, in the order of the first changes."""
    found: dict[Task, Note] = session.info.setdefault(NOTES, {})
    return found


def note(task: Task, former: str, action: str | None = None, by: User | None = None) -> None:
    """Remember that *task*, which had the status *former*, has followed others or an action."""
    found = touch(task)
    if found is None:
        return
    if found.present != former:
        found.deeds.append(Deed(SET, former, acting_user(object_session(task))))
    found.present = task.status.code
    if action is not None:
        found.deeds.append(Deed(action, found.present, acting_user(object_session(task)) or by))


def touch(task: Task) -> Note | None:
    """Remember that *task* has changed in a way that others follow from, or may have followed.

    Nothing is noted of what nobody else knows, because it is not stored.
    """
    state = instance_state(task)
    session = state.session
    if state.key is None or session is None:
        return None
    notes = notes_of(session)
    found = notes.get(task)
    if found is None:
        stored = state.committed_state.get("status")
        code = stored.code if isinstance(stored, Status) else task.status.code
        found = notes[task] = Note(code, code)
    return found
