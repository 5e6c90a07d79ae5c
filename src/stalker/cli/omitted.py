"""What is said of work on something that is in the cut no more."""

from __future__ import annotations

from stalker import Project, Task
from stalker.cli.finding import path_of
from stalker.cli.output import note
from stalker.db.session import DBSession
from stalker.models.task.omission import omitted_with


def omitted_as(entity: Task | Project) -> str | None:
    """Return the path of what *entity* is omitted with; `None` if it is not."""
    top = omitted_with(DBSession(), entity) if isinstance(entity, Task) else None
    return None if top is None else path_of(top)


def mention_omission(task: Task) -> None:
    """Say it to whoever works on *task* all the same."""
    path = omitted_as(task)
    if path is not None:
        note(f"{path} is omitted: what is left to do on it is in no plan and in nobody's list")
