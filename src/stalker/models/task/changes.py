"""What is about to change: a list tells of a change only when it is over.

What is derived meanwhile has to know before. The marks are in the `__dict__` of the tasks that
others leave or join.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from stalker.models.mixins.dag import has_children

if TYPE_CHECKING:
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


@dataclass
class Note:
    """What was done with a stored task since the last flush."""

    #: code of the status that it had before
    former: str
    #: and of the one that the workflow has given it; somebody may have set another one by hand
    present: str
    #: of the workflow, in order
    actions: list[str] = field(default_factory=list)


def notes_of(session: Session) -> dict[Task, Note]:
    """Return what a session has noted, in the order of the first changes."""
    found: dict[Task, Note] = session.info.setdefault(NOTES, {})
    return found


def note(task: Task, former: str, *actions: str) -> None:
    """Remember that *task*, which had the status *former*, has followed others or *actions*."""
    state = task._sa_instance_state  # type: ignore[attr-defined]
    if state.key is not None and state.session is not None:  # nobody else knows what is not stored
        found = notes_of(state.session).setdefault(task, Note(former, former))
        found.present = task.status.code
        found.actions += actions
