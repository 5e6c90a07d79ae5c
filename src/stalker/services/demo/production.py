"""The demo: conventions, shots from a cut, assets, work for everybody, versions, and progress."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import chain, cycle
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

from stalker.core.naming import nice_name
from stalker.editorial import Cut
from stalker.models.asset import Asset
from stalker.models.auth import User
from stalker.models.format import ImageFormat
from stalker.models.project import Project
from stalker.models.repository import Repository
from stalker.models.schedulers import NativeScheduler
from stalker.models.sequence import Sequence
from stalker.models.shot import Shot
from stalker.models.studio import Studio
from stalker.models.task import Task
from stalker.models.type import Type
from stalker.models.version import Version
from stalker.services.conventions import structure_of
from stalker.services.demo.agenda import Agenda
from stalker.services.demo.people import hire
from stalker.services.demo.work import advance, surprise
from stalker.services.editorial import import_cut
from stalker.services.publishing import number, publish

__all__ = ["MARK", "Track", "build"]

T = TypeVar("T")


class Track(Protocol):
    """Shows how far something is: what it is, what to go through, and how much that is."""

    def __call__(self, title: str, items: Iterable[T], total: int, /) -> Iterable[T]: ...


#: how far the studio plans
FRAME = timedelta(weeks=104)

#: `generic_text` of the project: tells a demo from a production
MARK = "stalker demo"

#: step -> department, days, the steps it waits for
Steps = dict[str, tuple[str, float, tuple[str, ...]]]

SHOT_STEPS: Steps = {
    "Plate": ("Editorial", 0.5, ()),
    "Matchmove": ("Matchmove", 1.5, ("Plate",)),
    "Animation": ("Animation", 3, ("Matchmove",)),
    "Lighting": ("Lighting", 2, ("Animation",)),
    "Comp": ("Compositing", 2, ("Plate", "Lighting")),
}
ASSET_STEPS: Steps = {
    "Model": ("Modelling", 4, ()),
    "Rig": ("Rigging", 3, ("Model",)),
    "Look": ("Look", 3, ("Rig",)),
}
#: step -> on how many of all it has begun
PROGRESS = {
    "Model": 2,
    "Plate": 25,
    "Matchmove": 19,
    "Animation": 14,
    "Lighting": 9,
    "Comp": 5,
}
#: name of an asset -> name of its type
ASSETS = {
    "Detective": "Character",
    "Stranger": "Character",
    "Old Sedan": "Prop",
    "Cliff House": "Environment",
}

#: a cube, so that the first model is one
OBJ = "\n".join(
    [f"v {x} {y} {z}" for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]
    + ["f 1 2 4 3", "f 5 7 8 6", "f 1 5 6 2", "f 3 4 8 7", "f 1 3 7 5", "f 2 6 8 4", ""]
)


def build(session: Session, cut: Cut, root: Path, track: Track) -> Project:
    """Make the demo around *cut*, with its files below *root*. Does not commit."""
    project = _project(cut, root)
    session.add(project)
    crew = hire()
    project.users = [user for people in crew.values() for user in people]
    turns = {name: cycle(people) for name, people in crew.items()}
    (supervisor,) = crew["Supervision"]
    agenda = Agenda()
    parents: list[Task] = []
    sequence = Sequence(name="Cut", code="CUT", project=project, responsible=[supervisor])
    for shot in track("Shots", import_cut(cut, project, sequence), len(cut.shots)):
        parents.append(shot)
        _steps(shot, SHOT_STEPS, turns, agenda)
    types = {
        name: Type(name=name, code=name[:4].upper(), target_entity_type="Asset")
        for name in dict.fromkeys(ASSETS.values())
    }
    for name, kind in ASSETS.items():
        asset = Asset(name=name, code=nice_name(name), type=types[kind], project=project)
        asset.responsible = [supervisor]
        parents.append(asset)
        _steps(asset, ASSET_STEPS, turns, agenda)
    first_tasks = [parent.children[0] for parent in parents]
    contents = {Version(task=task): _content(task) for task in first_tasks}
    for extension in {extension for extension, _ in contents.values()}:
        number((each for each in contents if contents[each][0] == extension), extension)
    for version, (_, content) in track("Files", contents.items(), len(contents)):
        publish(version, content)
    steps: dict[str, list[Task]] = {}
    for task in chain.from_iterable(parent.children for parent in parents):
        steps.setdefault(task.name, []).append(task)
    for name, most in track("Work", PROGRESS.items(), len(PROGRESS)):
        advance(session, steps.get(name, []), most, supervisor)
    surprise(session, steps, supervisor)
    studio = Studio(name="Demo", start=agenda.begin, end=agenda.begin + FRAME)
    session.add(studio)
    NativeScheduler(studio).schedule()
    return project


def _project(cut: Cut, root: Path) -> Project:
    paths = {"Linux": "linux_path", "Windows": "windows_path", "Darwin": "osx_path"}
    repository = Repository(
        name="Demo", code="DEMO", **{paths[platform.system()]: root.resolve().as_posix()}
    )
    structure = structure_of("Demo")
    structure.custom_template = "{{ project.code }}/References"
    return Project(
        name=cut.name,
        code=nice_name(cut.name).split("_")[0][:16] or "DEMO",
        repositories=[repository],
        structure=structure,
        image_format=ImageFormat(name="UHD", width=3840, height=2160),
        fps=cut.fps,
        description=f"Made from {cut.source.name}.",
        generic_text=MARK,
    )


def _steps(
    parent: Task,
    steps: Steps,
    turns: Mapping[str, Iterator[User]],
    agenda: Agenda,
) -> None:
    made: dict[str, Task] = {}
    for name, (department, days, waits_for) in steps.items():
        depends = [made[other] for other in waits_for]
        artist = next(turns[department])
        made[name] = Task(
            name=name,
            parent=parent,
            start=agenda.book(artist, days, depends),
            schedule_timing=days,
            schedule_unit="d",
            depends=depends,
            resources=[artist],
        )


def _content(task: Task) -> tuple[str, bytes]:
    """Return extension and content of a first version."""
    if not isinstance(task.parent, Shot):
        return ".obj", OBJ.encode()
    shot = task.parent
    plate = {
        "shot": shot.code,
        "origin": shot.description.split("\n"),
        "frames": [shot.source_in, shot.source_out],
        "fps": shot.fps,
    }
    return ".json", json.dumps(plate, indent=2).encode()
