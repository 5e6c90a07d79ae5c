"""The list behind every to-many relationship: what is refused changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, SupportsIndex, TypeVar

from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.orm.collections import InstrumentedList, collection, collection_adapter

Method = TypeVar("Method", bound=Callable[..., Any])

# the method tells the collection's adapter itself; SQLAlchemy's decorator has no annotations
_instrumented: Callable[[Method], Method] = collection.internally_instrumented


@contextmanager
def _unless_refused(item: Any) -> Iterator[None]:
    """Take *item* out of the session again that it came into on its way into a list."""
    state = instance_state(item)
    was_free = state.session_id is None
    try:
        yield
    except BaseException:
        if was_free and state.session is not None:
            state.session.expunge(item)
        raise


class EntityList(InstrumentedList[Any]):
    """A relationship list that checks all new elements before it takes the first.

    An element that is already there is not added again: the pair is the key of its row.
    """

    @_instrumented
    def append(self, item: Any, _sa_initiator: Any = None) -> None:
        if _sa_initiator is None:  # a caller's append, not a load or the other side of the relation
            self._checked([item])
            if self._holds(item):
                return
        with _unless_refused(item):
            super().append(item, _sa_initiator=_sa_initiator)  # type: ignore[call-arg]

    @_instrumented
    def extend(self, iterable: Iterable[Any]) -> None:
        for item in self._checked(iterable):
            if not self._holds(item):
                super().append(item)

    @_instrumented
    def __iadd__(self, iterable: Iterable[Any]) -> EntityList:
        self.extend(iterable)
        return self

    @_instrumented
    def insert(self, index: SupportsIndex, item: Any) -> None:
        self._checked([item])
        if not self._holds(item):
            super().insert(index, item)

    @_instrumented
    def __setitem__(self, index: Any, value: Any) -> None:
        self._checked(value if isinstance(index, slice) else [value])
        super().__setitem__(index, value)

    def _holds(self, item: Any) -> bool:
        return any(item is other for other in self)

    def _checked(self, items: Iterable[Any]) -> list[Any]:
        from stalker.db.wiring import check_elements

        items = list(items)
        adapter = collection_adapter(self)
        if adapter is not None:
            check_elements(adapter.owner_state, adapter.attr.key, items)
        return items
