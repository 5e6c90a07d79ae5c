"""How time logs are told: for people in a line, for programs as an object."""

from __future__ import annotations

from datetime import datetime

from stalker.cli.amounts import shown_hours, shown_moment
from stalker.services.timesheet import Worked
from stalker.services.worklist import Work


def span(start: datetime, end: datetime) -> str:
    """Return from when to when somebody has worked."""
    return f"{shown_moment(start)} to {shown_moment(end)} UTC"


def progress(task: Work) -> str:
    """Return the status of a task, and how much of it is done."""
    done = f"{shown_hours(task.logged_seconds)} of {shown_hours(task.planned_seconds)}"
    return f"{task.path}: {task.status}, {done} done"


def described(worked: Worked) -> dict[str, object]:
    """Return a time log for programs."""
    return {
        "id": worked.id,
        "user": worked.user,
        "start": worked.start,
        "end": worked.end,
        "seconds": worked.seconds,
        "task": {"id": worked.task_id, "path": worked.path},
    }


def described_with(worked: Worked, task: Work) -> dict[str, object]:
    """Return a time log for programs, and what of its task may have changed by it."""
    about = {
        "id": task.id,
        "path": task.path,
        "status": task.status,
        "planned_seconds": task.planned_seconds,
        "logged_seconds": task.logged_seconds,
    }
    return {**described(worked), "task": about}
