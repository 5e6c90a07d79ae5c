"""What makes a plan impossible before it is tried, and wrong after it was made."""

from __future__ import annotations

from collections.abc import Iterator

from stalker.scheduling.hints import hint
from stalker.scheduling.native.state import Job, Link, Plan


def check_before(plan: Plan) -> None:
    """Find tasks that contradict themselves."""
    for job in plan.jobs:
        _check_kind(plan, job)
        if not job.children:
            _check_dates(plan, job)
        _check_waiting(plan, job)


def _check_kind(plan: Plan, job: Job) -> None:
    task = job.task
    timing = job.effort or job.length or job.duration
    if job.children:
        if task.bookings:
            plan.fault("container_booking", job, "has parts, so that it cannot have bookings.")
        if timing:
            plan.fault("container_duration", job, "has parts, so that it cannot have a timing.")
    elif task.milestone:
        if timing:
            plan.fault("milestone_duration", job, "is a milestone and cannot have a timing.")
        if None not in (task.start, task.end) and task.start != task.end:
            plan.fault(
                "milestone_start_end",
                job,
                "is a milestone, and has a start that is not its end.",
                job.start,
                job.end,
            )
    if job.effort and not job.places:
        plan.fault("effort_no_allocations", job, "has an effort, and nobody to do it.")


def _check_dates(plan: Plan, job: Job) -> None:
    """Find tasks with too few dates, or too many."""
    task = job.task
    if job.milestone:
        return
    if job.timed:
        if None not in (task.start, task.end):
            plan.fault(
                "task_overspecified",
                job,
                "has a start, an end and a timing; one of them must go.",
                job.start,
                job.end,
            )
    elif _is_underspecified(job):
        plan.fault("task_underspecified", job, "says neither how long it takes nor its dates.")


def _is_underspecified(job: Job) -> bool:
    if job.forward:
        return job.end is None and not job.end_successors
    return job.start is None and not job.links


def _check_waiting(plan: Plan, job: Job) -> None:
    """TaskJuggler finds these at the task that is waited for."""
    for other in job.start_successors:
        if not other.forward:
            plan.fault(
                "onstart_wrong_direction",
                other,
                f"has a fixed end, so that it cannot wait for the start of {job.task.name!r}.",
            )


# --- after -------------------------------------------------------------------------------------


def check_after(plan: Plan) -> None:
    """Find what does not fit, and dates that break the rules that they come from.

    The dates of what lies next to a runaway, and of what holds a task that was not found right, are
    passed over: they follow from a fault that is named already. What has no dates at all counts as
    a fault of its own, except in a plan that is not strict.
    """
    doubtful: set[Job] = set()
    for job in _children_first(plan):
        if (job in doubtful or not _is_right(plan, job)) and job.parent is not None:
            doubtful.add(job.parent)


def _children_first(plan: Plan) -> Iterator[Job]:
    waiting: list[tuple[Job, bool]] = [
        (job, False) for job in reversed(plan.jobs) if job.parent is None
    ]
    while waiting:
        job, entered = waiting.pop()
        if entered or not job.children:
            yield job
        else:
            waiting.append((job, True))
            waiting.extend((child, False) for child in reversed(job.children))


def _is_right(plan: Plan, job: Job) -> bool:
    if job.runaway:
        plan.fault(
            "sched_runaway",
            job,
            f"does not fit into the plan, which ends at {plan.say(plan.size)}"
            f"{hint('sched_runaway', job.task, plan.problem)}.",
            job.start,
            job.end,
        )
        return False
    beside = _next_to_runaway(job)
    found = len(plan.faults)
    if not job.scheduled or job.start is None or job.end is None:
        if plan.strict or not beside:
            plan.fault("not_scheduled", job, "could not be given dates.", job.start, job.end)
        return False
    if beside:
        return False
    _check_own_dates(plan, job, job.start, job.end)
    for link in job.links:
        _check_link(plan, job, job.start, link)
    if job.milestone and job.start != job.end:
        plan.fault(
            "milestone_times_equal", job, "is a milestone with two dates.", job.start, job.end
        )
    return len(plan.faults) == found


def _next_to_runaway(job: Job) -> bool:
    return (
        any(link.target.runaway for link in job.links)
        or any(other.runaway for other in job.end_successors)
        or any(other.runaway for other in job.start_successors)
    )


def _check_own_dates(plan: Plan, job: Job, start: int, end: int) -> None:
    for rule, does, slot in (
        ("task_start_range", "starts", start),
        ("task_end_range", "ends", end),
    ):
        if not 0 <= slot <= plan.size:
            plan.fault(rule, job, f"{does} at {plan.say(slot)}, outside of the plan.", start, end)
            return
    if start > end:
        plan.fault(
            "start_after_end",
            job,
            f"would start at {plan.say(start)}, after its end at {plan.say(end)}"
            f"{hint('start_after_end', job.task, plan.problem)}.",
            start,
            end,
        )
    above = job.parent
    if above is not None and not above.scheduled:
        above = None  # a date that it was given is no bound before all that is below it has dates
    if above is not None and above.start is not None and start < above.start:
        plan.fault(
            "task_start_in_parent", job, f"starts before {above.task.name!r}.", start, above.start
        )
    if above is not None and above.end is not None and end > above.end:
        plan.fault("task_end_in_parent", job, f"ends after {above.task.name!r}.", end, above.end)


def _check_link(plan: Plan, job: Job, start: int, link: Link) -> None:
    base = link.base()
    if base is None:
        return
    name = link.target.task.name
    point = "the end" if link.on_end else "the start"
    if start < base + link.gap_duration or (
        link.gap_length and plan.calendar.work_between(base, start) < link.gap_length
    ):
        text = f"starts at {plan.say(start)}, before {point} of {name!r} at {plan.say(base)}"
        if link.gap_length or link.gap_duration:
            text += " and the gap after it"
        if job.task.start is not None:
            text += "; its fixed start wins over what it depends on"
        elif not link.on_end and link.target.effort:
            text += "; with actual_starts it waits until that work is placed"
        plan.fault("task_pred_before", job, f"{text}.", start, base)
