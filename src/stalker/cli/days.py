"""Spans of days as they are typed: vacations of a person or of the studio, and its frame."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import click
from sqlalchemy import select

from stalker import User, Vacation
from stalker.cli import amounts
from stalker.cli.options import refuse_both
from stalker.cli.refusal import Refused
from stalker.db.session import DBSession

F = TypeVar("F", bound=Callable[..., Any])

_LONGEST = timedelta(days=36_525)


def vacation_options(meaning: str) -> Callable[[F], F]:
    """Let a command be told which vacations there are; *meaning* is what FROM and TO say."""

    def decorate(function: F) -> F:
        dropping = click.option(
            "--no-vacation", "dropped", metavar="NAME", multiple=True, help="Remove a vacation."
        )
        taking = click.option(
            "--vacation",
            "vacations",
            metavar="NAME:FROM:TO",
            multiple=True,
            help=f"{meaning} One of that name is moved.",
        )
        return taking(dropping(function))

    return decorate


def refuse_odd_range(what: str, begin: datetime, until: datetime) -> None:
    """Refuse what ends before it begins, or lasts longer than anybody means."""
    if begin.date() >= until.date():
        raise Refused(f"{what} must end after its start, {begin:%Y-%m-%d}, not {until:%Y-%m-%d}")
    if until - begin > _LONGEST:
        raise Refused(f"{what} cannot last for more than a hundred years")


def vacations_of(user: User | None) -> list[Vacation]:
    """Return the vacations of a person, or of the whole studio, by their start."""
    mine = Vacation.user_id.is_(None) if user is None else Vacation.user_id == user.id
    query = select(Vacation).where(mine)
    return list(DBSession.scalars(query.order_by(Vacation.start, Vacation.vacation_id)))


def change_vacations(user: User | None, taken: Iterable[str], dropped: Collection[str]) -> None:
    """Give a person, or the whole studio, vacations like "Summer:2026-07-01:2026-07-15"."""
    given = [_read(text) for text in taken]
    refuse_both("--vacation", "--no-vacation", [name for name, *_ in given], dropped)
    for name, begin, until in given:
        _take(user, name, begin, until)
    for name in dropped:
        _drop(user, name)


def _read(text: str) -> tuple[str, datetime, datetime]:
    name, *days = text.rsplit(":", 2)
    try:
        begin, until = map(amounts.day, days if name.strip() else ())
    except (ValueError, click.BadParameter):
        raise Refused(
            f"{text!r} is not the name and the days of a vacation, such as "
            "Christmas:2026-12-24:2027-01-02"
        ) from None
    refuse_odd_range(f"the vacation {name!r}", begin, until)
    return name, begin, until


def _take(user: User | None, name: str, begin: datetime, until: datetime) -> None:
    for old in vacations_of(user):
        if old.name == name:
            old.start, old.end = begin, until
            return
    DBSession.add(Vacation(name=name, start=begin, end=until, user=user))
    DBSession.flush()  # one that is named twice is moved


def _drop(user: User | None, name: str) -> None:
    vacations = vacations_of(user)
    found = [each for each in vacations if each.name == name]
    if not found:
        names = ", ".join(repr(each.name) for each in vacations)
        only = f", only {names}" if names else ""
        raise Refused(f"there is no vacation {name!r}{only}")
    for each in found:
        DBSession.delete(each)
    DBSession.flush()


def described(vacation: Vacation) -> dict[str, Any]:
    """Return a vacation for programs."""
    return {"name": vacation.name, "start": vacation.start, "end": vacation.end}


def shown_days(document: dict[str, Any]) -> str:
    """Return from which day to which something lasts."""
    return f"{document['start']:%Y-%m-%d} - {document['end']:%Y-%m-%d}"
