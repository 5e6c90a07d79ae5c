"""Classes that a studio adds to the model, in every supported style."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import pytest
from sqlalchemy import Column, ForeignKey, String, update
from sqlalchemy.orm import Mapped, mapped_column

from stalker import (
    CodeMixin,
    DAGMixin,
    Entity,
    EntityType,
    Permission,
    ProjectMixin,
    SimpleEntity,
    StatusMixin,
    Task,
    db,
)
from stalker.db.declarative import Base
from stalker.db.session import DBSession
from stalker.db.types import GenericDateTime, GenericJSON, vocabulary
from tests.factories import NOON, link, note, project, status_list, tag, type_for, unique, user


class LensKit(CodeMixin, Entity):
    """Nothing but its own column."""

    vendor: Mapped[str | None]


class HandMadeKit(Entity, CodeMixin):
    """Everything written by hand, with one call for each mixin."""

    __tablename__ = "HandMadeKits"
    __mapper_args__ = {"polymorphic_identity": "HandMade"}
    hand_made_kit_id = Column("id", ForeignKey("SimpleEntities.id"), primary_key=True)
    vendor = Column(String)
    settings = Column(GenericJSON)
    bought = Column(GenericDateTime)

    def __init__(self, vendor: str = "", code: str | None = None, **kwargs: Any) -> None:
        super().__init__(code=code, **kwargs)
        CodeMixin.__init__(self, code=code)
        self.vendor = vendor


class TypedKit(LensKit):
    """Adds no column: only a switch."""

    __strictly_typed__ = True
    __auto_name__ = False


class Shelf2D(Entity, StatusMixin):
    """Skips the constructors of the library."""

    label: Mapped[str | None]

    def __init__(self, **kwargs: Any) -> None:
        super(SimpleEntity, self).__init__(**kwargs)


class Roto(Task):
    """A task of a kind of its own, with a column of its own."""

    splines: Mapped[int | None]


class Finish(Enum):
    """A vocabulary of a studio."""

    MATT = "matt"
    GLOSSY = "glossy"


class Prime(Entity):
    """A column of each kind, without any rule."""

    vendor: Mapped[str | None] = mapped_column(String(30))
    splines: Mapped[int] = mapped_column(default=7)
    focal: Mapped[float | None]
    squeezed: Mapped[bool | None]
    finish: Mapped[Finish] = mapped_column(vocabulary(Finish, "Finish"))
    made: Mapped[datetime | None] = mapped_column(GenericDateTime)
    rented: Mapped[timedelta | None]


class Gimbal(Entity, CodeMixin):
    """Takes a keyword that is no attribute of the model."""

    def __init__(self, **kwargs: Any) -> None:
        self.axes = kwargs.pop("axes")
        super().__init__(**kwargs)


class Paint(Task):
    """A task of a kind of its own, without columns."""


def _crate(number: int) -> Any:
    class Crate(ProjectMixin, DAGMixin, Entity):
        __module__ = f"department{number}"
        __tablename__ = f"Crates{number}"
        __mapper_args__ = {"polymorphic_identity": f"Crate{number}"}

    return Crate


#: two departments of a studio have chosen the same name
CRATES = [_crate(number) for number in (1, 2)]


def reload(obj: Any) -> Any:
    DBSession.add(obj)
    DBSession.commit()
    number = obj.id
    DBSession.remove()
    return DBSession.get(SimpleEntity, number)


def test_a_class_needs_nothing_but_its_columns(database: str) -> None:
    """Table, key, identity, constructor, tags, notes and permissions come by themselves."""
    assert LensKit.__tablename__ == "LensKits"
    assert LensKit.__mapper__.polymorphic_identity == "LensKit"
    assert {column.name for column in LensKit.__table__.columns} == {"id", "code", "vendor"}
    assert LensKit.lens_kit_id is not None
    kit = LensKit(
        name="Primes", code="PRM", vendor="Zeiss", tags=[tag()], notes=[note("f/1.4")],
        thumbnail=link(), created_by=user(), type=type_for(LensKit),
    )  # fmt: skip
    kit.generic_data = [project()]
    found = reload(kit)
    assert type(found) is LensKit and found is not kit
    assert (found.name, found.code, found.vendor) == ("Primes", "PRM", "Zeiss")
    assert found.lens_kit_id == found.id and found.entity_type == "LensKit"
    assert [each.name for each in found.tags] == ["night"]
    assert [each.content for each in found.notes] == ["f/1.4"]
    assert found.type.target_entity_type == "LensKit" and found.thumbnail is not None
    assert LensKit.query.filter_by(vendor="Zeiss").one() is found
    assert LensKit(code="x").name.startswith("LensKit_")
    assert found.plural_class_name == "LensKits"


def test_registering_a_class(database: str) -> None:
    """It creates the entity type and the permissions once, also for a class that is not mapped."""

    class Drone:
        pass

    for kind in (LensKit, Drone, Roto):
        for _ in range(2):
            db.register(kind)
        granted = Permission.query.filter_by(class_name=kind.__name__).all()
        assert len({(each.access, each.action) for each in granted}) == len(granted) == 10
    kinds = {each.name: each for each in EntityType.query.all()}
    assert not kinds["LensKit"].statusable and not kinds["Drone"].dateable
    roto = kinds["Roto"]
    assert roto.statusable and roto.dateable and roto.schedulable and roto.accepts_references
    for value in (1, "LensKit", LensKit(code="x")):
        with pytest.raises(TypeError, match="class"):
            db.register(value)  # type: ignore[arg-type]


def test_everything_may_be_written_by_hand(database: str) -> None:
    """Given names stay, in columns of the older style, with explicit calls of the mixins."""
    kit = HandMadeKit(vendor="Cooke", code="CK", name="Anamorphics")
    kit.settings = {"squeeze": [2, 1.8]}
    kit.bought = NOON
    found = reload(kit)
    assert type(found) is HandMadeKit and found.entity_type == "HandMade"
    assert (found.vendor, found.code, found.bought) == ("Cooke", "CK", NOON)
    found.settings["squeeze"].append(1.5)
    assert reload(found).settings == {"squeeze": [2, 1.8, 1.5]}
    for missing in ({}, {"code": None}):
        with pytest.raises(TypeError, match=r"HandMadeKit\.code"):
            HandMadeKit(vendor="x", **missing)
    with pytest.raises(TypeError, match=r"vender.*vendor"):
        HandMadeKit(code="x", vender="y")


def test_a_class_without_columns_is_stored(database: str) -> None:
    """It shares the table of its base, and its switches count."""
    for attempt, words in (
        ({"name": "x", "code": "x"}, r"TypedKit\.type"),
        ({"code": "x", "type": type_for(TypedKit)}, r"TypedKit\.name"),
    ):
        with pytest.raises(TypeError, match=words):
            TypedKit(**attempt)
    found = reload(TypedKit(name="x", code="x", type=type_for(TypedKit), vendor="Zeiss"))
    assert type(found) is TypedKit and found.__table__ is LensKit.__table__
    assert (found.entity_type, found.vendor) == ("TypedKit", "Zeiss")
    assert LensKit.query.all() == [found]
    DBSession.delete(found)
    DBSession.commit()
    assert LensKit.query.count() == 0


@pytest.mark.parametrize("wrong", [None, "Prime", 1, tag(), CodeMixin])
def test_a_type_may_be_mandatory(wrong: Any) -> None:
    """01 §3: `__strictly_typed__` wants a `Type`, given and assigned."""
    kit = TypedKit(name="x", code="x", type=type_for(TypedKit))
    before = kit.type
    for attempt in (
        lambda: TypedKit(name="x", code="x", type=wrong),
        lambda: setattr(kit, "type", wrong),
    ):
        with pytest.raises(TypeError, match=r"TypedKit\.type"):
            attempt()
    assert kit.type is before


def test_two_classes_of_one_name(database: str) -> None:
    """01 BT-19: what their mixins relate is the class itself, not whichever has the name."""
    film = project()
    for kind in CRATES:
        parent, child = kind(name="a", project=film), kind(name="b", project=film)
        child.parent = parent
        DBSession.save(parent)
        DBSession.expire_all()
        assert parent.children == [child] and type(child.parent) is kind
        assert getattr(film, kind.__tablename__.lower()) == [parent, child]
        assert set(kind.query.all()) == {parent, child}
    first, second = (kind.query.first() for kind in CRATES)
    for attempt in (
        lambda: setattr(first, "parent", second),
        lambda: second.children.append(first),
        lambda: film.crates1.append(second),
    ):
        with pytest.raises(TypeError, match=r"crates1|Crate\.(parent|children)"):
            attempt()


@pytest.mark.parametrize("kind", [Roto, Paint])
def test_tasks_of_other_kinds(database: str, kind: type[Task]) -> None:
    """They use the list of tasks, are part of the project, and nest with other tasks."""
    film = project()
    parent = Task(name="Comp", project=film)
    kind(name="Roto", parent=parent, depends=[Task(name="Prep", project=film)])
    DBSession.save(film)
    DBSession.remove()
    found = kind.query.one()
    assert type(found) is kind and found.status.code == "WFD"
    assert found.parent.children == [found] and found in found.project.tasks
    assert found.status_list.target_entity_type == "Task"


def test_the_constructors_may_be_skipped(database: str) -> None:
    """The attributes that are given are set, defaults fill the rest when it is stored."""
    choice = status_list(Shelf2D, ["NEW", "OLD"])
    shelf = Shelf2D(name="  Top  shelf ", label="A", status_list=choice, status=1)
    assert (shelf.name, shelf.nice_name, shelf.status.code) == ("Top shelf", "Top_shelf", "OLD")
    assert shelf.date_created is None and shelf.html_style is None
    with pytest.raises(TypeError, match="colour"):
        Shelf2D(name="x", colour="red", status_list=choice)
    found = reload(shelf)
    assert (found.label, found.html_style, found.html_class) == ("A", "", "")
    assert found.date_created is not None and found.date_updated is not None
    with pytest.raises(TypeError, match=r"Shelf2D\.name"):
        found.name = 1


def test_a_class_may_come_after_setup(database: str) -> None:
    """`register()` makes its table; the class may be declared inside a function."""
    name = unique("Late")
    late: Any = type(
        name,
        (CodeMixin, Entity),
        {"__annotations__": {"size": Mapped[int]}, "__module__": __name__},
    )
    assert late.__tablename__ == f"{name}s"
    db.register(late)
    found = reload(late(code="x", size=3))
    assert type(found) is late and found.size == 3
    assert Permission.query.filter_by(class_name=name).count() == 10


@pytest.mark.parametrize(
    ("attribute", "value", "error"),
    [
        ("vendor", 5, TypeError),
        ("vendor", "x" * 31, ValueError),
        ("splines", "5", TypeError),
        ("splines", 2**40, ValueError),
        ("focal", "35", TypeError),
        ("focal", True, TypeError),
        ("squeezed", 1, TypeError),
        ("finish", "shiny", ValueError),
        ("finish", None, TypeError),
        ("made", NOON.replace(tzinfo=None), TypeError),
        ("rented", 3, TypeError),
    ],
)
def test_the_type_of_a_column_is_its_rule(
    database: str, attribute: str, value: Any, error: type[Exception]
) -> None:
    """An attribute without rules refuses what its column cannot hold, given or assigned."""
    with pytest.raises(error, match=rf"Prime\.{attribute}"):
        Prime(**{attribute: value})
    prime = Prime(
        vendor="Cooke", splines=3, focal=35, squeezed=False, finish=Finish.MATT, made=NOON,
        rented=timedelta(days=3),
    )  # fmt: skip
    with pytest.raises(error, match=rf"Prime\.{attribute}"):
        setattr(prime, attribute, value)
    found = reload(prime)
    assert (found.vendor, found.splines, found.focal) == ("Cooke", 3, 35.0)
    assert (found.squeezed, found.finish, found.made) == (False, Finish.MATT, NOON)
    assert found.rented == timedelta(days=3)
    assert reload(Prime(finish="glossy")).splines == 7


def test_an_unknown_keyword_is_named_first(database: str) -> None:
    """Not the mandatory attribute that it stands for; a constructor of a studio may take it."""
    for attempt, words in (
        (lambda: Task(nmae="x", project=project()), r"Task\(\).*'nmae'.*'name'"),
        (lambda: Task(name="x", projct=project()), r"'projct'.*'project'"),
        (lambda: LensKit(coed="x"), r"LensKit\(\).*'coed'.*'code'"),
        (lambda: EntityType(nam="x"), r"EntityType\(\).*'nam'.*'name'"),
    ):
        with pytest.raises(TypeError, match=words):
            attempt()
    assert Gimbal(code="x", axes=3).axes == 3


def test_a_class_that_nobody_defines(database: str) -> None:
    """An entity of a class that this process has not imported is an error that says so."""
    DBSession.save(kit := LensKit(code="x"))
    table = SimpleEntity.__table__
    stranger = update(table).where(table.c.id == kit.id).values(entity_type="Drone")
    DBSession.execute(stranger)
    DBSession.commit()
    DBSession.remove()
    with pytest.raises(LookupError, match=r"'Drone'.*import"):
        SimpleEntity.query.all()


def test_deleting_reaches_the_tables_of_the_base(database: str) -> None:
    """However the row is deleted, nothing of it stays behind."""
    kit, roto = LensKit(code="x"), Roto(name="x", project=project())
    DBSession.save([kit, roto])
    numbers = [kit.id, roto.id]
    DBSession.delete(kit)
    DBSession.delete(roto.project)
    DBSession.commit()
    for table in ("SimpleEntities", "LensKits", "Tasks", "Rotoes", "Rotos"):
        if table in Base.metadata.tables:
            ids = Base.metadata.tables[table].c.id
            rows = DBSession.query(ids).filter(ids.in_(numbers)).all()
            assert rows == []
