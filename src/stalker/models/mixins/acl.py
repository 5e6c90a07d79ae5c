"""`ACLMixin`: permissions, in the form that web frameworks ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Mapped, declared_attr

from stalker.db.declarative import KeywordConstructor
from stalker.models.mixins.reference import many_to_many

if TYPE_CHECKING:
    from stalker.models.auth import Permission


class ACLMixin(KeywordConstructor):
    """Adds `permissions` and `__acl__`."""

    @declared_attr
    def permissions(cls: Any) -> Mapped[list[Permission]]:
        """What may be done, and what must not; it is for applications to ask."""
        return many_to_many(  # type: ignore[no-any-return]
            cls,
            f"{cls.__name__}_Permissions",
            "permission_id",
            "Permission",
            "Permissions",
        )

    def __init__(self, permissions: list[Permission] | None = None, **kwargs: Any) -> None:
        if permissions is not None:
            self.permissions = permissions
        super().__init__(**kwargs)

    @property
    def __acl__(self) -> list[tuple[str, str, str]]:
        """One tuple for each permission: access, who, and what, as "Create_Asset"."""
        who = f"{type(self).__name__}:{self.name}"  # type: ignore[attr-defined]
        return [
            (permission.access, who, f"{permission.action}_{permission.class_name}")
            for permission in self.permissions
        ]
