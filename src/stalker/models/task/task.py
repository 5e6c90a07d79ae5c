"""`Task`: anything that is planned, assigned, done and delivered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship, synonym

from stalker.core.graph import walk
from stalker.core.kinds import AllocationStrategy, TimeUnit, TraversalDirection
from stalker.core.rules import default, instance_of, option, optional
from stalker.db.association import members
from stalker.db.construction import is_constructing
from stalker.db.declarative import named
from stalker.db.types import vocabulary
from stalker.models.entity import Entity
from stalker.models.gathering import gathered_for_tjp
from stalker.models.mixins import DAGMixin, ReferenceMixin, StatusMixin
from stalker.models.mixins.dag import ancestors, has_children
from stalker.models.mixins.status import default_status_list
from stalker.models.paths import absolute, folder_of, template_variables
from stalker.models.task import cycles, rollup
from stalker.models.task.actions import TaskActions
from stalker.models.task.blockers import blockers_of
from stalker.models.task.by_hand import write_status
from stalker.models.task.dates import DatesMixin
from stalker.models.task.effects import EFFECTS
from stalker.models.task.project import project_of
from stalker.models.task.propagation import children_changed, dependencies_changed
from stalker.models.task.rules import (
    MILESTONE,
    PERSISTENT,
    PRIORITY,
    STRATEGY,
    TIMING,
    USERS,
    list_of_tasks,
    list_of_users,
)
from stalker.models.task.tables import (
    alternatives_table,
    computed_table,
    resources_table,
    responsible_table,
    watchers_table,
)
from stalker.scheduling.tjp import statement
from stalker.workflow.derive import RTS, WFD, is_finished

if TYPE_CHECKING:
    from stalker.models.auth import User
    from stalker.models.budget import Good
    from stalker.models.project import Project
    from stalker.models.review import Review
    from stalker.models.task.dependency import TaskDependency
    from stalker.models.task.history import TaskChange
    from stalker.models.task.time_log import TimeLog
    from stalker.models.ticket import Ticket
    from stalker.models.version import Version

__all__ = ["Task"]


class Task(Entity, StatusMixin, DatesMixin, ReferenceMixin, DAGMixin, TaskActions):
    """The smallest unit of work that can be planned; a task with children is a container.

    A container has no dates, effort, resources or status of its own: all of it follows from its
    children, at once and on all levels. What is assigned to `start`, `end` or the timing of a
    container does not move it.

    All date-times are aware and in UTC. Before a scheduler has decided, a leaf lies where its
    constraint and its timing put it in calendar time.
    """

    __auto_name__: ClassVar[bool] = False
    __default_schedule_timing__: ClassVar[float | None] = 1.0
    __default_schedule_unit__: ClassVar[str] = TimeUnit.HOUR
    __least_schedule_timing__: ClassVar[float | None] = 0
    __id_column__: ClassVar[str] = "task_id"

    task_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("Projects.id", ondelete="CASCADE"))
    #: that of the parent, if one is given; set by the constructor for good
    project: Mapped[Project] = relationship(
        back_populates="tasks",
        foreign_keys=lambda: Task.__table__.c.project_id,
        info={
            "rules": (optional(instance_of("Project")),),
            "check": lambda task, project: task._checked_project(project),
        },
    )
    #: another name of `children`
    tasks: Mapped[list[Task]] = synonym("children")

    #: a moment without work: it has no resources
    is_milestone: Mapped[bool] = mapped_column(default=False, info=MILESTONE)
    #: from 0 to 1000; what is beyond is moved to the limit
    priority: Mapped[int] = mapped_column(default=500, info=PRIORITY)
    #: estimate given to the client; not used for scheduling
    bid_timing: Mapped[float | None] = mapped_column(info=TIMING)
    #: unit of `bid_timing`
    bid_unit: Mapped[TimeUnit | None] = mapped_column(
        vocabulary(TimeUnit, "bid_TimeUnit"),
        info={"rules": (default(TimeUnit.HOUR), option(TimeUnit))},
    )
    #: how a scheduler chooses among a resource and the alternatives
    allocation_strategy: Mapped[AllocationStrategy] = mapped_column(
        vocabulary(AllocationStrategy, "ResourceAllocationStrategy"),
        default=AllocationStrategy.MIN_ALLOCATED,
        info=STRATEGY,
    )
    #: whoever begins the task also ends it
    persistent_allocation: Mapped[bool] = mapped_column(default=True, info=PERSISTENT)
    _review_number: Mapped[int] = mapped_column("review_number", default=0)
    good_id: Mapped[int | None] = mapped_column(ForeignKey("Goods.id", ondelete="SET NULL"))
    #: what this is sold as
    good: Mapped[Good | None] = relationship(
        foreign_keys=[good_id], info={"rules": (optional(instance_of("Good")),)}
    )

    #: who does the work; a container and a milestone have none
    resources: Mapped[list[User]] = relationship(
        secondary=resources_table,
        order_by="User.user_id",
        back_populates="tasks",
        passive_deletes=True,
        info={**USERS, "check": lambda task, user: task._checked_resource(user)},
    )
    #: who may stand in for any of the resources
    alternative_resources: Mapped[list[User]] = relationship(
        secondary=alternatives_table,
        order_by="User.user_id",
        back_populates="alternative_resource_in_tasks",
        passive_deletes=True,
        info=USERS,
    )
    _computed_resources: Mapped[list[User]] = relationship(
        secondary=computed_table,
        back_populates="computed_resource_in_tasks",
        passive_deletes=True,
        info=USERS,
    )
    #: who wants to be told
    watchers: Mapped[list[User]] = relationship(
        secondary=watchers_table, back_populates="watching", passive_deletes=True, info=USERS
    )
    _responsible: Mapped[list[User]] = relationship(
        secondary=responsible_table,
        back_populates="responsible_of",
        passive_deletes=True,
        info=USERS,
    )

    #: its dependencies with their gaps; `depends` shows the tasks alone
    task_depends_to: Mapped[list[TaskDependency]] = relationship(
        foreign_keys="TaskDependency.task_id",
        primaryjoin="Task.task_id == TaskDependency.task_id",
        back_populates="task",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="TaskDependency.depends_to_id",
        info={"rules": (instance_of("TaskDependency"),)},
    )
    #: the dependencies of others on this; `dependent_of` shows the tasks alone
    task_dependent_of: Mapped[list[TaskDependency]] = relationship(
        foreign_keys="TaskDependency.depends_to_id",
        primaryjoin="Task.task_id == TaskDependency.depends_to_id",
        back_populates="depends_to",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="TaskDependency.task_id",
        info={"rules": (instance_of("TaskDependency"),)},
    )
    #: what has to be finished before
    depends = members("task_depends_to", "TaskDependency", "depends_to", "Task")
    #: what waits for this
    dependent_of = members("task_dependent_of", "TaskDependency", "task", "Task")

    #: when somebody has worked on it; on a leaf only
    time_logs: Mapped[list[TimeLog]] = relationship(
        foreign_keys="TimeLog.task_id",
        back_populates="task",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="TimeLog.time_log_id",
        info={"rules": (instance_of("TimeLog"),)},
    )
    #: the reviews of all rounds, the first ones first
    reviews: Mapped[list[Review]] = relationship(
        foreign_keys="Review.task_id",
        back_populates="task",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="Review.review_id",
        info={"rules": (instance_of("Review"),)},
    )
    #: what was saved, of all takes, in the order of saving
    versions: Mapped[list[Version]] = relationship(
        foreign_keys="Version.task_id",
        back_populates="task",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="Version.version_id",
        info={"rules": (instance_of("Version"),)},
    )

    #: changes of the status and of the resources since it was stored, the latest last
    history: Mapped[list[TaskChange]] = relationship(
        viewonly=True, back_populates="task", order_by="TaskChange.id"
    )

    __table_args__: Any = (
        CheckConstraint("priority BETWEEN 0 AND 1000", "priority"),
        CheckConstraint("schedule_timing >= 0", "schedule_timing"),
        CheckConstraint("bid_timing >= 0", "bid_timing"),
    )

    def __init__(
        self,
        project: Project | None = None,
        parent: Task | None = None,
        depends: Iterable[Task] | None = None,
        resources: list[User] | None = None,
        alternative_resources: list[User] | None = None,
        responsible: list[User] | None = None,
        watchers: list[User] | None = None,
        schedule_timing: float | None = 1.0,
        schedule_unit: str | None = "h",
        bid_timing: float | None = None,
        bid_unit: str | None = None,
        is_milestone: bool | None = False,
        priority: float | None = None,
        allocation_strategy: str | None = None,
        persistent_allocation: bool | None = None,
        good: Good | None = None,
        **kwargs: Any,
    ) -> None:
        # the workflow decides about the status
        kwargs.pop("status", None)
        # everything is checked before anything is related to others
        name = type(self).__name__
        project = project_of(self, project, parent)
        depends = list_of_tasks(() if depends is None else depends, f"{name}.depends")
        if kwargs.get("status_list") is None:
            kwargs["status_list"] = default_status_list(type(self), object_session(project))
        super().__init__(schedule_timing=schedule_timing, schedule_unit=schedule_unit, **kwargs)
        self.bid_timing = self.schedule_timing if bid_timing is None else bid_timing
        self.bid_unit = self.schedule_unit if bid_unit is None else bid_unit  # type: ignore[assignment]
        self.is_milestone = is_milestone  # type: ignore[assignment]
        self.priority = priority  # type: ignore[assignment]
        self.allocation_strategy = allocation_strategy  # type: ignore[assignment]
        self.persistent_allocation = persistent_allocation  # type: ignore[assignment]
        if good is not None:
            self.good = good
        self._review_number = 0
        self._lay_out()
        if responsible is not None:
            self.responsible = responsible
        if resources is not None:
            list_of_users(resources, f"{name}.resources")
            if not self.is_milestone:
                self.resources = resources
        if alternative_resources is not None:
            self.alternative_resources = alternative_resources
        if watchers is not None:
            self.watchers = watchers
        self._begin_with(depends)
        self.project = project
        if parent is not None:
            self.parent = parent
        if depends:
            self.depends = depends

    def _begin(self, status: Any) -> None:
        """Leave the status open: it follows from the dependencies."""

    def _begin_with(self, depends: Iterable[Task]) -> None:
        """Set the first status: ready, or waiting for something that is not finished."""
        ready = all(is_finished(task.status.code) for task in depends)
        status = self.status_list[RTS if ready else WFD]
        if status is None:  # a list without workflow begins with its first status
            self.status = status
        else:
            write_status(self, status)

    def _take_effect(self) -> None:
        if self.parent is not None:
            rollup.child_joined(self.parent, self)

    # --- Project and hierarchy --------------------------------------------------------------------

    def _checked_project(self, project: Any) -> Any:
        current = self.__dict__.get("project")
        if project is None and not is_constructing(self):
            # taken out of the list of its project, it is deleted, or never written
            self.parent = None
        if current is not None and project is not None and project is not current:
            raise ValueError(
                f"{type(self).__name__}.project of {self!r} must stay {current!r}, not {project!r}"
            )
        return project

    def _checked_parent(self, parent: Any) -> Any:
        if is_constructing(self):
            return parent
        old = self.parent
        if parent is not old:
            if parent is not None:
                self._refuse_project_of(parent)
                self._refuse_parent(parent)
                parent._refuse_logs()
            rollup.move(self, old, parent)
        return parent

    def _checked_child(self, child: Any) -> Any:
        if not is_constructing(child):
            child._refuse_project_of(self)
            self._refuse_logs()
        return super()._checked_child(child)

    def _refuse_parent(self, parent: Any) -> None:
        cycles.refuse_parent(self, parent)

    def _refuse_logs(self) -> None:
        """Raise `ValueError` if this must stay a leaf, because somebody has worked on it itself."""
        # the sum alone may be that of a child that is just joining
        if self._has_logs() and not has_children(self) and self.time_logs:
            raise ValueError(
                f"{type(self).__name__}.children of {self!r} must stay empty: it has time logs of "
                "its own, which a container has not"
            )

    def _refuse_project_of(self, parent: Task) -> None:
        if parent.project is not self.project:
            raise ValueError(
                f"{type(self).__name__}.parent of {self!r} must be a task of {self.project!r}, not "
                f"{parent!r} of {parent.project!r}"
            )

    @property
    def level(self) -> int:
        """1 for a root, one more for each ancestor."""
        return len(ancestors(self)) + 1

    # --- Dependencies -----------------------------------------------------------------------------

    def _refuse_dependency(self, prerequisite: Task, row: TaskDependency) -> None:
        """Raise if this must not depend on *prerequisite* through *row*."""
        name = type(self).__name__
        for other in self.task_depends_to:
            if other is not row and other.depends_to is prerequisite:
                raise ValueError(f"{name}.depends of {self!r} holds {prerequisite!r} already")
        cycles.refuse_dependency(self, prerequisite)
        # a list without workflow allows everything
        if not is_constructing(self) and self.status_list[WFD] is not None:
            self._step("add_dependency", f"{name}.depends")

    def walk_dependencies(
        self, method: int | str | TraversalDirection = TraversalDirection.BREADTH_FIRST
    ) -> Iterator[Task]:
        """Yield this and what it depends on, at every distance, once per way that leads there."""
        return walk(self, lambda task: task.depends, method)

    @property
    def is_blocked_by(self) -> list[Task]:
        """The unfinished tasks that this waits for, its own and those of what it is part of.

        The status of a task tells only of its own.
        """
        return blockers_of(self)

    def update_status_with_dependent_statuses(self, removing: Task | None = None) -> None:
        """Derive the status of a leaf from its prerequisites, not counting *removing*."""
        dependencies_changed(self, () if removing is None else [removing])

    def update_status_with_children_statuses(self) -> None:
        """Derive the status of a container from its children, and so on upwards."""
        children_changed(self)

    def update_parent_statuses(self) -> None:
        """Derive the status of the parent from its children, and so on upwards."""
        if self.parent is not None:
            children_changed(self.parent)

    # --- People -----------------------------------------------------------------------------------

    def _checked_resource(self, user: Any) -> Any:
        # what is only being made has no children
        if self.is_milestone or (not is_constructing(self) and has_children(self)):
            what = "a milestone" if self.is_milestone else "a container"
            raise ValueError(
                f"{type(self).__name__}.resources of {self!r} must be empty: it is {what}, nobody "
                "works on it itself"
            )
        return user

    @property
    def computed_resources(self) -> list[User]:
        """Who a scheduler gave the work to; `resources`, as long as none did."""
        return self._computed_resources if self.is_scheduled else list(self.resources)

    @computed_resources.setter
    def computed_resources(self, users: list[User]) -> None:
        where = f"{type(self).__name__}.computed_resources"
        self._computed_resources = list_of_users(users, where)

    @property
    def responsible(self) -> list[User] | tuple[User, ...]:
        """Who answers for the task.

        Without a list of its own it is that of the nearest ancestor that has one, as a tuple: it
        cannot be changed from here. Assigning an empty list brings the inheritance back.
        """
        if not self._responsible:
            for ancestor in ancestors(self):
                if ancestor._responsible:
                    return tuple(ancestor._responsible)
        return self._responsible

    @responsible.setter
    def responsible(self, users: list[User] | None) -> None:
        if isinstance(users, tuple):  # what reading returned
            users = list(users)
        self._responsible = list_of_users(users, f"{type(self).__name__}.responsible")

    # --- State ------------------------------------------------------------------------------------

    @property
    def is_scheduled(self) -> bool:
        """A scheduler has decided about both dates."""
        return self.computed_start is not None and self.computed_end is not None

    @property
    def review_number(self) -> int:
        """How many rounds of reviews are finished."""
        return self._review_number

    # --- TaskJuggler ------------------------------------------------------------------------------

    @property
    def tjp_abs_id(self) -> str:
        """Identifier with those of the project and of all ancestors before it."""
        chain = [self.project, *self.parents, self]
        return ".".join(each.tjp_id for each in chain)

    @property
    def to_tjp(self) -> str:
        """The `task` statement of this and everything below it for TaskJuggler; times in UTC."""
        with gathered_for_tjp([self]):
            inherited = 500 if self.parent is None else self.parent.priority
            return statement("tjp_task_template", task=self, inherited_priority=inherited)

    # --- Tickets ----------------------------------------------------------------------------------

    @property
    def tickets(self) -> list[Ticket]:
        """The stored tickets that are about this, by number; for many tasks use `Ticket.about`."""
        return list(named("Ticket").about([self])[self])

    @property
    def open_tickets(self) -> list[Ticket]:
        """Those of `tickets` that are not closed."""
        return list(named("Ticket").about([self], only_open=True)[self])

    # --- Paths ------------------------------------------------------------------------------------

    @property
    def path(self) -> str:
        """The folder of this task, rendered from the template of its class.

        Raises `RuntimeError` without a structure, without a template for the class, or if the
        template is broken; `ValueError` if a part of the path is empty or unsafe.
        """
        return folder_of(self, self._template_variables())

    @property
    def absolute_path(self) -> str:
        """`path`, with the variables of the project's repositories expanded."""
        return absolute(self.project, self.path)

    def _template_variables(self) -> dict[str, Any]:
        return {**template_variables(self), "type": self.type}


Task.__effects__ = EFFECTS
