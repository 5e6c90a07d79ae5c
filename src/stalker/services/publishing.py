"""Versions with their files: the number first, then the file, then the publication."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from errno import EEXIST
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy.orm import object_session

from stalker.storage import safe_join

if TYPE_CHECKING:
    from stalker.models.repository import Repository
    from stalker.models.version import Version

__all__ = ["appear", "number", "place", "publish", "staged"]


def number(versions: Iterable[Version], extension: str = "") -> None:
    """Give new versions their final numbers, and the paths that follow from them.

    Flushes once for all of them. From here on nobody else gets these numbers, as long as the
    transaction is open or committed.
    """
    versions = list(versions)
    for session in {each for each in map(object_session, versions) if each is not None}:
        session.flush()
    for version in versions:
        version.update_paths()
        if extension:
            version.extension = extension


def place(version: Version) -> Path:
    """Return where the file of *version* belongs on this machine.

    The path is checked once more against what is on disk: a link that leads out of the repository
    is refused with `UnsafePathError`. Raises `ValueError` if no repository holds the path, and if
    there is none yet.
    """
    path = version.absolute_full_path
    if not path:
        raise ValueError(f"{version!r} has no path yet: number() gives it one")
    for repository in version.task.project.repositories:
        root = _root(repository)
        if root is not None and path.startswith(root):
            return Path(safe_join(root, path.removeprefix(root)))
    raise ValueError(f"Version.full_path of {version!r} lies in no repository: {path!r}")


def _root(repository: Repository) -> str | None:
    path = repository.path
    return None if path in (None, "./") else path


def publish(version: Version, content: bytes) -> Path:
    """Write the file of a numbered version and mark it as published; return where it is.

    Folders are made as needed. The file is complete or not there, and one that exists is never
    replaced: that raises `FileExistsError`.
    """
    path = place(version)
    path.parent.mkdir(parents=True, exist_ok=True)
    with staged(path.parent, [content]) as beside:
        return appear(version, beside)


@contextmanager
def staged(folder: Path, content: Iterable[bytes]) -> Iterator[Path]:
    """Write *content* into a file of *folder* that nobody knows, and yield it; it goes again.

    What takes long happens here, before the transaction that numbers a version, so that nobody
    waits for it.
    """
    beside = folder / f".{uuid4().hex}.part"
    try:
        with beside.open("xb") as file:
            for part in content:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        yield beside
    finally:
        beside.unlink(missing_ok=True)


def appear(version: Version, beside: Path) -> Path:
    """Let a staged file be that of a numbered version, and mark it as published."""
    path = place(version)
    path.parent.mkdir(parents=True, exist_ok=True)
    _appear(beside, path)
    version.is_published = True
    return path


def _appear(beside: Path, path: Path) -> None:
    try:
        # unlike a rename, a link never replaces what is there
        os.link(beside, path)
    except OSError as error:  # a file system without links, too
        if path.exists() or isinstance(error, FileExistsError):
            reason = "it exists already, and is not replaced: move it away if nothing needs it"
            raise FileExistsError(EEXIST, reason, str(path)) from error
        beside.rename(path)
