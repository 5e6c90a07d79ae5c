"""What the library offers for the tests of others, as they would use it."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import make_url

import stalker
from stalker import Asset, Project, Shot, Task, User, Version
from stalker.db.session import DBSession, is_bound
from stalker.testing import Factory, PlatformPatcher, create_db, create_random_db, drop_db
from tests.servers import Databases

PYTEST = """\
import stalker
from stalker import Shot
from stalker.db.session import DBSession

def test_one(stalker_session, make):
    stalker.defaults.timing_resolution *= 2
    shot = make.shot(name="SH010", code="SH010")
    version = make.version(task=shot)
    version.update_paths()
    assert version.full_path.endswith("/SH010/SH010_Main_v001")
    stalker_session.commit()
    assert Shot.query.count() == 1

def test_two(stalker_session, make):
    assert str(stalker.defaults.timing_resolution) == "1:00:00"
    assert Shot.query.count() == 0
    assert make.user().name.startswith("User ")

def test_three(make, stalker_database):
    assert stalker_database.startswith("sqlite:///")
    assert str(DBSession.get_bind().url) == stalker_database
    DBSession.save(make.shot())
"""

UNITTEST = """\
import os, stalker
from datetime import timedelta
from sqlalchemy.pool import NullPool
from stalker import User
from stalker.db.session import DBSession
from stalker.testing import {base}

class Case({base}):
    def test_one(self):
        assert self.admin.login == "admin" and self.admin.created_by is self.admin
        assert self.config["sqlalchemy.url"] == self.database_url
        assert "STALKER_PATH" not in os.environ
        assert stalker.defaults.timing_resolution == timedelta(hours=1)
        pool = self.config.get("sqlalchemy.poolclass")
        if self.database_name is not None:
            assert pool is NullPool and self.database_name in self.database_url
        DBSession.save(User(name="A", login="a", email="a@b", password="secret"))

    def test_two(self):
        assert User.query.count() == 1
        name = self.database_name
        self.tearDown()
        self.tearDown()
        stalker.defaults.admin_login = "root"
        self.setUp()
        assert User.query.count() == 1 and self.admin.login == "admin"
        assert name is None or name != self.database_name
"""


def run(folder: Path, *arguments: str, **environment: str) -> str:
    of_the_studio = "from datetime import timedelta\ntiming_resolution = timedelta(minutes=7)\n"
    (folder / "config.py").write_text(of_the_studio)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", *arguments],
        cwd=folder,
        env={**os.environ, "STALKER_PATH": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_pytest_plugin(tmp_path: Path) -> None:
    """The fixtures are there without an import, and each test has a database of its own."""
    (tmp_path / "test_studio.py").write_text(PYTEST)
    assert "3 passed" in run(tmp_path, "pytest", "-q", "-p", "no:cacheprovider", "test_studio.py")


@pytest.mark.parametrize("base", ["UnitTestSQLiteBase", "UnitTestDBBase"])
def test_the_unittest_bases(tmp_path: Path, base: str, server: Databases) -> None:
    """03 §8: a new database for each test; both methods may be called again within one."""
    (tmp_path / "test_studio.py").write_text(UNITTEST.format(base=base))
    url = server.url.render_as_string(hide_password=False)
    assert "OK" in run(tmp_path, "unittest", "test_studio", STALKER_TEST_DB=url)


def test_databases_come_and_go(server: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    """03 §8: names are quoted, and dropping twice is no error."""
    monkeypatch.setenv("STALKER_TEST_DB", server.url.render_as_string(hide_password=False))
    url, name = create_random_db()
    assert make_url(url).database == name and len(name) == len("stalker_test_") + 8
    drop_db(name)
    drop_db(name)
    odd = 'stalker_test "odd"; DROP'
    assert make_url(create_db(odd)).database == odd
    drop_db(odd)


def test_pretending_to_be_on_another_platform() -> None:
    """03 §8: `restore()` undoes it, and does nothing where nothing was done."""
    real, patcher = platform.system(), PlatformPatcher()
    patcher.restore()
    for name in ("Windows", "Darwin"):
        patcher.patch(name)
        assert platform.system() == name
    patcher.restore()
    patcher.restore()
    assert platform.system() == real


def test_a_factory_makes_what_is_missing(stalker_session: object, make: Factory) -> None:
    """Whatever is asked for can be stored, and what is given is used."""
    project = make.project(name="Lighthouse")
    asset = make.asset(project=project)
    shot = make.shot(parent=make.sequence(project=project))
    made = [make.version(), make.version(task=make.task(parent=shot)), asset, make.user()]
    DBSession.commit()
    assert [type(each) for each in made] == [Version, Version, Asset, User]
    assert asset.project is project and shot.project is project
    assert Project.query.count() == 2 and Task.query.count() == 5 and Shot.query.count() == 1
    assert make.asset(project=project).type is asset.type


def test_nothing_is_left_of_a_test(pytestconfig: pytest.Config) -> None:
    """Configuration, environment and session are what they were before."""
    from stalker.testing.scope import initialised

    before, environment = stalker.defaults, dict(os.environ)

    def fail() -> None:
        with initialised({"sqlalchemy.url": "sqlite://"}):
            assert is_bound(DBSession()) and stalker.defaults is not before
            os.environ["STALKER_TEST"] = "1"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert stalker.defaults is before and dict(os.environ) == environment
    assert not is_bound(DBSession())
