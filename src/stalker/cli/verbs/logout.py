"""`stalker logout`: forget on this workstation who one is."""

from __future__ import annotations

import click

from stalker import LocalSession
from stalker.cli.options import json_option
from stalker.cli.output import answer


@click.command()
@json_option
def logout(as_json: bool) -> None:
    """Forget who is logged in on this workstation. It needs no database."""
    session = LocalSession()
    was_known = session.logged_in_user_id is not None
    session.delete()
    if as_json:
        answer({"was_logged_in": was_known})
    else:
        click.echo("Logged out." if was_known else "Nobody was logged in.")
