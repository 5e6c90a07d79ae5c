"""`stalker log`: who has worked on a task, and when."""

from __future__ import annotations

from datetime import datetime, timedelta

import click
from sqlalchemy.exc import IntegrityError

import stalker
from stalker import Task, TimeLog, User
from stalker.cli import amounts
from stalker.cli.amounts import shown_hours, shown_moment
from stalker.cli.finding import path_of, refuse_container, task_named
from stalker.cli.omitted import mention_omission
from stalker.cli.opening import connected
from stalker.cli.options import database_option, json_option
from stalker.cli.output import answer, note
from stalker.cli.refusal import Refused, typed
from stalker.cli.time_logs import described_with, progress, span
from stalker.cli.who import deed_of, somebody, user_option
from stalker.core.dates import utc_now
from stalker.core.units import MINUTE
from stalker.db.session import OVERLAP
from stalker.exceptions import OverBookedError
from stalker.services.timesheet import Worked, worked
from stalker.services.worklist import Work, work_on


@click.command()
@database_option
@click.argument("task", metavar="TASK")
@click.option(
    "--start",
    type=amounts.moment,
    metavar="MOMENT",
    help="'2026-11-27 9:00', or '9:00' for today; in UTC.",
)
@click.option("--end", type=amounts.moment, metavar="MOMENT", help="Now, if nothing is said.")
@click.option("--duration", type=amounts.hours, metavar="TIME", help="Instead of one of them: 2h.")
@user_option
@json_option
def log(
    database_url: str | None,
    task: str,
    start: datetime | None,
    end: datetime | None,
    duration: timedelta | None,
    login: str | None,
    as_json: bool,
) -> None:
    """Record that somebody has worked on TASK: an id, a path such as MER/SH010/Comp, or a name.

    Nobody works on two things at once, or before what the task waits for has ended. stalker unlog
    takes back what was a mistake.
    """
    begin, finish = _range(start, end, duration)
    with connected(database_url):
        user = somebody(login)
        entity = task_named(task)
        refuse_container(entity)
        made, task_now = _made(entity, user, begin, finish)
        # what is now, because nothing was said, lies on no grid
        said = made.start == (start or made.start) and made.end == (end or made.end)
        if not said or made.end - made.start != finish - begin:
            step = stalker.defaults.timing_resolution.total_seconds() / MINUTE
            note(
                f"dates lie on a grid of {step:g} minutes, which stalker studio --step changes: "
                "the time was rounded to it"
            )
        now = utc_now()
        if finish > now:  # as it was said: only the grid may have moved it past now
            what = "that time" if begin > now else "some of that time"
            note(f"{what} is still to come: stalker unlog {made.id} takes it back")
        if task_now.is_omitted:
            mention_omission(entity)
        if as_json:
            answer({"time_log": described_with(made, task_now)})
            return
        when = f"{span(made.start, made.end)}, {shown_hours(made.seconds)}"
        click.echo(f"log {made.id}: {user.name}, {when}")
        click.echo(progress(task_now))


def _made(task: Task, user: User, begin: datetime, finish: datetime) -> tuple[Worked, Work]:
    try:
        with deed_of(user) as session, typed():
            made = task.create_time_log(user, begin, finish)
            session.flush()
            return worked(session, [made.id])[0], work_on(session, [task.id])[0]
    except OverBookedError as error:
        raise Refused(_clash(user, error.__dict__["clash"])) from error
    except IntegrityError as error:
        if OVERLAP not in str(error.orig):
            raise
        raise Refused(f"{user.name} has just logged other work at that time") from error


def _clash(user: User, other: TimeLog) -> str:
    when = span(other.start, other.end)
    return f"{user.name} has worked on {path_of(other.task)} from {when} (log {other.id})"


def _range(
    start: datetime | None, end: datetime | None, duration: timedelta | None
) -> tuple[datetime, datetime]:
    if duration is not None and start is not None and end is not None:
        raise click.UsageError("--start, --end and --duration: two of them are enough")
    if duration is None and start is None:
        raise click.UsageError("when? --start or --duration")
    try:
        if start is None:
            end = end or utc_now()
            start = end - (duration or timedelta())
        end = end or (utc_now() if duration is None else start + duration)
    except OverflowError:
        raise click.UsageError("that is beyond the calendar") from None
    if end <= start:
        raise click.UsageError(f"the end {shown_moment(end)} is not after {shown_moment(start)}")
    return start, end
