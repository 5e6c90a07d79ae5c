"""Measure and print tables."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

from rich.console import Console
from rich.table import Table

from bench.building import through_bare_classes, through_core, through_library
from bench.cutting import CLIPS, cutting
from bench.importing import import_seconds
from bench.meter import Cost, contest
from bench.plan import production
from bench.planning import TASKS, planning
from bench.reading import ask
from bench.working import climb, log_at_depth, revise

SIZES = (1_000, 10_000)
LEVELS = (250, 500, 1_000)


def building(console: Console) -> None:
    """Print what a production costs in each way."""
    table = _table(
        "Building a production: tasks, parents, dependencies, resources, statuses",
        *("tasks", "way", "CPU s", "statements", "per task", "ratio of the library to it"),
    )
    library: dict[int, Cost] = {}
    for size in SIZES:
        items = production(size)
        ways = {
            "the library": partial(through_library, items),
            "(a) bare mapped classes": partial(through_bare_classes, items),
            "(b) Core executemany": partial(through_core, items),
        }
        costs = contest(ways, runs=5 if size <= 1_000 else 3)
        library[size] = costs["the library"]
        for way, cost in costs.items():
            table.add_row(
                f"{size:,}",
                way,
                f"{cost.seconds:.3f}",
                f"{cost.statements:,}",
                f"{cost.statements / size:.4f}",
                f"{library[size].seconds / cost.seconds:.2f}",
            )
    console.print(table)
    small, large = SIZES
    growth = library[large].seconds / library[small].seconds / (large / small)
    console.print(f"growth from {small:,} to {large:,} tasks: {growth:.2f} of linear")


def reading(console: Console) -> None:
    """Print what the questions of every day cost."""
    table = _comparison("Reading, against one statement by hand: 10,000 tasks, 50,000 time logs")
    for question, library, by_hand in ask():
        _compare(table, question.what, library, by_hand, str(question.limit))
    console.print(table)


def working(console: Console) -> None:
    """Print what it costs to log work and to revise."""
    table = _comparison("Working, against the statements by hand")
    for what, costs in (
        ("(6) a time log on a task eight levels deep, where work begins", log_at_depth()),
        ("(6) another one", log_at_depth(status="WIP")),
        ("(7) a revision with 2,000 tasks that follow", revise()),
    ):
        _compare(table, what, costs["library"], costs["by hand"], "10")
    console.print(table)


def climbing(console: Console) -> None:
    """Print how a revision grows with the length of a ladder of diamonds."""
    costs = {levels: climb(levels) for levels in LEVELS}
    for levels, cost in costs.items():
        console.print(
            f"revision above a ladder of {levels:,} diamonds: {cost.seconds:.3f} s CPU, "
            f"{cost.statements} statements"
        )
    for few, many in pairwise(LEVELS):
        growth = costs[many].seconds / costs[few].seconds / (many / few)
        console.print(f"growth from {few:,} to {many:,} levels: {growth:.2f} of linear")


def scheduling(console: Console) -> None:
    """Print what the steps of a planning cost."""
    table = _table(f"Planning about {TASKS:,} tasks", "what", "CPU s", "statements")
    for name, cost in planning().items():
        table.add_row(name, f"{cost.seconds:.2f}", str(cost.statements))
    console.print(table)


def conforming(console: Console) -> None:
    """Print what a long cut and its next revision cost."""
    table = _table(f"A cut of {CLIPS:,} clips", "what", "CPU s", "statements")
    for name, cost in cutting().items():
        table.add_row(name, f"{cost.seconds:.2f}", str(cost.statements))
    console.print(table)


def importing(console: Console) -> None:
    """Print what an import costs."""
    base, package, classes = import_seconds(
        "import sqlalchemy.orm, jinja2", "import stalker", "from stalker import Task"
    )
    console.print(f"import sqlalchemy.orm, jinja2: {base:.3f} s CPU")
    console.print(f"import stalker: {package:.3f} s, {package / base:.2f} times that")
    console.print(
        f"from stalker import Task, which maps all classes: {classes:.3f} s, "
        f"{classes / base:.2f} times"
    )


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title)
    for column in columns:
        is_text = column in ("way", "what")
        table.add_column(column, justify="left" if is_text else "right", no_wrap=is_text)
    return table


def _comparison(title: str) -> Table:
    sides = ("ms", "by hand", "statements", "by hand", "ratio", "limit")
    return _table(title, "what", *sides)


def _compare(table: Table, what: str, library: Cost, by_hand: Cost, limit: str) -> None:
    cells = [
        f"{library.seconds * 1000:.1f}",
        f"{by_hand.seconds * 1000:.1f}",
        f"{library.statements}",
        f"{by_hand.statements}",
        f"{library.seconds / by_hand.seconds:.2f}",
        limit,
    ]
    table.add_row(what, *cells)


def main() -> None:
    console = Console()
    console.width = max(console.width, 120)  # tables that end in a file, too
    for part in (building, reading, working, climbing, scheduling, conforming, importing):
        part(console)


if __name__ == "__main__":
    main()
