"""Who may decide about a review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from stalker.core.rules import instance_of, optional

if TYPE_CHECKING:
    from stalker.models.auth import User

__all__ = ["checked_decider"]

_decider = optional(instance_of("User"))


def checked_decider(by: Any, reviewer: User, where: str) -> User:
    """Return who decides: the reviewer, or *by*, who needs the permission to update reviews.

    *where* names in messages what is done. Raises `PermissionError`.
    """
    decider = cast("User | None", _decider(by, f"{where} argument by")) or reviewer
    if decider is not reviewer and not decider.has_permission("Update", "Review"):
        raise PermissionError(
            f"{where} for {reviewer!r} needs the permission to update reviews, which {by!r} has not"
        )
    return decider
