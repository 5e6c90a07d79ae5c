"""`Variant`: a task that is a form of another one."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from stalker import FilenameTemplate, Project, StatusList, Structure, Task, Variant, Version, db
from stalker.db.session import DBSession
from tests.factories import repository
from tests.models.production import CODES, Studio, code_of, everywhere


@everywhere
def test_a_variant_is_a_task(studio: Studio) -> None:
    """12 §6: it has its own identity, lies anywhere among tasks, and has their workflow."""
    film = studio.project()
    over = studio.task(film, kind=Variant, name="Hero")
    asset = studio.task(over)
    damaged = studio.task(asset, kind=Variant, name="Damaged", depends=[studio.task(film)])
    assert code_of(damaged) == "WFD"
    below = studio.task(damaged)
    studio.reload()
    assert damaged.entity_type == "Variant" and damaged.plural_class_name == "Variants"
    assert damaged.parents == [over, asset] and damaged.children == damaged.tasks == [below]
    assert {over, damaged} <= set(film.tasks)
    assert over.is_container and damaged.is_container
    assert [status.code for status in damaged.status_list] == CODES
    if studio.stored:
        assert damaged.tjp_id == f"Variant_{damaged.id}"
        assert damaged.variant_id == damaged.id
        assert Variant.query.order_by(Variant.id).all() == [over, damaged]
        assert Task.query.filter_by(id=damaged.id).one() is damaged
    with pytest.raises(TypeError, match=r"Variant\.name"):
        studio.task(film, kind=Variant, name=None)
    with pytest.raises(TypeError, match="code"):
        studio.task(film, kind=Variant, code="V")


@everywhere
def test_versions_of_a_variant(studio: Studio) -> None:
    """12 §6: it has versions with takes of its own, and is not named after a shot of its own."""
    variant = studio.task(studio.project(), kind=Variant, name="LOD 1")
    versions = [Version(task=variant, take_name=take) for take in ("Main", "Main", "Other")]
    studio.reload()
    assert variant.versions == versions
    assert [each.version_number for each in versions] == [1, 2, 1]
    assert versions[0].nice_name == "LOD_1_Main"


def test_the_statuses_of_variants(database: str) -> None:
    """03 §4, 12 §6: it uses the list of tasks that `init()` makes, until there is one for it."""
    film = Project(name="Film", code="F")
    lists = select(func.count()).select_from(StatusList)
    before = DBSession.scalar(lists)
    first = Variant(name="A", project=film)
    DBSession.save(first)
    assert first.status_list.target_entity_type == "Task" and DBSession.scalar(lists) == before
    db.create_entity_statuses("Variant", ["Ready", "Done"], ["RTS", "CMPL"])
    second = Variant(name="B", project=film)
    DBSession.save(second)
    assert second.status_list.target_entity_type == "Variant" and second.status == "RTS"
    assert first.status_list.target_entity_type == "Task"


def test_where_files_of_a_variant_lie(database: str) -> None:
    """20 §8.2: the template for variants counts, not that for tasks."""
    templates = [
        FilenameTemplate(
            name=kind,
            target_entity_type=kind,
            path="{{ project.repository.path }}/{{ project.code }}/" + folder,
            filename="{{ version.nice_name }}",
        )
        for kind, folder in (("Task", "tasks"), ("Variant", "variants/{{ task.parent.nice_name }}"))
    ]
    film = Project(
        name="Film",
        code="F",
        repositories=[repository()],
        structure=Structure(name="Film", templates=templates),
    )
    variant = Variant(name="Damaged", parent=Task(name="Rock", project=film))
    DBSession.save(variant)
    version = Version(task=variant)
    version.update_paths()
    assert version.full_path.endswith("/F/variants/Rock/Rock_Damaged_Main")
