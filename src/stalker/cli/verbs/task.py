"""`stalker task`: make work, and give it to people."""

from __future__ import annotations

import click

from stalker import Asset, Sequence, Shot, Task, Variant
from stalker.cli import adding, amounts
from stalker.cli.amounts import Amount
from stalker.cli.completing import logins
from stalker.cli.finding import container_named, tasks_named
from stalker.cli.opening import connected
from stalker.cli.options import database_option, json_option
from stalker.cli.output import answer
from stalker.cli.progress import track
from stalker.cli.refusal import Refused, typed
from stalker.cli.resting import hold, resume, stop
from stalker.cli.who import deed_of, known, user_option, users_named
from stalker.db.session import DBSession
from stalker.services.addresses import addresses
from stalker.services.steps import add_steps, parents_of

KINDS: dict[str, type[Task]] = {
    "task": Task,
    "shot": Shot,
    "asset": Asset,
    "sequence": Sequence,
    "variant": Variant,
}

for_option = click.option(
    "--for", "workers", multiple=True, metavar="LOGIN", shell_complete=logins, help="Who does it."
)
responsible_option = click.option(
    "--responsible",
    "responsible",
    multiple=True,
    metavar="LOGIN",
    shell_complete=logins,
    help="Who answers for it, and for all below it, and reviews it.",
)


@click.group()
def task() -> None:
    """Add tasks, shots and assets, give the work to people, let it rest, or give it up."""


for each in (hold, stop, resume):
    task.add_command(each)


@task.command()
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
                **adding.where(container, name),
                **adding.of_kind(kind, name, type_name, frames),
                depends=[adding.prerequisite(container, each) for each in depends],
                resources=users_named(workers),
                responsible=users_named(responsible),
                schedule_timing=effort.timing if effort else 1.0,
                schedule_unit=effort.unit if effort else "h",
                priority=priority,
                description=description,
                created_by=by,
            )
            session.add(made)
        _tell([made], as_json)


@task.command()
@database_option
@click.argument("path", metavar="PATH")
@click.argument("steps", metavar="STEPS")
@click.option(
    "--of",
    "kind",
    type=click.Choice(["shot", "asset"]),
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
        wanted = adding.steps(steps)
        with deed_of(by) as session, typed():
            parents = parents_of(session, container_named(path), KINDS[kind])
            if not parents:
                raise Refused(
                    f"there is no {kind} in {path!r}: stalker task add --kind {kind} makes one"
                )
            each_with = list(track("Tasks", add_steps(parents, wanted, by), len(parents)))
            made = [each for some in each_with for each in some]
        if as_json:
            _tell(made, as_json)
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


@task.command()
@database_option
@click.argument("paths", metavar="TASK...", nargs=-1, required=True)
@for_option
@click.option(
    "--without",
    multiple=True,
    metavar="LOGIN",
    shell_complete=logins,
    help="Who does not any more.",
)
@responsible_option
@click.option(
    "--not-responsible",
    "relieved",
    multiple=True,
    metavar="LOGIN",
    shell_complete=logins,
    help="Who answers for it no more; what they were asked to review stays open.",
)
@user_option
@json_option
def assign(
    database_url: str | None,
    paths: tuple[str, ...],
    workers: tuple[str, ...],
    without: tuple[str, ...],
    responsible: tuple[str, ...],
    relieved: tuple[str, ...],
    login: str | None,
    as_json: bool,
) -> None:
    """Give tasks to people, or take them away.

    In a TASK * stands for any name: 'MER/*/Comp' are all tasks Comp of MER (in quotes, for the
    shell).
    """
    if not (workers or without or responsible or relieved):
        raise click.UsageError("whom? --for, --without, --responsible or --not-responsible LOGIN")
    with connected(database_url):
        by = known(login)
        with deed_of(by), typed():
            found = tasks_named(paths)
            adding.load_people(found)
            joining, leaving = users_named(workers), users_named(without)
            answering, relieving = users_named(responsible), users_named(relieved)
            for each in found:
                if joining or leaving:
                    kept = [user for user in each.resources if user not in leaving]
                    each.resources = list(dict.fromkeys([*kept, *joining]))
                if answering or relieving:
                    kept = [user for user in each._responsible if user not in relieving]
                    each.responsible = list(dict.fromkeys([*kept, *answering]))
        _tell(found, as_json)


def _tell(made: list[Task], as_json: bool) -> None:
    """Say who does what."""
    adding.load_people(made)
    paths = addresses(DBSession(), [each.id for each in made])
    if as_json:
        answer({"tasks": [adding.described(each, paths[each.id]) for each in made]})
        return
    for each in made:
        who = ", ".join(sorted(user.login for user in each.resources))
        answers = ", ".join(sorted(user.login for user in each._responsible))
        told = [text for text in (who, answers and f"answers for it: {answers}") if text]
        click.echo(": ".join([paths[each.id], "; ".join(told)] if told else [paths[each.id]]))
