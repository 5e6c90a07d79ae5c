"""`Group`: users with the same permissions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stalker.core.rules import instance_of
from stalker.db.association import pairs
from stalker.models.entity import Entity
from stalker.models.mixins import ACLMixin

if TYPE_CHECKING:
    from stalker.models.auth.permission import Permission
    from stalker.models.auth.user import User

__all__ = ["Group"]

group_users = pairs("Group_Users", ("uid", "Users"), ("gid", "Groups"))


class Group(Entity, ACLMixin):
    """Users who share permissions."""

    __auto_name__: ClassVar[bool] = False

    gid: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    #: the members, who have all permissions of the group
    users: Mapped[list[User]] = relationship(
        secondary=group_users,
        back_populates="groups",
        passive_deletes=True,
        info={"rules": (instance_of("User"),)},
    )

    def __init__(
        self,
        name: str | None = "",
        users: list[User] | None = None,
        permissions: list[Permission] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, permissions=permissions, **kwargs)
        if users is not None:
            self.users = users
