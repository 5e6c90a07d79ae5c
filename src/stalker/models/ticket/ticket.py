"""`Ticket`: an issue or a request in a project."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship, synonym

import stalker
from stalker.core.kinds import Priority
from stalker.core.rules import default, instance_of, one_of, option, optional, text
from stalker.db.association import pairs
from stalker.db.construction import discard, is_constructing
from stalker.db.declarative import read_only
from stalker.db.session import quiet
from stalker.db.types import vocabulary
from stalker.exceptions import SelfReferenceError, StatusError
from stalker.log import get_logger
from stalker.models.entity import Entity, SimpleEntity
from stalker.models.mixins import ProjectMixin, StatusMixin
from stalker.models.mixins.status import default_status_list
from stalker.models.ticket import queries
from stalker.models.ticket.counter import next_number
from stalker.models.ticket.log import TicketLog
from stalker.workflow.machine import Step, Workflow

if TYPE_CHECKING:
    from stalker.models.auth import User
    from stalker.models.note import Note
    from stalker.models.project import Project
    from stalker.models.status import Status

__all__ = ["CANTFIX", "DUPLICATE", "FIXED", "INVALID", "WONTFIX", "WORKSFORME", "Ticket"]

logger = get_logger(__name__)

FIXED = "fixed"
INVALID = "invalid"
WONTFIX = "wontfix"
DUPLICATE = "duplicate"
WORKSFORME = "worksforme"
CANTFIX = "cantfix"

_TABLE = "stalker.defaults.ticket_workflow"
_user = optional(instance_of("User"))
_listed = one_of(lambda: ["", *stalker.defaults.ticket_resolutions])

ticket_links = pairs(
    "Ticket_SimpleEntities", ("ticket_id", "Tickets"), ("simple_entity_id", "SimpleEntities")
)
ticket_relations = pairs(
    "Ticket_Related_Tickets", ("ticket_id", "Tickets"), ("related_ticket_id", "Tickets")
)
ticket_relations.append_constraint(
    CheckConstraint(ticket_relations.c.ticket_id != ticket_relations.c.related_ticket_id, "another")
)


def _checked_resolution(ticket: Ticket, resolution: str | None) -> str | None:
    if resolution is not None and stalker.defaults.enforce_ticket_resolutions:
        _listed(resolution, f"{type(ticket).__name__}.resolution")
    return resolution


def _another(ticket: Ticket, other: Ticket) -> Ticket:
    if other is ticket:
        raise SelfReferenceError(
            f"{type(ticket).__name__}.related_tickets of {ticket!r} must not hold itself",
            ticket=ticket,
        )
    return other


def _alias(name: str) -> property:
    """Return a property that is another name of the attribute *name*."""
    return property(
        lambda self: getattr(self, name), lambda self, value: setattr(self, name, value)
    )


class Ticket(Entity, ProjectMixin, StatusMixin):
    """An issue or a request in a project, on its way through `stalker.defaults.ticket_workflow`.

    Tickets of all projects are numbered together. The number, and the name with it, is provisional
    until the ticket is written: if somebody else was faster, it gets the next free one. The status
    may also be set directly; only actions write a log.
    """

    ticket_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("Projects.id", ondelete="CASCADE"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("Users.id", ondelete="SET NULL"))
    _number: Mapped[int] = mapped_column("number", unique=True)
    #: counts from 1 within its project, without gaps; given when it is written
    number: Mapped[int] = synonym("_number", descriptor=read_only("_number"))
    #: what it is about, in a line; the details are the `description`
    summary: Mapped[str] = mapped_column(Text, default="", info={"rules": (default(""), text())})
    #: from "TRIVIAL" to "BLOCKER", see `stalker.core.kinds.Priority`
    priority: Mapped[Priority] = mapped_column(
        vocabulary(Priority, "PriorityType"),
        default=Priority.TRIVIAL,
        info={"rules": (option(Priority),)},
    )
    #: how it ended; free text, unless `stalker.defaults.enforce_ticket_resolutions` is set
    resolution: Mapped[str | None] = mapped_column(
        String(128), info={"rules": (optional(text(128)),), "check": _checked_resolution}
    )
    #: whose turn it is
    owner: Mapped[User | None] = relationship(
        foreign_keys=[owner_id], back_populates="_tickets", info={"rules": (_user,)}
    )
    #: what it is about: entities of any class
    links: Mapped[list[SimpleEntity]] = relationship(
        secondary=ticket_links,
        primaryjoin=lambda: Ticket.__table__.c.id == ticket_links.c.ticket_id,
        secondaryjoin=lambda: SimpleEntity.__table__.c.id == ticket_links.c.simple_entity_id,
        passive_deletes=True,
        info={"rules": (instance_of("SimpleEntity"),)},
    )
    #: the tickets that this one names; those that name this one are in `related_to`, too
    related_tickets: Mapped[list[Ticket]] = relationship(
        secondary=ticket_relations,
        primaryjoin=lambda: Ticket.__table__.c.id == ticket_relations.c.ticket_id,
        secondaryjoin=lambda: Ticket.__table__.c.id == ticket_relations.c.related_ticket_id,
        back_populates="_relating_tickets",
        passive_deletes=True,
        info={"rules": (instance_of("Ticket"),), "check": _another},
    )
    _relating_tickets: Mapped[list[Ticket]] = relationship(
        secondary=ticket_relations,
        primaryjoin=lambda: Ticket.__table__.c.id == ticket_relations.c.related_ticket_id,
        secondaryjoin=lambda: Ticket.__table__.c.id == ticket_relations.c.ticket_id,
        back_populates="related_tickets",
        passive_deletes=True,
        info={"rules": (instance_of("Ticket"),)},
    )
    #: in chronological order
    logs: Mapped[list[TicketLog]] = relationship(
        foreign_keys="TicketLog.ticket_id",
        back_populates="ticket",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="TicketLog.date_created, TicketLog.ticket_log_id",
        info={"rules": (instance_of("TicketLog"),)},
    )
    #: another name of `notes`
    comments: Mapped[list[Note]] = synonym("notes", descriptor=_alias("notes"))
    #: another name of `created_by`
    reported_by: Mapped[User | None] = synonym("created_by", descriptor=_alias("created_by"))

    def __init__(
        self,
        project: Project | None = None,
        links: list[SimpleEntity] | None = None,
        priority: str = Priority.TRIVIAL,
        summary: str | None = None,
        related_tickets: list[Ticket] | None = None,
        reported_by: User | None = None,
        **kwargs: Any,
    ) -> None:
        if reported_by is not None:
            if kwargs.get("created_by") not in (None, reported_by):
                raise TypeError(
                    f"{type(self).__name__}() takes reported_by or created_by, which are the same"
                )
            kwargs["created_by"] = reported_by
        instance_of("Project")(project, f"{type(self).__name__}.project")
        if kwargs.get("status_list") is None:
            # the list of the session that the ticket comes into
            kwargs["status_list"] = default_status_list(type(self), object_session(project))
        super().__init__(project=project, **kwargs)
        if links is not None:
            self.links = links
        self.priority = priority  # type: ignore[assignment]
        self.summary = summary  # type: ignore[assignment]
        if related_tickets is not None:
            self.related_tickets = related_tickets
        self._number = next_number(self)
        self.name = f"{stalker.defaults.ticket_label} #{self._number}"

    # --- Rules ------------------------------------------------------------------------------------

    def _checked_project(self, project: Any) -> Any:
        if not is_constructing(self) and self.project not in (None, project):
            raise ValueError(
                f"{type(self).__name__}.project of {self!r} must stay {self.project!r}, not "
                f"{project!r}"
            )
        return super()._checked_project(project)

    def _settle_number(self, number: int) -> None:
        """Take the final number; the name follows, unless somebody has written another one."""
        provisional = f"#{self._number}"
        if number != self._number and self.name.endswith(provisional):
            self.name = f"{self.name.removesuffix(provisional)}#{number}"
        self._number = number

    # --- Views ------------------------------------------------------------------------------------

    @property
    def related_to(self) -> list[Ticket]:
        """The tickets that this one names, and those that name it."""
        return list(dict.fromkeys((*self.related_tickets, *self._relating_tickets)))

    @property
    def is_open(self) -> bool:
        """Whether the status is another one than that with the code `CLS`."""
        return self.status.code != queries.CLOSED

    @staticmethod
    def owned_by(users: Iterable[User], only_open: bool = False) -> dict[User, list[Ticket]]:
        """Return for each of *users* the tickets that are theirs, by number, with one query."""
        return queries.owned_by(users, only_open)

    @staticmethod
    def about(
        entities: Iterable[SimpleEntity], only_open: bool = False
    ) -> dict[SimpleEntity, list[Ticket]]:
        """Return for each of *entities* the stored tickets that link to it, with one query."""
        return queries.about(entities, only_open)

    @staticmethod
    def open_ones_of(project: Project) -> list[Ticket]:
        """Return the tickets of a project that are not closed, by number, with one query."""
        return queries.open_ones_of(project)

    # --- Workflow ---------------------------------------------------------------------------------

    @property
    def allowed_actions(self) -> list[str]:
        """The actions that are possible in the current status."""
        return _workflow().allowed(self.status.name, self.status.code)

    def can(self, action: str) -> bool:
        """Say whether an action is possible in the current status."""
        return self._step(action) is not None

    def resolve(
        self, created_by: User | None = None, resolution: str = "", strict: bool = False
    ) -> TicketLog | None:
        """Close this with a resolution.

        Like all actions it returns the log of what was done. What the status does not allow changes
        nothing and returns `None`, or raises `StatusError` if *strict*.
        """
        return self._act("resolve", created_by, strict, resolution)

    def accept(self, created_by: User | None = None, strict: bool = False) -> TicketLog | None:
        """Make this the work of who accepts it. Without anybody it has no owner any more."""
        return self._act("accept", created_by, strict, created_by)

    def reassign(
        self,
        created_by: User | None = None,
        assign_to: User | None = None,
        strict: bool = False,
    ) -> TicketLog | None:
        """Make this the work of somebody else. Without anybody it has no owner any more."""
        return self._act("reassign", created_by, strict, assign_to)

    def reopen(self, created_by: User | None = None, strict: bool = False) -> TicketLog | None:
        """Take up again what was closed."""
        return self._act("reopen", created_by, strict)

    def set_owner(self, user: User | None = None) -> None:
        """Give this to *user*; an effect for the workflow."""
        self.owner = user

    def set_resolution(self, resolution: str = "") -> None:
        """Say how this ended; an effect for the workflow."""
        self.resolution = resolution

    def del_resolution(self, *_: object) -> None:
        """Forget how this ended; an effect for the workflow, whatever the action was given."""
        self.resolution = ""

    def _step(self, action: str) -> Step | None:
        return _workflow().step(action, self.status.name, self.status.code)

    def _act(
        self, action: str, created_by: User | None, strict: bool, *arguments: Any
    ) -> TicketLog | None:
        """Do an action of the workflow; *arguments* are for its effect."""
        _user(created_by, f"{type(self).__name__}.{action}() argument created_by")
        with quiet:
            step = self._step(action)
            if step is None:
                self._decline(action, strict)
                return None
            if stalker.defaults.enforce_ticket_permissions:
                self._refuse_stranger(action, created_by)
            return self._take(step, created_by, strict, arguments)

    def _decline(self, action: str, strict: bool) -> None:
        allowed = self.allowed_actions
        message = (
            f"{type(self).__name__}.{action}() is not possible for {self!r}, which is "
            f"{self.status.name}; possible: {', '.join(allowed) or 'nothing'}"
        )
        if strict:
            raise StatusError(
                message, ticket=self, action=action, status=self.status, allowed_actions=allowed
            )
        logger.info(message)

    def _refuse_stranger(self, action: str, user: User | None) -> None:
        kind = type(self).__name__
        if user is None or not user.has_permission("Update", kind):
            raise PermissionError(f"{kind}.{action}() needs Update_{kind}, which {user!r} lacks")

    def _take(
        self, step: Step, created_by: User | None, strict: bool, arguments: tuple[Any, ...]
    ) -> TicketLog:
        """Take a step completely; if anything fails, status, owner and logs are what they were."""
        before, owner, resolution = self.status, self.owner, self.resolution
        status, effect = self._status_of(step), self._effect_of(step)
        log = TicketLog(
            ticket=self,
            from_status=before,
            to_status=status,
            action=step.action,
            created_by=created_by,
        )
        try:
            self.status = status
            effect(*arguments)
            if owner is not None and self.owner is None:
                self._note_loss(step, owner, strict)
        except BaseException:
            self.status, self.owner, self.resolution = before, owner, resolution
            discard(log)
            raise
        return log

    def _note_loss(self, step: Step, owner: User, strict: bool) -> None:
        message = f"{type(self).__name__}.{step.action}() takes {self!r} from {owner!r}, for nobody"
        if strict:
            raise StatusError(message, ticket=self, action=step.action, owner=owner)
        logger.info(message)

    def _status_of(self, step: Step) -> Status:
        found: Status | None = self.status_list[step.new_status]
        if found is None:
            codes = ", ".join(each.code for each in self.status_list)
            raise ValueError(
                f"{_TABLE} leads with {step.action!r} to {step.new_status!r}, which is none of the "
                f"statuses of {self!r} ({codes})"
            )
        return found

    def _effect_of(self, step: Step) -> Callable[..., Any]:
        if step.effect is None:
            return lambda *arguments: None
        effect = getattr(self, step.effect, None)
        if not callable(effect):
            raise ValueError(
                f"{_TABLE} names for {step.action!r} the method {step.effect!r}, which "
                f"{type(self).__name__} does not have"
            )
        return effect  # type: ignore[no-any-return]


def _workflow() -> Workflow:
    return Workflow(stalker.defaults.ticket_workflow, _TABLE)


def _refuse_project(ticket: Ticket, assign: Callable[[], None]) -> None:
    raise AttributeError(
        f"{type(ticket).__name__}.project is read-only: tickets do not change their project"
    )


Ticket.__effects__ = {"project": _refuse_project}
