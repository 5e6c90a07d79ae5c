"""`Type`, a category that a studio defines, and `EntityType`, the registry of classes."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from stalker.core.rules import as_bool, instance_of, not_blank, text
from stalker.db.declarative import Base
from stalker.models.entity import Entity
from stalker.models.mixins import CodeMixin, TargetEntityTypeMixin

__all__ = ["EntityType", "Type"]


class Type(Entity, TargetEntityTypeMixin, CodeMixin):
    """A category of the entities of one class: "Character" for assets, "Feature" for projects."""

    __auto_name__: ClassVar[bool] = False
    #: `type_id` is the type of the type
    __id_attribute__ = "type_id_local"

    def __init__(
        self,
        name: str | None = None,
        code: str | None = None,
        target_entity_type: str | type | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, code=code, target_entity_type=target_entity_type, **kwargs)


_flag = {"rules": (as_bool(),)}


class EntityType(Base):
    """A class that was registered with `stalker.db.register()`, and what its objects can do."""

    id: Mapped[int] = mapped_column(primary_key=True)
    #: name of the class
    name: Mapped[str] = mapped_column(
        String(128), unique=True, info={"rules": (instance_of(str), not_blank(), text(128))}
    )
    #: has a status
    statusable: Mapped[bool] = mapped_column(default=False, info=_flag)
    #: has a start and an end
    dateable: Mapped[bool] = mapped_column(default=False, info=_flag)
    #: has a timing that can be scheduled
    schedulable: Mapped[bool] = mapped_column(default=False, info=_flag)
    #: has references
    accepts_references: Mapped[bool] = mapped_column(default=False, info=_flag)

    def __init__(
        self,
        name: str,
        statusable: bool = False,
        schedulable: bool = False,
        accepts_references: bool = False,
        **kwargs: Any,
    ) -> None:
        self.name = name
        self.statusable = statusable
        self.dateable = False
        self.schedulable = schedulable
        self.accepts_references = accepts_references
        super().__init__(**kwargs)

    def _describe(self) -> str:
        return f"<{self.name} (EntityType)>"
