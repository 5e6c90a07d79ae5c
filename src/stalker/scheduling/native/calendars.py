"""Which slots are working time: of the studio, of a week, of an artist.

A board has one byte for each slot, 1 for working time, and one more for the slot that begins at
the end of the frame, which never is. Boards are searched with `find`, at the speed of memory.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from stalker.core.dates import EPOCH
from stalker.scheduling.problem import Artist, Interval, Problem, Week

DAY = 86400
WEEK = 7 * DAY
#: Thursday, the day of the epoch, in a week that begins on Monday
EPOCH_WEEKDAY = 3


def clear(board: bytearray, begin: int, end: int) -> int:
    """Take the slots from *begin* up to *end* off *board*, and return how many were on it."""
    taken = board.count(1, begin, end)
    board[begin:end] = bytes(end - begin)
    return taken


class Calendar:
    """The frame of a problem as numbered slots, and its boards."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.start = problem.start.astimezone(UTC)
        self.resolution = problem.resolution
        self.step = int(problem.resolution.total_seconds())
        self.size = (problem.end - problem.start) // problem.resolution
        self.zone = ZoneInfo(problem.zone)
        self._offsets = list(self._stretches())
        self._weeks: dict[Week, bytes] = {}
        self._staffed: dict[Week, tuple[bytes, int]] = {}

    # --- dates ---------------------------------------------------------------------------------

    def slot(self, moment: datetime) -> int:
        """Return the slot that begins at *moment*; it may lie outside of the frame."""
        return (moment - self.start) // self.resolution

    def moment(self, slot: int) -> datetime:
        """Return the moment at which *slot* begins."""
        return self.start + slot * self.resolution

    def index(self, slot: int) -> int:
        """Return *slot*, or where outside of the frame, the nearest one that TaskJuggler takes."""
        if slot < 0:
            return 0
        return self.size - 1 if slot > self.size else slot

    # --- boards --------------------------------------------------------------------------------

    def week(self, week: Week) -> bytes:
        """Return the board of *week* alone, without any leaves."""
        board = self._weeks.get(week)
        if board is None:
            board = self._weeks[week] = b"".join(self._tiles(week)) + b"\0"
        return board

    def artist(self, artist: Artist) -> tuple[bytearray, int]:
        """Return when *artist* can work, and in how many slots that is."""
        week = self.problem.week if artist.week is None else artist.week
        common = self._staffed.get(week)
        if common is None:
            board = bytearray(self.week(week))
            for leave in (*self.problem.leaves, *self.problem.artist_leaves):
                self._clear(board, leave)
            common = self._staffed[week] = (bytes(board), board.count(1))
        own, free = bytearray(common[0]), common[1]
        for leave in artist.leaves:  # counting a whole board would take longer than copying it
            free -= self._clear(own, leave)
        return own, free

    @cached_property
    def working(self) -> list[int]:
        """The slots in which lengths pass: vacations of the artists do not stop them."""
        board = bytearray(self.week(self.problem.week))
        for leave in self.problem.leaves:
            self._clear(board, leave)
        return [slot for slot, on in enumerate(board) if on]

    def after_work(self, slot: int, amount: int) -> int:
        """Return the date when *amount* working slots have passed, at most the frame's end."""
        position = bisect_left(self.working, slot) + amount - 1
        return self.working[position] + 1 if position < len(self.working) else self.size

    def before_work(self, slot: int, amount: int) -> int | None:
        """Return the slot from which *amount* working slots pass until *slot*, or `None`."""
        position = bisect_left(self.working, slot) - amount
        return self.working[position] if position >= 0 else None

    def work_between(self, begin: int, end: int) -> int:
        """Return the working slots from *begin* up to *end*."""
        return bisect_left(self.working, end) - bisect_left(self.working, begin)

    def covers(self, leaves: Iterable[Interval], slot: int) -> bool:
        """Say whether one of *leaves* lies over *slot*."""
        moment = self.moment(slot)
        return any(leave.start <= moment < leave.end for leave in leaves)

    def _clear(self, board: bytearray, leave: Interval) -> int:
        """Take *leave* off *board*, and return how many working slots that were."""
        begin = max(0, self.slot(leave.start))
        end = min(self.slot(leave.end), self.size)
        return clear(board, begin, end) if begin < end else 0

    def _stretches(self) -> Iterator[tuple[int, int, int]]:
        """Yield the parts of the frame without clock changes: begin, end, seconds ahead of UTC."""

        def offset(slot: int) -> int:
            ahead = self.moment(slot).astimezone(self.zone).utcoffset() or timedelta(0)
            return int(ahead.total_seconds())

        begin, slot, ahead = 0, 0, offset(0)
        day = DAY // self.step
        while slot < self.size:
            following = min(slot + day, self.size)
            if offset(following) != ahead:
                low, high = slot, following  # the clocks change in (low, high]
                while high - low > 1:
                    middle = (low + high) // 2
                    low, high = (middle, high) if offset(middle) == ahead else (low, middle)
                yield begin, high, ahead
                begin, following, ahead = high, high, offset(high)
            slot = following
        if begin < self.size:
            yield begin, self.size, ahead

    def _tiles(self, week: Week) -> Iterator[bytes]:
        """Yield the board of *week*, stretch by stretch: one week of slots, repeated."""
        seconds = (self.start - EPOCH) // timedelta(seconds=1) + EPOCH_WEEKDAY * DAY
        for begin, end, ahead in self._offsets:
            local = (seconds + begin * self.step + ahead) % WEEK
            first, phase = divmod(local, self.step)
            pattern = self._pattern(week, phase)
            pattern = pattern[first:] + pattern[:first]
            wanted = end - begin
            yield (pattern * (wanted // len(pattern) + 1))[:wanted]

    def _pattern(self, week: Week, phase: int) -> bytes:
        """Return one week of slots from Monday on, the first of which begins *phase* seconds late.

        A slot is on where its first moment is.
        """
        pattern = bytearray(WEEK // self.step)
        for day, spans in enumerate(week):
            for span in spans:
                begin, end = (-((phase - day * DAY - minute * 60) // self.step) for minute in span)
                pattern[begin:end] = b"\1" * (end - begin)
        return bytes(pattern)
