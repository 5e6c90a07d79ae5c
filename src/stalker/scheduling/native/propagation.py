"""How a date that becomes known spreads to successors, children and containers.

Nothing here recurses: what is still to be done waits on a stack, in the order in which recursion
would do it. That order is part of the result.
"""

from __future__ import annotations

from enum import Enum, auto
from heapq import heappush
from typing import TypeAlias

from stalker.scheduling.native.state import Job, Link, Plan


class Step(Enum):
    """What waits on the stack."""

    #: give a date to a side of a task
    SET = auto()
    #: give a successor its earliest start, if that is known
    HAND = auto()
    #: give a child the date of its container, if it can have it
    INHERIT = auto()
    #: give a container the dates of its children, if all are known
    CLOSE = auto()


SET, HAND, INHERIT, CLOSE = Step

#: step, task, date, whether it is the end that gets it, whether it is final
Waiting: TypeAlias = tuple[Step, Job, int, bool, bool]


def spread(plan: Plan, job: Job, date: int, at_end: bool, final: bool = False) -> None:
    """Give *date* to one side of *job*, and everything that follows from it.

    A start that is not *final* is only an assumption as long as the work has not been placed:
    successors of the start then do not get it.
    """
    waiting: list[Waiting] = [(SET, job, date, at_end, final)]
    while waiting:
        step, job, date, at_end, final = waiting.pop()
        if step is SET:
            _set(plan, waiting, job, date, at_end, final)
        elif step is HAND:
            _hand(plan, waiting, job)
        elif step is INHERIT:
            if can_inherit(job, at_end):
                waiting.append((SET, job, date, at_end, False))
        else:
            _close(waiting, job)


def _set(
    plan: Plan, waiting: list[Waiting], job: Job, date: int, at_end: bool, final: bool
) -> None:
    if not job.children:
        current = job.end if at_end else job.start
        if current is not None and (date > current if at_end else date < current):
            return
        if at_end:
            job.end = date
        else:
            job.start = date
    if at_end:
        job.end_reached = True
    else:
        job.start_reached = True
    both = job.start is not None and job.end is not None
    if not job.scheduled and (job.milestone or (both and (job.timed or not job.places))):
        job.settle()
    parent = job.parent
    if parent is not None and not parent.pending and not parent.scheduled:
        waiting.append((CLOSE, parent, 0, False, False))
    for child in reversed(job.children):
        waiting.append((INHERIT, child, date, at_end, False))
    if at_end:
        for successor in reversed(job.end_successors):
            waiting.append((HAND, successor, 0, False, False))
    elif final or not job.effort:
        for successor in reversed(job.start_successors):
            waiting.append((HAND, successor, 0, False, False))
    if job.milestone and not both:
        waiting.append((SET, job, date, not at_end, False))
    if job.rank >= 0:
        offer(plan, job)


def offer(plan: Plan, job: Job) -> None:
    """Queue *job*, which is in the list of work, if it has the dates that placing needs."""
    if job.queued:
        return
    if job.timed:
        ready = (job.start if job.forward else job.end) is not None
    else:
        ready = job.start is not None and job.end is not None
    if ready:
        job.queued = True
        heappush(plan.ready, job.rank)


def _hand(plan: Plan, waiting: list[Waiting], job: Job) -> None:
    if job.scheduled or job.children or job.start is not None or not (job.forward or not job.timed):
        return
    earliest = earliest_start(plan, job)
    if earliest is None:
        return
    if job.end is not None and earliest > job.end:
        plan.fault(
            "impossible_start_dep",
            job,
            "cannot start before its end, because of what it depends on.",
            earliest,
            job.end,
        )
    else:
        waiting.append((SET, job, earliest, False, False))


def _close(waiting: list[Waiting], job: Job) -> None:
    if job.scheduled or job.pending:
        return
    start = min(child.start for child in job.children if child.start is not None)
    end = max(child.end for child in job.children if child.end is not None)
    start_moves = job.start is None or start < job.start
    end_moves = job.end is None or end > job.end
    if start_moves:
        job.start = start
    if end_moves:
        job.end = end
    job.settle()
    if end_moves:
        waiting.append((SET, job, end, True, False))
    if start_moves:
        waiting.append((SET, job, start, False, False))


def earliest_start(plan: Plan, job: Job) -> int | None:
    """Return when everything that *job* depends on lets it start, `None` if that is not known.

    Dates never become unknown again, so what was known the last time is not asked again.
    """
    links = job.links
    while job.known < len(links):
        if not _is_known(plan, links[job.known]):
            return None
        job.known += 1
    earliest: int | None = None
    for link in links:
        base = link.base()
        assert base is not None  # noqa: S101 - all bases are known, see above
        if link.gap_length:
            base = plan.calendar.after_work(base, link.gap_length)
        date = base + link.gap_duration
        if earliest is None or date > earliest:
            earliest = date
    for above in job.ancestors():
        if above.start is not None and (earliest is None or above.start > earliest):
            earliest = above.start
            break
    return earliest


def _is_known(plan: Plan, link: Link) -> bool:
    """Say whether the date that *link* counts from is there; an assumed one may be refused."""
    if link.on_end or not plan.actual_starts or link.target.begun or not link.target.effort:
        return link.base() is not None
    return False


def can_inherit(job: Job, at_end: bool) -> bool:
    """Say whether a date of the container, or of the frame, may become one of *job*."""
    date, linked = (job.end, job.end_successors) if at_end else (job.start, job.links)
    if date is not None or linked:
        return False
    if job.children:
        return True
    other, other_linked = (job.start, job.links) if at_end else (job.end, job.end_successors)
    that = other is not None or bool(other_linked)
    timed = job.timed
    if that and not timed and job.places:
        return True
    booked = bool(job.task.bookings)
    if at_end != job.forward:  # away from the direction in which it is filled
        return timed or booked or that
    return other is not None and not timed and not booked
