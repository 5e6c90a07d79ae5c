"""`UnitMixin` and `AmountMixin`: what something is counted in, and how much of it there is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from stalker.core.rules import default, money, text
from stalker.db.declarative import KeywordConstructor
from stalker.db.types import Money


class UnitMixin(KeywordConstructor):
    """Adds a `unit`: any text, for example a currency or "day"."""

    #: what is counted; empty, if that goes without saying
    unit: Mapped[str] = mapped_column(
        String(64), default="", info={"rules": (default(""), text(64))}
    )

    def __init__(self, unit: str | None = "", **kwargs: Any) -> None:
        self.unit = unit  # type: ignore[assignment]
        super().__init__(**kwargs)


class AmountMixin(KeywordConstructor):
    """Adds an `amount`: a `float`, stored exactly to four decimals."""

    #: how much; rounded to four decimals, may be negative
    amount: Mapped[float] = mapped_column(
        Money, default=0.0, info={"rules": (default(0.0), money())}
    )

    def __init__(self, amount: float | None = 0, **kwargs: Any) -> None:
        self.amount = amount  # type: ignore[assignment]
        super().__init__(**kwargs)
