"""What a scene has to be like for the shot or the project it is made for."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from stalker.models.shot import Shot

if TYPE_CHECKING:
    from stalker.models.task import Task

__all__ = ["SceneSettings", "settings_for"]


class SceneSettings(NamedTuple):
    """Rate, frames and picture of a scene. `None` is what the production says nothing about."""

    #: frames per second, exactly: 24000/1001 where people say 23.976
    frame_rate: Fraction
    #: the frames of the cut, both included
    first_frame: int | None = None
    last_frame: int | None = None
    #: pixels
    width: int | None = None
    height: int | None = None
    pixel_aspect: float = 1.0


def settings_for(task: Task) -> SceneSettings:
    """Return what the shot at or above *task* says, else what the project does."""
    chain = (task, *reversed(task.parents))
    shot = next((each for each in chain if isinstance(each, Shot)), None)
    of = shot or task.project
    picture = of.image_format
    return SceneSettings(
        frame_rate=of.frame_rate,
        first_frame=None if shot is None else shot.cut_in,
        last_frame=None if shot is None else shot.cut_out,
        width=None if picture is None else picture.width,
        height=None if picture is None else picture.height,
        pixel_aspect=1.0 if picture is None else picture.pixel_aspect,
    )
