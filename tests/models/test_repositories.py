"""`Repository`: roots on three platforms, translation of paths, environment variables."""

from __future__ import annotations

import logging
import os
import platform
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

import stalker
from stalker import Repository, db
from stalker.db.session import DBSession
from tests.factories import least, project, repository, unique

PATHS = {"Linux": "linux_path", "Windows": "windows_path", "Darwin": "osx_path"}
ROOTS = {"Linux": "/srv/films", "Windows": "R:/films", "Darwin": "/Volumes/films"}
each_system = pytest.mark.parametrize("system", PATHS)


def on(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "system", lambda: system)


@pytest.fixture(autouse=True)
def linux(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test begins on Linux, wherever it runs."""
    on("Linux", monkeypatch)


# --- Roots ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("attribute", PATHS.values())
@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("/srv/films", "/srv/films/"),
        ("\\srv\\films", "/srv/films/"),
        ("/srv//x/../films/", "/srv/films/"),
        ("/srv/films\\", "/srv/films/"),
        ("~/films/", "~/films/"),
        ("$ROOT/films", "$ROOT/films/"),
        ("R:", "R:/"),
        ("R:\\films", "R:/films/"),
        ("R:/x/../films", "R:/films/"),
        ("R://", "R:/"),
        ("R://////", "R:/"),
        ("/", "/"),
        ("", "./"),
        ("/" + "x" * 400, "/" + "x" * 400 + "/"),
    ],
)
def test_roots_are_normalised(attribute: str, given: str, stored: str) -> None:
    """The same record looks the same on every platform."""
    changed = repository()
    setattr(changed, attribute, given)
    for each in (repository(**{attribute: given}), changed):
        assert getattr(each, attribute) == stored


@pytest.mark.parametrize("attribute", [*PATHS.values(), "path", "code"])
@pytest.mark.parametrize("value", [None, 1, 1.5, [], {}])
def test_roots_and_codes_are_text(attribute: str, value: Any) -> None:
    """Anything else is a `TypeError`."""
    films = repository()
    with pytest.raises(TypeError, match=r"Repository\."):
        setattr(films, attribute, value)
    if attribute != "path":
        with pytest.raises(TypeError, match=rf"Repository\.{attribute}"):
            least(Repository, **{attribute: value})


def test_a_code_is_mandatory() -> None:
    """A skipped one is empty, and refused as such."""
    for arguments in ({}, {"code": ""}):
        with pytest.raises(ValueError, match=r"Repository\.code"):
            Repository(name="x", **arguments)


@each_system
def test_the_path_is_that_of_the_platform(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked at each access; assigning it changes the root of the running platform only."""
    films = repository()
    before = {key: getattr(films, name) for key, name in PATHS.items()}
    on(system, monkeypatch)
    assert films.path == before[system] == ROOTS[system] + "/"
    films.path = "/new"
    assert {key: getattr(films, name) for key, name in PATHS.items()} == {
        **before,
        system: "/new/",
    }
    on("Plan9", monkeypatch)
    assert films.path is None


@each_system
def test_roots_of_any_length_are_stored(database: str, system: str) -> None:
    """20 BT-21: both databases take the same."""
    root = "/" + "x/" * 2000
    films = repository(**{PATHS[system]: root})
    DBSession.save(films)
    DBSession.expire_all()
    assert getattr(films, PATHS[system]) == root


def test_macos_is_another_name_of_osx(database: str) -> None:
    """20 AD-1: attribute, method and column are the same."""
    films = repository(unique("MAC"))
    films.macos_path = "/Volumes\\new"
    DBSession.save(films)
    DBSession.expire_all()
    assert films.osx_path == films.macos_path == "/Volumes/new/"
    assert films.to_macos_path("/srv/films/a") == films.to_osx_path("/srv/films/a")
    assert Repository.query.filter_by(macos_path="/Volumes/new/").one() is films
    with pytest.raises(TypeError, match=r"Repository\.(macos|osx)_path"):
        films.macos_path = None  # type: ignore[assignment]


def test_repositories_may_share_names_and_codes(database: str) -> None:
    """Three of them with one code can be stored; one that a project uses cannot be deleted."""
    films = [repository("SAME") for _ in range(3)]
    DBSession.save([*films, project(repositories=films[:1])])
    assert Repository.query.filter_by(code="SAME").count() == 3
    DBSession.delete(films[2])
    DBSession.commit()
    DBSession.delete(films[0])
    with pytest.raises(IntegrityError):
        DBSession.commit()
    DBSession.rollback()


# --- Translation ----------------------------------------------------------------------------------

CONVERT: dict[str, Callable[[Repository, str], str]] = {
    "Linux": lambda films, path: films.to_linux_path(path),
    "Windows": lambda films, path: films.to_windows_path(path),
    "Darwin": lambda films, path: films.to_osx_path(path),
}
SPELLINGS = [
    "/srv/films/nova/a.ma",
    "\\srv\\films\\nova\\a.ma",
    "R:/films/nova/a.ma",
    "r:\\FILMS\\nova\\a.ma",
    "/Volumes/films/nova/a.ma",
    "\\Volumes\\films\\nova\\a.ma",
    "/srv/films//x/../nova/./a.ma",
    "$REPOMAIN/nova/a.ma",
    "$REPOMAIN\\nova\\a.ma",
    "${REPOMAIN}/nova/a.ma",
]


@each_system
@pytest.mark.parametrize("path", SPELLINGS)
def test_every_spelling_is_understood(
    path: str, system: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three platforms, both slashes, and the variable: translated to each platform."""
    on(system, monkeypatch)
    films = repository("MAIN")
    for target, convert in CONVERT.items():
        assert convert(films, path) == f"{ROOTS[target]}/nova/a.ma"
        assert convert(films, convert(films, path)) == convert(films, path)
    assert films.to_native_path(path) == f"{ROOTS[system]}/nova/a.ma"
    assert films.make_relative(path) == "nova/a.ma"
    assert films.is_in_repo(path) is True


@each_system
def test_a_variable_may_hold_any_root(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever platform the value was written for."""
    films = repository("MAIN")
    monkeypatch.setenv("REPOMAIN", ROOTS[system])
    assert films.to_windows_path("$REPOMAIN/nova/a.ma") == "R:/films/nova/a.ma"
    assert films.to_linux_path("$REPOMAIN/nova/a.ma") == "/srv/films/nova/a.ma"
    assert films.make_relative("$REPOMAIN/nova/a.ma") == "nova/a.ma"


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("/srv/films", True),
        ("/srv/films/", True),
        ("R:/films", True),
        ("/srv/films2/a", False),
        ("/srv/filmsa", False),
        ("/SRV/films/nova", False),
        ("/volumes/films/nova", False),
        ("r:\\FILMS\\nova", True),
        ("films/a", False),
        ("a/b", False),
        ("./a", False),
        ("", False),
        ("/srv/films/../other", False),
    ],
)
def test_what_is_inside(database: str, path: str, inside: bool) -> None:
    """Whole components count; Windows roots ignore case; undefined roots match nothing."""
    films = repository("MAIN")
    DBSession.save([films, repository("NONE", linux_path="", windows_path="", osx_path="")])
    assert films.is_in_repo(path) is inside
    assert Repository.find_repo(path) is (films if inside else None)


