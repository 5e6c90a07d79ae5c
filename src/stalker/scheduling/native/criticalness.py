"""Who is served first: how much is asked of an artist, and what hangs on a task."""

from __future__ import annotations

from collections.abc import Iterator

from stalker.core.kinds import AllocationStrategy
from stalker.scheduling.native.loops import report_loop
from stalker.scheduling.native.state import Job, Plan, Worker

#: a milestone of this priority has criticalness 1
NORMAL_PRIORITY = 500.0


def rate(plan: Plan) -> None:
    """Give every artist and task its criticalness, and every task that of its path."""
    _rate_workers(plan)
    for job in plan.jobs:
        if job.milestone:
            job.crit = job.priority / NORMAL_PRIORITY
        elif job.effort and job.places:
            wanted = _candidates(job)
            total = 0.0
            for worker in wanted:  # sum() adds floats in another way, from Python 3.12 on
                total += worker.crit
            job.crit = job.effort * (total / len(wanted))
    for job in plan.jobs:
        if job.path is None:
            _rate_path(plan, job)
    _order_candidates(plan)


def work_list(plan: Plan) -> list[Job]:
    """Return what is to be placed, the most important first, and number it."""
    listed = [job for job in plan.jobs if not (job.children or job.milestone or job.scheduled)]
    listed.sort(key=lambda job: (-job.priority, -(job.path or 0.0), job.seq))
    for rank, job in enumerate(listed):
        job.rank = rank
    return listed


def _rate_workers(plan: Plan) -> None:
    asked: dict[Worker, float] = dict.fromkeys(plan.workers.values(), 0.0)
    for job in plan.jobs:
        if job.effort and job.places:
            wanted = _candidates(job)
            share = job.effort // len(wanted)
            for worker in wanted:
                asked[worker] += share
    for worker, slots in asked.items():
        worker.crit = slots / worker.free if worker.free else 1.0


def _candidates(job: Job) -> list[Worker]:
    """Return all who may work on *job*, each once, in the order in which they are named."""
    return list(dict.fromkeys(each for place in job.places for each in place.candidates))


def _order_candidates(plan: Plan) -> None:
    """Where the order of candidates is decided once, decide it."""
    for job in plan.jobs:
        for place in job.places:
            steady = place.select == AllocationStrategy.MIN_ALLOCATED and not place.persistent
            if steady and place.fixed is None:
                place.fixed = sorted(place.candidates, key=lambda worker: worker.crit)


def _rate_path(plan: Plan, root: Job) -> None:
    """Give *root*, and what follows from it, the criticalness of their paths.

    Each task gets that of the most critical successor and its own on top. A task that is met a
    second time counts without its own: TaskJuggler does so, and it decides who is served first.
    A circle that the search for loops lets pass is found here, where TaskJuggler breaks down.
    """
    waiting = {root: _Way(root)}
    while waiting:
        job, way = next(reversed(waiting.items()))
        for following in way.following:
            if following.path is not None:
                way.most = max(way.most, following.path - following.crit)
            elif following in waiting:
                path = list(waiting)
                report_loop(plan, path[path.index(following) :])
            else:
                waiting[following] = _Way(following)
                break
        else:
            waiting.popitem()
            if job.children:
                job.path = way.most
            else:
                job.path = max(way.most, _beyond(job.parent)) + job.crit
            if waiting:
                above = next(reversed(waiting.values()))
                above.most = max(above.most, job.path)


class _Way:
    """Who follows a task and is still to be asked, and the greatest answer so far."""

    __slots__ = ("following", "most")

    def __init__(self, job: Job) -> None:
        self.following = iter(job.children) if job.children else _following(job)
        self.most = 0.0


def _following(job: Job) -> Iterator[Job]:
    """Yield what waits for a leaf, or for one of its containers that was not asked before."""
    yield from job.start_successors
    yield from job.end_successors
    for above in job.ancestors():
        if above.beyond is not None:
            break
        yield from above.end_successors


def _beyond(container: Job | None) -> float:
    """Return the greatest answer of all that waits for *container*, or for one above it.

    One of its leaves has asked them all, so that from now on the answers stay the same.
    """
    unknown = []
    while container is not None and container.beyond is None:
        unknown.append(container)
        container = container.parent
    most = 0.0 if container is None or container.beyond is None else container.beyond
    for above in reversed(unknown):
        answers = ((job.path or 0.0) - job.crit for job in above.end_successors)
        above.beyond = most = max(most, max(answers, default=0.0))
    return most
