"""What goes into a column comes out the same on both databases, or is refused by both."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Column, Integer, Interval, MetaData, Table, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from stalker import Project, SimpleEntity, Tag, Task, db
from stalker.core.kinds import AllocationStrategy, TimeUnit
from stalker.db.declarative import Base
from stalker.db.json import track
from stalker.db.session import DBSession
from stalker.db.types import (
    DateTimeUTC,
    GenericDateTime,
    GenericJSON,
    JSONEncodedDict,
    vocabulary,
)

metadata = MetaData(naming_convention=Base.metadata.naming_convention)
things = Table(
    "things",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", GenericDateTime),
    Column("utc", DateTimeUTC),
    Column("json", GenericJSON),
    Column("text", JSONEncodedDict),
    Column("took", Interval),
    Column("unit", vocabulary(TimeUnit, "TimeUnit")),
)


@pytest.fixture
def connected(empty_url: str) -> Iterator[Any]:
    """A connection to a database with the table of things."""
    db.setup({"sqlalchemy.url": empty_url})
    with DBSession.get_bind().engine.connect() as connection:
        metadata.create_all(connection)
        connection.commit()
        yield connection


def round_trip(connection: Any, column: str, value: Any) -> Any:
    connection.execute(things.delete())
    connection.execute(insert(things), {"id": 1, column: value})
    return connection.scalar(select(things.c[column]))


INSTANTS = [
    datetime(2026, 3, 2, 12, tzinfo=UTC),
    datetime(2026, 3, 2, 12, 30, 15, 123456, tzinfo=timezone(timedelta(hours=5, minutes=45))),
    datetime(2026, 10, 25, 2, 30, fold=0, tzinfo=ZoneInfo("Europe/Berlin")),
    datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin")),
    datetime(2026, 7, 1, 0, 0, tzinfo=ZoneInfo("America/Los_Angeles")),
    datetime(1969, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=-12))),
]


@pytest.mark.parametrize("column", ["at", "utc"])
@pytest.mark.parametrize("value", INSTANTS, ids=str)
def test_any_zone_goes_in_and_utc_comes_out(connected: Any, column: str, value: datetime) -> None:
    """A stored date-time is the same instant, with `datetime.timezone.utc`."""
    if column == "utc" and connected.dialect.name == "postgresql":
        value = value.astimezone(UTC)
    found = round_trip(connected, column, value)
    assert found == value.astimezone(UTC)
    assert found.tzinfo is UTC


def test_the_zone_of_the_connection_does_not_matter(connected: Any) -> None:
    """What another session's time zone is changes nothing about what comes out."""
    if connected.dialect.name == "postgresql":
        connected.execute(text("SET TIME ZONE 'Asia/Tokyo'"))
    found = round_trip(connected, "at", INSTANTS[0])
    assert found == INSTANTS[0]
    assert found.tzinfo is UTC


@pytest.mark.parametrize("column", ["at", "utc"])
@pytest.mark.parametrize("value", [datetime(2026, 3, 2), "2026-03-02", 5])
def test_what_is_no_instant_is_refused(connected: Any, column: str, value: Any) -> None:
    """A date-time without zone, or something else, never reaches the database."""
    with pytest.raises(StatementError) as caught:
        round_trip(connected, column, value)
    assert isinstance(caught.value.orig, TypeError)
    assert not isinstance(caught.value, DBAPIError)


def test_comparisons_convert_too(connected: Any) -> None:
    """A condition may name the instant in any zone, and must name one."""
    round_trip(connected, "at", INSTANTS[1])
    other_zone = INSTANTS[1].astimezone(ZoneInfo("Asia/Tokyo"))
    assert connected.scalar(select(things.c.id).where(things.c.at == other_zone)) == 1
    with pytest.raises(StatementError):
        connected.scalar(select(things.c.id).where(things.c.at == datetime(2026, 3, 2)))


JSONS = [
    {},
    [],
    {"a": [1, 2.5, {"b": None}], "ä": "\u2603 \U0001f3ac", "": True},
    [[[]], {}],
    "text",
    0,
    1e300,
    False,
]


@pytest.mark.parametrize("column", ["json", "text"])
@pytest.mark.parametrize("value", JSONS, ids=json.dumps)
def test_any_json_value_comes_back(connected: Any, column: str, value: Any) -> None:
    """Any JSON value is stored as it is."""
    found = round_trip(connected, column, value)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("column", ["at", "utc", "json", "text", "took", "unit"])
