"""How Alembic reaches the database: `stalker.db.upgrade()` hands it a connection.

Developers run it by hand with `alembic -x url=postgresql+psycopg://... check`.
"""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import Connection

import stalker
from stalker.db import engines
from stalker.db.declarative import Base
from stalker.db.upgrade import migrating


def is_ours(item: Any, name: str | None, kind: str, reflected: bool, counterpart: Any) -> bool:
    """Leave alone what a studio has in the database beside our tables."""
    return not (kind == "table" and reflected and counterpart is None)


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=is_ours,
        compare_server_default=True,
        render_as_batch=True,  # SQLite changes a table by copying it
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    settings = dict(stalker.defaults.database_engine_settings)
    settings.update(
        (engines.PREFIX + key, value)
        for key, value in context.get_x_argument(as_dictionary=True).items()
    )
    with migrating(engines.create(settings)) as connection:
        run(connection)
