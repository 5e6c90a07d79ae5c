"""What a cut is: shots in order, each with the frames it uses.

All frames are integers and every range includes its last frame, as artists and render farms count
them. Editorial formats count an exclusive end; the reader converts once, here nothing is exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from stalker.exceptions import StalkerError


class CutError(StalkerError, ValueError):
    """A file that cannot be read as a cut; the text is one line with the file and the reason."""


@dataclass(frozen=True, slots=True)
class CutShot:
    """One clip of the picture edit.

    ``cut_in <= source_in <= source_out <= cut_out`` always holds.

    Frames of the media are counted at ``fps``, the rate of the clip, and start where the media
    starts: a clip that begins at timecode 01:00:00:00 of a 24 fps tape begins at frame 86400.
    Frames of the record side are counted at the rate of the cut and are those of ``source_in`` and
    ``source_out``, so that the shots of a track without gaps follow each other without overlap.
    """

    #: unique within the cut, letters, digits, ``_`` and ``-`` only
    code: str
    #: the name in the file, as it was
    name: str
    #: first frame that is seen at all: `source_in` less the head of a transition
    cut_in: int
    #: last frame that is seen at all: `source_out` and the tail of a transition
    cut_out: int
    #: first frame between the two edit points
    source_in: int
    #: last frame between the two edit points
    source_out: int
    #: first frame in the timeline, with the start timecode of the timeline if it has one
    record_in: int
    #: last frame in the timeline
    record_out: int
    #: frames per second of the media frames above
    fps: float
    #: where the file says that the media are; never opened, may be a URL, a path or a pattern
    media: str | None
    #: name of the track, ``V1``, ``V2``, ... where it has none
    track: str
    #: 1 is normal, 2 twice as fast, 0 a freeze frame, negative backwards. The frame ranges keep the
    #: length on screen, because that is what a shot is bid and reviewed by
    speed: float = 1.0
    #: the clip is a nested sequence; its frames count from its own start
    nested: bool = False
    #: place of the track among the video tracks that are used, 1 is the lowest
    track_number: int = 1

    @property
    def duration(self) -> int:
        """Frames between the two edit points."""
        return self.source_out - self.source_in + 1


@dataclass(frozen=True, slots=True)
class Cut:
    """A picture edit as one file tells it."""

    name: str
    #: frames per second of the timeline, as in the file: 59.94 stays 59.94
    fps: float
    #: track by track from the lowest, each in the order of time
    shots: tuple[CutShot, ...]
    source: Path
    #: what the file says and a `CutShot` cannot, one sentence each
    warnings: tuple[str, ...] = ()
