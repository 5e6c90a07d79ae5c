"""What has happened to a task: who changed its status or its resources, when, and by what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Insert, String, bindparam, event, insert, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from stalker.core.dates import utc_now
from stalker.db.among import among
from stalker.db.declarative import Base
from stalker.db.session import StudioSession, acting_user, quiet
from stalker.db.types import GenericDateTime
from stalker.models.task.changes import DONE, SET, SETTLED, Note
from stalker.models.task.tables import resources_table
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
#: by action, former and present status
_Ends = dict["tuple[str, Status, Status]", list[Task]]


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


#: from how many tasks on that have come from one status to another, or are new and have resources,
#: one statement tells of all
_MANY = 8


@event.listens_for(StudioSession, "after_flush")
def _record(session: Session, context: Any) -> None:
    notes: Mapping[Task, Note] = session.info.pop(DONE, {})
    ends: _Ends = defaultdict(list)
    with quiet:
        changes = [*_assignments(session), *_deeds(session, notes, ends)]
        tell = {SET: acting_user(session), FOLLOW: _whose(session, notes)}
        now, many, told = utc_now(), [], session.info.setdefault(_TOLD, set())
        for user, tasks in _first_assignments(session).items():
            told.update(tasks)
            row = _row(ASSIGN, now, user)
            if len(tasks) < _MANY:
                resources = ((task, each) for task in tasks for each in task.resources)
                changes += [(task, {**row, "resource_id": each.id}) for task, each in resources]
            else:
                many.append((True, {**row, "tasks": [task.id for task in tasks]}))
        for (action, former, present), tasks in ends.items():
            row = _row(action, now, tell[action], former, present)
            if len(tasks) < _MANY:
                changes += [(task, row) for task in tasks]
            else:
                many.append((False, {**row, "tasks": sorted(task.id for task in tasks)}))
    connection = session.connection()
    if changes:
        table: Any = TaskChange.__table__
        connection.execute(insert(table), [{**row, "task_id": task.id} for task, row in changes])
    for of_resources, row in many:
        connection.execute(_tell_of_many(of_resources), row)
    told.update(task for task, _ in changes)
    told.update(session.info.get(SETTLED, ()))


@cache  # what takes longest is to put it together
def _tell_of_many(of_resources: bool) -> Insert:
    """Return the statement that tells the same of many tasks, or of each of their resources."""
    source = resources_table if of_resources else Task.__table__
    read = {"task_id": source.c.task_id if of_resources else source.c.id}
    if of_resources:
        read["resource_id"] = source.c.resource_id
    table: Any = TaskChange.__table__
    columns = [each for each in table.c if each.name != "id"]
    values = (read.get(each.name, bindparam(each.name, type_=each.type)) for each in columns)
    rows = select(*values).where(among(read["task_id"], name="tasks")).order_by(*read.values())
    return insert(table).from_select(columns, rows)


#: where a session keeps whose history it has to read again
_TOLD = "tasks_with_new_history"


@event.listens_for(StudioSession, "after_flush_postexec")
def _read_again(session: Session, context: Any) -> None:
    for task in session.info.pop(_TOLD, ()):
        if "history" in task.__dict__:
            session.expire(task, ["history"])


def _deeds(
    session: Session, notes: Mapping[Task, Note], ends: _Ends
) -> Iterator[tuple[Task, _Row]]:
    """Yield what was done with tasks; *ends* get who has come to another status after that."""
    for task, (former, present) in session.info.get(SETTLED, {}).items():
        found = notes.get(task)
        for deed in found.deeds if found else ():
            status = task.status_list[deed.code]
            if status is not None and status is not former:
                yield task, _row(deed.action, deed.date, deed.by, former, status)
                former = status
        if former is not present:
            followed = found is not None and found.present == present.code
            ends[FOLLOW if followed else SET, former, present].append(task)


def _whose(session: Session, notes: Mapping[Task, Note]) -> User | None:
    """Return who others have followed: of the deeds of one person, that person."""
    somebody: User | None = acting_user(session)
    people = {deed.by for found in notes.values() for deed in found.deeds}
    return somebody or (people.pop() if len(people) == 1 else None)


def _first_assignments(session: Session) -> Mapping[User | None, list[Task]]:
    """Return the new tasks that have resources, by who gave them these."""
    user = acting_user(session)
    found = defaultdict(list)
    for task in _tasks(session.new):
        if task.__dict__.get("resources"):
            found[user or task.created_by].append(task)
    return found


def _assignments(session: Session) -> Iterator[tuple[Task, _Row]]:
    user, date = acting_user(session), utc_now()
    for task in _tasks(session.dirty):
        if "resources" in inspect(task).committed_state:
            joined, _, left = inspect(task).attrs.resources.history
            for action, users in ((ASSIGN, joined), (UNASSIGN, left)):
                for each in users or ():
                    yield task, _row(action, date, user, resource=each)


def _tasks(objects: Iterable[object]) -> Iterator[Task]:
    return (each for each in objects if isinstance(each, Task))


def _row(
    action: str,
    date: datetime,
    user: User | None,
    former: Status | None = None,
    present: Status | None = None,
    resource: User | None = None,
) -> _Row:
    return {
        "date": date,
        "action": action,
        "user_id": user and user.id,
        "from_status_id": former and former.id,
        "to_status_id": present and present.id,
        "resource_id": resource and resource.id,
    }
