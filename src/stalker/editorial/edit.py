"""How a shot is used in an edit, in the words that cuts and projects share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from stalker.core.frames import FrameRange, exact_rate, in_rate
from stalker.editorial.cut import CutShot

__all__ = ["Edit", "StoredShot", "of_clip"]


@dataclass(frozen=True, slots=True)
class Edit:
    """One use of a shot. Media frames count at `fps`, record frames at the rate of the project.

    ``cut_in <= source_in <= source_out <= cut_out`` always holds, as in `CutShot`.
    """

    code: str
    cut_in: int
    cut_out: int
    source_in: int
    source_out: int
    #: ``None`` as long as the shot was in no cut
    record_in: int | None
    fps: float
    #: ``None`` where nobody has told it
    record_track: int | None = None
    clip_name: str | None = None
    clip_media: str | None = None
    #: ``None`` is 1
    clip_speed: float | None = None

    @property
    def source_range(self) -> FrameRange:
        """The frames between the edit points."""
        return FrameRange(self.source_in, self.source_out)

    @property
    def rate(self) -> Fraction:
        """Frames of the media per second, exactly."""
        return exact_rate(self.fps)

    @property
    def speed(self) -> float:
        """How fast it plays."""
        return 1.0 if self.clip_speed is None else self.clip_speed

    @property
    def place(self) -> tuple[int, int]:
        """What edits of one timeline are sorted by; only for one that was in a cut."""
        return self.record_in or 0, self.record_track or 1

    def with_handles(self, head: int, tail: int) -> Edit:
        """Return it with at least so many frames beyond the edit points."""
        return replace(
            self,
            cut_in=min(self.cut_in, self.source_in - head),
            cut_out=max(self.cut_out, self.source_out + tail),
        )


@dataclass(frozen=True, slots=True)
class StoredShot:
    """A shot as a project has it."""

    id: int
    edit: Edit
    #: code of its status
    status: str
    #: it was in a cut and is no more
    is_omitted: bool = False

    @property
    def code(self) -> str:
        """Its code."""
        return self.edit.code


def of_clip(clip: CutShot, cut_rate: float, project_rate: Fraction) -> Edit:
    """Return what *clip* of a cut at *cut_rate* means in a project at *project_rate*."""
    return Edit(
        code=clip.code,
        cut_in=clip.cut_in,
        cut_out=clip.cut_out,
        source_in=clip.source_in,
        source_out=clip.source_out,
        record_in=in_rate(clip.record_in, cut_rate, project_rate),
        fps=clip.fps,
        record_track=clip.track_number,
        clip_name=clip.name,
        clip_media=clip.media,
        clip_speed=clip.speed,
    )
