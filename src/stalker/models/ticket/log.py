"""`TicketLog`: one step of a ticket through its workflow."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

import stalker
from stalker.core.rules import instance_of, one_of, text
from stalker.models.entity import SimpleEntity

if TYPE_CHECKING:
    from stalker.models.status import Status
    from stalker.models.ticket.ticket import Ticket

__all__ = ["TicketLog"]

_status = {"rules": (instance_of("Status"),)}


class TicketLog(SimpleEntity):
    """What was done with a ticket: by whom (`created_by`) and when (`date_created`).

    Logs sort by date.
    """

    ticket_log_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    ticket_id: Mapped[int] = mapped_column(ForeignKey("Tickets.id", ondelete="CASCADE"))
    # a status in use cannot be deleted
    from_status_id: Mapped[int] = mapped_column(ForeignKey("Statuses.id"))
    to_status_id: Mapped[int] = mapped_column(ForeignKey("Statuses.id"))
    #: what was acted on
    ticket: Mapped[Ticket] = relationship(
        foreign_keys=[ticket_id],
        back_populates="logs",
        info={"rules": (instance_of("Ticket"),), "required": True},
    )
    #: its status before
    from_status: Mapped[Status] = relationship(foreign_keys=[from_status_id], info=_status)
    #: its status afterwards
    to_status: Mapped[Status] = relationship(foreign_keys=[to_status_id], info=_status)
    #: one of those in `stalker.defaults.ticket_workflow`, which no constraint can know
    action: Mapped[str] = mapped_column(
        String(64), info={"rules": (text(64), one_of(lambda: stalker.defaults.ticket_workflow))}
    )

    def __init__(
        self,
        ticket: Ticket | None = None,
        from_status: Status | None = None,
        to_status: Status | None = None,
        action: str | None = None,
        **kwargs: Any,
    ) -> None:
        instance_of("Ticket")(ticket, f"{type(self).__name__}.ticket")
        super().__init__(**kwargs)
        self.name = f"{type(self).__name__}_{uuid4().hex}"
        self.from_status = from_status  # type: ignore[assignment]
        self.to_status = to_status  # type: ignore[assignment]
        self.action = action  # type: ignore[assignment]
        self.ticket = ticket  # type: ignore[assignment]

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, TicketLog):
            return NotImplemented
        return self.date_created < other.date_created

    def _take_effect(self) -> None:
        logs = self.ticket.__dict__.get("logs")
        if logs is not None:  # else they come in order from the database
            logs.rearrange(sorted(logs))


def _sort(log: TicketLog, assign: Callable[[], None]) -> None:
    assign()
    log._take_effect()


TicketLog.__effects__ = {"date_created": _sort}
