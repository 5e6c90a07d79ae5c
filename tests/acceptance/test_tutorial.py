"""The tutorial of the README, as it stands there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

import stalker
from stalker import Version
from stalker.db.session import DBSession

README = Path(__file__).parents[2] / "README.md"
TUTORIAL, EXTENSION = (
    "\n".join(re.findall(rf"^```{mark}\n(.*?)^```", README.read_text(), re.S | re.M))
    for mark in ("python", "py")
)


def run() -> None:
    exec(compile(TUTORIAL, str(README), "exec"), {})
    DBSession.commit()
    assert DBSession.scalar(select(func.count(Version.version_id))) == 2


def test_the_tutorial_runs_in_memory() -> None:
    """The tutorial runs without any preparation."""
    run()


def test_the_tutorial_runs_on_each_database(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tutorial runs on an SQLite file and on PostgreSQL, when the configuration names one."""
    settings = {"sqlalchemy.url": empty_url}
    monkeypatch.setitem(stalker.defaults.config_values, "database_engine_settings", settings)
    run()
    assert str(DBSession.get_bind().engine.url.database) in empty_url


def test_a_class_of_a_studio_in_the_next_process(empty_url: str) -> None:
    """The class of the README is made after `setup()`, stored, and found by another process."""
    connect = f"from stalker import db\ndb.setup({{'sqlalchemy.url': {empty_url!r}}})\n"
    class_only = EXTENSION[: EXTENSION.index("db.register")]
    look = f"{connect}{class_only}print(LensKit.query.one().vendor, Entity.query.count())"
    begin = f"{connect}db.init()\nfrom stalker.db.session import DBSession\n{EXTENSION}"
    for program, printed in ((begin, ""), (look, "Cooke 31\n")):
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (0, printed), done.stderr
