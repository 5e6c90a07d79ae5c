"""Say in the model's words what the database has refused.

The driver names a table and columns, or only a constraint. What is added to its error names class
and attributes; the error stays what it is, for programs that catch it.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from sqlalchemy import Engine, Index, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import ColumnCollectionConstraint

from stalker.db.declarative import Base
from stalker.db.session import OVERLAP

_UNIQUE = "must be unique, and another row has that value already"
_MISSING = "must not be empty"
_NOT_ALLOWED = "has a value that is not allowed"

_SQLSTATES = {"23505": _UNIQUE, "23502": _MISSING, "23514": _NOT_ALLOWED}
_SQLITE = re.compile("(UNIQUE|NOT NULL|CHECK) constraint failed: (.+)")


class _Refusal(NamedTuple):
    table: str
    columns: list[str]
    reason: str


def listen(engine: Engine) -> None:
    """Let the errors of *engine* say more."""
    event.listen(engine, "handle_error", _explain)


def _explain(context: ExceptionContext) -> None:
    error = context.sqlalchemy_exception
    if not isinstance(error, IntegrityError):
        return
    if OVERLAP in str(error.orig):
        error.add_detail("TimeLog.resource: somebody would work on two things at once")
    else:
        refusal = _from_postgresql(error.orig) or _from_sqlite(str(error.orig))
        if refusal is not None:
            error.add_detail(f"{_named(refusal)} {refusal.reason}")


def _from_postgresql(error: Any) -> _Refusal | None:
    reason = _SQLSTATES.get(getattr(error, "sqlstate", None) or "")
    if reason is None:
        return None
    diagnosis = error.diag
    if diagnosis.column_name:
        return _Refusal(diagnosis.table_name, [diagnosis.column_name], reason)
    return _of_constraint(diagnosis.constraint_name, reason)


def _from_sqlite(message: str) -> _Refusal | None:
    match = _SQLITE.fullmatch(message)
    if match is None:
        return None
    kind, what = match.groups()
    if kind == "CHECK":
        return _of_constraint(what, _NOT_ALLOWED)
    names = [name.split(".") for name in what.split(", ")]
    return _Refusal(
        names[0][0], [name[-1] for name in names], _UNIQUE if kind == "UNIQUE" else _MISSING
    )


def _of_constraint(name: str, reason: str) -> _Refusal | None:
    for table in Base.metadata.tables.values():
        for each in (*table.constraints, *table.indexes):
            if isinstance(each, ColumnCollectionConstraint | Index) and each.name == name:
                return _Refusal(table.name, [column.name for column in each.columns], reason)
    return None


def _named(refusal: _Refusal) -> str:
    """Return class and attributes behind a table and its columns."""
    for mapper in Base.registry.mappers:
        if getattr(mapper.local_table, "name", None) == refusal.table and mapper.single is False:
            columns = mapper.local_table.columns
            keys = [mapper.get_property_by_column(columns[each]).key for each in refusal.columns]
            attributes = ", ".join(key.lstrip("_") for key in keys)
            return f"{mapper.class_.__name__}.{attributes}"
    return f"{refusal.table}.{', '.join(refusal.columns)}"
