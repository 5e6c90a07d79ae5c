"""The one form that each value of a column has in a file, whichever database it comes from."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Enum,
    Float,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    String,
    Time,
    Uuid,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

from stalker.db.types import (
    DateTimeUTC,
    GenericDateTime,
    GenericJSON,
    JSONEncodedDict,
    Money,
    Secret,
)
from stalker.exceptions import BackupError

#: bytes of a line with its end: nothing longer is written, and who reads needs no more memory
MAX_LINE = 2**28

_MICROSECOND = timedelta(microseconds=1)


class ExactMoney(Money):
    """An amount as a `Decimal`: a float has no room for all that the database holds."""

    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        exact = value if dialect.name == "postgresql" else Decimal(value).scaleb(-4)
        return exact.quantize(Decimal("0.0001"))


class Form(NamedTuple):
    """How the values of a column are written to a file, and read from it; `None` is `null`."""

    #: with which the database is asked for them, and given them
    read_as: TypeEngine[Any]
    written_as: TypeEngine[Any]
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]


def form_of(column: Column[Any]) -> Form:
    """Return the form of the values of *column*."""
    form = _form(column.type)
    if form is None:
        raise BackupError(
            f"{column.table.name}.{column.name}: values of the type {column.type!r} have no form in"
            " a backup"
        )
    return form


def _form(kind: TypeEngine[Any]) -> Form | None:
    for types, make in _FORMS:
        if isinstance(kind, types):
            return make(kind)
    if isinstance(kind, TypeDecorator):  # of a studio: what lies below it is stored
        return _form(kind.impl_instance)
    return None


def _same(kind: TypeEngine[Any]) -> Form:
    return Form(kind, kind, _itself, _itself)


def _itself(value: Any) -> Any:
    return value


def _moment(kind: TypeEngine[Any]) -> Form:
    return Form(kind, kind, _in_utc, datetime.fromisoformat)


def _in_utc(value: datetime) -> str:
    # SQLite does not keep zones
    return (
        value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    ).isoformat()


def _date_time(kind: Any) -> Form:
    if kind.timezone:
        return _moment(kind)
    return Form(kind, kind, datetime.isoformat, datetime.fromisoformat)


def _enum(kind: Any) -> Form:
    members = kind.enums if kind.enum_class is None else kind.enum_class.__members__.values()
    by_text = dict(zip(kind.enums, members, strict=True))
    return Form(String(), kind, _itself, by_text.__getitem__)


def _number(kind: Any) -> Form:
    if kind.asdecimal:
        return Form(kind, kind, lambda value: format(value, "f"), Decimal)
    return Form(kind, kind, float, float)


def _bytes(kind: TypeEngine[Any]) -> Form:
    return Form(
        kind,
        kind,
        lambda value: base64.b64encode(value).decode("ascii"),
        lambda text: base64.b64decode(text, validate=True),
    )


def _interval(kind: TypeEngine[Any]) -> Form:
    return Form(
        kind,
        kind,
        lambda value: value // _MICROSECOND,
        lambda number: timedelta(microseconds=number),
    )


#: the first one that fits counts: some types derive from others
_FORMS: Sequence[tuple[tuple[type[Any], ...], Callable[[Any], Form]]] = (
    ((Money,), lambda kind: Form(ExactMoney(), kind, str, Decimal)),
    ((GenericDateTime, DateTimeUTC), _moment),
    ((GenericJSON, JSONEncodedDict, JSON, Secret, Boolean, Integer), _same),
    ((Interval,), _interval),
    ((Enum,), _enum),
    ((String,), _same),
    ((DateTime,), _date_time),
    ((Date,), lambda kind: Form(kind, kind, date.isoformat, date.fromisoformat)),
    ((Time,), lambda kind: Form(kind, kind, time.isoformat, time.fromisoformat)),
    ((LargeBinary,), _bytes),
    ((Uuid,), lambda kind: Form(Uuid(), Uuid(), str, UUID)),
    ((Numeric, Float), _number),
)


def encode_row(forms: Sequence[Form], row: Sequence[Any]) -> bytes:
    """Return the line of a row."""
    return line_of(
        [
            None if value is None else form.encode(value)
            for form, value in zip(forms, row, strict=True)
        ]
    )


def decode_row(forms: Sequence[Form], values: Sequence[Any]) -> list[Any]:
    """Return the values of a row for the database."""
    return [
        None if value is None else form.decode(value)
        for form, value in zip(forms, values, strict=True)
    ]


def line_of(value: Any) -> bytes:
    """Return the line that stands for a JSON value; equal values have equal lines."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode() + b"\n"


class Digest:
    """The fingerprint of the rows of a table, in whatever order they come.

    Databases sort texts differently. The digests of the rows are added up.
    """

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, line: bytes) -> None:
        """Take a row in."""
        self.rows += 1
        self._sum += int.from_bytes(hashlib.sha256(line).digest(), "big")

    def __str__(self) -> str:
        return f"{self._sum % 2**256:064x}"
