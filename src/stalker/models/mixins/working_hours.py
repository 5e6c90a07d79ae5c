"""`WorkingHoursMixin`: works at certain hours of the week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from stalker.core.rules import default, instance_of
from stalker.db.declarative import KeywordConstructor, named

if TYPE_CHECKING:
    from stalker.models.studio import WorkingHours


class WorkingHoursMixin(KeywordConstructor):
    """Adds `working_hours`; without any, the configured ones, in an object of their own."""

    # hours in use cannot be deleted
    working_hours_id: Mapped[int | None] = mapped_column(ForeignKey("WorkingHours.id"))

    @declared_attr
    def working_hours(cls: Any) -> Mapped[WorkingHours]:
        """When work is done in a week."""
        return relationship(
            "WorkingHours",
            foreign_keys=lambda: cls.working_hours_id,
            lazy="joined",
            info={"rules": (default(lambda: named("WorkingHours")()), instance_of("WorkingHours"))},
        )

    def __init__(self, working_hours: WorkingHours | None = None, **kwargs: Any) -> None:
        self.working_hours = working_hours
        super().__init__(**kwargs)
