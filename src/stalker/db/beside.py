"""Files that take their place only when they are complete."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from errno import EBUSY, ENOENT
from pathlib import Path

from sqlalchemy import URL

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

#: what the name of a file ends with while it is being written
SUFFIX = ".part"

#: what the names of the files end with that SQLite has beside a database
BESIDE = ("-wal", "-shm", "-journal")


@contextmanager
def written_beside(path: Path, replace: bool = False, mode: int = 0o600) -> Iterator[Path]:
    """Yield where to write; afterwards the file is forced to the disk and becomes *path*.

    An exception removes it. What a killed process has left does not look like the file, and the
    next one who writes *path* takes its place. Only the owner may read the file, unless *mode* says
    otherwise. Raises `FileExistsError` for a *path* that is there unless it may be replaced,
    `FileNotFoundError` without its folder, and `BlockingIOError` while another process writes it.
    """
    _refuse_existing(path, replace)
    if not path.parent.is_dir():
        raise FileNotFoundError(ENOENT, f"there is no folder {path.parent}", str(path))
    part = path.with_name(path.name + SUFFIX)
    descriptor = _open(part, mode)
    try:
        os.ftruncate(descriptor, 0)
        yield part
        os.fsync(descriptor)
        _refuse_existing(path, replace)
        if fcntl is None:  # nobody renames an open file there
            os.close(descriptor)
            descriptor = -1
        # before the lock goes: who gets it next must not find this file under that name
        os.replace(part, path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    finally:
        if descriptor >= 0:
            os.close(descriptor)
    _force_names(path.parent)


@contextmanager
def made_beside(url: URL) -> Iterator[URL]:
    """Yield where to make a database: the file of an SQLite one that is missing grows beside.

    It gets its name when it is complete, and every connection has to be closed by then. So nobody
    finds a half database under that name, or waits for one that a failure removes. A database that
    is there, or on a server, is made where it is. Raises like `written_beside`.
    """
    file = file_of(url)
    if file is None or file.exists():
        yield url
        return
    with written_beside(file.resolve(), mode=0o644) as part:  # a link stays one
        _remove_logs(part)  # of a killed process
        try:
            yield url.set(database=str(part))
            _empty_log(part)
        finally:
            _remove_logs(part)


def _empty_log(part: Path) -> None:
    """Bring all into the one file that is renamed."""
    import sqlite3  # a driver, which is not everybody's

    with closing(sqlite3.connect(part, timeout=0)) as connection:
        (is_busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if is_busy:
        raise BlockingIOError(EBUSY, "it is complete, but still in use", str(part))


def _remove_logs(part: Path) -> None:
    for suffix in BESIDE:
        part.with_name(part.name + suffix).unlink(missing_ok=True)


def file_of(url: URL) -> Path | None:
    """Return the file of an SQLite database."""
    is_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    return Path(str(url.database)) if is_file else None


def remove_abandoned(folder: Path, names: str) -> None:
    """Remove unfinished files in *folder*, for *names* like `a-*.db`, that nobody writes now."""
    for part in folder.glob(names + SUFFIX):
        with suppress(OSError):
            descriptor = _open(part)
            try:
                for each in folder.glob(glob.escape(part.name) + "*"):  # SQLite has a log beside it
                    each.unlink()
            finally:
                os.close(descriptor)


def _refuse_existing(path: Path, replace: bool) -> None:
    if path.exists() and not (replace and path.is_file()):
        raise FileExistsError(17, "it exists already", str(path))


def _open(part: Path, mode: int = 0o600) -> int:
    """Open *part* for nobody else."""
    while True:
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT, mode)
        if fcntl is None:
            return descriptor
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(descriptor), os.stat(part)):
                    return descriptor
        except BlockingIOError as error:
            os.close(descriptor)
            message = "another process is writing it at this moment; try again when that is done"
            name = part.with_name(part.name.removesuffix(SUFFIX))
            raise BlockingIOError(error.errno, message, str(name)) from None
        os.close(descriptor)  # it was renamed before it was locked


def _force_names(folder: Path) -> None:
    """Make sure that what was renamed keeps its name through a power cut."""
    with suppress(OSError):  # not every platform opens folders
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
