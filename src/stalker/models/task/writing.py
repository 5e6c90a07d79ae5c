"""Many rows in which one column has changed are written at once.

The unit of work looks at each object that may have changed, and at each of its lists: thousands of
tasks that have followed another one would cost more there than everything else does.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, event, update
from sqlalchemy.orm import InstanceState, Session
from sqlalchemy.orm.attributes import instance_state, set_committed_value

from stalker.core.kinds import DependencyTarget
from stalker.db.session import StudioSession
from stalker.models.task.dependency import TaskDependency
from stalker.models.task.loosening import forget_expired, take_loosened, tell_loaded
from stalker.models.task.task import Task

__all__: list[str] = []


def _write_targets(session: Session) -> None:
    """Write for which end of a prerequisite links wait, where nothing else of them has changed."""
    rows = [
        {"of_task": task, "on_task": other, "target": DependencyTarget.ON_START}
        for task, other in take_loosened(session)
    ]
    for link in session.dirty:
        if isinstance(link, TaskDependency):
            state: InstanceState[Any] = instance_state(link)
            if set(state.committed_state) == {"dependency_target"} and link not in session.deleted:
                key = {"of_task": link.task_id, "on_task": link.depends_to_id}
                rows.append({**key, "target": link.dependency_target})
                set_committed_value(link, "dependency_target", link.dependency_target)
    if rows:
        table: Any = TaskDependency.__table__
        is_link = table.c.task_id == bindparam("of_task")
        is_link &= table.c.depends_to_id == bindparam("on_task")
        # always in the same order: nobody waits for somebody who waits for him
        rows.sort(key=lambda row: (row["of_task"], row["on_task"]))
        statement = update(table).where(is_link).values(dependency_target=bindparam("target"))
        session.connection().execute(statement, rows)


def _release(session: Session) -> None:
    """Keep from the unit of work what has nothing left to be written."""
    dirty = list(session.dirty)
    written = [each for each in dirty if _is_written(session, each)]
    if len(written) == len(dirty) and not session.new and not session.deleted:
        written = written[1:]  # of a flush without any object nobody would be told
    for each in written:
        state: InstanceState[Any] = instance_state(each)
        # a savepoint that is rolled back has to forget what was written, all the same
        session._register_altered([state])
        state._commit_all(state.dict, session.identity_map)


def _is_written(session: Session, each: Any) -> bool:
    if not isinstance(each, (Task, TaskDependency)) or each in session.deleted:
        return False
    state: InstanceState[Any] = instance_state(each)
    return not state.committed_state and not state._pending_mutations


for _happening in ("load", "refresh"):
    event.listen(TaskDependency, _happening, tell_loaded)
event.listen(Task, "expire", forget_expired, propagate=True)

# after the statuses and the sums
StudioSession.before_writing += [_write_targets, _release]
