"""Versions get their number, their path and their file in this order, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from stalker import FilenameTemplate, Project, Repository, Structure, Task, Version
from stalker.db.session import DBSession
from stalker.exceptions import UnsafePathError
from stalker.services.publishing import number, place, publish


@pytest.fixture
def task(database: str, tmp_path: Path) -> Task:
    """A stored task whose files belong below a folder of this machine."""
    root = tmp_path / "films"
    root.mkdir()
    repository = Repository(name="Films", code="FLM")
    repository.path = str(root)
    template = FilenameTemplate(
        name="Task",
        target_entity_type="Task",
        path="$REPO{{ project.repository.code }}/{{ project.code }}/{{ task.nice_name }}",
        filename='{{ version.nice_name }}_v{{ "%03d"|format(version.version_number) }}',
    )
    structure = Structure(name="S", templates=[template])
    project = Project(name="P", code="PRJ", repositories=[repository], structure=structure)
    task = Task(name="Comp", project=project)
    DBSession.save(project)
    return task


def test_a_version_is_published_with_its_file(task: Task, tmp_path: Path) -> None:
    """Numbers are final before files are written, and each file is where its version says."""
    versions = [Version(task=task), Version(task=task)]
    number(versions, ".nk")
    paths = [publish(version, b"comp") for version in versions]
    DBSession.commit()
    folder = tmp_path / "films" / "PRJ" / "Comp"
    assert paths == [folder / "Comp_Main_v001.nk", folder / "Comp_Main_v002.nk"]
    assert sorted(folder.iterdir()) == paths
    for version in versions:
        assert version.is_published
        assert Path(version.absolute_full_path).read_bytes() == b"comp"


def test_a_file_that_exists_is_never_replaced(task: Task) -> None:
    """A file in the way is kept, nothing is left beside it, and the version is not published."""
    version = Version(task=task)
    number([version], ".nk")
    path = place(version)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"somebody else's")
    with pytest.raises(FileExistsError):
        publish(version, b"mine")
    assert path.read_bytes() == b"somebody else's"
    assert list(path.parent.iterdir()) == [path]
    assert not version.is_published


def test_a_link_out_of_the_repository_is_not_followed(task: Task, tmp_path: Path) -> None:
    """Nothing is written outside the repository, whatever a folder in it leads to."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "films" / "PRJ").symlink_to(outside, target_is_directory=True)
    version = Version(task=task)
    number([version], ".nk")
    with pytest.raises(UnsafePathError):
        publish(version, b"comp")
    assert list(outside.iterdir()) == []


def test_a_path_in_no_repository_is_refused(task: Task) -> None:
    """A version that was moved by hand out of every repository, or has no path, has no place."""
    version = Version(task=task)
    with pytest.raises(ValueError, match=r"has no path yet: number\(\) gives it one"):
        publish(version, b"comp")
    number([version], ".nk")
    version.full_path = "/etc/passwd"
    with pytest.raises(ValueError, match=r"full_path"):
        publish(version, b"comp")
