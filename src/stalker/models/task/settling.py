"""What follows for tasks, when it is written: others may have changed what it follows from.

A status was derived from what this session knew of others. Before it is written, whoever changes
statuses of the same project has to wait, everything that counts is read again, and what was done is
done once more with it: an action may be impossible by now, or may lead elsewhere. Two people who
finish the last two tasks of a sequence at once finish the sequence.

Sums are written as differences: two people who log their work on parts of one sequence both add to
the sums of the sequence. Each session knows only its own part; the database adds them up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Update, bindparam, event, select, update
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.orm.attributes import instance_state, set_committed_value
from sqlalchemy.orm.base import LoaderCallableStatus

from stalker.db.declarative import named
from stalker.db.engines import begin_immediate
from stalker.db.session import StudioSession, quiet
from stalker.models.mixins.dag import ancestors, has_children
from stalker.models.status import Status
from stalker.models.task import rollup
from stalker.models.task.at_once import lock_rows, write_column
from stalker.models.task.by_hand import write_status
from stalker.models.task.changes import DONE, LEFT, NOTES, SETTLED, Note, notes_of
from stalker.models.task.outdated import concerned, refuse_outdated
from stalker.models.task.propagation import settle_statuses
from stalker.models.task.rounds import refresh_reviews
from stalker.models.task.surroundings import Surroundings
from stalker.models.task.task import Task

__all__ = ["lock_projects"]

#: what containers take over from their children, beside the status
_SPREADS = frozenset({"_start", "_end", "_schedule_seconds"})


def _settle(session: Session) -> None:
    """Do again what was done with stored tasks, with what others have written meanwhile.

    If that is refused, the notes stay for whoever tries again.
    """
    with quiet:
        notes, found = _known_notes(session), concerned(session)
        if projects := {task.project_id for task in notes} | found.projects:
            lock_projects(session, projects)
            refuse_outdated(session, found)
        _do_all_again(session, notes)
    if NOTES in session.info:
        session.info[DONE] = session.info.pop(NOTES)


def _known_notes(session: Session) -> dict[Task, Note]:
    """Return the notes on tasks that stay."""
    gone = session.deleted if session.info.get(NOTES) else ()
    return {
        task: found
        for task, found in notes_of(session).items()
        if task in session and task not in gone and _has_project(task)
    }


def _do_all_again(session: Session, notes: Mapping[Task, Note]) -> None:
    if not notes:
        return
    with quiet:
        around = Surroundings(fresh=True)
        known = {task: _work(task) for task, found in notes.items() if found.deeds}
        around.refresh(session, notes)
        before = {task: _written(task) for task in notes}
        for task, found in notes.items():
            if found.deeds:
                _do_again(task, found, before[task], _work(task) != known[task])
            elif before[task] != found.former or _is_planned_anew(task):
                _do_again(task, found, before[task])
        refresh_reviews(session, notes)
        moved = {task for task in notes if _has_moved(task)}
        # where neither this session nor another one has changed anything, nobody has to follow
        formers = {
            task: before[task]
            for task, found in notes.items()
            if not found.former == found.present == before[task]
        }
        changed = {task: found for task, found in notes.items() if task in moved or task in formers}
        if any(session.info.get(LEFT, ())):
            return  # derived without what is still there, and about to go
        around.expect(session, changed)
        if moved:
            around.load_expected()
        settle_statuses(formers, {task for task in formers if notes[task].deeds}, around)
        if around.are_loaded:
            _fit(changed)


def _has_moved(task: Task) -> bool:
    return not _SPREADS.isdisjoint(instance_state(task).committed_state)


def _has_project(task: Task) -> bool:
    # one that was not looked at is the stored one
    return "project" not in task.__dict__ or task.project is not None


def lock_projects(session: Session, numbers: Collection[int]) -> None:
    """Let nobody else change tasks of the projects with these ids until this transaction ends."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        begin_immediate(connection)  # nobody else writes anything
        return
    project = named("Project")
    query = select(project.project_id).where(project.project_id.in_(numbers))
    # always in the same order, and without hindering those who only refer to the project
    connection.execute(query.order_by(project.project_id).with_for_update(key_share=True))


def _written(task: Task) -> str:
    """Return the code of the status that the database has."""
    status = instance_state(task).committed_state.get("status")
    return str((task.status if status is None else status).code)


