"""`Page`: what a production writes down."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from stalker.core.rules import default, not_blank, text
from stalker.models.entity import Entity
from stalker.models.mixins import ProjectMixin

__all__ = ["Page"]


class Page(Entity, ProjectMixin):
    """A page of a project's wiki; goes with its project."""

    page_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    #: the heading; not blank
    title: Mapped[str] = mapped_column(Text, info={"rules": (text(), not_blank())})
    #: the text, in whatever markup the studio uses
    content: Mapped[str] = mapped_column(Text, default="", info={"rules": (default(""), text())})

    def __init__(self, title: str = "", content: str | None = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.title = title
        self.content = content  # type: ignore[assignment]
