"""Where the demo is: a folder that is ours, and a database that holds nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click
from sqlalchemy import Engine, inspect, make_url, select

from stalker import db
from stalker.db import engines
from stalker.db.declarative import Base
from stalker.db.schema import VERSION_TABLE
from stalker.db.session import DBSession
from stalker.models.project import Project
from stalker.services.demo import MARK, Production, Track, build

if TYPE_CHECKING:
    from stalker.editorial import Cut

#: says that a folder was made by the demo
MARKER = ".stalker-demo"
DATABASE = "stalker.db"
REPOSITORY = "repository"


class Refused(click.ClickException):
    """The demo will not do that."""

    exit_code = 2


class Place:
    """The output folder and the database of a demo."""

    def __init__(self, output: Path, database: str | None) -> None:
        self.output = output.absolute()
        self.own_database = database is None
        self.url = make_url(database or f"sqlite:///{self.output / DATABASE}")
        self._made: list[Path] = []
        self._was_empty = False

    @property
    def repository(self) -> Path:
        """Root of the files."""
        return self.output / REPOSITORY

    def prepare(self, force: bool) -> None:
        """Make the folder, or refuse; with *force*, remove the demo that is there before."""
        if self._is_taken():
            if not (self.output / MARKER).is_file():
                raise Refused(f"{str(self.output)!r} is not empty and was not made by the demo")
            if not force:
                raise Refused(f"{str(self.output)!r} holds a demo already; --force starts afresh")
        if not self.own_database:
            self._look_at_database(force)
        if self._is_taken():
            self._remove_files()
        missing = [each for each in (self.output, *self.output.parents) if not each.exists()]
        self.output.mkdir(parents=True, exist_ok=True)
        self._made = missing
        (self.output / MARKER).write_text("Made by `stalker demo`, which may remove it again.\n")

    def _is_taken(self) -> bool:
        return self.output.is_dir() and any(self.output.iterdir())

    def _look_at_database(self, force: bool) -> None:
        file = self._database_file()
        if file is not None and not file.exists():
            self._was_empty = True
            return
        engine = engines.create({"sqlalchemy.url": self._full_url()})
        try:
            names = set(inspect(engine).get_table_names())
            marks: list[str] = []
            if Project.__tablename__ in names:
                with engine.connect() as connection:
                    marks = list(connection.scalars(select(Project.generic_text)))
            where = self.url.render_as_string()
            if any(mark != MARK for mark in marks):
                raise Refused(f"{where} holds productions: the demo needs a database of its own")
            if marks and not force:
                raise Refused(f"{where} holds a demo already; --force starts afresh")
            if marks:
                _drop(engine)
            self._was_empty = bool(marks) or not names
        finally:
            engine.dispose()

    def _full_url(self) -> str:
        return self.url.render_as_string(hide_password=False)

    def _database_file(self) -> Path | None:
        is_file = self.url.get_backend_name() == "sqlite" and self.url.database
        return Path(str(self.url.database)) if is_file else None

    def build(self, cut: Cut, track: Track) -> Production:
        """Fill database and folder."""
        self.repository.mkdir()
        db.setup({"sqlalchemy.url": self._full_url()})
        db.init()
        production = build(DBSession(), cut, self.repository, track)
        DBSession.commit()
        return production

    def clear(self) -> None:
        """Remove what was made, after a failure."""
        bind = DBSession.session_factory.kw.get("bind")
        DBSession.remove()
        if isinstance(bind, Engine):
            file = self._database_file()
            if self._was_empty and file is None:
                _drop(bind)
            bind.dispose()
            if self._was_empty and file is not None:
                _remove_database(file)
        self._remove_files()
        for folder in self._made:
            folder.rmdir()

    def _remove_files(self) -> None:
        shutil.rmtree(self.repository, ignore_errors=True)
        _remove_database(self.output / DATABASE)
        (self.output / MARKER).unlink(missing_ok=True)


def _remove_database(file: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def _drop(engine: Engine) -> None:
    with engine.begin() as connection:
        Base.metadata.drop_all(connection)
        VERSION_TABLE.drop(connection, checkfirst=True)
