"""Statements in TaskJuggler's language, from the templates of the configuration."""

from __future__ import annotations

from datetime import UTC
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import stalker

if TYPE_CHECKING:
    from jinja2 import Environment, Template


@cache
def _environment() -> Environment:
    from jinja2 import Environment

    # the templates come from config.py, which may run any code anyway: no sandbox is needed here
    return Environment(trim_blocks=True, lstrip_blocks=True, autoescape=False)  # noqa: S701


@lru_cache(maxsize=32)
def _compiled(source: str) -> Template:
    return _environment().from_string(source)


def statement(template: str, **variables: object) -> str:
    """Return the text that the setting named *template* makes of *variables*."""
    return _compiled(stalker.defaults[template]).render(utc=UTC, **variables)
