"""`stalker backup`: write a database to a file, or look whether such a file is whole."""

from __future__ import annotations

from pathlib import Path

import click

from stalker.cli import database, signals
from stalker.cli.opening import reached
from stalker.cli.options import database_option, json_option
from stalker.cli.output import answer, note
from stalker.cli.progress import bar
from stalker.cli.refusal import Refused
from stalker.exceptions import BackupError
from stalker.services.backup import Summary, back_up, verify


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@database_option
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
@click.option(
    "--verify",
    "only_verify",
    is_flag=True,
    help="Write nothing: read FILE to its end, and say whether it is whole. Needs no database.",
)
@json_option
def backup(
    file: Path, database_url: str | None, force: bool, only_verify: bool, as_json: bool
) -> None:
    """Write all that a database holds to FILE.

    Others may go on working: the file holds what was there at one moment. `stalker restore` makes a
    database of it, of the same kind or of the other one. The file appears when it is complete. It
    holds everything that the database does, also who may log in: only you may read it.
    """
    if only_verify:
        _verify(file, as_json)
        return
    with (
        reached(database_url) as (url, engine),
        signals.postponed() as heed,
        bar("Backup") as report,
    ):

        def tell(done: int, total: int | None) -> None:
            report(done, total)
            heed()

        try:
            summary = back_up(engine, file, force, tell)
        except FileExistsError as error:
            hint = "; --force replaces it" if file.is_file() else ""
            raise Refused(f"{file}: {error.strerror}{hint}") from error
    for name in summary.left_out:
        note(f"the table {name!r} is not Stalker's and is not in the backup")
    size = file.stat().st_size
    if as_json:
        answer({"database": database.shown(url), "bytes": size, **document(file, summary)})
    else:
        click.echo(f"{file}: {summary.rows:,} rows of {database.shown(url)}, {size:,} bytes.")


def _verify(file: Path, as_json: bool) -> None:
    try:
        with bar("Reading") as report:
            summary = verify(file, report)
    except BackupError as error:
        if as_json:
            answer({"file": file, "is_whole": False, "fault": str(error)})
        raise Damaged(str(error)) from error
    if as_json:
        answer({"is_whole": True, **document(file, summary)})
    else:
        click.echo(
            f"{file} is whole: {summary.rows:,} rows of schema revision {summary.revision}, "
            f"written by stalker {summary.stalker_version} at {summary.made}."
        )


def document(file: Path, summary: Summary) -> dict[str, object]:
    """Return what is told to a program about a backup."""
    return {
        "file": file.absolute(),
        "revision": summary.revision,
        "stalker_version": summary.stalker_version,
        "made": summary.made,
        "rows": summary.rows,
        "tables": summary.tables,
    }


class Damaged(Refused):
    """A file was looked at, and is not whole."""

    exit_code = 1
