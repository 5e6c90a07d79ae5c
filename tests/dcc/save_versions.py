"""Saves versions of one task, as one of several artists does at the same time.

    python save_versions.py URL TASK COUNT NAME

Waits for a line on its standard input, so that all begin together. Prints the paths.
"""

from __future__ import annotations

import sys

from stalker import Task, db
from stalker.db.session import DBSession
from stalker.dcc.plain import PlainFiles


def main(url: str, task_id: str, count: str, name: str) -> None:
    db.setup({"sqlalchemy.url": url})
    task = DBSession.get_one(Task, int(task_id))
    host = PlainFiles()
    host.scene["text"] = name
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(int(count)):
        host.save_new_version(task)
        print(host.scene_path(), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
