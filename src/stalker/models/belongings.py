"""What belongs to an entity alone, and goes with it when it is deleted."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, func, inspect, or_, select
from sqlalchemy.orm import Mapper, RelationshipProperty, object_session

from stalker.models.entity import SimpleEntity

__all__ = ["belongings", "counts_of_belongings"]


def counts_of_belongings(entity: SimpleEntity) -> dict[str, int]:
    """Count by class what would be deleted with *entity*; what is pending is written first."""
    session = object_session(entity)
    if session is None or not inspect(entity).has_identity:
        return {}
    ids = belongings(type(entity), [entity.id]).values()
    goes = or_(*(SimpleEntity.id.in_(each) for each in ids)) & (SimpleEntity.id != entity.id)
    kind = SimpleEntity.entity_type
    query = select(kind, func.count()).where(goes).group_by(kind).order_by(kind)
    return {row[0]: row[1] for row in session.execute(query)}


def belongings(
    kind: type[SimpleEntity], numbers: Collection[int]
) -> dict[type[SimpleEntity], Select[Any]]:
    """Return by class the queries for the ids of what goes with those of *kind* with these ids.

    They themselves are among it. The way leads along the relations that delete what is at their
    other end; the classes of a studio are found like all others.
    """
    top = inspect(kind)
    table = top.local_table
    found = {top: _with_descendants(top, _ids(table, table.c.id.in_(numbers)))}
    waiting = [top]
    for mapper in waiting:
        for relation in _owning(mapper):
            owned = relation.mapper
            if owned not in found:
                [(_, owner)] = relation.local_remote_pairs
                found[owned] = _with_descendants(owned, _ids(owner.table, owner.in_(found[mapper])))
                waiting.append(owned)
    return {mapper.class_: ids for mapper, ids in found.items()}


def _ids(table: Any, condition: ColumnElement[bool]) -> Select[Any]:
    # tasks of tasks: what is asked within a question about the same table is another one
    return select(table.c.id).where(condition).correlate(None)


def _owning(mapper: Mapper[Any]) -> Iterator[RelationshipProperty[Any]]:
    for each in mapper.self_and_descendants:
        for relation in each.relationships:
            if relation.cascade.delete and issubclass(relation.mapper.class_, SimpleEntity):
                yield relation


def _with_descendants(mapper: Mapper[Any], ids: Select[Any]) -> Select[Any]:
    """Return *ids* and those of everything below them, if *mapper* is of a hierarchy."""
    relation = next((each for each in _owning(mapper) if mapper.isa(each.mapper)), None)
    if relation is None:
        return ids
    [(key, parent)] = relation.local_remote_pairs
    below = ids.cte(recursive=True)
    return select(below.union(select(key).join(below, parent == below.c.id)).c.id).correlate(None)
