"""`Department`: people who work together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stalker.core.rules import instance_of
from stalker.db.association import Association, end, members, role
from stalker.models.entity import Entity
from stalker.scheduling.tjp import statement

if TYPE_CHECKING:
    from stalker.models.auth import Role, User

__all__ = ["Department", "DepartmentUser"]


class DepartmentUser(Association):
    """The membership of a user in a department, with a role."""

    __tablename__ = "Department_Users"
    __ends__ = ("department", "user")

    uid: Mapped[int] = mapped_column(ForeignKey("Users.id", ondelete="CASCADE"), primary_key=True)
    did: Mapped[int] = mapped_column(
        ForeignKey("Departments.id", ondelete="CASCADE"), primary_key=True
    )
    rid: Mapped[int | None] = mapped_column(ForeignKey("Roles.id", ondelete="SET NULL"))
    #: who is a member
    user: Mapped[User | None] = end("user", "User", back_populates="department_role")
    #: what the user is a member of
    department: Mapped[Department | None] = end(
        "department", "Department", back_populates="user_role"
    )
    #: as what
    role: Mapped[Role | None] = role()

    def __init__(
        self,
        department: Department | None = None,
        user: User | None = None,
        role: Role | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.role = role
        self.department = department
        self.user = user


class Department(Entity):
    """An organisational unit. Deleting it leaves its people."""

    __auto_name__: ClassVar[bool] = False

    department_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    #: the members, with their roles; `users` shows the people alone
    user_role: Mapped[list[DepartmentUser]] = relationship(
        back_populates="department",
        cascade="all, delete-orphan",
        passive_deletes=True,
        info={"rules": (instance_of("DepartmentUser"),)},
    )
    #: the members
    users = members("user_role", "DepartmentUser", "user", "User")

    def __init__(self, users: Iterable[User] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if users is not None:
            self.users = users

    @property
    def to_tjp(self) -> str:
        """The `resource` statement of this department and its people for TaskJuggler."""
        return statement("tjp_department_template", department=self)
