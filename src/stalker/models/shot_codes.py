"""Which codes are taken among the shots of a project.

The database refuses duplicates with a unique constraint. What is here explains them before: with
one query for each project and transaction, however many shots are made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session, object_session
from sqlalchemy.orm.util import identity_key

from stalker.db.declarative import named
from stalker.db.session import StudioSession

if TYPE_CHECKING:
    from stalker.models.project import Project
    from stalker.models.shot import Shot

_STORED = "shot_codes"
_KNOWN = "_shots_by_code"


def is_taken(code: str, project: Project, besides: Shot | None = None) -> bool:
    """Say whether a shot of *project*, other than *besides*, has that code."""
    known = _known(project).get(code)
    # what is expired counts with its row
    is_loaded = known is not None and known is not besides and "code" in known.__dict__
    if is_loaded and _still(known, code, project):
        return True
    session = object_session(project)
    if session is None or not inspect(project).has_identity:
        return False
    number = _stored(session, project.id).get(code)
    if number is None:
        return False
    shot = session.identity_map.get(identity_key(named("SimpleEntity"), number))
    return shot is None or (shot is not besides and _still(shot, code, project))


def note(shot: Shot, project: Project) -> None:
    """Remember that *shot* has the code that it has."""
    project.__dict__.setdefault(_KNOWN, {})[shot.code] = shot


def _known(project: Project) -> dict[str, Any]:
    known: dict[str, Any] | None = project.__dict__.get(_KNOWN)
    if known is None:
        tasks = project.__dict__.get("tasks", ())
        known = {task.code: task for task in tasks if isinstance(task, named("Shot"))}
        project.__dict__[_KNOWN] = known
    return known


def _still(shot: Any, code: str, project: Project) -> bool:
    state = shot._sa_instance_state
    # out of the session of its project: deleted, or rolled back
    gone = (
        state.deleted
        or state.session is not object_session(project)
        or (state.session is not None and shot in state.session.deleted)
    )
    values = shot.__dict__
    same = values.get("code", code) == code and values.get("project", project) is project
    return same and not gone


def _stored(session: Session, project_id: int) -> dict[str, int]:
    cached: dict[int, dict[str, int]] = session.info.setdefault(_STORED, {})
    if project_id not in cached:
        shots = named("Shot").__table__.c
        query = select(shots.code, shots.id).where(shots.project_id == project_id)
        with session.no_autoflush:
            cached[project_id] = {row.code: row.id for row in session.execute(query)}
    return cached[project_id]


@event.listens_for(StudioSession, "after_commit")
@event.listens_for(StudioSession, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_STORED, None)


@event.listens_for(StudioSession, "after_flush")
def _forget_deleted(session: Session, context: Any) -> None:
    if any(isinstance(each, named("Shot")) for each in session.deleted):
        session.info.pop(_STORED, None)
