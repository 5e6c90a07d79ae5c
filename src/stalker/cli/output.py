"""What commands print: a table or lines for people, one JSON document for programs."""

from __future__ import annotations

import codecs
import json
import os
import sys
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from stalker.cli.columns import Address, Columns

#: columns where nobody looks, so that nothing is cut or folded for `grep`
_UNLIMITED = 10_000


class Output(Console):
    """Where tables are printed."""

    def on_broken_pipe(self) -> None:
        """Let the command line end as it does for all that is printed, not with status 1."""
        raise BrokenPipeError


def console() -> Console:
    """Return where tables are printed; a pipe or a file has lines of any length."""
    is_free = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    return Output(highlight=False, width=_UNLIMITED if is_free else None)


def table(columns: Iterable[str], numbers: Iterable[str] = ()) -> Table:
    """Return an empty table; the columns in *numbers* are aligned to the right."""
    right = set(numbers)
    found = Columns(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        found.add_column(name, justify="right" if name in right else "left", overflow="fold")
    return found


def plain(value: object) -> Text:
    """Return a cell that shows *value* as it is, without reading `[red]` in a name as a colour."""
    return Text("" if value is None else str(value))


def address(path: str) -> Text:
    """Return a cell that shows where something is, and folds between the parts of that."""
    return Address(path)


def answer(document: object) -> None:
    """Print *document* as JSON: moments in ISO 8601 with their offset, durations in seconds.

    A list is never the whole document, so that more can be said later: `{"tasks": […]}`. Programs
    read it as UTF-8, whatever the locale says.
    """
    as_ascii = codecs.lookup(sys.stdout.encoding).name != "utf-8"
    click.echo(json.dumps(document, ensure_ascii=as_ascii, indent=2, default=_as_json))


def note(text: str) -> None:
    """Say what is worth knowing beside the answer."""
    click.echo(f"note: {text}", err=True)


def warn(text: str) -> None:
    """Say what somebody should do something about."""
    click.echo(f"warning: {text}", err=True)


def _as_json(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
