"""`stalker restore`: make a database of a backup."""

from __future__ import annotations

from pathlib import Path

import click

from stalker.cli import database, signals
from stalker.cli.opening import heeding, reached
from stalker.cli.options import database_option, json_option
from stalker.cli.output import answer
from stalker.cli.progress import bar
from stalker.cli.verbs.backup import document
from stalker.services import backup


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@database_option
@json_option
def restore(file: Path, database_url: str | None, as_json: bool) -> None:
    """Make a database of the backup FILE.

    The database has to be empty; an SQLite file may be missing. It may be of another kind than the
    one that the backup was made of: that is the way from SQLite to PostgreSQL. At the end what came
    into the database is compared with what is in the file. If anything goes wrong, the database is
    as empty as before.
    """
    with (
        reached(database_url, must_exist=False) as (url, engine),
        signals.postponed() as heed,
        heeding(heed),
        bar("Restore") as report,
    ):
        summary = backup.restore(file, engine, report)
    if as_json:
        answer({"database": database.shown(url), **document(file, summary)})
    else:
        click.echo(f"{database.shown(url)}: {summary.rows:,} rows of {file}.")
