"""Whether anybody has worked on two things at once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select

from stalker.models.auth import User
from stalker.models.task import TimeLog
from stalker.services.checking.finding import Finding


def check_bookings(connection: Connection) -> Finding:
    """Look for time logs of one person that overlap: the guard could have been switched off."""
    logs: Any = TimeLog.__table__
    users: Any = User.__table__
    before = func.max(logs.c.end).over(
        partition_by=logs.c.resource_id, order_by=(logs.c.start, logs.c.id), rows=(None, -1)
    )
    rows = select(logs.c.resource_id, logs.c.start, before.label("busy_until")).subquery()
    query = (
        select(users.c.login, func.count())
        .join(rows, rows.c.resource_id == users.c.id)
        .where(rows.c.start < rows.c.busy_until)
        .group_by(users.c.login)
        .order_by(users.c.login)
    )
    count = connection.scalar(select(func.count()).select_from(logs))
    finding = Finding("bookings", count or 0)
    for login, clashes in connection.execute(query):
        finding.add(f"{clashes:,} time logs of {login!r} overlap with an earlier one", clashes)
    return finding
