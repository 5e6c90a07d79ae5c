"""Runs tj3 on a project file: for a limited time, in a folder of its own, and with nothing left.

Every failure is a `SchedulingError`; its `id` says which one:

=====================  ===========================================================================
``tj3_missing``        there is no such command, or it cannot be started
``tj3_timeout``        it ran for longer than it may
``tj3_cancelled``      the caller wanted no result any more
``tj3_signal``         it was killed, by the system for want of memory, say
``tj3_failed``         it gave up; what it said is in the text
``temporary_folder``   the temporary folder cannot be written to, or is full
=====================  ===========================================================================
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NoReturn

from stalker.exceptions import SchedulingError

#: bytes of each output that are kept, and lines of its end: what ended the run is said last
OUTPUT_LIMIT = 8_000_000
TAIL = 100
#: bytes after which a line is taken for two
LINE_LIMIT = 65_536
#: seconds between two looks at the clock and at the caller's wish
PULSE = 0.05
#: seconds from the request to end, to the order
GRACE = 2.0

#: what Ruby needs to be found, with its libraries
INHERITED = ("PATH", "HOME", "GEM_HOME", "GEM_PATH", "SYSTEMROOT")


class RunError(SchedulingError):
    """tj3 gave no plan. `output` is what it said, `status` its exit status, if there was one."""

    output: str
    status: int | None


def refuse_run(rule: str, text: str, output: str = "", status: int | None = None) -> NoReturn:
    """Raise a `RunError`."""
    raise RunError(
        text, id=rule, entity="", faults=(), start=None, end=None, output=output, status=status
    )


@contextmanager
def private_folder(within: Path | None = None, *, keep: bool = False) -> Iterator[Path]:
    """Make a folder that only this user can look into, and remove it in every case.

    *keep* leaves it where it is. An `OSError` in the block is a `SchedulingError`: what is done
    there is writing and reading the files of a run.
    """
    place = within or Path(tempfile.gettempdir())
    try:
        folder = Path(tempfile.mkdtemp(prefix="stalker_", dir=place))
    except OSError as error:
        refuse_folder(place, error)
    try:
        yield folder
    except OSError as error:
        refuse_folder(folder, error)
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def refuse_folder(folder: Path, error: OSError) -> NoReturn:
    """Raise a `RunError` that says why *folder* cannot be written to."""
    try:
        refuse_run("temporary_folder", f"The plan cannot be written to {folder}: {error.strerror}.")
    except RunError as refusal:
        raise refusal from error


def run(
    project: Path,
    *,
    command: str = "tj3",
    timeout: float | None = None,
    cancelled: Callable[[], bool] | threading.Event | None = None,
    on_line: Callable[[str], None] | None = None,
) -> str:
    """Let tj3 schedule the file *project*, with its reports beside it, and return its messages.

    *timeout* is in seconds. *cancelled* is asked twenty times a second. *on_line* hears each line
    of the messages when it comes, in another thread.
    """
    arguments = [_found(command), "--silent", "--no-color", str(project), "-o", str(project.parent)]
    asked = cancelled.is_set if isinstance(cancelled, threading.Event) else cancelled
    until = None if timeout is None else time.monotonic() + timeout
    process = _started(arguments, project.parent)
    listeners = [_Listener(process.stdout), _Listener(process.stderr, on_line)]
    try:
        while process.poll() is None:
            if until is not None and time.monotonic() >= until:
                refuse_run("tj3_timeout", f"{command} had no plan after {timeout:g} seconds.")
            if asked is not None and asked():
                refuse_run("tj3_cancelled", f"{command} was stopped, as was wished.")
            with suppress(subprocess.TimeoutExpired):
                process.wait(PULSE)
    finally:
        _end(process, listeners)
    if listeners[1].error is not None:
        raise listeners[1].error
    said = listeners[1].text() or listeners[0].text()
    if process.returncode < 0:
        _refuse_signal(command, -process.returncode, said)
    if process.returncode:
        text = said or f"{command} failed with the status {process.returncode}, without a word."
        refuse_run("tj3_failed", text, said, process.returncode)
    return said


def _found(command: str) -> str:
    path = shutil.which(command)
    if path is None:
        refuse_run(
            "tj3_missing",
            f"There is no program {command!r}. Install TaskJuggler 3 (the package tj3 of Debian "
            "and Ubuntu, or the gem taskjuggler), or name its command in the setting tj_command.",
        )
    return path


def _started(arguments: list[str], folder: Path) -> subprocess.Popen[bytes]:
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    environment = {**kept, "TZ": "UTC", "LC_ALL": "C.UTF-8", "TMPDIR": str(folder)}
    try:
        return subprocess.Popen(  # noqa: S603 - a list of arguments, no shell
            arguments,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # the group is ended as a whole
        )
    except OSError as error:
        refuse_run("tj3_missing", f"{arguments[0]!r} cannot be started: {error.strerror}")


def _end(process: subprocess.Popen[bytes], listeners: list[_Listener]) -> None:
    """Leave no process of the group behind, whatever has happened.

    The number of the group is free for others once its leader was waited for, and nobody is left.
    """
    if process.poll() is None:
        _signal(process, signal.SIGTERM)
        _join(listeners)
        _signal(process, signal.SIGKILL)
        process.wait()
    if not _join(listeners):  # a child that was left behind still holds a pipe, and the group
        _signal(process, signal.SIGKILL)
        _join(listeners)


def _join(listeners: list[_Listener]) -> bool:
    """Wait a little for the end of both outputs, and say whether it came."""
    until = time.monotonic() + GRACE
    for listener in listeners:
        listener.join(max(0.0, until - time.monotonic()))
    return not any(listener.is_alive() for listener in listeners)


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):  # macOS: a group of zombies only
        os.killpg(process.pid, number)


def _refuse_signal(command: str, number: int, said: str) -> NoReturn:
    with suppress(ValueError):
        name = signal.Signals(number).name
        refuse_run("tj3_signal", f"{command} was ended by {name}.", said, -number)
    refuse_run("tj3_signal", f"{command} was ended by signal {number}.", said, -number)


class _Listener(threading.Thread):
    """Keeps the beginning of a stream, and reads the rest, so that the writer need not wait."""

    def __init__(
        self, stream: IO[bytes] | None, on_line: Callable[[str], None] | None = None
    ) -> None:
        super().__init__(daemon=True)
        assert stream is not None  # noqa: S101 - both were asked for as pipes
        self.stream = stream
        self.on_line = on_line
        self.kept = bytearray()
        self.tail: deque[bytes] = deque(maxlen=TAIL)
        self.error: Exception | None = None
        self.start()

    def run(self) -> None:
        with self.stream:
            while line := self.stream.readline(LINE_LIMIT):
                if len(self.kept) < OUTPUT_LIMIT:
                    self.kept += line
                else:
                    self.tail.append(line)
                if self.on_line is not None:
                    self._tell(line)

    def _tell(self, line: bytes) -> None:
        assert self.on_line is not None  # noqa: S101 - the caller has looked
        try:
            self.on_line(_decoded(line).rstrip())
        except Exception as error:
            self.on_line = None  # and read on, or tj3 would wait for ever
            self.error = error

    def text(self) -> str:
        lines = _decoded(b"".join((self.kept, *self.tail))).splitlines()
        return "\n".join(line.strip() for line in lines).strip()


def _decoded(output: bytes) -> str:
    return output.decode("utf-8", "replace")
