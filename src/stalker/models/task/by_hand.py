"""Statuses that somebody sets by hand, beside the workflow: allowed, unless a studio is strict."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm.attributes import instance_state

import stalker
from stalker.exceptions import StatusError

__all__ = ["unless_strict", "write_status"]


def write_status(obj: Any, status: Any) -> None:
    """Set the status that the workflow has decided about, however strict the studio is.

    It comes from the list of *obj*. An assignment would look it up there once more, which costs
    most of a revision that thousands follow.
    """
    state, known = instance_state(obj), obj.__dict__
    state._modified_event(known, state.manager["status"].impl, obj.status)
    known["status"] = status


def unless_strict(first_code: str) -> Callable[[Any, Callable[[], None]], None]:
    """Return the effect of assigning a status: with `strict_workflow` it is refused.

    A list without *first_code* has no workflow, so that nobody else would set its statuses.
    """

    def assign_status(obj: Any, assign: Callable[[], None]) -> None:
        before = obj.status
        assign()
        if (
            stalker.defaults.strict_workflow
            and obj.status is not before
            and obj.status_list[first_code] is not None
        ):
            name = type(obj).__name__
            raise StatusError(
                f"{name}.status of {obj!r} must stay {before.code}, not become {obj.status.code}: "
                "strict_workflow leaves that to the actions",
                entity=obj,
                status=before,
            )

    return assign_status
