"""`Scene`: shots of one set-up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stalker.core.rules import instance_of
from stalker.db.association import pairs
from stalker.models.entity import Entity
from stalker.models.mixins import CodeMixin, ProjectMixin

if TYPE_CHECKING:
    from stalker.models.shot import Shot

__all__ = ["Scene"]

shot_scenes = pairs("Shot_Scenes", ("shot_id", "Shots"), ("scene_id", "Scenes"))


class Scene(Entity, ProjectMixin, CodeMixin):
    """Groups shots by their set or location. It is no task: it has no status and no schedule."""

    __auto_name__: ClassVar[bool] = False
    __targeted_type__: ClassVar[bool] = True

    scene_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    #: the shots of this set or location
    shots: Mapped[list[Shot]] = relationship(
        secondary=shot_scenes,
        back_populates="scenes",
        passive_deletes=True,
        info={
            "rules": (instance_of("Shot"),),
            "check": lambda scene, shot: shot._checked_group("scenes", scene) and shot,
        },
    )

    def __init__(self, shots: list[Shot] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if shots is not None:
            self.shots = shots
