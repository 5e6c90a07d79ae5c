"""Rates, seconds and ranges of frames."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalker.core.frames import FrameRange, exact_rate, frame_at, in_rate, seconds

RATES = [Fraction(rate) for rate in (24, 25, 30, 48, 50, 60, 120)]
NTSC = [Fraction(rate * 1000, 1001) for rate in (24, 30, 48, 60, 120)]

frames = st.integers(-(10**7), 10**7)
rates = st.sampled_from(RATES + NTSC)
ranges = st.tuples(frames, st.integers(1, 10**5)).map(lambda pair: FrameRange.of_length(*pair))

# --- Rates ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "exact"),
    [
        (24, "24"),
        (24.0, "24"),
        (23.999999999, "24"),
        (23.976, "24000/1001"),
        (23.98, "24000/1001"),
        (23.97, "24000/1001"),
        (24000 / 1001, "24000/1001"),
        ("24000/1001", "24000/1001"),
        ("23.976", "24000/1001"),
        (Fraction(24000, 1001), "24000/1001"),
        (29.97, "30000/1001"),
        (29.970029, "30000/1001"),
        (47.95, "48000/1001"),
        (59.94, "60000/1001"),
        (119.88, "120000/1001"),
        (25, "25"),
        ("25", "25"),
        (12.5, "25/2"),
        ("25/2", "25/2"),
        (14.99, "1499/100"),
        (24.1, "241/10"),
        (0.01, "1/100"),
        (335, "335"),
    ],
)
def test_the_rate_that_a_number_means(rate: Any, exact: str) -> None:
    """The spellings of an NTSC rate are one rate; every other one is what one reads."""
    assert exact_rate(rate) == Fraction(exact)


@pytest.mark.parametrize(
    ("rate", "error"),
    [
        (None, TypeError),
        (True, TypeError),
        ([24], TypeError),
        (0, ValueError),
        (-24, ValueError),
        (Fraction(-1, 2), ValueError),
        (float("nan"), ValueError),
        (float("inf"), ValueError),
        ("", ValueError),
        ("24 fps", ValueError),
        ("-24", ValueError),
        ("0", ValueError),
        ("24/0", ValueError),
        ("1e999999999", ValueError),
        ("9" * 100, ValueError),
        ("\u0662\u0664", ValueError),
    ],
)
def test_what_is_no_rate(rate: Any, error: type[Exception]) -> None:
    """It is refused with the name of where it was given, and at once."""
    with pytest.raises(error, match=r"Shot\.fps must be "):
        exact_rate(rate, "Shot.fps")


@given(rates)
def test_a_rate_survives_being_stored_as_a_float(rate: Fraction) -> None:
    """The column holds a double: the exact rate comes back from it, and from its text."""
    assert exact_rate(float(rate)) == exact_rate(str(rate)) == exact_rate(rate) == rate


# --- Time -----------------------------------------------------------------------------------------


def test_seconds_are_exact() -> None:
    """An hour of 24 fps film takes 3.6 seconds more at the rate of television."""
    assert seconds(86400, 24) == 3600
    assert seconds(86400, 23.976) == Fraction("3603.6")
    assert seconds(-25, 25) == -1
    assert frame_at(0.04, 25) == 1 and frame_at(0.0399, 25) == 0


@given(frames, rates)
def test_frames_and_seconds_are_two_names_of_one_thing(frame: int, rate: Fraction) -> None:
    """A frame is on screen from its own second until just before that of the next."""
    begin, end = seconds(frame, rate), seconds(frame + 1, rate)
    assert frame_at(begin, rate) == frame
    assert frame_at(end - Fraction(1, 10**9), rate) == frame
    assert end - begin == 1 / rate


@given(frames, rates, rates)
def test_the_nearest_frame_at_another_rate(frame: int, rate: Fraction, other: Fraction) -> None:
    """It is at most half a frame away, and the way back ends where it began if that is finer."""
    found = in_rate(frame, rate, other)
    assert abs(seconds(found, other) - seconds(frame, rate)) <= 1 / other / 2
    assert in_rate(frame, rate, rate) == frame
    if other > rate:
        assert in_rate(found, other, rate) == frame


# --- Ranges ---------------------------------------------------------------------------------------


def test_a_range_includes_both_ends() -> None:
    """It has a length, contains frames, can be looped over and reads as render farms write it."""
    cut = FrameRange(1001, 1003)
    assert list(cut) == [1001, 1002, 1003] and len(cut) == 3
    assert 1003 in cut and 1004 not in cut and "1001" not in cut
    assert str(cut) == "1001-1003" and str(FrameRange(7, 7)) == "7"
    assert FrameRange.of_length(1001, 3) == cut == cut.shifted(0)
    assert cut.shifted(-1001) == FrameRange(0, 2)
    assert cut.extended(8) == FrameRange(993, 1011)
    assert cut.extended(8, 0) == FrameRange(993, 1003)
    assert cut.extended(-1) == FrameRange(1002, 1002)
    assert cut.common(FrameRange(1003, 1010)) == FrameRange(1003, 1003)
    assert cut.common(FrameRange(1004, 1010)) is None
    assert FrameRange(1, 24).seconds(23.976) == Fraction(1001, 1000)
    assert min(FrameRange(5, 6), FrameRange(2, 9)) == FrameRange(2, 9)


@pytest.mark.parametrize(
    ("first", "last", "error"),
    [(2, 1, ValueError), ("1", 2, TypeError), (1, 2.0, TypeError), (True, 2, TypeError)],
)
def test_what_is_no_range(first: Any, last: Any, error: type[Exception]) -> None:
    """A range has whole frames, and at least one; handles cannot take the last one away."""
    with pytest.raises(error, match=r"FrameRange\.(first|last)"):
        FrameRange(first, last)
    with pytest.raises(ValueError, match=r"FrameRange\.last"):
        FrameRange(1, 4).extended(-2)


@given(ranges, ranges, st.integers(0, 1000), st.integers(0, 1000), frames)
def test_arithmetic_of_ranges(
    one: FrameRange, two: FrameRange, head: int, tail: int, offset: int
) -> None:
    """Every operation keeps what it promises about length and frames, and can be taken back."""
    assert one.shifted(offset).shifted(-offset) == one
    assert len(one.shifted(offset)) == len(one)
    wide = one.extended(head, tail)
    assert len(wide) == len(one) + head + tail and wide.extended(-head, -tail) == one
    assert wide.common(one) == one
    common = one.common(two)
    assert common == two.common(one)
    middle = max(one.first, two.first)
    assert (common is None) == (middle not in one or middle not in two)
    if common is not None:
        assert {common.first, common.last} <= set(one) & set(two)
