"""`SimpleEntity`, the root of the object model, `Entity` with tags and notes, and `EntityGroup`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import uuid4

from sqlalchemy import ForeignKey, String, Table, Text, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

import stalker
from stalker.core.dates import utc_now
from stalker.core.naming import nice_name, single_spaced
from stalker.core.rules import (
    aware,
    default,
    instance_of,
    not_blank,
    optional,
    text,
    wrong_type,
    wrong_value,
)
from stalker.db.association import Association, end, members, pairs
from stalker.db.collections import OrderedList
from stalker.db.declarative import Base
from stalker.db.types import GenericDateTime

if TYPE_CHECKING:
    from stalker.models.auth import User
    from stalker.models.link import Link
    from stalker.models.note import Note
    from stalker.models.tag import Tag
    from stalker.models.type import Type

__all__ = ["Entity", "EntityGroup", "EntityGroupEntity", "SimpleEntity"]

_name_rule = text(256)
_not_blank = not_blank()


def _formatted_name(entity: SimpleEntity, name: Any) -> str:
    where = f"{type(entity).__name__}.name"
    if not name and (name is None or name == ""):
        if entity.__auto_name__:
            return f"{type(entity).__name__}_{uuid4()}"
        raise (wrong_type if name is None else wrong_value)(where, "a non-empty str", name)
    name = single_spaced(_name_rule(name, where))
    _not_blank(name, where)
    return str(name)


def _typed(entity: SimpleEntity, value: Any) -> Any:
    if value is None and entity.__strictly_typed__:
        raise wrong_type(f"{type(entity).__name__}.type", "a Type", value)
    if value is not None and entity.__targeted_type__:
        names = [base.__name__ for base in type(entity).__mro__]
        if value.target_entity_type not in names:
            raise wrong_value(
                f"{type(entity).__name__}.type",
                f"a Type for {names[0]}",
                f"{value!r} for {value.target_entity_type}",
            )
    return value


def _not_before_creation(entity: SimpleEntity, value: datetime) -> datetime:
    created = entity.date_created
    if created is not None and value < created:
        where = f"{type(entity).__name__}.date_updated"
        raise wrong_value(where, f"at or after date_created ({created})", value)
    return value


def _or_creator(entity: SimpleEntity, user: Any) -> Any:
    return entity.created_by if user is None else user


_user = {"rules": (optional(instance_of("User")),)}
_text = {"rules": (default(""), text())}
_html = {"rules": (default(""), text(64))}
#: set by the library, for every object: checked by nobody
_ours: dict[str, Any] = {"rules": ()}

generic_data = pairs(
    "SimpleEntity_GenericData",
    ("simple_entity_id", "SimpleEntities"),
    ("other_simple_entity_id", "SimpleEntities"),
)


class SimpleEntity(Base):
    """Anything with a name: who made it, when, of what type, with free text and a thumbnail.

    All date-times are aware and in UTC. Names need not be unique.
    """

    #: a missing name is replaced by a generated one
    __auto_name__: ClassVar[bool] = True
    #: `type` is mandatory
    __strictly_typed__: ClassVar[bool] = False
    #: `type` must be one that was made for the class, or for a base of it
    __targeted_type__: ClassVar[bool] = False
    #: reserved
    __name_formatter__: ClassVar[Any] = None
    #: attributes that stored templates may read, beside those of the class this one derives from
    __template_fields__: ClassVar[tuple[str, ...]] = ()

    id: Mapped[int] = mapped_column(primary_key=True)
    #: name of the concrete class, known from construction on
    entity_type: Mapped[str] = mapped_column(String(128), index=True, info=_ours)
    #: white space is normalised, nothing else is changed
    name: Mapped[str] = mapped_column(String(256), index=True, info={"check": _formatted_name})
    #: free text, for people
    description: Mapped[str] = mapped_column(Text, default="", info=_text)
    #: free text, for example JSON
    generic_text: Mapped[str] = mapped_column(Text, default="", info=_text)
    #: when this was made; not changed by edits
    date_created: Mapped[datetime] = mapped_column(
        GenericDateTime, default=utc_now, info={"rules": (aware(),)}
    )
    #: when this was changed; whoever edits sets it
    date_updated: Mapped[datetime] = mapped_column(
        GenericDateTime,
        default=utc_now,
        info={"rules": (aware(),), "check": _not_before_creation},
    )
    #: for an application that shows this: its `style` attribute
    html_style: Mapped[str] = mapped_column(String(64), default="", info=_html)
    #: for an application that shows this: its `class` attribute
    html_class: Mapped[str] = mapped_column(String(64), default="", info=_html)
    #: release of the library that made this
    stalker_version: Mapped[str] = mapped_column(
        String(256), default=lambda: stalker.__version__, info=_ours
    )

    created_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("Users.id", use_alter=True, ondelete="SET NULL")
    )
    updated_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("Users.id", use_alter=True, ondelete="SET NULL")
    )
    type_id: Mapped[int | None] = mapped_column(
        ForeignKey("Types.id", use_alter=True, ondelete="SET NULL")
    )
    thumbnail_id: Mapped[int | None] = mapped_column(
        ForeignKey("Links.id", use_alter=True, ondelete="SET NULL")
    )

    # rows may point at each other in a circle (a user who created itself): the references are
    # written after all rows are there
    #: who made this
    created_by: Mapped[User | None] = relationship(
        foreign_keys=[created_by_id],
        back_populates="entities_created",
        post_update=True,
        info=_user,
    )
    #: the creator, as long as nobody else is named
    updated_by: Mapped[User | None] = relationship(
        foreign_keys=[updated_by_id],
        back_populates="entities_updated",
        post_update=True,
        info={**_user, "check": _or_creator},
    )
    #: a category that the studio defines, such as "Character" for assets
    type: Mapped[Type | None] = relationship(
        foreign_keys=[type_id],
        post_update=True,
        info={"rules": (optional(instance_of("Type")),), "check": _typed},
    )
    #: a small picture of this
    thumbnail: Mapped[Link | None] = relationship(
        foreign_keys=[thumbnail_id],
        post_update=True,
        info={"rules": (optional(instance_of("Link")),)},
    )
    #: any entities, of any class, for whatever a studio wants to keep together
    generic_data: Mapped[list[SimpleEntity]] = relationship(
        secondary=generic_data,
        primaryjoin=lambda: SimpleEntity.id == generic_data.c.simple_entity_id,
        secondaryjoin=lambda: SimpleEntity.id == generic_data.c.other_simple_entity_id,
        passive_deletes=True,
        info={"rules": (instance_of("SimpleEntity"),)},
    )

    #: its places in groups; `entity_groups` shows the groups alone
    entity_group_rows: Mapped[list[EntityGroupEntity]] = relationship(
        foreign_keys="EntityGroupEntity.entity_id",
        back_populates="entity",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="EntityGroupEntity.entity_group_id",
        info={"rules": (instance_of("EntityGroupEntity"),)},
    )
    #: the groups that this was put into
    entity_groups = members("entity_group_rows", "EntityGroupEntity", "group", "EntityGroup")

    __mapper_args__ = {
        "polymorphic_on": "entity_type",
        "polymorphic_identity": "SimpleEntity",
        # the trigger on the table of a subclass was faster, see db.guards
        "confirm_deleted_rows": False,
    }

    def __init__(
        self,
        name: str | None = None,
        description: str | None = "",
        generic_text: str | None = "",
        type: Type | None = None,
        created_by: User | None = None,
        updated_by: User | None = None,
        date_created: datetime | None = None,
        date_updated: datetime | None = None,
        thumbnail: Link | None = None,
        html_style: str | None = "",
        html_class: str | None = "",
        **kwargs: Any,
    ) -> None:
        self.name = name  # type: ignore[assignment]
        self.description = description  # type: ignore[assignment]
        if created_by is not None:
            self.created_by = created_by
        if updated_by is not None or created_by is not None:
            self.updated_by = updated_by
        self.date_created = utc_now() if date_created is None else date_created
        self.date_updated = self.date_created if date_updated is None else date_updated
        if type is not None or self.__strictly_typed__:
            self.type = type
        if thumbnail is not None:
            self.thumbnail = thumbnail
        self.generic_text = generic_text  # type: ignore[assignment]
        self.html_style = html_style  # type: ignore[assignment]
        self.html_class = html_class  # type: ignore[assignment]
        self.stalker_version = stalker.__version__
        super().__init__(**kwargs)

    @property
    def __stalker_version__(self) -> str:
        return self.stalker_version

    @property
    def nice_name(self) -> str:
        """The name as it appears in file names; empty if the name has no ASCII letter or digit."""
        return nice_name(self.name)

    @property
    def tjp_id(self) -> str:
        """Identifier in TaskJuggler's files."""
        return f"{self.__class__.__name__}_{self.id}"

    @property
    def to_tjp(self) -> str:
        """TaskJuggler's text for this; only what can be scheduled has one."""
        raise NotImplementedError(f"{self.__class__.__name__} has no TaskJuggler representation")

    def _describe(self) -> str:
        return f"<{self.name} ({self.entity_type})>"


