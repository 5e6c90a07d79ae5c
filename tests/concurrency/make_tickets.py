"""Makes tickets of one project, as one of several processes do at the same time.

    main(url, project, count, [die])

Waits for a line on its standard input, so that all begin together. With `die` it writes its tickets
and reports, and waits to be killed before the commit.
"""

from __future__ import annotations

import sys

from stalker import Project, Ticket, db
from stalker.db.session import DBSession


def main(url: str, project_id: str, count: str, mode: str = "") -> None:
    db.setup({"sqlalchemy.url": url})
    project = DBSession.get_one(Project, int(project_id))
    DBSession.rollback()
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(int(count)):
        Ticket(project=project)
        if mode != "die":
            DBSession.commit()
        elif number + 1 == int(count):
            DBSession.flush()
            print("written", flush=True)
            sys.stdin.readline()
    DBSession.commit()
