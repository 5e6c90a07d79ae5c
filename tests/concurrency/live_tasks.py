"""Works on the tasks of a project, as one of several processes do at the same time.

    main(url, project, number, seconds)

Waits for a line on its standard input, so that all begin together. Each thing is done in a
transaction of its own: what the workflow refuses is taken back, and anything else is an error.
Reports each log and version that is committed, and in the end how much was done and refused.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from stalker import Task, TimeLog, User, Version, db
from stalker.db.session import OVERLAP, DBSession
from stalker.exceptions import DependencyViolationError, OverBookedError, StatusError

HOUR = timedelta(hours=1)
#: long after every plan of the tasks
LATER = datetime(2040, 1, 1, tzinfo=UTC)


def main(url: str, project_id: str, number: str, seconds: str) -> None:
    db.setup({"sqlalchemy.url": url})
    chance = random.Random(int(number))
    query = select(Task.id).where(Task.project_id == int(project_id)).order_by(Task.id)
    tasks = list(DBSession.scalars(query))
    people = list(DBSession.scalars(select(User.id).where(User.login.like("worker%"))))
    me = people[int(number) % len(people)]
    DBSession.rollback()
    print("ready", flush=True)
    sys.stdin.readline()
    done: Counter[str] = Counter()
    end = time.monotonic() + float(seconds)
    step = 0
    while time.monotonic() < end:
        step += 1
        action = chance.choice(ACTIONS)
        task = DBSession.get_one(Task, chance.choice(tasks))
        # some log their work at times that another process may take as well
        resource = DBSession.get_one(User, me if chance.random() < 0.7 else chance.choice(people))
        try:
            made = _do(action, task, resource, LATER + step * HOUR)
            DBSession.flush()
            name = made and f"{type(made).__name__} {made.id}"
            DBSession.commit()
            if name:
                print(name, flush=True)
            done[action] += 1
        except (StatusError, OverBookedError, DependencyViolationError, ValueError):
            done["refused"] += 1
        except IntegrityError as error:
            if OVERLAP not in str(error.orig):
                raise
            done["overlapping"] += 1
        finally:
            DBSession.rollback()
            DBSession.remove()
    print(dict(done), flush=True)


ACTIONS = ["log"] * 6 + ["review"] * 3 + ["approve"] * 4 + ["revise"] * 2 + ["version"] * 2
ACTIONS += ["hold", "resume", "resume", "stop"]


def _do(action: str, task: Task, user: User, start: datetime) -> TimeLog | Version | None:
    if action == "log":
        return TimeLog(task=task, resource=user, start=start, end=start + HOUR)
    if action == "review":
        task.request_review()
    elif action == "approve":
        undecided = [each for each in task.review_set() if each.is_open]
        if not undecided:
            raise ValueError("there is nothing to approve")
        random.choice(undecided).approve()
    elif action == "revise":
        task.request_revision(user, "again", 1, "h")
    elif action == "version":
        return Version(task=task)
    else:
        getattr(task, action)()
    return None
