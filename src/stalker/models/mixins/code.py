"""`CodeMixin`: a short name for file names and conversation."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from stalker.core.rules import not_blank, text
from stalker.db.declarative import KeywordConstructor


class CodeMixin(KeywordConstructor):
    """Adds a mandatory `code`, stored as it is given."""

    #: short name for paths and conversation; not blank, stored as it is given
    code: Mapped[str] = mapped_column(
        String(256), index=True, info={"rules": (text(256), not_blank())}
    )

    def __init__(self, code: str | None = None, **kwargs: Any) -> None:
        self.code = code  # type: ignore[assignment]
        super().__init__(**kwargs)
