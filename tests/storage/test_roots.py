"""Translation of paths between the platforms of a repository."""

from __future__ import annotations

import platform
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from stalker.storage import Roots, expand, longest, normalise, normalise_root

FILMS = Roots(linux="/srv/films", windows="R:/films", osx="/Volumes/films")
SYSTEMS = ("Linux", "Windows", "Darwin")


@pytest.mark.parametrize(
    ("given_text", "stored"),
    [
        ("/srv/films", "/srv/films/"),
        ("\\srv\\films", "/srv/films/"),
        ("/srv//x/../films/", "/srv/films/"),
        ("/srv/films\\", "/srv/films/"),
        ("~/films/", "~/films/"),
        ("$ROOT/films", "$ROOT/films/"),
        ("R:", "R:/"),
        ("R:\\films", "R:/films/"),
        ("R://", "R:/"),
        ("R://////", "R:/"),
        ("R:/x/../films", "R:/films/"),
        ("R:/..", "R:/"),
        ("", "./"),
        (".", "./"),
        ("a/..", "./"),
        ("/", "/"),
        ("//", "/"),
        ("///", "/"),
        ("///srv", "/srv/"),
        ("/../srv", "/srv/"),
        ("../films", "../films/"),
        ("a/../../b", "../b/"),
        ("\\\\server\\share", "//server/share/"),
        ("\\\\server\\share\\\\x\\..", "//server/share/"),
        ("R:films", "R:films/"),
        ("a/../R:/x", "./R:/x/"),
    ],
)
def test_normalising_roots(given_text: str, stored: str) -> None:
    """POSIX rules on every platform, and exactly one slash at the end."""
    assert normalise_root(given_text) == stored
    assert normalise_root(stored) == stored
    assert normalise(given_text) == (stored.rstrip("/") if stored not in ("/", "R:/") else stored)


def test_roots_are_frozen_and_normalised() -> None:
    """The fields hold the stored form; the native root of an unknown platform is `None`."""
    assert Roots("/srv/films/", "R:\\films\\", "/Volumes//films") == FILMS
    assert [FILMS.native(system) for system in (*SYSTEMS, "Plan9")] == [
        "/srv/films/", "R:/films/", "/Volumes/films/", None,
    ]  # fmt: skip
    assert Roots().native("Linux") == "./"
    with pytest.raises(FrozenInstanceError):
        FILMS.linux = "/x"  # type: ignore[misc]


@pytest.mark.parametrize("value", [None, 1, 1.5, [], {}, b"/x"])
def test_paths_are_text(value: Any) -> None:
    """Anything else is a `TypeError`, in every function."""
    for attempt in (
        lambda: Roots(linux=value),
        lambda: normalise(value),
        lambda: FILMS.contains(value),
        lambda: FILMS.translate(value, "Linux"),
        lambda: FILMS.relative(value),
        lambda: longest(value, {}),
    ):
        with pytest.raises(TypeError, match="must be a str"):
            attempt()


@pytest.mark.parametrize(
    "path",
    [
        "/srv/films/nova/a.ma", "\\srv\\films\\nova\\a.ma", "R:/films/nova/a.ma",
        "R:\\films\\nova\\a.ma", "/Volumes/films/nova/a.ma", "\\Volumes\\films\\nova\\a.ma",
        "r:\\FILMS/nova\\a.ma", "//srv//films/./nova/x/../a.ma",
    ],
)  # fmt: skip
def test_any_spelling_is_understood(path: str) -> None:
    """Six spellings of one path, and crooked ones, all translate to each platform."""
    assert FILMS.contains(path)
    assert FILMS.translate(path, "Linux") == "/srv/films/nova/a.ma"
    assert FILMS.translate(path, "Windows") == "R:/films/nova/a.ma"
    assert FILMS.translate(path, "Darwin") == "/Volumes/films/nova/a.ma"
    assert FILMS.relative(path) == FILMS.relative(path, strict=True) == "nova/a.ma"
    assert FILMS.split(path) in [(root, "nova/a.ma") for root in map(FILMS.native, SYSTEMS)]


@pytest.mark.parametrize(
    "path",
    [
        "/srv/films2/a", "/srv/film", "/SRV/films/a", "/volumes/films/a", "/srv/films/../other",
        "R:/films2", "S:/films/a", "R:films/a", "films/a", "", ".", "a/b", "//other/films/a", "/",
    ],
)  # fmt: skip
def test_what_is_elsewhere(path: str) -> None:
    """A path below none of the roots is only normalised, and `strict` refuses to go there."""
    assert not FILMS.contains(path) and FILMS.split(path) is None
    assert FILMS.translate(path, "Windows") == normalise(path)
    with pytest.raises(ValueError, match="is not below any of Roots"):
        FILMS.relative(path, strict=True)


