"""`EntityGroup`, `Message` and `Page`."""

from __future__ import annotations

from typing import Any

import pytest

from stalker import EntityGroup, Message, Page, Project, SimpleEntity, Tag, User
from stalker.db.session import DBSession
from tests.factories import (
    least,
    link,
    note,
    project,
    project_in_memory,
    status_list,
    tag,
    user,
)

# --- EntityGroup ----------------------------------------------------------------------------------


@pytest.mark.parametrize("values", [{}, {"entities": None}, {"entities": []}])
def test_a_group_may_be_empty(values: dict[str, Any]) -> None:
    """01 §5: no argument is needed, and the name is generated."""
    group = EntityGroup(**values)
    assert group.entities == [] and group.name.startswith("EntityGroup_")


def test_a_group_is_seen_from_both_sides(database: str) -> None:
    """01 §5, BT-2, BT-6: any classes, in the given order, with tags and notes; also reloaded."""
    night, words, image, ada = tag(), note(), link(), user()
    film = project()
    one = EntityGroup(entities=[ada, film, image], tags=[night], notes=[words])
    two = EntityGroup(name="Two", entities=[film])
    DBSession.save([one, two])

    def check() -> None:
        assert one.entities == [ada, film, image]
        assert one.tags == [night] and one.notes == [words] and night.entities == [one]
        assert list(film.entity_groups) == [one, two] and list(ada.entity_groups) == [one]

    check()
    DBSession.expire_all()
    check()
    one.entities.insert(0, image2 := link())
    one.entities.remove(ada)
    assert list(image2.entity_groups) == [one] and list(ada.entity_groups) == []
    DBSession.commit()
    DBSession.expire_all()
    assert one.entities == [image2, film, image]


def test_deleting_a_group_or_a_member(database: str) -> None:
    """01 §5: neither takes the other with it."""
    night, ada = tag(), user()
    one, two = EntityGroup(entities=[night, ada]), EntityGroup(entities=[night, ada])
    DBSession.save([one, two])
    DBSession.delete(one)
    DBSession.commit()
    assert list(night.entity_groups) == [two] and User.query.filter_by(id=ada.id).count() == 1
    DBSession.delete(night)
    DBSession.commit()
    assert two.entities == [ada]


# --- Message --------------------------------------------------------------------------------------


def test_a_message_needs_statuses(database: str) -> None:
    """01 §13: `init()` makes none for messages; they are given, or found in the database."""
    with pytest.raises(TypeError, match=r"Message\.status_list"):
        Message(description="Lunch?")
    given = status_list("Message", ["UNREAD", "READ"])
    DBSession.save(Message(description="Lunch?", status_list=given, status=1))
    DBSession.expire_all()
    found = Message.query.one()
    assert (found.description, found.status.code) == ("Lunch?", "READ")
    assert Message(description="Now?").status_list is given


def test_without_a_database_a_message_is_given_its_statuses() -> None:
    """01 §13: there is nowhere to look for them."""
    with pytest.raises(TypeError, match=r"Message\.status_list"):
        Message()
    assert Message(status_list=status_list("Message", ["UNREAD"])).status.code == "UNREAD"


# --- Page -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({}, ValueError),
        ({"title": ""}, ValueError),
        ({"title": None}, TypeError),
        ({"title": 1}, TypeError),
        ({"title": ["Colour"]}, TypeError),
    ],
)
def test_a_page_needs_a_title(values: dict[str, Any], error: type[Exception]) -> None:
    """01 §14: a skipped one is empty, and refused as such; the project does not know the page."""
    film = project_in_memory()
    with pytest.raises(error, match=r"Page\.title"):
        Page(project=film, **values)
    assert film.pages == []
    page = Page(title="Colour", project=film)
    with pytest.raises(error, match=r"Page\.title"):
        page.title = values.get("title", "")
    assert page.title == "Colour"


@pytest.mark.parametrize("values", [{}, {"content": None}, {"content": ""}])
def test_a_page_may_be_empty(values: dict[str, Any]) -> None:
    """01 §14: no content is an empty text, and the name does not come from the title."""
    page = Page(title="Colour", project=project_in_memory(), **values)
    assert page.content == "" and page.name.startswith("Page_")
    page.content = "ACES"
    page.content = None  # type: ignore[assignment]
    assert page.content == ""


@pytest.mark.parametrize("wrong", [None, "Lighthouse", 1, tag()])
def test_a_page_needs_a_project(wrong: Any) -> None:
    """01 §14, §15.5: given, and later."""
    page = Page(title="Colour", project=project_in_memory())
    for attempt in (
        lambda: Page(title="Colour"),
        lambda: Page(title="Colour", project=wrong),
        lambda: setattr(page, "project", wrong),
    ):
        with pytest.raises(TypeError, match=r"Page\.project"):
            attempt()


def test_pages_go_with_their_project(database: str) -> None:
    """01 §14: not the other way round, and their author stays."""
    film, other, ada = project(), project("Other", "OTH"), user()
    first, second, third = (
        Page(title=title, project=film, created_by=ada) for title in ("A", "B", "C")
    )
    DBSession.save([film, other])
    assert film.pages == [first, second, third]
    third.project = other
    DBSession.delete(first)
    DBSession.commit()
    assert film.pages == [second] and other.pages == [third]
    DBSession.delete(film)
    DBSession.commit()
    assert Page.query.all() == [third] and Project.query.all() == [other]
    assert third.created_by is ada


# --- All three ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [EntityGroup, Message, Page])
def test_they_are_entities(database: str, kind: type[SimpleEntity]) -> None:
    """01 §5, §13, §14: found as what they are, and two of one name are two."""
    one, other = least(kind, name="x"), least(kind, name="x")
    DBSession.save([one, other])
    assert one != other
    assert SimpleEntity.query.filter_by(name="x", entity_type=kind.__name__).count() == 2
    assert one not in Tag.query.all() and one.plural_class_name == f"{kind.__name__}s"
