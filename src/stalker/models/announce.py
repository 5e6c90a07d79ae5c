"""Tell the signals of `stalker.events` what each commit has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Mapper, Session, SessionTransaction
from sqlalchemy.orm.attributes import History

from stalker import events
from stalker.db.session import StudioSession
from stalker.models.entity import SimpleEntity
from stalker.models.task.changes import SETTLED
from stalker.models.version import Version

_PENDING = "events_to_send"
_COMMITTED = "committed"

#: in which transaction something happened, and what to do about it after the commit
_Happening = tuple[SessionTransaction | None, Callable[[], bool]]


def _anybody_listens() -> bool:
    return any(events.SIGNALS)


@event.listens_for(StudioSession, "after_flush")
def _note(session: Session, context: Any) -> None:
    if not _anybody_listens():
        return
    transaction = session.get_nested_transaction() or session.get_transaction()
    happenings: list[_Happening] = session.info.setdefault(_PENDING, [])
    happenings += [(transaction, send) for send in _happened(session, context)]


def _happened(session: Session, context: Any) -> Iterator[Callable[[], bool]]:
    for entity in session.new:
        if isinstance(entity, SimpleEntity):
            yield lambda entity=entity: events.entity_created.send(entity)  # type: ignore[misc]
            if isinstance(entity, Version) and entity.is_published:
                yield lambda entity=entity: events.version_published.send(entity)  # type: ignore[misc]
    settled = session.info.get(SETTLED, {})
    dirty = {*session.dirty, *settled}
    # what has lost its owner is deleted without being asked
    changed = {each for each in dirty if not context.is_deleted(inspect(each))}
    for entity in _by_id(changed):
        yield from _updated(entity, settled.get(entity))
    for entity in _by_id({*session.deleted, *dirty} - changed):
        gone = events.Deleted(entity.entity_type, entity.id, entity.name)
        yield lambda gone=gone: events.entity_deleted.send(gone)  # type: ignore[misc]


def _by_id(objects: Iterable[Any]) -> list[SimpleEntity]:
    """Return the entities among *objects*, in an order that is the same each time."""
    entities = [each for each in objects if isinstance(each, SimpleEntity)]
    # asking an expired one for its id would load it
    return sorted(entities, key=lambda each: inspect(each).identity or (each.id,))


def _updated(entity: SimpleEntity, settled: Any = None) -> Iterator[Callable[[], bool]]:
    state = inspect(entity)
    histories: dict[str, Any] = {
        attribute.key.lstrip("_"): attribute.history
        for attribute in state.attrs
        if attribute.history.has_changes() and not _is_reference(state.mapper, attribute.key)
    }
    if settled is not None:
        histories["status"] = History([settled[1]], (), [settled[0]])
    if not histories:
        return
    names = frozenset(histories)
    yield lambda: events.entity_updated.send(entity, names)
    status = histories.get("status")
    if status is not None and status.deleted and status.added:
        former, present = (str(each[0].code) for each in (status.deleted, status.added))
        yield lambda: events.status_changed.send(entity, former, present)
    published = histories.get("is_published")
    if isinstance(entity, Version) and published is not None and published.added[0]:
        yield lambda: events.version_published.send(entity)


def _is_reference(mapper: Mapper[Any], key: str) -> bool:
    """Say whether an attribute is the column behind a relationship."""
    column = mapper.columns.get(key)
    return column is not None and bool(column.foreign_keys)


@event.listens_for(StudioSession, "after_soft_rollback")
def _forget(session: Session, previous: SessionTransaction) -> None:
    kept = [each for each in session.info.get(_PENDING, ()) if not _within(each[0], previous)]
    session.info[_PENDING] = kept


def _within(transaction: SessionTransaction | None, outer: SessionTransaction) -> bool:
    while transaction is not None and transaction is not outer:
        transaction = transaction.parent
    return transaction is outer


@event.listens_for(StudioSession, "after_commit")
def _committed(session: Session) -> None:
    # a savepoint that is released is none of it
    session.info[_COMMITTED] = session.get_nested_transaction() is None


@event.listens_for(StudioSession, "after_transaction_end")
def _send(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is not None:
        return
    # only now the session may be used again
    committed = session.info.pop(_COMMITTED, False)
    happenings = session.info.pop(_PENDING, ())
    if committed:
        for _, send in happenings:
            if not send():  # it may have broken the transaction that began anew
                session.rollback()
