"""What the templates have made of tasks and versions leads back to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from stalker import (
    Asset,
    FilenameTemplate,
    Project,
    Repository,
    Sequence,
    Shot,
    Structure,
    Task,
    Type,
    Version,
)
from stalker.db.session import DBSession
from stalker.services.resolving import entity_at, task_at, version_at

#: folders of tasks as studios write them
FOLDERS = {
    "variable": "$REPO{{project.repository.code}}/{{project.code}}"
    "{% for t in parent_tasks %}/{{t.nice_name}}{% endfor %}",
    "variable of the id": "$REPO{{project.repository.id}}/{{project.code}}"
    "{% for t in parent_tasks %}/{{t.nice_name}}{% endfor %}",
    "root": "{{project.repository.path}}/{{project.code}}"
    "{% for t in parent_tasks %}/{{t.nice_name}}{% endfor %}",
    "relative": "{{project.code}}{% for t in parent_tasks %}/{{t.nice_name}}{% endfor %}",
    "ids": "$REPO{{project.repository.code}}/{{project.id}}/work/{{task.id}}",
    "capitals": "$REPO{{project.repository.code}}/{{project.name|upper}}"
    "{% for t in parent_tasks %}/{{t.name|upper}}{% endfor %}",
    "own part": "$REPO{{project.repository.code}}/{{project.code}}/{{parent_tasks[-2].nice_name}}"
    "-{{task.nice_name}}/maya",
}
FILENAME = '{{version.nice_name}}_v{{"%03d"|format(version.version_number)}}'


def _production(folder: str, code: str = "LHS", shots: int = 3) -> Project:
    kinds = ("Task", "Asset", "Shot", "Sequence")
    structure = Structure(
        name="Film",
        templates=[
            FilenameTemplate(name=kind, target_entity_type=kind, path=folder, filename=FILENAME)
            for kind in kinds
        ],
    )
    server = Repository(
        name="Films", code="FLM", linux_path="/srv/films", windows_path="R:/films",
        osx_path="/Volumes/films",
    )  # fmt: skip
    other = Repository(name="Renders", code="RND", linux_path="/srv/renders")
    project = Project(
        name=f"Light house {code}", code=code, structure=structure, repositories=[server, other]
    )
    DBSession.add(project)
    sequence = Sequence(name="SQ10", code="SQ10", project=project)
    for n in range(shots):
        shot = Shot(name=f"SH{n}0", code=f"SH{n}0", parent=sequence)
        Task(name="Comp", parent=shot)
        Task(name="Anim 1", parent=shot)
    hero = Asset(
        name="Hero", code="HRO", project=project,
        type=Type(name="Character", code="CHR", target_entity_type="Asset"),
    )  # fmt: skip
    Task(name="Model", parent=hero)
    DBSession.flush()
    return project


def _leaf(project: Project, shot: str, name: str) -> Task:
    found = [
        task for task in project.tasks if task.name == name and task.parent and
        task.parent.name == shot
    ]  # fmt: skip
    return found[0]


@pytest.mark.parametrize("folder", FOLDERS.values(), ids=list(FOLDERS))
def test_what_a_template_makes_leads_back(database: str, folder: str) -> None:
    """The path of each task and of each version, and whatever lies in it, is theirs."""
    project = _production(folder)
    for task in project.tasks:
        try:
            path, place = task.path, task.absolute_path
        except ValueError:  # "own part" makes no folder of a root
            continue
        assert task_at(path) is task
        assert entity_at(place) is task
        if folder != FOLDERS["ids"]:
            # another task may have the name, in the folder of its own parent only
            assert task_at(f"{place}/render/beauty.0001.exr") is task
    comp = _leaf(project, "SH10", "Comp")
    versions = [Version(task=comp), Version(task=comp)]
    for version in versions:
        version.update_paths()
        version.extension = ".nk"
    DBSession.commit()
    for version in versions:
        assert version_at(version.full_path) is version
        assert entity_at(version.absolute_full_path) is version
        assert entity_at(version.absolute_full_path + "~") is comp


SPELLINGS = [
    "/srv/films/LHS/SQ10/SH10/Anim_1",
    "/srv//films/LHS/SQ10/./SH10/Anim_1/",
    "R:\\films\\LHS\\SQ10\\SH10\\Anim_1",
    "r:/FILMS/LHS/SQ10/SH10/Anim_1",
    "/Volumes/films/LHS/SQ10/SH10/Anim_1",
    "$REPOFLM/LHS/SQ10/SH10/Anim_1",
    "${REPOFLM}/LHS/SQ10/SH10/Anim_1",
    "%REPOFLM%\\LHS\\SQ10\\SH10\\Anim_1",
    "$REPO{id}/LHS/SQ10/SH10/Anim_1",
]


@pytest.mark.parametrize("folder", ["variable", "variable of the id", "root"])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_any_platform_may_ask(database: str, folder: str, spelling: str) -> None:
    """A path is understood in the spelling of each platform, however it was stored."""
    project = _production(FOLDERS[folder])
    task = _leaf(project, "SH10", "Anim 1")
    version = Version(task=task)
    version.update_paths()
    DBSession.commit()
    path = spelling.replace("{id}", str(project.repository.id))  # type: ignore[union-attr]
    assert entity_at(path) is task
    assert entity_at(f"{path}/SH10_Anim_1_Main_v001") is version


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/etc/passwd",
        "/srv/films",
        "/srv/films/LHS",
        "/srv/films/LHS/References/sky.jpg",
        "/srv/films/LHS/SQ20/SH10/Comp",
        "/srv/renders/LHS/SQ10/SH10/Comp",
        "/srv/films2/LHS/SQ10/SH10/Comp",
        "$HOME/LHS/SQ10/SH10/Comp",
        "x" * 100_000,
        "a/" * 50_000,
    ],
    ids=lambda path: path[:40] or "nothing",
)
def test_what_no_template_makes_leads_nowhere(database: str, path: str) -> None:
    """A path that is nobody's is `None`, however it looks."""
    _production(FOLDERS["variable"])
    assert entity_at(path) is None


