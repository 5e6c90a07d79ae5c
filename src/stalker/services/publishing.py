"""Versions with their files: the number first, then the file, then the publication."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.orm import object_session

from stalker.storage import safe_join

if TYPE_CHECKING:
    from stalker.models.repository import Repository
    from stalker.models.version import Version

__all__ = ["number", "place", "publish"]


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
    is refused with `UnsafePathError`. Raises `ValueError` if no repository holds the path.
    """
    path = version.absolute_full_path
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
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _appear(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    version.is_published = True
    return path


def _appear(beside: Path, path: Path) -> None:
    try:
        # unlike a rename, a link never replaces what is there
        os.link(beside, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if path.exists():
            raise FileExistsError(f"{str(path)!r} exists already") from None
        beside.rename(path)
