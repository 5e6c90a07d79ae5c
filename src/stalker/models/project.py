"""`Project`: one production, with its people, places and conventions."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from sqlalchemy import ForeignKey, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session, relationship

from stalker.core.frames import exact_rate
from stalker.core.rules import (
    as_bool,
    at_least,
    converted,
    default,
    instance_of,
    number,
    optional,
    positive,
)
from stalker.db.association import Association, detach, end, members, role
from stalker.db.collections import OrderedList
from stalker.db.declarative import named
from stalker.db.session import quiet
from stalker.models.belongings import counts_of_belongings
from stalker.models.entity import Entity
from stalker.models.gathering import gathered_for_tjp
from stalker.models.mixins import CodeMixin, DateRangeMixin, ReferenceMixin, StatusMixin
from stalker.models.progress import Progress, progress_of
from stalker.scheduling.tjp import statement

if TYPE_CHECKING:
    from stalker.models.asset import Asset
    from stalker.models.auth import Role, User
    from stalker.models.budget import Budget
    from stalker.models.client import Client
    from stalker.models.format import ImageFormat
    from stalker.models.repository import Repository
    from stalker.models.review import Daily
    from stalker.models.scene import Scene
    from stalker.models.sequence import Sequence
    from stalker.models.shot import Shot
    from stalker.models.structure import Structure
    from stalker.models.task import Task
    from stalker.models.ticket import Ticket
    from stalker.models.wiki import Page

__all__ = ["Project", "ProjectClient", "ProjectRepository", "ProjectUser"]

Kind = TypeVar("Kind", bound="Task")


def _with_rate(row: ProjectUser, user: Any) -> Any:
    detach(row, user, "user")
    if user is not None:
        row.rate = user.rate
    return user


class ProjectUser(Association):
    """The membership of a user in a project, with a role, at the rate of the day it began."""

    __tablename__ = "Project_Users"
    __ends__ = ("project", "user")

    user_id: Mapped[int] = mapped_column(
        ForeignKey("Users.id", ondelete="CASCADE"), primary_key=True
    )
    project_id: Mapped[int] = mapped_column(
        ForeignKey("Projects.id", ondelete="CASCADE"), primary_key=True
    )
    rid: Mapped[int | None] = mapped_column(ForeignKey("Roles.id", ondelete="SET NULL"))
    #: cost of a day; a snapshot that does not follow `User.rate`
    rate: Mapped[float] = mapped_column(
        default=0.0, info={"rules": (default(0.0), number(), at_least(0), converted(float))}
    )
    #: who is on the crew
    user: Mapped[User | None] = end("user", "User", check=_with_rate, back_populates="project_role")
    #: what the user works on
    project: Mapped[Project | None] = end("project", "Project", back_populates="user_role")
    #: as what
    role: Mapped[Role | None] = role()

    def __init__(
        self,
        project: Project | None = None,
        user: User | None = None,
        role: Role | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.role = role
        self.project = project
        self.user = user


class ProjectClient(Association):
    """For which client a project is made, and in which role."""

    __tablename__ = "Project_Clients"
    __ends__ = ("project", "client")

    client_id: Mapped[int] = mapped_column(
        ForeignKey("Clients.id", ondelete="CASCADE"), primary_key=True
    )
    project_id: Mapped[int] = mapped_column(
        ForeignKey("Projects.id", ondelete="CASCADE"), primary_key=True
    )
    rid: Mapped[int | None] = mapped_column(ForeignKey("Roles.id", ondelete="SET NULL"))
    #: for whom the project is made
    client: Mapped[Client | None] = end("client", "Client", back_populates="project_role")
    #: what is made
    project: Mapped[Project | None] = end("project", "Project", back_populates="client_role")
    #: as what
    role: Mapped[Role | None] = role()

    def __init__(
        self,
        project: Project | None = None,
        client: Client | None = None,
        role: Role | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.role = role
        self.project = project
        self.client = client


class ProjectRepository(Association):
    """The place of a repository in the list of a project."""

    __tablename__ = "Project_Repositories"
    __ends__ = ("project", "repository")

    project_id: Mapped[int] = mapped_column(
        ForeignKey("Projects.id", ondelete="CASCADE"), primary_key=True
    )
    # a repository in use cannot be deleted
    repository_id: Mapped[int] = mapped_column(ForeignKey("Repositories.id"), primary_key=True)
    #: kept by the list it is in
    position: Mapped[int | None]
    #: whose files are kept there
    project: Mapped[Project | None] = end("project", "Project", back_populates="repositories_proxy")
    #: where files are kept
    repository: Mapped[Repository | None] = end("repository", "Repository")

    def __init__(
        self,
        project: Project | None = None,
        repository: Repository | None = None,
        position: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.position = position
        self.project = project
        self.repository = repository


class Project(Entity, ReferenceMixin, StatusMixin, DateRangeMixin, CodeMixin):
    """One production. Neither its name nor its code need be unique.

    Deleting it deletes its tasks and whatever else belongs to it alone; people, clients,
    repositories and conventions stay.
    """

    __auto_name__: ClassVar[bool] = False

    project_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    #: whether it is among `Studio.active_projects`; planning does not ask
    active: Mapped[bool] = mapped_column(default=True, info={"rules": (as_bool(),)})
    #: frames per second; 23.976 and 59.94 stay as they are
    fps: Mapped[float] = mapped_column(
        default=25.0, info={"rules": (number(), positive(), converted(float))}
    )
    #: made for two eyes; informational
    is_stereoscopic: Mapped[bool] = mapped_column(default=False, info={"rules": (as_bool(),)})
    # an image format or a structure in use cannot be deleted
    image_format_id: Mapped[int | None] = mapped_column(ForeignKey("ImageFormats.id"))
    structure_id: Mapped[int | None] = mapped_column(ForeignKey("Structures.id"))
    #: size of the delivered images; shots without a format of their own have it too
    image_format: Mapped[ImageFormat | None] = relationship(
        foreign_keys=[image_format_id], info={"rules": (optional(instance_of("ImageFormat")),)}
    )
    #: naming convention of files and folders
    structure: Mapped[Structure | None] = relationship(
        foreign_keys=[structure_id], info={"rules": (optional(instance_of("Structure")),)}
    )

    #: the crew, with roles and rates; `users` shows the people alone
    user_role: Mapped[list[ProjectUser]] = relationship(
        back_populates="project",
        cascade="all, delete-orphan",
        passive_deletes=True,
        info={"rules": (instance_of("ProjectUser"),)},
    )
    #: the clients, with their roles; `clients` shows the clients alone
    client_role: Mapped[list[ProjectClient]] = relationship(
        back_populates="project",
        cascade="all, delete-orphan",
        passive_deletes=True,
        info={"rules": (instance_of("ProjectClient"),)},
    )
    #: the repositories with their places; `repositories` shows the repositories alone
    repositories_proxy: Mapped[list[ProjectRepository]] = relationship(
        back_populates="project",
        order_by=ProjectRepository.position,
        collection_class=OrderedList,
        cascade="all, delete-orphan",
        passive_deletes=True,
        info={"rules": (instance_of("ProjectRepository"),)},
    )
    #: the crew
    users = members("user_role", "ProjectUser", "user", "User")
    #: for whom it is made
    clients = members("client_role", "ProjectClient", "client", "Client")
    #: in order; the first one is `repository`
    repositories = members("repositories_proxy", "ProjectRepository", "repository", "Repository")

    #: the tasks of every depth, assets, sequences and shots among them
    tasks: Mapped[list[Task]] = relationship(
        foreign_keys="Task.project_id",
        back_populates="project",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="Task.task_id",
        info={"rules": (instance_of("Task"),)},
    )

    if TYPE_CHECKING:
        # the other sides of what `ProjectMixin` brings to each of these classes
        budgets: Mapped[list[Budget]]
        dailies: Mapped[list[Daily]]
        pages: Mapped[list[Page]]
        scenes: Mapped[list[Scene]]
        tickets: Mapped[list[Ticket]]

    def __init__(
        self,
        name: str | None = None,
        code: str | None = None,
        clients: Iterable[Client] | None = None,
        repositories: Iterable[Repository] | None = None,
        structure: Structure | None = None,
        image_format: ImageFormat | None = None,
        fps: float = 25.0,
        is_stereoscopic: bool = False,
        users: Iterable[User] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, code=code, **kwargs)
        self.active = True
        self.fps = fps
        self.is_stereoscopic = is_stereoscopic
        self.structure = structure
        self.image_format = image_format
        if repositories is not None:
            self.repositories = repositories
        if users is not None:
            self.users = users
        if clients is not None:
            self.clients = clients

    @property
    def frame_rate(self) -> Fraction:
        """Frames per second, exactly: 24000/1001 where `fps` is 23.976."""
        return exact_rate(self.fps, f"{type(self).__name__}.fps")

    @property
    def is_active(self) -> bool:
        """The same as `active`."""
        return self.active

    @property
    def repository(self) -> Repository | None:
        """The first of `repositories`."""
        return next(iter(self.repositories), None)

    @property
    def root_tasks(self) -> list[Task]:
        """The tasks without parent, in the order of their ids; asked without a flush."""
        task = named("Task")
        with quiet:
            return self._tasks_of(task, lambda each: each.parent is None, task.parent_id.is_(None))

    @property
    def assets(self) -> list[Asset]:
        """The assets of every depth, in the order of their ids."""
        return self._tasks_of(named("Asset"))

    @property
    def sequences(self) -> list[Sequence]:
        """The sequences of every depth, in the order of their ids."""
        return self._tasks_of(named("Sequence"))

    @property
    def shots(self) -> list[Shot]:
        """The shots of every depth, in the order of their ids."""
        return self._tasks_of(named("Shot"))

    @property
    def open_tickets(self) -> list[Ticket]:
        """The tickets of this project that are not closed, by number."""
        return list(named("Ticket").open_ones_of(self))

    def delete_preview(self) -> dict[str, int]:
        """Count by class what would be deleted with this project; empty if it is not stored."""
        return counts_of_belongings(self)

    def _tasks_of(self, kind: type[Any], belongs: Any = None, *conditions: Any) -> list[Any]:
        session = self._stored_in()
        if session is None:
            return [
                task
                for task in self.tasks
                if isinstance(task, kind) and (belongs is None or belongs(task))
            ]
        task = named("Task")
        query = select(kind).where(task.project_id == self.id, *conditions).order_by(kind.id)
        return list(session.scalars(query))

    def _stored_in(self) -> Session | None:
        """Return the session that can be asked about this project, if its row was written."""
        session = object_session(self)
        return session if session is not None and inspect(self).has_identity else None

    @staticmethod
    def totals_for(projects: Iterable[Project]) -> dict[Project, Progress]:
        """Return planned and done work of each of *projects*, for lists of them.

        Takes as many statements for many as for one. What is pending is written first, and counts.
        """
        return progress_of(projects)

    @property
    def schedule_seconds(self) -> int:
        """Sum of the planned effort of all root tasks; see `totals_for()`."""
        return progress_of([self])[self].schedule_seconds

    @property
    def total_logged_seconds(self) -> int:
        """Sum of the work done in all root tasks; see `totals_for()`."""
        return progress_of([self])[self].total_logged_seconds

    @property
    def percent_complete(self) -> float:
        """Work done in percent of the plan; may be more than 100, and is 0 without a plan."""
        return progress_of([self])[self].percent_complete

    @property
    def to_tjp(self) -> str:
        """The `task` statement of this project and all its tasks for TaskJuggler."""
        with gathered_for_tjp(self.root_tasks):
            return statement("tjp_project_template", project=self)
