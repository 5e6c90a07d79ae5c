"""`Shot`: one continuous piece of footage."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import CheckConstraint, Column, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship, synonym

from stalker.core.rules import (
    at_least,
    converted,
    instance_of,
    integer,
    number,
    optional,
    positive,
    text,
    wrong_value,
)
from stalker.db.construction import is_constructing
from stalker.db.session import quiet
from stalker.models import shot_codes
from stalker.models.mixins import CodeMixin
from stalker.models.scene import shot_scenes
from stalker.models.sequence import shot_sequences
from stalker.models.shot_frames import ShotFrames
from stalker.models.task import Task

if TYPE_CHECKING:
    from stalker.models.format import ImageFormat
    from stalker.models.project import Project
    from stalker.models.scene import Scene
    from stalker.models.sequence import Sequence

__all__ = ["Shot"]

_frame = integer()


class Shot(Task, CodeMixin, ShotFrames):
    """One continuous piece of footage, with the frames that are made and the frames that are used.

    Frames are integers, may be negative, and both ends of a range belong to it. Always
    `cut_in <= source_in <= source_out <= cut_out`: a cut range that gets smaller takes the source
    range with it.

    Codes are unique among the shots of a project.
    """

    __auto_name__: ClassVar[bool] = True
    __targeted_type__: ClassVar[bool] = True

    shot_id: Mapped[int] = mapped_column(
        "id", ForeignKey("Tasks.id", ondelete="CASCADE"), primary_key=True
    )
    # kept on both tables, so that the database can refuse a code that exists
    project_id: Mapped[int] = column_property(
        Column("project_id", ForeignKey("Projects.id", ondelete="CASCADE"), nullable=False),
        Task.project_id,
    )
    _cut_in: Mapped[int] = mapped_column("cut_in")
    _cut_out: Mapped[int] = mapped_column("cut_out")
    _source_in: Mapped[int] = mapped_column("source_in")
    _source_out: Mapped[int] = mapped_column("source_out")
    #: first frame in the timeline of the editor
    record_in: Mapped[int | None] = mapped_column(info={"rules": (optional(integer()),)})
    #: video track in the timeline of the editor, 1 is the lowest
    record_track: Mapped[int | None] = mapped_column(
        info={"rules": (optional(integer(), at_least(1)),)}
    )
    #: what the editor called the clip when a cut last changed the shot: a new name alone does not
    clip_name: Mapped[str | None] = mapped_column(Text, info={"rules": (optional(text()),)})
    #: where the editor says that the media of the clip are: a path, a pattern or a URL
    clip_media: Mapped[str | None] = mapped_column(Text, info={"rules": (optional(text()),)})
    #: how fast the clip plays: 2 is twice as fast, 0 a freeze frame, negative backwards
    clip_speed: Mapped[float | None] = mapped_column(
        info={"rules": (optional(number(), converted(float)),)}
    )
    _fps: Mapped[float | None] = mapped_column(
        "fps", info={"rules": (optional(number(), positive(), converted(float)),)}
    )
    # an image format in use cannot be deleted
    image_format_id: Mapped[int | None] = mapped_column(ForeignKey("ImageFormats.id"))
    _image_format: Mapped[ImageFormat | None] = relationship(
        foreign_keys=[image_format_id], info={"rules": (optional(instance_of("ImageFormat")),)}
    )
    #: where it appears in the film
    sequences: Mapped[list[Sequence]] = relationship(
        secondary=shot_sequences,
        back_populates="shots",
        passive_deletes=True,
        info={
            "rules": (instance_of("Sequence"),),
            "check": lambda shot, sequence: shot._checked_group("sequences", sequence),
        },
    )
    #: the sets or locations that it shows
    scenes: Mapped[list[Scene]] = relationship(
        secondary=shot_scenes,
        back_populates="shots",
        passive_deletes=True,
        info={
            "rules": (instance_of("Scene"),),
            "check": lambda shot, scene: shot._checked_group("scenes", scene),
        },
    )

    __table_args__ = (
        UniqueConstraint("project_id", "code"),
        CheckConstraint("cut_in <= cut_out", "cut"),
        CheckConstraint(
            "cut_in <= source_in AND source_in <= source_out AND source_out <= cut_out", "source"
        ),
    )

    def __init__(
        self,
        code: str | None = None,
        project: Project | None = None,
        sequences: list[Sequence] | None = None,
        scenes: list[Scene] | None = None,
        cut_in: int | None = None,
        cut_out: int | None = None,
        source_in: int | None = None,
        source_out: int | None = None,
        record_in: int | None = None,
        image_format: ImageFormat | None = None,
        fps: float | None = None,
        record_track: int | None = None,
        clip_name: str | None = None,
        clip_media: str | None = None,
        clip_speed: float | None = None,
        **kwargs: Any,
    ) -> None:
        self._set_frames(cut_in, cut_out, source_in, source_out)
        self.record_in = record_in
        self.record_track = record_track
        self.clip_name = clip_name
        self.clip_media = clip_media
        self.clip_speed = clip_speed
        self.fps = fps
        super().__init__(project=project, code=code, **kwargs)
        if image_format is not None:
            self.image_format = image_format
        if sequences is not None:
            self.sequences = sequences
        if scenes is not None:
            self.scenes = scenes

    def _set_frames(self, cut_in: Any, cut_out: Any, source_in: Any, source_out: Any) -> None:
        name = type(self).__name__
        given = {
            "cut_in": cut_in,
            "cut_out": cut_out,
            "source_in": source_in,
            "source_out": source_out,
        }
        for key, value in given.items():
            if value is not None:
                _frame(value, f"{name}.{key}")
        if cut_out is None:
            cut_out = 1 if cut_in is None else cut_in
        if cut_in is None or cut_in > cut_out:
            cut_in = cut_out
        self._cut_in, self._cut_out = cut_in, cut_out
        self._source_in, self._source_out = cut_in, cut_out
        if source_in is not None:
            self.source_in = source_in
        if source_out is not None:
            self.source_out = source_out

    def _take_effect(self) -> None:
        shot_codes.note(self, self.project)
        super()._take_effect()

    __checks__ = {"code": lambda shot, code: shot._checked_code(code)}

    def _checked_code(self, code: str) -> str:
        project = None if is_constructing(self) else self.project
        if project is not None and shot_codes.is_taken(code, project, besides=self):
            raise _taken(self, code, project)
        return code

    def _checked_project(self, project: Any) -> Any:
        # the code was set before the project was known
        if is_constructing(self) and shot_codes.is_taken(self.code, project, besides=self):
            raise _taken(self, self.code, project)
        return super()._checked_project(project)

    def _checked_group(self, attribute: str, group: Any) -> Any:
        if group.project is not self.project:
            raise ValueError(
                f"{type(self).__name__}.{attribute} of {self!r} must be of {self.project!r}, not "
                f"{group!r} of {group.project!r}"
            )
        return group

    @classmethod
    def code_is_available(cls, code: str, project: Project) -> bool:
        """Say whether a new shot of *project* may have *code*; true if either is missing."""
        return not code or project is None or not shot_codes.is_taken(code, project)

    _check_code_availability = code_is_available

    # --- Frames -----------------------------------------------------------------------------------

    def _get_cut_in(self) -> int:
        return self._cut_in

    def _set_cut_in(self, frame: int) -> None:
        with quiet:
            self._cut_in = _frame(frame, f"{type(self).__name__}.cut_in")
            self._cut_out = max(self._cut_out, self._cut_in)
            self._clamp_source()

    def _get_cut_out(self) -> int:
        return self._cut_out

    def _set_cut_out(self, frame: int) -> None:
        with quiet:
            self._cut_out = _frame(frame, f"{type(self).__name__}.cut_out")
            self._cut_in = min(self._cut_in, self._cut_out)
            self._clamp_source()

    def _clamp_source(self) -> None:
        self._source_in = min(max(self._source_in, self._cut_in), self._cut_out)
        self._source_out = min(max(self._source_out, self._cut_in), self._cut_out)

    def _get_source_in(self) -> int:
        return self._source_in

    def _set_source_in(self, frame: int) -> None:
        self._source_in = self._within(frame, "source_in", self._cut_in, self._source_out)

    def _get_source_out(self) -> int:
        return self._source_out

    def _set_source_out(self, frame: int) -> None:
        self._source_out = self._within(frame, "source_out", self._source_in, self._cut_out)

    def _within(self, frame: Any, attribute: str, first: int, last: int) -> int:
        where = f"{type(self).__name__}.{attribute}"
        if not first <= _frame(frame, where) <= last:
            raise wrong_value(where, f"from {first} to {last}", frame)
        return int(frame)

    #: first frame that is made; moving it behind `cut_out` moves both
    cut_in: Mapped[int] = synonym("_cut_in", descriptor=property(_get_cut_in, _set_cut_in))
    #: last frame that is made; moving it before `cut_in` moves both
    cut_out: Mapped[int] = synonym("_cut_out", descriptor=property(_get_cut_out, _set_cut_out))
    #: first frame that the edit uses
    source_in: Mapped[int] = synonym(
        "_source_in", descriptor=property(_get_source_in, _set_source_in)
    )
    #: last frame that the edit uses
    source_out: Mapped[int] = synonym(
        "_source_out", descriptor=property(_get_source_out, _set_source_out)
    )

    @property
    def cut_duration(self) -> int:
        """How many frames are made; setting it moves `cut_out`."""
        return self._cut_out - self._cut_in + 1

    @cut_duration.setter
    def cut_duration(self, frames: int) -> None:
        where = f"{type(self).__name__}.cut_duration"
        if _frame(frames, where) < 1:
            raise wrong_value(where, "at least 1", frames)
        self.cut_out = self._cut_in + frames - 1

    @property
    def fps(self) -> float:
        """Frames per second; those of the project, as long as the shot has none of its own."""
        return self.project.fps if self._fps is None else self._fps

    @fps.setter
    def fps(self, fps: float | None) -> None:
        self._fps = fps

    @property
    def image_format(self) -> ImageFormat | None:
        """The dimensions of its pictures; those of the project, unless it has its own."""
        return self.project.image_format if self._image_format is None else self._image_format

    @image_format.setter
    def image_format(self, image_format: ImageFormat | None) -> None:
        self._image_format = image_format

    def _describe(self) -> str:
        return f"<Shot ({self.name}, {self.code})>"


def _taken(shot: Shot, code: str, project: Project) -> ValueError:
    return wrong_value(
        f"{type(shot).__name__}.code", f"unique among the shots of {project!r}", code
    )


def _note_code(shot: Shot, assign: Callable[[], None]) -> None:
    assign()
    shot_codes.note(shot, shot.project)


Shot.__effects__ = {**Task.__effects__, "code": _note_code}
