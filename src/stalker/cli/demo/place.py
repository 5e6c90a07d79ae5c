"""Where the demo is: a folder that is ours, and a database that holds nothing else.

A demo is built beside the one that is there and takes its place at the end. On PostgreSQL there is
no such place: a database with an old demo is emptied first.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import URL, select

from stalker import db
from stalker.cli import signals
from stalker.cli.database import explained, shown
from stalker.cli.demo import manifest, occupant
from stalker.cli.opening import disconnect
from stalker.cli.refusal import Refused
from stalker.db import engines
from stalker.db.beside import BESIDE, file_of, made_beside
from stalker.db.session import DBSession
from stalker.models.project import Project
from stalker.services.demo import Track, build
from stalker.services.planning import draft, the_studio

if TYPE_CHECKING:
    from stalker.editorial import Cut

T = TypeVar("T")

#: says that a folder was made by the demo, and which files in it
MARKER = ".stalker-demo"
#: where a new demo grows
BUILDING = ".stalker-demo-new"
DATABASE = "stalker.db"
REPOSITORY = "repository"
PLAN = "plan.html"


class Place:
    """The output folder and the database of a demo."""

    def __init__(self, output: Path, url: URL | None) -> None:
        self.output = output.absolute()
        self.url = url or _sqlite(self.output / DATABASE)
        #: the page with the plan
        self.plan = self.output / PLAN
        self._file = file_of(self.url)
        self._building = self.output / BUILDING
        self._replaces = False

    def prepare(self, force: bool) -> None:
        """Refuse whatever could cost somebody's work; changes nothing."""
        self._look_at_folder()
        with explained(self.url):
            # connects to nothing, but knows where SQLite would lose data
            engines.create({"sqlalchemy.url": self.url})
        occupant.holds_demo(_sqlite(self.output / DATABASE))
        self._replaces = occupant.holds_demo(self.url)
        taken = {str(self.output): (self.output / MARKER).exists(), shown(self.url): self._replaces}
        for where in taken:
            if taken[where] and not force:
                raise Refused(f"{where} holds a demo already; --force starts afresh")

    def _look_at_folder(self) -> None:
        nearest = next(each for each in (self.output, *self.output.parents) if each.exists())
        if not nearest.is_dir():
            raise Refused(f"{nearest}: it is a file, not a folder")
        if self._building.exists():
            raise Refused(f"{self._building}: a demo is being built; remove it if that was killed")
        if nearest != self.output or not any(self.output.iterdir()):
            return
        if not (self.output / MARKER).is_file():
            raise Refused(f"{self.output} is not empty and was not made by the demo")
        found = manifest.others(self.output / MARKER, self.output / REPOSITORY)
        if found:
            more = f" and {len(found) - 1} more" if len(found) > 1 else ""
            raise Refused(
                f"{self.output / REPOSITORY} holds other files than the demo's, or changed ones:"
                f" {found[0]}{more}"
            )

    def build(self, cut: Cut, track: Track) -> Project:
        """Fill database and folder, and return the project; after a failure nothing is left."""
        missing = [each for each in (self.output, *self.output.parents) if not each.exists()]
        with explained(self.url), signals.postponed() as heed:
            try:
                self.output.mkdir(parents=True, exist_ok=True)
                self._building.mkdir()
                self._build(cut, track, heed)
            except BaseException:
                for folder in missing:
                    with suppress(OSError):  # not empty, or not made
                        folder.rmdir()
                raise
        with explained(self.url):
            db.setup({"sqlalchemy.url": self.url})
        return DBSession.scalars(select(Project)).one()

    def _build(self, cut: Cut, track: Track, heed: Callable[[], None]) -> None:
        def heeding(title: str, items: Iterable[T], total: int, /) -> Iterable[T]:
            for item in track(title, items, total):
                heed()
                yield item

        try:
            if self._file is None and self._replaces:
                occupant.clear(self.url)
            beside = None if self._file is None else _sqlite(self._building / DATABASE)
            db.setup({"sqlalchemy.url": beside or self.url})
            db.init()
            root = self._building / REPOSITORY
            root.mkdir()
            project = build(DBSession(), cut, root, heeding)
            manifest.write(self._building / MARKER, root)
            _draw(project, self._building / PLAN)
            project.repositories[0].path = (self.output / REPOSITORY).resolve().as_posix()
            DBSession.flush()
            heed()
            DBSession.commit()
            disconnect()
            self._swap()
        except BaseException:
            disconnect()
            if self._file is None:
                self._abandon()
            raise
        finally:
            shutil.rmtree(self._building, ignore_errors=True)

    def _swap(self) -> None:
        """Put the new demo in the place of the old one, or leave that as it was."""
        old = self._building / "old"
        old.mkdir()
        leaving = [MARKER, REPOSITORY, PLAN]
        if self._file is None or self._file.resolve() != (self.output / DATABASE).resolve():
            # an old demo here had its own database, and the new one has not
            leaving += [DATABASE + suffix for suffix in ("", *BESIDE)]
        moves = [(self.output / name, old / name) for name in leaving]
        moves += [
            (self._building / name, self.output / name) for name in (MARKER, REPOSITORY, PLAN)
        ]
        with ExitStack() as undo:
            for source, target in moves:
                if source.exists():
                    source.rename(target)
                    undo.callback(target.rename, source)
            if self._file is not None:
                _replace(self._file, self._building / DATABASE)
            undo.pop_all()

    def _abandon(self) -> None:
        """Leave nothing in a database that was named, and none of the files that belong to it."""
        if self._replaces and not (self.output / DATABASE).exists():
            shutil.rmtree(self.output / REPOSITORY, ignore_errors=True)
            for name in (MARKER, PLAN):
                (self.output / name).unlink(missing_ok=True)
        occupant.clear(self.url)


def _draw(project: Project, file: Path) -> None:
    studio = the_studio()
    if studio is not None:
        file.write_text(draft(studio).page(project.name), "utf-8")


def _sqlite(file: Path) -> URL:
    return URL.create("sqlite", database=str(file))


def _replace(file: Path, content: Path) -> None:
    """Let an SQLite database hold what another one does, from one moment to the next.

    A file that is renamed would pull away the ground from a process that has it open.
    """
    with (
        made_beside(_sqlite(file)) as url,
        closing(sqlite3.connect(content)) as source,
        closing(sqlite3.connect(str(url.database))) as target,
    ):
        source.backup(target)
