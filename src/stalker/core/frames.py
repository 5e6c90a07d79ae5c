"""Frames, rates and ranges, exactly: no sum of shots drifts, whatever the rate.

Frames are integers and may be negative. A range includes its last frame, as artists and render
farms count. Rates are fractions, because the ones of NTSC have no end in binary or decimal.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from stalker.core.rules import integer, number, wrong_value

__all__ = ["FrameRange", "exact_rate", "frame_at", "in_rate", "seconds"]

#: what slows a whole rate down to that of NTSC: 24 frames take 1.001 seconds
_NTSC = Fraction(1000, 1001)
#: people write 23.976, 23.98 or 23.97; the next rate up is more than twice as far away
_TOLERANCE = Fraction(1, 100)
#: what a float may miss a whole rate by after some arithmetic
_WHOLE_TOLERANCE = Fraction(1, 10**6)

#: short enough that nobody waits for its digits
_WRITTEN = re.compile(r"\d{1,9}(?:\.\d{1,20}|/\d{1,9})?", re.ASCII)

_number = number()
_frame = integer()


def exact_rate(rate: float | Fraction | str, where: str = "a frame rate") -> Fraction:
    """Return the frames per second that *rate* means: 23.976 and 23.98 are 24000/1001.

    A text is a number or a fraction, like "24000/1001". Every rate near one of NTSC is taken for
    it, for the multiples of 24 and 30; all others are what one reads: 12.5 is 25/2.

    Raises `TypeError` and `ValueError`, which name *where* it was given.
    """
    exact = _as_fraction(rate, where)
    if exact <= 0:
        raise wrong_value(where, "above 0", rate)
    whole = round(exact)
    if whole and abs(exact - whole) <= _WHOLE_TOLERANCE:
        return Fraction(whole)
    whole = round(exact / _NTSC)
    slowed = whole * _NTSC
    is_known = whole and (whole % 24 == 0 or whole % 30 == 0)
    return slowed if is_known and abs(exact - slowed) <= _TOLERANCE else exact


def _as_fraction(rate: float | Fraction | str, where: str) -> Fraction:
    if isinstance(rate, Fraction):
        return rate
    if isinstance(rate, str):
        try:
            return Fraction(rate if _WRITTEN.fullmatch(rate) else "")
        except (ValueError, ZeroDivisionError):
            raise wrong_value(where, "a number or a fraction like '24000/1001'", rate) from None
    # by its text, a float is the number that one reads
    return Fraction(str(_number(rate, where)))


def seconds(frames: int, rate: float | Fraction | str) -> Fraction:
    """Return how long *frames* are on screen at *rate*."""
    return frames / exact_rate(rate)


def frame_at(moment: float | Fraction, rate: float | Fraction | str) -> int:
    """Return which frame is on screen after *moment* seconds; the first one is 0.

    A float is the number that one reads; give a `Fraction` where the moment is the end of a frame.
    """
    exact = moment if isinstance(moment, Fraction) else Fraction(str(moment))
    return math.floor(exact * exact_rate(rate))


def in_rate(frame: int, rate: float | Fraction | str, other: float | Fraction | str) -> int:
    """Return the frame at the rate *other* that begins nearest to *frame* at *rate*, halves up."""
    return math.floor(frame * exact_rate(other) / exact_rate(rate) + Fraction(1, 2))


@dataclass(frozen=True, slots=True, order=True)
class FrameRange:
    """The frames from *first* to *last*, both included: at least one.

    It can be looped over, has a length and contains frames; ranges sort by their first frame.
    """

    first: int
    last: int

    def __post_init__(self) -> None:
        if _frame(self.last, "FrameRange.last") < _frame(self.first, "FrameRange.first"):
            raise wrong_value("FrameRange.last", f"at least {self.first}", self.last)

    @classmethod
    def of_length(cls, first: int, frames: int) -> FrameRange:
        """Return the range of so many *frames* that begins with *first*."""
        return cls(first, first + frames - 1)

    def __len__(self) -> int:
        return self.last - self.first + 1

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.first, self.last + 1))

    def __contains__(self, frame: object) -> bool:
        return isinstance(frame, int) and self.first <= frame <= self.last

    def __str__(self) -> str:
        # as render farms read it
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    def shifted(self, frames: int) -> FrameRange:
        """Return the range that begins *frames* later, and is as long."""
        return FrameRange(self.first + frames, self.last + frames)

    def extended(self, head: int, tail: int | None = None) -> FrameRange:
        """Return the range with handles: *head* frames before it, and *tail*, or as many, after it.

        Negative handles are taken off; `ValueError` if nothing is left.
        """
        return FrameRange(self.first - head, self.last + (head if tail is None else tail))

    def common(self, other: FrameRange) -> FrameRange | None:
        """Return the frames that are in both; `None` if there are none."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return FrameRange(first, last) if first <= last else None

    def seconds(self, rate: float | Fraction | str) -> Fraction:
        """Return how long the range is on screen at *rate*."""
        return seconds(len(self), rate)
