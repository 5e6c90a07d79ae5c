"""What artists do with versions in Blender itself, which `make test-dcc` installs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from stalker import Task, Version
from stalker.dcc.blender import Blender
from stalker.exceptions import ProtectedError, SceneError
from tests.dcc.production import FOREIGN, Production
from tests.dcc.test_guide import story

if os.environ.get("STALKER_TEST_BLENDER"):
    import bpy
else:
    bpy = pytest.importorskip("bpy", reason="Blender is not installed: make test-dcc does")

LAMP = "LHS/Lamp/Model/Lamp_Model_Main_v{:03}.blend"


@pytest.fixture
def blender() -> Blender:
    """Blender with an empty scene that was never saved."""
    empty()
    return Blender()


def empty() -> None:
    bpy.ops.wm.read_homefile(use_empty=True)


def build(size: float, name: str = "Lamp") -> None:
    """Begin a scene with a collection in a collection, and a bulb in that."""
    empty()
    outer, inner = bpy.data.collections.new(name), bpy.data.collections.new("Inside")
    bpy.context.scene.collection.children.link(outer)
    outer.children.link(inner)
    bulb = bpy.data.objects.new("Bulb", bpy.data.meshes.new("Bulb"))
    bulb.scale.x = size
    inner.objects.link(bulb)


def published(blender: Blender, task: Task, size: float, name: str = "Lamp") -> Version:
    build(size, name)
    blender.save_new_version(task)
    return blender.publish()


def size() -> float:
    """Return the size of the bulb that comes with the lamp."""
    (instance,) = (each for each in bpy.data.objects if each.instance_collection)
    (bulb,) = instance.instance_collection.all_objects
    return float(bulb.scale.x)


def libraries() -> dict[str, str]:
    return {each.name: each.filepath for each in bpy.data.libraries}


def test_a_lamp_goes_through_an_animation(production: Production, blender: Blender) -> None:
    """Real files are saved, linked, outdated, updated and opened again, with their inputs."""
    first = published(blender, production.model, 1)
    assert first.created_with == f"Blender {bpy.app.version_string}"
    assert Path(first.absolute_full_path).read_bytes()[:4] in (b"BLEN", b"\x28\xb5\x2f\xfd")
    with pytest.raises(ProtectedError):
        blender.save()

    empty()
    animation = blender.save_new_version(production.animation)
    assert animation.inputs == [] and blender.current_version is animation
    reference = blender.reference(production.lamp)
    assert reference.path == first.absolute_full_path
    # relative: it opens under the root of any platform
    path = "//../../Lamp/Model/Lamp_Model_Main_v{:03}.blend"
    assert libraries() == {"Lamp_Model_Main_v001.blend": path.format(1)}
    assert blender.save() is animation and animation.inputs == [first]
    assert size() == 1

    second = published(blender, production.model, 2)
    (used,) = blender.open(animation)
    assert (used.version, used.newer) == (first, second) and size() == 1
    assert blender.update() == [used] and size() == 2
    assert libraries() == {"Lamp_Model_Main_v002.blend": path.format(2)}
    next_one = blender.save_new_version()
    assert (next_one.version_number, next_one.inputs) == (2, [second])
    assert blender.open(next_one) == [] and size() == 2
    (used,) = blender.open(animation)
    assert size() == 1 and used.version is first
    # Blender keeps what was there before each `save()` beside it
    files = [each for each in production.files() if not each.endswith(".blend1")]
    assert files == sorted(
        each.format(number)
        for each in (LAMP, "LHS/SH010/Animation/SH010_Animation_Main_v{:03}.blend")
        for number in (1, 2)
    )


def test_the_day_of_the_guide(production: Production, blender: Blender) -> None:
    """What the guide shows runs in Blender; the model has something to link."""
    build(1)
    exec(compile(story(), "dcc.md", "exec"), {})
    assert Version.query.count() == 4


def test_a_new_scene_is_like_the_shot(production: Production, blender: Blender) -> None:
    """The rate is exact, the frames are those of the cut, and the picture is the project's."""
    production.project.image_format.pixel_aspect = 0.5
    blender.save_new_version(production.animation)
    scene, render = bpy.context.scene, bpy.context.scene.render
    assert (scene.frame_start, scene.frame_end, scene.frame_current) == (1001, 1048, 1001)
    assert render.fps == 24 and render.fps_base == pytest.approx(1.001)
    assert (render.resolution_x, render.resolution_y) == (2048, 858)
    assert (render.pixel_aspect_x, render.pixel_aspect_y) == (1, 2)


def test_a_scene_that_was_saved_elsewhere(production: Production, blender: Blender) -> None:
    """Links made before the first save, and from outside of the repository, lead on as they did."""
    first = published(blender, production.model, 1)
    empty()
    blender.reference(first)
    assert libraries() == {"Lamp_Model_Main_v001.blend": first.absolute_full_path}
    sketch = production.root.parent / "sketch.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(sketch), check_existing=False)
    assert blender.current_version is None is blender.current_task
    animation = blender.save_new_version(production.animation)
    assert animation.inputs == [first]
    assert blender.open(animation) == [] and size() == 1


