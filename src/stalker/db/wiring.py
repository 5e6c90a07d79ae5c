"""Turn the rules that an attribute names into events that refuse or convert what is assigned.

An attribute names its rules in the `info` of its column or relationship:

`rules`    one value: objects of `core.rules`, called with the value and "Class.attribute"; where
           they are not named, those that the type of the column implies
`check`    a value seen together with its object: called with the object and the value after the
           rules, returns the value to store; `__checks__` of the class holds those for attributes
           that come from a mixin
`required` a relationship that the rules do not let be `None`, is cleared all the same by leaving
           the list of the other side: what has no owner is deleted

Rules and checks apply to a scalar that is set and to each element that joins a collection. A rule
never runs a query; a check may ask for what only the database knows. Relationships with a
back-reference also bring a new object into the session of what it is related to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from sqlalchemy import event
from sqlalchemy.orm import ColumnProperty, RelationshipProperty
from sqlalchemy.orm.attributes import InstrumentedAttribute

from stalker.core.rules import all_of, wrong_type
from stalker.db.collections import EntityList
from stalker.db.construction import enrol_with, refuse_two_sessions
from stalker.db.implied import implied_rule
from stalker.db.json import track
from stalker.db.session import quiet
from stalker.db.types import GenericJSON, JSONEncodedDict

Check = Callable[[Any, Any], Any]


class _Wire(NamedTuple):
    """The rules of one attribute of one class."""

    where: str
    rule: Callable[[Any, str], Any] | None
    check: Check | None


_elements: dict[tuple[type, str], _Wire] = {}


def check_elements(state: Any, key: str, values: Iterable[Any], alone: bool = False) -> None:
    """Check everything that is about to join the collection *key*, before any of it does.

    What joins *alone* only has to obey the rules here: its check is made when it joins.
    """
    wire = _elements.get((state.class_, key))
    if wire is None:
        return
    rule, where = wire.rule, wire.where
    has_session = state.session_id is not None
    for value in values:
        if rule is not None:
            rule(value, where)
        if has_session:
            refuse_two_sessions(state, value, where)
    if wire.check is not None and not alone:
        held = {id(value) for value in state.dict.get(key, ())}
        with quiet:
            for value in values:
                if id(value) not in held:
                    wire.check(state.obj(), value)


def _checked(check: Check, obj: Any, value: Any) -> Any:
    if quiet.depth:  # as always while an object is made
        return check(obj, value)
    with quiet:
        return check(obj, value)


def wire(cls: type, key: str, attribute: InstrumentedAttribute[Any]) -> None:
    """Install the events of one attribute; called for each attribute of each mapped class."""
    prop = attribute.property
    if isinstance(prop, ColumnProperty):
        column = prop.columns[0]
        info = getattr(column, "info", {})
        parts = _read(cls, key, info)
        if parts.check is None and "rules" not in info and not key.startswith("_"):
            parts = parts._replace(rule=implied_rule(column))
        _wire_scalar(attribute, parts, enrols=False)
        if isinstance(column.type, GenericJSON | JSONEncodedDict):
            track(cls, key, attribute)
    elif isinstance(prop, RelationshipProperty):
        parts = _read(cls, key, prop.info)
        enrols = bool(prop.back_populates or prop.backref)
        if prop.collection_class in (list, EntityList):
            prop.collection_class = EntityList
            # the attribute has been made already, with a plain list
            manager = attribute.parent.class_manager
            impl: Any = attribute.impl
            impl.collection_factory = manager.instrument_collection_class(key, EntityList)
        if prop.uselist or prop.collection_class is not None:
            _wire_collection(cls, key, attribute, parts, enrols)
        else:
            _wire_scalar(attribute, parts, enrols)


def _read(cls: type, key: str, info: dict[Any, Any]) -> _Wire:
    rules = info.get("rules", ())
    rule = rules[0] if len(rules) == 1 else all_of(*rules) if rules else None
    check = info.get("check") or getattr(cls, "__checks__", {}).get(key)
    return _Wire(f"{cls.__name__}.{key.lstrip('_')}", rule, check)


def _wire_scalar(attribute: InstrumentedAttribute[Any], wire: _Wire, enrols: bool) -> None:
    where, rule, check = wire
    name = attribute.key
    if rule is None and check is None and not enrols:
        return

    required = attribute.property.info.get("required", False)
    relates = isinstance(attribute.property, RelationshipProperty)

    def on_set(state: Any, value: Any, old: Any, initiator: Any, key: Any = None) -> Any:
        if value is None and required and initiator.key != name:
            return None
        if rule is not None:
            value = rule(value, where)
        if value is not None and state.session_id is not None:
            refuse_two_sessions(state, value, where)
        if check is not None:
            value = _checked(check, state.obj(), value)
        if enrols and value is not None:
            enrol_with(state, value, name)
        return value

    def on_set_scalar(state: Any, value: Any, old: Any, initiator: Any, key: Any = None) -> Any:
        if rule is not None:
            value = rule(value, where)
        return _checked(check, state.obj(), value)  # type: ignore[arg-type]

    def on_set_by_rule(state: Any, value: Any, old: Any, initiator: Any, key: Any = None) -> Any:
        return rule(value, where)  # type: ignore[misc]

    # most are columns
    on_column = on_set_by_rule if check is None else on_set_scalar
    # the list that an object leaves has to know, also if it was not known which one that is
    listen(attribute, "set", on_set if relates else on_column, active_history=enrols)


def _wire_collection(
    cls: type, key: str, attribute: InstrumentedAttribute[Any], wire: _Wire, enrols: bool
) -> None:
    where, rule, check = wire
    name = key
    back = attribute.property.back_populates
    where = f"each element of {where}"
    _elements[cls, key] = _Wire(where, rule, check)

    def on_append(state: Any, value: Any, initiator: Any, key: Any = None) -> Any:
        if rule is not None:
            value = rule(value, where)
        if state.session_id is not None:
            refuse_two_sessions(state, value, where)
        if check is not None:
            value = _checked(check, state.obj(), value)
        if enrols:
            enrol_with(state, value)
            # a new object that leaves its owner for another one has left the session with it
            enrol_with(value._sa_instance_state, state.obj(), back)
        return value

    def on_bulk_replace(state: Any, values: list[Any], initiator: Any, keys: Any = None) -> None:
        # the row of a pair exists once
        values[:] = {id(value): value for value in values}.values()
        check_elements(state, name, values)

    listen(attribute, "append", on_append)
    event.listen(attribute, "bulk_replace", on_bulk_replace, raw=True)


def listen(
    attribute: InstrumentedAttribute[Any], name: str, function: Callable[..., Any], **options: Any
) -> None:
    """Install an event in the form that SQLAlchemy calls directly, without a wrapper around it."""
    event.listen(attribute, name, function, raw=True, retval=True, include_key=True, **options)


def refuse_no_list(obj: object, key: str, value: object) -> None:
    """Raise `TypeError` unless *value* may replace the whole collection *key* of *obj*."""
    if not isinstance(value, list):
        raise wrong_type(f"{type(obj).__name__}.{key}", "a list", value)
