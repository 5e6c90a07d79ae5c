"""What the demo shows: progress on the way, then a tree, a table and paths."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from stalker.services.demo.production import SHOT_STEPS

if TYPE_CHECKING:
    from sqlalchemy import URL

    from stalker.cli.place import Place
    from stalker.models.shot import Shot
    from stalker.models.task import Task
    from stalker.services.demo import Production

T = TypeVar("T")

console = Console(highlight=False)

#: rows of a long list that are shown at its beginning and at its end
HEAD, TAIL = 14, 4

COLOURS = {"RTS": "green", "WFD": "yellow", "WIP": "cyan", "CMPL": "blue"}


def track(title: str, items: Iterable[T], total: int, /) -> Iterable[T]:
    """Go through *items* with a progress bar, if somebody is looking."""
    errors = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description:<10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=errors,
        transient=True,
        disable=not errors.is_terminal,
    )
    with bar:
        yield from bar.track(items, total=total, description=title)


def show(production: Production, url: URL, everything: bool) -> None:
    """Print what was made."""
    project = production.project
    console.print()
    console.print(
        f"[bold]{project.name}[/]  {len(production.shots)} shots at {project.fps:g} fps, "
        f"{len(production.assets)} assets, {len(project.tasks)} tasks, {len(project.users)} people"
    )
    console.print()
    # the first clip is often a leader
    console.print(_tree(production.shots[:2][-1]))
    console.print()
    console.print(_table(production.shots, everything))
    console.print()
    _paths(production, everything)


def _status(task: Task) -> Text:
    code = task.status.code
    return Text(code, COLOURS.get(code, ""))


def _tree(shot: Shot) -> Tree:
    tree = Tree(
        Text.assemble(
            (shot.code, "bold"),
            f"  frames {shot.cut_in}-{shot.cut_out} at {shot.fps:g} fps  ",
            _status(shot),
        )
    )
    for task in shot.children:
        line = Text.assemble(f"{task.name:<10} ", _status(task))
        line.append(f"  {task.schedule_timing:g} {task.schedule_unit}", "dim")
        line.append("  " + ", ".join(user.name for user in task.resources))
        if task.depends:
            line.append("  after " + ", ".join(each.name for each in task.depends), "dim")
        branch = tree.add(line)
        for version in task.versions:
            branch.add(Text(f"v{version.version_number:03d} {version.filename}", "dim"))
    return tree


def _table(shots: list[Shot], everything: bool) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Shot", no_wrap=True)
    for name in ("Cut in", "Cut out", "Frames"):
        table.add_column(name, justify="right", no_wrap=True)
    for step in SHOT_STEPS:
        table.add_column(step, no_wrap=True)
    for shot in _some(shots, everything):
        if shot is None:
            table.add_row(Text("…", "dim"), *[""] * 3, *[""] * len(SHOT_STEPS))
            continue
        frames = (str(shot.cut_in), str(shot.cut_out), str(shot.cut_duration))
        table.add_row(shot.code, *frames, *map(_status, shot.children))
    hidden = len(shots) - HEAD - TAIL
    if hidden > 0 and not everything:
        table.caption = f"{hidden} more shots; --all lists them"
        table.caption_justify = "left"
    return table


def _some(items: list[T], everything: bool) -> Iterable[T | None]:
    """Return the beginning and the end of a long list, with `None` for what is left out."""
    if everything or len(items) <= HEAD + TAIL:
        return items
    return [*items[:HEAD], None, *items[-TAIL:]]


def _paths(production: Production, everything: bool) -> None:
    root = Path(str(production.project.repositories[0].path))
    console.print(f"[bold]Published versions[/]  below {root}")
    for path in _some(production.files, everything):
        shown = "  …" if path is None else f"  {path.relative_to(root).as_posix()}"
        console.print(Text(shown), overflow="fold")


def finish(production: Production, place: Place, seconds: float) -> None:
    """Print how long it took, and what to type next."""
    statuses = Counter(task.status.code for shot in production.shots for task in shot.children)
    counted = ", ".join(f"{count} {code}" for code, count in sorted(statuses.items()))
    console.print()
    console.print(f"Made in {seconds:.1f} s. Shot tasks: {counted}.")
    console.print()
    console.print("[bold]Next[/]: look around in Python.")
    console.print()
    code = f"""\
{sys.executable} -i -c '
from stalker import *
from stalker.db.session import DBSession
db.setup({{"sqlalchemy.url": "{place.url.render_as_string()}"}})
project = Project.query.first()
shot = project.shots[0]
print(shot, shot.children, shot.children[0].versions[0].absolute_full_path)'"""
    console.print(Text(code, "cyan"), soft_wrap=True)
