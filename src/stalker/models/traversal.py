"""Public helpers around entities: walking, circles, local time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from stalker.core.graph import walk
from stalker.core.kinds import TraversalDirection
from stalker.exceptions import CircularDependencyError

__all__ = ["check_circular_dependency", "local_to_utc", "utc_to_local", "walk_hierarchy"]


def walk_hierarchy(
    entity: Any,
    attr: str,
    method: int | str | TraversalDirection = TraversalDirection.DEPTH_FIRST,
) -> Iterator[Any]:
    """Yield *entity* and what its list attribute *attr* leads to, depth first (0) or breadth first.

    Meeting an entity again below itself raises `CircularDependencyError`.
    """
    return walk(entity, lambda node: getattr(node, attr), method)


def check_circular_dependency(entity: Any, other_entity: Any, attr_name: str) -> None:
    """Raise `CircularDependencyError` if *other_entity* is met while walking from *entity*."""
    seen = {id(entity)}
    waiting = [entity]
    while waiting:
        node = waiting.pop()
        if node is other_entity:
            raise CircularDependencyError(
                f"{type(entity).__name__}.{attr_name}: {other_entity!r} follows from {entity!r}",
                entity=entity,
                other=other_entity,
            )
        for each in getattr(node, attr_name):
            if id(each) not in seen:
                seen.add(id(each))
                waiting.append(each)


def utc_to_local(utc_datetime: datetime) -> datetime:
    """Return a naive UTC date-time as a naive one in the zone of this machine."""
    return utc_datetime.replace(tzinfo=UTC).astimezone().replace(tzinfo=None)


def local_to_utc(local_datetime: datetime) -> datetime:
    """Return a naive date-time in the zone of this machine as a naive one in UTC."""
    return local_datetime.astimezone(UTC).replace(tzinfo=None)
