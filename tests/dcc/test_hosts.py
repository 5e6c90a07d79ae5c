"""What artists do with versions, in an application whose scenes are plain files."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import sessionmaker

from stalker import Link, Version
from stalker.db.session import DBSession, StudioSession, acting_as, unit_of_work
from stalker.dcc import Reference, Used
from stalker.dcc.blender import Blender
from stalker.dcc.plain import PlainFiles
from stalker.exceptions import CircularDependencyError, ProtectedError, SceneError
from stalker.models.auth import User
from stalker.models.task import Task
from stalker.services.resolving import versions_at
from tests.conftest import Statements
from tests.dcc.production import FOREIGN, Production

LAMP = "LHS/Lamp/Model/Lamp_Model_Main_v{:03}.scene"
ANIMATION = "LHS/SH010/Animation/SH010_Animation_Main_v{:03}.scene"


@pytest.fixture
def host() -> PlainFiles:
    """An application that was just started."""
    return PlainFiles()


def published(task: Task, text: str = "", take: str = "Main") -> Version:
    """Save and publish a version in an application of its own."""
    host = PlainFiles()
    host.scene["text"] = text
    host.save_new_version(task, take_name=take)
    return host.publish()


def count() -> int:
    return DBSession.scalar(select(func.count(Version.version_id))) or 0


# --- The whole story ------------------------------------------------------------------------------


def test_a_model_goes_through_an_animation(production: Production, host: PlainFiles) -> None:
    """Model, publication, reference, new publication, outdated, update, inputs of the next one."""
    modeler = PlainFiles()
    modeler.scene["text"] = "a bulb"
    first = modeler.save_new_version(production.model, description="Blocking")
    assert (first.version_number, first.description) == (1, "Blocking")
    assert first.created_with == "Plain files 1.0"
    assert first.full_path == "$REPOFLM/" + LAMP.format(1)
    assert modeler.current_version is first and modeler.current_task is production.model
    with pytest.raises(SceneError, match="nothing of"):
        host.reference(production.lamp)
    assert modeler.publish() is first and first.is_published

    host.reference(production.lamp)
    animation = host.save_new_version(production.animation)
    assert animation.inputs == [first] and host.outdated() == []
    assert not animation.is_published and animation.parent is None

    modeler.scene["text"] = "a better bulb"
    second = modeler.save_new_version()
    assert (second.version_number, second.parent, second.task) == (2, first, production.model)
    # work in progress is nobody else's business
    assert host.outdated() == []
    modeler.publish()

    assert PlainFiles().open(animation) == host.outdated()
    (used,) = host.outdated()
    assert (used.version, used.newer) == (first, second)
    assert host.update() == [used]
    assert host.outdated() == []
    next_one = host.save_new_version()
    assert (next_one.version_number, next_one.inputs) == (2, [second])
    assert animation.inputs == [first]
    # nothing waits for a commit
    DBSession.rollback()
    DBSession.expire_all()
    assert next_one.inputs == [second] and next_one.parent is animation
    assert production.files() == sorted(
        each.format(number) for each in (LAMP, ANIMATION) for number in (1, 2)
    )
    saved = json.loads((production.root / ANIMATION.format(2)).read_text())
    assert list(saved["references"].values()) == [f"{production.root}/{LAMP.format(2)}"]


def test_what_is_published_elsewhere_is_seen(production: Production, host: PlainFiles) -> None:
    """An application that runs for hours sees what others have committed meanwhile."""
    first = published(production.model)
    host.reference(first)
    second = PlainFiles()
    second.save_new_version(production.model)
    working = second.current_version
    assert working is not None and not working.is_published and host.outdated() == []
    with sessionmaker(DBSession.get_bind(), class_=StudioSession)() as other:
        other.get_one(Version, working.version_id).is_published = True
        other.commit()
    assert [each.newer for each in host.outdated()] == [working]
    with pytest.raises(ProtectedError, match="published"):
        second.save()


# --- Saving ---------------------------------------------------------------------------------------


def test_saving_again_changes_the_version_until_it_is_published(
    production: Production, host: PlainFiles
) -> None:
    """`save()` keeps the number and what was linked by hand; a published version stays."""
    first = published(production.model)
    other = published(production.rig)
    reference = host.reference(first)
    version = host.save_new_version(production.animation)
    link = Link(full_path="/srv/reference/lamp.jpg")
    version.inputs.append(link)
    DBSession.commit()
    host.repoint(reference, host.reference(other).path)
    assert host.is_modified()
    assert host.save() is version and not host.is_modified()
    DBSession.expire_all()
    assert set(version.inputs) == {link, other}
    host.publish()
    before = Path(version.absolute_full_path).read_bytes()
    host.scene["text"] = "changed"
    for gesture in (host.save, host.publish):
        with pytest.raises(ProtectedError, match="save_new_version"):
            gesture()
    assert Path(version.absolute_full_path).read_bytes() == before
    assert host.save_new_version().version_number == 2


def test_what_a_new_version_is_called_after(production: Production, host: PlainFiles) -> None:
    """Task and take are those of the open version, unless others are named; so is who did it."""
    ada = User(name="Ada", login="ada", email="ada@example.com", password="secret")
    DBSession.save(ada)
    with acting_as(ada):
        blocking = host.save_new_version(production.model, take_name="Blocking")
    assert blocking.created_by is ada
    again = host.save_new_version()
    assert (again.take_name, again.version_number, again.parent) == ("Blocking", 2, blocking)
    main = host.save_new_version(take_name="Main")
    assert (main.take_name, main.version_number, main.parent) == ("Main", 1, again)
    rig = host.save_new_version(production.rig)
    assert (rig.task, rig.take_name, rig.parent) == (production.rig, "Main", None)


def test_a_scene_that_belongs_nowhere(production: Production, host: PlainFiles) -> None:
    """Without a task nothing is saved; a file in the folder of a task is enough to know it."""
    assert host.current_version is None is host.current_task
    with pytest.raises(SceneError, match="belongs to no task"):
        host.save_new_version()
    for gesture in (host.save, host.publish):
        with pytest.raises(SceneError, match="is no version"):
            gesture()
    file = production.root / "LHS" / "Lamp" / "Rig" / "found.scene"
    file.parent.mkdir(parents=True)
    host.save_scene(str(file))
    assert host.current_version is None and host.current_task is production.rig
    assert host.save_new_version().task is production.rig


def test_a_new_scene_is_like_the_shot(production: Production, host: PlainFiles) -> None:
    """Rate, frames and picture come with the first save; later they are the artist's."""
    host.save_new_version(production.animation)
    scene = {
        "frame_rate": float(Fraction(24000, 1001)),
        "first_frame": 1001,
        "last_frame": 1048,
        "width": 2048,
        "height": 858,
        "pixel_aspect": 1.0,
    }
    assert host.scene["settings"] == scene
    host.scene["settings"] = {}
    host.save_new_version()
    assert host.scene["settings"] == {}
    production.shot.cut_out = 1060
    assert host.set_up(production.animation).last_frame == 1060
    assert host.scene["settings"] == {**scene, "last_frame": 1060}
    # an asset has no cut
    assert host.set_up(production.model)[:3] == (Fraction(24000, 1001), None, None)


