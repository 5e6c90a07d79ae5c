"""Passwords, which never stand among the arguments: a list of processes shows those."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from stalker.cli.refusal import Refused
from stalker.cli.signals import Stopped

F = TypeVar("F", bound=Callable[..., Any])

VARIABLE = "STALKER_PASSWORD"


def password_option(function: F) -> F:
    """Let a command read a password from stdin."""
    return click.option(
        "--password-stdin",
        "from_stdin",
        is_flag=True,
        help=f"Read the password from stdin; else it is that of the variable {VARIABLE}, or asked "
        "for on a terminal.",
    )(function)


def ask(from_stdin: bool, twice: bool = False) -> str:
    """Return a password from stdin, from the environment, or typed on a terminal without echo."""
    if from_stdin:
        password = sys.stdin.read().removesuffix("\n").removesuffix("\r")
        if "\n" in password:
            raise Refused("a password is one line, and stdin holds more")
    elif VARIABLE in os.environ:
        password = os.environ[VARIABLE]
    elif sys.stdin.isatty():
        password = _typed(twice)
    else:
        raise Refused(f"no terminal to ask for a password: --password-stdin, or set {VARIABLE}")
    if not password.strip():
        raise Refused("the password is empty")
    return password


def _typed(twice: bool) -> str:
    try:
        password: str = click.prompt(
            "Password", hide_input=True, confirmation_prompt=twice, err=True
        )
    except Stopped:
        click.echo(err=True)  # what is said of it begins a line
        raise
    return password