def test_the_root_belongs_to_the_repository() -> None:
    """The bare root is inside, with and without its slash."""
    for root in ("/srv/films", "/srv/films/", "R:\\films", "r:/films/"):
        assert FILMS.contains(root)
        assert FILMS.translate(root, "Darwin") == "/Volumes/films"
        assert FILMS.relative(root) == "."


def test_only_the_leading_root_is_replaced() -> None:
    """A path that repeats its root keeps the second one."""
    path = "/srv/films/x/srv/films/y"
    assert FILMS.translate(path, "Windows") == "R:/films/x/srv/films/y"


def test_undefined_roots_hold_nothing_and_receive_nothing() -> None:
    """An empty root never matches, and as a target it is an error that names the missing path."""
    partial = Roots(linux="/srv/films")
    assert not partial.contains("a") and not partial.contains("./a") and not partial.contains("")
    for system, name in {"Windows": "windows_path", "Darwin": "osx_path"}.items():
        with pytest.raises(ValueError, match=f"{name} is not defined"):
            partial.translate("/srv/films/a", system)
        assert partial.translate("/other/a", system) == "/other/a"
    with pytest.raises(ValueError, match="no paths for the platform 'Plan9'"):
        partial.translate("/srv/films/a", "Plan9")


def test_a_slash_is_a_root() -> None:
    """`/` stays `/` and holds every absolute path of its kind."""
    whole = Roots(linux="/", windows="R:")
    assert whole.translate("/nova/a", "Windows") == "R:/nova/a"
    assert whole.translate("r:\\nova", "Linux") == "/nova"
    assert whole.translate("R:", "Linux") == "/" and whole.translate("/", "Windows") == "R:/"
    assert not whole.contains("nova") and not whole.contains("S:/nova")


def test_network_shares() -> None:
    """A share is a Windows root of its own, and not a doubled slash."""
    share = Roots(linux="/mnt/films", windows="\\\\server\\films")
    assert share.translate("\\\\SERVER\\films\\nova", "Linux") == "/mnt/films/nova"
    assert share.translate("/mnt/films/nova", "Windows") == "//server/films/nova"
    assert not share.contains("/server/films/nova")


def test_nested_roots_of_one_repository() -> None:
    """The longest root is split off; what is in the target form already stays."""
    nested = Roots(linux="/mnt/films", osx="/mnt")
    assert nested.split("/mnt/films/a") == ("/mnt/films/", "a")
    assert nested.translate("/mnt/films/a", "Darwin") == "/mnt/films/a"
    assert nested.translate("/mnt/a", "Linux") == "/mnt/films/a"


