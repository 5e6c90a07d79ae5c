"""`stalker tasks`: what is to be done."""

from __future__ import annotations

import click
from sqlalchemy import select

from stalker import Status, User
from stalker.cli.amounts import shown_hours, shown_moment
from stalker.cli.finding import projects_of, task_named
from stalker.cli.opening import connected
from stalker.cli.options import database_option, json_option, project_option
from stalker.cli.output import address, answer, console, note, plain, table
from stalker.cli.refusal import Refused
from stalker.cli.who import whose, whose_options
from stalker.core.suggestions import did_you_mean
from stalker.db.session import DBSession
from stalker.services.worklist import Work, work
from stalker.workflow.derive import FINISHED, Code


@click.command()
@database_option
@project_option
@whose_options(
    user="Whose; without it yours, if it is known who you are and no place is given, else "
    "everybody's.",
    everybody="Those of everybody, and of nobody.",
)
@click.option(
    "--status",
    "statuses",
    multiple=True,
    metavar="CODE",
    help="Only with this status, such as RTS or WIP; may be given more than once.",
)
@click.option("--below", metavar="TASK", help="Only what is part of this shot, asset or task.")
@click.option(
    "--all",
    "finished",
    is_flag=True,
    help="Also what is finished or omitted, or rests, and shots and assets without tasks.",
)
@json_option
def tasks(
    database_url: str | None,
    codes: tuple[str, ...],
    login: str | None,
    everybody: bool,
    statuses: tuple[str, ...],
    below: str | None,
    finished: bool,
    as_json: bool,
) -> None:
    """List tasks by their start: status, people, dates in UTC, and work that is logged and planned.

    They are yours; with --project or --below those of everybody there, unless --user is given.
    What is finished is left out unless --all or its --status asks for it; what is left to do for a
    shot that is omitted, and shots and assets without tasks, unless --all does. A project that
    rests is left out, too, unless --project, --below or --all ask for it. Where no plan has
    placed a task yet, it has no dates: stalker schedule gives it some.
    """
    with connected(database_url):
        user = whose(login, everybody, below is not None or bool(codes))
        found = work(
            DBSession(),
            user,
            projects_of(codes),
            _known_statuses(statuses),
            None if below is None else task_named(below),
            finished,
        )
        if as_json:
            answer({"user": user and user.login, "tasks": [each._asdict() for each in found]})
            return
        if user is not None and login is None and found:
            note(f"these are the tasks of {user.name}; --everybody shows the others")
        _show(found, user, finished)


def _known_statuses(given: tuple[str, ...]) -> list[str]:
    codes = [each.upper() for each in given]
    if codes:
        stored = set(DBSession.scalars(select(Status.code)))
        for code in codes:
            if code not in stored:
                hint = did_you_mean(code, stored) or f": it is one of {', '.join(Code)}"
                raise Refused(f"there is no status {code!r}{hint}")
    return codes


def _show(found: list[Work], user: User | None, finished: bool) -> None:
    if not found:
        _nothing(user, finished)
        return
    columns = ("Task", "Status", "Who", "Start", "End", "Logged", "Planned")
    shown = table(columns, numbers=("Logged", "Planned"))
    for each in found:
        shown.add_row(
            address(each.path),
            plain(_status(each)),
            plain(", ".join(each.resources)),
            *_dates(each),
            shown_hours(each.logged_seconds),
            "" if each.is_place else shown_hours(each.planned_seconds),
        )
    console().print(shown)


def _nothing(user: User | None, finished: bool) -> None:
    rest = "what is finished or omitted, or rests"
    if user is None:
        note("no tasks" if finished else f"no tasks; --all shows also {rest}")
    else:
        more = "" if finished else f", --all also {rest}"
        note(f"nothing for {user.name}; --everybody shows the others{more}")


def _status(work: Work) -> str:
    """Return the status, and what is to be known beside it."""
    beside = "omitted" if work.is_omitted else "no tasks yet" if work.is_place else ""
    return f"{work.status} {beside}".strip()


def _dates(work: Work) -> tuple[str, str]:
    """Return start and end, if the last plan has it, or it is finished."""
    if work.status in FINISHED or (work.is_planned and not work.is_omitted):
        return shown_moment(work.start), shown_moment(work.end)
    return "not planned", ""
