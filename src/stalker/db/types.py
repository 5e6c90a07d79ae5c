"""Column types that behave alike on PostgreSQL and SQLite."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum as PythonEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Enum, Numeric, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from stalker.core.dates import as_utc
from stalker.core.rules import as_decimal
from stalker.db.json import decode, encode

__all__ = [
    "DateTimeUTC",
    "GenericDateTime",
    "GenericJSON",
    "JSONEncodedDict",
    "Money",
    "Secret",
    "vocabulary",
]


class DateTimeUTC(TypeDecorator[datetime]):
    """An aware date-time, stored without zone in UTC: for databases that know no zones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else as_utc(value, "a stored date-time").replace(tzinfo=None)

    def bind_processor(self, dialect: Dialect) -> Any:
        return _as_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        # each task has half a dozen, which would take a fifth of loading it
        if dialect.name != "sqlite":
            return super().result_processor(dialect, coltype)
        return _from_text


def _as_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    moment = as_utc(value, "a stored date-time").replace(tzinfo=None)
    return moment.isoformat(" ", "microseconds")


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value + "+00:00")


class GenericDateTime(TypeDecorator[datetime]):
    """An aware date-time: any zone goes in, UTC comes out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(DateTimeUTC())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else as_utc(value, "a stored date-time")

    def bind_processor(self, dialect: Dialect) -> Any:
        return _as_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        # most are in UTC already, and there are very many
        return value if value is None or value.tzinfo is UTC else value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        if dialect.name == "postgresql":
            return super().result_processor(dialect, coltype)
        return self.load_dialect_impl(dialect).result_processor(dialect, coltype)


class JSONEncodedDict(TypeDecorator[Any]):
    """JSON in a text column: for databases without a JSON type. `None` is NULL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else encode(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else decode(value)


class GenericJSON(TypeDecorator[Any]):
    """Any JSON value; the models notice changes inside of it, at any depth. `None` is NULL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(JSON(none_as_null=True))
        return dialect.type_descriptor(JSONEncodedDict())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is not None and dialect.name == "postgresql":
            encode(value)  # refuses what the server would, but as on SQLite
        return value


class _Hidden(str):
    """A text that no log and no message shows."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


class Money(TypeDecorator[float]):
    """An amount with four decimals, stored exactly: `NUMERIC(18, 4)`.

    SQLite has no such numbers, and holds a whole number of ten-thousandths.
    """

    impl = Numeric(18, 4, asdecimal=False)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Numeric(18, 4))
        return dialect.type_descriptor(BigInteger())

    def process_bind_param(self, value: float | Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        exact = as_decimal(value)
        return exact if dialect.name == "postgresql" else int((exact * 10_000).to_integral_value())

    def process_result_value(self, value: Any, dialect: Dialect) -> float | None:
        if value is None:
            return None
        return float(value if dialect.name == "postgresql" else Decimal(value) / 10_000)


class Secret(TypeDecorator[str]):
    """Text that errors and logs of statements do not show."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else _Hidden(value)


def vocabulary(kind: type[PythonEnum], name: str) -> Enum:
    """Return the type of a column that holds members of *kind*: text with a check constraint."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )
