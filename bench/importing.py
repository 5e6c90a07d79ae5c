"""What it costs to import the library, against what it is built on."""

from __future__ import annotations

import os
import resource
import subprocess
import sys


def import_seconds(statement: str, runs: int = 7) -> float:
    """Return the CPU time of a fresh interpreter that runs *statement*; the best of several.

    The first run writes the byte code, as it does for anybody who has installed the package.
    """
    return min(_once(statement) for _ in range(runs))


def _once(statement: str) -> float:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", statement], check=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