@event.listens_for(SimpleEntity.__table__, "before_create")
def _never_reuse_ids(table: Table, connection: Any, **options: Any) -> None:
    # as an argument of the table it would load the dialect whenever the library is imported
    table.dialect_options["sqlite"]["autoincrement"] = True


class _KnownClasses(dict[str, Any]):
    """The mapper of each class that an `entity_type` names."""

    def __missing__(self, name: str) -> Any:
        raise LookupError(
            f"the database holds an entity of the class {name!r}, which no imported module "
            "defines: import the one that does"
        )


# handed on to each subclass that is defined from here on
SimpleEntity.__mapper__.polymorphic_map = _KnownClasses(SimpleEntity.__mapper__.polymorphic_map)

entity_tags = pairs("Entity_Tags", ("entity_id", "SimpleEntities"), ("tag_id", "Tags"))
entity_notes = pairs("Entity_Notes", ("entity_id", "SimpleEntities"), ("note_id", "Notes"))


class Entity(SimpleEntity):
    """A `SimpleEntity` with tags and notes."""

    #: labels; one tag may be on any number of entities
    tags: Mapped[list[Tag]] = relationship(
        secondary=entity_tags,
        primaryjoin=lambda: SimpleEntity.id == entity_tags.c.entity_id,
        back_populates="entities",
        passive_deletes=True,
        info={"rules": (instance_of("Tag"),)},
    )
    #: comments; one note may be attached to any number of entities
    notes: Mapped[list[Note]] = relationship(
        secondary=entity_notes,
        primaryjoin=lambda: SimpleEntity.id == entity_notes.c.entity_id,
        back_populates="entities",
        passive_deletes=True,
        info={"rules": (instance_of("Note"),)},
    )

    def __init__(
        self, tags: list[Tag] | None = None, notes: list[Note] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if tags is not None:
            self.tags = tags
        if notes is not None:
            self.notes = notes


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
    #: the entities with their places; `entities` shows the entities alone
    entity_rows: Mapped[list[EntityGroupEntity]] = relationship(
        foreign_keys=[EntityGroupEntity.entity_group_id],
        back_populates="group",
        order_by=EntityGroupEntity.position,
        collection_class=OrderedList,
        cascade="all, delete-orphan",
        passive_deletes=True,
        info={"rules": (instance_of("EntityGroupEntity"),)},
    )
    #: what was put into this group, in order
    entities = members("entity_rows", "EntityGroupEntity", "entity", "SimpleEntity", strict=True)

    def __init__(self, entities: list[SimpleEntity] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if entities is not None:
            self.entities = entities
