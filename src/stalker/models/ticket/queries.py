"""The tickets of many people or things, each with its status, by one query."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, inspect, select
from sqlalchemy.orm import joinedload, object_session

from stalker.db.declarative import named

if TYPE_CHECKING:
    from stalker.models.auth import User
    from stalker.models.entity import SimpleEntity
    from stalker.models.project import Project
    from stalker.models.ticket.ticket import Ticket

__all__ = ["about", "open_ones_of", "owned_by"]

#: code of the status of what needs nobody any more
CLOSED = "CLS"


def owned_by(users: Iterable[User], only_open: bool = False) -> dict[User, list[Ticket]]:
    """Return for each of *users* the tickets that are theirs, by number."""
    owner_id = named("Ticket").owner_id
    found = _of(users, owner_id, _tickets(only_open))
    for user in found:
        if not inspect(user).has_identity:  # the database does not know of them
            mine = [each for each in user._tickets if each.is_open or not only_open]
            found[user] = sorted(mine, key=lambda each: each.number)
    return found


def about(
    entities: Iterable[SimpleEntity], only_open: bool = False
) -> dict[SimpleEntity, list[Ticket]]:
    """Return for each of *entities* the stored tickets whose `links` hold it, by number."""
    ticket = named("Ticket")
    rows = ticket.links.property.secondary
    query = _tickets(only_open).join(rows, rows.c.ticket_id == ticket.id)
    return _of(entities, rows.c.simple_entity_id, query)


def open_ones_of(project: Project) -> list[Ticket]:
    """Return the tickets of *project* that are not closed, by number."""
    session = object_session(project)
    if session is None or not inspect(project).has_identity:
        found = [each for each in project.tickets if each.is_open]
        return sorted(found, key=lambda each: each.number)
    query = _tickets(only_open=True).where(named("Ticket").project_id == project.id)
    return list(session.scalars(query))


def _tickets(only_open: bool) -> Select[Any]:
    ticket, status = named("Ticket"), named("Status")
    query = select(ticket).options(joinedload(ticket.status, innerjoin=True))
    if only_open:
        closed = select(status.id).where(status.code == CLOSED)
        query = query.where(ticket.status_id.not_in(closed))
    return query.order_by(ticket._number)


def _of(keys: Iterable[Any], column: Any, query: Select[Any]) -> dict[Any, list[Ticket]]:
    """Return the tickets that *query* yields by those of *keys* whose id is in *column*."""
    found: dict[Any, list[Ticket]] = {key: [] for key in keys}
    session = next(filter(None, map(object_session, found)), None)
    if session is not None:
        session._autoflush()  # what waits to be written gets its id
        stored = {key.id: key for key in found if inspect(key).has_identity}
        for ticket, key_id in session.execute(query.add_columns(column).where(column.in_(stored))):
            found[stored[key_id]].append(ticket)
    return found
