"""Decides whether a path that was made from data may be used, and where it leads."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Sequence

from stalker.exceptions import UnsafePathError
from stalker.storage.names import checked_segment, refuse
from stalker.storage.segments import parse

MAX_PATH_BYTES = 1024


def checked_relative(path: str) -> str:
    """Return *path* in normal form C if each of its parts is safe on every platform.

    Else raises `UnsafePathError`: nothing is repaired, since a path that needs repair came from a
    broken template or from a name that was chosen with care.
    """
    names = _normal(path).split("/")
    if len(names) > 1 and not names[0]:
        refuse(path, "is absolute")
    if "" in names:
        refuse(path, "is empty or has an empty name in it")
    return "/".join(map(checked_segment, names))


def _normal(path: str) -> str:
    if not isinstance(path, str):
        raise TypeError(f"a path must be a str, not {path!r}")
    # The length first: normal forms of megabytes are not worth the time.
    if len(path) > MAX_PATH_BYTES or len(path.encode("utf-8", "surrogatepass")) > MAX_PATH_BYTES:
        refuse(path, f"is longer than {MAX_PATH_BYTES} bytes")
    return unicodedata.normalize("NFC", path)


def safe_join(root: str, relative: str) -> str:
    """Return *relative* below the folder *root* of this machine, with forward slashes.

    Symbolic links that exist now are followed: if one of them leads out of *root*, the path is
    refused. Whoever can write to the folder can still place one later.
    """
    inside = checked_relative(relative)
    if not isinstance(root, str):
        raise TypeError(f"a root must be a str, not {root!r}")
    if not os.path.isabs(root):
        refuse(root, "is not an absolute root on this platform")
    try:
        base = os.path.realpath(root)
    except ValueError:  # a NUL, or half of a surrogate pair
        refuse(root, "is not a root that a file system could have")
    if not _is_below(os.path.realpath(os.path.join(base, inside)), base):
        raise UnsafePathError(f"{inside!r} leaves {root!r} through a symbolic link")
    return f"{root.replace(os.sep, '/').rstrip('/')}/{inside}"


def _is_below(path: str, base: str) -> bool:
    try:
        return os.path.normcase(os.path.commonpath([path, base])) == os.path.normcase(base)
    except ValueError:  # different drives
        return False


def split_root(path: str, roots: Iterable[str]) -> tuple[str, str]:
    """Return the longest of *roots* that holds *path*, and the rest; `("", path)` if none does.

    Whole names are compared (`/mnt/P` does not hold `/mnt/Projects`), those of Windows roots
    without regard to case.
    """
    location = parse(path)
    found = "", path
    depth = -1
    for root in roots:
        place = parse(root)
        below = location.below(place, ignore_case=place.is_windows)
        if below is not None and len(place.names) > depth and (place.anchor or place.names):
            found, depth = (root, "/".join(below)), len(place.names)
    return found


def checked_rendered(path: str, allowed_prefixes: Sequence[str]) -> str:
    """Return a *path* that a template rendered, without a slash at the end, if it may be used.

    It is relative, or starts with one of *allowed_prefixes*: roots, which end in a slash, or
    variables like `$REPOMAIN`. Templates write `{{ root }}/{{ code }}`, so a root may be followed
    by one more slash; any other doubled slash is a part that came out empty, and is refused.
    """
    text = _normal(path)
    prefix = max(
        (each for each in allowed_prefixes if _starts_with(text, each)), key=len, default=None
    )
    if prefix is None:
        if text.startswith("/"):
            refuse(path, f"is absolute, but starts with none of {list(allowed_prefixes)}")
        return checked_relative(text.removesuffix("/"))
    trunk = prefix.rstrip("/")
    rest = text[len(_normal(trunk)) :].removeprefix("/")
    if prefix.endswith("/"):
        rest = rest.removeprefix("/")
    if not rest or rest.startswith("/"):
        refuse(path, "has an empty name after its root")
    return f"{trunk}/{checked_relative(rest.removesuffix('/'))}"


def _starts_with(text: str, prefix: str) -> bool:
    trunk = _normal(prefix.rstrip("/"))
    if trunk in ("", ".") and prefix != "/":
        return False
    start, rest = text[: len(trunk)], text[len(trunk) :]
    if parse(trunk).is_windows:
        start, trunk = start.lower(), trunk.lower()
    return start == trunk and rest[:1] in ("", "/")


def folded(path: str) -> str:
    """Return a key that is equal for paths which some file system would take for the same.

    Two names that differ only by case or by normal form collide on Windows or macOS.
    """
    decomposed = unicodedata.normalize("NFD", path)
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", decomposed.casefold()))
