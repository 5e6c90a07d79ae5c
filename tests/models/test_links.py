"""`Link`: paths of files, file sequences and addresses outside the database."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text

from stalker import Link
from stalker.db.session import DBSession
from tests.factories import link, project, type_for

PATH = "/srv/films/plates.v2/a.1001.exr"


@pytest.mark.parametrize(
    ("full_path", "stored", "path", "filename", "extension"),
    [
        (PATH, PATH, "/srv/films/plates.v2", "a.1001.exr", ".exr"),
        ("C:\\films\\a.ma", "C:/films/a.ma", "C:/films", "a.ma", ".ma"),
        ("//server/share/a", "//server/share/a", "//server/share", "a", ""),
        ("a.exr", "a.exr", "", "a.exr", ".exr"),
        ("/srv/films/", "/srv/films/", "/srv/films", "", ""),
        ("/srv/v1.2/readme", "/srv/v1.2/readme", "/srv/v1.2", "readme", ""),
        ("/srv/a.%04d.exr 1001-1100", "/srv/a.%04d.exr 1001-1100", "/srv",
         "a.%04d.exr 1001-1100", ".exr 1001-1100"),
        ("https://example.com/a.mov", "https://example.com/a.mov", "https://example.com", "a.mov",
         ".mov"),
        ("", "", "", "", ""),
        (None, "", "", "", ""),
    ],
)  # fmt: skip
def test_parts_of_a_path(
    full_path: Any, stored: str, path: str, filename: str, extension: str
) -> None:
    """POSIX rules on every platform, with forward slashes."""
    made = Link(full_path=full_path)
    changed = link()
    changed.full_path = full_path
    for each in (made, changed):
        parts = (each.full_path, each.path, each.filename, each.extension)
        assert parts == (stored, path, filename, extension)


@pytest.mark.parametrize(
    ("attribute", "value", "full_path"),
    [
        ("path", "/mnt/new", "/mnt/new/a.1001.exr"),
        ("path", "/mnt/new/", "/mnt/new/a.1001.exr"),
        ("path", "M:\\new", "M:/new/a.1001.exr"),
        ("filename", "b.mov", "/srv/films/plates.v2/b.mov"),
        ("filename", "", "/srv/films/plates.v2/"),
        ("filename", None, "/srv/films/plates.v2/"),
        ("extension", "jpg", "/srv/films/plates.v2/a.1001.jpg"),
        ("extension", ".jpg", "/srv/films/plates.v2/a.1001.jpg"),
        ("extension", "", "/srv/films/plates.v2/a.1001"),
        ("extension", None, "/srv/films/plates.v2/a.1001"),
    ],
)
def test_assigning_a_part_changes_the_path(attribute: str, value: Any, full_path: str) -> None:
    """The others follow, and a query finds the result."""
    obj = Link(full_path=PATH)
    setattr(obj, attribute, value)
    assert obj.full_path == full_path


@pytest.mark.parametrize(
    ("attribute", "value", "error"),
    [
        ("path", None, TypeError),
        ("path", 1, TypeError),
        ("path", [], TypeError),
        ("path", "", ValueError),
        ("filename", 1, TypeError),
        ("filename", [], TypeError),
        ("extension", 1, TypeError),
        ("full_path", 1, TypeError),
        ("full_path", [], TypeError),
        ("original_filename", 1, TypeError),
        ("original_filename", {}, TypeError),
        ("original_filename", "x" * 257, ValueError),
        ("type", "Image", TypeError),
    ],
)
def test_what_links_refuse(attribute: str, value: Any, error: type[Exception]) -> None:
    """The message names the attribute, and the path stays."""
    obj = Link(full_path=PATH)
    with pytest.raises(error, match=rf"Link\.{attribute}"):
        setattr(obj, attribute, value)
    assert obj.full_path == PATH
    if attribute not in ("path", "filename", "extension"):
        with pytest.raises(error, match=rf"Link\.{attribute}"):
            Link(**{attribute: value})


def test_the_original_name_is_remembered() -> None:
    """It is the file name of the moment, unless another is given; later moves do not change it."""
    obj = Link(full_path=PATH)
    assert obj.original_filename == "a.1001.exr"
    obj.full_path = "/srv/b.exr"
    assert obj.original_filename == "a.1001.exr"
    for nothing in ("", None):
        obj.original_filename = nothing  # type: ignore[assignment]
        assert obj.original_filename == "b.exr"
    assert Link(full_path=PATH, original_filename="IMG.exr").original_filename == "IMG.exr"


def test_a_deleted_link_is_missed_by_nobody(database: str) -> None:
    """It leaves references and thumbnails, and its type stays."""
    film, image = project(), link(type=type_for(Link, "Image"))
    film.references = [image, other := link("/srv/other.jpg")]
    film.thumbnail = image
    DBSession.save(film)
    kind = image.type
    DBSession.delete(image)
    DBSession.commit()
    DBSession.expire_all()
    assert film.references == [other] and film.thumbnail is None and kind.name == "Image"


def test_paths_are_found_and_may_be_long(database: str) -> None:
    """A path is looked up by an index on both databases, however long it is."""
    long = "/srv/" + "/".join(f"folder{n}" for n in range(2000))
    DBSession.save(made := Link(full_path=long))
    query = select(Link.id).where(Link.full_path == long)
    assert DBSession.scalar(query) == made.id
    if database.startswith("postgresql"):
        DBSession.execute(text("SET LOCAL enable_seqscan = off"))
    explain = "EXPLAIN " if database.startswith("postgresql") else "EXPLAIN QUERY PLAN "
    plan = DBSession.execute(
        text(explain + """SELECT id FROM "Links" WHERE full_path = '/srv/a'""")
    ).all()
    assert "Links_full_path_idx" in str(plan)
