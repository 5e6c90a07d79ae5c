"""How names become identifiers, file name parts and plurals."""

from __future__ import annotations

import re
from functools import lru_cache

_WHITE_SPACE = re.compile(r"\s+")
_NOT_NICE = re.compile(r"[^A-Za-z0-9\s_\-@]+")
_NOT_ALPHANUMERIC_START = re.compile(r"^[^A-Za-z0-9]+")
_SPACES_AND_DASHES = re.compile(r"[\s\-]+")
_UNDERSCORES = re.compile(r"_+")
_NOT_LOGIN = re.compile(r"[^a-z0-9()]+")
_LEADING_DIGITS = re.compile(r"^[0-9]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def single_spaced(text: str) -> str:
    """Strip both ends and turn every run of white space into one space."""
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def nice_name(name: str) -> str:
    """Return *name* as it appears in file names: ASCII letters, digits, `_` and `@` only.

    The result is empty for a name without such characters; whoever builds a path must refuse that.
    """
    text = _NOT_NICE.sub("", name.strip()).strip()
    text = _NOT_ALPHANUMERIC_START.sub("", text)
    text = _SPACES_AND_DASHES.sub("_", text)
    return _UNDERSCORES.sub("_", text)


def take_name(text: str) -> str:
    """Return *text* as the take of a version: like `nice_name`, but runs of `_` and `-` stay."""
    text = _WHITE_SPACE.sub("_", _NOT_NICE.sub("", text).strip())
    return _NOT_ALPHANUMERIC_START.sub("", text)


def login_name(text: str) -> str:
    """Return *text* as a login: lower case letters, digits and parentheses, no leading digit."""
    return _LEADING_DIGITS.sub("", _NOT_LOGIN.sub("", text.lower()))


def make_plural(name: str) -> str:
    """Return the English plural of a class name, good enough for table and folder names."""
    if name.endswith("y"):
        return name[:-1] + "ies"
    if name.endswith("f"):
        return name[:-1] + "ves"
    if name.endswith(("ch", "s")):
        return name + "es"
    return name + "s"


def snake_case(name: str) -> str:
    """Return a CamelCase class name in snake_case: `LensKit` is `lens_kit`."""
    return _CAMEL.sub("_", name).lower()
