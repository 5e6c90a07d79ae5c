"""`stalker task`: make work, change it, and give it to people."""

from __future__ import annotations

import click

from stalker.cli.verbs.task.acts import hold, resume, stop
from stalker.cli.verbs.task.add import add
from stalker.cli.verbs.task.assign import assign
from stalker.cli.verbs.task.change import change
from stalker.cli.verbs.task.steps import steps


@click.group()
def task() -> None:
    """Add tasks, shots and assets, change them, and give the work to people."""


for each in (add, steps, assign, change, hold, stop, resume):
    task.add_command(each)
