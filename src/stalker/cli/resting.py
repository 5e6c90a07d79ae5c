"""`stalker task hold`, `stop` and `resume`: work that rests, or is given up."""

from __future__ import annotations

import click

from stalker.cli.finding import task_named
from stalker.cli.omitted import mention_omission
from stalker.cli.opening import connected
from stalker.cli.options import database_option, json_option
from stalker.cli.output import answer, note
from stalker.cli.refusal import typed
from stalker.cli.time_logs import progress
from stalker.cli.who import deed_of, known, user_option
from stalker.services.worklist import work_on

_HINT = "stalker task hold, then resume --priority gives it another"


@click.command()
@database_option
@click.argument("path", metavar="TASK")
@user_option
@json_option
def hold(database_url: str | None, path: str, login: str | None, as_json: bool) -> None:
    """Let TASK rest, which was begun.

    Nobody logs work on it until stalker task resume. It stays in the plan, behind everything else:
    its priority becomes 0.
    """
    _act(database_url, path, "hold", None, login, as_json)


@click.command()
@database_option
@click.argument("path", metavar="TASK")
@user_option
@json_option
def stop(database_url: str | None, path: str, login: str | None, as_json: bool) -> None:
    """Give TASK up, which was begun.

    What was done is all that it takes, and what waits for it need not wait any more. stalker task
    resume takes it up again.
    """
    _act(database_url, path, "stop", None, login, as_json)


@click.command()
@database_option
@click.argument("path", metavar="TASK")
@click.option(
    "--priority", type=click.IntRange(0, 1000), help="Another one; hold has left it at 0."
)
@user_option
@json_option
def resume(
    database_url: str | None, path: str, priority: int | None, login: str | None, as_json: bool
) -> None:
    """Go on with TASK, which was held or stopped.

    If something that it waits for is not finished, it goes on as one whose dependency has a
    revision.
    """
    _act(database_url, path, "resume", priority, login, as_json)


def _act(
    database_url: str | None,
    path: str,
    action: str,
    priority: int | None,
    login: str | None,
    as_json: bool,
) -> None:
    """Do that with a task, and tell how it is then."""
    with connected(database_url):
        by = known(login)
        entity = task_named(path)
        with deed_of(by) as session, typed():
            getattr(entity, action)()
            if priority is not None:
                entity.priority = priority
            session.flush()
            (now,) = work_on(session, [entity.id])
            left = entity.priority
        if action == "resume" and left == 0:
            note(f"its priority is 0, which is behind everything else: {_HINT}")
        mention_omission(entity)
        if as_json:
            about = {"id": now.id, "path": now.path, "status": now.status, "priority": left}
            hours = {"planned_seconds": now.planned_seconds, "logged_seconds": now.logged_seconds}
            answer({"task": {**about, **hours}})
            return
        click.echo(progress(now))
