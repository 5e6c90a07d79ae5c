"""`StatusMixin`: is in one of the statuses of a list."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, event, select
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import (
    Mapped,
    Session,
    declared_attr,
    mapped_column,
    object_session,
    relationship,
)

from stalker.core.rules import instance_of, shown, wrong_type, wrong_value
from stalker.db.declarative import KeywordConstructor, named
from stalker.db.session import DBSession, StudioSession, is_bound

if TYPE_CHECKING:
    from stalker.models.status import Status, StatusList

_is_list = instance_of("StatusList")
_NEXT_LIST = "_next_status_list"


def _targets(cls: type) -> list[str]:
    """Names of the classes whose status lists fit *cls*, its own first."""
    return [base.__name__ for base in cls.__mro__ if issubclass(base, StatusMixin)]


def _fitting_list(obj: Any, value: Any) -> Any:
    cls = type(obj)
    where = f"{cls.__name__}.status_list"
    if value is None:
        value = default_status_list(cls, object_session(obj))
        if value is None:
            raise TypeError(
                f"{where} must be a StatusList for {cls.__name__}: none was given, and the "
                "database has none; db.setup() connects to one, and db.init() creates the usual "
                "lists in it"
            )
        return value
    _is_list(value, where)
    if value.target_entity_type not in _targets(cls):
        raise TypeError(
            f"{where} must be a StatusList for {cls.__name__}, not one for "
            f"{value.target_entity_type}"
        )
    return value


@event.listens_for(StudioSession, "after_flush")
def _forget_lists(session: Session, context: Any) -> None:
    kind = named("StatusList")
    written = itertools.chain(session.new, session.dirty, session.deleted)
    if any(isinstance(each, kind) for each in written):
        session.info.pop("status_lists", None)


def default_status_list(cls: type, session: Session | None = None) -> StatusList | None:
    """Return the stored list for *cls*, or for its nearest base class that has one.

    Looked up once in each session, until it writes a list; in `DBSession`, unless another one is
    given.
    """
    session = DBSession() if session is None else session
    known: dict[type, StatusList] = session.info.setdefault("status_lists", {})
    found = known.get(cls)
    if found is not None and object_session(found) is session:
        return found
    if not is_bound(session):
        return None
    found = _stored_list(session, _targets(cls))
    if found is not None:
        known[cls] = found
    return found


def _stored_list(session: Session, targets: list[str]) -> StatusList | None:
    kind = named("StatusList")
    query = select(kind).where(kind.target_entity_type.in_(targets))
    try:
        with session.no_autoflush:
            found = session.scalars(query).all()
    except (OperationalError, ProgrammingError):  # the database has no tables yet
        session.rollback()
        return None
    return min(found, key=lambda each: targets.index(each.target_entity_type), default=None)


def _of_list(obj: Any, value: Any) -> Any:
    where = f"{type(obj).__name__}.status"
    # while the list is being replaced, the next one counts
    statuses = obj.__dict__.get(_NEXT_LIST) or obj.status_list
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        index = value or 0
        if statuses is None or not 0 <= index < len(statuses):
            size = 0 if statuses is None else len(statuses)
            raise wrong_value(where, f"an index into the {size} statuses of its list", value)
        return statuses[index]
    if not isinstance(value, named("Status")):
        codes = ", ".join(each.code for each in statuses or ())
        raise wrong_type(where, f"a Status of its list ({codes}) or an index into it", value)
    if value not in statuses:
        raise wrong_value(where, f"one of {shown(list(statuses))}", value)
    return value


class StatusMixin(KeywordConstructor):
    """Adds `status_list` and `status`.

    Without a list of its own an object uses the one that the database holds for its class, or for
    the nearest base class. The status may also be set by its index in the list.
    """

    status_list_id: Mapped[int] = mapped_column(ForeignKey("StatusLists.id"))
    status_id: Mapped[int] = mapped_column(ForeignKey("Statuses.id"))

    @declared_attr
    def status_list(cls: Any) -> Mapped[StatusList]:
        """The statuses that are possible here."""
        return relationship(
            "StatusList", foreign_keys=lambda: cls.status_list_id, info={"check": _with_status}
        )

    @declared_attr
    def status(cls: Any) -> Mapped[Status]:
        """One of the statuses of `status_list`; may be set by its index in it."""
        return relationship(
            "Status",
            foreign_keys=lambda: cls.status_id,
            # whoever is told of a change wants to know from what
            active_history=True,
            info={"check": _of_list},
        )

    def __init__(
        self,
        status: Status | int | None = None,
        status_list: StatusList | None = None,
        **kwargs: Any,
    ) -> None:
        self.status_list = status_list
        self._begin(status)
        super().__init__(**kwargs)

    def _begin(self, status: Status | int | None) -> None:
        """Set the first status."""
        self.status = status


def _with_status(obj: Any, value: Any) -> Any:
    """Return the list; an object whose status is not in it falls back to its first status."""
    value = _fitting_list(obj, value)
    status = obj.__dict__.get("status")
    if status is not None and status not in value:
        if not len(value):
            raise wrong_value(f"{type(obj).__name__}.status_list", "a list with a status", value)
        obj.__dict__[_NEXT_LIST] = value
        try:
            obj.status = value[0]
        finally:
            del obj.__dict__[_NEXT_LIST]
    return value
