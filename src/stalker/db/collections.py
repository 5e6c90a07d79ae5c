"""The lists behind to-many relationships: what is refused changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any, Self, SupportsIndex, TypeVar

from sqlalchemy.orm.attributes import instance_state, set_attribute
from sqlalchemy.orm.collections import InstrumentedList, collection, collection_adapter

from stalker.core.rules import shown
from stalker.db.session import quiet

Method = TypeVar("Method", bound=Callable[..., Any])

# the method tells the collection's adapter itself; SQLAlchemy's decorator has no annotations
_instrumented: Callable[[Method], Method] = collection.internally_instrumented


def _join(join: Callable[..., None], item: Any, **options: Any) -> None:
    """Let *item* join a list by *join*, and its session be the right one.

    If it is refused, it leaves the session again that it came into on its way. A new object that
    leaves another list for this one is an orphan in between, and has left its session with it.
    """
    state = instance_state(item)
    session = state.session
    try:
        join(item, **options)
    except BaseException:
        if session is None and state.session is not None:
            state.session.expunge(item)
        raise
    if session is not None and state.session is None:
        session.add(item)


class EntityList(InstrumentedList[Any]):
    """A relationship list that checks all new elements before it takes the first.

    An element that is already there is not added again: the pair is the key of its row.
    """

    @_instrumented
    def append(self, item: Any, _sa_initiator: Any = None) -> None:
        if _sa_initiator is False:  # it is loaded, or stays
            list.append(self, item)
            return
        if _sa_initiator is None:  # a caller's append, not the other side of the relation
            self._checked([item], alone=True)
            if self._holds(item):
                return
        _join(super().append, item, _sa_initiator=_sa_initiator)

    @_instrumented
    def extend(self, iterable: Iterable[Any]) -> None:
        for item in self._checked(iterable):
            if not self._holds(item):
                _join(super().append, item)

    @_instrumented
    def __iadd__(self, iterable: Iterable[Any]) -> Self:
        self.extend(iterable)
        return self

    @_instrumented
    def insert(self, index: SupportsIndex, item: Any) -> None:
        self._checked([item], alone=True)
        if not self._holds(item):
            super().insert(index, item)

    @_instrumented
    def remove(self, item: Any, _sa_initiator: Any = None) -> None:
        # before any event: what is in another list must not become an orphan
        if not self._holds(item):
            raise ValueError(f"{shown(item)} is not in the list")
        super().remove(item, _sa_initiator=_sa_initiator)  # type: ignore[call-arg]

    @_instrumented
    def __setitem__(self, index: Any, value: Any) -> None:
        wanted = list(self)
        wanted[index] = value = list(value) if isinstance(index, slice) else value
        self._checked(value if isinstance(index, slice) else [value])
        wanted = list({id(item): item for item in wanted}.values())
        kept = {id(item) for item in wanted}
        for item in wanted:
            if not self._holds(item):
                super().append(item)
        for item in list(self):
            if id(item) not in kept:
                super().remove(item)
        self.rearrange(wanted)

    def rearrange(self, items: list[Any]) -> None:
        """Put the elements, which *items* holds too, in its order. No event has to know."""
        list.__setitem__(self, slice(None), items)

    def drop_repetitions(self) -> None:
        """Keep each element once, for when one that came in brought along another one."""
        unique = {id(item): item for item in self}
        if len(unique) < len(self):
            self.rearrange(list(unique.values()))

    def _holds(self, item: Any) -> bool:
        return any(item is other for other in self)

    def _checked(self, items: Iterable[Any], alone: bool = False) -> list[Any]:
        from stalker.db.wiring import check_elements

        items = list(items)
        adapter = collection_adapter(self)
        if adapter is not None:
            with quiet:
                check_elements(adapter.owner_state, adapter.attr.key, items, alone)
        return items


class OrderedList(EntityList):
    """A list of rows, each of which keeps its place in `position`, counted from 0."""

    @_instrumented
    def append(self, item: Any, _sa_initiator: Any = None) -> None:
        super().append(item, _sa_initiator)
        if _sa_initiator is not False:  # what is loaded has its place
            self._number()

    @_instrumented
    def extend(self, iterable: Iterable[Any]) -> None:
        super().extend(iterable)
        self._number()

    @_instrumented
    def insert(self, index: SupportsIndex, item: Any) -> None:
        super().insert(index, item)
        self._number()

    @_instrumented
    def remove(self, item: Any, _sa_initiator: Any = None) -> None:
        super().remove(item, _sa_initiator)
        self._number()

    @_instrumented
    def pop(self, index: SupportsIndex = -1) -> Any:
        item = super().pop(index)
        self._number()
        return item

    @_instrumented
    def __delitem__(self, index: SupportsIndex | slice) -> None:
        super().__delitem__(index)
        self._number()

    def rearrange(self, items: list[Any]) -> None:
        super().rearrange(items)
        self._number()

    def _number(self) -> None:
        for position, row in enumerate(self):
            if row.position != position:
                row.position = position


#: marks a row that takes the next rank of the list it comes into
UNRANKED = "_unranked"


class RankedList(EntityList):
    """A list of rows in the order of their `rank`.

    One that is appended without a rank gets the next one. Where a caller says the order, by
    `insert()` or with a whole list, the ranks follow it.
    """

    @_instrumented
    def append(self, item: Any, _sa_initiator: Any = None) -> None:
        before = len(self)
        super().append(item, _sa_initiator)
        # what is loaded is in order; what is there already has its place
        if _sa_initiator is not False and len(self) > before:
            last = self[-2].rank if before else -1
            if item.__dict__.pop(UNRANKED, False):
                _rank(item, last + 1)
            elif item.rank < last:
                self.settle()

    @_instrumented
    def extend(self, iterable: Iterable[Any]) -> None:
        super().extend(iterable)
        self.settle()

    @_instrumented
    def insert(self, index: SupportsIndex, item: Any) -> None:
        super().insert(index, item)
        self._number()

    def rearrange(self, items: list[Any]) -> None:
        super().rearrange(items)
        self._number()

    def settle(self) -> None:
        """Give a rank to the rows that have none, and put all of them in order."""
        ranks = [row.rank for row in self if UNRANKED not in row.__dict__]
        following = max(ranks, default=-1) + 1
        for row in self:
            if row.__dict__.pop(UNRANKED, False):
                _rank(row, following)
                following += 1
        if any(row.rank > after.rank for row, after in pairwise(self)):
            list.sort(self, key=lambda row: row.rank)

    def _number(self) -> None:
        for row in self:
            row.__dict__.pop(UNRANKED, None)
        if any(row.rank >= after.rank for row, after in pairwise(self)):
            for rank, row in enumerate(self):
                _rank(row, rank)


def _rank(row: Any, rank: int) -> None:
    """Set the rank, which would move the row if it were assigned."""
    if row.rank != rank:
        set_attribute(row, "rank", rank)
