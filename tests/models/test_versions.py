"""Versions: takes, numbers, names and paths, and what was made from what."""

from __future__ import annotations

import platform
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

import stalker
from stalker import Asset, FilenameTemplate, Link, Repository, Shot, Structure, Task, Version
from stalker.db.session import DBSession
from stalker.exceptions import CircularDependencyError
from tests.models.production import Studio, everywhere, in_memory


@pytest.fixture
def task(studio: Studio) -> Task:
    """A task of a project with conventions, stored if there is a database."""
    template = FilenameTemplate(
        name="Task",
        target_entity_type="Task",
        path="$REPOSRV/{{project.code}}/{% for t in parent_tasks %}{{t.nice_name}}/{% endfor %}",
        filename='{{version.nice_name}}_v{{"%03d"|format(version.version_number)}}{{extension}}',
    )
    repository = Repository(
        name="Server", code="SRV", linux_path="/mnt/T/", windows_path="T:/", osx_path="/Volumes/T/"
    )
    project = studio.project(
        code="prj",
        structure=Structure(name="Conventions", templates=[template]),
        repositories=[repository],
    )
    made = studio.task(project, name="Anim")
    studio.commit()
    return made


def numbers(task: Task, take: str = "Main") -> list[int]:
    return sorted(each.version_number for each in task.versions if each.take_name == take)


# --- Construction ---------------------------------------------------------------------------------


@everywhere
def test_a_version_needs_a_task_only(studio: Studio, task: Task) -> None:
    """Everything else has a default; it is on both sides and is stored with its task."""
    version = Version(task=task)
    studio.reload()
    assert version.task is task and task.versions == [version]
    assert (version.take_name, version.version_number) == ("Main", 1)
    assert version.is_published is False and version.created_with is None
    assert version.inputs == version.outputs == version.children == version.parents == []
    assert version.parent is None and version.is_root and version.is_leaf
    assert version.full_path == "" and version.name.startswith("Version_")
    assert version.plural_class_name == "Versions"
    stalker.defaults.version_take_name = "Base"
    assert Version(task=task).take_name == "Base"
    version.is_published = True
    studio.reload()
    assert version.is_published is True
    assert Version(task=task, is_published=True).is_published is False


@everywhere
@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ({"task": None}, TypeError, r"Version\.task"),
        ({"task": "Anim"}, TypeError, r"Version\.task"),
        ({"take_name": None}, TypeError, r"Version\.take_name"),
        ({"take_name": 5}, TypeError, r"Version\.take_name"),
        ({"take_name": ""}, ValueError, r"Version\.take_name"),
        ({"take_name": "#$%"}, ValueError, r"Version\.take_name"),
        ({"inputs": "a"}, TypeError, r"Version\.inputs"),
        ({"inputs": [1]}, TypeError, r"Version\.inputs"),
        ({"outputs": [1]}, TypeError, r"Version\.outputs"),
        ({"parent": 1}, TypeError, r"Version\.parent"),
        ({"full_path": 1}, TypeError, r"Version\.full_path"),
        ({"created_with": 1}, TypeError, r"Version\.created_with"),
        ({"created_with": "x" * 257}, ValueError, r"Version\.created_with"),
        ({"take_nam": "Main"}, TypeError, "take_name"),
    ],
)
def test_what_the_constructor_refuses(
    studio: Studio, task: Task, values: dict[str, Any], error: type[Exception], message: str
) -> None:
    """A wrong argument is refused by name; the series and the session do not notice."""
    first = Version(task=task)
    link = Link(full_path="/a")
    with pytest.raises(error, match=message):
        Version(**{"task": task, "parent": first, "inputs": [link], **values})
    assert task.versions == [first] and first.children == []
    assert Version(task=task).version_number == 2
    studio.commit()


