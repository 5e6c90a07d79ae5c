"""`stalker init` through the real process."""

from __future__ import annotations

import fcntl
from pathlib import Path

from sqlalchemy import create_engine, inspect, select
from sqlalchemy.orm import Session

from stalker import User
from tests.acceptance.processes import contents, refused, stalker


def test_init_prepares_a_database_once(empty_url: str, tmp_path: Path) -> None:
    """It makes tables, administrator and statuses; the second run says that it changes nothing."""
    runs = [
        stalker("init", "--database", empty_url, cwd=tmp_path, STALKER_ADMIN_PASSWORD=password)
        for password in ("s3cret", "0ther")
    ]
    for run in runs:
        assert run.returncode == 0, run.stderr
        assert "ready" in run.stdout and "logs in as 'admin'" in run.stdout
        assert "s3cret" not in run.stdout + run.stderr and "0ther" not in run.stdout + run.stderr
    assert runs[0].stderr == ""
    (warning,) = runs[1].stderr.splitlines()
    assert warning.endswith("'admin' exists already: the password was NOT changed")
    engine = create_engine(empty_url)
    with Session(engine) as session:
        assert session.scalars(select(User)).one().check_password("s3cret")
    assert "Tasks" in inspect(engine).get_table_names()
    engine.dispose()


def test_init_warns_of_the_password_that_everybody_knows(tmp_path: Path) -> None:
    """Whoever gives no password is told, on each run, and what to do."""
    for _ in range(2):
        run = stalker("init", "--database", "sqlite:///studio.db", cwd=tmp_path)
        assert run.returncode == 0
        (warning,) = run.stderr.splitlines()
        assert "built-in password" in warning and "STALKER_ADMIN_PASSWORD" in warning


def test_init_refuses_an_empty_password(tmp_path: Path) -> None:
    """An empty password is most often a variable that is not set: nothing is made."""
    arguments = ("init", "--database", "sqlite:///studio.db", "--admin-password", "")
    assert "--admin-password is empty" in refused(stalker(*arguments, cwd=tmp_path))
    assert contents(tmp_path) == {}


def test_init_at_the_same_time(tmp_path: Path) -> None:
    """The second one is told that it comes too early, of which file, and succeeds afterwards."""
    with open(tmp_path / "studio.db.part", "w") as part:
        fcntl.flock(part, fcntl.LOCK_EX)
        line = refused(stalker("init", "--database", "sqlite:///studio.db", cwd=tmp_path))
    assert line == (
        f"stalker: {tmp_path}/studio.db: another process is writing it at this moment; "
        "try again when that is done"
    )
    assert stalker("init", "--database", "sqlite:///studio.db", cwd=tmp_path).returncode == 0
    assert "studio.db.part" not in contents(tmp_path)


def test_init_needs_a_database(tmp_path: Path) -> None:
    """Without a setting there is none that stays, and the line says how to name one."""
    assert "--database URL" in refused(stalker("init", cwd=tmp_path))
