"""What the frames of a shot mean: ranges, handles, timecode and the place in the edit.

Media are counted at the rate of the shot, the timeline of the editor at that of the project.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from stalker.core.frames import FrameRange, exact_rate
from stalker.core.rules import all_of, at_least, integer, wrong_value
from stalker.core.timecode import timecode

if TYPE_CHECKING:
    from stalker.models.project import Project

_frame = integer()
_frames = all_of(integer(), at_least(0))


class ShotFrames:
    """The arithmetic of `Shot`, without a column of its own.

    The cut range is what is made; the source range is what the edit uses of it; the frames before
    and after are the handles.
    """

    if TYPE_CHECKING:
        cut_in: Any
        cut_out: Any
        source_in: Any
        source_out: Any
        record_in: Any
        fps: Any
        project: Any

    @property
    def frame_rate(self) -> Fraction:
        """Frames per second, exactly: 24000/1001 where `fps` is 23.976."""
        return exact_rate(self.fps, f"{type(self).__name__}.fps")

    @property
    def cut_range(self) -> FrameRange:
        """The frames that are made, with the handles."""
        return FrameRange(self.cut_in, self.cut_out)

    @property
    def source_range(self) -> FrameRange:
        """The frames that the edit uses, without the handles."""
        return FrameRange(self.source_in, self.source_out)

    @property
    def record_range(self) -> FrameRange | None:
        """Where the source range lies in the timeline; `None` as long as `record_in` is not known.

        Its length is that of the source range, unless the shot has another rate than its project:
        then it ends with the last frame of the timeline that begins within the source range.
        """
        if self.record_in is None:
            return None
        frames = math.ceil(len(self.source_range) / self._media_per_record)
        return FrameRange.of_length(self.record_in, frames)

    @property
    def record_out(self) -> int | None:
        """Last frame in the timeline of the editor."""
        return None if self.record_range is None else self.record_range.last

    # --- Handles ----------------------------------------------------------------------------------

    @property
    def handle_in(self) -> int:
        """How many frames are made before the first one that the edit uses.

        Setting it moves `cut_in`; the edit stays.
        """
        return int(self.source_in - self.cut_in)

    @handle_in.setter
    def handle_in(self, frames: int) -> None:
        self.cut_in = self.source_in - _frames(frames, f"{type(self).__name__}.handle_in")

    @property
    def handle_out(self) -> int:
        """How many frames are made after the last one that the edit uses.

        Setting it moves `cut_out`; the edit stays.
        """
        return int(self.cut_out - self.source_out)

    @handle_out.setter
    def handle_out(self, frames: int) -> None:
        self.cut_out = self.source_out + _frames(frames, f"{type(self).__name__}.handle_out")

    # --- Time -------------------------------------------------------------------------------------

    @property
    def cut_seconds(self) -> Fraction:
        """How long the cut range is, exactly."""
        return self.cut_range.seconds(self.frame_rate)

    @property
    def source_seconds(self) -> Fraction:
        """How long the shot is on screen in the edit, exactly."""
        return self.source_range.seconds(self.frame_rate)

    def timecode(self, frame: int | None = None, drop_frame: bool = False) -> str:
        """Return the timecode of a *frame* of the media, by default of the first one in the edit.

        Raises `ValueError` at a rate that has no timecode.
        """
        return timecode(self.source_in if frame is None else frame, self.frame_rate, drop_frame)

    def record_timecode(self, drop_frame: bool = False) -> str | None:
        """Return the timecode at which the shot begins in the edit; `None` if it is not known.

        Raises `ValueError` at a rate that has no timecode.
        """
        if self.record_in is None:
            return None
        return timecode(self.record_in, self._record_rate, drop_frame)

    # --- From the timeline to the media, and back -------------------------------------------------

    def record_to_source(self, frame: int) -> int:
        """Return the frame of the media that is seen at a *frame* of the timeline.

        The handles can be asked for too: they lie before `record_in` and behind `record_out`.
        Raises `ValueError` for a frame that does not show the shot, or without `record_in`.
        """
        where = f"{type(self).__name__}.record_to_source"
        offset = _frame(frame, where) - self._known_record_in(where)
        found: int = self.source_in + math.floor(offset * self._media_per_record)
        if found not in self.cut_range:
            raise wrong_value(where, f"asked for a frame that shows {self.cut_range}", frame)
        return found

    def source_to_record(self, frame: int) -> int:
        """Return the first frame of the timeline at which a *frame* of the media is seen.

        Raises `ValueError` for a frame outside of the cut range, or without `record_in`.
        """
        where = f"{type(self).__name__}.source_to_record"
        if _frame(frame, where) not in self.cut_range:
            raise wrong_value(where, f"asked for a frame of {self.cut_range}", frame)
        offset: int = math.ceil((frame - self.source_in) / self._media_per_record)
        return self._known_record_in(where) + offset

    @property
    def _record_rate(self) -> Fraction:
        project: Project = self.project
        return project.frame_rate

    @property
    def _media_per_record(self) -> Fraction:
        return self.frame_rate / self._record_rate

    def _known_record_in(self, where: str) -> int:
        if self.record_in is None:
            raise ValueError(f"{where} needs a record_in: {self!r} has no place in the edit")
        return int(self.record_in)
