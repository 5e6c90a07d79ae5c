"""`Daily`: a session in which the outputs of several tasks are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import ForeignKey, Select, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stalker.core.rules import instance_of, integer
from stalker.db.association import Association, end, members
from stalker.db.collections import UNRANKED, RankedList
from stalker.db.declarative import named
from stalker.db.session import quiet, stored_in
from stalker.exceptions import StatusError
from stalker.models.entity import Entity
from stalker.models.mixins import ProjectMixin, StatusMixin

if TYPE_CHECKING:
    from stalker.models.link import Link
    from stalker.models.task import Task
    from stalker.models.version import Version

__all__ = ["Daily", "DailyLink"]

_OPEN, _CLOSED = "OPEN", "CLS"


class DailyLink(Association):
    """A link in a daily. What has the lowest rank is shown first."""

    __tablename__ = "Daily_Links"
    __ends__ = ("daily", "link")

    daily_id: Mapped[int] = mapped_column(
        ForeignKey("Dailies.id", ondelete="CASCADE"), primary_key=True
    )
    link_id: Mapped[int] = mapped_column(
        ForeignKey("Links.id", ondelete="CASCADE"), primary_key=True
    )
    #: need not be unique, and may have gaps
    rank: Mapped[int] = mapped_column(default=0, info={"rules": (integer(),)})
    #: where it is shown
    daily: Mapped[Daily | None] = end("daily", "Daily", back_populates="link_relations")
    #: what is shown
    link: Mapped[Link | None] = end("link", "Link")

    def __init__(
        self,
        daily: Daily | None = None,
        link: Link | None = None,
        rank: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.rank = 0 if rank is None else rank
        if rank is None:
            self.__dict__[UNRANKED] = True
        self.link = link
        self.daily = daily

    def _take_effect(self) -> None:
        # in a list that was not loaded, it has no place yet
        if UNRANKED in self.__dict__ and self.daily is not None:
            self.daily.link_relations.settle()  # type: ignore[attr-defined]


def _into_daily(row: DailyLink, assign: Callable[[], None]) -> None:
    assign()
    row._take_effect()


def _ranked(row: DailyLink, assign: Callable[[], None]) -> None:
    """Move a row to where its new rank is."""
    assign()
    row.__dict__.pop(UNRANKED, None)
    rows = None if row.daily is None else row.daily.__dict__.get("link_relations")
    if rows is not None:
        rows.settle()


DailyLink.__effects__ = {"daily": _into_daily, "rank": _ranked}


class Daily(Entity, StatusMixin, ProjectMixin):
    """A session in which links, outputs of versions above all, are shown one after the other.

    A new one is open. Deleting it keeps the links. A note that was made in it may be attached to
    the daily and to the link that it is about.
    """

    __auto_name__: ClassVar[bool] = False

    daily_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    #: what is shown, each with its rank; `links` shows the links alone
    link_relations: Mapped[list[DailyLink]] = relationship(
        back_populates="daily",
        order_by=(DailyLink.rank, DailyLink.link_id),
        collection_class=RankedList,
        cascade="all, delete-orphan",
        passive_deletes=True,
        info={"rules": (instance_of("DailyLink"),)},
    )
    #: by rank; a new one comes last
    links = members("link_relations", "DailyLink", "link", "Link", strict=True)

    def __init__(self, links: list[Link] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if links is not None:
            self.links = links

    def __iter__(self) -> Iterator[Link]:
        return iter(self.links)

    @property
    def versions(self) -> list[Version]:
        """The versions whose outputs are shown, each once, in the order of the links.

        What is pending is written first. Without a database, those of the tasks of the project.
        """
        session = stored_in(self)
        if session is None:
            return self._versions_in_memory()
        version = named("Version")
        return list(session.scalars(_in_order(version, self._ranks(version.__table__.c.id))))

    @property
    def tasks(self) -> list[Task]:
        """The tasks of `versions`, each once."""
        session = stored_in(self)
        if session is None:
            return list(dict.fromkeys(each.task for each in self._versions_in_memory()))
        ranks = self._ranks(named("Version").__table__.c.task_id)
        return list(session.scalars(_in_order(named("Task"), ranks)))

    def _ranks(self, column: Any) -> Select[Any]:
        """Return the query for *column* of the versions that are shown, and their lowest rank."""
        versions = column.table.c
        outputs = named("Version").outputs.property.secondary.c
        shown = DailyLink.__table__.c
        query = select(column.label("id"), func.min(shown.rank).label("rank"))
        query = query.join(outputs.version_id.table, outputs.version_id == versions.id)
        query = query.join(shown.rank.table, shown.link_id == outputs.link_id)
        return query.where(shown.daily_id == self.id).group_by(column)

    def _versions_in_memory(self) -> list[Version]:
        with quiet:
            makers: dict[Link, list[Version]] = {}
            for task in () if self.project is None else self.project.tasks:
                for version in task.versions:
                    for link in version.outputs:
                        makers.setdefault(link, []).append(version)
            shown = dict.fromkeys(each for link in self.links for each in makers.get(link, ()))
        return list(shown)

    # --- Status -----------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether it was not closed."""
        return bool(self.status.code != _CLOSED)

    def close(self) -> None:
        """Set the status to closed.

        Raises `StatusError`, as `reopen()` does, if its list has no status with the code.
        """
        self._turn(_CLOSED)

    def reopen(self) -> None:
        """Set the status to open again."""
        self._turn(_OPEN)

    def _turn(self, code: str) -> None:
        status = self.status_list[code]
        if status is None:
            raise StatusError(
                f"{type(self).__name__}.status of {self!r} cannot become {code}: "
                f"{self.status_list!r} has no such status",
                daily=self,
            )
        self.status = status


def _in_order(kind: Any, ranks: Select[Any]) -> Select[Any]:
    first = ranks.subquery()
    return select(kind).join(first, first.c.id == kind.id).order_by(first.c.rank, kind.id)
