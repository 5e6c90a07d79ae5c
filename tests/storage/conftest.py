"""A small production of plain objects; the storage package does not need more."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest


class Entity:
    """Has the attributes it is given, and a class name that says its kind."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)

    @property
    def entity_type(self) -> str:
        return type(self).__name__


def entity(kind: str, **values: Any) -> Any:
    return type(kind, (Entity,), {})(**values)


@pytest.fixture(name="entity")
def entity_factory() -> Any:
    return entity


@pytest.fixture
def production() -> SimpleNamespace:
    """Project NOVA in repository MAIN, with SQ10 > SH020 > Comp and version 7 of its take Main."""
    repository = entity(
        "Repository", id=33, code="MAIN", name="Main", path="/mnt/T/", linux_path="/mnt/T/"
    )
    project = entity(
        "Project", id=1, code="NOVA", name="Nova", repository=repository, repositories=[repository]
    )
    user = entity("User", id=3, name="Ada", login="ada", password="secret", email="a@b.c")
    kind = entity("Type", name="Compositing", nice_name="Compositing", code="CMP")
    sequence = entity("Sequence", id=10, code="SQ10", name="SQ10", nice_name="SQ10", parent=None)
    shot = entity("Shot", id=20, code="SH020", name="SH020", nice_name="SH020", parent=sequence)
    task = entity("Task", id=30, name="Comp", nice_name="Comp", parent=shot, resources=[user])
    task.type = kind
    for each in (sequence, shot, task):
        each.project = project
    sequence.children, shot.children, task.children = [shot], [task], []
    version = entity("Version", id=40, task=task, take_name="Main", version_number=7, type=None)
    project.sequences, sequence.shots = [sequence], [shot]
    return SimpleNamespace(
        repository=repository,
        project=project,
        user=user,
        sequence=sequence,
        shot=shot,
        task=task,
        version=version,
        variables={
            "project": project,
            "sequence": task,
            "shot": task,
            "asset": task,
            "task": task,
            "sequences": [],
            "scenes": [],
            "parent_tasks": [sequence, shot, task],
            "version": version,
            "type": None,
            "extension": ".ma",
        },
    )
