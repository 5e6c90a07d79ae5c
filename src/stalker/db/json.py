"""JSON values that tell their column when something inside of them changes."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm.attributes import InstrumentedAttribute, flag_modified


def encode(value: Any) -> str:
    """Return *value* as JSON text; NaN and infinity are refused, they are no JSON."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def decode(text: str) -> Any:
    """Return the value of a JSON text."""
    return json.loads(text)


class _Tracked:
    """A container inside a JSON value: knows the container around it, or whose attribute it is."""

    _owner: _Tracked | None = None
    _home: tuple[Any, str] | None = None

    def changed(self) -> None:
        """Mark the attribute that holds the outermost container as modified."""
        outermost = self
        while outermost._owner is not None:
            outermost = outermost._owner
        if outermost._home is not None:
            state, key = outermost._home
            if (obj := state.obj()) is not None:
                flag_modified(obj, key)


def _reporting(name: str, base: type) -> Callable[..., Any]:
    method = getattr(base, name)

    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = method(self, *args, **kwargs)
        self._adopt()
        self.changed()
        if name == "setdefault":
            return self[args[0]]  # not the caller's own value, nobody watches that
        return self if name.startswith("__i") else result

    call.__name__ = name
    return call


class TrackedDict(_Tracked, dict[str, Any]):
    """A dict that reports changes."""

    # a copy belongs to nobody, and must not take along the object around it
    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        return {key: copy.deepcopy(value, memo) for key, value in self.items()}

    def _adopt(self) -> None:
        for key, value in self.items():
            dict.__setitem__(self, key, tracked(value, self))

    for _name in (
        "__setitem__",
        "__delitem__",
        "clear",
        "pop",
        "popitem",
        "setdefault",
        "update",
        "__ior__",
    ):
        locals()[_name] = _reporting(_name, dict)


class TrackedList(_Tracked, list[Any]):
    """A list that reports changes."""

    def __deepcopy__(self, memo: dict[int, Any]) -> list[Any]:
        return [copy.deepcopy(value, memo) for value in self]

    def _adopt(self) -> None:
        for index, value in enumerate(self):
            list.__setitem__(self, index, tracked(value, self))

    for _name in (
        "__setitem__",
        "__delitem__",
        "append",
        "clear",
        "extend",
        "insert",
        "pop",
        "remove",
        "reverse",
        "sort",
        "__iadd__",
        "__imul__",
    ):
        locals()[_name] = _reporting(_name, list)


def tracked(value: Any, owner: _Tracked | None = None) -> Any:
    """Return *value* with its dicts and lists, at any depth, in containers that report changes."""
    if isinstance(value, _Tracked):
        if owner is not None and value._owner is owner:
            return value
        value = dict(value) if isinstance(value, dict) else list[Any](value)  # type: ignore[call-overload]
    if isinstance(value, dict):
        made: Any = TrackedDict(value)
    elif isinstance(value, list | tuple):
        made = TrackedList(value)
    else:
        return value
    made._owner = owner
    made._adopt()
    return made


def track(cls: type, key: str, attribute: InstrumentedAttribute[Any]) -> None:
    """Make changes inside the JSON value of *attribute* reach the session."""

    def adopt(state: Any, value: Any) -> Any:
        value = tracked(value)
        if isinstance(value, _Tracked):
            value._home = (state, key)
        return value

    def on_set(state: Any, value: Any, old: Any, initiator: Any) -> Any:
        return adopt(state, value)

    def on_load(state: Any, context: Any, attributes: Any = None) -> None:
        if key in state.dict:
            state.dict[key] = adopt(state, state.dict[key])

    event.listen(attribute, "set", on_set, raw=True, retval=True)
    event.listen(cls, "load", on_load, raw=True)
    event.listen(cls, "refresh", on_load, raw=True)