@in_memory
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Hero Pose", "Hero_Pose"),
        ("  main ", "main"),
        ("  a   b  ", "a_b"),
        ("A___B", "A___B"),
        ("A--B", "A--B"),
        ("A@B", "A@B"),
        ("_x", "x"),
        ("-@_9x", "9x"),
        ("Ünïcode", "ncode"),
        ("a\tb", "a_b"),
    ],
)
def test_how_takes_are_written(studio: Studio, task: Task, given: str, expected: str) -> None:
    """What cannot stand in a file name is dropped, by constructor and assignment alike."""
    version = Version(task=task, take_name=given)
    assert version.take_name == expected
    version.take_name = "Main"
    version.take_name = given
    assert version.take_name == expected
    for wrong, error in ((None, TypeError), (1, TypeError), ("", ValueError), ("__", ValueError)):
        with pytest.raises(error, match=r"Version\.take_name"):
            version.take_name = wrong  # type: ignore[assignment]
    assert version.take_name == expected


# --- Numbers --------------------------------------------------------------------------------------


@everywhere
@pytest.mark.parametrize("committed", [False, True])
def test_versions_are_counted_by_take(studio: Studio, task: Task, committed: bool) -> None:
    """Each take counts from 1, pending versions included, and what was shown is what is stored."""
    shown = []
    for take in ("Main", "Main", "Hero", "Main", "hero", "Hero", "Main"):
        version = Version(task=task, take_name=take)
        shown.append((version, version.version_number))
        if committed:
            studio.reload()
    assert [number for _, number in shown] == [1, 2, 1, 3, 1, 2, 4]
    studio.reload()
    assert [version.version_number for version, _ in shown] == [1, 2, 1, 3, 1, 2, 4]
    other = studio.task(task.project)
    assert Version(task=other).version_number == 1
    assert Version(task=other).version_number == 2
    studio.reload()
    assert numbers(other) == [1, 2]


@everywhere
def test_setting_a_number(studio: Studio, task: Task) -> None:
    """Above the highest it is taken as it is; else the latest keeps its own, others go last."""
    only = Version(task=task)
    studio.commit()
    for number in (-1, -10, -100, 0, 1, None):
        only.version_number = number  # type: ignore[assignment]
        assert only.version_number == 1
    second = Version(task=task)
    assert second.version_number == 2
    second.version_number = 1
    assert second.version_number == 2
    second.version_number = 100
    assert second.version_number == 100
    studio.reload()
    assert (only.version_number, second.version_number) == (1, 100)
    only.version_number = 1
    assert only.version_number == 1
    third = Version(task=task)
    assert third.version_number == 101
    studio.reload()
    only.version_number = 50
    studio.reload()
    assert only.version_number == 102
    assert numbers(task) == [100, 101, 102]
    assert Version(task=task).version_number == 103
    for wrong in ("3", 3.0, True):
        with pytest.raises(TypeError, match=r"Version\.version_number"):
            third.version_number = wrong  # type: ignore[assignment]
    studio.reload()
    assert numbers(task) == [100, 101, 102, 103]


@everywhere
def test_a_new_version_with_a_number_of_its_own(studio: Studio, task: Task) -> None:
    """A gap that was made on purpose stays, and the next version counts on from it."""
    version = Version(task=task)
    version.version_number = 7
    after = Version(task=task)
    assert after.version_number == 8
    studio.reload()
    assert (version.version_number, after.version_number) == (7, 8)
    assert Version(task=task).version_number == 9


def test_a_published_number_stays(studio: Studio, task: Task) -> None:
    """The number of a stored, published version cannot be changed."""
    version = Version(task=task)
    version.is_published = True
    DBSession.commit()
    version.version_number = 1
    with pytest.raises(ValueError, match=r"Version\.version_number"):
        version.version_number = 9
    version.is_published = False
    version.version_number = 9
    DBSession.commit()
    assert version.version_number == 9


