"""`Repository`: a storage root, under a different path on each platform."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, NamedTuple, Self

from sqlalchemy import ForeignKey, Text, event, select
from sqlalchemy.orm import Mapped, Session, mapped_column, synonym

import stalker
from stalker.core.rules import converted, text, wrong_type
from stalker.db.construction import is_constructing
from stalker.db.session import DBSession, StudioSession
from stalker.models.entity import Entity
from stalker.models.mixins import CodeMixin
from stalker.storage import Roots, expand, longest, normalise, normalise_root
from stalker.storage.environment import Owner, export, exported, forget_owners, withdraw

__all__ = ["Repository"]

_root = {"rules": (text(), converted(normalise_root))}
_path = text()
_ATTRIBUTES = {"Linux": "linux_path", "Windows": "windows_path", "Darwin": "osx_path"}
_CACHE = "repository_roots"


class Repository(Entity, CodeMixin):
    """A place where files are kept: its root on Linux, Windows and macOS, and its variables.

    Roots use forward slashes and end in one; an undefined root is `./`. The environment variables
    `REPO<code>` and `REPO<id>` hold the root of the running platform. They are set when a
    repository is made, stored or changed and by `stalker.db.setup()`, unless
    `defaults.set_repo_env_vars` is off.
    """

    __auto_name__: ClassVar[bool] = False

    repository_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    #: root on Linux; with forward slashes, and one at the end
    linux_path: Mapped[str] = mapped_column(Text, default="./", info=_root)
    #: root on Windows; also with forward slashes
    windows_path: Mapped[str] = mapped_column(Text, default="./", info=_root)
    #: root on macOS
    osx_path: Mapped[str] = mapped_column(Text, default="./", info=_root)
    #: another name of `osx_path`
    macos_path: Mapped[str] = synonym("osx_path")

    def __init__(
        self,
        code: str | None = "",
        linux_path: str = "",
        windows_path: str = "",
        osx_path: str = "",
        macos_path: str = "",
        **kwargs: Any,
    ) -> None:
        if macos_path and osx_path and macos_path != osx_path:
            raise ValueError(
                f"{type(self).__name__}.osx_path must be macos_path, which is the same: "
                f"{osx_path!r} and {macos_path!r} were given"
            )
        super().__init__(code=code, **kwargs)
        self.linux_path = linux_path
        self.windows_path = windows_path
        self.osx_path = osx_path if macos_path == "" else macos_path

    def _take_effect(self) -> None:
        self.export()

    @property
    def path(self) -> str | None:
        """The root on the running platform; assigning it changes that one only."""
        return self.roots.native(platform.system())

    @path.setter
    def path(self, path: str) -> None:
        attribute = _ATTRIBUTES.get(platform.system())
        if attribute is None:
            raise ValueError(f"Repository has no path for the platform {platform.system()!r}")
        setattr(self, attribute, path)

    @property
    def roots(self) -> Roots:
        """The three roots, as `stalker.storage` understands them."""
        return Roots(self.linux_path or "", self.windows_path or "", self.osx_path or "")

    @property
    def env_var(self) -> str:
        """Name of the environment variable that holds `path`, without `$`."""
        return _code_variable(self.code)

    @property
    def env_var_of_id(self) -> str:
        """Its older name, made of the id."""
        return _id_variable(self.id)

    def env_mapping(self) -> dict[str, str]:
        """Return the variables of this repository, for the environment of another process."""
        names = [self.env_var] if self.id is None else [self.env_var_of_id, self.env_var]
        return dict.fromkeys(names, self.path or "")

    def to_linux_path(self, path: str, expand: bool = False) -> str:
        """Return *path* as it is called on Linux.

        *path* may be written for any platform, with either slash, or begin with a variable of a
        repository; other variables and `~` are expanded only with *expand*. What does not lie below
        one of the roots is only normalised. A root that is not defined is a `ValueError`.
        """
        return self._translated(path, "Linux", expand)

    def to_windows_path(self, path: str, expand: bool = False) -> str:
        """Return *path* as it is called on Windows, see `to_linux_path()`."""
        return self._translated(path, "Windows", expand)

    def to_osx_path(self, path: str, expand: bool = False) -> str:
        """Return *path* as it is called on macOS, see `to_linux_path()`."""
        return self._translated(path, "Darwin", expand)

    def to_macos_path(self, path: str, expand: bool = False) -> str:
        """Do what `to_osx_path()` does."""
        return self._translated(path, "Darwin", expand)

    def to_native_path(self, path: str, expand: bool = False) -> str:
        """Return *path* as it is called on the running platform, see `to_linux_path()`."""
        return self._translated(path, platform.system(), expand)

    def _translated(self, path: str, system: str, everything: bool) -> str:
        return self.roots.translate(self._expanded(path, everything), system)

    def _expanded(self, path: str, everything: bool = False) -> str:
        text = _path(path, f"{type(self).__name__} path")
        variables = {**exported(), **self.env_mapping()}
        # somebody may have set a variable to the root of another platform: that one counts
        variables |= {name: os.environ[name] for name in variables if name in os.environ}
        text = expand(text, variables)
        return os.path.expanduser(os.path.expandvars(text)) if everything else text

    def make_relative(self, path: str, strict: bool = False) -> str:
        """Return *path*, of any platform or with a variable, as seen from the root.

        For a path elsewhere: the way there through `..`, or a `ValueError` with *strict*.
        """
        return self.roots.relative(self._expanded(path), strict)

    def is_in_repo(self, path: str) -> bool:
        """Say whether *path* lies below one of the roots, or is one.

        Windows roots are compared without regard to case, the others with.
        """
        return self.roots.contains(self._expanded(path))

    @classmethod
    def find_repo(cls, path: str, repositories: Iterable[Self] | None = None) -> Self | None:
        """Return the repository that holds *path* most closely, of equals the oldest.

        Asks the database, unless *repositories* are given.
        """
        if not isinstance(path, str):
            raise wrong_type(f"{cls.__name__}.find_repo() path", "a str", path)
        if repositories is not None:
            candidates = list(repositories)
            variables: dict[str, str] = {}
            for each in reversed(candidates):
                variables |= each.env_mapping()
            keys = {index: each.roots for index, each in enumerate(candidates)}
            found = longest(expand(path, {**exported(), **variables}), keys)
            return None if found is None else candidates[found]
        session = DBSession()
        known = _stored(session)
        found = longest(known.expanded(path), known.roots)
        return None if found is None else session.get(cls, found)

    @classmethod
    def native_path(cls, path: str) -> str:
        """Return *path*, of any stored repository, as it is called on the running platform.

        Like `to_native_path()` of `find_repo()`, without asking for the repository. Unchanged if no
        repository holds it.
        """
        given = _path(path, f"{cls.__name__}.native_path() path")
        known = _stored(DBSession())
        text = known.expanded(given)
        found = longest(text, known.roots)
        return path if found is None else known.roots[found].translate(text, platform.system())

    @classmethod
    def ids_holding(cls, path: str) -> list[int]:
        """Return the ids of all stored repositories that hold *path*."""
        known = _stored(DBSession())
        path = known.expanded(_path(path, f"{cls.__name__}.ids_holding() path"))
        return [number for number, roots in known.roots.items() if roots.contains(path)]

    @classmethod
    def spellings(cls, path: str) -> list[str]:
        """Return everything that may be stored for *path*.

        That is *path* itself, what follows the root, and this behind each root and each variable of
        all stored repositories that hold it.
        """
        known = _stored(DBSession())
        path = known.expanded(_path(path, f"{cls.__name__}.spellings() path"))
        found = [normalise(path)]
        for number, roots in known.roots.items():
            if (parts := roots.split(path)) is None:
                continue
            starts = [*roots.defined, *(f"${name}/" for name in known.names[number]), ""]
            found += [(start + parts[1]).rstrip("/") for start in starts]
        return list(dict.fromkeys(found))

    @classmethod
    def to_os_independent_path(cls, path: str) -> str:
        """Return *path* with the variable of its repository instead of the root.

        Unchanged if no repository holds it.
        """
        repository = cls.find_repo(path)
        if repository is None:
            return path
        return f"${repository.env_var}/{repository.make_relative(path)}"

    @staticmethod
    def forget_variables() -> None:
        """Let any repository have any variable: another database counts from now on."""
        forget_owners()

    def export(self) -> None:
        """Set the variables of this repository, unless `defaults.set_repo_env_vars` is off.

        One that an older repository has, or that is the code of another one, is left to it.
        """
        if stalker.defaults.set_repo_env_vars and not is_constructing(self):
            number = math.inf if self.id is None else self.id
            for name, path in self.env_mapping().items():
                by_id = name != self.env_var
                export(name, path, Owner(by_id, number, f"{self.name!r} ({self.code})"))


def _code_variable(code: str) -> str:
    return str(stalker.defaults.repo_env_var_template % {"code": code})


def _id_variable(number: int) -> str:
    return str(stalker.defaults.repo_env_var_template_old % {"id": number})


class _Known(NamedTuple):
    """What the conversion of paths has to know of all stored repositories."""

    roots: dict[int, Roots]
    #: of each repository the names of its variables
    names: dict[int, tuple[str, str]]
    variables: dict[str, str]

    def expanded(self, path: str) -> str:
        return expand(path, {**self.variables, **exported()})


def _stored(session: Session) -> _Known:
    """Return what is stored of all repositories, asked once per transaction."""
    cached: _Known | None = session.info.get(_CACHE)
    if cached is None:
        columns = Repository.__table__.c
        query = select(
            columns.id, columns.code, columns.linux_path, columns.windows_path, columns.osx_path
        ).order_by(columns.id)
        with session.no_autoflush:
            rows = session.execute(query).all()
        roots = {row.id: Roots(row.linux_path, row.windows_path, row.osx_path) for row in rows}
        names = {row.id: (_id_variable(row.id), _code_variable(row.code)) for row in rows}
        native = {number: each.native(platform.system()) or "" for number, each in roots.items()}
        variables = {of_id: native[number] for number, (of_id, _) in names.items()}
        # the oldest repository wins where two share a code
        variables |= {names[row.id][1]: native[row.id] for row in reversed(rows)}
        cached = session.info[_CACHE] = _Known(roots, names, variables)
    return cached


@event.listens_for(StudioSession, "after_flush")
def _forget_changed(session: Session, context: Any) -> None:
    if any(
        isinstance(each, Repository) for each in (*session.new, *session.dirty, *session.deleted)
    ):
        session.info.pop(_CACHE, None)


@event.listens_for(StudioSession, "after_commit")
@event.listens_for(StudioSession, "after_rollback")
def _forget_all(session: Session) -> None:
    session.info.pop(_CACHE, None)


@event.listens_for(Repository, "after_insert", propagate=True)
def _announce(mapper: Any, connection: Any, repository: Repository) -> None:
    repository.export()


@event.listens_for(Repository, "after_delete", propagate=True)
def _withdraw(mapper: Any, connection: Any, repository: Repository) -> None:
    withdraw(repository.env_var, repository.path)
    withdraw(repository.env_var_of_id, repository.path)


def _exported_code(repository: Repository, assign: Callable[[], None]) -> None:
    before = repository.code
    assign()
    if before != repository.code:
        withdraw(_code_variable(before), repository.path)
    repository.export()


def _exported_path(repository: Repository, assign: Callable[[], None]) -> None:
    before = repository.path
    assign()
    if repository.path != before:
        repository.export()


Repository.__effects__ = {
    "code": _exported_code,
    **dict.fromkeys(("linux_path", "windows_path", "osx_path", "macos_path"), _exported_path),
}
