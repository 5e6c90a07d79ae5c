"""A demo that does not come to its end: nothing is left of it."""

from __future__ import annotations

import resource
import signal
import subprocess
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.acceptance.processes import COMMAND, EDL, contents, refused, stalker

ARGUMENTS = ("demo", "--output", "a/out", "--force")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("again", [False, True])
def test_a_signal_leaves_no_half_demo(tmp_path: Path, number: signal.Signals, again: bool) -> None:
    """Ctrl-C and `kill` leave what was there before, and the exit status that shells expect."""
    (tmp_path / "two.edl").write_text(EDL)
    if again:
        assert stalker(*ARGUMENTS, "--cut", "two.edl", cwd=tmp_path).returncode == 0
    before = contents(tmp_path)
    process = subprocess.Popen(
        [*COMMAND, *ARGUMENTS],
        cwd=tmp_path,
        stdout=-1,
        stderr=-1,
        text=True,
        # a shell lets what it runs in the background ignore Ctrl-C
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    while not (tmp_path / "a/out/.stalker-demo-new/stalker.db").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(number)
    stdout, stderr = process.communicate()
    run = subprocess.CompletedProcess(COMMAND, process.returncode, stdout, stderr)
    assert refused(run, 128 + number) == f"stalker: stopped by {number.name}"
    assert contents(tmp_path) == before


def fill_disk(folder: Path, url: str) -> subprocess.CompletedProcess[str]:
    """Make a demo where there is room for half of an SQLite database, or for no file."""
    room = 100_000 if url.startswith("sqlite") else 0
    return subprocess.run(
        [*COMMAND, *ARGUMENTS, "--database", url, "--cut", "two.edl", "--fps", "24"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
    )


def leftovers(url: str) -> int:
    """Count tables, indexes, sequences and functions, but those of an extension of the database."""
    engine = create_engine(url)
    with engine.connect() as connection:
        relations = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        functions = (
            "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            " AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')"
        )
        count = sum(connection.scalar(text(each)) for each in (relations, functions))
    engine.dispose()
    return int(count)


def test_a_failure_in_the_middle_leaves_nothing(
    empty_url: str, backend: str, tmp_path: Path
) -> None:
    """A full disk leaves neither files nor tables; only an old demo on PostgreSQL goes as well."""
    (tmp_path / "two.edl").write_text(EDL)
    before = contents(tmp_path)
    assert refused(fill_disk(tmp_path, empty_url)).endswith(("disk I/O error", "File too large"))
    assert contents(tmp_path) == before
    assert backend == "sqlite" or leftovers(empty_url) == 0
    run = stalker(*ARGUMENTS, "--database", empty_url, "--cut", "two.edl", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    complete = contents(tmp_path)
    refused(fill_disk(tmp_path, empty_url))
    if backend == "sqlite":
        assert contents(tmp_path) == complete
    else:
        assert contents(tmp_path) == {**before, "a": None, "a/out": None}
        assert leftovers(empty_url) == 0
