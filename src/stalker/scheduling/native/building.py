"""From a problem to jobs and workers: order, inheritance, amounts, and who waits for whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from random import Random

from stalker.core.kinds import (
    AllocationStrategy,
    DependencyTarget,
    GapModel,
    ScheduleModel,
)
from stalker.scheduling.amounts import Yardstick, yardstick
from stalker.scheduling.native.calendars import Calendar
from stalker.scheduling.native.state import Job, Link, Place, Plan, Worker
from stalker.scheduling.problem import Dependency, Problem, Task


def build(
    problem: Problem, *, strict: bool = False, seed: int = 0, actual_starts: bool = False
) -> Plan:
    """Return *problem* as a plan in which nothing has a date yet."""
    calendar = Calendar(problem)
    measure = yardstick(problem)
    workers = {each.id: Worker(each, *calendar.artist(each)) for each in problem.artists}
    jobs = list(_in_order(problem.tasks))
    for job in jobs:
        _fill(job, workers, measure, calendar)
    for job in reversed(jobs):
        if job.parent is not None:
            job.parent.last = max(job.parent.last, job.last)
    now = calendar.slot(problem.start if problem.now is None else problem.now)
    chance = Random(seed)  # noqa: S311 - no secret
    return Plan(problem, calendar, jobs, workers, strict, chance, actual_starts, now)


def _in_order(tasks: tuple[Task, ...]) -> Iterator[Job]:
    """Yield the jobs depth first, parents before their children, children as they are listed."""
    below: defaultdict[str | None, list[Task]] = defaultdict(list)
    for task in tasks:
        below[task.parent].append(task)
    waiting: list[tuple[Task, Job | None]] = [(task, None) for task in reversed(below[None])]
    seq = 0
    while waiting:
        task, parent = waiting.pop()
        seq += 1
        job = Job(task, seq, parent)
        if parent is not None:
            parent.children.append(job)
            parent.pending += 1
        yield job
        if task.id in below:
            waiting.extend((child, job) for child in reversed(below[task.id]))


def _fill(job: Job, workers: dict[str, Worker], measure: Yardstick, calendar: Calendar) -> None:
    task = job.task
    job.waits = bool(task.dependencies) or (job.parent is not None and job.parent.waits)
    if task.start is not None:
        job.start = calendar.slot(task.start)
    if task.end is not None:
        job.end = calendar.slot(task.end)
    if job.end is not None:
        job.forward = False
    elif job.parent is not None and job.start is None and not task.dependencies:
        job.forward = job.parent.forward
    if task.priority is not None:
        job.priority = task.priority
    elif job.parent is not None:
        job.priority = job.parent.priority
    if task.timing is not None and task.model is not None:
        slots = measure.slots(task.model, task.timing)
        if task.model == ScheduleModel.EFFORT:
            job.effort = slots
        elif task.model == ScheduleModel.LENGTH:
            job.length = slots
        else:
            job.duration = slots
        job.timed = job.timed or slots > 0
    for allocation in task.allocations:
        candidates = [workers[each] for each in allocation.candidates]
        place = Place(candidates, allocation.select, allocation.persistent, allocation.mandatory)
        if len(candidates) == 1 or allocation.select == AllocationStrategy.ORDER:
            place.fixed = candidates
        job.places.append(place)


def classify(job: Job) -> None:
    """Make a task that says nothing about its time a milestone, and copy its only date."""
    if job.children or job.timed or job.task.bookings or job.places:
        return
    if job.forward:
        job.milestone = job.timed = True
        job.end = job.start
    elif job.start is None and not job.waits:
        job.milestone = job.timed = True
        job.start = job.end


def connect(plan: Plan) -> None:
    """Resolve the dependencies of all tasks; the order of the lists decides later who is first."""
    by_id = {job.task.id: job for job in plan.jobs}
    measure = yardstick(plan.problem)
    for job in plan.jobs:
        named: set[Job] = set()
        if job.parent is not None:
            for link in job.parent.links:
                _link(plan, job, link, named)
        for dependency in job.task.dependencies:
            target = by_id.get(dependency.target)
            if target is None:
                plan.fault(
                    "task_depend_unknown",
                    job,
                    f"depends on {dependency.target!r}, which is not part of the plan.",
                )
            else:
                _link(plan, job, _measured(dependency, target, measure), named)


def _measured(dependency: Dependency, target: Job, measure: Yardstick) -> Link:
    on_end = dependency.on == DependencyTarget.ON_END
    gap = dependency.gap
    if gap is None:
        return Link(target, on_end, 0, 0)
    if dependency.gap_model == GapModel.LENGTH:
        return Link(target, on_end, measure.slots(GapModel.LENGTH, gap), 0)
    return Link(target, on_end, 0, measure.gap_seconds(gap) // measure.step)


def _link(plan: Plan, job: Job, link: Link, named: set[Job]) -> None:
    target = link.target
    name = target.task.name
    if target is job:
        plan.fault("task_depend_self", job, "depends on itself.")
    elif job.holds(target):
        plan.fault("task_depend_child", job, f"depends on {name!r}, which is a part of it.")
    elif target.holds(job):
        plan.fault("task_depend_parent", job, f"depends on {name!r}, which it is a part of.")
    elif target in named:
        plan.fault(
            "task_depend_multi",
            job,
            f"depends on {name!r} twice, itself or through a container of it.",
        )
    else:
        named.add(target)
        job.links.append(link)
        successors = target.end_successors if link.on_end else target.start_successors
        successors.append(job)