def test_only_the_leading_root_is_replaced() -> None:
    """A path outside is only normalised."""
    films = repository("MAIN")
    assert films.to_windows_path("/srv/films/x/srv/films/y") == "R:/films/x/srv/films/y"
    assert films.to_windows_path("\\other\\..\\mnt\\a") == "/mnt/a"
    assert films.make_relative("/srv/films") == "."
    assert films.make_relative("/srv/other/a") == "../other/a"
    with pytest.raises(ValueError, match="/srv/other/a"):
        films.make_relative("/srv/other/a", strict=True)


def test_undefined_roots_are_no_target() -> None:
    """The message names the path that is missing."""
    films = repository("MAIN", windows_path="")
    with pytest.raises(ValueError, match="windows_path"):
        films.to_windows_path("/srv/films/a")
    assert films.to_linux_path("a/b") == "a/b"


def test_strange_variables_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only variables of repositories are expanded, unless everything is asked for."""
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    films = repository("MAIN")
    for path in ("$SECRET_TOKEN/a", "~/a", "$NOBODY/a"):
        assert films.to_linux_path(path) == path
    assert films.to_linux_path("$SECRET_TOKEN/a", expand=True) == "hunter2/a"


@pytest.mark.parametrize(
    "method",
    [
        "to_linux_path", "to_windows_path", "to_osx_path", "to_native_path", "make_relative",
        "is_in_repo", "find_repo", "to_os_independent_path", "native_path",
    ],
)  # fmt: skip
@pytest.mark.parametrize("value", [None, 1, [], b"/srv"])
def test_paths_are_text(method: str, value: Any) -> None:
    """Anything else is a `TypeError`, in every method."""
    with pytest.raises(TypeError):
        getattr(repository(), method)(value)


# --- Finding --------------------------------------------------------------------------------------


def test_paths_that_any_platform_understands(database: str) -> None:
    """The root becomes the variable of the code; what is nowhere stays as it is."""
    films = repository("MAIN")
    DBSession.save(films)
    for path in (*SPELLINGS, f"$REPO{films.id}/nova/a.ma", f"$REPO{films.id}\\nova\\a.ma"):
        assert Repository.find_repo(path) is films
        assert films.to_os_independent_path(path) == "$REPOMAIN/nova/a.ma"
        assert Repository.native_path(path) == films.to_native_path(path)
    for path in ("/elsewhere/a", "a\\b", "$NOBODY/a"):
        assert Repository.to_os_independent_path(path) == path == Repository.native_path(path)


def test_the_closest_repository_is_found(database: str) -> None:
    """Of nested roots the longest, of equal ones the oldest."""
    outer, inner, twin = (
        repository(code, linux_path=path, windows_path="", osx_path="")
        for code, path in (("OUT", "/srv"), ("IN", "/srv/films"), ("TWIN", "/srv/films"))
    )
    DBSession.save([outer, inner, twin])
    assert Repository.find_repo("/srv/films/a") is inner
    assert Repository.find_repo("/srv/filmsa") is outer
    assert Repository.find_repo("/srv/films/a", repositories=[outer]) is outer


def test_finding_asks_the_database_once(database: str, statements: Callable[[], list[str]]) -> None:
    """For any number of paths; after a change it asks again and finds what is new."""
    films = [
        repository(linux_path=f"/srv/films{n}", windows_path="", osx_path="") for n in range(9)
    ]
    DBSession.save(films)
    DBSession.expire_all()
    ids = [each.id for each in films]
    recorded = statements()
    for _ in range(3):
        for number, wanted in enumerate(ids):
            found = Repository.find_repo(f"/srv/films{number}/a")
            assert found is not None and found.id == wanted
    assert len(recorded) <= 1 + len(films)
    films[0].linux_path = "/mnt/new"
    DBSession.flush()
    assert Repository.find_repo("/mnt/new/a") is films[0]
    assert Repository.find_repo("/srv/films0/a") is None
    DBSession.rollback()
    assert Repository.find_repo("/srv/films0/a") is films[0]
    DBSession.delete(films[0])
    DBSession.commit()
    assert Repository.find_repo("/srv/films0/a") is None


def test_finding_does_not_flush(database: str) -> None:
    """What waits in the session keeps waiting."""
    DBSession.add(pending := repository())
    Repository.find_repo("/elsewhere")
    assert pending in DBSession.new


# --- Environment ----------------------------------------------------------------------------------


def test_storing_sets_both_variables(database: str) -> None:
    """`REPO<code>` and `REPO<id>`, also for an undefined root; the name cannot be set."""
    code = unique("STORED")
    films, empty = repository(code), repository(unique("EMPTY"), linux_path="")
    DBSession.save([films, empty])
    assert films.env_var == f"REPO{code}"
    assert os.environ[f"REPO{code}"] == os.environ[f"REPO{films.id}"] == "/srv/films/"
    assert os.environ[empty.env_var] == os.environ[f"REPO{empty.id}"] == "./"
    with pytest.raises(AttributeError):
        films.env_var = "x"  # type: ignore[misc]


@each_system
def test_assigning_a_root_updates_them_at_once(
    database: str, system: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the root of the running platform counts, however it is assigned."""
    on(system, monkeypatch)
    films = repository(unique("MOVED"))
    DBSession.save(films)
    names = (films.env_var, f"REPO{films.id}")

    def check(value: str) -> None:
        assert [os.environ[name] for name in names] == [value, value]

    for other, attribute in PATHS.items():
        if other != system:
            setattr(films, attribute, "/ignored")
            check(ROOTS[system] + "/")
    setattr(films, PATHS[system], "/new")
    check("/new/")
    films.path = "/newer"
    check("/newer/")