# --- Failures -------------------------------------------------------------------------------------


class Breaking(PlainFiles):
    """Fails while it saves."""

    def __init__(self, fail: Callable[[str], None]) -> None:
        super().__init__()
        self.fail = fail

    def save_scene(self, path: str) -> None:
        self.fail(path)


def _crashes(path: str) -> None:
    Path(path).write_text("half a sce", "utf-8")
    raise RuntimeError("the application broke down")


def _fills_the_disk(path: str) -> None:
    """Let the kernel refuse what is written beyond some bytes."""
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, limits[1]))
    try:
        PlainFiles().save_scene(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def _is_interrupted(path: str) -> None:
    Path(path).write_text("half a sce", "utf-8")
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("fail", "error"),
    [
        (_crashes, RuntimeError),
        (_fills_the_disk, OSError),
        (_is_interrupted, KeyboardInterrupt),
        (lambda path: None, OSError),
        (lambda path: Path(path).unlink(), OSError),
    ],
    ids=["crash", "full disk", "interrupt", "nothing written", "written elsewhere"],
)
def test_a_save_that_fails_leaves_nothing(
    production: Production, fail: Callable[[str], None], error: type[BaseException]
) -> None:
    """Neither row nor file nor folder is left, and the number goes to the next one who saves."""
    with pytest.raises(error):
        Breaking(fail).save_new_version(production.model)
    assert count() == 0
    assert list(production.root.iterdir()) == []
    assert published(production.model).version_number == 1


