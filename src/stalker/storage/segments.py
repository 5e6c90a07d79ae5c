"""Paths of any platform as an anchor and a row of names, compared name by name.

Text only: nothing here asks which platform is running or what the file system holds, so that a
path means the same on every workstation. `\\` counts as `/`.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_DRIVE = re.compile(r"[A-Za-z]:(?:/|\Z)")
_SHARE = re.compile(r"//[^/]")


class Location(NamedTuple):
    """A normalised path.

    The anchor is `/`, a drive (`R:/`), `//` for a network share, or empty if the path is relative.
    """

    anchor: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        text = self.anchor + "/".join(self.names)
        # A relative path whose first name is `R:` must not be read as a drive the next time.
        return f"./{text}" if parse_anchor(text) != self.anchor else text or "."

    @property
    def is_windows(self) -> bool:
        return self.anchor not in ("", "/")

    def below(self, root: Location, *, ignore_case: bool) -> tuple[str, ...] | None:
        """Return the names that lead from *root* to here, or `None` if this is elsewhere."""
        count = len(root.names)
        if self._key(count, ignore_case) != root._key(count, ignore_case):
            return None
        return self.names[count:]

    def _key(self, count: int, ignore_case: bool) -> tuple[str, ...]:
        # Two leading slashes mean a network share to Windows, and nothing special elsewhere.
        anchor = "/" if self.anchor == "//" and not ignore_case else self.anchor
        names = (anchor, *self.names[:count])
        if ignore_case:
            names = tuple(name.lower() for name in names)
        # macOS hands out decomposed names: the same text in other code points.
        return tuple(unicodedata.normalize("NFC", name) for name in names)


def parse(text: str) -> Location:
    """Normalise *text*: `.` and `..` resolved as far as they can be, repeated slashes collapsed."""
    if not isinstance(text, str):
        raise TypeError(f"a path must be a str, not {text!r}")
    slashed = text.replace("\\", "/")
    anchor = parse_anchor(slashed)
    rest = slashed[2:] if _DRIVE.match(slashed) else slashed
    names = _resolved(rest.split("/"), bool(anchor))
    # `//x/..` leaves no share to name, so it is the root.
    return Location(anchor if names or anchor != "//" else "/", names)


def parse_anchor(text: str) -> str:
    """Return the anchor of *text*, in which slashes are `/` already."""
    if _DRIVE.match(text):
        return f"{text[:2]}/"
    if _SHARE.match(text):
        return "//"
    return text[:1] if text.startswith("/") else ""


def _resolved(names: list[str], anchored: bool) -> tuple[str, ...]:
    done: list[str] = []
    for name in names:
        if name != "..":
            done += [name] if name not in ("", ".") else []
        elif done and done[-1] != "..":
            done.pop()
        elif not anchored:
            done.append(name)
    return tuple(done)
