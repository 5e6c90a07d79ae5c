"""Whether something would be made from itself.

Nearly always the answer is found at once: nothing was made yet from a version that gets inputs. So
the search goes from it to its users, through what the database has and what waits to be written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, inspect, or_, select
from sqlalchemy.orm import Session, object_session

from stalker.db.declarative import named
from stalker.db.session import StudioSession

if TYPE_CHECKING:
    from stalker.models.link import Link
    from stalker.models.version.version import Version

__all__ = ["is_made_from"]

#: where a session keeps who uses what, until it writes or ends its transaction
_KNOWN = "stored_version_users"

#: an id of something stored, else the object itself
_Node = Any


def is_made_from(link: Link, version: Version) -> bool:
    """Say whether *link* is *version*, or was made from it.

    Takes one statement for each version, however many links are asked about.
    """
    session = object_session(version)
    if session is None or object_session(link) is None:
        return version in _inputs_in_memory(link)
    changed = _changed(session)
    users: dict[_Node, list[_Node]] = defaultdict(list)
    for user, inputs in changed.items():
        for used in inputs:
            users[used].append(user)
    goal, waiting = _node(link), [_node(version)]
    found: set[_Node] = set()
    while waiting:
        node = waiting.pop()
        if node == goal:
            return True
        if node not in found:
            found.add(node)
            waiting += users[node]
            waiting += (each for each in _stored_users(session, node) if each not in changed)
    return False


def _inputs_in_memory(link: Link) -> set[Any]:
    found, waiting = {link}, [link]
    while waiting:
        new = set(getattr(waiting.pop(), "inputs", ())) - found
        found |= new
        waiting += new
    return found


def _changed(session: Session) -> dict[_Node, list[_Node]]:
    """Return the inputs of the versions of which the database may know others."""
    kind = named("Version")
    return {
        _node(each): [_node(used) for used in each.inputs]
        for each in (*session.new, *session.dirty)
        if isinstance(each, kind) and "inputs" in each.__dict__
    }


def _stored_users(session: Session, node: _Node) -> Iterable[int]:
    """Return the ids of what the database says was made from *node*."""
    if not isinstance(node, int):
        return ()
    known: dict[int, list[int]] = session.info.setdefault(_KNOWN, {})
    if node not in known:
        ways = named("Version").inputs.property.secondary.c
        users: Any = select(ways.version_id.label("id")).where(ways.link_id == node)
        users = users.cte("users", recursive=True)
        users = users.union(select(ways.version_id).join(users, ways.link_id == users.c.id))
        asked = or_(ways.link_id == node, ways.link_id.in_(select(users.c.id)))
        query = select(ways.link_id, ways.version_id).where(asked)
        fresh: dict[int, list[int]] = {node: []}
        with session.no_autoflush:
            for used, user in session.execute(query):
                fresh.setdefault(used, []).append(user)
                fresh.setdefault(user, [])
        known.update(fresh)
    return known[node]


def _node(link: Any) -> _Node:
    identity = inspect(link).identity
    return identity[0] if identity else link


@event.listens_for(StudioSession, "after_flush")
def _forget_what_was_written(session: Session, context: object) -> None:
    session.info.pop(_KNOWN, None)


@event.listens_for(StudioSession, "after_commit")
@event.listens_for(StudioSession, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_KNOWN, None)