def test_a_file_in_the_way_is_kept(production: Production, host: PlainFiles) -> None:
    """A file that no version has is neither replaced nor removed, and the error names it."""
    stranger = production.root / LAMP.format(1)
    stranger.parent.mkdir(parents=True)
    stranger.write_text("somebody else's")
    with pytest.raises(FileExistsError, match=r"Lamp_Model_Main_v001\.scene"):
        host.save_new_version(production.model)
    assert count() == 0 and production.files() == [LAMP.format(1)]
    assert stranger.read_text() == "somebody else's" and host.scene_path() is None
    stranger.unlink()
    assert host.save_new_version(production.model).version_number == 1


def test_the_name_is_taken_before_the_scene_is_written(production: Production) -> None:
    """Two tasks of one name have one path: whoever comes second is refused, however fast he is."""

    def save(path: str) -> None:
        with pytest.raises(FileExistsError):
            Path(path).touch(exist_ok=False)
        Path(path).write_text("{}", "utf-8")

    twin = Task(name="Model", parent=production.lamp)
    DBSession.commit()
    Breaking(save).save_new_version(production.model)
    with pytest.raises(FileExistsError, match="in the way"):
        PlainFiles().save_new_version(twin)
    assert production.files() == [LAMP.format(1)]


def test_a_save_that_fails_keeps_what_was_saved(production: Production, host: PlainFiles) -> None:
    """The version and its file are what they were before."""
    version = host.save_new_version(production.model)
    before = Path(version.absolute_full_path).read_bytes()
    host.scene["references"]["rig"] = published(production.rig).absolute_full_path
    host.save_scene = _fills_the_disk  # type: ignore[method-assign]
    with pytest.raises(OSError, match="too large"):
        host.save()
    DBSession.expire_all()
    assert version.inputs == [] and Path(version.absolute_full_path).read_bytes() == before


def test_a_folder_that_cannot_be_made(production: Production, host: PlainFiles) -> None:
    """Where no folder can be, nothing is saved and nothing is changed."""
    (production.root / "LHS").write_text("a file")
    with pytest.raises(OSError, match="LHS"):
        host.save_new_version(production.model)
    assert count() == 0 and production.files() == ["LHS"]


@pytest.mark.parametrize("end", ["error", "savepoint", "close"])
def test_the_file_goes_with_its_unit_of_work(
    production: Production, host: PlainFiles, end: str
) -> None:
    """A file is removed if the row is not committed, however that comes; an older one stays."""
    published(production.model)
    before = production.files()
    with suppress(ZeroDivisionError), unit_of_work() as session:
        savepoint = session.begin_nested() if end == "savepoint" else None
        host.save_new_version(production.animation)
        assert len(production.files()) == 2
        if savepoint is not None:
            savepoint.rollback()
        elif end == "close":
            session.close()
        else:
            raise ZeroDivisionError
    assert production.files() == before and count() == 1
    assert not (production.root / "LHS" / "SH010").exists()
    assert host.current_version is None


def test_a_unit_of_work_keeps_its_files(production: Production, host: PlainFiles) -> None:
    """What was saved in a unit of work, and in a savepoint of it, stays if that is committed."""
    with unit_of_work() as session:
        host.save_new_version(production.model)
        with session.begin_nested():
            host.save_new_version(production.animation)
    DBSession.rollback()
    assert count() == 2 and production.files() == [LAMP.format(1), ANIMATION.format(1)]


# --- Opening and references -----------------------------------------------------------------------


def test_opening(production: Production, host: PlainFiles) -> None:
    """A file that is not there, and changes that would be lost, keep the scene as it is."""
    version = host.save_new_version(production.model)
    host.scene["text"] = "unsaved"
    with pytest.raises(SceneError, match="discard"):
        host.open(version)
    assert host.scene["text"] == "unsaved"
    assert host.open(version, discard=True) == [] and host.scene["text"] == ""
    Path(version.absolute_full_path).unlink()
    for each in (version, Version(task=production.model)):
        with pytest.raises(FileNotFoundError, match="is not there"):
            host.open(each)
    assert host.current_version is version


def test_what_may_be_referred_to(production: Production, host: PlainFiles) -> None:
    """The version itself, or the latest published one of a task or of the only one below it."""
    model = published(production.model)
    newer = PlainFiles()
    newer.save_new_version(production.model)
    assert host.reference(production.lamp).path == model.absolute_full_path
    assert host.reference(newer.current_version or model).path.endswith("_v002.scene")
    hero = published(production.model, take="Hero")
    assert host.reference(production.model, take_name="Hero").path == hero.absolute_full_path
    published(production.rig)
    with pytest.raises(SceneError, match=r"'Model', 'Rig'") as caught:
        host.reference(production.lamp)
    assert set(caught.value.candidates) == {production.model, production.rig}
    with pytest.raises(SceneError, match="refer to itself"):
        newer.reference(newer.current_version or model)
    painting = Version(task=production.model, full_path="$REPOFLM/LHS/lamp.psd")
    with pytest.raises(SceneError, match=r"lamp\.psd.*\.scene"):
        host.reference(painting)
    Path(hero.absolute_full_path).unlink()
    with pytest.raises(FileNotFoundError):
        host.reference(hero)
    assert len(host.scene_references()) == 3


