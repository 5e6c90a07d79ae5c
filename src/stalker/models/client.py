"""`Client`: a company that work is done for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stalker.core.rules import instance_of
from stalker.db.association import Association, end, members, role
from stalker.models.entity import Entity

if TYPE_CHECKING:
    from stalker.models.auth import Role, User
    from stalker.models.budget import Good
    from stalker.models.project import Project, ProjectClient

__all__ = ["Client", "ClientUser"]


class ClientUser(Association):
    """Somebody who works for a client, with a role."""

    __tablename__ = "Client_Users"
    __ends__ = ("client", "user")

    uid: Mapped[int] = mapped_column(ForeignKey("Users.id", ondelete="CASCADE"), primary_key=True)
    cid: Mapped[int] = mapped_column(ForeignKey("Clients.id", ondelete="CASCADE"), primary_key=True)
    rid: Mapped[int | None] = mapped_column(ForeignKey("Roles.id", ondelete="SET NULL"))
    #: who works for the client
    user: Mapped[User | None] = end("user", "User", back_populates="company_role")
    #: whom the user works for
    client: Mapped[Client | None] = end("client", "Client", back_populates="user_role")
    #: as what
    role: Mapped[Role | None] = role()

    def __init__(
        self,
        client: Client | None = None,
        user: User | None = None,
        role: Role | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.role = role
        self.client = client
        self.user = user


class Client(Entity):
    """A company outside the studio.

    Deleting it leaves its people and projects, and deletes what is offered to it alone. One that
    has invoices cannot be deleted.
    """

    __auto_name__: ClassVar[bool] = False

    client_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    #: the people of this client, with their roles; `users` shows the people alone
    user_role: Mapped[list[ClientUser]] = relationship(
        back_populates="client",
        cascade="all, delete-orphan",
        passive_deletes=True,
        info={"rules": (instance_of("ClientUser"),)},
    )
    #: the projects for this client, with its roles; `projects` shows the projects alone
    project_role: Mapped[list[ProjectClient]] = relationship(
        back_populates="client",
        cascade="all, delete-orphan",
        passive_deletes=True,
        info={"rules": (instance_of("ProjectClient"),)},
    )
    #: goods that are offered to this client only
    goods: Mapped[list[Good]] = relationship(
        foreign_keys="Good.client_id",
        back_populates="client",
        cascade="all",
        passive_deletes=True,
        order_by="Good.good_id",
        info={"rules": (instance_of("Good"),)},
    )
    #: who works for this client
    users = members("user_role", "ClientUser", "user", "User")
    #: what is made for this client
    projects = members("project_role", "ProjectClient", "project", "Project")

    def __init__(
        self,
        users: Iterable[User] | None = None,
        projects: Iterable[Project] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if users is not None:
            self.users = users
        if projects is not None:
            self.projects = projects

    def to_tjp(self) -> str:  # type: ignore[override]
        """Return nothing: clients are no part of a schedule."""
        return ""
