"""`Status`, `StatusList` and `StatusMixin`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped

from stalker import Asset, Entity, Project, Status, StatusList, StatusMixin, Task
from stalker.db.session import DBSession
from tests.factories import least, project, status, status_list, tag, type_for, unique


class Shelf(StatusMixin, Entity):
    """Has a status and nothing else."""


class GlassShelf(Shelf):
    """Has no status list of its own."""

    panes: Mapped[int | None]


def codes(statuses: Any) -> list[str]:
    return [each.code for each in statuses]


# --- Status ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"name": None}, TypeError),
        ({"name": ""}, ValueError),
        ({"name": 1}, TypeError),
        ({"code": None}, TypeError),
        ({"code": ""}, ValueError),
        ({"code": 5}, TypeError),
    ],
)
def test_statuses_need_name_and_code(changes: dict[str, Any], error: type[Exception]) -> None:
    """Both are mandatory, when it is made and later."""
    ((attribute, value),) = changes.items()
    with pytest.raises(error, match=rf"Status\.{attribute}"):
        least(Status, **changes)
    with pytest.raises(error, match=rf"Status\.{attribute}"):
        setattr(status(), attribute, value)


def test_a_status_equals_its_name_and_its_code() -> None:
    """Whatever the case and the order of the operands; everything else compares by identity."""
    hold = Status(name="On Hold", code="OH")
    for text in ("On Hold", "on hold", "OH", "oh"):
        assert hold == text and text == hold
        assert (hold != text, text != hold) == (False, False)
    for other in ("O", "", 1, None, Status(name="On Hold", code="OH"), tag("On Hold")):
        assert hold != other and other != hold
        assert (hold == other, other == hold) == (False, False)
    assert repr(hold) == "<On Hold (Status)>"
    assert hold in {hold} and "OH" not in {hold}


def test_a_status_in_use_cannot_be_deleted(database: str) -> None:
    """Neither one that an object has, nor one that is in a list."""
    film, free = project(), status()
    DBSession.save([film, free])
    DBSession.delete(free)
    DBSession.commit()
    for used in (film.status, DBSession.query(StatusList).filter_by(name="Task Statuses").one()[0]):
        DBSession.delete(used)
        with pytest.raises(IntegrityError):
            DBSession.commit()
        DBSession.rollback()


# --- StatusList -----------------------------------------------------------------------------------


def test_a_status_list_behaves_like_a_list() -> None:
    """Length, index, slice, item assignment, deletion, membership and iteration."""
    first, second, third = statuses = [status(code) for code in ("NEW", "WIP", "DONE")]
    choice = StatusList(target_entity_type="Shelf", statuses=statuses)
    assert (len(choice), choice[0], choice[-1], choice[1:]) == (3, first, third, [second, third])
    assert list(choice) == statuses == choice.statuses
    assert (
        "wip" in choice
        and first in choice
        and "nope" not in choice
        and status("WIP2") not in choice
    )
    choice[0] = other = status("RDY")
    assert codes(choice) == ["RDY", "WIP", "DONE"] and choice[0] is other
    del choice[-1]
    assert codes(choice) == ["RDY", "WIP"]
    with pytest.raises(IndexError):
        choice[5]
    assert not StatusList(target_entity_type="Shelf", statuses=None)


def test_looking_up_a_status_by_text() -> None:
    """Name or code, ignoring case; the first match counts, and nothing found is `None`."""
    first, second = Status(name="Done", code="WIP"), Status(name="wip", code="X")
    choice = StatusList(target_entity_type="Shelf", statuses=[first, second])
    assert choice["wip"] is first is choice["DONE"]
    assert choice["x"] is second and choice["nope"] is None


def test_looking_up_does_not_flush(database: str) -> None:
    """Something incomplete may wait in the session while a list is read."""
    choice = status_list(unique("Widget"))
    DBSession.save(choice)
    DBSession.expire_all()
    DBSession.add(pending := Entity())
    assert choice["WIP"] is not None
    assert pending in DBSession.new


@pytest.mark.parametrize(
    "attempt",
    [
        lambda choice: setattr(choice, "statuses", None),
        lambda choice: setattr(choice, "statuses", "WIP"),
        lambda choice: setattr(choice, "statuses", tuple(choice.statuses)),
        lambda choice: setattr(choice, "statuses", set()),
        lambda choice: setattr(choice, "statuses", [choice[0], "WIP"]),
        lambda choice: choice.statuses.append(tag()),
        lambda choice: choice.statuses.extend([status(), 1]),
        lambda choice: choice.statuses.insert(0, None),
        lambda choice: choice.statuses.__setitem__(0, "x"),
        lambda choice: choice.__setitem__(0, 0),
    ],
)
def test_a_status_list_holds_statuses_only(attempt: Callable[[StatusList], Any]) -> None:
    """Anything else is a `TypeError` that leaves the list as it was."""
    choice = status_list("Shelf")
    before = list(choice)
    with pytest.raises(TypeError, match=r"StatusList\.statuses"):
        attempt(choice)
    assert list(choice) == before


@pytest.mark.parametrize(("target", "error"), [(None, TypeError), ("", ValueError), (1, TypeError)])
def test_a_status_list_is_for_one_class(target: Any, error: type[Exception]) -> None:
    """The target is mandatory, may be a class, and stays."""
    with pytest.raises(error, match=r"StatusList\.target_entity_type"):
        StatusList(target_entity_type=target)
    choice = StatusList(target_entity_type=Shelf)
    assert choice.target_entity_type == "Shelf"
    with pytest.raises(AttributeError):
        choice.target_entity_type = "Task"  # type: ignore[assignment]


def test_order_survives_a_reload(database: str) -> None:
    """However the list was put together: the first status is the default."""
    choice = status_list(unique("Widget"), ["A", "B", "C", "D"])
    a, b, c, d = choice
    DBSession.save(choice)

    def check(expected: list[Status]) -> None:
        DBSession.commit()
        DBSession.expire_all()
        assert list(choice) == expected

    check([a, b, c, d])
    choice.statuses = [d, a, c]
    check([d, a, c])
    choice.statuses.insert(0, b)
    check([b, d, a, c])
    choice[1] = e = status("E")
    check([b, e, a, c])
    choice.statuses = [c, b]
    choice.statuses.append(d)
    check([c, b, d])
    del choice[0]
    check([b, d])
    choice.statuses.append(b)
    check([b, d])


def test_a_class_has_one_stored_list(database: str) -> None:
    """A second one is accepted in memory and in the session, and refused when it is written."""
    target = unique("Widget")
    DBSession.save(status_list(target))
    DBSession.add(status_list(target))
    with pytest.raises(IntegrityError) as caught:
        DBSession.commit()
    DBSession.rollback()
    if database.startswith("postgresql"):
        assert "StatusLists_target_entity_type_key" in str(caught.value)


# --- StatusMixin ----------------------------------------------------------------------------------


def shelf(codes: list[str] | None = None, **values: Any) -> Shelf:
    return Shelf(status_list=status_list("Shelf", codes or ["NEW", "WIP", "DONE"]), **values)


def test_the_first_status_is_the_default() -> None:
    """`None` stands for it, in the constructor and later."""
    for obj in (shelf(), shelf(status=None), shelf(status=0)):
        assert obj.status is obj.status_list[0]
    obj = shelf(status=2)
    assert obj.status.code == "DONE"
    obj.status = None  # type: ignore[assignment]
    assert obj.status.code == "NEW"
    obj.status = 1  # type: ignore[assignment]
    assert obj.status.code == "WIP"
    obj.status = obj.status_list[2]
    assert obj.status.code == "DONE"


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (-1, ValueError),
        (3, ValueError),
        ("WIP", TypeError),
        (1.0, TypeError),
        (True, TypeError),
        ([], TypeError),
        (tag("WIP"), TypeError),
        (status("WIP"), ValueError),
    ],
)
def test_statuses_that_are_refused(value: Any, error: type[Exception]) -> None:
    """A status of another list or a wrong index is a `ValueError`, anything else a `TypeError`."""
    with pytest.raises(error, match=r"Shelf\.status"):
        shelf(status=value)
    obj = shelf()
    with pytest.raises(error, match=r"Shelf\.status"):
        obj.status = value
    assert obj.status.code == "NEW"


@pytest.mark.parametrize("value", [None, "Statuses", [], 1, status_list("Widget"), status("S1")])
def test_status_lists_that_are_refused(value: Any) -> None:
    """A list must be made for the class; without a database there is none to fall back to."""
    with pytest.raises(TypeError, match=r"Shelf\.status_list"):
        Shelf(status_list=value)
    obj = shelf()
    before = obj.status_list
    with pytest.raises(TypeError, match=r"Shelf\.status_list"):
        obj.status_list = value
    assert obj.status_list is before and obj.status is before[0]


def test_an_empty_list_has_no_first_status() -> None:
    """That is a `ValueError`, and leaves an object in its old list."""
    empty = StatusList(target_entity_type=Shelf)
    with pytest.raises(ValueError, match=r"Shelf\.status"):
        Shelf(status_list=empty)
    obj = shelf()
    with pytest.raises(ValueError, match=r"Shelf\.status_list"):
        obj.status_list = empty
    assert obj.status.code == "NEW" and len(obj.status_list) == 3


def test_another_list_keeps_the_status_or_begins_anew() -> None:
    """A status that is in the new list stays; otherwise its first one is taken."""
    obj = shelf(status=1)
    wip = obj.status
    obj.status_list = StatusList(target_entity_type=Shelf, statuses=[status("X"), wip])
    assert obj.status is wip
    obj.status_list = other = status_list(Shelf, ["Y", "Z"])
    assert obj.status is other[0] and obj.status_list is other


def test_lists_of_super_classes_fit() -> None:
    """A list for a class will do for what derives from it, not the other way round."""
    obj = GlassShelf(status_list=status_list(Shelf))
    assert obj.status.code == "RTS"
    with pytest.raises(TypeError, match=r"Shelf\.status_list"):
        Shelf(status_list=status_list(GlassShelf))
    with pytest.raises(TypeError, match=r"Project\.status_list"):
        Project(name="x", code="x", status_list=status_list("Task"))


def test_the_stored_list_is_found(database: str) -> None:
    """That of the class itself is preferred to that of a base; a given one wins over both."""
    for attempt in (Shelf, GlassShelf):
        with pytest.raises(TypeError, match=r"Shelf\.status_list"):
            attempt()
    DBSession.save(base := status_list(Shelf))
    assert Shelf().status_list is base
    assert GlassShelf().status_list is base
    DBSession.rollback()
    assert GlassShelf().status_list is base
    DBSession.save(status_list(GlassShelf, ["OWN"]))
    found = GlassShelf()
    assert (found.status_list.target_entity_type, found.status.code) == ("GlassShelf", "OWN")
    assert GlassShelf(status_list=status_list(GlassShelf, ["GIVEN"])).status.code == "GIVEN"
    found.status_list = None  # type: ignore[assignment]
    assert found.status.code == "OWN"


def test_looking_for_the_list_does_not_flush(database: str) -> None:
    """What waits in the session keeps waiting."""
    DBSession.add(pending := Entity())
    assert project().status.code == "RTS"
    assert pending in DBSession.new


def test_tasks_of_every_kind_find_their_list(database: str) -> None:
    """With an initialised database neither list nor status has to be named."""
    film = project()
    DBSession.save(film)
    rock = Asset(name="Rock", code="rock", project=film, type=type_for(Asset))
    comp = Task(name="Comp", project=film)
    DBSession.save([rock, comp])
    DBSession.expire_all()
    assert rock.status_list.target_entity_type == "Asset"
    assert comp.status_list.target_entity_type == "Task"
    assert film.status_list.target_entity_type == "Project"
    # statuses are shared between lists by name
    assert rock.status is comp.status


def test_a_list_in_use_cannot_be_deleted(database: str) -> None:
    """Its objects would have none."""
    DBSession.save(obj := shelf())
    DBSession.delete(obj.status_list)
    with pytest.raises(IntegrityError):
        DBSession.commit()
    DBSession.rollback()
