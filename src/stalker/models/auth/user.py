"""`User`: a person who logs in, belongs somewhere, and is given work."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stalker.auth.access import is_allowed
from stalker.auth.passwords import (
    MAX_PASSWORD_BYTES,
    hash_password,
    needs_rehash,
    verify_password,
)
from stalker.core.naming import login_name
from stalker.core.rules import (
    at_least,
    converted,
    default,
    email_address,
    instance_of,
    not_blank,
    number,
    secret,
    text,
)
from stalker.db.association import members
from stalker.db.declarative import named
from stalker.db.session import DBSession
from stalker.db.types import Secret
from stalker.models.auth.group import group_users
from stalker.models.auth.log import LOGIN, LOGOUT, AuthenticationLog
from stalker.models.auth.login import authenticate, latest_login
from stalker.models.entity import Entity, SimpleEntity
from stalker.models.mixins import ACLMixin
from stalker.scheduling.tjp import statement

if TYPE_CHECKING:
    from stalker.models.auth.group import Group
    from stalker.models.auth.permission import Permission
    from stalker.models.client import Client, ClientUser
    from stalker.models.department import Department, DepartmentUser
    from stalker.models.project import ProjectUser
    from stalker.models.studio import Vacation
    from stalker.models.task import Task, TimeLog
    from stalker.models.ticket import Ticket

__all__ = ["User"]


_name = {"rules": (text(256), converted(login_name), not_blank())}
_email = {"rules": (text(), email_address(), text(256))}
_password = {"rules": (secret(text(MAX_PASSWORD_BYTES), not_blank()), converted(hash_password))}
_efficiency = {"rules": (default(1.0), number(), at_least(0), converted(float))}
_rate = {"rules": (default(0.0), number(), at_least(0), converted(float))}


class User(Entity, ACLMixin):
    """A person: login identity, memberships, assignments, cost and efficiency.

    Login and e-mail address are unique in the database.
    """

    __auto_name__: ClassVar[bool] = False

    user_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    #: lower case letters, digits and parentheses; whatever else is given falls away
    login: Mapped[str] = mapped_column(String(256), unique=True, info=_name)
    #: address for mails
    email: Mapped[str] = mapped_column(String(256), unique=True, info=_email)
    #: reads as an Argon2id verifier, never as what was assigned; see `check_password()`
    password: Mapped[str] = mapped_column(Secret(256), info=_password)
    #: how much work gets done in an hour of work; 1.0 is average, 0 means none
    efficiency: Mapped[float] = mapped_column(default=1.0, info=_efficiency)
    #: cost of a day
    rate: Mapped[float] = mapped_column(default=0.0, info=_rate)

    #: memberships in departments, with roles; `departments` shows the departments alone
    department_role: Mapped[list[DepartmentUser]] = relationship(
        back_populates="user",
        cascade="all, delete-orphan",
        passive_deletes=True,
        info={"rules": (instance_of("DepartmentUser"),)},
    )
    #: work for clients, with roles; `companies` shows the clients alone
    company_role: Mapped[list[ClientUser]] = relationship(
        back_populates="user",
        cascade="all, delete-orphan",
        passive_deletes=True,
        info={"rules": (instance_of("ClientUser"),)},
    )
    #: memberships in crews, with roles and rates; `projects` shows the projects alone
    project_role: Mapped[list[ProjectUser]] = relationship(
        back_populates="user",
        cascade="all, delete-orphan",
        passive_deletes=True,
        info={"rules": (instance_of("ProjectUser"),)},
    )
    #: the departments that this person belongs to
    departments = members("department_role", "DepartmentUser", "department", "Department")
    #: the clients that this person works for
    companies = members("company_role", "ClientUser", "client", "Client")
    #: the projects on whose crew this person is
    projects = members("project_role", "ProjectUser", "project", "Project")
    #: the groups whose permissions this person has
    groups: Mapped[list[Group]] = relationship(
        secondary=group_users,
        back_populates="users",
        passive_deletes=True,
        info={"rules": (instance_of("Group"),)},
    )

    #: assigned to this person
    tasks: Mapped[list[Task]] = relationship(
        secondary="Task_Resources",
        back_populates="resources",
        passive_deletes=True,
        info={
            "rules": (instance_of("Task"),),
            "check": lambda user, task: task._checked_resource(user) and task,
        },
    )
    #: tasks in which this person may stand in for others
    alternative_resource_in_tasks: Mapped[list[Task]] = relationship(
        secondary="Task_Alternative_Resources",
        back_populates="alternative_resources",
        passive_deletes=True,
        info={"rules": (instance_of("Task"),)},
    )
    #: tasks that a scheduler gave to this person
    computed_resource_in_tasks: Mapped[list[Task]] = relationship(
        secondary="Task_Computed_Resources",
        back_populates="_computed_resources",
        passive_deletes=True,
        info={"rules": (instance_of("Task"),)},
    )
    #: tasks of which this person wants to be told
    watching: Mapped[list[Task]] = relationship(
        secondary="Task_Watchers",
        back_populates="watchers",
        passive_deletes=True,
        info={"rules": (instance_of("Task"),)},
    )
    #: tasks that name this person as responsible themselves; others inherit it from them
    responsible_of: Mapped[list[Task]] = relationship(
        secondary="Task_Responsible",
        back_populates="_responsible",
        passive_deletes=True,
        info={"rules": (instance_of("Task"),)},
    )
    #: log-ins and log-outs, the earliest first
    authentication_logs: Mapped[list[AuthenticationLog]] = relationship(
        foreign_keys="AuthenticationLog.uid",
        back_populates="user",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="AuthenticationLog.date",
        info={"rules": (instance_of("AuthenticationLog"),)},
    )
    #: when this person has worked on what
    time_logs: Mapped[list[TimeLog]] = relationship(
        foreign_keys="TimeLog.resource_id",
        back_populates="resource",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="TimeLog.time_log_id",
        info={"rules": (instance_of("TimeLog"),)},
    )
    #: when this person is away
    vacations: Mapped[list[Vacation]] = relationship(
        foreign_keys="Vacation.user_id",
        back_populates="user",
        cascade="all",
        passive_deletes=True,
        order_by="Vacation.vacation_id",
        info={"rules": (instance_of("Vacation"),)},
    )
    #: without a database; `tickets` asks it
    _tickets: Mapped[list[Ticket]] = relationship(
        foreign_keys="Ticket.owner_id",
        back_populates="owner",
        passive_deletes=True,
        info={"rules": (instance_of("Ticket"),)},
    )
    #: everything that this person has made
    entities_created: Mapped[list[SimpleEntity]] = relationship(
        foreign_keys="SimpleEntity.created_by_id",
        primaryjoin="User.user_id == SimpleEntity.created_by_id",
        back_populates="created_by",
        passive_deletes=True,
        post_update=True,
        info={"rules": (instance_of("SimpleEntity"),)},
    )
    #: everything that this person was the last to change
    entities_updated: Mapped[list[SimpleEntity]] = relationship(
        foreign_keys="SimpleEntity.updated_by_id",
        primaryjoin="User.user_id == SimpleEntity.updated_by_id",
        back_populates="updated_by",
        passive_deletes=True,
        post_update=True,
        info={"rules": (instance_of("SimpleEntity"),)},
    )

    def __init__(
        self,
        name: str | None = None,
        login: str | None = None,
        email: str | None = None,
        password: str | None = None,
        departments: Iterable[Department] | None = None,
        companies: Iterable[Client] | None = None,
        groups: list[Group] | None = None,
        efficiency: float | None = 1.0,
        rate: float | None = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.login = login  # type: ignore[assignment]
        self.email = email  # type: ignore[assignment]
        self.efficiency = efficiency  # type: ignore[assignment]
        self.rate = rate  # type: ignore[assignment]
        self.password = password  # type: ignore[assignment]
        if departments is not None:
            self.departments = departments
        if companies is not None:
            self.companies = companies
        if groups is not None:
            self.groups = groups

    def check_password(self, raw_password: object) -> bool:
        """Say whether this is the password.

        A verifier that was made at another cost than the configured one is renewed on success.
        """
        matches = verify_password(self.password, raw_password)
        if matches and needs_rehash(self.password):
            self.password = raw_password  # type: ignore[assignment]
        return matches

    @property
    def tickets(self) -> list[Ticket]:
        """The tickets that this person owns, by number; see `Ticket.owned_by` for many people."""
        return list(named("Ticket").owned_by([self])[self])

    @property
    def open_tickets(self) -> list[Ticket]:
        """Those of `tickets` that are not closed."""
        return list(named("Ticket").owned_by([self], only_open=True)[self])

    @classmethod
    def authenticate(cls, login: str, password: str) -> User:
        """Return the user with that login and password, and commit a record of the attempt.

        Raises `LoginError` if they do not match, and while too many attempts have failed; with each
        failure after the first ones the time to wait doubles. Raises `RuntimeError` if something
        else waits in the session.
        """
        return authenticate(DBSession(), login, password)

    def log_login(self) -> AuthenticationLog:
        """Record that this person has logged in."""
        return AuthenticationLog(user=self, action=LOGIN)

    def log_logout(self) -> AuthenticationLog:
        """Record that this person has logged out."""
        return AuthenticationLog(user=self, action=LOGOUT)

    @property
    def last_login(self) -> datetime | None:
        """When this person logged in lastly. Assigning it does nothing."""
        return latest_login(self)

    @last_login.setter
    def last_login(self, value: object) -> None:
        """Accept what older callers assign."""

    @property
    def effective_permissions(self) -> list[Permission]:
        """The permissions of this person and of all its groups, each once."""
        found = dict.fromkeys(self.permissions)
        for group in self.groups:
            found |= dict.fromkeys(group.permissions)
        return list(found)

    def has_permission(self, action: str, class_name: str | type) -> bool:
        """Say whether this person may do that with objects of that class, by itself or by a group.

        What is denied anywhere is denied, whatever else allows it.
        """
        where = f"{type(self).__name__}.has_permission()"
        name = class_name.__name__ if isinstance(class_name, type) else class_name
        for value in (action, name):
            text()(value, where)
        return is_allowed(self.effective_permissions, action, name)

    @property
    def to_tjp(self) -> str:
        """The `resource` statement of this person for TaskJuggler; times in UTC."""
        return statement("tjp_user_template", user=self)

    def _describe(self) -> str:
        return f"<{self.name} ('{self.login}') (User)>"
