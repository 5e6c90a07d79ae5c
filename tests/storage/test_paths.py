"""Paths below a root: accepted, joined, and never outside."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from stalker.exceptions import UnsafePathError
from stalker.storage import checked_relative, checked_rendered, safe_join, split_root

PREFIXES = ["/srv/films/", "R:/films/", "/Volumes/films/", "./", "", "$REPOMAIN", "$REPO33"]


@pytest.mark.parametrize(
    "path", ["a", "a/b/c.ma", "SQ10/SH 020/été", "a" * 200 + "/b", "x/" * 500 + "x"]
)
def test_relative_paths_pass(path: str) -> None:
    """A path of safe names comes back unchanged."""
    assert checked_relative(path) == path


def test_relative_paths_come_back_composed() -> None:
    """Decomposed letters are composed, so that the stored path is the same from every platform."""
    assert checked_relative("e\u0301/a") == "\u00e9/a"


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("", "'' is empty or has an empty name in it"),
        ("a//b", "'a//b' is empty or has an empty name in it"),
        ("a/", "'a/' is empty"),
        ("/a", "'/a' is absolute"),
        ("//server/share", "is absolute"),
        ("/", "'/' is absolute"),
        ("a/../b", r"'\.\.' leads to another folder"),
        ("./a", r"'\.' leads to another folder"),
        ("C:/a", "'C:' has a ':'"),
        ("a\\b", "file systems give a meaning"),
        ("\\\\server\\share", "file systems give a meaning"),
        ("a/CON/b", "'CON' is the name of a device"),
        ("x/" * 512 + "x", "is longer than 1024 bytes"),
        ("x" * 10**6, "is longer than 1024 bytes"),
        ("日/" * 300 + "x", "is longer than 1024 bytes"),
    ],
)
def test_unsafe_relative_paths(path: str, rule: str) -> None:
    """The error shows the offender and the rule it breaks."""
    with pytest.raises(UnsafePathError, match=rule):
        checked_relative(path)


@pytest.mark.parametrize("path", [None, 1, b"a", Path("a"), ["a"]])
def test_a_path_is_text(path: Any) -> None:
    """Anything else is a `TypeError`, in every function."""
    for attempt in (
        lambda: checked_relative(path),
        lambda: checked_rendered(path, []),
        lambda: safe_join("/r", path),
        lambda: safe_join(path, "a"),
        lambda: split_root(path, ["/r"]),
    ):
        with pytest.raises(TypeError, match="must be a str"):
            attempt()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/srv/films/nova/a.ma", "/srv/films/nova/a.ma"),
        ("/srv/films//nova/", "/srv/films/nova"),
        ("R:/films/nova", "R:/films/nova"),
        ("r:/FILMS//nova", "R:/films/nova"),
        ("/Volumes/films/nova", "/Volumes/films/nova"),
        ("$REPOMAIN/nova/", "$REPOMAIN/nova"),
        ("$REPO33/nova/a", "$REPO33/nova/a"),
        ("nova/Lighting/", "nova/Lighting"),
        ("nova", "nova"),
    ],
)
def test_rendered_paths_pass(path: str, expected: str) -> None:
    """A root with one slash too many and one slash at the end are tolerated and removed."""
    assert checked_rendered(path, PREFIXES) == expected


@pytest.mark.parametrize(
    "path",
    [
        "/srv/films///nova", "/srv/films2/nova", "/srv/film/nova", "/SRV/films/nova", "/etc/passwd",
        "/srv/films", "/srv/films/", "/srv/films//", "/srv/films/nova//", "/srv/films/../etc",
        "/srv/films/./a", "/srv/films/nova//a", "$REPOMAIN", "$REPOMAIN/", "$REPOMAIN//nova",
        "$REPOMAIN2/nova", "$REPO3/nova", "$REPOMAIN/$REPO33/a", "$REPOMAIN/../a", "$HOME/a",
        "${REPOMAIN}/a", "%REPOMAIN%/a", "~/a", "C:/a", "R:/other/a", "R:films/a", "R:\\films\\a",
        "//server/share/a", "\\\\server\\share", "nova//a", "nova/a//", "//", "/", "",
        "/srv/films/a\n", "\n/srv/films/a", " /srv/films/a", "/srv/films/CON", "/srv/films/a/$HOME",
        "./nova", "../nova",
        "/srv/films/" + "x" * 201, "/srv/films/" + "x/" * 520, "/srv/films/a\0", "/srv//films/a",
        "/srv/films\\a", "$REPOMAIN\\a", "/srv/films/~root",
    ],
)  # fmt: skip
def test_unsafe_rendered_paths(path: str) -> None:
    """What leads elsewhere, has an empty part, or starts with another root is refused."""
    with pytest.raises(UnsafePathError):
        checked_rendered(path, PREFIXES)


def test_the_longest_prefix_is_the_root() -> None:
    """Of nested roots the inner one counts; a root `/` holds every absolute path."""
    assert checked_rendered("/srv//a", ["/", "/srv/"]) == "/srv/a"
    assert checked_rendered("//nova/a", ["/"]) == "/nova/a"
    assert checked_rendered("//server/share/a", ["//server/share/"]) == "//server/share/a"
    assert checked_rendered("//SERVER/share//a", ["//server/share/"]) == "//server/share/a"
    with pytest.raises(UnsafePathError, match="starts with none of"):
        checked_rendered("/a", ["", "./", "//", "."])


def test_decomposed_roots_match() -> None:
    """A root with an accent is recognised in either normal form."""
    root = "/srv/été/"
    assert checked_rendered(unicodedata.normalize("NFD", "/srv/été/a"), [root]) == "/srv/été/a"


@pytest.mark.parametrize(
    ("path", "roots", "expected"),
    [
        ("/mnt/Projects/a", ["/mnt/P"], ("", "/mnt/Projects/a")),
        ("/mnt/P/a/b", ["/mnt/P"], ("/mnt/P", "a/b")),
        ("/mnt/P", ["/mnt/P/"], ("/mnt/P/", "")),
        ("/mnt/P/a", ["/mnt/", "/mnt/P/", "/"], ("/mnt/P/", "a")),
        ("/mnt/P/../Q/a", ["/mnt/P/"], ("", "/mnt/P/../Q/a")),
        ("r:\\FILMS\\a", ["R:/films/"], ("R:/films/", "a")),
        ("/MNT/p/a", ["/mnt/p/"], ("", "/MNT/p/a")),
        ("\\\\SRV\\films\\a", ["//srv/films/"], ("//srv/films/", "a")),
        ("//mnt/P/a", ["/mnt/P/"], ("/mnt/P/", "a")),
        ("a/b", ["./", ""], ("", "a/b")),
        ("/a", ["/"], ("/", "a")),
        ("R:/a", ["R:"], ("R:", "a")),
        ("R:a", ["R:/"], ("", "R:a")),
    ],
)
def test_splitting_compares_whole_names(
    path: str, roots: list[str], expected: tuple[str, str]
) -> None:
    """The longest root that holds the path by whole names is split off."""
    assert split_root(path, roots) == expected


def test_joining(tmp_path: Path) -> None:
    """The result is the root as it was given and the path, whether it exists or not."""
    (tmp_path / "a").mkdir()
    assert safe_join(str(tmp_path), "a/b/c.ma") == f"{tmp_path}/a/b/c.ma"
    assert safe_join(f"{tmp_path}/", "x") == f"{tmp_path}/x"
    assert safe_join("/", "x/y") == "/x/y"


@pytest.mark.parametrize(
    "root", ["", "./", ".", "films", "R:/films", "~", "$REPOMAIN", "/a\0", "/\ud800"]
)
def test_the_root_must_be_real(root: str) -> None:
    """A root that is not defined on this platform joins with nothing."""
    with pytest.raises(UnsafePathError, match="root"):
        safe_join(root, "a")


def test_different_drives_are_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows there may be no common path at all."""

    def commonpath(paths: list[str]) -> str:
        raise ValueError("Paths don't have the same drive")

    monkeypatch.setattr(os.path, "commonpath", commonpath)
    with pytest.raises(UnsafePathError, match="leaves"):
        safe_join("/r", "a")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository full of links, beside a folder with a secret."""
    top = tmp_path_factory.mktemp("storage")
    root, outside = top / "films", top / "films2"
    for folder in (root / "nova" / "work", outside / "deep"):
        folder.mkdir(parents=True)
    (outside / "secret").write_text("secret")
    for name, target in {
        "out": outside,
        "relative": Path("../films2"),
        "up": Path(".."),
        "file": outside / "secret",
        "absolute": Path("/"),
        "dangling": outside / "not" / "yet",
        "loop": Path("loop"),
        "chain": Path("nova/again"),
        "inside": Path("nova"),
        "nova/again": Path("../out"),
        "nova/work/home": Path("../../../films/nova"),
    }.items():
        (root / name).symlink_to(target)
    (top / "link_to_films").symlink_to(root)
    return root


@pytest.mark.parametrize(
    "path",
    [
        "out", "out/secret", "out/new/file", "relative/secret", "up/films2/secret", "up", "file",
        "absolute/etc/passwd", "dangling", "dangling/x", "chain/secret", "nova/again/secret",
        "inside/again/secret", "nova/work/home/again/x",
    ],
)  # fmt: skip
def test_links_do_not_lead_out(path: str, repository: Path) -> None:
    """A link out of the repository, at any place in a path and through others, is refused."""
    with pytest.raises(UnsafePathError, match=r"leaves .* through a symbolic link"):
        safe_join(str(repository), path)


@pytest.mark.parametrize("path", ["inside/work", "nova/work/home/work/new", "nova", "loop/x"])
def test_links_inside_are_fine(path: str, repository: Path) -> None:
    """A link that stays below the root may be used, and so may a root that is itself a link."""
    assert safe_join(str(repository), path) == f"{repository}/{path}"
    linked = repository.parent / "link_to_films"
    assert safe_join(str(linked), path) == f"{linked}/{path}"


FOLDERS = (
    "nova work home again out relative up file absolute dangling loop inside .. . CON a b é secret "
    "films2 etc ..\\.. C: ~ $HOME \u2024\u2024"
)
names = st.sampled_from(["", "a b", *FOLDERS.split()])
somewhere = st.lists(names, max_size=6).map("/".join) | st.text(
    st.characters(codec=None), max_size=40
)


@settings(
    max_examples=1000,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(path="up/films2/secret")
@example(path="nova/work/home/again")
@given(path=somewhere)
def test_nothing_is_outside(path: str, repository: Path) -> None:
    """Whatever text is given, it is refused, or it lies below the root on the real file system."""
    try:
        joined = safe_join(str(repository), path)
    except UnsafePathError:
        return
    real, root = os.path.realpath(joined), os.path.realpath(repository)
    assert os.path.commonpath([real, root]) == root and real != os.path.dirname(root)
    assert not real.startswith(f"{root}2")
    assert checked_relative(path) == unicodedata.normalize("NFC", path)


@settings(max_examples=1000, deadline=None, database=None)
@given(
    path=somewhere,
    prefix=st.sampled_from(["", "/srv/films/", "/srv/films", "$REPOMAIN/", "R:/films/"]),
)
def test_rendered_paths_keep_to_their_prefix(path: str, prefix: str) -> None:
    """An accepted path is relative and safe after its prefix, and is accepted again as it is."""
    try:
        accepted = checked_rendered(prefix + path, PREFIXES)
    except UnsafePathError:
        return
    assert checked_rendered(accepted, PREFIXES) == accepted
    found = [each for each in PREFIXES if each and accepted.startswith(each.rstrip("/") + "/")]
    rest = accepted.removeprefix(found[0].rstrip("/") + "/") if found else accepted
    assert checked_relative(rest) == rest