def test_none_is_null(connected: Any, column: str) -> None:
    """`None` is NULL in each type, JSON included."""
    assert round_trip(connected, column, None) is None
    assert connected.scalar(text(f"SELECT count(*) FROM things WHERE {column} IS NULL")) == 1


@pytest.mark.parametrize("column", ["json", "text"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"a": [float("-inf")]}, {1, 2}])
def test_what_is_no_json_is_refused(connected: Any, column: str, value: Any) -> None:
    """What no JSON reader would understand is refused on both databases, before it is sent."""
    with pytest.raises(StatementError) as caught:
        round_trip(connected, column, value)
    assert isinstance(caught.value.orig, ValueError | TypeError)
    assert not isinstance(caught.value, DBAPIError)


@pytest.mark.parametrize(
    "value",
    [
        timedelta(0),
        timedelta(days=400, hours=3, microseconds=7),
        timedelta(minutes=10),
        timedelta(days=-2, seconds=1),
    ],
    ids=str,
)
def test_a_length_of_time_comes_back(connected: Any, value: timedelta) -> None:
    """An interval is stored to the microsecond, negative ones too."""
    assert round_trip(connected, "took", value) == value


@pytest.mark.parametrize("unit", TimeUnit)
def test_members_are_stored_as_text(connected: Any, unit: TimeUnit) -> None:
    """A member of a vocabulary is its text in the database, and a member again outside."""
    for given in (unit, unit.value):
        found = round_trip(connected, "unit", given)
        assert found is unit
        assert connected.scalar(text("SELECT unit FROM things")) == unit.value


@pytest.mark.parametrize("garbage", ["s", "MIN", "", "min ", 5])
def test_words_outside_of_the_vocabulary_are_refused(connected: Any, garbage: Any) -> None:
    """Python refuses what is no member, and the database refuses it from whoever writes."""
    with pytest.raises(StatementError):
        round_trip(connected, "unit", garbage)
    connected.rollback()
    statement = text("INSERT INTO things (id, unit) VALUES (1, :unit)")
    with pytest.raises(IntegrityError, match="things_TimeUnit_check"):
        connected.execute(statement, {"unit": str(garbage)})


def test_a_vocabulary_needs_no_type_of_the_database(connected: Any) -> None:
    """No enumeration type exists that a new member would have to change."""
    if connected.dialect.name == "postgresql":
        query = "SELECT count(*) FROM pg_type WHERE typtype = 'e'"
        assert connected.scalar(text(query)) == 0
    kind = vocabulary(AllocationStrategy, "Strategy")
    assert not kind.native_enum
    assert kind.enums == [str(member) for member in AllocationStrategy]


# --- Changes inside of JSON -----------------------------------------------------------------------


class Shelf(DeclarativeBase):
    """A base apart from that of the library."""


class Box(Shelf):
    """Something with a JSON attribute."""

    __tablename__ = "boxes"
    id: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[Any] = mapped_column(GenericJSON)


track(Box, "content", Box.content)

