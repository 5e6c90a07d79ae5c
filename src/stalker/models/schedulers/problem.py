"""The rows of a studio as a problem that a scheduler can solve.

What a scheduler would refuse although everybody knows what is meant is brought into shape here:
logs and vacations between two steps of the grid, a dependency that a container has already, tasks
that are finished without any work, and tasks of projects that are not planned.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from stalker.core.kinds import DependencyTarget, ScheduleConstraint, ScheduleModel
from stalker.log import get_logger
from stalker.models.schedulers.intervals import at, joined, midnight, outward, week_of
from stalker.models.schedulers.rows import AnyRow, Rows
from stalker.scheduling import (
    Allocation,
    Amount,
    Artist,
    Booking,
    Dependency,
    Interval,
    Problem,
    Task,
)
from stalker.workflow.derive import is_finished

if TYPE_CHECKING:
    from stalker.models.studio import Studio

__all__ = ["entity_id", "problem_of", "project_key", "task_key", "user_key"]

logger = get_logger(__name__)

_STARTS = (ScheduleConstraint.START, ScheduleConstraint.BOTH)
_ENDS = (ScheduleConstraint.END, ScheduleConstraint.BOTH)


def project_key(number: int) -> str:
    """Return what a plan calls the project with that id."""
    return f"Project_{number}"


def task_key(number: int) -> str:
    """Return what a plan calls the task with that id."""
    return f"Task_{number}"


def user_key(number: int) -> str:
    """Return what a plan calls the person with that id."""
    return f"User_{number}"


def entity_id(key: str) -> int | None:
    """Return the id of what a plan calls like that; nothing for the plan as a whole."""
    number = key.rpartition("_")[2]
    return int(number) if number else None


def problem_of(studio: Studio, rows: Rows) -> Problem:
    """Return what has to be planned, in the frame and with the hours of *studio*.

    Logs that lie outside of the frame make it wider.
    """
    step = studio.timing_resolution
    bookings = _bookings(rows, step)
    worked = [each for some in bookings.values() for each in some]
    start = min([midnight(studio.start), *(midnight(each.start) for each in worked)])
    end = max([midnight(studio.end), *(midnight(each.end, up=True) for each in worked)])
    if (start, end) != (midnight(studio.start), midnight(studio.end)):
        logger.warning(
            "work was logged outside of the frame of %r: planning %s - %s", studio, start, end
        )
    tasks = _Tasks(rows, bookings, start, end, step)
    all_tasks = tuple(tasks.all())
    _tell_of_future_work(all_tasks, studio.now)
    away, leaves = _vacations(rows, step)
    for worker, times in tasks.elsewhere.items():
        leaves[worker] += times
    return Problem(
        start=start,
        end=end,
        resolution=step,
        week=week_of(studio.working_hours),
        tasks=all_tasks,
        artists=tuple(
            Artist(
                user_key(user.id),
                user.efficiency,
                joined(leaves[user_key(user.id)]),
                label=user.name,
            )
            for user in rows.users
        ),
        now=at(studio.now, step),
        daily_working_hours=studio.daily_working_hours,
        artist_leaves=joined(away),
    )


# --- People ---------------------------------------------------------------------------------------


def _vacations(rows: Rows, step: timedelta) -> tuple[list[Interval], dict[str, list[Interval]]]:
    """Return when the studio is closed, and when each person is away or works elsewhere."""
    found: dict[str, list[Interval]] = defaultdict(list)
    for row in (*rows.vacations, *rows.elsewhere):
        user_id, start, end = tuple(row)
        if start is not None and end is not None and start < end:
            key = "" if user_id is None else user_key(user_id)
            found[key].append(outward(start, end, step))
    return found.pop("", []), found


def _bookings(rows: Rows, step: timedelta) -> dict[int, list[Booking]]:
    """Return the logs by task, on the grid: nobody is in two places in one step of it."""
    logs = [log for some in rows.logs.values() for log in some]
    free_from: dict[int, datetime] = {}
    found: dict[int, list[Booking]] = defaultdict(list)
    for log in sorted(logs, key=lambda each: (each.start, each.end)):
        begin, until = outward(log.start, log.end, step)
        begin = max(begin, free_from.get(log.resource_id, begin))
        if begin < until:  # else another log has the step already
            free_from[log.resource_id] = until
            found[log.task_id].append(Booking(user_key(log.resource_id), begin, until))
    return found


def _is_implied(row: AnyRow, other: AnyRow) -> bool:
    """Say whether who waits for a task as *other* says has waited as *row* says, too."""
    ways = [(each.gap_timing, each.gap_unit, each.gap_model) for each in (row, other)]
    later = other.dependency_target in (row.dependency_target, DependencyTarget.ON_END)
    return later and (not row.gap_timing or ways[0] == ways[1])


def _tell_of_future_work(tasks: Iterable[Task], now: datetime) -> None:
    """Log who has worked after *now*: a task that needs less than that cannot be planned."""
    for task in tasks:
        late = [each.end for each in task.bookings if each.end > now]
        if late:
            logger.warning("work was logged on %s until %s, after %s", task.name, max(late), now)


# --- Tasks ----------------------------------------------------------------------------------------


@dataclass
class _Tasks:
    """Makes the tasks of a problem: parents first, children in the order of their ids."""

    rows: Rows
    bookings: dict[int, list[Booking]]
    start: datetime
    end: datetime
    step: timedelta
    children: dict[int | None, list[AnyRow]] = field(init=False)
    keys: dict[int, str] = field(init=False)
    labels: dict[int, str] = field(init=False)
    #: when people did work that is not planned here
    elsewhere: dict[str, list[Interval]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.children = defaultdict(list)
        for task in self.rows.tasks:
            self.children[task.parent_id].append(task)
        known = [*self.rows.tasks, *self.rows.foreign]
        self.keys = {task.id: task_key(task.id) for task in known}
        names = {task.id: task.name for task in known}
        # a studio has hundreds of tasks of one name
        self.labels = {
            task.id: "/".join(filter(None, (names.get(task.parent_id), task.name)))
            for task in known
        }

    def all(self) -> Iterator[Task]:
        for row in self.rows.foreign:
            task = self.fixed(row, None)
            if not self.start <= row.start <= row.end <= self.end:
                logger.warning(
                    "%s of a project that is not planned lies outside of the frame, at %s - %s: "
                    "what waits for it is planned as if it were at %s - %s",
                    *(task.name, row.start, row.end, task.start, task.end),
                )
            yield task
        roots: dict[int, list[AnyRow]] = defaultdict(list)
        for root in self.children[None]:
            roots[root.project_id].append(root)
        for project in self.rows.projects:
            key = project_key(project.id)
            yield Task(key, label=project.name)
            yield from self.below(roots[project.id], key)

    def below(self, tasks: list[AnyRow], parent: str) -> Iterator[Task]:
        nothing: dict[int, AnyRow] = {}
        waiting = [(task, parent, nothing) for task in reversed(tasks)]
        while waiting:
            task, above, given = waiting.pop()
            # somebody may have added one, and the task, since the tasks were read
            own = [
                row
                for row in self.rows.dependencies.get(task.id, ())
                if row.depends_to_id in self.keys
            ]
            new = [row for row in own if row.depends_to_id not in given]
            for row in own:
                if row.depends_to_id in given:
                    self.tell_of_dropped(row, given[row.depends_to_id])
            yield self.task(task, above, tuple(map(self.dependency, new)))
            given = given | {row.depends_to_id: row for row in new}
            key = self.keys[task.id]
            waiting += [(child, key, given) for child in reversed(self.children.get(task.id, []))]

    def tell_of_dropped(self, row: AnyRow, kept: AnyRow) -> None:
        """Log that a task waits for another one as its container does, whatever it says itself."""
        names = self.labels[row.task_id], self.labels[row.depends_to_id]
        if _is_implied(row, kept):
            logger.info("%s waits for %s with its container", *names)
        else:
            logger.warning(
                "%s waits for %s only as long as its container does: its own gap or target is "
                "left out of the plan",
                *names,
            )

    def dependency(self, row: AnyRow) -> Dependency:
        gap = Amount(row.gap_timing, row.gap_unit) if row.gap_timing else None
        return Dependency(self.keys[row.depends_to_id], row.dependency_target, gap, row.gap_model)

    def task(self, task: AnyRow, parent: str, dependencies: tuple[Dependency, ...]) -> Task:
        common: dict[str, Any] = {
            "id": self.keys[task.id],
            "parent": parent,
            # TaskJuggler begins with 1
            "priority": max(task.priority, 1),
            "dependencies": dependencies,
            "label": self.labels[task.id],
        }
        if task.id in self.children:
            return Task(**common)
        start, end = self.dates(task)
        if task.is_milestone:
            return Task(**common, milestone=True, start=start, end=None if start else end)
        bookings = tuple(self.bookings.get(task.id, ()))
        people = self.rows.resources.get(task.id, ())
        if is_finished(task.status) and not (people and self.is_done(task, bookings)):
            return self.fixed(task, parent)
        works_for_nobody = task.schedule_model == ScheduleModel.EFFORT and not people
        if not (people and task.schedule_timing):
            self.block(bookings)
        if works_for_nobody or not task.schedule_timing:
            return Task(**common)
        if task.schedule_constraint != ScheduleConstraint.BOTH:
            common["model"] = task.schedule_model
            common["timing"] = Amount(task.schedule_timing, task.schedule_unit)
        return Task(
            **common,
            allocations=tuple(self.allocation(task, user) for user in people),
            bookings=bookings if people else (),
            start=start,
            end=end,
        )

    def is_done(self, task: AnyRow, bookings: tuple[Booking, ...]) -> bool:
        """Say whether a scheduler, too, sees that nothing is left to do."""
        slow = {user_key(user.id) for user in self.rows.users if user.efficiency < 1}
        worked = sum((each.end - each.start).total_seconds() for each in bookings)
        return (
            task.schedule_model == ScheduleModel.EFFORT
            and worked >= max(task.schedule_seconds or 0, 1)
            and slow.isdisjoint(each.artist for each in bookings)
        )

    def dates(self, task: AnyRow) -> tuple[datetime | None, datetime | None]:
        """Return the dates that a scheduler must not move."""
        start = task.start if task.schedule_constraint in _STARTS else None
        end = task.end if task.schedule_constraint in _ENDS else None
        return start and at(start, self.step), end and at(end, self.step)

    def allocation(self, task: AnyRow, user: int) -> Allocation:
        others = [each for each in self.rows.alternatives.get(task.id, ()) if each != user]
        if not others:
            return Allocation((user_key(user),))
        return Allocation(
            tuple(map(user_key, (user, *others))),
            task.allocation_strategy,
            persistent=task.persistent_allocation,
        )

    def block(self, bookings: Iterable[Booking]) -> None:
        """Let nobody do anything else at the time of work that is not part of the plan."""
        for each in bookings:
            self.elsewhere[each.artist].append(Interval(each.start, each.end))

    def fixed(self, task: AnyRow, parent: str | None) -> Task:
        """Return a task that stays where it is, as far as that lies in the frame."""
        worked = self.bookings.get(task.id, ())
        begun = min((each.start for each in worked), default=at(task.start, self.step))
        ended = max((each.end for each in worked), default=at(task.end, self.step, up=True))
        self.block(worked)
        start = min(max(begun, self.start), self.end)
        end = min(max(ended, start), self.end)
        return Task(self.keys[task.id], parent, start=start, end=end, label=self.labels[task.id])
