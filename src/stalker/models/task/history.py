"""What has happened to a task: who changed its status or its resources, when, and by what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, String, event, insert, inspect
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from stalker.core.dates import utc_now
from stalker.db.declarative import Base
from stalker.db.session import StudioSession, acting_user, quiet
from stalker.db.types import GenericDateTime
from stalker.models.task.changes import DONE, SET, SETTLED, Note
from stalker.models.task.task import Task

if TYPE_CHECKING:
    from stalker.models.auth import User
    from stalker.models.status import Status

__all__ = ["ASSIGN", "FOLLOW", "SET", "UNASSIGN", "TaskChange"]

#: beside `SET`: the status followed from prerequisites or children
FOLLOW = "follow"
#: somebody has joined, or left, `Task.resources`
ASSIGN, UNASSIGN = "assign", "unassign"

_Row = dict[str, Any]


class TaskChange(Base):
    """One entry of `Task.history`: another status, or somebody who joined or left the resources.

    Entries are written with what they tell of, in the same transaction, and never changed.
    """

    __tablename__ = "Task_Changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("Tasks.id", ondelete="CASCADE"))
    #: when it was done, in UTC; the transaction may have ended later
    date: Mapped[datetime] = mapped_column(GenericDateTime)
    #: an action of `workflow.tasks`, or one of `FOLLOW`, `SET`, `ASSIGN`, `UNASSIGN`
    action: Mapped[str] = mapped_column(String(32))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("Users.id", ondelete="SET NULL"))
    # a status in use cannot be deleted
    from_status_id: Mapped[int | None] = mapped_column(ForeignKey("Statuses.id"))
    to_status_id: Mapped[int | None] = mapped_column(ForeignKey("Statuses.id"))
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("Users.id", ondelete="SET NULL"))
    #: whose history this is part of
    task: Mapped[Task] = relationship(viewonly=True, back_populates="history")
    #: who did it, see `db.acting_as`; `None` if nobody said so, or the account is gone
    user: Mapped[User | None] = relationship(foreign_keys=[user_id], viewonly=True, lazy="selectin")
    #: `None` where the resources have changed, not the status
    from_status: Mapped[Status | None] = relationship(foreign_keys=[from_status_id], viewonly=True)
    #: the status since then
    to_status: Mapped[Status | None] = relationship(foreign_keys=[to_status_id], viewonly=True)
    #: who joined or left
    resource: Mapped[User | None] = relationship(
        foreign_keys=[resource_id], viewonly=True, lazy="selectin"
    )

    def _describe(self) -> str:
        what = (
            f"{self.from_status.code} -> {self.to_status.code}"
            if self.from_status and self.to_status
            else f"{self.resource and self.resource.name}"
        )
        who = f" by {self.user.name}" if self.user else ""
        return f"<TaskChange {self.date:%Y-%m-%d %H:%M} {self.action}: {what}{who}>"


# --- Writing --------------------------------------------------------------------------------------


@event.listens_for(StudioSession, "after_flush")
def _record(session: Session, context: Any) -> None:
    notes: Mapping[Task, Note] = session.info.pop(DONE, {})
    with quiet:
        changes = [*_assignments(session), *_status_changes(session, notes)]
    if changes:
        rows = [row for _, row in changes]
        session.connection().execute(insert(TaskChange.__table__), rows)  # type: ignore[arg-type]
        session.info.setdefault(_TOLD, set()).update(task for task, _ in changes)


#: where a session keeps whose history it has to read again
_TOLD = "tasks_with_new_history"


@event.listens_for(StudioSession, "after_flush_postexec")
def _read_again(session: Session, context: Any) -> None:
    for task in session.info.pop(_TOLD, ()):
        if "history" in task.__dict__:
            session.expire(task, ["history"])


def _status_changes(session: Session, notes: Mapping[Task, Note]) -> Iterator[tuple[Task, _Row]]:
    somebody = acting_user(session)
    # what follows from the deeds of one person is told as that person's
    people = {deed.by for found in notes.values() for deed in found.deeds}
    who = somebody or (people.pop() if len(people) == 1 else None)
    for task, (former, present) in session.info.get(SETTLED, {}).items():
        found = notes.get(task)
        for deed in found.deeds if found else ():
            status = task.status_list[deed.code]
            if status is not None and status is not former:
                yield task, _row(task, deed.action, deed.date, deed.by, former, status)
                former = status
        if former is not present:
            followed = found is not None and found.present == present.code
            action, by = (FOLLOW, who) if followed else (SET, somebody)
            yield task, _row(task, action, utc_now(), by, former, present)


def _assignments(session: Session) -> Iterator[tuple[Task, _Row]]:
    user, date = acting_user(session), utc_now()
    for task in _tasks(session.new):
        for each in task.__dict__.get("resources", ()):
            yield task, _row(task, ASSIGN, date, user or task.created_by, resource=each)
    for task in _tasks(session.dirty):
        if "resources" in inspect(task).committed_state:
            joined, _, left = inspect(task).attrs.resources.history
            for action, users in ((ASSIGN, joined), (UNASSIGN, left)):
                for each in users or ():
                    yield task, _row(task, action, date, user, resource=each)


def _tasks(objects: Iterable[object]) -> Iterator[Task]:
    return (each for each in objects if isinstance(each, Task))


def _row(
    task: Task,
    action: str,
    date: datetime,
    user: User | None,
    former: Status | None = None,
    present: Status | None = None,
    resource: User | None = None,
) -> _Row:
    return {
        "task_id": task.id,
        "date": date,
        "action": action,
        "user_id": user and user.id,
        "from_status_id": former and former.id,
        "to_status_id": present and present.id,
        "resource_id": resource and resource.id,
    }