START: dict[str, Any] = {"a": {"b": [1, {"c": [3, 1, 2]}]}, "z": []}
CHANGES: dict[str, Callable[[Any], Any]] = {
    "set key": lambda v: v.update(x=1),
    "set item": lambda v: v["a"]["b"].__setitem__(0, 9),
    "set slice": lambda v: v["a"]["b"].__setitem__(slice(0, 1), [7, [8]]),
    "append deep": lambda v: v["a"]["b"][1]["c"].append({"new": []}),
    "extend": lambda v: v["z"].extend([[1], [2]]),
    "insert": lambda v: v["z"].insert(0, {}),
    "remove": lambda v: v["a"]["b"].remove(1),
    "pop": lambda v: v["a"].pop("b"),
    "pop item": lambda v: v["a"]["b"].pop(),
    "popitem": lambda v: v["a"].popitem(),
    "delete": lambda v: v["a"].__delitem__("b"),
    "delete index": lambda v: v["a"]["b"].__delitem__(0),
    "clear": lambda v: v["a"]["b"][1].clear(),
    "clear list": lambda v: v["a"]["b"].clear(),
    "setdefault": lambda v: v["a"].setdefault("n", []).append(1),
    "sort": lambda v: v["a"]["b"][1]["c"].sort(),
    "reverse": lambda v: v["a"]["b"].reverse(),
    "add in place": lambda v: v["z"].__iadd__([5]),
    "multiply in place": lambda v: v["a"]["b"][1]["c"].__imul__(2),
    "merge in place": lambda v: v["a"].__ior__({"m": {"n": 1}}),
    "move a part": lambda v: v.update(moved=v["a"].pop("b")),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("loaded", [True, False], ids=["loaded", "just stored"])
def test_changes_inside_of_json_are_stored(
    empty_url: str, change: Callable[[Any], Any], loaded: bool
) -> None:
    """Whatever changes a JSON value, at any depth, is written with the next flush."""
    db.setup({"sqlalchemy.url": empty_url})
    engine = DBSession.get_bind().engine
    Shelf.metadata.create_all(engine)
    expected = copy.deepcopy(START)
    change(expected)

    with Session(engine) as session:
        box = Box(id=1, content=copy.deepcopy(START))
        session.add(box)
        session.commit()
        if not loaded:
            session.refresh(box)
        change(box.content)
        assert box in session.dirty
        session.commit()
    with Session(engine) as session:
        assert session.get_one(Box, 1).content == expected


def test_new_parts_of_json_are_watched_too(empty_url: str) -> None:
    """A part that was added, or that came with a refresh, is watched like the first ones."""
    db.setup({"sqlalchemy.url": empty_url})
    engine = DBSession.get_bind().engine
    Shelf.metadata.create_all(engine)
    with Session(engine) as session:
        box = Box(id=1, content={"a": []})
        session.add(box)
        session.commit()
        box.content["a"].append({"deep": []})
        session.commit()
        box.content["a"][0]["deep"].append(1)
        session.commit()
        session.execute(update(Box).values(content={"other": [1]}))
        session.refresh(box)
        box.content["other"].append(2)
        session.commit()
        box.content = [{"x": 1}]
        session.commit()
        box.content[0]["x"] = 2
        session.commit()
    with Session(engine) as session:
        assert session.get_one(Box, 1).content == [{"x": 2}]


def test_a_container_can_be_copied_and_serialised(empty_url: str) -> None:
    """What comes out is a dict or a list to everybody: equal, copied deeply, written as JSON."""
    db.setup({"sqlalchemy.url": empty_url})
    box = Box(id=1, content=START)
    assert box.content == START
    assert json.loads(json.dumps(box.content)) == START
    clone = copy.deepcopy(box.content)
    clone["a"]["b"].append(1)
    assert box.content == START
    # the caller's own value is not watched, and not changed
    box.content["z"].append(1)
    assert START["z"] == []


# --- In the models --------------------------------------------------------------------------------


def test_dates_of_entities_are_in_utc(database: str) -> None:
    """New and reloaded entities show their dates in UTC, at the same instant."""
    berlin = datetime(2026, 3, 2, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    tag = Tag(name="day", date_created=berlin)
    new = Tag(name="night")
    assert new.date_created.tzinfo is UTC
    DBSession.save([tag, new])
    DBSession.expire_all()
    assert tag.date_created == berlin
    assert tag.date_created.tzinfo is tag.date_updated.tzinfo is UTC


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("Permissions", "access", "Perhaps"),
        ("Tasks", "schedule_model", "guess"),
        ("Tasks", "schedule_unit", "s"),
        ("Tasks", "schedule_constraint", 4),
        ("Tasks", "priority", 1001),
        ("Tasks", "allocation_strategy", "first"),
        ("Task_Dependencies", "dependency_target", "onlunch"),
        ("Task_Dependencies", "gap_model", "guess"),
    ],
)
def test_the_database_refuses_garbage(database: str, table: str, column: str, value: Any) -> None:
    """A value outside of a vocabulary or range is refused from a statement typed by hand."""
    project = Project(name="Lighthouse", code="LHS")
    first, second = Task(name="first", project=project), Task(name="second", project=project)
    second.depends = [first]
    DBSession.save([project, first, second])
    with pytest.raises(IntegrityError, match=f"{table}_"):
        DBSession.execute(text(f'UPDATE "{table}" SET {column} = :value'), {"value": value})
    DBSession.rollback()
    assert SimpleEntity.query.count() == 33
