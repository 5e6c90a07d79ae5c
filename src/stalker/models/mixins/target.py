"""`TargetEntityTypeMixin`: for which class of entities something is meant."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, synonym

from stalker.core.rules import not_blank, text, wrong_type
from stalker.db.declarative import KeywordConstructor, read_only

_text = text(128)
_not_blank = not_blank()


class TargetEntityTypeMixin(KeywordConstructor):
    """Adds `target_entity_type`, the name of a class; it cannot be changed later."""

    __nullable_target__: ClassVar[bool] = False
    __unique_target__: ClassVar[bool] = False

    @declared_attr
    def _target_entity_type(cls: Any) -> Mapped[str]:
        return mapped_column(
            "target_entity_type",
            String(128),
            nullable=cls.__nullable_target__,
            unique=cls.__unique_target__,
            index=not cls.__unique_target__,
        )

    @declared_attr
    def target_entity_type(cls: Any) -> Mapped[str]:
        """Name of the class that this is for; set by the constructor, which takes a class, too."""
        return synonym("_target_entity_type", descriptor=read_only("_target_entity_type"))

    def __init__(self, target_entity_type: str | type | None = None, **kwargs: Any) -> None:
        where = f"{type(self).__name__}.target_entity_type"
        if target_entity_type is None and not self.__nullable_target__:
            raise wrong_type(where, "a class or the name of one", None)
        if isinstance(target_entity_type, type):
            target_entity_type = target_entity_type.__name__
        if target_entity_type is not None:
            target_entity_type = _not_blank(_text(target_entity_type, where), where)
        self._target_entity_type = target_entity_type
        super().__init__(**kwargs)
