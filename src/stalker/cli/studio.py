"""What the verbs share that work on a studio's database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import click
from sqlalchemy import select

import stalker
from stalker import Project, Studio, db
from stalker.cli import database
from stalker.cli.refusal import Refused
from stalker.core.suggestions import did_you_mean
from stalker.db.session import DBSession
from stalker.exceptions import SchedulingError
from stalker.services.planning import the_studio

F = TypeVar("F", bound=Callable[..., Any])


def database_option(function: F) -> F:
    """Let a command be told which database it works on."""
    return click.option(
        "--database",
        "database_url",
        metavar="URL",
        help="For example sqlite:///studio.db; without it the one that the configuration names.",
    )(function)


def project_option(function: F) -> F:
    """Let a command be told to work on some projects only."""
    return click.option(
        "--project",
        "codes",
        metavar="CODE",
        multiple=True,
        help="Only this project; may be given more than once.",
    )(function)


@contextmanager
def opened(database_url: str | None) -> Iterator[Studio]:
    """Yield the studio of a database; what is wrong with either is one line."""
    settings = stalker.defaults.database_engine_settings
    if database_url is not None:
        settings = {"sqlalchemy.url": database_url}
    url = database.parse(settings.get("sqlalchemy.url", ""))
    file = database.file_of(url)
    if file is not None and not file.exists():
        raise Refused(f"{file}: there is no such database; stalker init makes one")
    with database.explained(url):
        db.setup({**settings, "sqlalchemy.url": url})
        studio = the_studio()
        if studio is None:
            raise Refused(
                f"{database.shown(url)} has no studio yet: its frame and working hours are made in "
                "Python, with stalker.Studio"
            )
        try:
            yield studio
        except SchedulingError as error:
            raise Refused(str(error)) from error


def projects_of(codes: Sequence[str]) -> list[Project]:
    """Return the projects with these codes, in their order, each once."""
    known: dict[str, list[Project]] = {}
    for each in DBSession.scalars(select(Project).order_by(Project.id)):
        known.setdefault(each.code, []).append(each)
    for code in codes:
        if code not in known:
            raise Refused(f"there is no project {code!r}{did_you_mean(code, known)}")
    return [only(known[code], code) for code in dict.fromkeys(codes)]


def only(projects: Sequence[Project], code: str) -> Project:
    """Return the one project with a code: nothing keeps others from having the same."""
    if len(projects) > 1:
        names = ", ".join(f"{each.name} ({each.id})" for each in projects)
        raise Refused(f"{len(projects)} projects have the code {code!r}: {names}")
    return projects[0]
