"""What versions were made from, what was made from them, and which of them are the latest.

Each question is one statement for a graph of any size, two where links and versions are asked for
together. Circles, which only statements typed by hand can make, do not keep it from ending. What is
pending is written first. What belongs to no session is looked at in memory, in the project of the
task.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, exists, func, inspect, literal, or_, select
from sqlalchemy.orm import Session, aliased, object_session

from stalker.core.naming import take_name as formatted
from stalker.core.rules import (
    at_least,
    converted,
    each_of,
    instance_of,
    integer,
    optional,
    text,
)
from stalker.db.declarative import named
from stalker.db.session import quiet, stored_in
from stalker.models.loading import is_one_of

if TYPE_CHECKING:
    from stalker.models.link import Link
    from stalker.models.shot import Shot
    from stalker.models.task import Task
    from stalker.models.version.version import Version

__all__ = [
    "deletable",
    "downstream",
    "latest_of",
    "outdated",
    "outdated_inputs",
    "shots_using",
    "upstream",
]

_depth = optional(integer(), at_least(1))
_take = optional(text(256), converted(formatted))
_versions = each_of(instance_of("Version"))
_tasks = each_of(instance_of("Task"))


# --- Questions ------------------------------------------------------------------------------------


def upstream(version: Version, depth: int | None = None) -> list[Link]:
    """Return the links and versions that *version* was made from, each once, by id."""
    _depth(depth, "upstream() argument depth")
    session = stored_in(version)
    if session is None:
        return list(_met(version, _inputs_of, depth))
    link, kind = named("Link"), named("Version")
    used = _reached([_key(version)], depth)
    versions = select(kind).where(kind.id.in_(used), kind.id != _key(version))
    # asked for as links, versions would be completed by further statements, some hundreds by each
    others = select(link).where(link.id.in_(used), link.id.not_in(select(kind.__table__.c.id)))
    found = [*session.scalars(versions), *session.scalars(others)]
    return sorted(found, key=_key)


def downstream(version: Version, depth: int | None = None) -> list[Version]:
    """Return the versions that were made from *version*, each once, by id."""
    _depth(depth, "downstream() argument depth")
    session = stored_in(version)
    if session is None:
        return list(_met(version, _users_in(_around([version])), depth))
    kind = named("Version")
    users = _reached([_key(version)], depth, forward=True)
    query = select(kind).where(kind.id.in_(users), kind.id != _key(version))
    return list(session.scalars(query.order_by(kind.id)))


def outdated_inputs(version: Version, depth: int | None = None) -> dict[Version, Version]:
    """Return what *version* was made from though its series has a later published version.

    The latest published one is the value.
    """
    _depth(depth, "outdated_inputs() argument depth")
    session = stored_in(version)
    if session is None:
        return _outdated_in_memory(_met(version, _inputs_of, depth))
    used = named("Version").id
    query = _with_later().where(used.in_(_reached([_key(version)], depth)), used != _key(version))
    return dict(map(tuple, session.execute(query)))


def outdated(versions: Iterable[Version]) -> dict[Version, Version]:
    """Return those of *versions* whose series has a later published version, with the latest."""
    given = dict.fromkeys(_versions(versions, "outdated() argument versions"))
    by_session, others = _by_session(given)
    found = _outdated_in_memory(others)
    for session, by_key in by_session.items():
        query = _with_later().where(is_one_of(named("Version").id, by_key))
        found.update(map(tuple, session.execute(query)))
    return {each: found[each] for each in given if each in found}


def deletable(versions: Iterable[Version]) -> list[Version]:
    """Return those of *versions* that may be deleted together.

    These are not published, not the latest of their series, and nothing that stays was made from
    them. So a version is among them together with the only one that uses it, but not alone.
    """
    given = list(dict.fromkeys(_versions(versions, "deletable() argument versions")))
    by_session, others = _by_session(given)
    free = set(_deletable_in_memory(others))
    for session, by_key in by_session.items():
        free.update(by_key[key] for key in session.scalars(_free(list(by_key))))
    return [each for each in given if each in free]


def latest_of(
    tasks: Iterable[Task], take_name: str | None = None, published: bool = False
) -> dict[Task, dict[str, Version]]:
    """Return for each of *tasks* the latest version of each take, or of the published ones."""
    take = _take(take_name, "latest_of() argument take_name")
    found: dict[Task, dict[str, Version]] = {
        task: {} for task in _tasks(tasks, "latest_of() argument tasks")
    }
    by_session, others = _by_session(found)
    for task in others:
        for each in sorted(task.versions, key=lambda version: version.version_number):
            if take in (None, each.take_name) and (each.is_published or not published):
                found[task][each.take_name] = each
    for session, by_key in by_session.items():
        for each in session.scalars(_latest(list(by_key), take, published)):
            found[by_key[each.task_id]][each.take_name] = each
    return found


def shots_using(task: Task) -> list[Shot]:
    """Return the shots in which something was made from a version of *task* or of one below it."""
    session = stored_in(task)
    if session is None:
        return _shots_in_memory(task)
    tasks, versions = named("Task").__table__.c, named("Version").__table__.c
    below = select(tasks.id).where(tasks.id == _key(task)).cte("below", recursive=True)
    below = below.union(select(tasks.id).join(below, tasks.parent_id == below.c.id))
    own = select(below.c.id)
    used = _reached(select(versions.id).where(versions.task_id.in_(own)), None, forward=True)
    outside = versions.id.in_(used) & versions.task_id.not_in(own)
    above: Any = select(versions.task_id.label("id")).where(outside).cte("above", recursive=True)
    above = above.union(select(tasks.parent_id).join(above, tasks.id == above.c.id))
    shot = named("Shot")
    query = select(shot).where(shot.id.in_(select(above.c.id))).order_by(shot.id)
    return list(session.scalars(query))


# --- Statements -----------------------------------------------------------------------------------


def _reached(start: Any, depth: int | None, forward: bool = False) -> Select[Any]:
    """Return the query for the ids that inputs lead to from the ids of *start*, or, forward, users.

    Where there are circles, *start* may be among them.
    """
    edges = _edges()
    near, far = edges.c.version_id, edges.c.link_id
    if forward:
        near, far = far, near
    first = select(far.label("id"))
    if depth is not None:
        first = first.add_columns(literal(1).label("distance"))
    reached: Any = first.where(near.in_(start)).cte("reached", recursive=True)
    step = select(far).join(reached, near == reached.c.id)
    if depth is not None:
        step = step.add_columns(reached.c.distance + 1).where(reached.c.distance < depth)
    # what was met before is not followed again
    return select(reached.union(step).c.id)


def _with_later() -> Select[Any]:
    """Return the query for versions with the latest published one of their series, if it is later.

    In the order of ids.
    """
    kind = named("Version")
    latest = aliased(kind, flat=True)
    other = kind.__table__.alias()
    highest = select(func.max(other.c.version_number)).where(
        other.c.task_id == kind.task_id,
        other.c.take_name == kind.take_name,
        other.c.is_published,
    )
    highest = highest.correlate(kind.__table__)
    query = select(kind, latest).join(
        latest,
        (latest.task_id == kind.task_id)
        & (latest.take_name == kind.take_name)
        & (latest._version_number == highest.scalar_subquery())
        & (latest._version_number > kind._version_number),
    )
    return query.order_by(kind.id)


def _free(keys: list[int]) -> Select[Any]:
    versions, edges = named("Version").__table__, _edges().c
    given = select(versions.c.id).where(is_one_of(versions.c.id, keys)).cte("given")
    other = versions.alias()
    later = exists().where(
        other.c.task_id == versions.c.task_id,
        other.c.take_name == versions.c.take_name,
        other.c.version_number > versions.c.version_number,
    )
    # joins throughout: SQLite builds the list of an IN anew for each row of what it stands in
    used = select(edges.link_id).outerjoin(given, given.c.id == edges.version_id)
    used = used.where(given.c.id.is_(None))
    stays = or_(versions.c.is_published, ~later, versions.c.id.in_(used))
    kept: Any = select(versions.c.id).join(given, given.c.id == versions.c.id).where(stays)
    kept = kept.cte("kept", recursive=True)
    step = select(edges.link_id).join(kept, edges.version_id == kept.c.id)
    kept = kept.union(step.join(given, given.c.id == edges.link_id))
    return select(given.c.id).where(given.c.id.not_in(select(kept.c.id)))


def _latest(keys: list[int], take: str | None, published: bool) -> Select[Any]:
    kind = named("Version")
    place = func.row_number().over(
        partition_by=(kind.task_id, kind.take_name), order_by=kind._version_number.desc()
    )
    versions = kind.__table__
    ranked = select(versions.c.id, place.label("place")).where(is_one_of(kind.task_id, keys))
    if take is not None:
        ranked = ranked.where(kind.take_name == take)
    if published:
        ranked = ranked.where(kind.is_published)
    rows = ranked.subquery()
    query = select(kind).join(rows, rows.c.id == kind.id).where(rows.c.place == 1)
    return query.order_by(kind.task_id, kind.take_name)


def _edges() -> Any:
    return named("Version").inputs.property.secondary


def _key(obj: Any) -> int:
    """Return the id of what is written, without asking for it."""
    return int(inspect(obj).identity[0])


def _by_session(objects: Iterable[Any]) -> tuple[dict[Session, dict[int, Any]], list[Any]]:
    """Return *objects* by session and id, and those that no database knows."""
    objects = list(objects)
    for session in {object_session(each) for each in objects} - {None}:
        session._autoflush()  # type: ignore[union-attr]
    stored: dict[Session, dict[int, Any]] = {}
    others = []
    for each in objects:
        session = object_session(each)
        if session is not None and inspect(each).has_identity:
            stored.setdefault(session, {})[_key(each)] = each
        else:
            others.append(each)
    return stored, others


# --- In memory ------------------------------------------------------------------------------------

_Neighbours = Callable[[Any], Iterable[Any]]


def _inputs_of(link: Any) -> Iterable[Any]:
    return link.inputs if isinstance(link, named("Version")) else ()


def _around(versions: Iterable[Version]) -> list[Version]:
    """Return all versions of the projects of *versions*."""
    projects = dict.fromkeys(each.task.project for each in versions)
    return [each for project in projects for task in project.tasks for each in task.versions]


def _users_in(versions: Iterable[Version]) -> _Neighbours:
    users: dict[Any, list[Version]] = {}
    for each in versions:
        for used in each.inputs:
            users.setdefault(used, []).append(each)
    return lambda link: users.get(link, ())


def _met(start: Any, neighbours: _Neighbours, depth: int | None) -> dict[Any, None]:
    """Return what is met on the ways from *start*, the nearest first."""
    found: dict[Any, None] = {}
    level = [start]
    with quiet:
        while level and (depth is None or depth > 0):
            met = dict.fromkeys(each for node in level for each in neighbours(node))
            level = [each for each in met if each not in found and each is not start]
            found.update(dict.fromkeys(level))
            depth = None if depth is None else depth - 1
    return found


def _series(version: Version) -> list[Version]:
    return [each for each in version.task.versions if each.take_name == version.take_name]


def _outdated_in_memory(links: Iterable[Any]) -> dict[Version, Version]:
    found = {}
    for each in links:
        if isinstance(each, named("Version")):
            published = [other for other in _series(each) if other.is_published]
            latest = max(published, key=lambda other: other.version_number, default=each)
            if latest.version_number > each.version_number:
                found[each] = latest
    return found


def _deletable_in_memory(versions: list[Version]) -> list[Version]:
    given = set(versions)
    users = _users_in(_around(versions))
    kept = [
        each
        for each in versions
        if each.is_published
        or all(other.version_number <= each.version_number for other in _series(each))
        or not given.issuperset(users(each))
    ]
    staying = set(kept)
    for each in kept:
        staying.update(_met(each, lambda link: given.intersection(_inputs_of(link)), None))
    return [each for each in versions if each not in staying]


def _shots_in_memory(task: Task) -> list[Shot]:
    own = list(task.walk_hierarchy())
    versions = [version for each in own for version in each.versions]
    users = _users_in(_around(versions))
    found: dict[Any, None] = {}
    for version in versions:
        for user in _met(version, users, None):
            if user.task not in own:
                found.update(dict.fromkeys([*user.task.parents, user.task]))
    return [each for each in found if isinstance(each, named("Shot"))]
