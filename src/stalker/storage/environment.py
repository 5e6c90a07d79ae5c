"""Environment variables that lead to the roots of repositories."""

from __future__ import annotations

import logging
import os
import re
from typing import NamedTuple

logger = logging.getLogger(__name__)

_LEGAL = re.compile(r"[A-Za-z0-9_]+")

#: what this process exported, by name
_exported: dict[str, str] = {}


class Owner(NamedTuple):
    """Whose variable it is; of two who want the same one, the lower gets it."""

    #: whether it is named after the id, which anybody's code may look like
    by_id: bool
    #: infinite before there is one
    number: float
    #: for messages
    name: str


_owners: dict[str, Owner] = {}


def export(name: str, path: str | None, owner: Owner) -> bool:
    """Set a variable, unless its name is not a legal one, or it belongs to somebody else.

    Says whether it was set, and logs a warning if not. Never raises.
    """
    if not _LEGAL.fullmatch(name):
        logger.warning("no environment variable can be called %r: none is set", name)
        return False
    holder = _owners.get(name)
    if holder is not None and holder[:2] < owner[:2]:
        logger.warning("%s is the variable of %s, not of %s", name, holder.name, owner.name)
        return False
    _owners[name] = owner
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
    _owners.pop(name, None)
    if os.environ.get(name) == value:
        del os.environ[name]


def forget_owners() -> None:
    """Let anybody have any variable: another database counts from now on."""
    _owners.clear()


def exported() -> dict[str, str]:
    """Return the variables of repositories, with the values that they have now."""
    return {name: os.environ.get(name, value) for name, value in _exported.items()}
