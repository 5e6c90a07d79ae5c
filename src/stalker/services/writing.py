"""Files that live and die with the rows which say where they are.

An application writes its own files. What it writes for a new version stays if the row of the
version is committed, and is removed with the folders that were made for it if the row is not. Where
a connection breaks off during the commit, another one is asked; what nobody can tell, stays.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session, SessionTransaction, object_session

from stalker.db.session import StudioSession
from stalker.log import logger
from stalker.models.version import Version
from stalker.services import outcome
from stalker.services.publishing import place

__all__ = ["keep_with", "write"]

#: where a session keeps what was written in its transaction, and whether that was to be committed
_WRITTEN = "files_of_new_versions"
_COMMITTING = "commit_was_sent"


class _Written(NamedTuple):
    version: Version
    #: that of its row, which the object may lose
    id: int
    file: Path
    #: the folders that were not there before, the innermost first
    folders: list[Path]


def write(version: Version, save: Callable[[str], object]) -> Path:
    """Let *save* write the file of a numbered version to the path it gets; return where it is.

    Folders are made as needed. An empty file keeps the name while *save* has not written it. One
    that is there already is never replaced: that raises `FileExistsError`. If *save* fails or
    writes nothing, nothing is left, and if the transaction of the version does not end with a
    commit, neither.
    """
    path = place(version)
    written = _Written(
        version, version.id, path, [each for each in path.parents if not each.exists()]
    )
    _take_name(written)
    try:
        save(str(path))
        if not path.is_file() or not path.stat().st_size:
            raise OSError(f"{str(path)!r} was not written, though saving seemed to succeed")
    except BaseException:
        _remove([written])
        raise
    _note(written)
    return path


def keep_with(version: Version, file: Path) -> None:
    """Let a file that is there live and die with the row of a numbered version."""
    _note(_Written(version, version.id, file, []))


def _note(written: _Written) -> None:
    session = object_session(written.version)
    if session is None:
        return
    if _WRITTEN not in session.info:
        session.info[_WRITTEN] = []
        connection = session.connection(bind_arguments={"mapper": inspect(type(written.version))})
        event.listen(connection, "commit", lambda _: session.info.update({_COMMITTING: True}))
    session.info[_WRITTEN].append(written)


def _take_name(written: _Written) -> None:
    version, _, file, folders = written
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(exist_ok=False)
    except OSError:
        _remove_empty(folders)
        if os.path.lexists(file):
            raise FileExistsError(
                f"{str(file)!r} is in the way of {version!r}: no file is ever replaced; move it "
                "away if no version needs it, and save again"
            ) from None
        raise


def _remove(files: Iterable[_Written]) -> None:
    for _, _, file, folders in files:
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            logger.warning("%s belongs to no version and could not be removed: %s", file, error)
        _remove_empty(folders)


def _remove_empty(folders: Iterable[Path]) -> None:
    for each in folders:
        with suppress(OSError):  # somebody else has used it, or it was never made
            each.rmdir()


def _without_row(session: Session, files: Sequence[_Written]) -> list[_Written]:
    """Return the files that no row came for, of those in a commit that was not answered."""
    engine = session.get_bind(Version).engine
    stored = outcome.stored(engine, [each.id for each in files])
    if stored is None:
        for each in files:
            logger.warning("%s stays: nobody can tell whether its version was stored", each.file)
        return []
    return [each for each in files if each.id not in stored]


@event.listens_for(StudioSession, "after_commit")
def _keep(session: Session) -> None:
    if not session.in_nested_transaction():
        files = session.info.pop(_WRITTEN, ())
        # a savepoint may have taken back a version, but not its file
        _remove(each for each in files if not inspect(each.version).persistent)


@event.listens_for(StudioSession, "after_transaction_end")
def _take_back(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        files = session.info.pop(_WRITTEN, ())
        if session.info.pop(_COMMITTING, False) and files:
            files = _without_row(session, files)
        _remove(files)
