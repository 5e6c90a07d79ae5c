"""From a task and its project's conventions to where its files belong."""

from __future__ import annotations

import platform
import posixpath
from typing import TYPE_CHECKING, Any

from stalker import storage
from stalker.db.declarative import named
from stalker.db.session import quiet
from stalker.exceptions import TemplateError
from stalker.storage import checked_rendered, expand

if TYPE_CHECKING:
    from stalker.models.project import Project
    from stalker.models.task import Task
    from stalker.models.template import FilenameTemplate

__all__ = ["absolute", "folder_of", "rendered_folder", "template_of", "template_variables"]


def template_variables(task: Task) -> dict[str, Any]:
    """Return what the templates of a task and of its versions have in common."""
    with quiet:
        shots = [task] if isinstance(task, named("Shot")) else []
        return {
            "project": task.project,
            "sequences": [each for shot in shots for each in shot.sequences],
            "scenes": [each for shot in shots for each in shot.scenes],
            "sequence": task,
            "shot": task,
            "asset": task,
            "task": task,
            "parent_tasks": [*task.parents, task],
        }


def template_of(task: Task) -> FilenameTemplate:
    """Return the template for the class of *task*, or raise `TemplateError`, a `RuntimeError`."""
    structure = task.project.structure
    if structure is None:
        raise TemplateError(
            f"{task.project!r} has no structure: the path of {task!r} is not defined"
        )
    template = structure.template_for(task.entity_type)
    if template is None:
        raise TemplateError(
            f"{structure!r} has no template for {task.entity_type}: the path of {task!r} is not "
            "defined"
        )
    return template


def folder_of(task: Task, variables: dict[str, Any]) -> str:
    """Return the folder that the template for *task* makes of *variables*."""
    with quiet:
        return rendered_folder(task.project, template_of(task), variables)


def rendered_folder(project: Project, template: FilenameTemplate, variables: dict[str, Any]) -> str:
    """Render the folder of *template*; it must stay in one of the repositories of *project*."""
    text = storage.render(template.path, variables)
    if text.endswith("/") and template.path.endswith("}}"):
        text += "/"  # no slash that closes the path, but a last part that came out empty
    return checked_rendered(text, _prefixes(project))


def _prefixes(project: Project) -> list[str]:
    """Return what an absolute path of a project may begin with."""
    found = []
    for repository in project.repositories:
        roots = (repository.linux_path, repository.windows_path, repository.osx_path)
        found += [root for root in roots if root != "./"]
        found += [f"${name}" for name in repository.env_mapping()]
    return found


def absolute(project: Project, path: str) -> str:
    """Return *path* for the running platform.

    Variables of the project's repositories are expanded, no others; a root of another platform is
    replaced by the one of this platform, if there is one.
    """
    repositories = project.repositories
    variables: dict[str, str] = {}
    for repository in reversed(list(repositories)):
        variables |= repository.env_mapping()
    path = expand(path, variables)
    for repository in repositories:
        if repository.path not in (None, "./") and repository.roots.contains(path):
            path = repository.roots.translate(path, platform.system())
            break
    return posixpath.normpath(path) if path else path
