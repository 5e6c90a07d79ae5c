"""Options that mean the same in several commands of `stalker task`."""

from __future__ import annotations

import click

from stalker.cli.completing import logins

for_option = click.option(
    "--for", "workers", multiple=True, metavar="LOGIN", shell_complete=logins, help="Who does it."
)
responsible_option = click.option(
    "--responsible",
    "responsible",
    multiple=True,
    metavar="LOGIN",
    shell_complete=logins,
    help="Who answers for it, and for all below it, and reviews it.",
)
