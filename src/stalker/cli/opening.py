"""What the verbs share that work on a studio's database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import URL, select

import stalker
from stalker import Project, Studio, db
from stalker.cli import database
from stalker.cli.refusal import Refused
from stalker.core.suggestions import did_you_mean
from stalker.db.session import DBSession
from stalker.services.planning import the_studio


@contextmanager
def connected(database_url: str | None) -> Iterator[URL]:
    """Let `DBSession` work on a database that is there; what is wrong with it is one line."""
    settings = stalker.defaults.database_engine_settings
    if database_url is not None:
        settings = {"sqlalchemy.url": database_url}
    url = database.parse(settings.get("sqlalchemy.url", ""))
    file = database.file_of(url)
    if file is not None and not file.exists():
        raise Refused(f"{file}: there is no such database; stalker init makes one")
    with database.explained(url):
        db.setup({**settings, "sqlalchemy.url": url})
        yield url


@contextmanager
def opened(database_url: str | None) -> Iterator[Studio]:
    """Yield the studio of a database that has one."""
    with connected(database_url) as url:
        studio = the_studio()
        if studio is None:
            raise without_studio(url)
        yield studio


def without_studio(url: URL) -> Refused:
    """Return what is said where a studio is needed, and there is none."""
    return Refused(
        f"{database.shown(url)} has no studio yet: "
        "stalker studio --name NAME --start DATE --end DATE makes one"
    )


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
