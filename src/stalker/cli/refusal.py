"""Why a command does nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from stalker.exceptions import StalkerError, StatusError

#: what does an action of a task on the command line
_VERBS = {
    "create_time_log": "stalker log",
    "request_review": "stalker review",
    "approve": "stalker review --approve",
    "request_revision": "stalker review --revise",
    "hold": "stalker task hold",
    "stop": "stalker task stop",
    "resume": "stalker task resume",
}


class Refused(click.ClickException):
    """A command will not do that: one line on stderr and exit status 2."""

    exit_code = 2


@contextmanager
def typed() -> Iterator[None]:
    """Refuse what somebody has typed, if the library finds it wrong in the block."""
    try:
        yield
    except StatusError as error:
        raise Refused(_in_verbs(error)) from error
    except StalkerError:
        raise
    except (TypeError, ValueError, PermissionError) as error:
        raise Refused(" ".join(str(error).split())) from error


def _in_verbs(error: StatusError) -> str:
    """Return what is possible instead as it is typed, as far as there are verbs for it."""
    data = error.__dict__
    if "allowed_actions" not in data:
        return str(error)
    status = data["status"]
    what = f"that is not possible for {data['task'].name!r}, which is {status.code}"
    if status.code == "WFD":
        return f"{what}: stalker why says what it waits for"
    possible = ", ".join(_VERBS.get(each, each) for each in data["allowed_actions"])
    return f"{what} ({status.name.lower()}); possible: {possible or 'nothing'}"
