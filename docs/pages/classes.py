"""Which classes have an entry of their own, and what the source of each of them defines."""

from __future__ import annotations

import inspect
import sys
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy.orm import Mapper, configure_mappers

import stalker
from docs.pages import comments

__all__ = [
    "arguments",
    "documented_bases",
    "is_documented",
    "mapper_of",
    "nearest_bases",
    "own_mixins",
    "owners",
    "written",
]


@cache
def _public() -> frozenset[type]:
    found = (getattr(stalker, name) for name in stalker.__all__)
    return frozenset(each for each in found if isinstance(each, type))


def is_documented(cls: type) -> bool:
    """Say whether a class has an entry of its own."""
    return cls in _public()


def documented_bases(cls: type) -> list[type]:
    """Return the classes with an entry of their own from which *cls* has more attributes."""
    return [base for base in cls.__mro__[1:] if is_documented(base)]


def own_mixins(cls: type) -> list[type]:
    """Return the documented mixins that no entity brings from which *cls* derives."""
    bases = documented_bases(cls)
    entities = [base for base in bases if mapper_of(base) is not None]
    return [
        base
        for base in bases
        if base not in entities and not any(issubclass(entity, base) for entity in entities)
    ]


def nearest_bases(cls: type) -> list[type]:
    """Return the documented bases that are no bases of each other."""
    bases = documented_bases(cls)
    return [
        base
        for base in bases
        if not any(other is not base and issubclass(other, base) for other in bases)
    ]


def owners(cls: type) -> list[type]:
    """Return *cls* and those of its bases that have no entry, nor belong to a base with one."""
    elsewhere = {each for base in documented_bases(cls) for each in base.__mro__}
    return [
        base
        for base in cls.__mro__
        if base is cls or (base not in elsewhere and base.__module__.startswith("stalker."))
    ]


def written(owner: type) -> dict[str, str]:
    """Return the names that the source of a class defines, each with its comment."""
    path = getattr(sys.modules[owner.__module__], "__file__", None)
    return {} if path is None else comments.names(Path(path)).get(owner.__name__, {})


def mapper_of(cls: type) -> Mapper[Any] | None:
    """Return the mapper of a class, if it is mapped."""
    configure_mappers()
    found: Mapper[Any] | None = sqlalchemy.inspect(cls, raiseerr=False)
    return found if isinstance(found, Mapper) else None


def arguments(owner: type) -> dict[str, Any]:
    """Return the defaults of the arguments of a class's own constructor."""
    init = owner.__dict__.get("__init__")
    if init is None:
        return {}
    return {each.name: each.default for each in inspect.signature(init).parameters.values()}
