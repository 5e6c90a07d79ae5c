"""What a plan calls the rows of a database."""

from __future__ import annotations

__all__ = ["entity_id", "project_key", "task_key", "user_key"]


def project_key(number: int) -> str:
    """Return what a plan calls the project with that id."""
    return f"Project_{number}"


def task_key(number: int) -> str:
    """Return what a plan calls the task with that id."""
    return f"Task_{number}"


def user_key(number: int) -> str:
    """Return what a plan calls the person with that id."""
    return f"User_{number}"


def entity_id(key: str) -> int | None:
    """Return the id of what a plan calls like that; nothing for the plan as a whole."""
    number = key.rpartition("_")[2]
    return int(number) if number else None
