"""What is said of work that nobody does, wherever a plan is made or shown."""

from __future__ import annotations

from stalker import Project
from stalker.db.session import DBSession
from stalker.services.addresses import addresses
from stalker.services.worklist import unassigned


def without_people(projects: list[Project]) -> list[str]:
    """Return a warning of tasks for which the plan has no time, because nobody does them."""
    found = unassigned(DBSession(), projects)
    if not found:
        return []
    first = addresses(DBSession(), found[:1])[found[0]]
    more = f" and {len(found) - 1:,} more" if len(found) > 1 else ""
    return [
        f"nobody is assigned to {first}{more}: there is no time for that in the plan; "
        "stalker task assign TASK --for LOGIN"
    ]
