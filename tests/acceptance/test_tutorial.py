"""The tutorial of the README, as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import func, select

import stalker
from stalker import Version
from stalker.db.session import DBSession

README = Path(__file__).parents[2] / "README.md"
TUTORIAL = "\n".join(re.findall(r"^```python\n(.*?)^```", README.read_text(), re.S | re.M))


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
