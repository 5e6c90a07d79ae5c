"""What a set of permissions allows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from stalker.core.kinds import Access

__all__ = ["is_allowed"]


class Grant(Protocol):
    """What a permission says."""

    @property
    def access(self) -> str: ...
    @property
    def action(self) -> str: ...
    @property
    def class_name(self) -> str: ...


def is_allowed(grants: Iterable[Grant], action: str, class_name: str) -> bool:
    """Say whether *grants* allow an action on a class: one that denies beats all that allow."""
    return {
        grant.access for grant in grants if (grant.action, grant.class_name) == (action, class_name)
    } == {Access.ALLOW}
