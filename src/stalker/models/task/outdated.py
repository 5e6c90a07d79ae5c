"""What was worked out from what another session has changed meanwhile is refused.

A task that moves or is deleted takes its sums from all that it was part of, and so does a time log
that is taken back or made longer. How much that is, and who these are, each session knows from what
it has read. Where that is not true any more when it is written, nothing is written: whoever tries
again reads what is true.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_state

from stalker.db.among import among
from stalker.exceptions import OutdatedError
from stalker.models.task.task import Task
from stalker.models.task.time_log import TimeLog

__all__ = ["Concerned", "concerned", "refuse_outdated"]

#: what a task gives to all that it is part of
_GIVEN = ("_schedule_seconds", "_total_logged_seconds", "_start", "_end")
_REACHES_UP = frozenset({"parent", *_GIVEN})
_OF_LOGS = frozenset({"_start", "_end", "task"})


@dataclass(frozen=True, slots=True)
class Concerned:
    """What a flush writes, and others may have changed before."""

    #: what they add to the tasks above them counts
    changed: Collection[Task]
    #: what they take with them counts, too
    leaving: Collection[Task]
    logs: Collection[TimeLog]

    @property
    def projects(self) -> set[int]:
        """Ids of the projects that this is part of."""
        tasks = {*self.changed, *self.leaving, *(log.task for log in self.logs if log.task)}
        return {task.project_id for task in tasks if task.project_id is not None}


def concerned(session: Session) -> Concerned:
    """Return what is about to be written."""
    gone, dirty = session.deleted, session.dirty
    going = {each for each in gone if isinstance(each, Task)}
    tasks = [each for each in dirty if isinstance(each, Task) and each not in going]
    # taken out of the list of its project, a task is deleted, too
    orphans = {each for each in tasks if "project" in each.__dict__ and each.project is None}
    going |= orphans
    changed = [each for each in tasks if each not in orphans and _has(each, _REACHES_UP)]
    roots = [each for each in going if each.project not in gone and each.parent not in going]
    moved = [each for each in changed if "parent" in instance_state(each).committed_state]
    logs = [each for each in gone if isinstance(each, TimeLog)]
    logs += [each for each in dirty if isinstance(each, TimeLog) and _has(each, _OF_LOGS)]
    kept = [each for each in logs if each.task not in going and instance_state(each).key]
    return Concerned(changed, [*roots, *moved], [each for each in kept if _is_kept(each, gone)])


def _has(entity: Any, keys: frozenset[str]) -> bool:
    return not keys.isdisjoint(instance_state(entity).committed_state)


def _is_kept(log: TimeLog, gone: Collection[object]) -> bool:
    return log.task is None or log.task.project not in gone


def refuse_outdated(session: Session, found: Concerned) -> None:
    """Raise `OutdatedError` if somebody else has changed what this session has relied on."""
    tasks = {each.id: each for each in (*found.leaving, *found.changed)}
    leaving = set(found.leaving)
    stored = _stored(session, _places(), tasks)
    for number, task in tasks.items():
        row = stored.get(number)
        if row is None:
            raise _error(task, "deleted")
        if task.__dict__.get("parent_id", row.parent_id) != row.parent_id:
            raise _error(task, "moved")
        if task in leaving and not _is_known(task, _GIVEN, row[2:]):
            raise _error(task, "planned, or worked on,")
    logs = {each.time_log_id: each for each in found.logs}
    stored = _stored(session, _spans(), logs)
    for number, log in logs.items():
        row = stored.get(number)
        if row is None:
            raise _error(log, "deleted")
        if not _is_known(log, ("_start", "_end", "task_id"), row[1:]):
            raise _error(log, "changed")


def _is_known(entity: Task | TimeLog, keys: Iterable[str], values: Iterable[Any]) -> bool:
    """Say whether *values* are what this session has read; what it has not read is true."""
    state = instance_state(entity)
    for key, value in zip(keys, values, strict=True):
        known = state.committed_state.get(key, state.dict.get(key))
        if known != value and type(known) is type(value):
            return False
    return True


def _error(entity: Task | TimeLog, what: str) -> OutdatedError:
    return OutdatedError(
        f"{entity!r} has been {what} by another session at the same moment: nothing is written, "
        "try again",
        entity=entity,
    )


def _stored(session: Session, query: Select[Any], numbers: Collection[int]) -> dict[int, Any]:
    if not numbers:
        return {}
    return {row.id: row for row in session.connection().execute(query, {"numbers": [*numbers]})}


@cache  # what takes longest is to put them together
def _places() -> Select[Any]:
    task: Any = Task.__table__.c
    given = (task[key.removeprefix("_")] for key in _GIVEN)
    return select(task.id, task.parent_id, *given).where(among(task.id, name="numbers"))


@cache
def _spans() -> Select[Any]:
    log: Any = TimeLog.__table__.c
    return select(log.id, log.start, log.end, log.task_id).where(among(log.id, name="numbers"))
