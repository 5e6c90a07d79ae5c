"""Loading what belongs to many objects with one statement for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import CTE, Select, bindparam, inspect, literal, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_state, set_committed_value

__all__ = [
    "ancestors_of",
    "batches",
    "class_of",
    "fill",
    "in_batches",
    "is_one_of",
    "load_by_class",
    "load_descendants",
]

#: how many ids are written into one statement
_BATCH = 50_000


def load_descendants(nodes: Iterable[Any]) -> list[Any]:
    """Load the children of *nodes*, their children, and so on; return them all, *nodes* included.

    What is loaded, or not written, stays as it is. Where nothing has been moved in this session
    since it was written, it takes one statement, and another one for each class.
    """
    nodes = list(nodes)
    found = _known(nodes)
    while ends := list(_ends(found)):
        _load(ends)
        found = _known(nodes)
    return found


def load_by_class(session: Session, kind: Any, rows: Iterable[tuple[int, str]]) -> dict[int, Any]:
    """Return by id the objects of *kind* with the ids and polymorphic identities of *rows*.

    Each class takes a statement. Asked for as *kind*, objects of its subclasses would be completed
    by further ones, some hundreds by each.
    """
    mapper = inspect(kind)
    by_class: dict[str, list[int]] = defaultdict(list)
    for number, identity in rows:
        by_class[identity].append(number)
    found = {}
    for identity, numbers in by_class.items():
        part = kind if mapper.polymorphic_on is None else mapper.polymorphic_map[identity].class_
        for (each,) in in_batches(session, select(part), part.id, numbers):
            found[inspect(each).identity[0]] = each
    return found


def in_batches(
    session: Session, query: Select[Any], column: Any, keys: Collection[int]
) -> Iterator[Any]:
    """Yield the rows of *query* in which *column* is one of *keys*, of which may be very many."""
    for some in batches(keys):
        yield from session.execute(query.where(is_one_of(column, some)))


def batches(keys: Collection[int]) -> Iterator[list[int]]:
    """Yield *keys* in order, as many at once as one statement may take."""
    ordered = sorted(keys)
    for start in range(0, len(ordered), _BATCH):
        yield ordered[start : start + _BATCH]


def is_one_of(column: Any, keys: Iterable[int]) -> Any:
    """Return the condition that *column* is one of *keys*, of which there may be very many."""
    keys = list(keys)
    if len(keys) == 1:
        return column == keys[0]
    # written out: databases limit the number of parameters, not the length of a statement
    return column.in_(bindparam(None, keys, expanding=True, literal_execute=True))


def ancestors_of(kind: Any, numbers: Iterable[int]) -> CTE:
    """Return the query for the ids of whatever is above the nodes of *kind* with these ids."""
    nodes = kind.__table__.c
    own = is_one_of(nodes.id, numbers) & nodes.parent_id.is_not(None)
    above = select(nodes.parent_id.label("id")).where(own).cte(recursive=True)
    return above.union(
        select(nodes.parent_id)
        .join(above, nodes.id == above.c.id)
        .where(nodes.parent_id.is_not(None))
    )


def fill(
    owners: Iterable[Any], key: str, members: Iterable[tuple[int | None, Any]], again: bool = False
) -> None:
    """Set the list *key* of *owners* to those *members* that come with their ids, in order of ids.

    A list that is about to change stays, and one that is known, unless it is to be set *again*.
    """
    found: dict[int | None, list[Any]] = defaultdict(list)
    for owner, member in members:
        found[owner].append(member)
    for each in owners:
        state = instance_state(each)
        changes = key in state._pending_mutations or key in state.committed_state
        if not changes and (again or key not in state.dict):
            members_now = sorted(found.get(each.id, ()), key=_order)
            if state.dict.get(key) != members_now:
                set_committed_value(each, key, members_now)


def _order(member: Any) -> Any:
    return instance_state(member).key[1]  # type: ignore[index]


def _known(nodes: Iterable[Any]) -> list[Any]:
    """Return *nodes* and what their lists lead to, as far as these are loaded, each once."""
    found = dict.fromkeys(nodes)
    waiting = list(found)
    while waiting:
        for child in waiting.pop().__dict__.get("children", ()):
            if child not in found:
                found[child] = None
                waiting.append(child)
    return list(found)


def _ends(nodes: Iterable[Any]) -> Iterator[Any]:
    """Yield those of *nodes* whose children only the database knows."""
    for node in nodes:
        state = inspect(node)
        if "children" not in state.dict and state.persistent:
            yield node


def _load(nodes: list[Any]) -> None:
    by_session: dict[Session, dict[int, Any]] = defaultdict(dict)
    for node in nodes:
        state = inspect(node)
        by_session[state.session][state.identity[0]] = node
    kind = inspect(nodes[0]).mapper.relationships["children"].mapper.class_
    for session, owners in by_session.items():
        rows = session.execute(_below(kind, owners)).all()
        found = owners | load_by_class(session, kind, ((row[0], row[2]) for row in rows))
        children = defaultdict(list)
        for number, parent_id, _ in rows:
            if number in found:  # nobody else has deleted it since
                children[parent_id].append(found[number])
        for number, owner in found.items():
            if "children" not in owner.__dict__:
                set_committed_value(owner, "children", children[number])


def _below(kind: Any, numbers: Iterable[int]) -> Any:
    """Return the query for id, parent and class of what is below the nodes with these ids."""
    nodes = kind.__table__.c
    below: Any = select(nodes.id).where(is_one_of(nodes.parent_id, numbers)).cte(recursive=True)
    # each once, so that circles end
    below = below.union(select(nodes.id).join(below, nodes.parent_id == below.c.id))
    query = select(kind.id, kind.parent_id, class_of(kind))
    return query.where(kind.id.in_(select(below.c.id))).order_by(kind.id)


def class_of(kind: Any) -> Any:
    """Return the column of *kind* that tells the class of a row, if it has any."""
    column = inspect(kind).polymorphic_on
    return literal(None) if column is None else column
