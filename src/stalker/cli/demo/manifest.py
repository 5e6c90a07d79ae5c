"""What the demo wrote into a folder: one line per file, as `sha256sum` writes and checks them.

A file that is not listed, or that was changed since, is somebody's work.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import file_digest
from pathlib import Path

#: names of files are bytes on some platforms
_TEXT = {"encoding": "utf-8", "errors": "surrogateescape"}


def write(manifest: Path, root: Path) -> None:
    """Note all files below *root*."""
    lines = sorted(f"{_digest(path)}  {name}\n" for name, path in _files(root))
    manifest.write_text("".join(lines), **_TEXT)


def others(manifest: Path, root: Path) -> list[str]:
    """Return what is below *root* and is not as *manifest* says."""
    lines = [line.partition("  ") for line in manifest.read_text(**_TEXT).splitlines()]
    noted = {name: digest for digest, _, name in lines}
    return sorted(
        name
        for name, path in _files(root)
        if name not in noted or path.is_symlink() or noted[name] != _digest(path)
    )


def _files(root: Path) -> Iterator[tuple[str, Path]]:
    """Return everything but folders; links are not followed."""
    for path in root.rglob("*"):
        if path.is_symlink() or not path.is_dir():
            yield path.relative_to(root).as_posix(), path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
