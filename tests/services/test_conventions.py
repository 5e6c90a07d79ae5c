"""A production begins with what is there already, and with something new where nothing is."""

from __future__ import annotations

from pathlib import Path

import pytest

from stalker import ImageFormat, Repository
from stalker.db.session import DBSession
from stalker.services.conventions import image_format, repository_at, structure_of


def test_a_folder_is_one_repository(database: str, tmp_path: Path) -> None:
    """The same folder is the same one, another with that name gets a code of its own."""
    folders = [tmp_path / name / "big films" for name in ("a", "b", "c")]
    made = []
    for folder in folders:
        made.append(repository_at(DBSession(), folder))
        DBSession.save(made[-1])
    assert [each.code for each in made] == ["BIG_FILMS", "BIG_FILMS_2", "BIG_FILMS_3"]
    assert [each.path for each in made] == [f"{folder}/" for folder in folders]
    assert repository_at(DBSession(), folders[1]) is made[1]
    assert repository_at(DBSession(), Path("/")).code == "FILES"
    assert Repository.query.count() == 3


@pytest.mark.parametrize(
    ("resolution", "expected"),
    [
        ("2048x858", (2048, 858, 1.0, "2048 x 858")),
        (" 2048 X 858 ", (2048, 858, 1.0, "2048 x 858")),
        ("HD 1080", (1920, 1080, 1.0, "HD 1080")),
        ("PAL", (720, 576, 1.067, "PAL")),
    ],
)
def test_a_size_is_one_format(
    database: str, resolution: str, expected: tuple[int, int, float, str]
) -> None:
    """By its numbers or by a name of the configuration; one that is there is used again."""
    made = image_format(DBSession(), resolution)
    assert (made.width, made.height, made.pixel_aspect, made.name) == expected
    DBSession.save(made)
    assert image_format(DBSession(), resolution) is made
    assert ImageFormat.query.count() == 1


def test_what_is_no_convention(database: str) -> None:
    """A size that is none and a template that cannot be rendered are refused with the reason."""
    for wrong in ("0x9", "9", "x", "HD1080", ""):
        with pytest.raises(ValueError, match=r"ImageFormat.width|is neither a size"):
            image_format(DBSession(), wrong)
    with pytest.raises(ValueError, match="template of Shot: filename: "):
        structure_of("Ours", [("Shot", "{{ project.code }}", "{{ nothing }}")])
    ours = structure_of("Ours", [("Shot", "{{ project.code }}", "x")])
    assert ours.template_for("Shot").filename == "x"  # type: ignore[union-attr]
    assert ours.template_for("Asset").filename != "x"  # type: ignore[union-attr]
