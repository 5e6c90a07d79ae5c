"""Which names may be files and folders."""

from __future__ import annotations

import ntpath
import os
import platform
import posixpath
import random
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stalker.exceptions import UnsafePathError
from stalker.storage import checked_relative, checked_segment, folded

DATA = Path(__file__).with_name("data") / "hostile_segments.txt"
BAD_CHARACTERS = (
    '<>:"|?*/\\\0\n\r\t\x1b\x7f\x85\u00a0\u2028\u3000\u200b\u202e\u2066\ufeff\u00ad\ud800\udcff'
    "\ue000\uffff\u2044\u2215\uff0f\u29f8\u2216\uff3c\u00a5\u20a9\u2024\u2026\uff0e\uff1a\u2236"
    "\ua789\u2571\u034f\ufe0f\u3164\u0338\u2800\U000e0041\U0010ffff"
)
GOOD_PARTS = (
    "SH020",
    "Comp_Main_v001.ma",
    "été",
    "日本語",
    "a b",
    ".thumbs",
    "x" * 40,
    "ﻻ",
    "🎬",
    "%04d",
)
PORTS = tuple(f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³")
DEVICES = ("con", "prn", "aux", "nul", "conin$", "conout$", "clock$", *PORTS)


def written() -> list[str]:
    # Spaces at the end of a line are part of some attacks, so the lines are not stripped.
    lines = DATA.read_text("utf-8").split("\n")[:-1]
    return [line.encode().decode("unicode-escape") for line in lines if line[:5] != "# ---"]


def generated() -> Iterator[str]:
    chance = random.Random(20261125)
    for character in BAD_CHARACTERS:
        for part in GOOD_PARTS:
            cut = chance.randrange(1, len(part)) if len(part) > 1 else 1
            yield part[:cut] + character + part[cut:]
            yield character + part
            yield part + character
            yield character + part + chance.choice(BAD_CHARACTERS)
    for device in DEVICES:
        for tail in ("", ".txt", ".tar.gz", " .txt", "..x", "  .x.y"):
            yield device + tail
            yield device.upper() + tail
            yield "".join(chance.choice((c.upper(), c)) for c in device) + tail
    for part in GOOD_PARTS:
        for tail in (".", " ", "..", ". ", " .", "   ", "...", " . ."):
            yield part + tail
        for head in (" ", "  ", "~", "\u0301"):
            yield head + part
        for variable in ("$HOME", "${A}", "$(a)", "%TEMP%", "$_"):
            yield part + variable
            yield variable + part
        yield part * 201
    for size in (201, 202, 500, 5000):
        yield "x" * size
        yield "é" * size
        yield "日" * size
        yield "e\u0301" * size


HOSTILE = list(dict.fromkeys([*written(), *generated()]))
GOOD = [
    *GOOD_PARTS, "a", "A-b_c@d", "v001", "a..b", "a.b.c", "-", "_", "(1)", "a+b", "a,b;c", "a=b",
    "#1", "con1", "cons", "com", "com10", "lpt", "console.log", "null", "aconb", "com1x", "nul-x",
    "$", "a$1", "100%", "%d", "$0", "ab~1", "a~", "x" * 200, "é" * 100, "Ω", "ß", "İ", "ñ",
    "עברית", "العربية", "한국어", "a\u0301b", "l·l", "\u30ce", "\u4e3f", "!", "'", "`", "[x]",
    "{x}", "^", "&", "🎬🎥",
]  # fmt: skip


def verdict(name: str) -> str | None:
    try:
        return checked_segment(name)
    except UnsafePathError:
        return None


def test_the_corpus_is_large() -> None:
    """There are at least 2,000 distinct hostile names."""
    assert len(HOSTILE) >= 2000


@pytest.mark.parametrize("name", written())
def test_a_written_attack_is_refused(name: str) -> None:
    """Each attack of the list is refused by itself and as a part of a path."""
    with pytest.raises(UnsafePathError):
        checked_segment(name)
    if "/" not in name:
        for path in (name, f"a/{name}", f"{name}/b", f"a/{name}/b"):
            with pytest.raises(UnsafePathError):
                checked_relative(path)


def test_every_hostile_name_is_refused() -> None:
    """None of the whole corpus passes, neither alone nor in the middle of a path."""
    passed = [name for name in HOSTILE if verdict(name) is not None]
    assert passed == []
    for name in HOSTILE:
        if "/" not in name:
            with pytest.raises(UnsafePathError):
                checked_relative(f"a/{name}/b")


@pytest.mark.parametrize("name", GOOD)
def test_ordinary_names_pass(name: str) -> None:
    """Names of any language, and those that only resemble a forbidden one, are accepted."""
    assert checked_segment(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize("system", ["Linux", "Windows", "Darwin"])
def test_platforms_agree(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The verdict on every name is the same wherever the question is asked."""
    names = HOSTILE + GOOD
    here = [verdict(name) for name in names]
    windows = system == "Windows"
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(
        sys, "platform", {"Windows": "win32", "Darwin": "darwin"}.get(system, "linux")
    )
    with monkeypatch.context() as patch:
        patch.setattr(os, "path", ntpath if windows else posixpath)
        patch.setattr(os, "sep", "\\" if windows else "/")
        patch.setattr(os, "altsep", "/" if windows else None)
        there = [verdict(name) for name in names]
    assert there == here


text = st.text(st.characters(codec=None), max_size=30) | st.text(
    "a./\\: ~$%{}\u2024\uff0f", max_size=8
)


@settings(max_examples=1000, deadline=None, database=None)
@example(name="COM¹")
@given(name=text | st.sampled_from(HOSTILE))
def test_what_passes_is_one_name_everywhere(name: str) -> None:
    """An accepted name is one name to both kinds of path, no device, and short enough."""
    accepted = verdict(name)
    if accepted is None:
        return
    assert accepted == unicodedata.normalize("NFC", accepted) == checked_segment(accepted)
    assert PurePosixPath("/r", accepted).parts == ("/", "r", accepted)
    windows = PureWindowsPath("R:\\r", accepted)
    assert windows.parts == ("R:\\", "r", accepted) and not windows.is_reserved()
    assert ntpath.normpath(f"R:\\r\\{accepted}") == f"R:\\r\\{accepted}"
    assert posixpath.normpath(f"/r/{accepted}") == f"/r/{accepted}"
    assert len(accepted.encode("utf-8")) <= 200
    assert accepted.isprintable() and accepted == accepted.strip()


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("", "'' is an empty name"),
        ("..", "'..' leads to another folder"),
        ("a\n", r"'a\\n' has a control, invisible or unassigned character \(U\+000A\)"),
        ("a:b", r"'a:b' has a ':'"),
        ("a\u2044", "looks like a separator or a dot"),
        ("NUL.x", "'NUL.x' is the name of a device on Windows"),
        ("x" * 300, r"x'\.\.\. is longer than 200 bytes"),
        ("$A", "has a variable in it"),
        ("a.", "ends with a dot or a space"),
        (" a", "starts with a space"),
        ("~a", "starts with '~'"),
    ],
)  # fmt: skip
def test_messages_name_the_part_and_the_rule(name: str, rule: str) -> None:
    """The error shows the offending name as Python writes it, and says why it is refused."""
    with pytest.raises(UnsafePathError, match=rule):
        checked_segment(name)


@pytest.mark.parametrize("name", [None, 1, b"a", Path("a")])
def test_a_name_is_text(name: Any) -> None:
    """Anything else is a `TypeError`."""
    with pytest.raises(TypeError, match="must be a str"):
        checked_segment(name)


def test_folding_joins_what_a_file_system_joins() -> None:
    """Case and normal form make no difference to the key, anything else does."""
    assert folded("A/É") == folded("a/e\u0301") == folded("a/E\u0301")
    assert folded("STRASSE") == folded("straße")
    assert folded("a/b") != folded("a/c") and folded("a") != folded("á")


@settings(max_examples=500, deadline=None, database=None)
@given(path=text)
def test_folding_is_stable(path: str) -> None:
    """Folding twice, or after a change of case or form, gives the same key."""
    key = folded(path)
    assert folded(key) == key
    assert folded(path.casefold()) == key
    for form in ("NFC", "NFD"):
        assert folded(unicodedata.normalize(form, path)) == key
