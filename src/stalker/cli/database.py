"""Databases as a user names them, and what is said of one that cannot be used."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from stalker.cli.refusal import Refused
from stalker.exceptions import SchemaVersionError, UnusableDatabaseError

#: in what is not a URL, and so cannot be taken to pieces
_PASSWORD = re.compile(r"(://[^:]*:).*(?=@)|(password=)[^&]*")


def parse(text: str | URL) -> URL:
    """Return the URL of a database that stays, with an absolute path if it is a file."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        # what has no scheme is most often a file
        hint = "" if "://" in str(text) else f": a file is sqlite:///{text or 'studio.db'}"
        hidden = _PASSWORD.sub(r"\1\2***", str(text))
        raise Refused(f"{hidden!r} is not the URL of a database{hint}") from error
    if url.get_backend_name() == "sqlite":
        return url.set(database=str(_file(url)))
    return url


def _file(url: URL) -> Path:
    if url.database in (None, "", ":memory:"):
        raise Refused(
            "a database in memory would be gone at once: name one with --database URL or in "
            "STALKER_DATABASE_URL; a file is sqlite:///studio.db, with three slashes"
        )
    if "uri" in url.query:
        raise Refused(f"{shown(url)}: a file is sqlite:///studio.db, without parameters of SQLite")
    path = Path(str(url.database)).absolute()
    if path.is_dir():
        raise Refused(f"{path}: it is a folder")
    if not path.parent.is_dir():
        raise Refused(f"{path}: there is no folder {path.parent}")
    return path


def shown(url: URL) -> str:
    """Return *url* without any password."""
    secret = {key: "***" for key in url.query if "password" in key}
    text = url.update_query_dict(secret).render_as_string()
    return text.replace("%2A%2A%2A", "***")


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """Refuse with one line that names the database, if it cannot be used."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        # the driver's text without SQLAlchemy's additions, which may hold values
        reason = getattr(error, "orig", None) or error
        raise Refused(f"{shown(url)}: {' '.join(str(reason).split())}") from error
    except UnicodeEncodeError as error:
        # what was typed holds bytes that are no UTF-8
        raise Refused(f"{error.object!a} is no text that a database can hold") from error
    except (ArgumentError, SchemaVersionError, UnusableDatabaseError) as error:
        raise Refused(f"{shown(url)}: {error}") from error
