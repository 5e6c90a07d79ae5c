"""`ImageFormat`: dimensions of pictures."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from stalker import ImageFormat
from stalker.db.session import DBSession
from tests.factories import image_format, least, project


@pytest.mark.parametrize(
    ("attribute", "value", "stored"),
    [
        ("width", 1920.9, 1920),
        ("height", 1, 1),
        ("pixel_aspect", 2, 2.0),
        ("pixel_aspect", 0.5, 0.5),
        ("print_resolution", 72, 72.0),
    ],
)
def test_dimensions_are_converted(attribute: str, value: Any, stored: Any) -> None:
    """Pixels are whole numbers, cut off; the others are floats."""
    changed = image_format()
    setattr(changed, attribute, value)
    for each in (least(ImageFormat, **{attribute: value}), changed):
        found = getattr(each, attribute)
        assert found == stored and type(found) is type(stored)


def test_defaults() -> None:
    """Square pixels at 300 dpi, as floats."""
    hd = image_format()
    assert (hd.pixel_aspect, hd.print_resolution) == (1.0, 300.0)
    assert type(hd.print_resolution) is float


@pytest.mark.parametrize("attribute", ["width", "height", "pixel_aspect", "print_resolution"])
@pytest.mark.parametrize(
    ("value", "error"),
    [
        (None, TypeError),
        ("100", TypeError),
        ([], TypeError),
        (True, TypeError),
        (0, ValueError),
        (0.0, ValueError),
        (-1, ValueError),
        (float("nan"), ValueError),
        (float("inf"), ValueError),
    ],
)
def test_dimensions_that_are_refused(attribute: str, value: Any, error: type[Exception]) -> None:
    """They must be numbers above zero; what is refused changes nothing."""
    with pytest.raises(error, match=rf"ImageFormat\.{attribute}"):
        least(ImageFormat, **{attribute: value})
    hd = image_format()
    before = getattr(hd, attribute)
    with pytest.raises(error, match=rf"ImageFormat\.{attribute}"):
        setattr(hd, attribute, value)
    assert getattr(hd, attribute) == before


def test_half_a_pixel_is_none() -> None:
    """A dimension is checked after it was cut off."""
    for attribute in ("width", "height"):
        with pytest.raises(ValueError, match=attribute):
            least(ImageFormat, **{attribute: 0.5})


def test_device_aspect_follows_every_change() -> None:
    """It is computed when it is read, and cannot be set."""
    hd = image_format()
    assert hd.device_aspect == pytest.approx(1.7778, abs=1e-4)
    hd.width, hd.height, hd.pixel_aspect = 720, 576, 1.0667
    assert hd.device_aspect == pytest.approx(1.3333, abs=1e-4)
    with pytest.raises(AttributeError):
        hd.device_aspect = 1.0  # type: ignore[misc]


def test_a_format_in_use_cannot_be_deleted(database: str) -> None:
    """One that nobody uses can."""
    used, free = image_format(), image_format("4K", 4096, 2160)
    DBSession.save([project(image_format=used), free])
    DBSession.delete(free)
    DBSession.commit()
    DBSession.delete(used)
    with pytest.raises(IntegrityError):
        DBSession.commit()
    DBSession.rollback()
