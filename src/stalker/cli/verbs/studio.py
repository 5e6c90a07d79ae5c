"""`stalker studio`: the frame, the hours and the vacations that plans are made with."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import click

import stalker
from stalker import Studio
from stalker.cli import amounts, hours
from stalker.cli.days import (
    change_vacations,
    described,
    refuse_odd_range,
    shown_days,
    vacation_options,
    vacations_of,
)
from stalker.cli.opening import connected, without_studio
from stalker.cli.options import database_option, json_option
from stalker.cli.output import answer, note
from stalker.cli.refusal import Refused
from stalker.db.session import DBSession
from stalker.scheduling.problem import RESOLUTIONS
from stalker.services.planning import the_studio


@click.command()
@database_option
@click.option("--name", metavar="NAME", help="What the studio is called.")
@click.option(
    "--start", type=amounts.day, metavar="DATE", help="The first day that can be planned."
)
@click.option(
    "--end", type=amounts.day, metavar="DATE", help="The day before which all work is done."
)
@click.option(
    "--hours",
    "spans",
    metavar="HOURS",
    multiple=True,
    help='When work is done: "mon-fri 09:00-13:00 14:00-18:00", "sat off"; in UTC. Other days stay '
    "as they are. May be given more than once.",
)
@click.option(
    "--day-hours",
    type=int,
    metavar="NUMBER",
    help="How many hours of work a task of one day has; --hours does not change that.",
)
@click.option(
    "--step",
    type=click.Choice([str(each) for each in RESOLUTIONS]),
    help="The grid of all plans, in minutes.",
)
@vacation_options("Nobody works from FROM on, and everybody again on TO.")
@json_option
def studio(database_url: str | None, as_json: bool, **given: Any) -> None:
    """Show the studio: when it works, and between which days it plans. Or make it, or change it.

    A new one needs a name, a start and an end; the rest is as configured. What is not given stays
    as it is. Dates are days such as 2026-12-24, in UTC.
    """
    with connected(database_url) as url:
        found = the_studio()
        try:
            if found is None:
                if not any(given.values()):
                    raise without_studio(url)
                found = _made(given)
            _change(found, given)
            DBSession.flush()
        except (TypeError, ValueError) as error:
            raise Refused(str(error)) from error
        DBSession.commit()
        document = _document(found)
        if given["spans"] and given["day_hours"] is None:
            _tell_of_other_day(found)
    if as_json:
        answer(document)
    else:
        _show(document)


def _made(given: dict[str, Any]) -> Studio:
    missing = [f"--{each}" for each in ("name", "start", "end") if not given[each]]
    if missing:
        raise Refused(f"there is no studio yet, and a new one needs {' and '.join(missing)} too")
    made = Studio(name=given["name"])
    DBSession.add(made)
    return made


def _change(studio: Studio, given: dict[str, Any]) -> None:
    if given["name"] is not None:
        studio.name = given["name"]
    if given["step"] is not None:
        studio.timing_resolution = timedelta(minutes=int(given["step"]))
    if given["start"] or given["end"]:
        _frame(studio, given["start"], given["end"])
    for day, spans in hours.parse(given["spans"]).items():
        studio.working_hours[day] = spans
    if given["day_hours"] is not None:
        studio.daily_working_hours = given["day_hours"]
    change_vacations(None, given["vacations"], given["dropped"])


def _tell_of_other_day(studio: Studio) -> None:
    """Say that a task of one day is not what a day of work is, as nobody may expect."""
    nominal = studio.daily_working_hours
    week = [studio.working_hours[day] for day in stalker.defaults.day_order]
    usual = hours.usual_day(week, nominal)
    # --day-hours takes whole ones: half an hour less or more is as near as it comes
    if abs(usual - nominal) > 0.5:
        note(
            f"a task of one day has {nominal} hours of work, and most days of work have {usual:g}: "
            f"--day-hours {max(round(usual), 1)} changes that"
        )


def _frame(studio: Studio, start: datetime | None, end: datetime | None) -> None:
    begin, until = start or studio.start, end or studio.end
    refuse_odd_range("the studio", begin, until)
    studio.start, studio.end = begin, until


def _document(studio: Studio) -> dict[str, Any]:
    by = studio.last_scheduled_by
    return {
        "name": studio.name,
        "start": studio.start,
        "end": studio.end,
        "timing_resolution": int(studio.timing_resolution.total_seconds()),
        "working_hours": {
            day: [list(map(hours.clock, span)) for span in studio.working_hours[day]]
            for day in stalker.defaults.day_order
        },
        "daily_working_hours": studio.daily_working_hours,
        "vacations": [described(each) for each in vacations_of(None)],
        "is_scheduling": studio.is_scheduling,
        "last_schedule": studio.last_scheduled_at
        and {
            "at": studio.last_scheduled_at,
            "by": by and by.login,
            "succeeded": studio.last_schedule_succeeded,
            "message": studio.last_schedule_message,
        },
    }


def _show(document: dict[str, Any]) -> None:
    minutes = document["timing_resolution"] / 60
    click.echo(document["name"])
    click.echo(f"  plans      {shown_days(document)}, in steps of {minutes:g} minutes")
    click.echo(f"  works      {hours.shown(document['working_hours'])} (UTC)")
    click.echo(f"  a day is   {document['daily_working_hours']} hours of work")
    for each in document["vacations"]:
        click.echo(f"  is closed  {shown_days(each)}: {each['name']}")
    last = document["last_schedule"]
    if last:
        by = f" by {last['by']}" if last["by"] else ""
        outcome = "planned" if last["succeeded"] else "could not be planned"
        click.echo(f"  {outcome}{by}, {amounts.shown_moment(last['at'])} UTC")
