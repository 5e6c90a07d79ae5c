"""The command line as a real process, and what it leaves behind."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import termios
from collections.abc import Sequence
from pathlib import Path

from tests.acceptance import forks

#: the file `two.edl` of a test that needs a cut but no particular one
EDL = """\
TITLE: Two Shots
FCM: NON-DROP FRAME

001  SH010    V     C        01:00:00:00 01:00:02:00 00:00:00:00 00:00:02:00
* FROM CLIP NAME: SH010
002  SH020    V     C        01:00:10:00 01:00:11:12 00:00:02:00 00:00:03:12
* FROM CLIP NAME: SH020
"""

COMMAND = [sys.executable, "-W", "error", "-m", "stalker"]


def stalker(*arguments: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own, which has everything imported already."""
    return forks.run([*map(str, arguments)], cwd, {**os.environ, **environment})


def fresh(*arguments: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process that starts from nothing, as users do."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def refused(run: subprocess.CompletedProcess[str], status: int = 2) -> str:
    """Return the one line that explains why a command did nothing."""
    assert run.returncode == status, run
    assert run.stdout == ""
    (line,) = run.stderr.splitlines()
    assert line.startswith("stalker: ")
    return line


def contents(folder: Path) -> dict[str, bytes | None]:
    """Return everything below *folder*, files with what is in them."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def on_terminal(
    *arguments: object, answers: Sequence[str], cwd: Path, **environment: str
) -> tuple[int, str]:
    """Run the command line on a terminal, answer its questions; return status and what it shows."""
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "TERM": "xterm", **environment},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(theirs)
    shown, waiting = b"", list(answers)
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:  # everybody at the other end is gone
            break
        if not piece:
            break
        shown += piece
        # the space comes last, when what was typed too early has been forgotten
        if waiting and shown.endswith((b": ", b">>> ")):
            os.write(ours, waiting.pop(0).encode() + b"\n")
    os.close(ours)
    return process.wait(), shown.decode().replace("\r\n", "\n")


def start(*arguments: object, cwd: Path, **environment: str) -> subprocess.Popen[str]:
    """Begin to run the command line, and let Ctrl-C reach it."""
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # a shell lets what it runs in the background ignore it
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
