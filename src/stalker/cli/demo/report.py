"""What the demo shows: progress on the way, then a tree, a table and paths."""

from __future__ import annotations

import json
import shlex
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from rich.markup import escape
from rich.table import Table
from rich.text import Text
from rich.tree import Tree
from sqlalchemy import select

from stalker.cli.database import shown
from stalker.cli.output import Output
from stalker.db.session import DBSession
from stalker.models.task import Task
from stalker.models.version import Version
from stalker.services.demo.production import SHOT_STEPS

if TYPE_CHECKING:
    from sqlalchemy import URL

    from stalker.models.project import Project
    from stalker.models.shot import Shot

T = TypeVar("T")

console = Output(highlight=False)

#: rows of a long list that are shown at its beginning and at its end
HEAD, TAIL = 14, 4

#: the steps with long names, as people abbreviate them
SHORT = {"Matchmove": "Match", "Animation": "Anim", "Lighting": "Light"}

#: in the order of the work
COLOURS = {
    "WFD": "dim",
    "RTS": "yellow",
    "WIP": "cyan",
    "PREV": "magenta",
    "HREV": "red",
    "DREV": "red",
    "OH": "dim",
    "STOP": "dim",
    "CMPL": "green",
}


def show(project: Project, everything: bool) -> None:
    """Print what was made."""
    shots = project.shots
    console.print()
    console.print(
        f"[bold]{escape(project.name)}[/]  {len(shots)} shots at {project.fps:g} fps, "
        f"{len(project.assets)} assets, {len(project.tasks)} tasks, {len(project.users)} people"
    )
    console.print()
    # the first clip is often a leader
    console.print(_tree(shots[:2][-1]))
    console.print()
    console.print(_table(list(_some(shots, everything))))
    hidden = 0 if everything else len(shots) - HEAD - TAIL
    if hidden > 0:
        console.print(f"{hidden} more shots; --all lists them")
    console.print()
    console.print(_board(shots))
    logged, planned = project.total_logged_seconds, project.schedule_seconds
    console.print(f"Work logged: {logged / 3600:,.0f} of {planned / 3600:,.0f} hours")
    console.print(f"Planned until {project.end:%d %B %Y}, around what is done")
    console.print()
    _paths(project, everything)


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
        for review in task.reviews:
            if review.asks_for_revision:
                branch.add(Text(f"{review.reviewer.name}: {review.description}", "dim"))
    return tree


def _table(rows: list[Shot | None]) -> Table:
    """Return the table with the work on each shot, or without it if that does not fit."""
    tables = (_columns(rows, list(SHOT_STEPS), tight) for tight in (False, True))
    return next(filter(_fits, tables), None) or _columns(rows, [], tight=False)


def _fits(table: Table) -> bool:
    unlimited = console.options.update(width=10_000)
    return console.measure(table, options=unlimited).maximum <= console.width


def _columns(rows: list[Shot | None], steps: list[str], tight: bool) -> Table:
    table = Table(box=None, pad_edge=False, collapse_padding=tight, header_style="bold")
    # a code that is cut cannot be told from the next one, so it is the one that gives way by lines
    table.add_column("Shot", overflow="fold")
    for name in ("In", "Out", "Frames"):
        table.add_column(name, justify="right", no_wrap=True)
    for step in steps:
        table.add_column(SHORT.get(step, step), no_wrap=True)
    for shot in rows:
        if shot is None:
            table.add_row(Text(_dots(), "dim"))
            continue
        frames = (str(shot.cut_in), str(shot.cut_out), str(shot.cut_duration))
        table.add_row(shot.code, *frames, *map(_status, shot.children[: len(steps)]))
    return table


def _board(shots: Sequence[Shot]) -> Table:
    """Return how many tasks of each step have which status, with what its code stands for."""
    counts = Counter((task.name, task.status) for shot in shots for task in shot.children)
    statuses = sorted(
        {status for _, status in counts}, key=lambda each: list(COLOURS).index(each.code)
    )
    table = Table(box=None, pad_edge=False, collapse_padding=True, header_style="bold")
    table.add_column("Tasks of shots")
    for step in SHOT_STEPS:
        table.add_column(SHORT.get(step, step), justify="right", no_wrap=True)
    for status in statuses:
        title = Text(f"{status.code} ({status.name.lower()})", COLOURS.get(status.code, ""))
        table.add_row(title, *(str(counts[step, status] or "") for step in SHOT_STEPS))
    return table


def _dots() -> str:
    return "..." if console.options.ascii_only else "…"


def _some(items: Sequence[T], everything: bool) -> Iterable[T | None]:
    """Return the beginning and the end of a long list, with `None` for what is left out."""
    if everything or len(items) <= HEAD + TAIL:
        return items
    return [*items[:HEAD], None, *items[-TAIL:]]


def _paths(project: Project, everything: bool) -> None:
    root = Path(str(project.repositories[0].path))
    console.print(Text.assemble(("Published versions", "bold"), f"  below {root}"), overflow="fold")
    tasks = select(Task.task_id).where(Task.project_id == project.project_id)
    query = select(Version).where(Version.task_id.in_(tasks)).order_by(Version.version_id)
    paths = [Path(version.absolute_full_path) for version in DBSession.scalars(query)]
    for path in _some(paths, everything):
        line = _dots() if path is None else path.relative_to(root).as_posix()
        console.print(Text(f"  {line}"), overflow="fold")


def finish(url: URL, plan: Path, seconds: float) -> None:
    """Print where the plan is, how long it all took, and what to type next."""
    console.print()
    console.print(Text.assemble(("Plan", "bold"), f"  {plan}, for a browser"), overflow="fold")
    console.print()
    console.print(f"Made in {seconds:.1f} s.")
    console.print()
    console.print("[bold]Next[/]: look around, on the command line or in Python.")
    if "***" in shown(url):
        console.print("Put the password of the database in the place of ***.")
    console.print()
    verbs = f"""\
export STALKER_DATABASE_URL={shlex.quote(shown(url))}
{shlex.quote(str(Path(sys.executable).with_name("stalker")))} tasks --status WIP
"""
    console.print(Text(verbs, "cyan"), soft_wrap=True)
    code = f"""
from stalker import *
from stalker.db.session import DBSession
db.setup({{"sqlalchemy.url": {json.dumps(shown(url))}}})
project = Project.query.first()
shot = project.shots[0]
print(shot, shot.children, shot.children[0].versions[0].absolute_full_path)"""
    command = f"{shlex.quote(sys.executable)} -i -c {shlex.quote(code)}"
    console.print(Text(command, "cyan"), soft_wrap=True)
