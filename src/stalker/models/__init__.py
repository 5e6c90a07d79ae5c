"""The object model: one file for each entity, and helpers that work on any of them."""

from stalker.core.naming import make_plural
from stalker.models.traversal import (
    check_circular_dependency,
    local_to_utc,
    utc_to_local,
    walk_hierarchy,
)

__all__ = [
    "check_circular_dependency",
    "local_to_utc",
    "make_plural",
    "utc_to_local",
    "walk_hierarchy",
]
