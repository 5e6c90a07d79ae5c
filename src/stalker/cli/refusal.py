"""Why a command does nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from stalker import Task
from stalker.db.session import DBSession
from stalker.exceptions import StalkerError, StatusError
from stalker.services.addresses import addresses

#: what does an action of a task on the command line
_VERBS = {
    "create_time_log": "stalker log",
    "request_review": "stalker review",
    "approve": "stalker review --approve",
    "request_revision": "stalker review --revise",
    "hold": "stalker task hold",
    "stop": "stalker task stop",
    "resume": "stalker task resume",
    "add_dependency": "stalker task change --after",
}


#: how many of those that a task waits for are named
_NAMED = 3


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
    task, about = data["task"], f"{status.code} ({status.name.lower()})"
    path = addresses(DBSession(), [task.id]).get(task.id, task.name)
    what = f"that is not possible for {path}, which is {about}{_waiting(task, status.code)}"
    if status.code == "WFD":
        return what
    possible = ", ".join(_VERBS.get(each, each) for each in data["allowed_actions"])
    return f"{what}; possible: {possible or 'nothing'}"


def _waiting(task: Task, code: str) -> str:
    """Return what *task* waits for, if that is what its status says."""
    blockers = task.is_blocked_by if code in ("WFD", "DREV") else []
    paths = addresses(DBSession(), [each.id for each in blockers[:_NAMED]])
    named = [f"{paths[each.id]} ({each.status.code})" for each in blockers[:_NAMED]]
    more = [f"{len(blockers) - _NAMED} more"] if len(blockers) > _NAMED else []
    return f" and waits for {', '.join(named + more)}" if named else ""
