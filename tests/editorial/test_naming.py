"""Codes of shots from names of clips."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalker.editorial import shot_code, shot_codes

NAMES = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["", "AX", "sh010", "SH010", "sh010_2", "sh010_v001.mov", "SH0020", "a (b)"]),
)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Leader", "Leader"),
        ("C001", "C001"),
        ("SEQ001_HSNI_003_0010_v001", "SEQ001_HSNI_003_0010"),
        ("sc01_sh010_anim.mov", "sc01_sh010_anim"),
        ("ZZ100_501 (LAY3)", "ZZ100_501"),
        ("ZZ100_501.take_1.0001.exr", "ZZ100_501_take_1"),
        ("sh010_V2.1001.exr", "sh010"),
        ("sh010.[1001-1020].exr", "sh010"),
        ("sh010.%04d.dpx", "sh010"),
        ("sh010.####.dpx", "sh010"),
        ("sh010_v003.mov (old) FF", "sh010"),
        ("SQ01.SH010", "SQ01_SH010"),
        ("Çekim 10", "Cekim_10"),
        ("../../etc/passwd", "etc_passwd"),
        ("a\nb", "a_b"),
        ("2012", "2012"),
        ("v001", "v001"),
        (".mov", "mov"),
        ("AX", ""),
        ("untitled", ""),
        ("場面", ""),
        ("---", ""),
        ("", ""),
    ],
)
def test_code_of_a_name(name: str, code: str) -> None:
    """The code is what stays of a name while the shot stays the same."""
    assert shot_code(name) == code


@pytest.mark.parametrize(
    ("names", "codes"),
    [
        (["a", "b"], ["a", "b"]),
        (["a", "a", "a", "b", "c"], ["a", "a_2", "a_3", "b", "c"]),
        (["a", "a", "a_2"], ["a", "a_3", "a_2"]),
        (["sh010_v001", "sh010_v002"], ["sh010", "sh010_2"]),
        (["a", "A"], ["a", "A_2"]),
        (["a", "b", ""], ["a", "b", "SH0030"]),
        (["a", "SH0020", "", "SH0030"], ["a", "SH0020", "SH0030_2", "SH0030"]),
        (["", "", ""], ["SH0010", "SH0020", "SH0030"]),
        (["tape"] * 3, ["SH0010", "SH0020", "SH0030"]),
        ([], []),
    ],
)
def test_codes_of_a_cut(names: list[str], codes: list[str]) -> None:
    """Repeats get a number, the nameless their place, and a cut without names is numbered."""
    assert shot_codes(names) == tuple(codes)


@given(st.lists(NAMES, max_size=60))
def test_codes_are_unique_and_safe(names: list[str]) -> None:
    """One code per name, unique in any case, of safe characters only."""
    codes = shot_codes(names)
    assert len(codes) == len(names)
    assert len({code.casefold() for code in codes}) == len(codes)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,120}", code) for code in codes)


@given(st.lists(NAMES, max_size=30))
def test_codes_are_stable(names: list[str]) -> None:
    """The same names give the same codes, and codes given as names stay as they are."""
    codes = shot_codes(names)
    assert shot_codes(names) == codes


@given(st.lists(st.integers(1, 9999).map("sh{:04d}".format), unique=True, max_size=40))
def test_good_names_are_kept(names: list[str]) -> None:
    """Names that are codes already are not touched, in any order."""
    assert shot_codes(names) == tuple(names)


@given(st.text(max_size=60))
def test_code_of_any_text(name: str) -> None:
    """Any text gives a safe code or none."""
    assert re.fullmatch(r"([A-Za-z0-9][A-Za-z0-9_-]*)?", shot_code(name))


def test_long_names_are_cut() -> None:
    """A name of any length gives a code that fits a database column and a folder."""
    assert len(shot_code("x" * 100_000)) == 100
