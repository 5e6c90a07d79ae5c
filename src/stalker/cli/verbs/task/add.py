"""`stalker task add`: a task, a shot, an asset or a sequence."""

from __future__ import annotations

import re
from typing import Any

import click
from sqlalchemy import select

from stalker import Asset, Project, Sequence, Shot, Task, Type, Variant
from stalker.cli import amounts
from stalker.cli.amounts import Amount
from stalker.cli.finding import beside, child_of, container_named, path_of
from stalker.cli.opening import connected
from stalker.cli.options import database_option, json_option
from stalker.cli.output import note
from stalker.cli.refusal import Refused, typed
from stalker.cli.verbs.task.people import for_option, responsible_option
from stalker.cli.verbs.task.telling import tell
from stalker.cli.who import deed_of, known, user_option, users_named
from stalker.core.naming import nice_name
from stalker.db.session import DBSession

KINDS: dict[str, type[Task]] = {
    "task": Task,
    "shot": Shot,
    "asset": Asset,
    "sequence": Sequence,
    "variant": Variant,
}
_FRAMES = re.compile(r"(-?\d{1,9})-(-?\d{1,9})", re.ASCII)


@click.command()
@database_option
@click.argument("path", metavar="PATH")
@click.option("--kind", type=click.Choice(list(KINDS)), default="task", show_default=True)
@click.option("--type", "type_name", metavar="NAME", help="Of an asset: Character, Prop, …")
@click.option("--frames", metavar="FIRST-LAST", help="Of a shot: 1001-1096.")
@for_option
@responsible_option
@click.option(
    "--after",
    "depends",
    multiple=True,
    metavar="TASK",
    help="What has to be finished before; a name alone is that of a neighbour.",
)
@click.option("--effort", type=amounts.amount, metavar="AMOUNT", help="3d, 1.5h, 2w; else 1h.")
@click.option("--priority", type=click.IntRange(0, 1000), help="500 if nothing is said.")
@click.option("--description", default="", metavar="TEXT")
@user_option
@json_option
def add(
    database_url: str | None,
    path: str,
    kind: str,
    type_name: str | None,
    frames: str | None,
    workers: tuple[str, ...],
    responsible: tuple[str, ...],
    depends: tuple[str, ...],
    effort: Amount | None,
    priority: int | None,
    description: str,
    login: str | None,
    as_json: bool,
) -> None:
    """Add a task, a shot, an asset or a sequence.

    The last part of PATH is its name, what is before it says where: "MER/SH010/Comp" is Comp in the
    shot SH010 of the project MER.
    """
    place, _, name = path.rpartition("/")
    if not place or not name:
        raise Refused(f"{path!r} says not where: the project comes first, as in MER/SH010/Comp")
    with connected(database_url):
        by = known(login)
        with deed_of(by) as session, typed():
            container = container_named(place)
            made = KINDS[kind](
                name=name,
                **_where(container, name),
                **_of_kind(kind, name, type_name, frames),
                depends=[beside(container, each) for each in depends],
                resources=users_named(workers),
                responsible=users_named(responsible),
                schedule_timing=effort.timing if effort else 1.0,
                schedule_unit=effort.unit if effort else "h",
                priority=priority,
                description=description,
                created_by=by,
            )
            session.add(made)
        tell([made], as_json)


def _where(container: Task | Project, name: str) -> dict[str, Any]:
    """Return what puts a new task into *container*; refuse it if one has that name there."""
    if child_of(container, name) is not None:
        raise Refused(f"there is a {name!r} in {path_of(container)} already")
    return {"project": container} if isinstance(container, Project) else {"parent": container}


def _of_kind(kind: str, name: str, type_name: str | None, frames: str | None) -> dict[str, Any]:
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
