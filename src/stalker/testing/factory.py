"""Small productions for tests."""

from __future__ import annotations

from itertools import count
from typing import Any

from sqlalchemy import select

from stalker.db.session import DBSession
from stalker.models.asset import Asset
from stalker.models.auth import User
from stalker.models.project import Project
from stalker.models.repository import Repository
from stalker.models.sequence import Sequence
from stalker.models.shot import Shot
from stalker.models.structure import Structure
from stalker.models.task import Task
from stalker.models.template import FilenameTemplate
from stalker.models.type import Type
from stalker.models.version import Version

__all__ = ["Factory"]

_PATH = (
    "$REPO{{ project.repository.code }}/{{ project.code }}/"
    "{% for parent in parent_tasks %}{{ parent.nice_name }}/{% endfor %}"
)
_FILENAME = '{{ version.nice_name }}_v{{ "%03d"|format(version.version_number) }}'


class Factory:
    """Makes objects with names of their own, adds them to the session, and commits nothing.

    What an object needs and is not given is made as well; arguments go to the constructor.
    """

    #: of all factories together: what two of them make can be stored side by side
    _numbers = count(1)

    def _number(self) -> int:
        return next(Factory._numbers)

    def _added(self, obj: Any) -> Any:
        DBSession.add(obj)
        return obj

    def user(self, **values: Any) -> User:
        """Return a user, whose password is "secret"."""
        number = self._number()
        # a login keeps only letters where it begins, and digits after them
        given = {
            "name": f"User {number}",
            "login": f"user{number}",
            "email": f"user{number}@example.com",
            "password": "secret",
        }
        user: User = self._added(User(**{**given, **values}))
        return user

    def repository(self, **values: Any) -> Repository:
        """Return a repository with a root on each platform."""
        given = {
            "name": f"Repository {self._number()}",
            "code": f"R{self._number()}",
            "linux_path": "/mnt/films",
            "osx_path": "/Volumes/films",
            "windows_path": "R:/films",
        }
        repository: Repository = self._added(Repository(**{**given, **values}))
        return repository

    def structure(self, **values: Any) -> Structure:
        """Return a structure with templates for tasks, assets, shots and sequences."""
        templates = [
            FilenameTemplate(name=kind, target_entity_type=kind, path=_PATH, filename=_FILENAME)
            for kind in ("Task", "Asset", "Shot", "Sequence")
        ]
        given = {"name": f"Structure {self._number()}", "templates": templates}
        structure: Structure = self._added(Structure(**{**given, **values}))
        return structure

    def project(self, **values: Any) -> Project:
        """Return a project with a repository and a structure."""
        number = self._number()
        given: dict[str, Any] = {"name": f"Project {number}", "code": f"P{number}"}
        if "repositories" not in values:
            given["repositories"] = [self.repository()]
        if "structure" not in values:
            given["structure"] = self.structure()
        project: Project = self._added(Project(**{**given, **values}))
        return project

    def type_for(self, target: str, name: str = "Test") -> Type:
        """Return the type of that name for a class, the same one each time."""
        query = select(Type).where(Type.name == name, Type.target_entity_type == target)
        found = DBSession.scalars(query).first()
        made: Type = found or self._added(Type(name=name, code=name, target_entity_type=target))
        return made

    def task(self, **values: Any) -> Task:
        """Return a task."""
        task: Task = self._task(Task, "Task", **values)
        return task

    def asset(self, **values: Any) -> Asset:
        """Return an asset."""
        given = {"code": f"A{self._number()}", "type": values.get("type") or self.type_for("Asset")}
        asset: Asset = self._task(Asset, "Asset", **{**given, **values})
        return asset

    def sequence(self, **values: Any) -> Sequence:
        """Return a sequence."""
        sequence: Sequence = self._task(
            Sequence, "Sequence", **{"code": f"SQ{self._number()}", **values}
        )
        return sequence

    def shot(self, **values: Any) -> Shot:
        """Return a shot."""
        shot: Shot = self._task(Shot, "Shot", **{"code": f"SH{self._number()}", **values})
        return shot

    def _task(self, kind: type[Any], prefix: str, /, **values: Any) -> Any:
        given: dict[str, Any] = {"name": f"{prefix} {self._number()}"}
        if values.get("project") is None and values.get("parent") is None:
            given["project"] = self.project()
        return self._added(kind(**{**given, **values}))

    def version(self, **values: Any) -> Version:
        """Return a version."""
        given = {"task": values.get("task") or self.task()}
        version: Version = self._added(Version(**{**given, **values}))
        return version
