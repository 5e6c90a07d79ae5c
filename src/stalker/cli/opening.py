"""The database that a verb works on, and the studio in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Engine, event

import stalker
from stalker import Studio, db
from stalker.cli import database
from stalker.cli.refusal import Refused
from stalker.db import engines
from stalker.db.beside import file_of
from stalker.db.owner import refuse_strangers
from stalker.db.session import DBSession
from stalker.services.planning import the_studio


def settings_of(database_url: str | None) -> dict[str, Any]:
    """Return the settings of the database that was named, or else of the configured one."""
    settings = stalker.defaults.database_engine_settings
    if database_url is not None:
        settings = {"sqlalchemy.url": database_url}
    return {**settings, "sqlalchemy.url": database.parse(settings.get("sqlalchemy.url", ""))}


@contextmanager
def connected(database_url: str | None) -> Iterator[URL]:
    """Let `DBSession` work on a database that `init` has prepared.

    What is wrong with it is one line.
    """
    settings = settings_of(database_url)
    url = settings["sqlalchemy.url"]
    _refuse_missing(url)
    with database.explained(url):
        db.setup(settings, must_be_ready=True)
        yield url


def disconnect() -> None:
    """Let `DBSession` have no database any more, and close every connection to the one it had."""
    bind = DBSession.session_factory.kw.get("bind")
    DBSession.remove()
    DBSession.configure(bind=None)
    if isinstance(bind, Engine):
        bind.dispose()


@contextmanager
def reached(database_url: str | None, must_exist: bool = True) -> Iterator[tuple[URL, Engine]]:
    """Yield the engine of a database that may be of any release, or even empty."""
    settings = settings_of(database_url)
    url = settings["sqlalchemy.url"]
    if must_exist:
        _refuse_missing(url)
    with database.explained(url):
        engine = engines.create(settings)
        try:
            if not _is_missing(url):
                with engine.connect() as connection:
                    refuse_strangers(connection)
            yield url, engine
        finally:
            engine.dispose()


@contextmanager
def heeding(heed: Callable[[], None]) -> Iterator[None]:
    """Let work on databases be stopped between any two statements: see `signals.postponed`."""

    def look(*statement: object) -> None:
        heed()

    event.listen(Engine, "before_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", look)


def _refuse_missing(url: URL) -> None:
    if _is_missing(url):
        raise Refused(f"{url.database}: there is no such database; stalker init makes one")


def _is_missing(url: URL) -> bool:
    file = file_of(url)
    return file is not None and not file.exists()


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
