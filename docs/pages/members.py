"""What a class offers: its attributes and methods, as mapper, annotations and comments tell."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy
from sqlalchemy.ext.associationproxy import AssociationProxy
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import (
    MANYTOONE,
    ColumnProperty,
    MappedColumn,
    Mapper,
    RelationshipProperty,
    SynonymProperty,
    declared_attr,
)

from docs.pages.classes import arguments, is_documented, mapper_of, owners, written
from docs.pages.required import is_required
from docs.pages.signatures import returns, shown
from stalker.core.rules import default as default_rule

__all__ = ["Attribute", "Method", "attributes", "methods"]

_EMPTY = inspect.Parameter.empty


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute, as its users see it."""

    name: str
    type: str
    #: as it is written in Python; empty where there is none
    default: str
    meaning: str
    is_required: bool = False
    is_read_only: bool = False
    #: a column that holds the id of something else, or the own one
    is_key: bool = False


@dataclass(frozen=True, slots=True)
class Method:
    """One method."""

    name: str
    function: Callable[..., Any]
    meaning: str
    #: "", "classmethod" or "staticmethod"
    kind: str


# --- Attributes -----------------------------------------------------------------------------------


def attributes(cls: type, base: type | None = None) -> list[Attribute]:
    """Return the public attributes that *cls* has by itself, in the order of the source.

    With *base*, a mixin, those that it brings to *cls*.
    """
    found: dict[str, Attribute] = {}
    for owner in owners(base or cls):
        for name in written(owner):
            if name not in found and not name.startswith("_") and _is_attribute(owner, name):
                found[name] = _attribute(cls, owner, name)
    for name in () if base else _from_others(cls):
        found[name] = _attribute(cls, cls, name)
    return list(found.values())


def _from_others(cls: type) -> Iterator[str]:
    """Yield the attributes that another class gives to this one."""
    mapper = mapper_of(cls)
    if mapper is not None and is_documented(cls):
        for key in (prop.key for prop in mapper.attrs):
            if not key.startswith("_") and not any(
                key in written(base) for base in cls.__mro__[:-1]
            ):
                yield key


def _is_attribute(owner: type, name: str) -> bool:
    value = owner.__dict__.get(name)
    if isinstance(value, classmethod | staticmethod) or inspect.isfunction(value):
        return False
    return name not in ("metadata", "registry", "query")


def _attribute(cls: type, owner: type, name: str) -> Attribute:
    value = inspect.getattr_static(owner, name, None)
    mapper = mapper_of(cls)
    prop = mapper.attrs.get(name) if mapper is not None else None
    return Attribute(
        name,
        _type(cls, owner, name, value, prop),
        _default(cls, owner, name, prop),
        _meaning(owner, name, value, mapper, prop),
        is_required=is_required(cls, owner, name),
        is_read_only=_is_read_only(value, prop),
        is_key=_is_key(owner, name, prop),
    )


def _type(cls: type, owner: type, name: str, value: Any, prop: Any) -> str:
    if isinstance(value, AssociationProxy):
        proxy = getattr(cls, name)
        other = sqlalchemy.inspect(proxy.target_class).relationships[proxy.value_attr]
        return f"list[{other.mapper.class_.__name__}]"
    if isinstance(prop, RelationshipProperty) and name not in written(owner):
        related = prop.mapper.class_.__name__
        return f"list[{related}]" if prop.uselist else related
    if isinstance(value, property | hybrid_property):
        return returns(value.fget)
    if isinstance(value, declared_attr):
        text = returns(value.fget)
    else:
        annotation = inspect.get_annotations(owner).get(name, "")
        # a named tuple keeps its annotations as references
        text = str(getattr(annotation, "__forward_arg__", annotation))
    text = re.sub(r"^(?:Mapped|ClassVar)\[(.*)\]$", r"\1", text)
    related = prop.mapper.class_.__name__ if isinstance(prop, RelationshipProperty) else ""
    return re.sub(r"\bAny\b", related, text) if related else text


def _default(cls: type, owner: type, name: str, prop: Any) -> str:
    given = {**arguments(owner), **arguments(cls)}.get(name, _EMPTY)
    if given not in (_EMPTY, None):
        return shown(given)
    if not isinstance(prop, ColumnProperty):
        return ""
    column: Any = prop.columns[0]
    for rule in getattr(column, "info", {}).get("rules", ()):
        if isinstance(rule, default_rule) and not callable(rule.value):
            return shown(rule.value)
    if column.default is not None and column.default.is_scalar:
        return shown(column.default.arg)
    return ""


def _is_key(owner: type, name: str, prop: Any) -> bool:
    if isinstance(prop, ColumnProperty):
        column: Any = prop.columns[0]
        return bool(column.primary_key or column.foreign_keys)
    # of a mixin, which has no mapper
    return name.endswith("_id") and mapper_of(owner) is None and _is_mapped(owner, name)


def _is_mapped(owner: type, name: str) -> bool:
    value = owner.__dict__.get(name)
    return isinstance(value, declared_attr | MappedColumn)


def _is_read_only(value: Any, prop: Any) -> bool:
    if isinstance(prop, SynonymProperty):
        value = prop.descriptor
    if isinstance(prop, RelationshipProperty) and prop.viewonly:
        return True
    return isinstance(value, property) and value.fset is None


def _meaning(owner: type, name: str, value: Any, mapper: Mapper[Any] | None, prop: Any) -> str:
    comment = written(owner).get(name)
    if comment:
        return comment
    if isinstance(value, property | declared_attr | hybrid_property) and value.__doc__:
        return inspect.cleandoc(value.__doc__)
    if prop is None or isinstance(prop, ColumnProperty):
        return _meaning_of_key(name, mapper, prop)
    if isinstance(prop, RelationshipProperty) and prop.back_populates:
        return f"The other side of `{prop.mapper.class_.__name__}.{prop.back_populates}`."
    return ""


def _meaning_of_key(name: str, mapper: Mapper[Any] | None, prop: Any) -> str:
    """Say what the id in a column is the id of."""
    column = None if prop is None else prop.columns[0]
    if mapper is not None and column is not None:
        for relation in mapper.relationships:
            if column in relation.local_columns and relation.direction is MANYTOONE:
                return f"`id` of `{relation.key}`"
        if column.primary_key:
            return "key; the same as `id`" if column.foreign_keys else "key"
    return f"`id` of `{name.removesuffix('_id')}`" if name.endswith("_id") else ""


# --- Methods --------------------------------------------------------------------------------------


def methods(cls: type, base: type | None = None) -> list[Method]:
    """Return the public methods that *cls* has by itself, or those of *base*, a mixin."""
    found: dict[str, Method] = {}
    for owner in owners(base or cls):
        for name in written(owner):
            value: Any = owner.__dict__.get(name)
            kind = type(value).__name__ if isinstance(value, classmethod | staticmethod) else ""
            function = value.__func__ if kind else value
            if name in found or name.startswith("_") or not inspect.isfunction(function):
                continue
            text = inspect.getdoc(getattr(cls, name)) or ""
            found[name] = Method(name, function, text, kind)
    return list(found.values())
