"""`Ticket`: what somebody has to see to, and the log of what became of it."""

from stalker.models.ticket.counter import TicketCounter
from stalker.models.ticket.log import TicketLog
from stalker.models.ticket.ticket import (
    CANTFIX,
    DUPLICATE,
    FIXED,
    INVALID,
    WONTFIX,
    WORKSFORME,
    Ticket,
)

__all__ = [
    "CANTFIX",
    "DUPLICATE",
    "FIXED",
    "INVALID",
    "WONTFIX",
    "WORKSFORME",
    "Ticket",
    "TicketCounter",
    "TicketLog",
]
