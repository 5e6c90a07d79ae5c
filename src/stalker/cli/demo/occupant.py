"""Who lives in a database of ours: nobody, a demo, or somebody whose work has to stay."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, inspect, select, text

from stalker.cli.database import explained, shown
from stalker.cli.refusal import Refused
from stalker.db import engines
from stalker.db.beside import file_of
from stalker.db.declarative import Base
from stalker.db.owner import VERSION_TABLE, refuse_strangers
from stalker.models.project import Project
from stalker.services.demo import MARK

_OWN = "the demo needs a database of its own"


def holds_demo(url: URL) -> bool:
    """Say whether a database holds a demo, and is not just empty; refuse it with anything else."""
    file = file_of(url)
    if file is not None and not file.exists():
        return False
    with _looking(url) as connection:
        refuse_strangers(connection)
        ours, foreign = _tables(connection)
        known = Project.__tablename__ in ours
        marks = set(connection.scalars(select(Project.generic_text))) if known else set()
    if foreign:
        raise Refused(
            f"{shown(url)} has tables that are not Stalker's, such as {foreign[0]!r}: {_OWN}"
        )
    if marks - {MARK}:
        raise Refused(f"{shown(url)} holds other productions than the demo's: {_OWN}")
    if ours and not marks:
        raise Refused(f"{shown(url)} is not empty and was not made by the demo: {_OWN}")
    return bool(marks)


def clear(url: URL) -> None:
    """Drop all that Stalker makes in a database.

    The extension `btree_gist` stays: it may have been there before, and others may need it.
    """
    engine = engines.create({"sqlalchemy.url": url})
    try:
        with engine.begin() as connection:
            Base.metadata.drop_all(connection)
            VERSION_TABLE.drop(connection, checkfirst=True)
            if connection.dialect.name == "postgresql":
                connection.execute(text("DROP FUNCTION IF EXISTS stalker_delete_root()"))
    finally:
        engine.dispose()


@contextmanager
def _looking(url: URL) -> Iterator[Connection]:
    with explained(url):
        engine = engines.create({"sqlalchemy.url": url})
        try:
            with engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()


def _tables(connection: Connection) -> tuple[set[str], list[str]]:
    """Return the names of the tables that are Stalker's, and of the others."""
    tables = set(inspect(connection).get_table_names())
    ours = tables & {*Base.metadata.tables, VERSION_TABLE.name}
    return ours, sorted(tables - ours)
