"""Whether the files of the versions are there."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import selectinload

from stalker.db.session import StudioSession
from stalker.models.link import Link
from stalker.models.paths import absolute
from stalker.models.project import Project
from stalker.models.task import Task
from stalker.models.version import Version
from stalker.services.addresses import addresses
from stalker.services.checking.finding import SHOWN, Finding

#: called with the number of versions that are done, and of all
Report = Callable[[int, int | None], None]

_BATCH = 1000


def check_files(connection: Connection, report: Report) -> Finding:
    """Look for the file of each version that has a path, in the repositories of its project."""
    versions: Any = Version.__table__
    tasks: Any = Task.__table__
    links: Any = Link.__table__
    total = connection.scalar(select(func.count()).select_from(versions)) or 0
    query = (
        select(
            versions.c.task_id,
            versions.c.take_name,
            versions.c.version_number,
            tasks.c.project_id,
            links.c.full_path,
        )
        .join(links, links.c.id == versions.c.id)
        .join(tasks, tasks.c.id == versions.c.task_id)
        .order_by(versions.c.id)
    )
    finding = Finding("files", total)
    with StudioSession(connection) as session:
        found = select(Project).options(selectinload(Project.repositories_proxy))
        projects = {each.id: each for each in session.scalars(found)}
        rows = connection.execute(query, execution_options={"yield_per": _BATCH})
        missing: list[tuple[int, str, str]] = []
        for done, (task, take, number, project, path) in enumerate(rows, 1):
            # a project or task that is not there is told with the references
            place = projects.get(project) if path else None
            if place is not None and not os.path.exists(file := absolute(place, path)):
                finding.count += 1
                if len(missing) < SHOWN:
                    missing.append((task, f"version {number} ({take})", file))
            if done % _BATCH == 0 or done == total:
                report(done, total)
        paths = addresses(session, {task for task, *_ in missing})
    finding.faults = [
        f"{version} of {paths.get(task, f'task {task}')}: there is no {file}"
        for task, version, file in missing
    ]
    return finding
