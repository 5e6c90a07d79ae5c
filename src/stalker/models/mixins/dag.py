"""`DAGMixin`: has a parent and children of its own kind."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, bindparam, exists, inspect, select
from sqlalchemy.orm import (
    Mapped,
    Session,
    declared_attr,
    mapped_column,
    object_session,
    relationship,
)
from sqlalchemy.orm.attributes import instance_state, set_committed_value
from sqlalchemy.orm.base import NO_VALUE

from stalker.core.graph import direction, walk
from stalker.core.kinds import TraversalDirection
from stalker.core.rules import instance_of, optional
from stalker.db.construction import is_constructing
from stalker.db.declarative import KeywordConstructor
from stalker.db.pending import pending
from stalker.db.session import StudioSession
from stalker.exceptions import CircularDependencyError
from stalker.models.loading import load_descendants


class DAGMixin(KeywordConstructor):
    """Adds `parent` and `children`; circles are refused.

    `__dag_cascade__` says what happens to the children of what is deleted: they go with it by
    default, without "delete" they become roots.
    """

    __dag_cascade__: ClassVar[str] = "all, delete"
    #: name of the attribute that holds the key; informational, the column is always `id`
    __id_column__: ClassVar[str] = "id"

    @declared_attr
    def parent_id(cls: Any) -> Mapped[int | None]:
        action = "CASCADE" if "delete" in cls.__dag_cascade__ else "SET NULL"
        return mapped_column(
            "parent_id",
            ForeignKey(f"{cls.__tablename__}.id", ondelete=action),
        )

    @declared_attr
    def parent(cls: Any) -> Mapped[Any]:
        # the class itself: a studio may have two of the name
        """What this is part of; `None` for a root. A circle is a `CircularDependencyError`."""
        return relationship(
            lambda: cls,
            primaryjoin=lambda: cls.__table__.c.parent_id == cls.__table__.c.id,
            remote_side=lambda: cls.__table__.c.id,
            back_populates="children",
            info={
                "rules": (optional(instance_of(cls)),),
                "check": lambda node, parent: node._checked_parent(parent),
            },
        )

    @declared_attr
    def children(cls: Any) -> Mapped[list[Any]]:
        """The parts of this, in the order in which they were made."""
        return relationship(
            lambda: cls,
            primaryjoin=lambda: cls.__table__.c.parent_id == cls.__table__.c.id,
            remote_side=lambda: cls.__table__.c.parent_id,
            back_populates="parent",
            order_by=lambda: cls.__table__.c.id,
            cascade=cls.__dag_cascade__,
            passive_deletes=True,
            info={
                "rules": (instance_of(cls),),
                "check": lambda node, child: node._checked_child(child),
            },
        )

    def __init__(self, parent: Any = None, **kwargs: Any) -> None:
        if parent is not None:
            self.parent = parent
        super().__init__(**kwargs)

    @property
    def is_root(self) -> bool:
        """Has no parent."""
        return self.parent is None

    @property
    def is_container(self) -> bool:
        """Has at least one child. Asks the database, without a flush, if nothing is loaded."""
        return has_children(self)

    @property
    def is_leaf(self) -> bool:
        """Has no child."""
        return not has_children(self)

    @property
    def parents(self) -> list[Any]:
        """The ancestors, from the root down to the direct parent."""
        found = ancestors(self)
        found.reverse()
        return found

    def walk_hierarchy(
        self, method: int | str | TraversalDirection = TraversalDirection.DEPTH_FIRST
    ) -> Iterator[Any]:
        """Yield this and its descendants, depth first (0) or breadth first (1).

        All of them are loaded at the first step, with one statement and one for each class.
        """
        return _walk_below(self, direction(method))

    def _checked_parent(self, parent: Any) -> Any:
        """Return the *parent* that is about to be set, or raise."""
        # nothing can be below what is only being made
        if parent is not None and not (is_constructing(self) and not self.__dict__.get("children")):
            self._refuse_parent(parent)
        return parent

    def _checked_child(self, child: Any) -> Any:
        """Return the *child* that is about to join, or raise."""
        # set from the other side, it was checked there
        if child.__dict__.get("parent") is not self and not is_constructing(child):
            child._refuse_parent(self)
        return child

    def _refuse_parent(self, parent: Any) -> None:
        """Raise `CircularDependencyError` if *parent* must not become the parent of this."""
        if parent is self or any(each is self for each in ancestors(parent)):
            raise CircularDependencyError(
                f"{type(self).__name__}.parent of {self!r} must not be {parent!r}, which is "
                f"{'the same' if parent is self else 'below it'}",
                node=self,
                parent=parent,
            )


def _walk_below(node: Any, method: TraversalDirection) -> Iterator[Any]:
    load_descendants([node])
    yield from walk(node, lambda each: each.children, method)


def _forget_former_parents(session: Session) -> None:
    """Let a hierarchy be turned round within one flush.

    SQLAlchemy writes parents before children, and counts those that were: where two have changed
    places, no order is left. The rows ask for no order, because each names its parent itself, and
    all updates come before the first delete.
    """
    for node in (*session.dirty, *session.deleted):
        if not isinstance(node, DAGMixin):
            continue
        changes = instance_state(node).committed_state
        former = changes.get("parent")
        if isinstance(former, DAGMixin):
            changes["parent"] = NO_VALUE
            inspect(former).committed_state.pop("children", None)


# when all else is settled: whoever loads a list of children brings the former ones back
StudioSession.before_writing.append(_forget_former_parents)


def ancestors(node: Any) -> list[Any]:
    """Return the parent, its parent, and so on.

    Raises `CircularDependencyError` where two sessions have made a circle together.
    """
    found: dict[Any, None] = {}
    above = node.parent
    while above is not None:
        if above in found:
            raise CircularDependencyError(
                f"{type(node).__name__}.parents of {node!r} go round in a circle through {above!r}",
                node=node,
                parent=above,
            )
        found[above] = None
        above = above.parent
    return list(found)


def has_children(node: Any, besides: Collection[Any] = ()) -> bool:
    """Say whether *node* has children, other than *besides*, without loading them.

    That there are none is asked once: it is all there is to load.
    """
    loaded = node.__dict__.get("children")
    if loaded is not None:
        return any(child not in besides for child in loaded) if besides else bool(loaded)
    session = object_session(node)
    state = node._sa_instance_state
    if session is None or not state.has_identity:
        return any(child not in besides for child in node.children)
    # what was added or removed since the list was last known is kept apart
    history = pending(node, "children")
    if any(child not in besides for child in history.added):
        return True
    column = type(node).parent_id.property.columns[0]
    with session.no_autoflush:  # reading an id that is expired is a query, too
        gone = [child.id for child in (*history.deleted, *besides) if child.id]
        found = bool(session.scalar(_other_children(column), {"node": node.id, "gone": gone}))
    if not found and not gone:
        set_committed_value(node, "children", [])
    return found


@cache  # what takes longest is to put it together
def _other_children(parent_id: Any) -> Any:
    gone: Any = bindparam("gone", expanding=True)
    return select(exists().where(parent_id == bindparam("node"), parent_id.table.c.id.not_in(gone)))
