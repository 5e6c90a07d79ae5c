"""Reading a file that may be anything, and saying in one line what is wrong with it."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from pathlib import Path

MAX_BYTES = 64 * 1024 * 1024
_MAX_SHOWN = 300


class RefusedError(ValueError):
    """Why a file is no cut, without its name: `read_cut` adds that."""


def one_line(value: object, limit: int = _MAX_SHOWN) -> str:
    """Return *value* as text that cannot break a log line or a terminal, shortened."""
    start = str(value)[: 10 * limit]
    text = " ".join("".join(char if char.isprintable() else " " for char in start).split())
    return text if len(text) <= limit else text[: limit - 3] + "..."


def quoted(name: object) -> str:
    """Return a name from the file for use within a sentence."""
    return f"'{one_line(name, 80)}'"


def counted(number: int, one: str, many: str) -> str:
    """Return *number* with the words for it."""
    return f"{number} {one if number == 1 else many}"


def listed(names: Sequence[object], limit: int = 10) -> str:
    """Return the first names for use within a sentence, and how many there are beyond."""
    shown = ", ".join(map(quoted, names[:limit]))
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit} more"


def read_bytes(path: Path) -> bytes:
    """Return what is in the file *path*; raises `RefusedError` if it is no file, empty or huge."""
    try:
        # A pipe or a device would block or never end, so only regular files are opened.
        if not path.exists():
            raise RefusedError("there is no such file")
        if not path.is_file():
            raise RefusedError("it is a folder" if path.is_dir() else "it is not a regular file")
        # One byte more than allowed tells "too big" even if the file grows meanwhile.
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise RefusedError(f"it cannot be opened: {error.strerror or error}") from error
    return _sized(data)


def decoded(data: bytes, fallback: str | None = None) -> str:
    """Return *data* as text: UTF-8, UTF-16 with a byte order mark, else the encoding *fallback*."""
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            text = data.decode("utf-16")
        else:
            text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if fallback is None:
            raise RefusedError(f"it is not text: {error.reason} at byte {error.start}") from error
        text = data.decode(fallback, errors="replace")
    if "\0" in text:
        raise RefusedError("it is not text: it holds zero bytes")
    if not text.strip():
        raise RefusedError("it holds nothing but white space")
    return text


def _sized(data: bytes) -> bytes:
    if not data:
        raise RefusedError("the file is empty")
    if len(data) > MAX_BYTES:
        raise RefusedError(f"it is bigger than {MAX_BYTES // 1024**2} MB")
    return data
