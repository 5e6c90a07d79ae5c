"""The tables that tie tasks to people."""

from __future__ import annotations

from typing import Any

from stalker.db.association import pairs

__all__ = [
    "alternatives_table",
    "computed_table",
    "resources_table",
    "responsible_table",
    "watchers_table",
]


def _people(name: str, column: str = "resource_id") -> Any:
    return pairs(name, ("task_id", "Tasks"), (column, "Users"))


resources_table = _people("Task_Resources")
alternatives_table = _people("Task_Alternative_Resources")
computed_table = _people("Task_Computed_Resources")
watchers_table = _people("Task_Watchers", "watcher_id")
responsible_table = _people("Task_Responsible", "responsible_id")
