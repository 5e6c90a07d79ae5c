"""`stalker`: the verbs, and what happens to errors that are expected."""

from __future__ import annotations

import io
import os
import sys
import warnings
from pathlib import Path
from typing import NoReturn

import click
from click.shell_completion import shell_complete

import stalker
from stalker import plugins
from stalker.cli import signals
from stalker.cli.group import Verbs
from stalker.exceptions import StalkerError

#: every verb with its line in `stalker --help`
SECTIONS = {
    "See it": {
        "demo": "Build a small production from a film cut, and show it.",
    },
    "Look after a database": {
        "init": "Create the tables and the first entries.",
        "check": "Look for what is wrong in a database.",
        "upgrade": "Bring a database to the schema of this release.",
        "backup": "Write all that a database holds to a file.",
        "restore": "Make a database of a backup.",
    },
    "People and productions": {
        "user": "Add people, list them, and say when they are away.",
        "login": "Log in, so that commands know who you are.",
        "logout": "Forget who is logged in on this workstation.",
        "project": "Add productions, list them, look at one, let it rest.",
        "import-cut": "Bring the shots of a sequence in line with a cut.",
        "export-cut": "Write the cut of a sequence for an editing program.",
    },
    "Work": {
        "tasks": "List tasks: yours, somebody's, or those of a project.",
        "task": "Add tasks, change them, and give them to people.",
        "log": "Record that somebody has worked on a task.",
        "logs": "List who has worked when, on what.",
        "unlog": "Take back what was logged by mistake.",
        "review": "Ask for a review, approve, or ask for more.",
        "reviews": "List what waits for a decision, yours or somebody's.",
        "publish": "Store a file as the next version of a task.",
    },
    "Plan": {
        "studio": "Show when the studio works and plans, or change it.",
        "schedule": "Plan the studio, and store who does what when.",
        "gantt": "Draw the plan as a page for the browser.",
        "why": "Say why a task lies where it does.",
    },
    "Work in a shell": {
        "shell": "Work in Python on a database, or run a script.",
        "completion": "Let bash, zsh or fish complete verbs and options.",
    },
}

#: set by the completion script of a shell
COMPLETION = "_STALKER_COMPLETE"

#: what a shell reports of a process that wrote to a pipe which nobody reads any more
PIPE_CLOSED = 141


@click.command(
    cls=Verbs,
    sections=SECTIONS,
    package="stalker.cli.verbs",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit status: 0 done, 1 done and something was found, 2 refused and nothing changed, "
    "128 and more stopped by a signal. `stalker VERB --help` says more.",
)
@click.version_option(stalker.__version__, prog_name="stalker")
def cli() -> None:
    """A studio's productions: projects, shots, assets, tasks, people, versions."""
    plugins.load()


def main() -> NoReturn:
    """Run the command line. An expected error is one line on stderr and exit status 2."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # an escape is a nuisance in what is shown, and right within the Python that is printed
        sys.stdout.reconfigure(errors="backslashreplace")
    warnings.formatwarning = _in_one_line
    signals.listen()
    try:
        run()
        sys.stdout.flush()
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except signals.Stopped as error:
        fail(str(error), error.exit_code)
    except click.Abort:
        fail("nothing was answered, so nothing was done")
    except click.UsageError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        fail(error.format_message(), error.exit_code)
    except StalkerError as error:
        fail(str(error))
    except BrokenPipeError:
        # what is still to be flushed when Python ends goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(PIPE_CLOSED)
    except OSError as error:
        reason = error.strerror or str(error)
        fail(f"{error.filename}: {reason}" if error.filename else reason)
    sys.exit(0)


def run() -> None:
    """Do what the arguments say, or complete what somebody types in a shell.

    `click.Command.main` would do both, but ends with status 1 when a pipe is closed, and that
    means something else here.
    """
    instruction = os.environ.get(COMPLETION)
    if instruction:
        sys.exit(shell_complete(cli, {}, "stalker", COMPLETION, instruction))
    try:
        with cli.make_context("stalker", sys.argv[1:]) as context:
            cli.invoke(context)
    except click.exceptions.Exit:
        sys.stdout.flush()  # that nobody reads counts for more than what was found
        raise


_told_with_a_place = warnings.formatwarning


def _in_one_line(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    line: str | None = None,
) -> str:
    """Return what a warning says; where it comes from helps only in somebody's own program."""
    if Path(stalker.__file__).parent in Path(filename).parents:
        return f"warning: {message}\n"
    return _told_with_a_place(message, category, filename, lineno, line)


def fail(message: str, status: int = 2) -> NoReturn:
    """Say what went wrong and stop."""
    click.echo(f"stalker: {message}", err=True)
    sys.exit(status)
