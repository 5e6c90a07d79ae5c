"""Makes versions of one task, as one of several processes do at the same time.

    main(url, task, count, takes, [die])

Waits for a line on its standard input, so that all begin together. `TAKES` are separated by commas.
With `die` it writes its versions and reports, and waits to be killed before the commit.
"""

from __future__ import annotations

import sys

from stalker import Task, Version, db
from stalker.db.session import DBSession


def main(url: str, task_id: str, count: str, takes: str, mode: str = "") -> None:
    db.setup({"sqlalchemy.url": url})
    task = DBSession.get_one(Task, int(task_id))
    DBSession.rollback()
    print("ready", flush=True)
    sys.stdin.readline()
    names = takes.split(",")
    for number in range(int(count)):
        Version(task=task, take_name=names[number % len(names)])
        if mode == "die":
            DBSession.flush()
            if number + 1 == int(count):
                print("written", flush=True)
                sys.stdin.readline()
        else:
            DBSession.commit()
    DBSession.commit()
