"""The rows that are written without the library."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import MetaData

import stalker
from stalker.db.declarative import Base

# copies: mapped once more, the library's own tables would make SQLAlchemy warn
_copies = MetaData()
for _table in Base.metadata.tables.values():
    _table.to_metadata(_copies)
TABLES = _copies.tables


def common() -> dict[str, Any]:
    """Return what every entity has."""
    now = datetime.now(UTC)
    return {
        "description": "",
        "generic_text": "",
        "html_style": "",
        "html_class": "",
        "date_created": now,
        "date_updated": now,
        "stalker_version": stalker.__version__,
    }


def task_values() -> dict[str, Any]:
    """Return what every task has: an hour of work."""
    start = datetime(2026, 1, 5, 9, tzinfo=UTC)
    return {
        "start": start,
        "end": start + timedelta(hours=1),
        "duration": timedelta(hours=1),
        "is_milestone": False,
        "priority": 500,
        "bid_timing": 1.0,
        "bid_unit": "h",
        "allocation_strategy": "minallocated",
        "persistent_allocation": True,
        "review_number": 0,
        "schedule_timing": 1.0,
        "schedule_unit": "h",
        "schedule_model": "effort",
        "schedule_constraint": 0,
        "schedule_seconds": 3600,
        "total_logged_seconds": 0,
    }


def gap() -> dict[str, Any]:
    """Return what every dependency has."""
    return {
        "dependency_target": "onend",
        "gap_timing": 0.0,
        "gap_unit": "h",
        "gap_model": "length",
        "gap_constraint": 0,
    }


def joining(task: int, person: int, date: datetime) -> dict[str, Any]:
    """Return the entry of its history that says who was given a new task."""
    return {"task_id": task, "resource_id": person, "action": "assign", "date": date}
