"""`ImageFormat`: how large the pictures are."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from stalker.core.rules import converted, integer, number, positive
from stalker.models.entity import Entity

__all__ = ["ImageFormat"]

# truncated before it is checked: half a pixel is none
_pixels = {"rules": (number(), converted(int), integer(), positive())}
_ratio = {"rules": (number(), positive(), converted(float))}


class ImageFormat(Entity):
    """The dimensions of the pictures of a project or a shot."""

    __auto_name__: ClassVar[bool] = False

    imageFormat_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    #: in pixels
    width: Mapped[int] = mapped_column(info=_pixels)
    #: in pixels
    height: Mapped[int] = mapped_column(info=_pixels)
    #: width of a pixel over its height
    pixel_aspect: Mapped[float] = mapped_column(default=1.0, info=_ratio)
    #: in dots per inch
    print_resolution: Mapped[float] = mapped_column(default=300.0, info=_ratio)

    def __init__(
        self,
        width: float | None = None,
        height: float | None = None,
        pixel_aspect: float = 1.0,
        print_resolution: float = 300,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.width = width  # type: ignore[assignment]
        self.height = height  # type: ignore[assignment]
        self.pixel_aspect = pixel_aspect
        self.print_resolution = print_resolution

    @property
    def device_aspect(self) -> float:
        """Width over height as it is seen."""
        return self.width / self.height * self.pixel_aspect
