"""The tasks of a problem, and what of them a scheduler has to see in another way.

A dependency that a container has already is left out, or waits in a milestone of its own; what is
finished without any work, or belongs to a project that is not planned, stays where it is. What is
omitted is not among the rows: nothing waits for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from stalker.core.kinds import DependencyTarget, ScheduleConstraint, ScheduleModel
from stalker.log import get_logger
from stalker.models.schedulers.intervals import at
from stalker.models.schedulers.keys import project_key, task_key, user_key
from stalker.models.schedulers.rows import AnyRow, Rows
from stalker.scheduling import Allocation, Amount, Booking, Dependency, Interval, Task
from stalker.workflow.derive import is_finished

__all__ = ["Tasks"]

logger = get_logger(__name__)

_STARTS = (ScheduleConstraint.START, ScheduleConstraint.BOTH)
_ENDS = (ScheduleConstraint.END, ScheduleConstraint.BOTH)


@dataclass
class Tasks:
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
    #: for what a dependency says more than that of a container
    gates: list[Task] = field(default_factory=list)

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
        for number, worked in self.bookings.items():
            if number not in self.keys:  # it is omitted
                self.block(worked)
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
        yield from self.gates

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
            more = [self.gate(row) for row in own if self.says_more(row, given)]
            yield self.task(task, above, (*map(self.dependency, new), *more))
            given = given | {row.depends_to_id: row for row in new}
            key = self.keys[task.id]
            waiting += [(child, key, given) for child in reversed(self.children.get(task.id, []))]

    def says_more(self, row: AnyRow, given: dict[int, AnyRow]) -> bool:
        """Say whether a task waits for another one in a way that its container does not."""
        if row.depends_to_id not in given:
            return False
        if not _is_implied(row, given[row.depends_to_id]):
            return True
        names = self.labels[row.task_id], self.labels[row.depends_to_id]
        logger.info("%s waits for %s with its container", *names)
        return False

    def gate(self, row: AnyRow) -> Dependency:
        """Return a dependency on a milestone that waits in the place of the task.

        Nothing may depend on a task that its container depends on (`task_depend_multi`).
        """
        names = self.labels[row.task_id], self.labels[row.depends_to_id]
        key = f"Gate_{row.task_id}_{row.depends_to_id}"
        waits = (self.dependency(row),)
        label = f"{names[0]} waits for {names[1]}"
        self.gates.append(Task(key, milestone=True, dependencies=waits, label=label))
        return Dependency(key)

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
        self.block(worked)
        # what is measured by time is done when that has passed, whatever was logged
        counted = worked if task.schedule_model == ScheduleModel.EFFORT else ()
        begun = min((each.start for each in counted), default=at(task.start, self.step))
        ended = max((each.end for each in counted), default=at(task.end, self.step, up=True))
        start = min(max(begun, self.start), self.end)
        end = min(max(ended, start), self.end)
        return Task(self.keys[task.id], parent, start=start, end=end, label=self.labels[task.id])


def _is_implied(row: AnyRow, other: AnyRow) -> bool:
    """Say whether who waits for a task as *other* says has waited as *row* says, too."""
    ways = [(each.gap_timing, each.gap_unit, each.gap_model) for each in (row, other)]
    later = other.dependency_target in (row.dependency_target, DependencyTarget.ON_END)
    return later and (not row.gap_timing or ways[0] == ways[1])
