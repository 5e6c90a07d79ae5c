"""`stalker login`: remember on this workstation who one is."""

from __future__ import annotations

import getpass

import click

from stalker import LocalSession, User
from stalker.cli.amounts import shown_moment
from stalker.cli.completing import logins
from stalker.cli.opening import connected
from stalker.cli.options import database_option, json_option
from stalker.cli.output import answer
from stalker.cli.passwords import ask, password_option


@click.command()
@database_option
@click.argument("name", metavar="[LOGIN]", required=False, shell_complete=logins)
@password_option
@json_option
def login(database_url: str | None, name: str | None, from_stdin: bool, as_json: bool) -> None:
    """Log in, so that commands know who you are without --user.

    Without LOGIN it is the name of this account. It lasts for ten days, unless the configuration
    says otherwise, until stalker logout, or until the password changes.
    """
    with connected(database_url):
        user = User.authenticate(name or getpass.getuser(), ask(from_stdin))
        session = LocalSession()
        session.store_user(user)
        session.save()
    if as_json:
        answer({"login": user.login, "valid_to": session.valid_to})
    else:
        click.echo(f"You are {user.name}, until {shown_moment(session.valid_to)} UTC.")
