"""One storage root under its three platform paths, and translation of paths between them."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import TypeVar

from stalker.storage.segments import Location, parse

Key = TypeVar("Key")

#: `platform.system()` and the field that holds its root, in the order in which roots are tried
_FIELDS = {"Windows": "windows", "Linux": "linux", "Darwin": "osx"}


def normalise(text: str) -> str:
    """Return *text* with `/` only, by POSIX rules on every platform; no slash at the end."""
    return str(parse(text))


def normalise_root(text: str) -> str:
    """Return *text* like `normalise`, ending in exactly one `/`; empty text becomes `./`."""
    return f"{normalise(text).rstrip('/')}/"


@dataclass(frozen=True)
class Roots:
    """The paths of one repository. An empty one (`./`) is not defined: nothing lies below it.

    Windows roots are compared without regard to case, the others with.
    """

    linux: str = ""
    windows: str = ""
    osx: str = ""

    def __post_init__(self) -> None:
        for field in fields(self):
            object.__setattr__(self, field.name, normalise_root(getattr(self, field.name)))

    def native(self, system: str) -> str | None:
        """Return the root for *system*, a value of `platform.system()`; `None` if it has none."""
        name = _FIELDS.get(system)
        return None if name is None else str(getattr(self, name))

    @property
    def defined(self) -> list[str]:
        """The roots that are not empty, each once."""
        every = dict.fromkeys(getattr(self, name) for name in _FIELDS.values())
        return [root for root in every if _is_defined(parse(root))]

    def contains(self, path: str) -> bool:
        """Whether *path* is one of the roots or lies below one."""
        return self.split(path) is not None

    def split(self, path: str) -> tuple[str, str] | None:
        """Return the root that *path* lies below and the rest, which is empty for the root itself.

        If several roots match, the longest does; `None` if none does.
        """
        match = max(self._matches(parse(path)), key=lambda match: match.depth, default=None)
        return None if match is None else (match.root, match.rest)

    def translate(self, path: str, target_system: str) -> str:
        """Return *path* with its leading root replaced by that of *target_system*.

        A path below none of the roots is only normalised. One that is below the target already is
        not taken for one of another platform. A target that is not defined is a `ValueError`.
        """
        location = parse(path)
        matches = list(self._matches(location))
        if not matches:
            return str(location)
        best = max(matches, key=lambda match: (match.system == target_system, match.depth))
        return normalise(f"{self._target(target_system)}{best.rest}")

    def _target(self, system: str) -> str:
        root = self.native(system)
        if root is None:
            raise ValueError(f"there are no paths for the platform {system!r}")
        if not _is_defined(parse(root)):
            raise ValueError(f"{_FIELDS[system]}_path is not defined: {root!r}")
        return root

    def relative(self, path: str, strict: bool = False, system: str | None = None) -> str:
        """Return *path* as seen from the root it lies below, `.` for the root itself.

        For a path elsewhere: a `ValueError` if *strict*, else the way to it from the root of
        *system* (the running platform) through `..`, or the path itself if there is no such way.
        """
        if (found := self.split(path)) is not None:
            return found[1] or "."
        if strict:
            raise ValueError(f"{path!r} is not below any of {self}")
        location = parse(path)
        return _way(parse(self.native(system or platform.system()) or ""), location)

    def _matches(self, location: Location) -> Iterator[_Match]:
        for system, name in _FIELDS.items():
            root = parse(getattr(self, name))
            below = location.below(root, ignore_case=system == "Windows")
            if below is not None and _is_defined(root):
                yield _Match(system, getattr(self, name), "/".join(below), len(root.names))


@dataclass(frozen=True)
class _Match:
    system: str
    root: str
    rest: str
    depth: int


def _is_defined(root: Location) -> bool:
    return bool(root.anchor or root.names)


def _way(start: Location, end: Location) -> str:
    if not start.anchor or start.anchor.lower() != end.anchor.lower():
        return str(end)
    shared = 0
    for one, other in zip(start.names, end.names, strict=False):
        if one != other:
            break
        shared += 1
    return "/".join([".."] * (len(start.names) - shared) + list(end.names[shared:])) or "."


def longest(path: str, candidates: Mapping[Key, Roots]) -> Key | None:
    """Return the key of the roots that hold *path* most closely; of equals the first."""
    location = parse(path)
    depths = {
        key: max((match.depth for match in roots._matches(location)), default=-1)
        for key, roots in candidates.items()
    }
    best = max(depths, key=lambda key: depths[key], default=None)
    return best if best is not None and depths[best] >= 0 else None


def expand(path: str, variables: Mapping[str, str]) -> str:
    """Replace `$NAME`, `${NAME}` and `%NAME%` for the names in *variables*, and nothing else.

    Other variables stay visible. Values are not expanded again, and one that ends in `/` takes a
    slash that follows with it.
    """
    # Longest first: of `REPO-A` and `REPO`, the one that is meant.
    known = sorted(filter(None, variables), key=len, reverse=True)
    if not known:
        return path
    names = "|".join(map(re.escape, known))
    pattern = rf"(?:\$({names})(?![A-Za-z0-9_])|\$\{{({names})\}}|%({names})%)([/\\]?)"

    def value(match: re.Match[str]) -> str:
        text = variables[match[1] or match[2] or match[3]]
        return text if text.endswith("/") else text + match[4]

    return re.sub(pattern, value, path)
