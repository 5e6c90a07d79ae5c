"""Frozen, read-only views: what a template sees instead of an entity.

A sandbox alone does not help against mapped objects: `user.password` is an ordinary attribute and
`task.hold` an ordinary method. A view has the fields of its kind (see `fields`) and nothing else,
in Python as in a template. Whatever a field refers to becomes a view when it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from datetime import date
from types import MemberDescriptorType
from typing import Any, Final

from stalker.exceptions import TemplateError
from stalker.storage.fields import fields_of


class View:
    """Stands for one entity. Two views are equal if they stand for the same one."""

    __slots__ = ("entity", "fields")

    def __getattribute__(self, name: str) -> Any:
        if name not in _fields.__get__(self):
            raise AttributeError(f"{self!r} has no field {name!r}")
        value = wrapped(getattr(_entity.__get__(self), name))
        if value is _HIDDEN:
            raise AttributeError(f"{name!r} of {self!r} is not a value that templates can use")
        return value

    def __getitem__(self, name: object) -> Any:
        if isinstance(name, str):
            try:
                return getattr(self, name)
            except AttributeError:
                pass
        raise KeyError(name)

    def __eq__(self, other: object) -> bool:
        return type(other) is View and _entity.__get__(self) is _entity.__get__(other)

    def __hash__(self) -> int:
        return id(_entity.__get__(self))

    def __repr__(self) -> str:
        return f"<view of {type(_entity.__get__(self)).__name__}>"


# The slots are taken off the class, so that not even `object.__getattribute__` leads from a view to
# its entity. Only this module holds the two keys; no template can name a module.
_entity: Final[MemberDescriptorType] = View.__dict__["entity"]
_fields: Final[MemberDescriptorType] = View.__dict__["fields"]
delattr(View, "entity")
delattr(View, "fields")

_HIDDEN: Final = object()


def view(obj: object) -> object:
    """Return *obj* as templates see it: values as they are, lists as tuples, entities as views.

    Raises `TemplateError` for anything that templates may not hold.
    """
    value = wrapped(obj)
    if value is _HIDDEN:
        raise TemplateError(f"a template cannot be given a value of type {type(obj).__name__}")
    return value


def context(**entities: object) -> dict[str, object]:
    """Return the variables of a template, each as `view` shows it."""
    return {name: view(value) for name, value in entities.items()}


def wrapped(value: object) -> object:
    """Return *value* as templates see it, or a private marker if they must not see it at all."""
    # Only the type is asked: `isinstance` would also read `__class__` of the object itself.
    cls = type(value)
    if issubclass(cls, Sequence | Set) and not issubclass(cls, (str, bytes, bytearray, memoryview)):
        items = tuple(_single(item) for item in value)  # type: ignore[attr-defined]
        return _HIDDEN if any(item is _HIDDEN for item in items) else items
    return _single(value)


def _single(value: Any) -> object:
    cls = type(value)
    if value is None or issubclass(cls, (bool, date, View)):
        return value
    # A subclass may do anything in `__str__` or `__format__`; its plain value cannot.
    for plain, convert in _PLAIN.items():
        if issubclass(cls, plain):
            return convert(value)
    return _entity_view(value)


_PLAIN: Final[dict[type, Callable[[Any], object]]] = {
    str: str.__str__,
    int: int.__int__,
    float: float.__float__,
}


def _entity_view(entity: object) -> object:
    if issubclass(type(entity), type):  # a mapped class has the attributes of its instances
        return _HIDDEN
    fields = fields_of(type(entity), getattr(entity, "entity_type", None))
    if fields is None:
        return _HIDDEN
    made = View()
    _entity.__set__(made, entity)
    _fields.__set__(made, fields)
    return made
