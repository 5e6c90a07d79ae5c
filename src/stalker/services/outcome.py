"""Whether rows were stored, when a connection broke off before it answered COMMIT."""

from __future__ import annotations

import time
from collections.abc import Iterable

from sqlalchemy import Engine, select, text
from sqlalchemy.exc import SQLAlchemyError

from stalker.models.version import Version

__all__ = ["stored"]

#: seconds until nobody is asked any more: time for a server to start again
PATIENCE = 10.0
_PAUSE = 0.25


def stored(engine: Engine, versions: Iterable[int]) -> set[int] | None:
    """Return which *versions* are in the database now and will be; `None` if nobody can tell."""
    wanted = set(versions)
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return _ask(engine, wanted)
        except SQLAlchemyError:
            if time.monotonic() >= end:
                return None
            time.sleep(_PAUSE)


def _ask(engine: Engine, wanted: set[int]) -> set[int]:
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            # the server may still be at work for a client that it believes to be there
            limit = {"limit": f"{int(PATIENCE * 1000) or 1}ms"}
            connection.execute(text("SELECT set_config('lock_timeout', :limit, true)"), limit)
            connection.execute(text(f'LOCK TABLE "{Version.__tablename__}" IN SHARE MODE'))
        table = Version.__table__
        return set(connection.scalars(select(table.c.id).where(table.c.id.in_(wanted))))
