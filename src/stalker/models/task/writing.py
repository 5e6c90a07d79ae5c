"""Many rows in which one column has changed are written at once.

The unit of work looks at each object that may have changed, and at each of its lists: thousands of
tasks that have followed another one would cost more there than everything else does.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import InstanceState, Session
from sqlalchemy.orm.attributes import instance_state, set_committed_value

from stalker.core.kinds import DependencyTarget
from stalker.db.session import StudioSession
from stalker.models.task.at_once import lock_rows, write_column
from stalker.models.task.dependency import TaskDependency
from stalker.models.task.loosening import forget_expired, take_loosened, tell_loaded
from stalker.models.task.task import Task

__all__: list[str] = []


def _write_targets(session: Session) -> None:
    """Write for which end of a prerequisite links wait, where nothing else of them has changed."""
    rows: dict[DependencyTarget, set[Any]] = {each: set() for each in DependencyTarget}
    rows[DependencyTarget.ON_START] = take_loosened(session)
    for link in session.dirty:
        if isinstance(link, TaskDependency):
            state: InstanceState[Any] = instance_state(link)
            if set(state.committed_state) == {"dependency_target"} and link not in session.deleted:
                rows[link.dependency_target].add((link.task_id, link.depends_to_id))
                set_committed_value(link, "dependency_target", link.dependency_target)
    table: Any = TaskDependency.__table__
    lock_rows(session, table, set().union(*rows.values()))
    write_column(session, table.c.dependency_target, rows)


def _release(session: Session) -> None:
    """Keep from the unit of work what has nothing left to be written."""
    dirty = list(session.dirty)
    gone = session.deleted
    written = [each for each in dirty if _is_written(each) and each not in gone]
    if len(written) == len(dirty) and not session.new and not session.deleted:
        written = written[1:]  # of a flush without any object nobody would be told
    states: list[InstanceState[Any]] = [instance_state(each) for each in written]
    # a savepoint that is rolled back has to forget what was written, all the same
    session._register_altered(states)
    InstanceState._commit_all_states(
        ((state, state.dict) for state in states), session.identity_map
    )


def _is_written(each: Any) -> bool:
    if not isinstance(each, (Task, TaskDependency)):
        return False
    state: InstanceState[Any] = instance_state(each)
    return not state.committed_state and not state.__dict__.get("_pending_mutations")


for _happening in ("load", "refresh"):
    event.listen(TaskDependency, _happening, tell_loaded)
event.listen(Task, "expire", forget_expired, propagate=True)

# after the statuses and the sums
StudioSession.before_writing += [_write_targets, _release]
