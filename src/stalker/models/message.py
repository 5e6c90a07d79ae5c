"""`Message`: something that somebody says to others."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from stalker.models.entity import Entity
from stalker.models.mixins import StatusMixin

__all__ = ["Message"]


class Message(Entity, StatusMixin):
    """A message; its text is the `description`. Its status list is the studio's own."""

    message_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