def test_a_circle_is_not_saved(production: Production, host: PlainFiles) -> None:
    """What was made from a version is no input of it; the file stays as it was."""
    version = host.save_new_version(production.model)
    user = PlainFiles()
    user.reference(version)
    rig = user.save_new_version(production.rig)
    before = Path(version.absolute_full_path).read_bytes()
    host.reference(rig)
    with pytest.raises(CircularDependencyError):
        host.save()
    assert Path(version.absolute_full_path).read_bytes() == before
    assert version.inputs == []


def test_paths_of_other_platforms(production: Production, host: PlainFiles) -> None:
    """A scene from another platform knows its references, and finds them when it is opened."""
    first, second = published(production.model), published(production.rig)
    lamp, rig = LAMP.format(1), second.full_path.removeprefix("$REPOFLM/")
    host.scene["references"] = {
        "windows": "r:\\Films\\" + lamp.replace("/", "\\"),
        "mac": f"{FOREIGN[1]}/{rig}",
        "variable": f"$REPOFLM/{lamp}",
        "id": f"$REPO{production.project.repositories[0].id}/{lamp}",
        "here": first.absolute_full_path,
        "lost": f"{FOREIGN[1]}/LHS/nothing.scene",
        "elsewhere": "/home/ada/lamp.scene",
    }
    versions = {each.reference.name: each.version for each in host.references()}
    known = {"windows": first, "mac": second, "variable": first, "id": first, "here": first}
    assert versions == {**known, "lost": None, "elsewhere": None}
    animation = host.save_new_version(production.animation)
    assert set(animation.inputs) == {first, second}
    before = host.scene["references"]
    assert host.open(animation) == []
    after = {each.name: each.path for each in host.scene_references()}
    paths = {name: version.absolute_full_path for name, version in known.items()}
    assert after == {**before, **paths}


def test_only_the_chosen_references_are_updated(production: Production, host: PlainFiles) -> None:
    """All or none of those that are given; a missing file keeps every one as it is."""
    for task in (production.model, production.rig):
        host.reference(published(task))
    latest = {task: published(task) for task in (production.model, production.rig)}
    first, second = host.outdated()
    assert host.update([first]) == [first] and host.outdated() == [second]
    host.repoint(first.reference, first.reference.path)
    Path(latest[production.rig].absolute_full_path).unlink()
    with pytest.raises(FileNotFoundError, match="Rig"):
        host.update()
    assert [each.reference for each in host.outdated()] == [first.reference, second.reference]
    assert host.update([Used(Reference("unknown", "/x.scene"), None, None)]) == []


def test_questions_about_references_take_few_statements(
    production: Production, host: PlainFiles, statements: Callable[[], Statements]
) -> None:
    """As many for a hundred references to as many versions as for two."""

    def asked(number: int) -> int:
        for each in range(number):
            take = f"Take{number}x{each}"
            host.reference(published(production.model, take=take))
            published(production.model, take=take)
        DBSession.expire_all()
        recorded = statements()
        assert len(host.outdated()) >= number
        outdated = len(recorded)
        assert len(host.update()) >= number
        return outdated

    few, many = asked(2), asked(30)
    assert few == many


def test_without_blender(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python that is not Blender's says what to do, and only when somebody wants Blender."""
    monkeypatch.setitem(sys.modules, "bpy", None)
    with pytest.raises(ModuleNotFoundError, match=r"install stalker\[blender\]"):
        Blender()


def test_versions_of_many_paths(
    production: Production, statements: Callable[[], Statements]
) -> None:
    """Of several versions with one file the latest counts; hundreds of paths take a statement."""
    versions = [
        Version(task=production.model, full_path=f"$REPOFLM/LHS/{number // 2}.scene")
        for number in range(400)
    ]
    DBSession.add_all(versions)
    DBSession.commit()
    paths = [f"{production.root}/LHS/{number}.scene" for number in range(201)]
    versions_at(paths[:1])
    recorded = statements()
    found = versions_at(paths)
    assert len(recorded) == 1
    assert list(found.values()) == versions[1::2]
    assert list(found) == paths[:200]
