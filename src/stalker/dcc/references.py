"""From the files that a scene refers to, to the versions they are; and what to refer to."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import stalker
from stalker.exceptions import SceneError
from stalker.models.loading import load_descendants
from stalker.models.repository import Repository
from stalker.models.version import Version
from stalker.services.resolving import versions_at

if TYPE_CHECKING:
    from stalker.models.task import Task

__all__ = ["Reference", "Used", "existing_file", "latest_published", "used_by"]


@dataclass(frozen=True, slots=True)
class Reference:
    """A file that a scene refers to."""

    #: what the application calls the reference; no other one in the scene has this name
    name: str
    #: where the scene looks for the file: a path of any platform, or one with a variable
    path: str


class Used(NamedTuple):
    """A reference of a scene, and what the production knows of it."""

    reference: Reference
    #: `None` if the file is not one of a version
    version: Version | None
    #: the latest published version of the same task and take, if that is a later one
    newer: Version | None


def used_by(references: Iterable[Reference]) -> list[Used]:
    """Look up *references*, with two statements for hundreds of them."""
    references = list(references)
    versions = versions_at(each.path for each in references)
    newer = Version.outdated(versions.values())
    found = []
    for each in references:
        version = versions.get(each.path)
        found.append(Used(each, version, None if version is None else newer.get(version)))
    return found


def existing_file(version: Version) -> str:
    """Return where the file of *version* is on this machine; `FileNotFoundError` if it is not."""
    path = Repository.native_path(version.full_path)
    if not version.full_path or not os.path.isfile(path):
        raise FileNotFoundError(f"the file of {version!r} is not there: {path!r}")
    return path


def latest_published(task: Task, take_name: str | None = None) -> Version:
    """Return the latest published version of *task*, or of the only task below it that has one.

    Of the default take, unless one is named. Raises `SceneError` if there is none, or if several
    tasks below have one: an asset has a model and a rig, and only the caller knows what is meant.
    """
    take = stalker.defaults.version_take_name if take_name is None else take_name
    found = Version.latest_of([task], take, published=True)[task]
    if not found:
        below = [each for each in load_descendants([task]) if each is not task]
        latest = Version.latest_of(below, take, published=True)
        offers = {each: takes for each, takes in latest.items() if takes}
        if len(offers) > 1:
            names = ", ".join(sorted(repr(each.name) for each in offers))
            raise SceneError(
                f"several tasks below {task!r} have published versions: {names}; refer to one of "
                "them",
                task=task,
                candidates=list(offers),
            )
        found = next(iter(offers.values()), {})
    if not found:
        raise SceneError(f"nothing of {task!r} is published in the take {take!r}", task=task)
    return next(iter(found.values()))
