"""The last number that a ticket got.

The number that a new ticket shows is provisional. When it is written, the row of the counter is
locked until the commit, and the numbers are given out: none twice, and none is skipped unless a
transaction rolls back. That of a deleted ticket is not given again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import ref

from sqlalchemy import Connection, case, event, func, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session

from stalker.db.declarative import Base, named
from stalker.db.pending import pending
from stalker.db.session import DBSession, StudioSession, is_bound

if TYPE_CHECKING:
    from stalker.models.ticket.ticket import Ticket

__all__ = ["TicketCounter", "next_number"]

#: key of the one row
_ALL_PROJECTS = 1
#: in the `info` of a session: a reference to the ticket that was made last
_NEWEST = "newest_ticket"


class TicketCounter(Base):
    """The highest number, of all projects together."""

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


_counters: Any = TicketCounter.__table__


def next_number(ticket: Ticket) -> int:
    """Return the number that a new ticket of a project shows until it is written."""
    session = object_session(ticket.project) or DBSession()
    highest = _highest_new(session, ticket)
    session.info[_NEWEST] = ref(ticket)
    if highest is None:
        highest = _highest_stored(session) if is_bound(session) else 0
    return highest + 1


def _highest_new(session: Session, ticket: Ticket) -> int | None:
    """Return the highest number among the tickets that are not written yet.

    What is new comes after everything that was stored when it was made.
    """
    newest = session.info.get(_NEWEST, lambda: None)()
    if newest is not None and inspect(newest).session is session and _is_new(newest):
        return int(newest.number)  # many are made without a look at all of them each time
    new = {*pending(ticket.project, "tickets").added, *_new(session)} - {ticket}
    return max((each.number for each in new), default=None)


def _is_new(ticket: Ticket) -> bool:
    # taken out of the list of its project, one is never written
    return not inspect(ticket).has_identity and ticket.project is not None


def _new(session: Session) -> list[Ticket]:
    """Return the tickets that the next flush writes."""
    kind = named("Ticket")
    return [each for each in session.new if isinstance(each, kind) and _is_new(each)]


def _highest_stored(session: Session) -> int:
    highest = select(func.max(named("Ticket")._number)).scalar_subquery()
    last = select(func.max(_counters.c.last)).scalar_subquery()
    return max(number or 0 for number in session.execute(select(highest, last)).one())


@event.listens_for(StudioSession, "before_flush")
def _give_numbers(session: Session, context: Any, instances: Any) -> None:
    new = _new(session)
    if new:
        first = _reserve(session.connection(), len(new)) - len(new) + 1
        # in the order in which they were made
        for number, ticket in enumerate(sorted(new, key=lambda each: each.number), first):
            ticket._settle_number(number)


def _reserve(connection: Connection, count: int) -> int:
    """Lock the counter until the commit, advance it by *count*, and return the last number.

    Numbers that somebody has written past the counter are not given again.
    """
    # imported here, because loading both dialects takes longer than mapping all models
    from sqlalchemy.dialects import postgresql, sqlite

    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    numbers = named("Ticket").__table__.c.number
    highest = select(func.coalesce(func.max(numbers), 0)).scalar_subquery()
    last = case((_counters.c.last > highest, _counters.c.last), else_=highest)
    statement = dialect.insert(_counters).values(id=_ALL_PROJECTS, last=highest + count)
    statement = statement.on_conflict_do_update(
        index_elements=["id"], set_={"last": last + count}
    ).returning(_counters.c.last)
    return int(connection.execute(statement).scalar_one())
