"""Assets, sequences and scenes: what shots are made of and how they are grouped."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text

from stalker import Asset, Link, Scene, Sequence, Shot, SimpleEntity, Task, Type
from stalker.db.session import DBSession
from tests.models.production import CODES, Studio, code_of, everywhere, in_memory

TASKS = (Asset, Sequence)
CODED: tuple[type[Any], ...] = (Asset, Sequence, Scene)


def made(studio: Studio, kind: type[Any], project: Any, **values: Any) -> Any:
    """Return an object of any of the classes with the least it needs, unless told otherwise."""
    needed: dict[str, Any] = {"name": "Lamp", "code": "LMP", "project": project}
    if kind is Asset:
        needed["type"] = studio.type("Asset", "Prop")
    return studio.make(kind, **{**needed, **values})


@everywhere
@pytest.mark.parametrize("kind", CODED)
def test_what_they_are(studio: Studio, kind: type[Any]) -> None:
    """Each has its own identity; assets and sequences are tasks with the task workflow."""
    project = studio.project()
    thing = made(studio, kind, project)
    studio.reload()
    assert thing.entity_type == kind.__name__ and thing.code == "LMP"
    assert thing.plural_class_name == kind.__name__ + "s"
    assert repr(thing) == f"<Lamp ({kind.__name__})>"
    assert (thing in project.tasks) == issubclass(kind, Task) == isinstance(thing, Task)
    if kind is Scene:
        assert project.scenes == [thing] and not hasattr(thing, "status")
        return
    assert thing.status_list.target_entity_type == kind.__name__
    assert [status.code for status in thing.status_list] == CODES
    child = studio.task(thing)
    assert thing.children == thing.tasks == [child] and code_of(thing) == "RTS"
    assert getattr(project, f"{kind.__name__.lower()}s") == [thing]
    if studio.stored:
        DBSession.flush()
        assert thing.tjp_id == f"{kind.__name__}_{thing.id}"


@everywhere
@pytest.mark.parametrize("kind", CODED)
def test_names_and_codes_are_mandatory(studio: Studio, kind: type[Any]) -> None:
    """Without a usable name or code nothing is made, and nothing is left with the project."""
    project = studio.project()
    for attribute in ("name", "code"):
        for wrong, error in (
            (None, TypeError),
            ("", ValueError),
            (5, TypeError),
            ("\0", ValueError),
        ):
            with pytest.raises(error, match=rf"{kind.__name__}\.{attribute}"):
                made(studio, kind, project, **{attribute: wrong})
    assert project.tasks == [] and project.scenes == []
    with pytest.raises(TypeError):
        studio.make(kind, name="Lamp", project=project)
    thing = made(studio, kind, project)
    for wrong, error in ((None, TypeError), ("", ValueError), (5, TypeError)):
        with pytest.raises(error, match=rf"{kind.__name__}\.code"):
            thing.code = wrong
    assert thing.code == "LMP"
    assert made(studio, kind, project).code == "LMP"  # only shots have unique codes
    studio.commit()


@everywhere
def test_an_asset_has_a_type_for_assets(studio: Studio) -> None:
    """The type is mandatory, for the constructor and later, and must be one for assets or tasks."""
    project = studio.project()
    for wrong, error in (
        (None, TypeError),
        ("Prop", TypeError),
        (studio.type("Shot"), ValueError),
        (studio.type("Project"), ValueError),
    ):
        with pytest.raises(error, match=r"Asset\.type"):
            made(studio, Asset, project, type=wrong)
        asset = made(studio, Asset, project)
        with pytest.raises(error, match=r"Asset\.type"):
            asset.type = wrong
        assert asset.type.name == "Prop"
    asset.type = studio.type("Task", "Hero")
    studio.reload()
    assert asset.type.name == "Hero"


@everywhere
def test_references_of_an_asset(studio: Studio) -> None:
    """References are honoured as an argument."""
    photo = Link(name="Photo", full_path="/photo.jpg")
    asset = made(studio, Asset, studio.project(), references=[photo])
    studio.reload()
    assert asset.references == [photo]


@everywhere
@pytest.mark.parametrize("kind", [Sequence, Scene])
def test_groups_of_shots(studio: Studio, kind: type[Any]) -> None:
    """Shots and groups always agree; shots of another project are refused from either side."""
    project, other = studio.project(), studio.project(name="Other", code="OTH")
    first, second = studio.shot(project, "SH010"), studio.shot(project, "SH020")
    stranger = studio.shot(other, "SH010")
    groups = "sequences" if kind is Sequence else "scenes"
    group = made(studio, kind, project, shots=[first])
    assert group.shots == [first] and getattr(first, groups) == [group]
    group.shots.append(second)
    getattr(first, groups).remove(group)
    studio.reload()
    assert group.shots == [second] and getattr(first, groups) == []
    foreign = made(studio, kind, other)
    for refused, message in (
        (lambda: group.shots.append(stranger), groups),
        (lambda: setattr(group, "shots", [first, stranger]), groups),
        (lambda: getattr(first, groups).append(foreign), groups),
        (lambda: studio.shot(project, "SH030", **{groups: [foreign]}), groups),
        (lambda: made(studio, kind, project, shots=[stranger]), groups),
    ):
        with pytest.raises(ValueError, match=message):
            refused()
    for wrong in (None, "SH010", [1], [group]):
        with pytest.raises(TypeError, match=rf"{kind.__name__}\.shots"):
            group.shots = wrong
    assert group.shots == [second] and getattr(stranger, groups) == []
    assert foreign.shots == [] and getattr(first, groups) == []
    assert project.shots == [first, second]
    studio.commit()


@in_memory
def test_a_scene_needs_a_project(studio: Studio) -> None:
    """A scene without one, or with something else, is refused."""
    for wrong in (None, "Lighthouse", 5):
        with pytest.raises(TypeError, match=r"Scene\.project"):
            Scene(name="Cellar", code="CEL", project=wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"Scene\.project"):
        Scene(name="Cellar", code="CEL")


def test_deleting_them(studio: Studio) -> None:
    """An asset takes its tasks along, a group leaves its shots; the project takes everything."""
    project = studio.project()
    asset = made(studio, Asset, project)
    studio.task(studio.task(asset))
    shot = studio.shot(project, "SH010")
    sequence = made(studio, Sequence, project, shots=[shot])
    scene = made(studio, Scene, project, shots=[shot])
    DBSession.commit()
    for thing in (asset, sequence, scene):
        DBSession.delete(thing)
        DBSession.commit()
    assert project.tasks == [shot] and project.scenes == []
    assert shot.sequences == shot.scenes == []
    assert "Prop" in DBSession.scalars(select(Type.name)).all()
    made(studio, Scene, project, shots=[shot])
    DBSession.commit()
    DBSession.delete(project)
    DBSession.commit()
    kinds = [Task.__name__, Asset.__name__, Shot.__name__, Sequence.__name__, Scene.__name__]
    left = DBSession.scalars(select(SimpleEntity.entity_type)).all()
    assert not set(kinds) & set(left)
    for table in ("Shot_Scenes", "Shot_Sequences", "Scenes", "Shots", "Tasks"):
        assert DBSession.scalar(text(f'SELECT count(*) FROM "{table}"')) == 0
