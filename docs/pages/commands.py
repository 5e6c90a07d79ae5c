"""The reference of the command line: what each verb says about itself."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator

import click

from stalker.cli.main import cli

__all__ = ["commands"]


def commands() -> str:
    """Return all verbs, by section."""
    parts = []
    context = click.Context(cli, info_name="stalker")
    for title, verbs in cli.sections.items():
        parts.append(f"## {title}")
        for name in verbs:
            command = cli.get_command(context, name)
            if command is not None:
                parts += _told(command, click.Context(command, context, name), 3)
    return "\n\n".join(parts)


def _told(command: click.Command, context: click.Context, level: int) -> Iterator[str]:
    """Yield what there is to tell of a command, and of those below it."""
    path = context.command_path
    yield f"({path.replace(' ', '-')})=\n{'#' * level} `{path}`"
    usage = command.collect_usage_pieces(context)
    yield f"```text\n{' '.join([path, *usage])}\n```"
    yield from _paragraphs(command.help or "")
    yield from _options(command.get_params(context), context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from _told(below, click.Context(below, context, name), level + 1)


def _paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs of a help text; what is laid out by hand stays so."""
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        if paragraph.startswith("\b"):
            yield f"```text\n{paragraph.removeprefix(chr(8)).strip(chr(10))}\n```"
        else:
            yield _escaped(paragraph.replace("\n", " "))


def _escaped(text: str) -> str:
    """Return plain text as Markdown; what is in backticks stays code."""
    parts = re.split(r"(`[^`]*`)", text)
    parts[::2] = (re.sub(r"([\\*_<>\[\]#~])", r"\\\1", part) for part in parts[::2])
    return "".join(parts)


def _options(parameters: Iterable[click.Parameter], context: click.Context) -> Iterator[str]:
    """Yield a list of the options."""
    lines = []
    for each in parameters:
        record = each.get_help_record(context)
        # an argument may have nothing to add to the usage, and every command has `--help`
        if record is not None and record[1] and "--help" not in each.opts:
            names, text = record
            lines.append(f"`{names}`\n: {_escaped(text)}")
    if lines:
        yield "\n\n".join(lines)
