"""`stalker`: the verbs, and what happens to errors that are expected."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import click
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

import stalker
from stalker.cli.demo import demo
from stalker.cli.init import init
from stalker.editorial import CutError
from stalker.exceptions import SchemaVersionError, UnusableDatabaseError

#: What a user can cause; everything else is a bug and shows its traceback.
EXPECTED = (
    ArgumentError,
    CutError,
    DBAPIError,
    NoSuchModuleError,
    OSError,
    SchemaVersionError,
    UnusableDatabaseError,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(stalker.__version__, prog_name="stalker")
def cli() -> None:
    """A studio's productions: projects, shots, assets, tasks, people, versions."""


cli.add_command(demo)
cli.add_command(init)


def main() -> NoReturn:
    """Run the command line. An expected error is one line on stderr and exit status 2."""
    try:
        cli.main(prog_name="stalker", standalone_mode=False)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.Abort:
        fail("interrupted", 130)
    except click.UsageError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        fail(error.format_message(), error.exit_code)
    except BrokenPipeError:
        # whoever read the output has seen enough, as in `stalker demo | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except ModuleNotFoundError as error:
        if error.name != "psycopg":
            raise
        fail('PostgreSQL needs its driver: pip install "stalker[postgresql]"')
    except EXPECTED as error:
        fail(_one_line(error))
    sys.exit(0)


def fail(message: str, status: int = 2) -> NoReturn:
    """Say what went wrong and stop."""
    click.echo(f"stalker: {message}", err=True)
    sys.exit(status)


def _one_line(error: BaseException) -> str:
    # the driver's text without SQLAlchemy's additions, which may hold values
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return " ".join(str(cause).split()) or type(cause).__name__
