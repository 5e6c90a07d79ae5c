"""`stalker task steps`: the same work for every shot or asset."""

from __future__ import annotations

import click

from stalker import Asset, Shot, Task
from stalker.cli import amounts
from stalker.cli.finding import container_named
from stalker.cli.opening import connected
from stalker.cli.options import database_option, json_option
from stalker.cli.progress import track
from stalker.cli.refusal import Refused, typed
from stalker.cli.verbs.task.telling import tell
from stalker.cli.who import deed_of, known, user_option, users_named
from stalker.services.steps import Step, add_steps, parents_of

_KINDS: dict[str, type[Task]] = {"shot": Shot, "asset": Asset}


@click.command()
@database_option
@click.argument("path", metavar="PATH")
@click.argument("steps", metavar="STEPS")
@click.option(
    "--of",
    "kind",
    type=click.Choice(list(_KINDS)),
    default="shot",
    show_default=True,
    help="What gets the steps.",
)
@user_option
@json_option
def steps(
    database_url: str | None, path: str, steps: str, kind: str, login: str | None, as_json: bool
) -> None:
    """Give every shot the same steps of work.

    PATH is the code of a project, or a sequence or shot: "MER" or "MER/Cut". STEPS are names with
    their effort, each of which waits for the one before, and if you like those who do it in turns:
    "Plate:4h:ines, Anim:3d:marta+jonas, Comp:2d". What a shot has already stays as it is, so that
    it can be said again when there are new shots.
    """
    with connected(database_url):
        by = known(login)
        wanted = _read(steps)
        with deed_of(by) as session, typed():
            parents = parents_of(session, container_named(path), _KINDS[kind])
            if not parents:
                raise Refused(
                    f"there is no {kind} in {path!r}: stalker task add --kind {kind} makes one"
                )
            each_with = list(track("Tasks", add_steps(parents, wanted, by), len(parents)))
            made = [each for some in each_with for each in some]
        if as_json:
            tell(made, as_json)
        else:
            people = "" if any(step.people for step in wanted) else "; nobody works on them yet"
            click.echo(f"{_counted(each_with, kind)}{people if made else ''}")


def _counted(each_with: list[list[Task]], kind: str) -> str:
    """Say how many tasks were made, and in how many places of all."""
    made, places, every = sum(map(len, each_with)), sum(map(bool, each_with)), len(each_with)
    where = f"{every:,} {kind}" + ("s" if every != 1 else "")
    of = f"{places:,} of " if places < every else ""
    tasks = "1 task" if made == 1 else f"{made:,} tasks"
    return f"{tasks} in {of}{where}" if made else f"nothing new in {where}: the steps are there"


def _read(text: str) -> list[Step]:
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
