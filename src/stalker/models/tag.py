"""Labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stalker.core.rules import instance_of
from stalker.models.entity import SimpleEntity, entity_tags

if TYPE_CHECKING:
    from stalker.models.entity import Entity

__all__ = ["Tag"]


class Tag(SimpleEntity):
    """A label for entities of any class."""

    __auto_name__: ClassVar[bool] = False

    tag_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    #: what has this label
    entities: Mapped[list[Entity]] = relationship(
        secondary=entity_tags,
        secondaryjoin=lambda: SimpleEntity.id == entity_tags.c.entity_id,
        back_populates="tags",
        passive_deletes=True,
        info={"rules": (instance_of("Entity"),)},
    )