def test_ways_to_paths_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without `strict` the way from the native root is given, if there can be one."""
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    assert FILMS.relative("/srv/other/a") == "../other/a"
    assert FILMS.relative("/srv") == ".."
    assert FILMS.relative("nova/a") == "nova/a"
    assert FILMS.relative("S:/a") == "S:/a"
    assert FILMS.relative("R:/other", system="Windows") == "../other"
    assert FILMS.relative("/a", system="Plan9") == "/a"
    assert Roots().relative("/a/b") == "/a/b"


def test_accents_in_either_form() -> None:
    """macOS writes letters and accents apart; the path is the same."""
    accents = Roots(linux="/srv/été", osx="/Volumes/e\u0301te\u0301")
    assert accents.translate("/Volumes/été/a", "Linux") == "/srv/été/a"


def test_the_longest_root_of_several_repositories() -> None:
    """Nested repositories: the inner one holds the path; equals go to the first."""
    table = {
        1: Roots(linux="/mnt"),
        2: Roots(linux="/mnt/P", windows="R:/"),
        3: Roots(linux="/mnt/P/inner", windows="r:/p"),
        4: Roots(linux="/mnt/P"),
        5: Roots(),
    }
    assert longest("/mnt/P/a", table) == 2
    assert longest("/mnt/P/inner/a", table) == 3
    assert longest("/mnt/Projects", table) == 1
    assert longest("R:\\P\\a", table) == 3
    assert longest("/other", table) is None
    assert longest("a", {5: Roots()}) is None
    assert longest("a", {}) is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$REPOMAIN/nova", "/srv/films/nova"),
        ("${REPOMAIN}/nova", "/srv/films/nova"),
        ("%REPOMAIN%\\nova", "/srv/films/nova"),
        ("$REPOMAIN", "/srv/films/"),
        ("$REPOMAIN2/nova", "$REPOMAIN2/nova"),
        ("$REPOMAIN_x", "$REPOMAIN_x"),
        ("$REPOMA/nova", "$REPOMA/nova"),
        ("$REPOMY-REPO/a", "/mine/a"),
        ("$REPOMY/a", "/my/a"),
        ("$HOME/${HOME}/%HOME%/~", "$HOME/${HOME}/%HOME%/~"),
        ("$SLASH/nova", "/nova"),
        ("$NESTED/x", "$REPOMAIN/x"),
        ("$/%%/${}", "$/%%/${}"),
        ("a$REPOMAIN.b", "a/srv/films/.b"),
        ("", ""),
    ],
)
def test_expanding(path: str, expected: str) -> None:
    """Only the given variables are replaced, once, in each of the three spellings."""
    variables = {
        "REPOMAIN": "/srv/films/",
        "REPOMY": "/my",
        "REPOMY-REPO": "/mine",
        "SLASH": "/",
        "NESTED": "$REPOMAIN",
        "": "never",
    }
    assert expand(path, variables) == expected
    assert expand(path, {}) == path


name = st.text("aB1_.é-", min_size=1, max_size=4).filter(lambda text: text not in (".", ".."))
folders = st.lists(name, min_size=1, max_size=4)
letter = st.sampled_from("RSX")
posix_root = folders.map(lambda parts: "/" + "/".join(parts))
windows_root = st.tuples(letter, folders).map(lambda pair: f"{pair[0]}:/" + "/".join(pair[1]))
share = st.lists(name, min_size=2, max_size=3).map(lambda parts: "//" + "/".join(parts))
anything = st.text(max_size=30) | st.text("/\\.:aR$~", max_size=15)


@st.composite
def repositories(draw: st.DrawFn) -> Roots:
    return Roots(draw(posix_root), draw(windows_root | share), draw(posix_root))


def apart(roots: Roots) -> bool:
    """Whether no root lies below another, so that a path tells its platform."""
    every = [roots.native(system) or "" for system in SYSTEMS]
    return not any(
        Roots(linux=one).contains(other) or Roots(windows=one).contains(other)
        for index, one in enumerate(every)
        for place, other in enumerate(every)
        if index != place
    )


@settings(max_examples=500, deadline=None, database=None)
@given(roots=repositories(), rest=st.lists(name, max_size=4).map("/".join), back=st.booleans())
def test_translation_goes_there_and_back(roots: Roots, rest: str, back: bool) -> None:
    """Between any two platforms a path returns to itself, in either kind of slash."""
    assume(apart(roots))
    for source in SYSTEMS:
        path = normalise(f"{roots.native(source)}{rest}")
        written = path.replace("/", "\\") if back else path
        for target in SYSTEMS:
            there = roots.translate(written, target)
            assert there == normalise(f"{roots.native(target)}{rest}")
            assert roots.translate(there, source) == path
            assert roots.relative(there, strict=True) == (rest or ".")


@settings(max_examples=500, deadline=None, database=None)
@given(roots=repositories(), path=anything | folders.map("/".join), target=st.sampled_from(SYSTEMS))
def test_translation_is_done_once(roots: Roots, path: str, target: str) -> None:
    """Translating what was translated changes nothing, and inside stays inside."""
    for start in ("", roots.linux, roots.windows, roots.osx):
        there = roots.translate(start + path, target)
        assert roots.translate(there, target) == there
        assert roots.contains(there) == roots.contains(start + path)


@settings(max_examples=1000, deadline=None, database=None)
@given(text=anything)
def test_normalising_is_stable(text: str) -> None:
    """A normalised path is its own normal form, with no backslash and nothing doubled."""
    once = normalise(text)
    assert normalise(once) == once
    assert normalise_root(once) == normalise_root(text)
    assert "\\" not in once and "//" not in once[1:]
    assert once in ("/", f"{once[:1]}:/") or not once.endswith("/")
    assert "/../" not in once.removeprefix("../") or once.startswith("../..")


@settings(max_examples=500, deadline=None, database=None)
@given(root=posix_root | windows_root | share, extra=st.text("aB1", min_size=1, max_size=3))
def test_longer_names_are_elsewhere(root: str, extra: str) -> None:
    """A sibling whose name starts like the root is never taken for it."""
    roots = Roots(linux=root, windows=root, osx=root)
    assert roots.contains(root) and roots.contains(f"{root}/{extra}")
    assert not roots.contains(root + extra)
    assert (
        longest(f"{root}/{extra}/a", {"outer": roots, "inner": Roots(f"{root}/{extra}")}) == "inner"
    )