@everywhere
def test_renaming_a_take_keeps_the_number_where_it_is_free(studio: Studio, task: Task) -> None:
    """A version that changes its take or task keeps its number, or takes the next free one."""
    one, two, three = (Version(task=task) for _ in range(3))
    studio.reload()
    two.take_name = "Main@BBOX"
    studio.reload()
    assert two.version_number == 2
    assert Version(task=task, take_name="Main@BBOX").version_number == 3
    studio.reload()
    if not studio.stored:
        return
    three.take_name = "Main@BBOX"
    DBSession.commit()
    assert three.version_number == 4 and numbers(task, "Main@BBOX") == [2, 3, 4]
    other = studio.task(task.project)
    DBSession.commit()
    one.task = other
    DBSession.commit()
    assert one.version_number == 1 and other.versions == [one]
    two.task = other
    two.take_name = "Main"
    DBSession.commit()
    assert two.version_number == 2 and numbers(other) == [1, 2]
    assert Version(task=other).version_number == 3
    DBSession.commit()
    assert numbers(other) == [1, 2, 3]


def test_versions_that_meet_in_a_series(studio: Studio, task: Task) -> None:
    """Several that move to one place in one flush, and new ones there, get numbers of their own."""
    other = studio.task(task.project)
    moving = [Version(task=task, take_name=take) for take in ("A", "B", "C")]
    studio.reload()
    for version in moving:
        version.take_name = "D"
    new = Version(task=task, take_name="D")
    DBSession.commit()
    assert [each.version_number for each in moving] == [1, 2, 3] and new.version_number == 4
    one, two = (Version(task=task, take_name=take) for take in ("E", "F"))
    studio.reload()
    one.take_name, two.take_name = "F", "E"
    studio.reload()
    assert (one.version_number, two.version_number) == (2, 2)
    unwritten = Task(name="Rig", project=task.project)
    DBSession.add(unwritten)
    first = Version(task=unwritten)
    one.take_name = two.take_name = "Main"
    one.task = two.task = unwritten
    DBSession.commit()
    assert {first.version_number, one.version_number, two.version_number} == {1, 2, 3}
    assert Version(task=unwritten).version_number == 4
    DBSession.commit()
    assert numbers(unwritten) == [1, 2, 3, 4] and numbers(other) == []


@pytest.mark.parametrize("loaded", [False, True])
def test_a_version_taken_out_of_its_task_is_deleted(
    studio: Studio, task: Task, loaded: bool
) -> None:
    """It goes with the next commit, whether it was known before or not."""
    first, second = Version(task=task), Version(task=task)
    studio.reload()
    assert task.versions == [first, second]
    DBSession.expire(first)
    if loaded:
        assert first.task is task
    task.versions.remove(first)
    DBSession.commit()
    assert task.versions == [second] and numbers(task) == [2]
    task.versions = []
    DBSession.commit()
    assert numbers(task) == []


def test_changed_versions_stay_in_their_series(studio: Studio, task: Task) -> None:
    """What was edited and is not written yet counts, also if the list of the task is not loaded."""
    made = [Version(task=task) for _ in range(3)]
    studio.reload()
    made[2].is_published = True
    made[0].version_number = 9
    assert "versions" not in task.__dict__
    assert made[2].is_latest_published_version()
    assert made[1].latest_version is made[0]
    assert Version(task=task).version_number == 10
    DBSession.commit()
    assert numbers(task) == [2, 3, 9, 10]


def test_a_number_of_its_own_survives_a_savepoint(studio: Studio, task: Task) -> None:
    """What was asked for is asked for again, when the version is added once more."""
    Version(task=task)
    DBSession.commit()
    with DBSession.begin_nested() as savepoint:
        version = Version(task=task)
        version.version_number = 10
        DBSession.flush()
        savepoint.rollback()
    version.task = task
    DBSession.add(version)
    DBSession.commit()
    assert version.version_number == 10


