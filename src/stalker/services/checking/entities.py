"""Whether each entity has all parts of its row."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, String, exists, func, inspect, literal, select, union_all

from stalker.models.entity import SimpleEntity
from stalker.services.checking.finding import Finding


def check_entities(connection: Connection, there: Collection[str]) -> Finding:
    """Look for rows of `SimpleEntities` without the row of their class, and of classes unknown."""
    roots: Any = SimpleEntity.__table__
    mappers = {
        each.polymorphic_identity: each for each in inspect(SimpleEntity).self_and_descendants
    }
    counts = select(roots.c.entity_type, func.count()).group_by(roots.c.entity_type)
    rows: Any = connection.execute(counts).all()
    found: dict[str, int] = dict(rows)
    finding = Finding("entities", sum(found.values()))
    for kind in sorted(found.keys() - mappers.keys()):
        finding.add(f"{found[kind]:,} entities are of a class {kind!r} that is not known here",
                    found[kind])  # fmt: skip
    parts = [
        (kind, table)
        for kind, mapper in sorted(mappers.items())
        if kind in found
        for table in mapper.tables
        if table is not roots and table.name in there
    ]
    queries = [_missing(roots, kind, table) for kind, table in parts]
    if queries:
        for kind, table, count in connection.execute(union_all(*queries)):
            if count:
                finding.add(f"{count:,} of class {kind!r} have no row in {table!r}", count)
    return finding


def _missing(roots: Any, kind: Any, table: Any) -> Any:
    """Return the query that counts entities of a *kind* without a row in *table*."""
    row = exists().where(table.c.id == roots.c.id)
    return select(literal(kind, String), literal(table.name, String), func.count()).where(
        roots.c.entity_type == kind, ~row
    )
