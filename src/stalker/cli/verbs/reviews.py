"""`stalker reviews`: what waits for a decision."""

from __future__ import annotations

import click

from stalker import User
from stalker.cli.amounts import shown_moment
from stalker.cli.finding import projects_of, task_named
from stalker.cli.opening import connected
from stalker.cli.options import database_option, json_option, project_option
from stalker.cli.output import address, answer, console, note, plain, table
from stalker.cli.who import whose, whose_options
from stalker.db.session import DBSession
from stalker.services.reviewing import Pending, pending


@click.command()
@database_option
@click.argument("task", metavar="[TASK]", required=False)
@project_option
@whose_options(
    user="Who has to decide; without it everybody on TASK or in --project; without these you, if "
    "it is known who you are.",
    everybody="What waits for anybody.",
)
@json_option
def reviews(
    database_url: str | None,
    task: str | None,
    codes: tuple[str, ...],
    login: str | None,
    everybody: bool,
    as_json: bool,
) -> None:
    """List the reviews that nobody has decided yet: who is asked, what for, and since when, in UTC.

    What waits longest comes first. With TASK also the reviews of all that is part of it: an id, a
    path such as MER/SH010, or a name. A project that rests is left out, unless TASK or --project
    ask for it. stalker review decides, and --show tells of a whole round.
    """
    with connected(database_url):
        user = whose(login, everybody, task is not None or bool(codes))
        top = None if task is None else task_named(task)
        found = pending(DBSession(), user, projects_of(codes), top)
        if as_json:
            waiting = [_described(each) for each in found]
            answer({"user": user and user.login, "reviews": waiting})
            return
        if user is not None and login is None and found:
            note(f"these wait for {user.name}; --everybody shows the others")
        _show(found, user)


def _described(review: Pending) -> dict[str, object]:
    return {
        "id": review.id,
        "reviewer": review.reviewer,
        "round": review.round,
        "version": review.version,
        "since": review.since,
        "task": {"id": review.task_id, "path": review.path},
    }


def _show(found: list[Pending], user: User | None) -> None:
    if not found:
        mine = user and f"nothing waits for {user.name}; --everybody shows the others"
        note(mine or "no review waits for a decision")
        return
    shown = table(("Task", "Who", "Round", "Version", "Since"), numbers=("Round",))
    for each in found:
        shown.add_row(
            address(each.path),
            plain(each.reviewer or "nobody"),
            str(each.round),
            plain(each.filename),
            shown_moment(each.since),
        )
    console().print(shown)
