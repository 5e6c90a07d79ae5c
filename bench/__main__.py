"""Measure and print a table."""

from __future__ import annotations

from functools import partial

from rich.console import Console
from rich.table import Table

from bench.building import through_bare_classes, through_core, through_library
from bench.importing import import_seconds
from bench.meter import Cost, best
from bench.plan import production

SIZES = (1_000, 10_000)


def building(console: Console) -> None:
    """Print what a production costs in each way."""
    table = Table(title="Building a production: tasks, parents, dependencies, resources, statuses")
    for column in ("tasks", "way", "CPU s", "statements", "per task", "ratio of the library to it"):
        table.add_column(column, justify="left" if column == "way" else "right")
    library: dict[int, Cost] = {}
    for size in SIZES:
        items = production(size)
        runs = 3 if size <= 1_000 else 2
        library[size] = best(partial(through_library, items), runs)
        costs = {
            "the library": library[size],
            "(a) bare mapped classes": best(partial(through_bare_classes, items), runs),
            "(b) Core executemany": best(partial(through_core, items), runs),
        }
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


def main() -> None:
    console = Console()
    building(console)
    importing(console)


if __name__ == "__main__":
    main()
