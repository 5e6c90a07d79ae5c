"""Runs the command line in processes that have imported everything already.

A thousand commands take most of their time to import the same modules and to map the same classes.
Here one process does that, and gives birth to one process for each command: with arguments,
folder, environment, output and exit status of its own, as if it had been started by itself.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import subprocess
import sys
from functools import cache
from io import TextIOWrapper
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NoReturn

import stalker
from stalker import default_config
from stalker.cli.main import main


def run(arguments: list[str], cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the command line, like `subprocess.run`."""
    server = _server()
    assert server.stdin is not None and server.stdout is not None
    with NamedTemporaryFile("w+") as stdout, NamedTemporaryFile("w+") as stderr:
        request = arguments, str(cwd), env, [stdout.name, stderr.name]
        server.stdin.write(json.dumps(request) + "\n")
        server.stdin.flush()
        status = int(server.stdout.readline())
        return subprocess.CompletedProcess(arguments, status, stdout.read(), stderr.read())


@cache
def _server() -> subprocess.Popen[str]:
    server = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "tests.acceptance.forks"],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(server.communicate)  # it ends when nobody can ask any more
    return server


def _serve() -> None:
    import opentimelineio  # noqa: F401
    from sqlalchemy.orm import configure_mappers

    import stalker.services.conforming

    for name in stalker.__all__:
        getattr(stalker, name)
    configure_mappers()
    gc.freeze()  # what all share is not looked at again
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _be_a_command(*json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _be_a_command(
    arguments: list[str], cwd: str, env: dict[str, str], files: list[str]
) -> NoReturn:
    os.environ.clear()
    os.environ.update(env)
    if "PYTHONIOENCODING" in env:  # which Python itself has read long ago
        sys.stdout.reconfigure(encoding=env["PYTHONIOENCODING"])  # type: ignore[union-attr]
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, file in enumerate(files, 1):
        os.dup2(os.open(file, os.O_WRONLY), number)
    for stream in (sys.stdout, sys.stderr):
        assert isinstance(stream, TextIOWrapper)
        encoding = env.get("PYTHONIOENCODING", "utf-8")
        stream.reconfigure(encoding=encoding, errors=stream.errors)
    os.chdir(cwd)
    # some defaults lie in the home folder: not in that of the process which imported them
    default_config.DEFAULTS.update(importlib.reload(default_config).DEFAULTS)
    vars(stalker).pop("defaults", None)  # it is made of what the environment says
    sys.argv[1:] = arguments
    main()


if __name__ == "__main__":
    _serve()
