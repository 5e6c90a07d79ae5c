"""From a cut to a sequence of shots."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from stalker.core.frames import exact_rate, in_rate
from stalker.models.sequence import Sequence
from stalker.models.shot import Shot

if TYPE_CHECKING:
    from stalker.editorial import Cut
    from stalker.models.project import Project

__all__ = ["import_cut"]


def import_cut(
    cut: Cut, project: Project, sequence: Sequence | None = None, handles: int = 0
) -> Iterator[Shot]:
    """Make a shot of *project* for each clip of *cut*, and yield it: a caller can show progress.

    The shots belong to *sequence* and are its children; without one, a sequence named after the cut
    is made. Ranges and rates are those of the cut, exactly; a shot is made with at least so many
    *handles* on both sides of its edit points, more where a transition shows more. A project of
    another rate than the cut counts the place of a shot at its own. Nothing is written: the shots
    are in the session of the project, if it has one.
    """
    if sequence is None:
        sequence = Sequence(name=cut.name, code=cut.name[:256], project=project)
    for clip in cut.shots:
        yield Shot(
            name=clip.code,
            code=clip.code,
            description=_origin(clip.name, clip.media),
            parent=sequence,
            sequences=[sequence],
            cut_in=min(clip.cut_in, clip.source_in - handles),
            cut_out=max(clip.cut_out, clip.source_out + handles),
            source_in=clip.source_in,
            source_out=clip.source_out,
            record_in=in_rate(clip.record_in, cut.fps, project.fps),
            # a shot without a rate of its own follows its project
            fps=None if exact_rate(clip.fps) == project.frame_rate else clip.fps,
        )


def _origin(name: str, media: str | None) -> str:
    return name if media is None else f"{name}\n{media}"
