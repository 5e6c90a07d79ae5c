"""Keeps versions that others were made from from being deleted, where a studio wants that."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, inspect, select, union
from sqlalchemy.orm import Session

import stalker
from stalker.db.declarative import named
from stalker.db.session import StudioSession, quiet
from stalker.exceptions import ProtectedError
from stalker.models.belongings import belongings
from stalker.models.version.version import Version, version_inputs

__all__: list[str] = []

#: what loses its owner is deleted, too
_OWNERS = {"Task": "project", "Version": "task"}


@event.listens_for(StudioSession, "before_flush")
def _refuse_used_versions(session: Session, context: Any, instances: Any) -> None:
    if not stalker.defaults.protect_used_versions:
        return
    going = _going(session)
    if going is None:
        return
    changed = [
        each
        for each in (*session.new, *session.dirty)
        if isinstance(each, Version) and inspect(each).attrs.inputs.history.has_changes()
    ]
    with quiet:
        used = _used_by_stored(session, going, changed) or _used_by_changed(session, going, changed)
    if used is not None:
        version, user = used
        raise ProtectedError(
            f"{version!r} must stay, {user!r} was made from it: "
            "stalker.defaults.protect_used_versions is set",
            version=version,
            user=user,
        )


def _going(session: Session) -> Any:
    """Return the query for the ids of all versions that will be deleted, `None` if none will."""
    queries = []
    for name in ("Project", *_OWNERS):
        kind = named(name)
        doomed = [each for each in session.deleted if isinstance(each, kind)]
        doomed += [each for each in session.dirty if isinstance(each, kind) and _is_lost(each)]
        numbers = [number for each in doomed if (number := _id(each)) is not None]
        if numbers:
            queries.append(belongings(kind, numbers)[Version])
    return select(union(*queries).subquery().c.id) if queries else None


def _is_lost(entity: Any) -> bool:
    for name, owner in _OWNERS.items():
        if isinstance(entity, named(name)):
            return owner in entity.__dict__ and getattr(entity, owner) is None
    return False


def _used_by_stored(session: Session, going: Any, changed: list[Version]) -> Any:
    """Return a version that goes and one that stays and was made from it, by what is stored."""
    versions, user = Version.__table__.c, version_inputs.c.version_id
    known = [number for each in changed if (number := _id(each)) is not None]
    query = select(versions.id, user).join(version_inputs, version_inputs.c.link_id == versions.id)
    query = query.where(versions.id.in_(going), user.not_in(going), user.not_in(known))
    row = session.execute(query.limit(1)).first()
    return row and tuple(session.get(Version, number) for number in row)


def _used_by_changed(session: Session, going: Any, changed: list[Version]) -> Any:
    """Return such a pair by what is not written yet."""
    pairs = [
        (used, user)
        for user in changed
        if user.task is not None
        for used in user.inputs
        if isinstance(used, Version) and _id(used) is not None
    ]
    if not pairs:
        return None
    asked = {_id(each) for pair in pairs for each in pair} - {None}
    versions = Version.__table__.c
    query = select(versions.id).where(versions.id.in_(asked), versions.id.in_(going))
    gone = set(session.scalars(query))
    return next((pair for pair in pairs if _id(pair[0]) in gone and _id(pair[1]) not in gone), None)


def _id(entity: Any) -> int | None:
    identity = inspect(entity).identity
    return identity[0] if identity else None
