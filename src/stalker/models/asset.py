"""`Asset`: something that is built for a project and used in its shots."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from stalker.models.mixins import CodeMixin
from stalker.models.task import Task
from stalker.models.version import graph

if TYPE_CHECKING:
    from stalker.models.shot import Shot

__all__ = ["Asset"]


class Asset(Task, CodeMixin):
    """A character, a prop, an environment …, usually a container of tasks; it has a type."""

    __auto_name__: ClassVar[bool] = False
    __strictly_typed__: ClassVar[bool] = True
    __targeted_type__: ClassVar[bool] = True

    asset_id: Mapped[int] = mapped_column(
        "id", ForeignKey("Tasks.id", ondelete="CASCADE"), primary_key=True
    )

    def used_in_shots(self) -> list[Shot]:
        """Return the shots in which a version was made from one of this, however indirectly."""
        return graph.shots_using(self)
