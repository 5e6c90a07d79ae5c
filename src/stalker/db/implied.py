"""The rule that follows from the type of a column, for attributes that name none.

A studio's `vendor: Mapped[str | None]` refuses what is no text on every database, as the library's
own attributes do.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Boolean, Column, DateTime, Enum, Float, Integer, Interval, String
from sqlalchemy.types import TypeEngine

from stalker.core.rules import Rule, aware, instance_of, integer, number, option, optional, text
from stalker.db.types import GenericDateTime


def implied_rule(column: Any) -> Rule | None:
    """Return the rule of an attribute whose column names none."""
    # keys are set by the unit of work
    if not isinstance(column, Column) or column.primary_key or column.foreign_keys:
        return None
    rule = _rule_for(column.type)
    # what is not given becomes the default of the column
    may_miss = column.nullable or column.default is not None or column.server_default is not None
    return optional(rule) if rule is not None and may_miss else rule


def _rule_for(kind: TypeEngine[Any]) -> Rule | None:
    if isinstance(kind, Enum):
        return None if kind.enum_class is None else option(kind.enum_class)
    if isinstance(kind, String):
        return text(kind.length)
    if isinstance(kind, Boolean):
        return instance_of(bool)
    if isinstance(kind, Integer):
        return integer()
    if isinstance(kind, Float):
        return number()
    if isinstance(kind, Interval):
        return instance_of(timedelta)
    if isinstance(kind, GenericDateTime) or (isinstance(kind, DateTime) and kind.timezone):
        return aware()
    return None