def test_variables_follow_the_code(database: str) -> None:
    """A new code sets the new variable and withdraws the old; deleting withdraws both."""
    old, new = unique("OLD"), unique("NEW")
    films = repository(old)
    DBSession.save(films)
    number = films.id
    films.code = new
    assert f"REPO{old}" not in os.environ and os.environ[f"REPO{new}"] == "/srv/films/"
    DBSession.commit()
    DBSession.delete(films)
    DBSession.commit()
    assert f"REPO{new}" not in os.environ and f"REPO{number}" not in os.environ


def test_what_others_set_is_not_withdrawn(database: str) -> None:
    """A variable that has another value by now belongs to somebody else."""
    films = repository(unique("MINE"))
    DBSession.save(films)
    name = films.env_var
    os.environ[name] = "/by/hand"
    DBSession.delete(films)
    DBSession.commit()
    assert os.environ[name] == "/by/hand"


def test_codes_that_cannot_be_variables(database: str, caplog: pytest.LogCaptureFixture) -> None:
    """None is set, with a warning and without an error."""
    with caplog.at_level(logging.WARNING, "stalker"):
        films = repository("MAIN-2 é")
        DBSession.save(films)
    assert films.env_var not in os.environ
    assert os.environ[f"REPO{films.id}"] == "/srv/films/"
    assert repr(films.env_var) in caplog.text


