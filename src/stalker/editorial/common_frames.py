"""Which ranges of one media belong together: those with most frames in common.

The pair with most of all comes first, then the pair with most among what is left, and so on: a clip
that was made longer into the frames of the next one must not take its shot.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

__all__ = ["closest"]

#: first and last frame
_Range = tuple[int, int]


class _Ranges:
    """Those of one side that are not in a pair yet."""

    def __init__(self, ranges: Sequence[_Range]) -> None:
        self.ranges = ranges
        self._order = sorted(range(len(ranges)), key=lambda number: (ranges[number], number))
        self._firsts = [ranges[number][0] for number in self._order]
        #: numbers of those that are left
        self.left = set(self._order)
        self._longest = max((last - first for first, last in ranges), default=0)

    def take(self, number: int) -> None:
        place = bisect_left(self._order, (self.ranges[number], number), key=self._key)
        del self._order[place], self._firsts[place]
        self.left.remove(number)

    def _key(self, number: int) -> tuple[_Range, int]:
        return self.ranges[number], number

    def best(self, wanted: _Range) -> int | None:
        """Return what has most frames in common with *wanted*; of several, the first that came."""
        first, last = wanted
        begin = bisect_left(self._firsts, first - self._longest)
        end = bisect_right(self._firsts, last)
        best, most = None, 0
        for number in self._order[begin:end]:
            its_first, its_last = self.ranges[number]
            common = min(last, its_last) - max(first, its_first) + 1
            if common > most or (common == most and best is not None and number < best):
                best, most = number, common
        return best


def closest(ours: Sequence[_Range], theirs: Sequence[_Range]) -> Iterator[tuple[int, int]]:
    """Yield the places of ranges in both that belong together."""
    sides = _Ranges(ours), _Ranges(theirs)
    for start in range(len(ours)):
        # Each in the chain is the best for the one before it. Where two are that for each other,
        # no pair of either has more in common: they can be taken, whatever else is still to come.
        chain = [start] if start in sides[0].left else []
        while chain:
            side = len(chain) % 2
            best = sides[side].best(sides[1 - side].ranges[chain[-1]])
            if best is None:
                break
            if len(chain) > 1 and best == chain[-2]:
                pair = (best, chain[-1]) if side == 0 else (chain[-1], best)
                yield pair
                for each, number in zip(sides, pair, strict=True):
                    each.take(number)
                del chain[-2:]
            else:
                chain.append(best)
