"""`stalker check`: look for what is wrong in a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import click
from sqlalchemy import Engine

from stalker.cli import database
from stalker.cli.opening import reached
from stalker.cli.options import database_option, json_option
from stalker.cli.output import answer, console, plain, table
from stalker.cli.progress import bar
from stalker.services.checking import Finding
from stalker.services.checking import check as look

#: of each kind so many are shown to people
SHOWN = 10


@click.command()
@database_option
@click.option("--files", is_flag=True, help="Look for the files of all versions, too.")
@json_option
def check(database_url: str | None, files: bool, as_json: bool) -> None:
    """Look for what is wrong in a database.

    Its schema, references that lead nowhere, entities that are not whole, people who are in two
    places, sums, dates and statuses that do not follow from what they should, and the built-in
    password. Nothing is changed. The exit status is 1 if anything is wrong.
    """
    with reached(database_url) as (url, engine):
        findings = _look(engine, files)
    count = sum(each.count for each in findings)
    if as_json:
        checks = [{"ok": not each.count, **asdict(each)} for each in findings]
        answer({"database": database.shown(url), "faults": count, "checks": checks})
    else:
        _show(findings)
    if count:
        raise click.exceptions.Exit(1)


def _look(engine: Engine, files: bool) -> list[Finding]:
    if not files:
        return look(engine)
    with bar("Files") as report:
        return look(engine, report)


def _show(findings: Sequence[Finding]) -> None:
    found = table(("Check", "Looked at", "Wrong"), numbers=("Looked at", "Wrong"))
    for each in findings:
        found.add_row(
            each.name, f"{each.looked_at:,}", plain(f"{each.count:,}" if each.count else "-")
        )
    console().print(found)
    for each in findings:
        for fault in each.faults[:SHOWN]:
            click.echo(f"{each.name}: {fault}")
        if len(each.faults) > SHOWN:
            click.echo(f"{each.name}: and more; --json tells {len(each.faults)} of them")
