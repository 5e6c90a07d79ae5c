"""A small studio with two productions, for tests that work in it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.acceptance.processes import stalker

MAKE = """
film, other = Project(name="Meridian", code="MER"), Project(name="Other", code="OTH")
jonas, noor = [User(name=f"{n.title()} Doe", login=n, email=f"{n}@x.com", password="s3cret")
               for n in ("jonas", "noor")]
shot = Shot(name="SH010", code="SH010", project=film)
start = {"start": datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)}
plate = Task(name="Plate", parent=shot, schedule_timing=8, **start)
Task(name="Comp", parent=shot, depends=[plate])
Task(name="Loose [b]", project=film, **start)
Task(name="Edit", project=other, **start)
DBSession.save([film, other, jonas, noor])
"""


def settle(folder: Path, url: str) -> None:
    """Make two productions in an empty database, and a configuration that names it."""
    (folder / "config.toml").write_text(
        f"database_engine_settings = {{'sqlalchemy.url' = {json.dumps(url)}}}\n"
        "password_memory_cost = 8\npassword_time_cost = 1\npassword_parallelism = 1\n"
    )
    environment = {"STALKER_PATH": str(folder), "STALKER_ADMIN_PASSWORD": "s3cret"}
    assert stalker("init", cwd=folder, **environment).returncode == 0
    made = stalker("shell", "-c", f"import datetime\n{MAKE}", cwd=folder, **environment)
    assert made.returncode == 0, made.stderr


def become_nobody(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the account of this machine be that of nobody, who works in *place*."""
    for name, value in {"STALKER_PATH": place, "HOME": place, "LOGNAME": "nobodyatall"}.items():
        monkeypatch.setenv(name, str(value))


def copied(original: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of a studio in *folder*, where the account is that of nobody."""
    place = folder / "copy"
    shutil.copytree(original, place)
    become_nobody(place, monkeypatch)
    return place