def test_a_scene_from_another_platform(production: Production, blender: Blender) -> None:
    """Links to the root of another platform are known, and are found when the scene is opened."""
    first = published(blender, production.model, 1)
    empty()
    animation = blender.save_new_version(production.animation)
    blender.reference(first)
    for foreign in (f"{FOREIGN[0]}/{LAMP.format(1)}", f"{FOREIGN[1]}/{LAMP.format(1)}"):
        bpy.data.libraries[0].filepath = foreign
        assert blender.save().inputs == [first]
        blender.open_scene(animation.absolute_full_path)
        (instance,) = (each for each in bpy.data.objects if each.instance_collection)
        assert instance.instance_collection.is_missing
        assert blender.open(animation) == [] and size() == 1
        assert blender.references()[0].reference.path == first.absolute_full_path


def test_a_version_that_does_not_fit(production: Production, blender: Blender) -> None:
    """An update that lacks what the scene uses, or is no scene, leaves everything as it was."""
    first = published(blender, production.model, 1)
    empty()
    animation = blender.save_new_version(production.animation)
    blender.reference(first)
    blender.save()
    renamed = published(blender, production.model, 2, name="Renamed")
    blender.open(animation)
    with pytest.raises(SceneError, match="lacks Lamp") as caught:
        blender.update()
    assert caught.value.lost == ["Lamp"]
    Path(renamed.absolute_full_path).write_bytes(b"no scene")
    with pytest.raises(OSError, match="v002"):
        blender.update()
    assert size() == 1
    assert [each.version for each in blender.outdated()] == [first]


def test_two_versions_become_one(production: Production, blender: Blender) -> None:
    """A scene with two versions of one thing has the newest twice after an update."""
    versions = [published(blender, production.model, number) for number in (1, 2)]
    latest = published(blender, production.model, 3)
    empty()
    for each in versions:
        blender.reference(each)
    assert len(blender.update()) == 2
    animation = blender.save_new_version(production.animation)
    assert animation.inputs == [latest]
    assert blender.open(animation) == []
    assert {each.version for each in blender.references()} == {latest}
    instances = [each for each in bpy.data.objects if each.instance_collection]
    assert [each.instance_collection.all_objects[0].scale.x for each in instances] == [3, 3]


def test_only_direct_references_are_inputs(production: Production, blender: Blender) -> None:
    """What comes along with a reference is an input of that, not of the scene."""
    model = published(blender, production.model, 1)
    empty()
    rig = bpy.data.collections.new("Rig")
    bpy.context.scene.collection.children.link(rig)
    blender.save_new_version(production.rig)
    blender.reference(model)
    (instance,) = (each for each in bpy.data.objects if each.instance_collection)
    rig.objects.link(instance)
    rigged = blender.publish()
    empty()
    blender.reference(rigged)
    animation = blender.save_new_version(production.animation)
    assert len(libraries()) == 2
    assert animation.inputs == [rigged] and rigged.inputs == [model]
    assert animation.upstream() == [model, rigged]


def test_scenes_without_collections(production: Production, blender: Blender) -> None:
    """Objects are linked themselves where there are no collections; of nothing nothing comes."""
    blender.save_new_version(production.model)
    nothing = blender.publish()
    empty()
    bpy.context.scene.collection.objects.link(bpy.data.objects.new("Handle", None))
    blender.save_new_version(production.model)
    objects = blender.publish()
    empty()
    with pytest.raises(SceneError, match="neither collections nor objects"):
        blender.reference(nothing)
    blender.reference(objects)
    (handle,) = bpy.context.scene.collection.objects
    assert handle.name == "Handle" and handle.library.name == objects.filename


def test_a_save_that_fails_leaves_nothing(
    production: Production, blender: Blender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blender's own error comes through; row, file and folders go, and the scene stays open."""
    build(1)
    save = Blender.save_scene

    def into_nowhere(self: Any, path: str) -> None:
        save(self, path)
        bpy.ops.wm.save_as_mainfile(filepath=path + "/below a file", check_existing=False)

    with monkeypatch.context() as patch:
        patch.setattr(Blender, "save_scene", into_nowhere)
        with pytest.raises(RuntimeError, match="Cannot open file"):
            blender.save_new_version(production.model)
    assert Version.query.count() == 0 and list(production.root.iterdir()) == []
    assert "Bulb" in bpy.data.objects
    stranger = production.root / LAMP.format(1)
    stranger.parent.mkdir(parents=True)
    stranger.write_bytes(b"somebody else's")
    with pytest.raises(FileExistsError):
        blender.save_new_version(production.model)
    assert production.files() == [LAMP.format(1)]
    stranger.unlink()
    assert blender.save_new_version(production.model).version_number == 1
    # of what was not there Blender makes no backup
    assert production.files() == [LAMP.format(1)]
    assert bpy.context.preferences.filepaths.save_version == 1
