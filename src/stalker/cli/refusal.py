"""Why a command does nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from stalker.exceptions import StalkerError


class Refused(click.ClickException):
    """A command will not do that: one line on stderr and exit status 2."""

    exit_code = 2


@contextmanager
def typed() -> Iterator[None]:
    """Refuse what somebody has typed, if the library finds it wrong in the block."""
    try:
        yield
    except StalkerError:
        raise
    except (TypeError, ValueError, PermissionError) as error:
        raise Refused(" ".join(str(error).split())) from error
