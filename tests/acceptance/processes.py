"""The command line as a real process, and what it leaves behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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
    """Run the command line as a user does."""
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
