"""What is said of what takes no time, wherever a plan is made or shown."""

from __future__ import annotations

from stalker import Project
from stalker.db.session import DBSession
from stalker.services.addresses import addresses
from stalker.services.worklist import unassigned, without_tasks


def without_time(projects: list[Project]) -> list[str]:
    """Return a warning of tasks that nobody does, and one of shots and assets without tasks."""
    found = []
    if nobodys := unassigned(DBSession(), projects):
        found.append(
            f"nobody is assigned to {_some(nobodys)}: there is no time for that in the plan; "
            "stalker task assign TASK --for LOGIN"
        )
    if empty := without_tasks(DBSession(), projects):
        found.append(
            f"there are no tasks yet in {_some(empty)}: that lies where the plan begins; "
            "stalker task steps, or task add"
        )
    return found


def _some(numbers: list[int]) -> str:
    first = addresses(DBSession(), numbers[:1])[numbers[0]]
    return f"{first} and {len(numbers) - 1:,} more" if len(numbers) > 1 else first
