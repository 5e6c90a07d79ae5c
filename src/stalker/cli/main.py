"""`stalker`: the verbs, and what happens to errors that are expected."""

from __future__ import annotations

import io
import sys
from typing import NoReturn

import click

import stalker
from stalker import plugins
from stalker.cli import signals
from stalker.cli.demo import demo
from stalker.cli.gantt import gantt
from stalker.cli.init import init
from stalker.cli.schedule import schedule
from stalker.cli.why import why
from stalker.editorial import CutError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(stalker.__version__, prog_name="stalker")
def cli() -> None:
    """A studio's productions: projects, shots, assets, tasks, people, versions."""
    plugins.load()


for command in (demo, init, schedule, gantt, why):
    cli.add_command(command)


def main() -> NoReturn:
    """Run the command line. An expected error is one line on stderr and exit status 2."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # an escape is a nuisance in what is shown, and right within the Python that is printed
        sys.stdout.reconfigure(errors="backslashreplace")
    signals.listen()
    try:
        cli.main(prog_name="stalker", standalone_mode=False)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except signals.Stopped as error:
        fail(str(error), error.exit_code)
    except click.UsageError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        fail(error.format_message(), error.exit_code)
    except ModuleNotFoundError as error:
        if error.name != "psycopg":
            raise
        fail('PostgreSQL needs its driver: pip install "stalker[postgresql]"')
    except CutError as error:
        fail(str(error))
    except OSError as error:
        reason = error.strerror or str(error)
        fail(f"{error.filename}: {reason}" if error.filename else reason)
    sys.exit(0)


def fail(message: str, status: int = 2) -> NoReturn:
    """Say what went wrong and stop."""
    click.echo(f"stalker: {message}", err=True)
    sys.exit(status)
