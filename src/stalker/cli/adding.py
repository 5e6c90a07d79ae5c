"""What `stalker task` makes of what is typed."""

from __future__ import annotations

import re
from typing import Any

import click
from sqlalchemy import select

from stalker import Project, Task, Type
from stalker.cli import amounts
from stalker.cli.finding import path_of, task_named
from stalker.cli.output import note
from stalker.cli.refusal import Refused
from stalker.cli.who import users_named
from stalker.core.naming import nice_name
from stalker.db.session import DBSession
from stalker.services.steps import Step

_FRAMES = re.compile(r"(-?\d{1,9})-(-?\d{1,9})", re.ASCII)


def where(container: Task | Project, name: str) -> dict[str, Any]:
    """Return what puts a new task into *container*; refuse it if one has that name there."""
    if _child(container, name) is not None:
        raise Refused(f"there is a {name!r} in {path_of(container)} already")
    return {"project": container} if isinstance(container, Project) else {"parent": container}


def of_kind(kind: str, name: str, type_name: str | None, frames: str | None) -> dict[str, Any]:
    """Return what only tasks of some classes have."""
    if frames is not None and kind != "shot":
        raise Refused("--frames are those of a shot: --kind shot")
    if type_name is not None and kind != "asset":
        raise Refused("--type is that of an asset: --kind asset")
    found: dict[str, Any] = {}
    if kind == "asset":
        found["type"] = _asset_type(type_name)
    if kind in ("shot", "asset", "sequence"):
        found["code"] = name if kind == "shot" else nice_name(name) or name
    if frames is not None:
        given = _FRAMES.fullmatch(frames)
        if given is None:
            raise click.BadParameter(f"{frames!r} are not frames like 1001-1096")
        first, last = map(int, given.groups())
        if last < first:
            raise click.BadParameter(f"{frames!r} ends before it begins")
        found |= {"cut_in": first, "cut_out": last}
    return found


def _asset_type(name: str | None) -> Type:
    known = DBSession.scalars(select(Type).where(Type.target_entity_type == "Asset")).all()
    if name is None:
        names = ", ".join(dict.fromkeys(each.name for each in known))
        raise Refused(f"an asset has a --type, such as {names or 'Character'}")
    for each in known:
        if each.name == name:
            return each
    note(f"{name} is a new type of assets")
    return Type(name=name, code=nice_name(name)[:16] or name, target_entity_type="Asset")


def prerequisite(container: Task | Project, text: str) -> Task:
    """Return the task that is meant; a name alone may be that of a neighbour in *container*."""
    neighbour = None if "/" in text else _child(container, text)
    return task_named(text) if neighbour is None else neighbour


def _child(container: Task | Project, name: str) -> Task | None:
    query = select(Task).where(Task.name == name).order_by(Task.id).limit(1)
    if isinstance(container, Project):
        query = query.where(Task.project_id == container.id, Task.parent_id.is_(None))
    else:
        query = query.where(Task.parent_id == container.id)
    return DBSession.scalars(query).first()


def steps(text: str) -> list[Step]:
    """Read "Plate:4h:ines, Anim:3d:marta+jonas, Comp:2d"."""
    found: dict[str, Step] = {}
    for part in text.split(","):
        name, _, rest = (each.strip() for each in part.partition(":"))
        effort, _, people = (each.strip() for each in rest.partition(":"))
        if not name or not effort:
            raise click.BadParameter(
                f"{part.strip()!r} is not a step like Anim:3d or Anim:3d:jonas"
            )
        if name in found:
            raise click.BadParameter(f"{name!r} is there twice")
        who = tuple(each.strip() for each in people.split("+")) if people else ()
        found[name] = Step(name, *amounts.amount(effort), tuple(users_named(who)))
    return list(found.values())
