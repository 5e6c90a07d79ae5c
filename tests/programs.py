"""Programs that run at the same time, each in a process of its own.

To import the library and to map its classes takes longer than most of them. One process does that
once and forks a process for each program. It has no database, so that they share nothing.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.ready"])


class Program:
    """Runs *main* with *arguments*; what `subprocess.Popen` would do with pipes and as text."""

    def __init__(self, main: Callable[..., None], *arguments: str) -> None:
        (read_in, to), (out, write_out), (err, write_err) = (
            _FORKS.Pipe(duplex=False) for _ in range(3)
        )
        theirs = [read_in, write_out, write_err]
        self._process = _FORKS.Process(target=_run, args=(theirs, main, arguments))
        self._process.start()
        for each in theirs:
            each.close()
        self.stdin = os.fdopen(os.dup(to.fileno()), "w")
        self.stdout, self.stderr = (os.fdopen(os.dup(end.fileno())) for end in (out, err))
        for end in (to, out, err):
            end.close()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()

    def wait(self) -> int | None:
        self._process.join()
        return self.returncode

    def communicate(self) -> tuple[str, str]:
        """Wait for the end, and return the rest of what it says, and its errors."""
        if not self.stdin.closed:
            self.stdin.close()
        output, errors = ("" if each.closed else each.read() for each in (self.stdout, self.stderr))
        self.stdout.close()
        self.stderr.close()
        self.wait()
        return output, errors


def _run(ends: list[Connection], main: Callable[..., None], arguments: tuple[str, ...]) -> None:
    for number, end in enumerate(ends):
        os.dup2(end.fileno(), number)
        end.close()
    sys.stdin = os.fdopen(0, closefd=False)  # which multiprocessing has closed
    main(*arguments)
