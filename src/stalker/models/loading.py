"""Loading what belongs to many objects with one statement for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import CTE, bindparam, inspect, select
from sqlalchemy.orm import Session, with_polymorphic
from sqlalchemy.orm.attributes import set_committed_value

__all__ = ["ancestors_of", "complete", "fill", "is_one_of", "load_descendants"]


def load_descendants(nodes: Iterable[Any]) -> list[Any]:
    """Load the children of *nodes*, their children, and so on; return them all, *nodes* included.

    What is loaded, or not written, stays as it is. One statement is enough where nothing has been
    moved in this session since it was written.
    """
    nodes = list(nodes)
    found = _known(nodes)
    while ends := list(_ends(found)):
        _load(ends)
        found = _known(nodes)
    return found


def complete(kind: Any) -> Any:
    """Return *kind* as an entity of which one statement loads the columns of all subclasses.

    Otherwise each class takes further statements, some hundreds of rows by each.
    """
    return with_polymorphic(kind, "*")


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
        state = inspect(each)
        changes = key in state._pending_mutations or key in state.committed_state
        if not changes and (again or key not in state.dict):
            set_committed_value(each, key, sorted(found[each.id], key=_order))


def _order(member: Any) -> Any:
    return inspect(member).identity


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
        children: dict[int, list[Any]] = {number: [] for number in owners}
        for child, parent_id in session.execute(_below(kind, owners)):
            owners[inspect(child).identity[0]] = child
            children.setdefault(parent_id, []).append(child)
        for number, owner in owners.items():
            if "children" not in owner.__dict__:
                set_committed_value(owner, "children", children.get(number, []))


def _below(kind: Any, numbers: Iterable[int]) -> Any:
    """Return the query for all that is below the nodes with these ids, with the ids of parents."""
    nodes = kind.__table__.c
    below: Any = select(nodes.id).where(is_one_of(nodes.parent_id, numbers)).cte(recursive=True)
    # each once, so that circles end
    below = below.union(select(nodes.id).join(below, nodes.parent_id == below.c.id))
    every = complete(kind)
    query = select(every, every.parent_id).where(every.id.in_(select(below.c.id)))
    return query.order_by(every.id)
