"""Timecode: how editors write frames, as hours, minutes, seconds and frames.

Timecode counts whole rates: at 24000/1001 a second of it has 24 frames, and lasts 1.001 seconds.
So it falls behind the clock. Drop-frame timecode keeps up by leaving out numbers, not frames: at
30000/1001 the first two of every minute, except in every tenth one. It is written with a semicolon
before the frames.
"""

from __future__ import annotations

import re
from fractions import Fraction

from stalker.core.frames import exact_rate
from stalker.core.rules import wrong_type, wrong_value

__all__ = ["drops_frames", "frame_of", "timecode"]

_SHAPE = re.compile(r"(-?)(\d{2,})[:;](\d\d)[:;](\d\d)([:;])(\d{2,3})", re.ASCII)
#: a longer text counts no frames that anybody has
_LONGEST = 24


def drops_frames(rate: float | Fraction | str) -> bool:
    """Say whether there is drop-frame timecode at *rate*: at the multiples of 30000/1001."""
    exact = exact_rate(rate)
    return exact.denominator == 1001 and exact.numerator % 30000 == 0


def timecode(frame: int, rate: float | Fraction | str, drop_frame: bool = False) -> str:
    """Return *frame* as timecode; frame 0 is 00:00:00:00, and hours go on beyond a day.

    Raises `ValueError` at a rate that has no timecode, or none with *drop_frame*.
    """
    if isinstance(frame, bool) or not isinstance(frame, int):
        raise wrong_type("a frame", "an int", frame)
    whole = _whole_rate(rate)
    number = abs(frame)
    if drop_frame:
        number += _left_out_before(number, whole, _left_out(rate, whole))
    rest, frames = divmod(number, whole)
    minutes, second = divmod(rest, 60)
    hour, minute = divmod(minutes, 60)
    mark = ";" if drop_frame else ":"
    sign = "-" if frame < 0 else ""
    return f"{sign}{hour:02}:{minute:02}:{second:02}{mark}{frames:02}"


def frame_of(text: str, rate: float | Fraction | str) -> int:
    """Return the frame that a timecode names at *rate*; a semicolon makes it drop-frame.

    Raises `ValueError` for what is no timecode, for a number that does not exist at the rate, and
    for a rate that has no timecode.
    """
    if not isinstance(text, str):
        raise wrong_type("a timecode", "a str", text)
    found = _SHAPE.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        raise wrong_value("a timecode", "like '01:00:00:00'", text)
    whole = _whole_rate(rate)
    sign, mark = found[1], found[5]
    hour, minute, second, frames = (int(found[group]) for group in (2, 3, 4, 6))
    if minute > 59 or second > 59 or frames >= whole:
        raise wrong_value("a timecode", f"one that exists at {exact_rate(rate)} fps", text)
    minutes = hour * 60 + minute
    number = (minutes * 60 + second) * whole + frames
    if mark == ";":
        left_out = _left_out(rate, whole)
        if minute % 10 and not second and frames < left_out:
            raise wrong_value("a timecode", "one that drop-frame timecode does not leave out", text)
        number -= left_out * (minutes - minutes // 10)
    return -number if sign else number


def _whole_rate(rate: float | Fraction | str) -> int:
    """Return how many frames a second of timecode has."""
    exact = exact_rate(rate)
    whole = round(exact)
    if exact.denominator not in (1, 1001) or exact not in (whole, Fraction(whole * 1000, 1001)):
        raise wrong_value("the rate of a timecode", "a whole one, or a whole one of NTSC", rate)
    return whole


def _left_out(rate: float | Fraction | str, whole: int) -> int:
    """Return how many numbers of a minute are left out: 2 at 29.97, 4 at 59.94."""
    if not drops_frames(rate):
        raise wrong_value("the rate of drop-frame timecode", "29.97 or a multiple", rate)
    return whole // 15


def _left_out_before(frame: int, whole: int, left_out: int) -> int:
    """Return how many numbers are left out up to *frame*."""
    minute = whole * 60
    tens, rest = divmod(frame, minute * 10 - left_out * 9)
    # the first of ten minutes is whole, the other nine are shorter
    short = max(0, rest - minute) // (minute - left_out) + 1 if rest >= minute else 0
    return left_out * (tens * 9 + short)
