"""The order of work: prepare, place what is ready, check, answer."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop
from itertools import count

from stalker.core.collecting import paused
from stalker.scheduling.native.building import build, classify, connect
from stalker.scheduling.native.checks import check_after, check_before
from stalker.scheduling.native.criticalness import rate, work_list
from stalker.scheduling.native.explain import explain
from stalker.scheduling.native.logged import book_logged
from stalker.scheduling.native.loops import check_loops
from stalker.scheduling.native.placing import place
from stalker.scheduling.native.propagation import can_inherit, offer, spread
from stalker.scheduling.native.remarks import remark
from stalker.scheduling.native.state import Job, Plan
from stalker.scheduling.native.timesheet import timesheet
from stalker.scheduling.problem import Problem
from stalker.scheduling.result import Explanation, Fault, Planned, Result, Work
from stalker.scheduling.validation import entity_faults, refuse

#: after how many tasks somebody hears of the progress
PULSE = 64


def validate(problem: Problem) -> tuple[Fault, ...]:
    """Return everything that is wrong with *problem*, without planning it."""
    faults = entity_faults(problem)
    if faults:
        return faults
    plan = build(problem)
    prepare(plan)
    return tuple(plan.faults)


def schedule(
    problem: Problem,
    *,
    strict: bool = True,
    seed: int = 0,
    reasons: bool = False,
    actual_starts: bool = False,
    work: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> Result:
    """Plan all tasks of *problem*; the same problem and *seed* give the same plan.

    What is wrong with the problem, or does not fit, is a `SchedulingError`. A plan that is not
    *strict* has faults instead where tasks do not fit or come too early; a problem that is wrong
    in itself is refused in any case. *reasons*, and the exact times of all *work*, are worked out
    if they are asked for.

    With *actual_starts*, what depends on the start of an effort and on something else waits until
    that effort has been placed. TaskJuggler may take the moment at which it could begin at the
    earliest, and then finds that the plan is wrong (``task_pred_before``).

    *on_progress* hears now and then how many tasks have been placed, and of how many.
    """
    faults = entity_faults(problem)
    if faults:
        refuse(faults)
    # a third of the time of a large plan would go into looking for garbage, and there is none yet
    with paused():
        plan = build(problem, strict=True, seed=seed, actual_starts=actual_starts)
        prepare(plan)
        plan.strict = strict
        run(plan, on_progress)
        check_after(plan)
        remark(plan)
        result = answer(plan, explain(plan) if reasons else {}, timesheet(plan) if work else {})
        plan.release()
        return result


def prepare(plan: Plan) -> None:
    """Do everything that comes before the first task is placed."""
    for job in plan.jobs:
        classify(job)
        book_logged(plan, job)
    connect(plan)
    for job in plan.jobs:
        _first_dates(plan, job)
    check_before(plan)
    check_loops(plan)
    if not plan.faults:  # it goes round in circles where there is a loop
        rate(plan)


def _first_dates(plan: Plan, job: Job) -> None:
    """Spread the dates that are given, and those of the frame."""
    for at_end in (False, True):
        if job.end_reached if at_end else job.start_reached:
            continue
        date = job.end if at_end else job.start
        if date is not None:
            spread(plan, job, date, at_end, final=True)
        elif job.parent is None and can_inherit(job, at_end):
            spread(plan, job, plan.size if at_end else 0, at_end, final=True)


def run(plan: Plan, on_progress: Callable[[int, int], None] | None = None) -> None:
    """Place tasks: always the most important one of those that have the dates they need."""
    listed = work_list(plan)
    for job in listed:
        offer(plan, job)
    for done in count():
        if not plan.ready:
            break
        if on_progress is not None and not done % PULSE:
            on_progress(done, len(listed))
        job = listed[heappop(plan.ready)]
        if not job.scheduled:
            place(plan, job)
    if on_progress is not None:
        on_progress(len(listed), len(listed))


def answer(
    plan: Plan, reasons: dict[str, Explanation], work: dict[str, tuple[Work, ...]]
) -> Result:
    """Return what was found out, as dates."""
    tasks = {
        job.task.id: Planned(
            None if job.start is None else plan.date(job.start),
            None if job.end is None else plan.date(job.end),
            tuple(worker.artist.id for worker in job.work),
        )
        for job in plan.jobs
    }
    return Result(tasks, tuple(plan.notices), tuple(plan.faults), reasons, work)
