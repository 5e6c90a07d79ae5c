"""One column of many rows is written with a statement for each value.

Thousands of tasks that follow another one come to few statuses. A statement for each of them would
cost more than everything that is decided about them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Select, Update, bindparam, func, select, update
from sqlalchemy.orm import Session

from stalker.db.among import among

__all__ = ["lock_rows", "write_column"]


def write_column(session: Session, column: Any, rows: Mapping[Any, Collection[Any]]) -> None:
    """Write into *column* each value for which there are *rows*, given by their primary keys."""
    for value, keys in rows.items():
        if keys:
            session.connection().execute(_set(column), {"of_rows": sorted(keys), "present": value})


def lock_rows(session: Session, table: Any, keys: Collection[Any]) -> None:
    """Let nobody else write the rows with these primary keys until this transaction ends.

    It is always in the same order, so that nobody waits for somebody who waits for him.
    """
    # SQLite has one writer at a time anyway
    if len(keys) > 1 and session.connection().dialect.name == "postgresql":
        session.connection().scalar(_lock(table), {"of_rows": sorted(keys)})


@cache  # what takes longest is to put it together
def _set(column: Any) -> Update:
    table = column.table
    statement = update(table).where(among(*table.primary_key, name="of_rows"))
    return statement.values({column: bindparam("present", type_=column.type)})


@cache
def _lock(table: Any) -> Select[int]:
    rows = select(*table.primary_key).where(among(*table.primary_key, name="of_rows"))
    rows = rows.order_by(*table.primary_key).with_for_update(key_share=True)
    return select(func.count()).select_from(rows.subquery())
