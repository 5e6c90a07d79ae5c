"""Signals that tell a studio's own code what has been committed.

    from stalker import events

    @events.version_published.connect
    def announce(version):
        ...

Receivers are called after the commit, in the thread that committed: flush by flush, what is new
first, then what was changed and what was deleted, each by id. Nothing that was rolled back is told.
They may use the session, which has begun anew. An error in a receiver is logged and keeps neither
the others from being called nor the commit from having happened; the session is rolled back, since
the receiver may have broken it. Changes that no unit of work made, by a statement or a cascade of
the database, are not told.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

__all__ = [
    "SIGNALS",
    "Deleted",
    "Signal",
    "entity_created",
    "entity_deleted",
    "entity_updated",
    "status_changed",
    "version_published",
]

logger = logging.getLogger(__name__)

Receiver = TypeVar("Receiver", bound=Callable[..., object])


class Deleted(NamedTuple):
    """What is still known of an entity that was deleted."""

    entity_type: str
    id: int
    name: str


class Signal:
    """Something that may happen, and who wants to know."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.receivers: tuple[Callable[..., object], ...] = ()

    def connect(self, receiver: Receiver) -> Receiver:
        """Call *receiver* from now on; usable as a decorator. Connecting it again does nothing."""
        if not callable(receiver):
            raise TypeError(f"Signal.connect() of {self.name} takes a function, not {receiver!r}")
        if receiver not in self.receivers:
            # exchanged as a whole: another thread may be sending
            self.receivers = (*self.receivers, receiver)
        return receiver

    def disconnect(self, receiver: Callable[..., object]) -> None:
        """Call *receiver* no more."""
        self.receivers = tuple(each for each in self.receivers if each != receiver)

    def send(self, *values: Any) -> bool:
        """Call all receivers with *values*, and return whether none has failed."""
        failures = 0
        for receiver in self.receivers:
            try:
                receiver(*values)
            except Exception:
                failures += 1
                logger.exception("a receiver of %s failed: %r", self.name, receiver)
        return not failures

    def __bool__(self) -> bool:
        return bool(self.receivers)

    def __repr__(self) -> str:
        return f"<Signal {self.name} with {len(self.receivers)} receivers>"


#: called with the entity
entity_created = Signal("entity_created")
#: called with the entity and the names of the attributes that were changed; once for each flush
entity_updated = Signal("entity_updated")
#: called with a `Deleted`
entity_deleted = Signal("entity_deleted")
#: called with the entity, and the codes of the former and of the present status
status_changed = Signal("status_changed")
#: called with the version, when it becomes published
version_published = Signal("version_published")

SIGNALS = (entity_created, entity_updated, entity_deleted, status_changed, version_published)
