"""Reviews as a list: who has to decide, about what, and since when."""

from __future__ import annotations

import posixpath
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from stalker.models.auth import User
from stalker.models.entity import SimpleEntity
from stalker.models.link import Link
from stalker.models.project import Project
from stalker.models.review import Review
from stalker.models.status import Status
from stalker.models.task import Task
from stalker.models.task.omission import is_omitted
from stalker.services.addresses import addresses
from stalker.services.within import within
from stalker.workflow.tasks import NEW

__all__ = ["Pending", "pending"]

_reviews, _tasks, _users = Review.__table__.c, Task.__table__.c, User.__table__.c
_entities, _statuses, _links = SimpleEntity.__table__.c, Status.__table__.c, Link.__table__.c


class Pending(NamedTuple):
    """A review that nobody has decided yet."""

    id: int
    #: login of who has to decide; `None` if that person is not known any more
    reviewer: str | None
    #: of its task
    round: int
    #: the path of what is looked at, with the variable of its repository
    version: str | None
    #: since when it waits
    since: datetime
    task_id: int
    #: of the task, from the code of its project down
    path: str

    @property
    def filename(self) -> str:
        """Return the name of the file that is looked at; empty without one."""
        return posixpath.basename(self.version or "")


def pending(
    session: Session,
    reviewer: User | None = None,
    projects: Collection[Project] = (),
    top: Task | None = None,
) -> list[Pending]:
    """Return the reviews that wait for a decision, the longest first.

    They are those of *reviewer*, in one of *projects*, and of *top* or below it, as far as these
    are given. What is omitted waits for nobody, nor does what lies in a project that rests, unless
    the project or *top* is given. As many statements for many as for a few.
    """
    conditions = [
        _statuses.code == NEW,
        ~is_omitted(_tasks.id),
        *within(projects, top, resting=False),
    ]
    if reviewer is not None:
        conditions.append(_reviews.reviewer_id == reviewer.id)
    columns = (_users.login, _reviews.review_number, _links.full_path, _entities.date_created)
    query = (
        select(_reviews.id, *columns, _reviews.task_id)
        .join_from(Review.__table__, SimpleEntity.__table__, _entities.id == _reviews.id)
        .join(Status.__table__, _statuses.id == _reviews.status_id)
        .join(Task.__table__, _tasks.id == _reviews.task_id)
        .outerjoin(User.__table__, _users.id == _reviews.reviewer_id)
        .outerjoin(Link.__table__, _links.id == _reviews.version_id)
        .where(*conditions)
        .order_by(_entities.date_created, _reviews.id)
    )
    rows = session.execute(query).all()
    paths = addresses(session, {row.task_id for row in rows})
    # nobody has deleted the task since
    return [Pending(*row, paths[row.task_id]) for row in rows if row.task_id in paths]