def test_the_environment_can_be_left_alone(database: str) -> None:
    """One switch of the configuration; the templates of the names are read at each use."""
    stalker.defaults.set_repo_env_vars = False
    films = repository(unique("QUIET"))
    DBSession.save(films)
    films.path = "/new"
    assert films.env_var not in os.environ
    stalker.defaults.repo_env_var_template = "STORE_%(code)s"
    assert films.env_var == f"STORE_{films.code}"


def test_variables_for_another_process(database: str) -> None:
    """20 AD-8: a repository tells its variables, before and after it has an id."""
    films = repository("MAPPED")
    assert films.env_mapping() == {"REPOMAPPED": "/srv/films/"}
    DBSession.save(films)
    assert films.env_mapping() == dict.fromkeys(("REPOMAPPED", f"REPO{films.id}"), "/srv/films/")


def test_setup_sets_all_variables(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where two share a code the oldest wins; a code wins over an id."""
    first = repository("SHARED", linux_path="/first")
    DBSession.save(first)
    second = repository("SHARED", linux_path="/second")
    DBSession.save(second)
    numeric = repository(str(first.id), linux_path="/numeric")
    DBSession.save(numeric)
    names = ["REPOSHARED", f"REPO{second.id}", f"REPO{first.id}"]
    for name in names:
        monkeypatch.delenv(name, raising=False)
    db.setup({"sqlalchemy.url": database})
    assert [os.environ[name] for name in names] == ["/first/", "/second/", "/numeric/"]


def test_who_gets_a_variable(database: str, caplog: pytest.LogCaptureFixture) -> None:
    """20 BT-5: of two that share a code the older one, whatever is changed later; codes before ids.

    The warning names both, and another database begins anew.
    """
    first = Repository(name="First", code="SHARED", linux_path="/first")
    DBSession.save(first)
    second = Repository(name="Second", code="SHARED", linux_path="/second")
    DBSession.save(second)
    assert os.environ["REPOSHARED"] == "/first/" and os.environ[second.env_var_of_id] == "/second/"
    assert "'First' (SHARED)" in caplog.text and "'Second' (SHARED)" in caplog.text
    second.linux_path = "/elsewhere"
    assert os.environ["REPOSHARED"] == "/first/"
    first.linux_path = "/moved"
    assert os.environ["REPOSHARED"] == "/moved/"
    numeric = Repository(name="Numeric", code=str(second.id), linux_path="/numeric")
    DBSession.save(numeric)
    second.linux_path = "/again"
    assert os.environ[second.env_var_of_id] == "/numeric/"
    db.setup({"sqlalchemy.url": "sqlite://"})
    db.init()
    DBSession.save(Repository(name="Third", code="SHARED", linux_path="/third"))
    assert os.environ["REPOSHARED"] == "/third/"


def test_either_name_of_the_path_on_macs(database: str) -> None:
    """20 AD-1: the constructor takes either keyword; two different ones are refused."""
    assert Repository(code="A", name="A", macos_path="/Volumes/a").osx_path == "/Volumes/a/"
    both = Repository(code="B", name="B", macos_path="/Volumes/b", osx_path="/Volumes/b")
    assert both.macos_path == "/Volumes/b/"
    with pytest.raises(ValueError, match=r"Repository\.osx_path"):
        Repository(code="C", name="C", macos_path="/Volumes/b", osx_path="/Volumes/c")
    for wrong in (None, 3):
        with pytest.raises(TypeError, match=r"osx_path"):
            Repository(code="D", name="D", macos_path=wrong)  # type: ignore[arg-type]
