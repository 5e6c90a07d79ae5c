"""`stalker review`: ask for a review, and decide."""

from __future__ import annotations

import shlex

import click
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from stalker import Review, Task, User, Version
from stalker.cli import amounts
from stalker.cli.amounts import Amount, shown_hours
from stalker.cli.finding import path_of, refuse_container, task_named
from stalker.cli.omitted import mention_omission
from stalker.cli.opening import connected
from stalker.cli.options import database_option, json_option
from stalker.cli.output import answer, console, note, plain, table
from stalker.cli.refusal import Refused, typed
from stalker.cli.who import deed_of, known, somebody, user_option
from stalker.db.session import DBSession


@click.command()
@database_option
@click.argument("task", metavar="TASK")
@click.option("--approve", is_flag=True, help="Decide that it is good.")
@click.option("--revise", metavar="TEXT", help="Decide that there is more to do, and what.")
@click.option("--effort", type=amounts.amount, metavar="AMOUNT", help="Time for that: 4h; else 1h.")
@click.option("--show", is_flag=True, help="Only show the round.")
@user_option
@json_option
def review(
    database_url: str | None,
    task: str,
    approve: bool,
    revise: str | None,
    effort: Amount | None,
    show: bool,
    login: str | None,
    as_json: bool,
) -> None:
    """Ask everybody who is responsible for TASK to review its latest version, or decide.

    When the last of them has decided, the task is completed, or sent back to work with the time
    that they grant together. Anybody else may ask for more, too: that ends the round, and the
    reviews that were still open are gone.
    """
    if approve + show + (revise is not None) > 1:
        raise click.UsageError("--approve, --revise and --show exclude each other")
    if effort is not None and revise is None:
        raise click.UsageError("--effort is the time for --revise")
    with connected(database_url):
        entity = task_named(task)
        gone: list[str] = []
        if not show:
            refuse_container(entity)
            decides = approve or revise is not None
            user = somebody(login) if decides else known(login)
            with deed_of(user), typed():
                pending = _pending(entity)
                _act(entity, user, approve, revise, effort or Amount(1, "h"))
                gone = sorted(pending[each] for each in pending.keys() - entity.reviews)
        if gone:
            what = "reviews are gone" if len(gone) > 1 else "review is gone"
            note(f"{', '.join(gone)} need not decide any more: the open {what} with this decision")
        mention_omission(entity)
        _show(entity, gone, as_json)


def _pending(task: Task) -> dict[Review, str]:
    """Return the reviews that nobody has decided yet, with the logins of those who would."""
    found = _reviews(task)
    return {each: each.reviewer.login for each in found if each.is_open and each.reviewer}


def _reviews(task: Task) -> list[Review]:
    """Return all reviews of a task by id, each with its reviewer and version, by one statement."""
    query = select(Review).where(Review.task_id == task.id).order_by(Review.review_id)
    with_them = query.options(joinedload(Review.reviewer), joinedload(Review.version))
    return list(DBSession.scalars(with_them))


def _act(task: Task, user: User | None, approve: bool, revise: str | None, effort: Amount) -> None:
    if user is not None and approve:
        task.approve(user)
    elif user is not None and revise is not None:
        open_ones = [each for each in task.review_set() if each.is_open and each.reviewer is user]
        if open_ones:
            open_ones[0].request_revision(*effort, description=revise)
        else:  # anybody may ask for more, at any time
            task.request_revision(user, revise, *effort)
    elif not task.responsible:
        path = path_of(task)
        raise Refused(
            f"nobody is responsible for {path}, who would review it: "
            f"stalker task assign {shlex.quote(path)} --responsible LOGIN"
        )
    else:
        task.request_review(_latest(task))


def _latest(task: Task) -> Version | None:
    query = select(Version).where(Version.task_id == task.id, Version.is_published)
    return DBSession.scalars(query.order_by(Version.version_id.desc()).limit(1)).first()


def _show(task: Task, gone: list[str], as_json: bool) -> None:
    every = _reviews(task)
    rounds = [each.review_number for each in every]
    reviews = [each for each in every if each.review_number == max(rounds)]
    if as_json:
        path, status = path_of(task), task.status.code
        document = {"id": task.id, "path": path, "status": status, "round": max(rounds, default=0)}
        told = [_described(each) for each in reviews]
        answer({"task": document, "reviews": told, "withdrawn": gone})
        return
    number = f", round {max(rounds)}" if rounds else ", no review yet"
    click.echo(f"{path_of(task)}: {task.status.code} ({task.status.name.lower()}){number}")
    if reviews:
        found = table(("Who", "Decision", "Version", "Time", "What"))
        for each in reviews:
            found.add_row(*map(plain, _cells(each)))
        console().print(found)


def _cells(review: Review) -> tuple[str, ...]:
    return (
        review.reviewer.login if review.reviewer else "",
        review.status.name.lower(),
        review.version.filename if review.version else "",
        shown_hours(review.schedule_seconds or 0) if review.asks_for_revision else "",
        review.description,
    )


def _described(review: Review) -> dict[str, object]:
    granted = (review.schedule_seconds or 0) if review.asks_for_revision else 0
    return {
        "id": review.id,
        "reviewer": review.reviewer and review.reviewer.login,
        "status": review.status.code,
        "version": review.version and review.version.full_path,
        "granted_seconds": granted,
        "description": review.description,
    }
