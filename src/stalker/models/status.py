"""Statuses, and the lists in which an entity finds its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stalker.core.rules import instance_of
from stalker.db.association import Association, end, members
from stalker.db.collections import OrderedList
from stalker.db.session import quiet
from stalker.models.entity import Entity
from stalker.models.mixins import CodeMixin, TargetEntityTypeMixin

__all__ = ["Status", "StatusList", "StatusListStatus"]


class Status(Entity, CodeMixin):
    """One state, shared between status lists.

    A status equals a `str` that is its name or its code, ignoring case: `task.status == "wip"`. It
    is not found by that text in a `set` or as a key of a `dict`.
    """

    __auto_name__: ClassVar[bool] = False

    def __init__(self, name: str | None = None, code: str | None = None, **kwargs: Any) -> None:
        super().__init__(name=name, code=code, **kwargs)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            text = other.casefold()
            return text in (self.name.casefold(), self.code.casefold())
        return self is other

    __hash__ = object.__hash__


class StatusListStatus(Association):
    """The place of one status in one list."""

    __tablename__ = "StatusList_Statuses"
    __ends__: ClassVar[tuple[str, str]] = ("status_list", "status")

    status_list_id: Mapped[int] = mapped_column(
        ForeignKey("StatusLists.id", ondelete="CASCADE"), primary_key=True
    )
    status_id: Mapped[int] = mapped_column(ForeignKey("Statuses.id"), primary_key=True)
    position: Mapped[int | None]
    status_list: Mapped[StatusList | None] = end(
        "status_list", "StatusList", back_populates="status_rows"
    )
    status: Mapped[Status | None] = end("status", "Status", lazy="joined", innerjoin=True)

    def __init__(self, status_list: StatusList | None = None, status: Status | None = None) -> None:
        self.status_list = status_list
        self.status = status
        super().__init__()


class StatusList(Entity, TargetEntityTypeMixin):
    """The statuses that the entities of one class can have, in order; the first is the default.

    Behaves like a list of its statuses, in which `status_list["wip"]` finds one by name or code. An
    empty list is falsy: test for `is None`.
    """

    __unique_target__: ClassVar[bool] = True

    #: the statuses with their places; `statuses` shows the statuses alone
    status_rows: Mapped[list[StatusListStatus]] = relationship(
        back_populates="status_list",
        order_by=StatusListStatus.position,
        collection_class=OrderedList,
        cascade="all, delete-orphan",
        passive_deletes=True,
        info={"rules": (instance_of("StatusListStatus"),)},
    )
    #: the statuses, in order
    statuses = members("status_rows", "StatusListStatus", "status", "Status", strict=True)

    def __init__(
        self,
        statuses: list[Status] | None = None,
        target_entity_type: str | type | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(target_entity_type=target_entity_type, **kwargs)
        self.statuses = [] if statuses is None else statuses

    def __getitem__(self, key: int | slice | str) -> Any:
        if not isinstance(key, str):
            return self.statuses[key]
        with quiet:
            return next((row.status for row in self.status_rows if row.status == key), None)

    def __setitem__(self, index: int, status: Status) -> None:
        self.statuses[index] = status

    def __delitem__(self, index: int) -> None:
        del self.statuses[index]

    def __len__(self) -> int:
        return len(self.statuses)

    def __iter__(self) -> Iterator[Status]:
        return iter(self.statuses)

    def __contains__(self, status: object) -> bool:
        with quiet:
            return status in [row.status for row in self.status_rows]
