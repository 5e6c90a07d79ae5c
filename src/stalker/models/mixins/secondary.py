"""Association tables for mixed-in relationships."""

from __future__ import annotations

from sqlalchemy import Table

from stalker.core.naming import make_plural
from stalker.core.rules import wrong_type, wrong_value
from stalker.db.association import pairs
from stalker.db.declarative import Base


def create_secondary_table(
    primary_cls_name: str,
    secondary_cls_name: str,
    primary_cls_table_name: str,
    secondary_cls_table_name: str,
    secondary_table_name: str | None = None,
) -> Table:
    """Return the table between two classes, named `<Primary>_<Secondaries>` unless told otherwise.

    A table of that name that exists already is returned as it is. Raises `TypeError` for anything
    but text and `ValueError` for empty text.
    """
    for argument, value in list(locals().items()):
        optional = argument == "secondary_table_name"
        if not isinstance(value, str) and not (optional and value is None):
            raise wrong_type(f"create_secondary_table() argument {argument}", "a str", value)
        if not value and not optional:
            raise wrong_value(
                f"create_secondary_table() argument {argument}", "a non-empty str", value
            )
    name = secondary_table_name or f"{primary_cls_name}_{make_plural(secondary_cls_name)}"
    existing = Base.metadata.tables.get(name)
    if existing is not None:
        return existing
    return pairs(
        name,
        (f"{primary_cls_name.lower()}_id", primary_cls_table_name),
        (f"{secondary_cls_name.lower()}_id", secondary_cls_table_name),
    )
