"""Options that mean the same wherever they are given."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from stalker.cli import completing

F = TypeVar("F", bound=Callable[..., Any])


def database_option(function: F) -> F:
    """Let a command be told which database it works on."""
    return click.option(
        "--database",
        "database_url",
        metavar="URL",
        help="For example sqlite:///studio.db or postgresql+psycopg://user@host/studio; without it "
        "the one that the configuration names.",
    )(function)


def project_option(function: F) -> F:
    """Let a command be told to work on some projects only."""
    return click.option(
        "--project",
        "codes",
        metavar="CODE",
        multiple=True,
        shell_complete=completing.projects,
        help="Only this project; may be given more than once.",
    )(function)


def json_option(function: F) -> F:
    """Let a command answer a program, with one JSON document on stdout: see `output.answer`."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Answer with one JSON document, for programs."
    )(function)


def refuse_both(one: str, other: str, these: Iterable[str], those: Iterable[str]) -> None:
    """Refuse what is given to two options that mean the opposite of each other."""
    for text in set(these).intersection(those):
        raise click.UsageError(f"{one} and {other} exclude each other: both say {text!r}")