def _work(task: Task) -> int | None:
    """Return the logged seconds that the database had when it was last asked."""
    key = "_total_logged_seconds"
    seconds: int | None = instance_state(task).committed_state.get(key, task.__dict__.get(key))
    return seconds


def _do_again(task: Task, found: Note, written: str, have_others_worked: bool = False) -> None:
    was_set_by_hand = task.status.code not in (found.present, written)
    if written != found.former and not was_set_by_hand:
        code = task._again(written, found.deeds)
        if code != task.status.code:
            write_status(task, task.status_list[code] or task.status)
        found.present = task.status.code
    # what was planned here since stays
    if have_others_worked and {"stop", "complete"} & set(found.actions[-1:]):
        task._cap_effort()
    if _is_planned_anew(task) and not has_children(task):
        # a plan is not added to another one: the last one counts
        rollup.plan_changed(task)


def _is_planned_anew(task: Task) -> bool:
    return "_schedule_seconds" in instance_state(task).committed_state


def _fit(tasks: Iterable[Task]) -> None:
    """Fit the containers of *tasks* around what others have moved, too."""
    parents = dict.fromkeys(task.parent for task in tasks if task.parent is not None)
    line = [each for parent in parents for each in (parent, *ancestors(parent))]
    for container in dict.fromkeys(line):
        rollup.fit(container)


def _write(session: Session) -> None:
    tasks = [each for each in session.dirty if isinstance(each, Task)]
    gone = session.deleted
    tasks = [each for each in tasks if each not in gone]
    statuses, sums = _take_statuses(session, tasks), list(_take_sums(tasks))
    table: Any = Task.__table__
    lock_rows(session, table, {row["of_task"] for row in sums}.union(*statuses.values()))
    write_column(session, table.c.status_id, statuses)
    if sums:
        session.connection().execute(_add_to_sums(), sums)


def _take_statuses(session: Session, tasks: Iterable[Task]) -> Mapping[int, list[int]]:
    """Return the ids of tasks by those of the statuses to be written, and take them for written."""
    settled = session.info[SETTLED] = {}
    numbers = defaultdict(list)
    for task in tasks:
        former, present = _statuses(task)
        if present is not None:
            settled[task] = former, present
            numbers[present.id].append(task.id)
            state = instance_state(task)
            state.dict["status_id"] = present.id
            state._commit(state.dict, ("status", "status_id"))
    return numbers


def _take_sums(tasks: Iterable[Task]) -> Iterator[dict[str, int]]:
    for task in tasks:
        if not instance_state(task).committed_state:
            continue
        planned = _difference(task, "_schedule_seconds")
        logged = _difference(task, "_total_logged_seconds")
        if planned or logged:
            yield {"of_task": task.id, "planned": planned, "logged": logged}


@cache  # what takes longest is to put it together
def _add_to_sums() -> Update:
    table: Any = Task.__table__
    return (
        update(table)
        .where(table.c.id == bindparam("of_task"))
        .values(
            schedule_seconds=table.c.schedule_seconds + bindparam("planned"),
            total_logged_seconds=table.c.total_logged_seconds + bindparam("logged"),
        )
    )


def _statuses(task: Task) -> tuple[Any, Status | None]:
    """Return the former and the present status of a task, if another one has been set."""
    former = instance_state(task).committed_state.get("status", LoaderCallableStatus.NO_VALUE)
    present = task.__dict__.get("status")
    if not isinstance(former, Status) or former is present or present is None:
        return None, None
    return (former, present) if instance_state(present).has_identity else (None, None)


def _difference(task: Task, key: str) -> int:
    """Return by how much a sum has changed, and take it for written."""
    before = instance_state(task).committed_state.get(key)
    after = task.__dict__.get(key)
    if not isinstance(before, int) or not isinstance(after, int):
        return 0  # it was missing, or will be: written as it is
    set_committed_value(task, key, after)
    return after - before


# first, because it loads lists, and last, after everything that changes a sum or a status
StudioSession.before_writing.insert(0, _settle)
StudioSession.before_writing.append(_write)


@event.listens_for(StudioSession, "after_soft_rollback")
def _forget(session: Session, previous: SessionTransaction) -> None:
    session.info.pop(NOTES, None)
    session.info.pop(DONE, None)
