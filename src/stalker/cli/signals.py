"""Being stopped from outside: by Ctrl-C, by `kill`, or by a terminal that is closed."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

#: Windows has only some of them
_ENDING = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


class Stopped(BaseException):
    """The process was asked to end."""

    def __init__(self, number: int) -> None:
        super().__init__(f"stopped by {signal.Signals(number).name}")
        #: what a shell expects of a process that a signal has ended
        self.exit_code = 128 + number


def listen() -> None:
    """Raise `Stopped` when the process shall end, unless its parent wants such a signal ignored."""
    for number in _ENDING:
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _stop)


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped(number)


@contextmanager
def postponed(tell: Callable[[], None] | None = None) -> Iterator[Callable[[], None]]:
    """Let nothing interrupt the block, except where it calls what it is given.

    An exception that may come up between any two instructions leaves a library that is at work
    half-way, and a clean-up too. Whoever asked for the end during the last steps gets it behind
    them. *tell* is called when somebody asks, for a block that waits for something else.
    """
    noted: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        noted.append(number)
        if tell is not None:
            tell()

    def heed() -> None:
        if noted:
            raise Stopped(noted[0])

    heard = [number for number in _ENDING if signal.getsignal(number) is _stop]
    for number in heard:
        signal.signal(number, note)
    try:
        yield heed
    finally:
        for number in heard:
            signal.signal(number, _stop)
    heed()
