"""Who does something: whoever is named, is logged in, or has the account of this machine."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, TypeVar

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from stalker import LocalSession, User
from stalker.cli.completing import logins
from stalker.cli.refusal import Refused
from stalker.core.suggestions import did_you_mean
from stalker.db.session import DBSession, acting_as, unit_of_work

F = TypeVar("F", bound=Callable[..., Any])


def user_option(function: F) -> F:
    """Let a command be told who does it."""
    return _user_option(
        "Who does this; without it whoever is logged in, or has the name of this account."
    )(function)


def whose_options(user: str, everybody: str) -> Callable[[F], F]:
    """Let a list be told whose things it shows: see `whose`. The texts are their help."""

    def decorate(function: F) -> F:
        also = click.option("--everybody", is_flag=True, help=everybody)
        return _user_option(user)(also(function))

    return decorate


def users_named(names: tuple[str, ...]) -> list[User]:
    """Return the users with these logins, each once."""
    wanted = list(dict.fromkeys(names))
    known = {each.login: each for each in DBSession.scalars(_with_login(wanted))} if wanted else {}
    for name in wanted:
        if name not in known:
            everybody = DBSession.scalars(select(User.login))
            hint = did_you_mean(name, everybody) or ": stalker user list shows everybody"
            raise Refused(f"there is no user {name!r}{hint}")
    return [known[name] for name in wanted]


def user_named(name: str) -> User:
    """Return the user with that login."""
    return users_named((name,))[0]


def known(login: str | None) -> User | None:
    """Return the user named *login*; without one who is logged in, or has this account's name."""
    if login is not None:
        return user_named(login)
    logged_in = LocalSession().logged_in_user
    if logged_in is not None:
        return logged_in
    try:
        account = getpass.getuser()
    except (KeyError, OSError):  # an account without a name
        return None
    return DBSession.scalars(_with_login([account])).one_or_none()


def whose(login: str | None, everybody: bool, is_of_a_place: bool) -> User | None:
    """Return whose things a list shows; `None` for everybody's, as those of a place are."""
    if everybody and login is not None:
        raise click.UsageError("--everybody and --user exclude each other")
    return None if everybody or (is_of_a_place and login is None) else known(login)


def somebody(login: str | None) -> User:
    """Return who `known` finds, and refuse to go on without anybody."""
    user = known(login)
    if user is None:
        raise Refused("who does this? name somebody with --user LOGIN, or use stalker login")
    return user


@contextmanager
def deed_of(user: User | None) -> Iterator[Session]:
    """Commit what is done in the block together, as the doing of *user*, or nothing of it."""
    with unit_of_work() as session, nullcontext() if user is None else acting_as(user):
        yield session


def _user_option(text: str) -> Callable[[F], F]:
    return click.option("--user", "login", metavar="LOGIN", shell_complete=logins, help=text)


def _with_login(names: list[str]) -> Any:
    return select(User).where(User.login.in_(names))
