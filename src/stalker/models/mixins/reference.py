"""`ReferenceMixin`: links to what something is made after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Table
from sqlalchemy.orm import Mapped, declared_attr, relationship

from stalker.core.rules import instance_of
from stalker.db.association import pairs
from stalker.db.declarative import KeywordConstructor

if TYPE_CHECKING:
    from stalker.models.link import Link


def many_to_many(cls: Any, name: str, column: str, target: str, target_table: str) -> Any:
    """Return a one-directional list of *target* for a mixed-in class, with a table of its own."""
    table: Table = pairs(
        name, (f"{cls.__name__.lower()}_id", cls.__tablename__), (column, target_table)
    )
    return relationship(
        target,
        secondary=table,
        primaryjoin=lambda: cls.__table__.c.id == table.c[0],
        secondaryjoin=lambda: table.metadata.tables[target_table].c.id == table.c[1],
        passive_deletes=True,
        info={"rules": (instance_of(target),)},
    )


class ReferenceMixin(KeywordConstructor):
    """Adds `references`, a list of links."""

    @declared_attr
    def references(cls: Any) -> Mapped[list[Link]]:
        """Links to what serves as a model: images, clips, documents."""
        return many_to_many(  # type: ignore[no-any-return]
            cls, f"{cls.__name__}_References", "link_id", "Link", "Links"
        )

    def __init__(self, references: list[Link] | None = None, **kwargs: Any) -> None:
        if references is not None:
            self.references = references
        super().__init__(**kwargs)
