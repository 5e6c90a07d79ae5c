"""Environment variables that lead to the roots of repositories."""

from __future__ import annotations

import logging
import os
import re

logger = logging.getLogger(__name__)

_LEGAL = re.compile(r"[A-Za-z0-9_]+")

#: what this process exported, by name
_exported: dict[str, str] = {}


def export(name: str, path: str | None) -> bool:
    """Set a variable, unless its name is not a legal one; say whether it was set. Never raises."""
    if not _LEGAL.fullmatch(name):
        logger.warning("no environment variable can be called %r: none is set", name)
        return False
    value = path or ""
    if os.environ.get(name) != value:
        os.environ[name] = value
    _exported[name] = value
    return True


def withdraw(name: str, path: str | None = None) -> None:
    """Remove a variable that this process exported, if it still has the value of then.

    With *path* given, only if that was the value: another repository may have it by now.
    """
    value = _exported.get(name)
    if value is None or (path is not None and value != path):
        return
    del _exported[name]
    if os.environ.get(name) == value:
        del os.environ[name]


def exported() -> dict[str, str]:
    """Return the variables of repositories, with the values that they have now."""
    return {name: os.environ.get(name, value) for name, value in _exported.items()}
