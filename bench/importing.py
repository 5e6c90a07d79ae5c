"""What it costs to import the library, against what it is built on."""

from __future__ import annotations

import os
import resource
import subprocess
import sys


def import_seconds(*statements: str, runs: int = 20) -> list[float]:
    """Return the CPU time of a fresh interpreter for each of *statements*; the best of several.

    They take turns, so that a busy moment hits all of them. The first run writes the byte code, as
    it does for anybody who has installed the package.
    """
    times = [[_once(statement) for statement in statements] for _ in range(runs)]
    return [min(each) for each in zip(*times, strict=True)]


def _once(statement: str) -> float:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", statement], check=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
