"""The rows of a studio as a problem that a scheduler can solve.

What a scheduler would refuse although everybody knows what is meant is brought into shape here:
logs and vacations between two steps of the grid, and logs outside of the frame. Tasks are in
`tasks`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from stalker.log import get_logger
from stalker.models.schedulers.intervals import at, joined, midnight, outward, week_of
from stalker.models.schedulers.keys import user_key
from stalker.models.schedulers.rows import AnyRow, Rows
from stalker.models.schedulers.tasks import Tasks
from stalker.scheduling import Artist, Booking, Interval, Problem, Task

if TYPE_CHECKING:
    from stalker.models.studio import Studio

__all__ = ["problem_of", "without_idle", "workers"]

logger = get_logger(__name__)

#: whose vacation it is if it is nobody's own
STUDIO = ""


def problem_of(studio: Studio, rows: Rows) -> Problem:
    """Return what has to be planned, in the frame and with the hours of *studio*.

    Logs that lie outside of the frame make it wider.
    """
    step = studio.timing_resolution
    _tell_of_cut_day(studio)
    bookings = _bookings(rows, step)
    worked = [each for some in bookings.values() for each in some]
    start = min([midnight(studio.start), *(midnight(each.start) for each in worked)])
    end = max([midnight(studio.end), *(midnight(each.end, up=True) for each in worked)])
    if (start, end) != (midnight(studio.start), midnight(studio.end)):
        logger.warning(
            "work was logged outside of the frame of %r: planning %s - %s", studio, start, end
        )
    tasks = Tasks(rows, bookings, start, end, step)
    all_tasks = tuple(tasks.all())
    _tell_of_future_work(all_tasks, studio.now)
    away, elsewhere = _by_person(rows.vacations, step), _by_person(rows.elsewhere, step)
    for worker, times in tasks.elsewhere.items():
        elsewhere[worker] += times
    return Problem(
        start=start,
        end=end,
        resolution=step,
        week=week_of(studio.working_hours),
        tasks=all_tasks,
        artists=tuple(
            Artist(
                key,
                user.efficiency,
                joined((*away[key], *elsewhere[key])),
                label=user.name,
                elsewhere=joined(elsewhere[key]),
            )
            for user in rows.users
            for key in (user_key(user.id),)
        ),
        now=at(studio.now, step),
        daily_working_hours=studio.daily_working_hours,
        artist_leaves=joined(away[STUDIO]),
    )


def without_idle(problem: Problem) -> Problem:
    """Return *problem* without those who have neither work to do or done, nor a vacation."""
    busy = workers(problem)
    kept = tuple(each for each in problem.artists if each.id in busy or each.leaves)
    return replace(problem, artists=kept)


def workers(problem: Problem) -> set[str]:
    """Return the ids of those who may get work, or have done some."""
    return {
        artist
        for task in problem.tasks
        for artist in (
            *(each for allocation in task.allocations for each in allocation.candidates),
            *(booking.artist for booking in task.bookings),
        )
    }


def _tell_of_cut_day(studio: Studio) -> None:
    """Log that plans have whole days only, where somebody wants a part of one."""
    last = midnight(studio.end)
    if midnight(studio.start) < last < studio.end:
        logger.warning(
            "nothing is planned on %s, the last day of %r: plans end at midnight before it",
            last.date(),
            studio,
        )


# --- People ---------------------------------------------------------------------------------------


def _by_person(rows: Iterable[AnyRow], step: timedelta) -> defaultdict[str, list[Interval]]:
    """Return the times of each person, and of the studio as a whole."""
    found: defaultdict[str, list[Interval]] = defaultdict(list)
    for row in rows:
        user_id, start, end = tuple(row)
        if start is not None and end is not None and start < end:
            key = STUDIO if user_id is None else user_key(user_id)
            found[key].append(outward(start, end, step))
    return found


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


def _tell_of_future_work(tasks: Iterable[Task], now: datetime) -> None:
    """Log who has worked after *now*: a task that needs less than that cannot be planned."""
    for task in tasks:
        late = [each.end for each in task.bookings if each.end > now]
        if late:
            logger.warning("work was logged on %s until %s, after %s", task.name, max(late), now)