def test_a_rollback_gives_the_numbers_back(studio: Studio, task: Task) -> None:
    """What was never committed leaves no gap."""
    Version(task=task)
    DBSession.commit()
    for _ in range(3):
        assert Version(task=task).version_number == 2
        DBSession.flush()
        DBSession.rollback()
    with DBSession.begin_nested() as nested:
        Version(task=task)
        nested.rollback()
    Version(task=task)
    DBSession.commit()
    assert numbers(task) == [1, 2]


def test_a_version_that_came_too_late_is_numbered_and_named_again(
    studio: Studio, task: Task
) -> None:
    """The shown number is provisional: when it was taken meanwhile, number and path change."""
    mine = Version(task=task)
    mine.update_paths()
    mine.extension = ".ma"
    assert mine.full_path.endswith("/Anim_Main_v001.ma")
    by_hand = Version(task=task, full_path="/by/hand_v002.ma")
    over = Version(task=task)
    over.update_paths()
    over.full_path = "/by/hand_v003.ma"
    elsewhere = DBSession.session_factory()
    try:
        for _ in range(2):
            elsewhere.add(Version(task=elsewhere.get(Task, task.id)))
        elsewhere.commit()
    finally:
        elsewhere.close()
    DBSession.commit()
    assert [each.version_number for each in (mine, by_hand, over)] == [3, 4, 5]
    assert mine.full_path == "$REPOSRV/prj/Anim/Anim_Main_v003.ma"
    assert by_hand.full_path == "/by/hand_v002.ma"
    assert over.full_path == "/by/hand_v003.ma"
    DBSession.expire_all()
    assert numbers(task) == [1, 2, 3, 4, 5]


def test_the_database_refuses_a_number_twice(studio: Studio, task: Task) -> None:
    """Not even a statement typed by hand can write a duplicate."""
    Version(task=task)
    second = Version(task=task)
    DBSession.commit()
    with pytest.raises(IntegrityError):
        DBSession.execute(text(f'UPDATE "Versions" SET version_number = 1 WHERE id = {second.id}'))
    DBSession.rollback()


@everywhere
def test_the_latest_of_a_series(studio: Studio, task: Task) -> None:
    """All versions of a series agree about the latest one and the latest published one."""
    made = [Version(task=task) for _ in range(6)]
    other = Version(task=task, take_name="Other")
    assert {each.latest_published_version for each in made} == {None}
    for number in (2, 4, 5):
        made[number - 1].is_published = True
    for _ in range(2):
        assert {each.latest_version for each in made} == {made[5]}
        assert {each.max_version_number for each in made} == {6}
        assert {each.latest_published_version for each in made} == {made[4]}
        assert [each.is_latest_published_version() for each in made] == [
            False, False, False, False, True, False,
        ]  # fmt: skip
        assert other.latest_version is other and other.max_version_number == 1
        assert other.latest_published_version is None
        assert not other.is_latest_published_version()
        studio.reload()


# --- Names and paths ------------------------------------------------------------------------------


@everywhere
def test_which_tasks_name_a_version(studio: Studio, task: Task) -> None:
    """From the nearest asset, shot or sequence down to the task; without one, from the root."""
    project = task.project
    shot = studio.shot(project, "SH010")
    below_shot = studio.task(shot, name="Anim")
    t1 = studio.task(project, name="t1")
    t2 = studio.task(t1, name="t2")
    t3 = studio.task(t2, name="t3")
    kind = studio.type("Asset")
    asset = studio.task(t1, kind=Asset, name="Lamp - Hero", code="LMP", type=kind)
    deep = studio.task(shot, kind=Asset, name="Prop", code="PRP", type=kind)
    deeper = studio.task(deep, name="Model")
    for owner, expected in (
        (below_shot, [shot, below_shot]),
        (shot, [shot]),
        (t3, [t1, t2, t3]),
        (asset, [asset]),
        (deep, [deep]),
        (deeper, [deep, deeper]),
    ):
        assert Version(task=owner).naming_parents == expected
    version = Version(task=below_shot)
    assert version.nice_name == "SH010_Anim_Main"
    version = Version(task=below_shot, take_name="A--B@C")
    assert version.nice_name == "SH010_Anim_A_B@C"
    assert repr(version) == "<prj_SH010_Anim_A_B@C_v001 (Version)>"
    assert Version(task=asset).nice_name == "Lamp_Hero_Main"


