"""Conditions on thousands of rows at once: their keys go to the database as one parameter.

Databases limit the number of parameters, each is looked at by itself, and an `executemany` makes a
statement for each row.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Boolean, ColumnElement, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Text, TypeDecorator

__all__ = ["among"]


class _Keys(TypeDecorator[Iterable[Any]]):
    """Ids, or tuples of them, as JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> str:
        return json.dumps(list(value))


class _Among(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        return self  # SQLite would compare it with 1, and read the whole table


def among(*columns: Any, name: str) -> ColumnElement[bool]:
    """Return the condition that *columns* are one of the keys which the parameter *name* holds.

    These are ids, or with several columns tuples of ids.
    """
    return _Among(*columns, bindparam(name, type_=_Keys()))


@compiles(_Among)
def _in_postgresql(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    *columns, keys = element.clauses
    row = ", ".join(f"CAST(value ->> {place} AS INTEGER)" for place in range(len(columns)))
    one = "CAST(value #>> '{}' AS INTEGER)"
    rows = f"json_array_elements(CAST({compiler.process(keys, **options)} AS JSON))"
    return _is_in(compiler, columns, row if len(columns) > 1 else one, rows, options)


@compiles(_Among, "sqlite")
def _in_sqlite(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    *columns, keys = element.clauses
    row = ", ".join(f"json_extract(value, '$[{place}]')" for place in range(len(columns)))
    rows = f"json_each({compiler.process(keys, **options)})"
    return _is_in(compiler, columns, row if len(columns) > 1 else "value", rows, options)


def _is_in(compiler: SQLCompiler, columns: Any, values: str, rows: str, options: Any) -> str:
    names = ", ".join(compiler.process(each, **options) for each in columns)
    return f"(({names}) IN (SELECT {values} FROM {rows}))"  # noqa: S608 - keys are a parameter
