"""`EntityGroup`: a named selection."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stalker.core.rules import instance_of
from stalker.db.association import Association, end, members
from stalker.db.collections import OrderedList
from stalker.models.entity import Entity, SimpleEntity

__all__ = ["EntityGroup", "EntityGroupEntity"]


class EntityGroupEntity(Association):
    """The place of an entity in a group."""

    __tablename__ = "EntityGroup_Entities"
    __ends__ = ("group", "entity")

    entity_group_id: Mapped[int] = mapped_column(
        ForeignKey("EntityGroups.id", ondelete="CASCADE"), primary_key=True
    )
    entity_id: Mapped[int] = mapped_column(
        ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    #: kept by the group
    position: Mapped[int | None]
    group: Mapped[EntityGroup | None] = end(
        "group", "EntityGroup", foreign_keys=[entity_group_id], back_populates="entity_rows"
    )
    entity: Mapped[SimpleEntity | None] = end(
        "entity",
        "SimpleEntity",
        foreign_keys=[entity_id],
        back_populates="entity_group_rows",
    )

    def __init__(
        self, group: EntityGroup | None = None, entity: SimpleEntity | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.group = group
        self.entity = entity


class EntityGroup(Entity):
    """Entities of any classes, in order. Deleting it keeps them."""

    entity_group_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    entity_rows: Mapped[list[EntityGroupEntity]] = relationship(
        foreign_keys=[EntityGroupEntity.entity_group_id],
        back_populates="group",
        order_by=EntityGroupEntity.position,
        collection_class=OrderedList,
        cascade="all, delete-orphan",
        passive_deletes=True,
        info={"rules": (instance_of("EntityGroupEntity"),)},
    )
    entities = members("entity_rows", "EntityGroupEntity", "entity", "SimpleEntity", strict=True)

    def __init__(self, entities: list[SimpleEntity] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if entities is not None:
            self.entities = entities