@everywhere
def test_updating_paths(studio: Studio, task: Task) -> None:
    """Both templates are rendered and set at once; the extension survives renames."""
    Version(task=task)
    version = Version(task=task)
    assert version.full_path == ""
    version.update_paths()
    assert version.full_path == "$REPOSRV/prj/Anim/Anim_Main_v002"
    version.extension = ".ma"
    task.name = "Layout"
    version.update_paths()
    assert version.filename == "Layout_Main_v002.ma"
    assert version.path == "$REPOSRV/prj/Layout"
    assert version.extension == ".ma"
    root = {"Linux": "/mnt/T", "Windows": "T:", "Darwin": "/Volumes/T"}[platform.system()]
    assert version.absolute_full_path == f"{root}/prj/Layout/Layout_Main_v002.ma"
    assert version.absolute_path == f"{root}/prj/Layout"
    version.full_path = "T:\\prj\\Layout\\x.ma"
    assert version.full_path == "T:/prj/Layout/x.ma"
    assert version.absolute_full_path == f"{root}/prj/Layout/x.ma"
    version.full_path = "$HOME/x.ma"
    assert version.absolute_full_path == "$HOME/x.ma"
    studio.reload()
    assert version.full_path == "$HOME/x.ma"


@everywhere
def test_paths_that_cannot_be_rendered(studio: Studio, task: Task) -> None:
    """Without conventions, or with a template that leads elsewhere, nothing changes."""
    version = Version(task=task, full_path="/as/it/was.ma")
    template = task.project.structure.templates[0]
    for path, filename in (
        ("", "x"),
        ("/etc", "x"),
        ("a/../..", "x"),
        ("a//b", "x"),
        ("a", ""),
        ("a", "../x"),
        ("a", "x/y"),
        ("a", "CON"),
        ("a/{{nothing}}/b", "x"),
    ):
        template.path, template.filename = path, filename
        with pytest.raises((ValueError, RuntimeError)):
            version.update_paths()
        assert version.full_path == "/as/it/was.ma", (path, filename)
    shot = studio.shot(task.project, "SH010")
    with pytest.raises(RuntimeError, match="Shot"):
        Version(task=shot).update_paths()
    task.project.structure = None
    with pytest.raises(RuntimeError, match="structure"):
        version.update_paths()


@everywhere
def test_template_variables_of_a_version(studio: Studio, task: Task) -> None:
    """Those of the task, with the version, its extension, and its own type."""
    shot: Shot = studio.shot(task.project, "SH010")
    kind = studio.type("Version", "Playblast")
    version = Version(task=shot, type=kind, full_path="/a/b.mov")
    assert version._template_variables() == {
        "project": task.project,
        "sequences": [],
        "scenes": [],
        "sequence": shot,
        "shot": shot,
        "asset": shot,
        "task": shot,
        "parent_tasks": [shot],
        "version": version,
        "type": kind,
        "extension": ".mov",
    }


# --- Graphs ---------------------------------------------------------------------------------------


