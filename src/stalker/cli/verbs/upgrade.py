"""`stalker upgrade`: bring a database to the schema of this release."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy import Engine

from stalker import db
from stalker.cli import database, signals
from stalker.cli.opening import heeding, reached
from stalker.cli.options import database_option, json_option
from stalker.cli.output import answer, warn
from stalker.cli.refusal import Refused
from stalker.db.upgrade import Upgrade
from stalker.exceptions import BackupError


@click.command()
@database_option
@click.option(
    "--to",
    "revision",
    metavar="REV",
    default="head",
    help="Stop at this schema revision; without it at the newest that this release knows.",
)
@click.option(
    "--backup",
    "backup_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where the copy of the database goes; without it beside an SQLite file, or into the "
    "current folder.",
)
@click.option("--no-backup", is_flag=True, help="Make no copy before. There is no way back then.")
@json_option
def upgrade(
    database_url: str | None,
    revision: str,
    backup_file: Path | None,
    no_backup: bool,
    as_json: bool,
) -> None:
    """Bring a database to the schema of this release.

    The database is copied first: an SQLite file beside itself, PostgreSQL with pg_dump. Then all
    migrations that it lacks run in one transaction, and what they have made is looked at before it
    counts. If anything goes wrong, the database stays as it was. Stop the applications that use it.
    """
    if no_backup and backup_file is not None:
        raise click.UsageError("--backup and --no-backup exclude each other")
    with reached(database_url) as (url, engine):
        backup = backup_file or not no_backup
        done = _upgrade(engine, revision, backup)
    if as_json:
        answer({"database": database.shown(url), **asdict(done)})
        return
    if done.found == done.revision:
        click.echo(f"{database.shown(url)} has schema revision {done.revision} already.")
        return
    before = f"revision {done.found}" if done.found else "nothing"
    click.echo(
        f"{database.shown(url)}: from {before} to revision {done.revision} in {done.seconds:.1f} s."
    )
    if done.backup is not None:
        click.echo(f"As it was before: {done.backup}")


def _upgrade(engine: Engine, revision: str, backup: bool | Path) -> Upgrade:
    try:
        return _stoppable(engine, revision, backup)
    except BackupError as error:
        if not sys.stdin.isatty():
            raise Refused(f"{error}; --no-backup goes on without") from error
        warn(str(error))
        click.confirm("Go on without a backup?", abort=True, err=True)
    return _stoppable(engine, revision, backup=False)


def _stoppable(engine: Engine, revision: str, backup: bool | Path) -> Upgrade:
    with signals.postponed() as heed, heeding(heed):
        try:
            return db.upgrade(engine, revision, backup)
        except BackupError:
            heed()  # who stops this from a terminal stops pg_dump as well
            raise
