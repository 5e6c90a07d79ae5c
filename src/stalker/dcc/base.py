"""The base of all hosts: what an artist does with versions, in whatever application it is.

A gesture that writes is a unit of work: it is committed when the method returns, together with what
waits in the session. Inside `with unit_of_work()` it is committed with the rest of that, and a file
that was saved for a new version is removed if that fails. While the application writes a new
version, its number is locked: others who save the same task and take wait, and get the next one.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

import stalker
from stalker.db.session import DBSession, acting_user, has_unfinished_work, unit_of_work
from stalker.dcc.references import Reference, Used, existing_file, latest_published, used_by
from stalker.dcc.settings import SceneSettings, settings_for
from stalker.exceptions import ProtectedError, SceneError
from stalker.models.repository import Repository
from stalker.models.task import Task
from stalker.models.version import Version
from stalker.services.publishing import number
from stalker.services.resolving import task_at, version_at
from stalker.services.writing import write

if TYPE_CHECKING:
    from stalker.models.link import Link

__all__ = ["Host"]


class Host(ABC):
    """An application with an open scene.

    To write one for an application, say what it is in `application` and `extensions`, and let it do
    what the six abstract methods say. Paths come as the running platform writes them, with forward
    slashes. What goes wrong is raised, in whatever class the application has for it.
    """

    # --- What an application has to be able to do -------------------------------------------------

    #: name of the application and its version; stored with each version as `created_with`
    application: str
    #: what the names of its scenes end in; new versions get the first one
    extensions: ClassVar[tuple[str, ...]]

    @abstractmethod
    def scene_path(self) -> str | None:
        """Return where the open scene was saved, `None` if it never was."""

    @abstractmethod
    def open_scene(self, path: str) -> None:
        """Open another scene; what is not saved of the open one is lost."""

    @abstractmethod
    def save_scene(self, path: str) -> None:
        """Save the open scene as *path*, which becomes its path.

        A file is there, which is replaced without a question: an empty one, which keeps the name,
        or the scene as it was saved before. If it fails, that stays, and so does the path.
        """

    @abstractmethod
    def scene_references(self) -> list[Reference]:
        """Return what the scene itself refers to; not what comes along with that."""

    @abstractmethod
    def add_reference(self, path: str) -> Reference:
        """Refer to the scene at *path*."""

    @abstractmethod
    def repoint(self, reference: Reference, path: str) -> None:
        """Let a reference of the scene lead to *path*, and load that.

        If it fails, the reference leads to where it did before.
        """

    def is_modified(self) -> bool:
        """Say whether something in the open scene is not saved. If nobody can tell: `False`."""
        return False

    def apply(self, settings: SceneSettings) -> None:  # noqa: B027 - not every scene has settings
        """Give the open scene rate, frames and picture. Nothing, where scenes have none."""

    # --- What an artist does with it --------------------------------------------------------------

    @property
    def current_version(self) -> Version | None:
        """The version that the open scene is; `None` if it is not one."""
        path = self.scene_path()
        return None if path is None else version_at(path)

    @property
    def current_task(self) -> Task | None:
        """The task of the open scene: that of its version, else the one whose folder holds it."""
        path = self.scene_path()
        if path is None:
            return None
        version = version_at(path)
        return task_at(path) if version is None else version.task

    def open(self, version: Version, *, discard: bool = False) -> list[Used]:
        """Open *version*, and return those of its references that are outdated.

        References to versions under the path of another platform are brought to this one. Raises
        `FileNotFoundError` if the file is not there, and `SceneError` if something in the open
        scene is not saved, unless that may be *discarded*.
        """
        _look_again()
        path = existing_file(version)
        if not discard and self.is_modified():
            raise SceneError(
                f"the open scene {self.scene_path() or '(never saved)'!r} has changes that are "
                "not saved: save it, or open with discard=True"
            )
        self.open_scene(path)
        self._bring_home()
        return self.outdated()

    def save_new_version(
        self, task: Task | None = None, *, take_name: str | None = None, description: str = ""
    ) -> Version:
        """Save the open scene as the next version of *task*, and return that.

        Without a task that of the open scene is meant, in the take of the open version. The inputs
        of the version are the versions that the scene refers to, its parent is the version that was
        open if that is one of the same task. A scene that was never saved is `set_up()` before.

        After a failure there is neither a row nor a file of the version. A file that is in the way
        is a `FileExistsError`.
        """
        _look_again()
        current = self.current_version
        task = task or self.current_task
        if task is None:
            raise SceneError("the open scene belongs to no task: name the one to save it for")
        parent = current if current is not None and current.task is task else None
        if take_name is None and parent is not None:
            take_name = parent.take_name
        with unit_of_work() as session:
            version = Version(
                task=task,
                take_name=stalker.defaults.version_take_name if take_name is None else take_name,
                inputs=self._inputs(),
                parent=parent,
                description=description,
                created_with=self.application,
                created_by=acting_user(session),
            )
            number([version], self.extensions[0])
            if self.scene_path() is None:
                self.set_up(task)
            write(version, self.save_scene)
        return version

    def save(self) -> Version:
        """Save the open version as it is now, with its present inputs, and return it.

        One that is published stays as it is: that is a `ProtectedError`.
        """
        _look_again()
        version = self._working_version()
        with unit_of_work():
            self._save_again(version)
        return version

    def publish(self) -> Version:
        """Save the open version like `save()`, and publish it: it stays as it is from now on."""
        _look_again()
        version = self._working_version()
        with unit_of_work():
            self._save_again(version)
            version.is_published = True
        return version

    def reference(self, what: Version | Task, *, take_name: str | None = None) -> Reference:
        """Refer to a version, or to the latest published one of a task or an asset.

        For which that is, see `latest_published()`. Raises `SceneError` if there is none, or if its
        file is none of this application, and `FileNotFoundError` if the file is not there.
        """
        _look_again()
        version = what if isinstance(what, Version) else latest_published(what, take_name)
        if version is self.current_version:
            raise SceneError(f"{version!r} is open: it cannot refer to itself", version=version)
        if version.extension not in self.extensions:
            raise SceneError(
                f"{version!r} cannot be referred to here: its file {version.filename!r} is none of "
                f"{', '.join(self.extensions)}",
                version=version,
            )
        return self.add_reference(existing_file(version))

    def references(self) -> list[Used]:
        """Return what the scene refers to, each with its version and with a newer one."""
        _look_again()
        return used_by(self.scene_references())

    def outdated(self) -> list[Used]:
        """Return those of the references for which a newer version is published."""
        return [each for each in self.references() if each.newer is not None]

    def update(self, references: Iterable[Used] | None = None) -> list[Used]:
        """Let outdated references lead to the newer versions, and return those that were changed.

        All, or only those given of `outdated()`; they come back as they were. If the file of one is
        not there, none is changed: that is a `FileNotFoundError`.
        """
        given = self.outdated() if references is None else list(references)
        paths = [(each, existing_file(each.newer)) for each in given if each.newer is not None]
        for each, path in paths:
            self.repoint(each.reference, path)
        return [each for each, _ in paths]

    def set_up(self, task: Task) -> SceneSettings:
        """Give the scene the rate, frames and picture of the shot of *task*, else its project's."""
        settings = settings_for(task)
        self.apply(settings)
        return settings

    # --- Parts of that ----------------------------------------------------------------------------

    def in_same_repository(self, path: str) -> bool:
        """Say whether one repository holds *path* and the open scene.

        If so, a path relative to the scene is right on every platform.
        """
        scene = self.scene_path()
        if scene is None:
            return False
        return not set(Repository.ids_holding(scene)).isdisjoint(Repository.ids_holding(path))

    def _inputs(self) -> list[Link]:
        used = used_by(self.scene_references())
        return list(dict.fromkeys(each.version for each in used if each.version is not None))

    def _working_version(self) -> Version:
        """Return the open version, if it may be changed."""
        version = self.current_version
        if version is None:
            raise SceneError(
                f"the open scene {self.scene_path() or '(never saved)'!r} is no version: use "
                "save_new_version()"
            )
        if version.is_published:
            raise ProtectedError(
                f"{version!r} must stay as it is, it is published: use save_new_version()",
                version=version,
            )
        return version

    def _save_again(self, version: Version) -> None:
        # what somebody has linked by hand is no file of the scene, and stays
        links = [each for each in version.inputs if not isinstance(each, Version)]
        version.inputs = [*links, *self._inputs()]
        version.created_with = self.application
        DBSession.flush()
        self.save_scene(str(self.scene_path()))

    def _bring_home(self) -> None:
        for reference, version, _ in self.references():
            if version is not None and not os.path.isfile(reference.path):
                path = Repository.native_path(version.full_path)
                if os.path.isfile(path):
                    self.repoint(reference, path)


def _look_again() -> None:
    """Forget what was read, so that what others have committed since is seen.

    An application runs all day, and nobody else ends the transactions that only read.
    """
    session = DBSession()
    if not has_unfinished_work(session):
        session.rollback()
