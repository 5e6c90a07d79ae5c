"""Work that is killed at some point: kill -9, in a process of its own.

One process imports everything, and forks a child for each piece of work: a new interpreter each
time would take ten times as long as the work.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

#: how often each of the works is killed
KILLS = int(os.environ.get("STALKER_TEST_KILLS", "8"))

_LOOP = """
import json, os, signal, sys, time, traceback
print("ready", flush=True)
for line in sys.stdin:
    delay, arguments = json.loads(line)
    begin = time.perf_counter()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work(*arguments)
            status = 0
        except BaseException:
            traceback.print_exc()
        os._exit(status)
    found = 0
    while not found and (delay is None or time.perf_counter() - begin < delay):
        found, status = os.waitpid(child, os.WNOHANG)
        time.sleep(0.0005)
    if not found:
        os.kill(child, signal.SIGKILL)
        found, status = os.waitpid(child, 0)
    print(json.dumps([os.waitstatus_to_exitcode(status), time.perf_counter() - begin]), flush=True)
"""


class Worker:
    """Calls the function `work` of a program."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, *arguments: Any, kill_after: float | None = None) -> tuple[int, float]:
        """Return the exit status, -9 of who was killed, and how many seconds it took."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps([kill_after, arguments]) + "\n")
        self._process.stdin.flush()
        status, seconds = json.loads(self._process.stdout.readline())
        return status, seconds


@contextmanager
def worker(program: str) -> Iterator[Worker]:
    """Start a process with *program*, which defines `work`."""
    process = subprocess.Popen(
        [sys.executable, "-c", program + _LOOP],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield Worker(process)
    finally:
        process.communicate()
