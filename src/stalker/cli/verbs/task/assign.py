"""`stalker task assign`: who does the work, and who answers for it."""

from __future__ import annotations

import click

from stalker.cli.completing import logins
from stalker.cli.finding import tasks_named
from stalker.cli.opening import connected
from stalker.cli.options import database_option, json_option, refuse_both
from stalker.cli.refusal import typed
from stalker.cli.verbs.task.people import for_option, responsible_option
from stalker.cli.verbs.task.telling import load_people, tell
from stalker.cli.who import deed_of, known, user_option, users_named


@click.command()
@database_option
@click.argument("paths", metavar="TASK...", nargs=-1, required=True)
@for_option
@click.option(
    "--without",
    multiple=True,
    metavar="LOGIN",
    shell_complete=logins,
    help="Who does not any more.",
)
@responsible_option
@click.option(
    "--not-responsible",
    "relieved",
    multiple=True,
    metavar="LOGIN",
    shell_complete=logins,
    help="Who answers for it no more; what they were asked to review stays open.",
)
@user_option
@json_option
def assign(
    database_url: str | None,
    paths: tuple[str, ...],
    workers: tuple[str, ...],
    without: tuple[str, ...],
    responsible: tuple[str, ...],
    relieved: tuple[str, ...],
    login: str | None,
    as_json: bool,
) -> None:
    """Give tasks to people, or take them away.

    In a TASK * stands for any name: 'MER/*/Comp' are all tasks Comp of MER (in quotes, for the
    shell).
    """
    if not (workers or without or responsible or relieved):
        raise click.UsageError("whom? --for, --without, --responsible or --not-responsible LOGIN")
    refuse_both("--for", "--without", workers, without)
    refuse_both("--responsible", "--not-responsible", responsible, relieved)
    with connected(database_url):
        by = known(login)
        with deed_of(by), typed():
            found = tasks_named(paths)
            load_people(found)
            joining, leaving = users_named(workers), users_named(without)
            answering, relieving = users_named(responsible), users_named(relieved)
            for each in found:
                if joining or leaving:
                    kept = [user for user in each.resources if user not in leaving]
                    each.resources = list(dict.fromkeys([*kept, *joining]))
                if answering or relieving:
                    kept = [user for user in each._responsible if user not in relieving]
                    each.responsible = list(dict.fromkeys([*kept, *answering]))
        tell(found, as_json)
