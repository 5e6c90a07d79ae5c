"""Reading a database as it is at one moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

#: for one statement of the many rows of a large studio
_TIMEOUT = "SELECT set_config('statement_timeout', '1h', true)"


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """Yield a connection that sees the database as it is now, whatever others write meanwhile.

    Nobody waits for it, and it writes nothing.
    """
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            connection.execute(text(_TIMEOUT))
        else:
            connection.exec_driver_sql("BEGIN")
        yield connection
