"""What the constructor of a class cannot do without."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy.orm import ColumnProperty, RelationshipProperty

from docs.pages.classes import arguments, documented_bases, mapper_of, owners, written
from stalker.core.rules import Rule
from stalker.db.association import Association

__all__ = ["is_required", "required"]

#: attributes of which a class says by itself whether it needs them
_BY_CLASS = {
    "name": lambda cls: not cls.__auto_name__,
    "type": lambda cls: cls.__strictly_typed__,
    "target_entity_type": lambda cls: not cls.__nullable_target__,
}


def required(cls: type) -> list[str]:
    """Return the attributes that have to be given to the constructor, the name first."""
    found = (
        name
        for base in [*reversed(documented_bases(cls)), cls]
        for owner in owners(base)
        for name in _given(owner)
        if is_required(cls, owner, name)
    )
    return sorted(dict.fromkeys(found), key=lambda name: name != "name")


def _given(owner: type) -> Iterator[str]:
    known = arguments(owner)
    return (name for name in written(owner) if name in known)


def is_required(cls: type, owner: type, name: str) -> bool:
    """Say whether *cls* needs an attribute that *owner* defines."""
    default = arguments(owner).get(name)
    if default is inspect.Parameter.empty:
        return True
    if name in _BY_CLASS and name in arguments(owner):
        decides: Any = _BY_CLASS[name]
        return bool(decides(cls))
    mapper = mapper_of(cls)
    prop = None if mapper is None else mapper.attrs.get(name)
    if isinstance(prop, RelationshipProperty):
        return _needs_other(prop)
    return isinstance(prop, ColumnProperty) and _needs_value(prop.columns[0], default)


def _needs_other(relation: RelationshipProperty[Any]) -> bool:
    if relation.uselist or relation.viewonly or "rules" not in relation.info:
        return False
    if _refuses(None, relation.info["rules"]):
        return True
    # rows of associations are made with one end, and join the list of the other
    return not issubclass(relation.parent.class_, Association) and not any(
        column.nullable for column in relation.local_columns
    )


def _needs_value(column: Any, default: object) -> bool:
    if column.nullable or column.default or column.primary_key or "check" in column.info:
        return False
    # a constructor that tells "not given" from `None` knows what to do without
    return type(default) is not object and _refuses(default, column.info.get("rules", ()))


def _refuses(value: object, rules: Iterable[Rule]) -> bool:
    try:
        for rule in rules:
            value = rule(value, "")
    except (TypeError, ValueError):
        return True
    return False
