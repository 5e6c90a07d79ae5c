"""`Role`: what somebody is in a department, in a project, at a client."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from stalker.models.entity import Entity

__all__ = ["Role"]


class Role(Entity):
    """A name like "Lead", for memberships. Where a deleted role was named, nothing is."""

    __auto_name__: ClassVar[bool] = False

    role_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
