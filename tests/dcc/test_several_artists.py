"""Several applications save versions of one task at the same time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from stalker import Version
from stalker.db.session import DBSession
from tests.dcc.production import Production

SCRIPT = Path(__file__).with_name("save_versions.py")
ARTISTS, EACH = ["Ada", "Grace", "Mary"], 6


def test_nobody_overwrites_anybody(production: Production, database: str) -> None:
    """Numbers run from 1 without a gap, and each file is what its artist has saved last there."""
    number = str(production.model.id)
    DBSession.remove()
    processes = {
        artist: subprocess.Popen(
            [sys.executable, str(SCRIPT), database, number, str(EACH), artist],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for artist in ARTISTS
    }
    for process in processes.values():
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    paths = {}
    for process in processes.values():
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for artist, process in processes.items():
        output, errors = process.communicate()
        assert process.returncode == 0, errors
        paths |= dict.fromkeys(output.split(), artist)
    versions = Version.query.order_by(Version.version_number).all()
    assert [each.version_number for each in versions] == list(range(1, len(ARTISTS) * EACH + 1))
    assert {each.absolute_full_path for each in versions} == set(paths)
    for path, artist in paths.items():
        assert json.loads(Path(path).read_text())["text"] == artist
    assert len(production.files()) == len(versions)
