"""`stalker logs`: who has worked when, on what."""

from __future__ import annotations

from datetime import datetime

import click

from stalker import User
from stalker.cli import amounts
from stalker.cli.amounts import shown_hours, shown_moment
from stalker.cli.finding import projects_of, task_named
from stalker.cli.opening import connected
from stalker.cli.options import database_option, json_option, project_option
from stalker.cli.output import address, answer, console, note, plain, table
from stalker.cli.time_logs import described
from stalker.cli.who import whose, whose_options
from stalker.db.session import DBSession
from stalker.services.timesheet import Worked, timesheet


@click.command()
@database_option
@click.argument("task", metavar="[TASK]", required=False)
@project_option
@whose_options(
    user="Whose; without it everybody's on TASK or in --project; without these yours, if it is "
    "known who you are.",
    everybody="Those of everybody.",
)
@click.option(
    "--since",
    type=amounts.moment,
    metavar="MOMENT",
    help="Only what began then or later: '2026-11-27', or '9:00' for today; in UTC.",
)
@click.option("--until", type=amounts.moment, metavar="MOMENT", help="Only what began before.")
@json_option
def logs(
    database_url: str | None,
    task: str | None,
    codes: tuple[str, ...],
    login: str | None,
    everybody: bool,
    since: datetime | None,
    until: datetime | None,
    as_json: bool,
) -> None:
    """List time logs, the newest last: id, task, person, dates in UTC, and all hours together.

    On TASK are also those on all that is part of it: an id, a path such as MER/SH010, or a name.
    stalker unlog takes one back by its id.
    """
    if since is not None and until is not None and until <= since:
        raise click.UsageError(f"--until {shown_moment(until)} is not after {shown_moment(since)}")
    with connected(database_url):
        user = whose(login, everybody, task is not None or bool(codes))
        found = timesheet(
            DBSession(),
            user,
            projects_of(codes),
            None if task is None else task_named(task),
            since,
            until,
        )
        if as_json:
            _answer(found, user)
            return
        if user is not None and login is None and found:
            note(f"these are the hours of {user.name}; --everybody shows the others")
        _show(found, user)


def _answer(found: list[Worked], user: User | None) -> None:
    document = {
        "user": user and user.login,
        "time_logs": [described(each) for each in found],
        "seconds": _sum(found),
    }
    answer(document)


def _show(found: list[Worked], user: User | None) -> None:
    if not found:
        note(f"nothing of {user.name}; --everybody shows the others" if user else "no time logs")
        return
    shown = table(("Log", "Task", "Who", "Start", "End", "Hours"), numbers=("Log", "Hours"))
    for each in found:
        shown.add_row(
            str(each.id),
            address(each.path),
            plain(each.user),
            shown_moment(each.start),
            shown_moment(each.end),
            shown_hours(each.seconds),
        )
    console().print(shown)
    how_many = "1 time log" if len(found) == 1 else f"{len(found):,} time logs"
    click.echo(f"{shown_hours(_sum(found))} in {how_many}")


def _sum(found: list[Worked]) -> int:
    return sum(each.seconds for each in found)
