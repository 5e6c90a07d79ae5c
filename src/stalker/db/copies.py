"""A copy of a whole database, in the form that the database itself understands.

It is made before an upgrade. To move a studio to another kind of database, see `services.backup`.
"""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, Engine

from stalker.db.beside import remove_abandoned, written_beside
from stalker.exceptions import BackupError

__all__ = ["copy", "place_for"]


def place_for(engine: Engine, revision: str) -> Path:
    """Return where a copy goes: beside an SQLite file, or else into the current folder.

    What killed processes have left there is removed.
    """
    name = Path(str(engine.url.database))
    is_file = engine.dialect.name == "sqlite"
    suffix = name.suffix or ".db" if is_file else ".dump"
    folder = name.parent.absolute() if is_file else Path.cwd()
    begin = f"{name.stem}-{revision}-"
    remove_abandoned(folder, f"{glob.escape(begin)}*{glob.escape(suffix)}")
    return folder / f"{begin}{datetime.now(UTC):%Y%m%dT%H%M%SZ}{suffix}"


def copy(engine: Engine, path: Path) -> None:
    """Copy the database of *engine* to the new file *path*, and make sure that it is whole.

    Raises `BackupError`, and leaves nothing, if that cannot be done.
    """
    with written_beside(path) as part:
        if engine.dialect.name == "sqlite":
            _copy_file(Path(str(engine.url.database)), part)
        else:
            _dump(engine.url, part)


def _copy_file(source: Path, target: Path) -> None:
    import sqlite3  # a driver, which is not everybody's

    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        # all in one file, without a log beside it
        new.execute("PRAGMA journal_mode=DELETE")
        (answer,) = new.execute("PRAGMA integrity_check(1)").fetchone()
    if answer != "ok":
        raise BackupError(f"{source}: the database is damaged: {answer}")


def _dump(url: URL, target: Path) -> None:
    environment = dict(os.environ)
    password = url.password or url.query.get("password")
    if password:
        environment["PGPASSWORD"] = str(password)  # an argument would be there for all to see
    query = {key: value for key, value in url.query.items() if key != "password"}
    # `url.set(password=None)` would keep it
    plain = URL.create("postgresql", url.username, None, url.host, url.port, url.database, query)
    where = plain.render_as_string()
    _run(environment, "pg_dump", "-Fc", "--no-password", "-f", str(target), "-d", where)
    _run(environment, "pg_restore", "--list", str(target))


def _run(environment: dict[str, str], program: str, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise BackupError(f"no backup can be made: {program}, a program of PostgreSQL, is missing")
    done = subprocess.run(  # noqa: S603 - no shell, and a program of the user's own
        [found, *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").split("\n")[0].removeprefix(f"{program}: ")
        raise BackupError(f"no backup can be made: {program} says {said or done.returncode!r}")
