"""`stalker unlog`: time logs that were a mistake."""

from __future__ import annotations

import click

from stalker.cli.amounts import shown_hours
from stalker.cli.finding import id_in
from stalker.cli.opening import connected
from stalker.cli.options import database_option, json_option
from stalker.cli.output import answer
from stalker.cli.refusal import Refused, typed
from stalker.cli.time_logs import described_with, progress, span
from stalker.cli.who import deed_of, known, user_option
from stalker.services.unlogging import take_back
from stalker.services.worklist import work_on

_HINT = "stalker logs shows the ids"


@click.command()
@database_option
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@user_option
@json_option
def unlog(database_url: str | None, ids: tuple[str, ...], login: str | None, as_json: bool) -> None:
    """Take time logs back, by the ids that stalker logs shows: all of them or none.

    The hours count no more. A task at work that waits for nothing, and on which nobody has worked
    then, is ready to start again; what is completed or under review stays so.
    """
    numbers = _numbers(ids)
    with connected(database_url):
        by = known(login)
        try:
            with deed_of(by) as session, typed():
                gone = take_back(session, numbers)
                tasks = work_on(session, {each.task_id for each in gone})
        except LookupError as error:
            raise Refused(f"{error}: {_HINT}") from error
        if as_json:
            by_id = {task.id: task for task in tasks}
            answer({"time_logs": [described_with(each, by_id[each.task_id]) for each in gone]})
            return
        for each in gone:
            when = f"{span(each.start, each.end)}, {shown_hours(each.seconds)}"
            click.echo(f"took back log {each.id} of {each.user}: {when}")
        for task in tasks:
            click.echo(progress(task))


def _numbers(ids: tuple[str, ...]) -> list[int]:
    found: list[int] = []
    for text in ids:
        if not (text.isascii() and text.isdecimal()):
            raise Refused(f"{text!r} is not the id of a time log: {_HINT}")
        number = id_in(text)
        if number is None:
            raise Refused(f"there is no time log {text}: {_HINT}")
        if number in found:
            raise Refused(f"time log {number} is named twice")
        found.append(number)
    return found
