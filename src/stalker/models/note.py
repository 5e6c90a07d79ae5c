"""Comments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from stalker.core.rules import instance_of
from stalker.models.entity import SimpleEntity, entity_notes

if TYPE_CHECKING:
    from stalker.models.entity import Entity

__all__ = ["Note"]

_NOT_GIVEN: Any = object()


class Note(SimpleEntity):
    """A free comment on entities of any class."""

    note_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    #: the text; another name of `description`
    content: Mapped[str] = synonym("description")
    #: what the comment is about
    entities: Mapped[list[Entity]] = relationship(
        secondary=entity_notes,
        secondaryjoin=lambda: SimpleEntity.id == entity_notes.c.entity_id,
        back_populates="notes",
        passive_deletes=True,
        info={"rules": (instance_of("Entity"),)},
    )

    def __init__(self, content: str | None = _NOT_GIVEN, **kwargs: Any) -> None:
        if content is not _NOT_GIVEN:
            kwargs["description"] = content
        super().__init__(**kwargs)
