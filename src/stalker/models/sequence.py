"""`Sequence`: shots that follow each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stalker.core.rules import instance_of
from stalker.db.association import pairs
from stalker.models.mixins import CodeMixin
from stalker.models.task import Task

if TYPE_CHECKING:
    from stalker.models.shot import Shot

__all__ = ["Sequence"]

shot_sequences = pairs("Shot_Sequences", ("shot_id", "Shots"), ("sequence_id", "Sequences"))


class Sequence(Task, CodeMixin):
    """Groups shots by their order in the film. A shot may be in several."""

    __auto_name__: ClassVar[bool] = False
    __targeted_type__: ClassVar[bool] = True

    sequence_id: Mapped[int] = mapped_column(
        "id", ForeignKey("Tasks.id", ondelete="CASCADE"), primary_key=True
    )
    #: the shots that belong to it, whose parent may be something else
    shots: Mapped[list[Shot]] = relationship(
        secondary=shot_sequences,
        back_populates="sequences",
        passive_deletes=True,
        info={
            "rules": (instance_of("Shot"),),
            "check": lambda sequence, shot: shot._checked_group("sequences", sequence) and shot,
        },
    )

    def __init__(self, shots: list[Shot] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if shots is not None:
            self.shots = shots
