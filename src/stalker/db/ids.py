"""Ids that are known before the rows are written.

Without them the unit of work has to write one row, read its id, and write the next; with them it
writes all rows of a table in one statement. Ids follow the order in which objects were added.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, event, func, inspect, select, text
from sqlalchemy.orm import RelationshipDirection, Session
from sqlalchemy.orm.base import LoaderCallableStatus

from stalker.db.declarative import named
from stalker.db.session import StudioSession

_SEQUENCE = "'\"SimpleEntities_id_seq\"'"


def reserve(connection: Connection, count: int) -> list[int]:
    """Take *count* ids that nobody else will get, in ascending order."""
    if connection.dialect.name == "postgresql":
        query = select(func.nextval(text(_SEQUENCE))).select_from(func.generate_series(1, count))
        return list(connection.scalars(query))
    last = connection.scalar(
        text(
            "UPDATE sqlite_sequence SET seq = seq + :count "
            "WHERE name = 'SimpleEntities' RETURNING seq"
        ),
        {"count": count},
    )
    if last is None:
        last = count
        connection.execute(
            text("INSERT INTO sqlite_sequence (name, seq) VALUES ('SimpleEntities', :last)"),
            {"last": last},
        )
    return list(range(last - count + 1, last + 1))


@event.listens_for(StudioSession, "before_flush")
def _reserve_for_new(session: Session, context: Any, instances: Any) -> None:
    simple_entity = named("SimpleEntity")
    new = [obj for obj in session.new if isinstance(obj, simple_entity) and obj.id is None]
    if len(new) > 1:
        for obj, number in zip(new, reserve(session.connection(), len(new)), strict=True):
            obj.id = number


@event.listens_for(StudioSession, "pending_to_transient")
@event.listens_for(StudioSession, "persistent_to_transient")
def _forget(session: Session, obj: Any) -> None:
    """Make an object whose row was rolled back as new as it was before it was written.

    Somebody else may get its id now. What refers to it has to be written again when it is added
    again: the unit of work would take that for done.
    """
    state = inspect(obj)
    mapper = state.mapper
    stale: set[Any] = set()
    if isinstance(obj, named("SimpleEntity")):
        stale.update(key for table in mapper.tables for key in table.primary_key)
    for relation in mapper.relationships:
        if relation.key in state.dict and not relation.viewonly:
            state.committed_state[relation.key] = LoaderCallableStatus.NO_VALUE
            if relation.direction is RelationshipDirection.MANYTOONE:
                stale |= relation.local_columns
    for column in stale:
        state.dict.pop(mapper.get_property_by_column(column).key, None)
