"""`Variant`: one of several forms of the work on something."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from stalker.models.task import Task

__all__ = ["Variant"]


class Variant(Task):
    """A form of its parent, "Damaged" or "LOD1", with versions and a status of its own.

    Unlike a take it can be depended on and reviewed. It adds nothing to a task but the name of its
    class. Without a status list for variants it uses that of tasks.
    """

    __auto_name__: ClassVar[bool] = False
    __targeted_type__: ClassVar[bool] = True

    variant_id: Mapped[int] = mapped_column(
        "id", ForeignKey("Tasks.id", ondelete="CASCADE"), primary_key=True
    )
