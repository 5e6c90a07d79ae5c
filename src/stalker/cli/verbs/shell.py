"""`stalker shell`: Python on a database."""

from __future__ import annotations

import code
import signal
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click
from sqlalchemy import select

import stalker
from stalker.cli import database
from stalker.cli.opening import connected
from stalker.cli.options import database_option
from stalker.db.session import DBSession


@click.command()
@database_option
@click.option("-c", "--command", "statement", metavar="CODE", help="Run this, and nothing else.")
def shell(database_url: str | None, statement: str | None) -> None:
    """Work in Python on a database: all of stalker, DBSession and select are there.

    With IPython if that is installed. Without a terminal, stdin is run as a script: stalker shell <
    script.py. Nothing is stored without DBSession.commit(). An error of the script shows where it
    is, and the exit status is 1.
    """
    with connected(database_url) as url:
        pass  # what goes wrong from here on is shown as Python shows it
    if statement is not None:
        _run(statement, "<command>")
    elif not sys.stdin.isatty():
        _run(sys.stdin.read(), "<stdin>")
    else:
        # in here, Ctrl-C ends a line, not the shell
        signal.signal(signal.SIGINT, signal.default_int_handler)
        click.echo(f"Stalker {stalker.__version__} on {database.shown(url)}")
        click.echo("All of stalker, DBSession and select are there; DBSession.commit() stores.")
        _interact()


def _names() -> dict[str, Any]:
    public = {name: getattr(stalker, name) for name in stalker.__all__}
    return {**public, "stalker": stalker, "DBSession": DBSession, "select": select}


def _run(text: str, where: str) -> None:
    try:
        exec(compile(text, where, "exec"), {**_names(), "__name__": "__main__"})  # noqa: S102
    except BrokenPipeError:
        raise
    except Exception as error:
        # what is shown begins in the script, not in this file
        inside = error.__traceback__ and error.__traceback__.tb_next
        traceback.print_exception(error.with_traceback(inside))
        sys.exit(1)


def _interact() -> None:
    if find_spec("IPython") is not None:
        import_module("IPython").start_ipython(argv=["--no-banner"], user_ns=_names())
        return
    with suppress(ImportError):  # lets one edit lines; Windows has it not
        import_module("readline")
    code.interact(banner="", local=_names(), exitmsg="")
