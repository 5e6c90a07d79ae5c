"""Timecode, with and without dropped numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalker.core.timecode import drops_frames, frame_of, timecode

DAY = "24:00:00"
frames = st.integers(-(2**31), 2**31)
rates = st.sampled_from(
    [24, 25, 30, 50, 60, 120, 23.976, 23.98, "24000/1001", 29.97, 47.952, 59.94]
)
drop_rates = st.sampled_from([29.97, 59.94, 119.88])


@pytest.mark.parametrize(
    ("frame", "rate", "text"),
    [
        (0, 24, "00:00:00:00"),
        (86400, 24, "01:00:00:00"),
        (86400, 23.976, "01:00:00:00"),
        (1001, 24, "00:00:41:17"),
        (90000, 25, "01:00:00:00"),
        (-1, 24, "-00:00:00:01"),
        (24 * 90000 + 1, 25, "24:00:00:01"),
        (119, 120, "00:00:00:119"),
        # the numbers that drop-frame timecode leaves out
        (1799, 29.97, "00:00:59;29"),
        (1800, 29.97, "00:01:00;02"),
        (3597, 29.97, "00:01:59;29"),
        (3598, 29.97, "00:02:00;02"),
        (17981, 29.97, "00:09:59;29"),
        (17982, 29.97, "00:10:00;00"),
        (17981 + 1800, 29.97, "00:10:59;29"),
        (17982 + 1800, 29.97, "00:11:00;02"),
        (107892, 29.97, "01:00:00;00"),
        (2589408, 29.97, "24:00:00;00"),
        (-1800, 29.97, "-00:01:00;02"),
        (3599, 59.94, "00:00:59;59"),
        (3600, 59.94, "00:01:00;04"),
        (215784, 59.94, "01:00:00;00"),
        (7200, 119.88, "00:01:00;08"),
    ],
)
def test_a_frame_and_its_timecode(frame: int, rate: Any, text: str) -> None:
    """Each stands for the other; a semicolon marks numbers that keep up with the clock."""
    assert timecode(frame, rate, drop_frame=";" in text) == text
    assert frame_of(text, rate) == frame


def test_a_day_of_drop_frame_timecode() -> None:
    """It has exactly 2,589,408 frames at 29.97, and ends 86.4 milliseconds before the clock."""
    day = frame_of(f"{DAY};00", 29.97)
    assert day == 2_589_408 and frame_of(f"{DAY};00", 59.94) == 2 * day
    assert frame_of("23:59:59;29", 29.97) == day - 1
    assert 86400 - day / Fraction(30000, 1001) == Fraction("0.0864")
    # without dropping it is nearly a minute and a half late
    assert frame_of(f"{DAY}:00", 29.97) / Fraction(30000, 1001) == Fraction("86486.4")


@given(frames, rates)
def test_every_frame_has_a_timecode_of_its_own(frame: int, rate: Any) -> None:
    """The way there and back ends where it began, days and frames before zero included."""
    assert frame_of(timecode(frame, rate), rate) == frame


@given(frames, drop_rates)
def test_every_frame_has_a_drop_frame_timecode_of_its_own(frame: int, rate: float) -> None:
    """No number that is left out is ever written, and none is missing."""
    text = timecode(frame, rate, drop_frame=True)
    assert frame_of(text, rate) == frame
    assert timecode(frame, rate, drop_frame=True) != timecode(frame + 1, rate, drop_frame=True)


@given(st.integers(0, 2_589_407))
def test_drop_frame_timecode_keeps_up_with_the_clock(frame: int) -> None:
    """Within a day what one reads is never further than 0.16 seconds from the time that passed."""
    hour, minute, rest = timecode(frame, 29.97, drop_frame=True).split(":")
    second, number = map(int, rest.split(";"))
    read = int(hour) * 3600 + int(minute) * 60 + second + Fraction(number, 30)
    assert abs(read - frame / Fraction(30000, 1001)) < Fraction(4, 25)


@pytest.mark.parametrize(
    ("text", "rate", "error"),
    [
        (None, 24, TypeError),
        (1001, 24, TypeError),
        ("", 24, ValueError),
        ("1:00:00:00", 24, ValueError),
        ("01:00:00", 24, ValueError),
        ("01:00:00:00 ", 24, ValueError),
        ("01:60:00:00", 24, ValueError),
        ("01:00:60:00", 24, ValueError),
        ("01:00:00:24", 24, ValueError),
        ("01:00:00:24", 23.976, ValueError),
        ("\u0660\u0661:00:00:00", 24, ValueError),
        ("9" * 5000 + ":00:00:00", 24, ValueError),
        ("00:01:00;00", 29.97, ValueError),
        ("00:01:00;01", 29.97, ValueError),
        ("00:01:00;03", 59.94, ValueError),
        ("00:01:00;02", 24, ValueError),
        ("00:01:00;02", 30, ValueError),
        ("01:00:00:00", 12.5, ValueError),
        ("01:00:00:00", 0, ValueError),
        ("01:00:00:00", "film", ValueError),
    ],
)
def test_what_is_no_timecode(text: Any, rate: Any, error: type[Exception]) -> None:
    """A number that does not exist is refused, and so is a rate that has no timecode."""
    with pytest.raises(error):
        frame_of(text, rate)


@pytest.mark.parametrize(
    ("frame", "rate", "drop", "error"),
    [
        (1.0, 24, False, TypeError),
        (True, 24, False, TypeError),
        (1, 12.5, False, ValueError),
        (1, "1/3", False, ValueError),
        (1, 24, True, ValueError),
        (1, 23.976, True, ValueError),
    ],
)
def test_what_has_no_timecode(frame: Any, rate: Any, drop: bool, error: type[Exception]) -> None:
    """Only whole frames at whole rates, or such of NTSC, have one."""
    with pytest.raises(error):
        timecode(frame, rate, drop)


def test_which_rates_drop_frames() -> None:
    """The multiples of 30000/1001, and no others."""
    others = (23.976, 24, 25, 30, 47.952, 48, 60, 120)
    assert not any(map(drops_frames, others))
    assert all(map(drops_frames, (29.97, 59.94, 119.88, "30000/1001")))