@everywhere
def test_walking_versions(studio: Studio, task: Task) -> None:
    """Inputs and children come depth first, once per way; a plain link is not entered."""
    v1, v2, v3, v4, v5 = (Version(task=task, take_name=f"t{n}") for n in range(1, 6))
    plate = Link(name="plate", full_path="/plate.exr")
    v2.inputs = [v1]
    v3.inputs = [v1]
    v4.inputs = [v3, v2]
    v5.inputs = [v4]
    assert list(v5.walk_inputs()) == [v5, v4, v3, v1, v2, v1]
    assert list(v5.walk_inputs(method=1)) == [v5, v4, v3, v2, v1, v1]
    v1.inputs.append(plate)
    assert list(v2.walk_inputs()) == [v2, v1, plate]
    studio.reload()
    assert list(v2.walk_inputs()) == [v2, v1, plate]
    v2.parent = v1
    v5.parent = v1
    v3.parent = v2
    v4.parent = v3
    assert list(v1.walk_hierarchy()) == [v1, v2, v3, v4, v5]
    assert v4.parents == [v1, v2, v3]
    for parent, child in ((v1, v1), (v4, v1), (v3, v2)):
        with pytest.raises(CircularDependencyError, match=r"Version\.parent"):
            child.parent = parent
        with pytest.raises(CircularDependencyError, match=r"Version\.parent"):
            parent.children.append(child)
    for version, wrong in ((v1, v1), (v1, v2), (v1, v5), (v3, v4)):
        before = list(version.inputs)
        with pytest.raises(CircularDependencyError, match=r"Version\.inputs"):
            version.inputs.append(wrong)
        with pytest.raises(CircularDependencyError, match=r"Version\.inputs"):
            version.inputs = [plate, wrong]
        assert version.inputs == before
    for attribute in ("inputs", "outputs", "children"):
        for bad in (None, "a", v1, [1]):
            with pytest.raises(TypeError, match=rf"Version\.{attribute}"):
                setattr(v5, attribute, bad)
    studio.commit()


def test_deleting_versions(studio: Studio, task: Task) -> None:
    """A version leaves everything else: tasks, inputs, outputs, users of it, and its children."""
    parent, other = Version(task=task), Version(task=task)
    source, frames = Link(full_path="/in"), Link(full_path="/out")
    doomed = Version(task=task, parent=parent, inputs=[source, other], outputs=[frames])
    child = Version(task=task, parent=doomed)
    user = Version(task=task, inputs=[doomed, other])
    DBSession.commit()
    DBSession.delete(doomed)
    DBSession.commit()
    assert task.versions == [parent, other, child, user]
    assert child.parent is None and parent.children == []
    assert user.inputs == [other]
    assert set(DBSession.scalars(select(Link.full_path))) >= {"/in", "/out"}
    assert Version(task=task).version_number == 6
    DBSession.commit()
    parent.inputs, parent.outputs = [source], [frames]
    DBSession.commit()
    DBSession.delete(source)
    DBSession.delete(frames)
    DBSession.commit()
    assert parent.inputs == parent.outputs == []
    DBSession.delete(task)
    DBSession.commit()
    for table in ("Versions", "Version_Inputs", "Version_Outputs", "VersionCounters"):
        assert DBSession.scalar(text(f'SELECT count(*) FROM "{table}"')) == 0


# --- Statements -----------------------------------------------------------------------------------


def test_numbering_many_versions_takes_few_statements(
    studio: Studio, task: Task, statements: Any
) -> None:
    """New versions of a stored task cost one query together, and are written together."""
    for _ in range(20):
        Version(task=task)
    DBSession.commit()
    number, count = task.id, 50
    DBSession.expunge_all()
    again = DBSession.get(Task, number)
    assert again is not None and again.project is not None
    recorded = statements()
    made = [Version(task=again) for _ in range(count)]
    assert [each.version_number for each in made] == list(range(21, 71))
    assert len(recorded) == 1, "\n".join(recorded[:10])
    del recorded[:]
    DBSession.commit()
    assert len(recorded) <= 8, "\n".join(recorded)
    # the versions that were there before have not been loaded
    assert sum(isinstance(each, Version) for each in DBSession.identity_map.values()) == count
    assert len(again.versions) == 20 + count
    DBSession.commit()
    del recorded[:]
    assert made[0].latest_version is made[-1]
    assert len(recorded) <= 4, "\n".join(recorded)