@pytest.mark.parametrize("path", [None, 3, b"/srv/films"])
def test_only_text_is_a_path(database: str, path: Any) -> None:
    """Anything else is a `TypeError`."""
    with pytest.raises(TypeError, match=r"path"):
        entity_at(path)


def test_a_shared_folder_belongs_to_the_oldest(database: str) -> None:
    """Where two tasks share a folder it is that of the first; each file is its version's."""
    project = _production(FOLDERS["variable"], shots=1)
    shot = project.shots[0]
    twin = Task(name="Comp", parent=shot)
    DBSession.flush()
    comp = _leaf(project, "SH00", "Comp")
    assert comp.id < twin.id and comp.path == twin.path
    assert task_at(twin.path) is comp
    version = Version(task=twin, take_name="Second")
    version.update_paths()
    DBSession.flush()
    assert version_at(version.full_path) is version


def test_a_project_that_is_named_is_preferred(database: str) -> None:
    """Projects with equal tasks are told apart, and the question does not grow with either."""
    projects = [_production(FOLDERS["variable"], code=code) for code in ("LHS", "STM")]
    for project in projects:
        comp = _leaf(project, "SH10", "Comp")
        assert task_at(comp.path) is comp


def test_the_question_costs_the_same_in_a_large_production(
    database: str, statements: Callable[[], list[str]]
) -> None:
    """The number of statements does not grow with the tasks, nor with their depth."""
    counts = []
    for shots in (3, 40):
        project = _production(FOLDERS["variable"], code=f"P{shots}", shots=shots)
        path = _leaf(project, "SH20", "Comp").absolute_path
        DBSession.commit()
        DBSession.remove()
        recorded = statements()
        found = task_at(path)
        assert found is not None and found.absolute_path == path
        counts.append(len(recorded))
    assert counts[0] == counts[1] <= 16, counts
