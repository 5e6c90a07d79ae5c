"""Why a command does nothing."""

from __future__ import annotations

import click


class Refused(click.ClickException):
    """A command will not do that: one line on stderr and exit status 2."""

    exit_code = 2
