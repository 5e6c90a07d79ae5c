"""Many-to-many relations: plain pair tables, and rows that carry a role, a rate or a position."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, MutableSequence
from typing import Any, ClassVar

from sqlalchemy import Column, ForeignKey, Index, Table
from sqlalchemy.ext.associationproxy import AssociationProxy
from sqlalchemy.orm import object_session, relationship
from sqlalchemy.orm.collections import collection_adapter

from stalker.core.rules import each_of, instance_of, list_of, optional
from stalker.db.construction import discard, is_constructing
from stalker.db.declarative import Base, named
from stalker.db.session import quiet


def pairs(name: str, left: tuple[str, str], right: tuple[str, str]) -> Table:
    """Return the table of a many-to-many relation; each side is a column name and a table name.

    A row goes when either of its ends goes.
    """
    columns: list[Column[Any]] = [
        Column(column, ForeignKey(f"{table}.id", ondelete="CASCADE"), primary_key=True)
        for column, table in (left, right)
    ]
    table = Table(name, Base.metadata, *columns)
    Index(None, columns[1])
    return table


class Association(Base):
    """A row between two objects. It lives as long as it is attached to both."""

    __abstract__ = True
    #: the keys of the two relationships
    __ends__: ClassVar[tuple[str, str]]

    def _ends(self) -> list[Any]:
        return [end for key in self.__ends__ if (end := self.__dict__.get(key)) is not None]

    def _may_enrol(self, coming: str | None = None) -> bool:
        return all(key == coming or self.__dict__.get(key) is not None for key in self.__ends__)

    def _enrolment(self) -> Iterator[Any]:
        return iter(self._ends() if self._may_enrol() else ())

    def _refuse_owner(self, owner: Any) -> None:
        """Raise if *owner* must not become the end that is still open."""

    def _describe(self) -> str:
        ends = ", ".join(f"{end}={getattr(self, end)!r}" for end in self.__ends__)
        return f"<{type(self).__name__}({ends})>"


def detach(row: Association, value: Any, end: str) -> Any:
    """Clear the other end of a row too when *end* is cleared."""
    if value is None and not is_constructing(row) and "_detaching" not in row.__dict__:
        row.__dict__["_detaching"] = True
        try:
            for other in row.__ends__:
                # not the end itself: the list that it leaves would be changed twice
                if other != end and _known(row, other) is not None:
                    setattr(row, other, None)
        finally:
            del row.__dict__["_detaching"]
    return value


def _known(row: Association, end: str) -> Any:
    """Return an end of a row, also if the row came by the list of that end and has not read it."""
    if object_session(row) is None:
        return row.__dict__.get(end)
    with quiet:
        return getattr(row, end)


def detaching(end: str) -> Callable[[Association, Any], Any]:
    """Return the `check` for *end* of a row: clearing it clears the other end too."""
    return lambda row, value: detach(row, value, end)


def end(key: str, kind: str, check: Any = None, **options: Any) -> Any:
    """Return the relationship *key* of a row to one of its ends, an instance of *kind*.

    Clearing it clears the other end too, unless another *check* decides. The ends of many rows are
    loaded together.
    """
    info = {"rules": (optional(instance_of(kind)),), "check": check or detaching(key)}
    # without a depth, rows between objects of one class would not load their ends together
    return relationship(info=info, **{"lazy": "selectin", "join_depth": 2, **options})


def role() -> Any:
    """Return the relationship of a row to the role that somebody has there."""
    return relationship(lazy="selectin", info={"rules": (optional(instance_of("Role")),)})


class MemberList(MutableSequence[Any]):
    """The far ends of a list of association rows.

    What is refused changes nothing, and a member that is already there is not added again.
    """

    #: lets it be assigned where only a list is accepted
    __is_list__ = True

    def __init__(
        self, rows: Callable[[], Any], make: Any, end: str, rule: each_of, where: str
    ) -> None:
        self._rows = rows
        self._make = make
        self._end = end
        self._rule = rule
        self._where = where

    def __iter__(self) -> Iterator[Any]:
        return (member for row in self._rows() if (member := getattr(row, self._end)) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __getitem__(self, index: Any) -> Any:
        return list(self)[index]

    def __setitem__(self, index: Any, value: Any) -> None:
        with quiet:
            members = list(self)
            members[index] = value
            self.replace(members)

    def __delitem__(self, index: Any) -> None:
        with quiet:
            members = list(self)
            del members[index]
            self.replace(members)

    def insert(self, index: int, value: Any) -> None:
        with quiet:
            members = list(self)
            members.insert(index, value)
            self.replace(members)

    def append(self, value: Any) -> None:
        self.extend([value])

    def extend(self, values: Iterable[Any]) -> None:
        with quiet:
            self._extend(values)

    def _extend(self, values: Iterable[Any]) -> None:
        checked = each_of.__call__(self._rule, values, self._where)
        held = {id(member) for member in self}
        self._attach([self._make(member) for member in checked if id(member) not in held])

    def replace(self, values: Any) -> None:
        """Make *values* the members; rows of members that stay are kept, with what they carry."""
        with quiet:
            self._replace(values)

    def _replace(self, values: Any) -> None:
        wanted = self._rule(values, self._where)
        rows = self._rows()
        if not rows:
            self._attach([self._make(member) for member in wanted])
            return
        kept = {id(getattr(row, self._end)): row for row in rows}
        self._attach([self._make(member) for member in wanted if id(member) not in kept])
        wanted_ids = {id(member) for member in wanted}
        for row in [row for member, row in kept.items() if member not in wanted_ids]:
            rows.remove(row)
        position = {id(member): index for index, member in enumerate(wanted)}
        ordered = sorted(rows, key=lambda row: position[id(getattr(row, self._end))])
        rows.rearrange(ordered)

    def _bulk_replace(self, proxy: Any, values: Any) -> None:
        self.replace(values)

    def _attach(self, new_rows: list[Any]) -> None:
        rows = self._rows()
        attached = []
        try:
            # what is refused must not come after what has taken effect; one alone is checked when
            # it joins
            if len(new_rows) > 1:
                owner = collection_adapter(rows).owner_state.obj()
                for row in new_rows:
                    row._refuse_owner(owner)
            for row in new_rows:
                rows.append(row)
                attached.append(row)
        except BaseException:
            for row in attached:
                rows.remove(row)
            for row in new_rows:
                discard(row)
            raise

    def __eq__(self, other: object) -> bool:
        return list(self) == (list(other) if isinstance(other, MemberList) else other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        with quiet:
            return repr(list(self))


class Members(AssociationProxy[Any]):
    """The attribute that shows a `MemberList`; usable in queries like a relationship.

    *rows* is the relationship to the association rows, *end* their attribute that leads to the
    members, which are instances of *kind*. With *strict*, only a list may be assigned.
    """

    def __init__(
        self, rows: str, association: str, end: str, kind: str, strict: bool = False
    ) -> None:
        rule = (list_of if strict else each_of)(instance_of(kind))

        def make(member: Any) -> Any:
            return named(association)(**{end: member})

        def show(collection: Callable[[], Any], creator: Any, end: str, proxy: Any) -> MemberList:
            where = f"{proxy.owning_class.__name__}.{self.name}"
            return MemberList(collection, make, end, rule, where)

        shown: Any = show
        # SQLAlchemy asks for a function that it calls only on a plain collection
        unused: Any = lambda proxy, values: None  # noqa: E731
        super().__init__(rows, end, creator=make, proxy_factory=shown, proxy_bulk_set=unused)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name


def members(rows: str, association: str, end: str, kind: str, strict: bool = False) -> Any:
    """Return a `Members` attribute."""
    return Members(rows, association, end, kind, strict)
