"""The same steps of work for many shots or assets at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import cycle
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from stalker.models.auth import User
from stalker.models.loading import class_of, load_by_class
from stalker.models.project import Project
from stalker.models.task import Task
from stalker.services.preloading import load_around
from stalker.services.within import below

__all__ = ["Step", "add_steps", "parents_of"]


class Step(NamedTuple):
    """A task that each of many shots gets."""

    name: str
    timing: float
    unit: str
    #: they take turns: the first shot is the first one's, the second the second one's
    people: tuple[User, ...] = ()


def parents_of(session: Session, place: Project | Task, kind: type[Task]) -> list[Task]:
    """Return everything of a class in a project or below a task, in the order of ids."""
    query = select(kind.id, class_of(Task)).order_by(kind.id)
    if isinstance(place, Project):
        query = query.where(kind.project_id == place.id)
    else:
        query = query.where(kind.id.in_(below([place.id])))
    found = load_by_class(session, Task, [(row[0], row[1]) for row in session.execute(query)])
    return [found[number] for number in sorted(found)]


def add_steps(
    parents: Collection[Task], steps: Sequence[Step], by: User | None = None
) -> Iterator[list[Task]]:
    """Give each of *parents* the *steps* it has not, and yield what was made for it.

    A step waits for the one before. A task that has the name of a step is that step, as it is.
    Everything that is asked is asked before: as many statements for many as for one.
    """
    kept = load_around(parents)
    turns = {step.name: cycle(step.people or (None,)) for step in steps}
    for parent in parents:
        named = {child.name: child for child in parent.children}
        made: list[Task] = []
        former: Task | None = None
        for step in steps:
            if step.name not in named:
                who = next(turns[step.name])
                named[step.name] = Task(
                    name=step.name,
                    parent=parent,
                    schedule_timing=step.timing,
                    schedule_unit=step.unit,
                    depends=[] if former is None else [former],
                    resources=[] if who is None else [who],
                    created_by=by,
                )
                made.append(named[step.name])
            former = named[step.name]
        yield made
    del kept  # the session alone would have let them go
