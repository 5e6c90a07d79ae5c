"""Each mixin, on classes that derive from `SimpleEntity`, from `Entity` and from `Base`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm import Mapped, mapped_column, synonym

import stalker
from stalker import (
    ACLMixin,
    AmountMixin,
    CodeMixin,
    DAGMixin,
    DateRangeMixin,
    Entity,
    Link,
    ProjectMixin,
    ReferenceMixin,
    ScheduleMixin,
    SimpleEntity,
    StatusMixin,
    TargetEntityTypeMixin,
    UnitMixin,
    WorkingHours,
    WorkingHoursMixin,
)
from stalker.db.declarative import Base
from stalker.db.session import DBSession
from stalker.exceptions import CircularDependencyError
from stalker.models import task as constants
from stalker.models.mixins import create_secondary_table
from tests.factories import (
    DAY,
    NOON,
    link,
    permission,
    project,
    project_in_memory,
    status_list,
    tag,
    unique,
)

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


class SimpleAll(
    SimpleEntity, CodeMixin, StatusMixin, DateRangeMixin, ReferenceMixin, ScheduleMixin,
    ProjectMixin, UnitMixin, AmountMixin, ACLMixin, TargetEntityTypeMixin, DAGMixin,
):  # fmt: skip
    """Every mixin at once, without a constructor of its own."""


class EntityAll(
    Entity, CodeMixin, StatusMixin, DateRangeMixin, ReferenceMixin, ScheduleMixin,
    ProjectMixin, UnitMixin, AmountMixin, ACLMixin, TargetEntityTypeMixin, DAGMixin,
):  # fmt: skip
    """The same on an entity."""

    __id_column__ = "entity_all_id"


class PlainAll(Base, CodeMixin, ScheduleMixin, UnitMixin, AmountMixin, ACLMixin):
    """The mixins that work without any entity."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]


class Gap(Base, ScheduleMixin):
    """A timing of another name, with defaults of its own."""

    __default_schedule_attr_name__ = "gap"
    __default_schedule_timing__ = 10.0
    __default_schedule_unit__ = "min"
    __default_schedule_models__ = ("length", "duration")

    id: Mapped[int] = mapped_column(primary_key=True)
    gap_timing: Mapped[float] = synonym("schedule_timing")


class Wish(TargetEntityTypeMixin, Entity):
    """May have no target, and each target only once."""

    __nullable_target__ = True
    __unique_target__ = True


class Picture(ProjectMixin, Link):
    """A file that belongs to a project."""


class Drawer(Entity, ReferenceMixin, ACLMixin):
    """Calls none of the constructors of its mixins."""

    def __init__(self, **kwargs: Any) -> None:
        Entity.__init__(self, **kwargs)


class Shop(WorkingHoursMixin, Entity):
    """Is open at certain hours."""


class Bin(DAGMixin, Entity):
    """Its children go with it."""


class Loose(DAGMixin, SimpleEntity):
    """Its children become roots."""

    __dag_cascade__ = "save-update, merge"


ENTITIES = [SimpleAll, EntityAll]
on_entities = pytest.mark.parametrize("kind", ENTITIES)
on_all = pytest.mark.parametrize("kind", [*ENTITIES, PlainAll])


def make(kind: type, **values: Any) -> Any:
    """Return an instance of one of the classes with all mixins, in memory."""
    given: dict[str, Any] = {"code": "x"}
    if kind is not PlainAll:
        given |= {
            "project": project_in_memory(),
            "status_list": status_list(kind),
            "target_entity_type": "Shot",
        }
    return kind(**{**given, **values})


def check(kind: type, attribute: str, value: Any, expected: Any, **others: Any) -> None:
    """Check what a value becomes, or how it is refused, given and assigned."""
    changed = make(kind, **others)
    if isinstance(expected, type):
        where = attribute.removeprefix("schedule_")
        for attempt in (
            lambda: make(kind, **{attribute: value}, **others),
            lambda: setattr(changed, attribute, value),
        ):
            with pytest.raises(expected, match=rf"{kind.__name__}\.\w*{where}"):
                attempt()
        return
    setattr(changed, attribute, value)
    for obj in (make(kind, **{attribute: value}, **others), changed):
        found = getattr(obj, attribute)
        assert found == expected and isinstance(found, type(expected))


# --- Values of a single attribute -----------------------------------------------------------------


@on_all
@pytest.mark.parametrize(
    ("attribute", "value", "expected"),
    [
        ("code", " a B\n", " a B\n"),
        ("code", None, TypeError),
        ("code", 1, TypeError),
        ("code", "", ValueError),
        ("unit", None, ""),
        ("unit", "EUR", "EUR"),
        ("unit", 1, TypeError),
        ("unit", "x" * 65, ValueError),
        ("amount", None, 0.0),
        ("amount", 3, 3.0),
        ("amount", -2.5, -2.5),
        ("amount", "3", TypeError),
        ("amount", float("nan"), ValueError),
        ("schedule_unit", None, "h"),
        ("schedule_unit", "min", "min"),
        ("schedule_unit", "", ValueError),
        ("schedule_unit", "fortnight", ValueError),
        ("schedule_unit", 1, TypeError),
        ("schedule_timing", 5, 5),
        ("schedule_timing", -2.5, -2.5),
        ("schedule_timing", None, 60.0),
        ("schedule_timing", "1", TypeError),
        ("schedule_timing", [], TypeError),
        ("schedule_model", None, "effort"),
        ("schedule_model", "", "effort"),
        ("schedule_model", "duration", "duration"),
        ("schedule_model", "late", ValueError),
        ("schedule_model", 3, TypeError),
        ("schedule_constraint", None, 0),
        ("schedule_constraint", 3, 3),
        ("schedule_constraint", -1, 0),
        ("schedule_constraint", 4, 3),
        ("schedule_constraint", "1", TypeError),
        ("schedule_constraint", 1.5, TypeError),
        ("permissions", "all", TypeError),
        ("permissions", [1], TypeError),
    ],
)
def test_values_on_every_base(kind: type, attribute: str, value: Any, expected: Any) -> None:
    """What is given is converted or refused, alike in the constructor and on assignment."""
    check(kind, attribute, value, expected)


@on_entities
@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("references", "a"),
        ("references", ()),
        ("references", [1]),
        ("references", [tag()]),
        ("project", None),
        ("project", "Lighthouse"),
        ("project", tag()),
        ("parent", "x"),
        ("parent", tag()),
        ("children", [tag()]),
        ("children", "x"),
    ],
)
def test_relations_on_entities(kind: type, attribute: str, value: Any) -> None:
    """Anything but objects of the right class is a `TypeError`."""
    obj = make(kind)
    with pytest.raises(TypeError, match=rf"{kind.__name__}\.{attribute}"):
        setattr(obj, attribute, value)
    if attribute != "children":
        with pytest.raises(TypeError, match=rf"{kind.__name__}\.{attribute}"):
            make(kind, **{attribute: value})


@on_all
def test_mixins_are_stored(database: str, kind: type) -> None:
    """All of them come back in a new session, on every base."""
    values: dict[str, Any] = {
        "code": "c", "unit": "EUR", "amount": 2, "schedule_timing": 3, "schedule_unit": "d",
        "schedule_model": "length", "schedule_constraint": 2, "permissions": [permission()],
    }  # fmt: skip
    if kind is not PlainAll:
        values |= {"project": project(), "references": [link()], "start": NOON, "end": NOON + DAY}
    obj = make(kind, name="x", **values)
    DBSession.save(obj)
    number = obj.id
    DBSession.remove()
    found: Any = DBSession.get(kind, number)
    assert (found.code, found.unit, found.amount) == ("c", "EUR", 2.0)
    assert (found.schedule_timing, found.schedule_unit) == (3.0, "d")
    assert (found.schedule_model, found.schedule_constraint) == ("length", 2)
    assert len(found.permissions) == 1
    if kind is not PlainAll:
        assert (found.start, found.end, found.duration) == (NOON, NOON + DAY, DAY)
        assert len(found.references) == 1 and found.project.name == "Lighthouse"
        assert found.target_entity_type == "Shot" and found.status.code == "RTS"
        assert getattr(found.project, kind.__tablename__.lower()) == [found]


def test_mixed_in_classes_share_nothing() -> None:
    """Two classes with the same mixin have tables and lists of their own."""
    one, other = make(SimpleAll), make(EntityAll)
    one.references.append(link())
    assert other.references == []
    for suffix in ("References", "Permissions"):
        tables = {f"{kind.__name__}_{suffix}" for kind in ENTITIES}
        assert tables <= set(Base.metadata.tables)
    columns = Base.metadata.tables["SimpleAll_References"].columns
    assert set(columns.keys()) == {"simpleall_id", "link_id"}
    columns = Base.metadata.tables["PlainAll_Permissions"].columns
    assert set(columns.keys()) == {"plainall_id", "permission_id"}


def test_lists_are_there_without_a_constructor(database: str) -> None:
    """01 §15.4: empty, in memory and stored, and they can be filled."""
    drawer = Drawer(name="x")
    assert drawer.references == [] == drawer.permissions
    DBSession.save(drawer)
    DBSession.expire_all()
    assert drawer.references == []
    drawer.references.append(image := link())
    with pytest.raises(TypeError, match=r"Drawer\.references"):
        drawer.references.append(tag())
    DBSession.commit()
    DBSession.expire_all()
    assert drawer.references == [image]


def test_working_hours_of_a_class(database: str) -> None:
    """01 §15.12: the configured ones, unless others are given; `None` asks for new ones."""
    monday = WorkingHours({"mon": [[600, 720]], "tue": []})
    shop, other = Shop(), Shop(working_hours=None)
    assert shop.working_hours is not other.working_hours
    assert shop.working_hours.working_hours == stalker.defaults.working_hours
    assert Shop(working_hours=monday).working_hours is monday
    for wrong in ("mon", 1, {}, tag()):
        with pytest.raises(TypeError, match=r"Shop\.working_hours"):
            Shop(working_hours=wrong)
        with pytest.raises(TypeError, match=r"Shop\.working_hours"):
            shop.working_hours = wrong
    shop.working_hours = monday
    other.working_hours = monday
    other.working_hours = None  # type: ignore[assignment]
    assert other.working_hours.working_hours == stalker.defaults.working_hours
    DBSession.save([shop, other])
    DBSession.expire_all()
    assert shop.working_hours is monday and monday["mon"] == [[600, 720]]
    assert other.working_hours is not monday


# --- ACL, target, project -------------------------------------------------------------------------


@on_all
def test_the_access_list(kind: type) -> None:
    """One tuple for each permission, in order; read-only."""
    obj = make(kind, name="TDs", permissions=[
        permission("Allow", "Create", "Asset"), permission("Deny", "Delete", "Shot"),
    ])  # fmt: skip
    assert obj.__acl__ == [
        ("Allow", f"{kind.__name__}:TDs", "Create_Asset"),
        ("Deny", f"{kind.__name__}:TDs", "Delete_Shot"),
    ]
    with pytest.raises(AttributeError):
        obj.__acl__ = []


def test_targets_may_be_optional_or_unique(database: str) -> None:
    """Two switches of the class; the column follows them."""
    DBSession.save([Wish(), Wish(), Wish(target_entity_type="Shot")])
    assert Wish.query.filter(Wish.target_entity_type == "Shot").count() == 1
    DBSession.add(Wish(target_entity_type="Shot"))
    with pytest.raises(Exception, match=r"(?i)unique"):
        DBSession.commit()
    DBSession.rollback()


@on_entities
def test_what_belongs_to_a_project_goes_with_it(database: str, kind: type) -> None:
    """Deleting the project or leaving its list deletes it; it may move to another project."""
    first, second = project(), project("Second", "SND")
    name = kind.__tablename__.lower()
    one, two, three = (make(kind, project=first) for _ in range(3))
    one.status_list = two.status_list = three.status_list = one.status_list
    DBSession.save([first, second])
    one.project = second
    assert getattr(second, name) == [one] and getattr(first, name) == [two, three]
    getattr(first, name).remove(two)
    DBSession.commit()
    assert set(kind.query.all()) == {one, three}
    DBSession.delete(first)
    DBSession.commit()
    assert kind.query.all() == [one]


def test_a_project_and_what_belongs_to_it_may_form_a_circle(database: str) -> None:
    """They are stored in one flush and come back."""
    film = project()
    film.thumbnail = picture = Picture(project=film, full_path="/a.jpg")
    DBSession.save(film)
    DBSession.expire_all()
    assert film.thumbnail is picture and film.pictures == [picture]
    DBSession.delete(film)
    DBSession.commit()
    assert Picture.query.count() == 0


# --- Date ranges ----------------------------------------------------------------------------------

ODD = NOON + timedelta(minutes=20, seconds=7, microseconds=9)


@on_entities
@pytest.mark.parametrize(
    ("start", "end", "duration", "expected"),
    [
        (NOON, NOON + DAY, None, (NOON, DAY)),
        (NOON, None, 2 * DAY, (NOON, 2 * DAY)),
        (None, NOON, DAY, (NOON - DAY, DAY)),
        (None, NOON, None, (NOON - HOUR, HOUR)),
        (NOON, None, None, (NOON, HOUR)),
        # start and end win over the duration
        (NOON, NOON + DAY, 3 * DAY, (NOON, DAY)),
        # the wrong way round: the duration counts, at least a day
        (NOON, NOON - DAY, None, (NOON, DAY)),
        (NOON, NOON - DAY, HOUR, (NOON, DAY)),
        (NOON, NOON - DAY, -DAY, (NOON, DAY)),
        (NOON, NOON - DAY, 3 * DAY, (NOON, 3 * DAY)),
        # what is no date-time or no length of time counts as not given
        (NOON, 12, "long", (NOON, HOUR)),
        (NOON, DAY, None, (NOON, HOUR)),
        (NOON, [], {}, (NOON, HOUR)),
        ("now", NOON, DAY, (NOON - DAY, DAY)),
        # rounding to the resolution, halves up, at least one step
        (ODD, NOON + DAY, None, (NOON, DAY)),
        (NOON + 30 * MINUTE, NOON + DAY, None, (NOON + HOUR, 23 * HOUR)),
        (NOON + 8 * MINUTE, NOON + 15 * MINUTE, None, (NOON, HOUR)),
        (NOON, NOON, None, (NOON, HOUR)),
        (NOON, None, 5 * MINUTE, (NOON, HOUR)),
    ],
)
def test_date_ranges(
    kind: type, start: Any, end: Any, duration: Any, expected: tuple[datetime, timedelta]
) -> None:
    """Start wins over end, end over duration, and the three always agree."""
    obj = make(kind, start=start, end=end, duration=duration)
    assert (obj.start, obj.duration, obj.end) == (*expected, expected[0] + expected[1])
    assert obj.start.tzinfo is UTC and obj.total_seconds == expected[1].total_seconds()


@on_entities
@pytest.mark.parametrize(
    ("attribute", "value", "start", "duration"),
    [
        ("start", NOON + DAY, NOON + DAY, DAY),
        # past the end: the duration stays
        ("start", NOON + 9 * DAY, NOON + 9 * DAY, 2 * DAY),
        ("start", None, NOON, 2 * DAY),
        ("start", "x", NOON, 2 * DAY),
        ("end", NOON + DAY, NOON, DAY),
        ("end", NOON - DAY, NOON, 2 * DAY),
        ("end", None, NOON, 2 * DAY),
        ("end", 7, NOON, 2 * DAY),
        ("duration", DAY, NOON, DAY),
        ("duration", MINUTE, NOON, HOUR),
        ("duration", -HOUR, NOON, DAY),
        ("duration", None, NOON, 2 * DAY),
        ("duration", 12, NOON, 2 * DAY),
    ],
)
def test_changing_a_date_range(
    kind: type, attribute: str, value: Any, start: datetime, duration: timedelta
) -> None:
    """Each setter resolves what it is given together with what was there."""
    obj = make(kind, start=NOON, end=NOON + 2 * DAY)
    setattr(obj, attribute, value)
    assert (obj.start, obj.duration, obj.end) == (start, duration, start + duration)


@on_entities
@pytest.mark.parametrize("length", [HOUR, 5 * HOUR, 2 * DAY])
def test_moving_a_date_range(kind: type, length: timedelta) -> None:
    """01 BT-11: `move_to()` keeps any length, also one of less than a day, to and fro."""
    obj = make(kind, start=NOON, end=NOON + length)
    for start in (NOON + 9 * DAY, NOON - 9 * DAY, ODD):
        obj.move_to(start)
        begin = kind.round_time(start)  # type: ignore[attr-defined]
        assert (obj.start, obj.end, obj.duration) == (begin, begin + length, length)
    for wrong in (None, "now", NOON.replace(tzinfo=None)):
        with pytest.raises(TypeError, match=rf"{kind.__name__}\.start"):
            obj.move_to(wrong)
    assert obj.duration == length


@on_entities
def test_dates_need_a_zone(kind: type) -> None:
    """A naive one is a `TypeError` that leaves the range alone; any zone becomes UTC."""
    naive = datetime(2026, 3, 2, 12)
    obj = make(kind, start=NOON, end=NOON + DAY)
    for attribute in ("start", "end", "computed_start", "computed_end"):
        with pytest.raises(TypeError, match=rf"{kind.__name__}\.{attribute}"):
            setattr(obj, attribute, naive)
    for attribute in ("start", "end"):
        with pytest.raises(TypeError, match=rf"{kind.__name__}\.{attribute}"):
            make(kind, **{attribute: naive})
    assert (obj.start, obj.end) == (NOON, NOON + DAY)
    obj.start = NOON.astimezone(timezone(timedelta(hours=-8)))
    assert (obj.start, obj.start.tzinfo) == (NOON, UTC)


def test_the_resolution_is_read_when_it_is_needed() -> None:
    """A later change of the configuration counts for everything made or changed afterwards."""
    stalker.defaults.timing_resolution = 5 * MINUTE
    obj = make(EntityAll, start=NOON + 8 * MINUTE, end=NOON + 16 * MINUTE)
    assert (obj.start, obj.end) == (NOON + 10 * MINUTE, NOON + 15 * MINUTE)
    assert EntityAll.round_time(ODD) == NOON + 20 * MINUTE
    stalker.defaults.timing_resolution = DAY
    assert make(EntityAll).duration == DAY


def test_the_present_is_the_default() -> None:
    """Without any date the range begins now."""
    obj = make(EntityAll)
    assert abs(obj.start - datetime.now(UTC)) <= HOUR and obj.duration == HOUR


def test_computed_dates(database: str) -> None:
    """They are independent of the planned ones; without both there is no computed duration."""
    obj = make(EntityAll, project=project())
    assert (obj.computed_start, obj.computed_end, obj.computed_duration) == (None, None, None)
    assert obj.computed_total_seconds is None
    obj.computed_start, obj.computed_end = NOON, NOON + DAY
    DBSession.save(obj)
    DBSession.expire_all()
    assert (obj.computed_start, obj.computed_duration) == (NOON, DAY)
    assert obj.computed_total_seconds == 86400
    for attribute in ("computed_duration", "computed_total_seconds", "total_seconds"):
        with pytest.raises(AttributeError):
            setattr(obj, attribute, 1)
    found = DBSession.scalars(select(EntityAll).where(EntityAll.start <= obj.start)).all()
    assert found == [obj]
    assert DBSession.scalars(select(EntityAll).where(EntityAll.duration == HOUR)).all() == [obj]


# --- Schedules ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "calendar", "work"),
    [
        ("min", 60, 60),
        ("h", 3600, 3600),
        ("d", 86400, 32400),
        ("w", 604800, 162000),
        ("m", 2419200, 648000),
        ("y", 31536000, 8424000),
    ],
)
def test_seconds_of_a_timing(unit: str, calendar: int, work: int) -> None:
    """Working time for effort and length, calendar time for a duration, and back."""
    defaults = stalker.defaults
    defaults.daily_working_hours, defaults.weekly_working_days = 9, 5
    defaults.yearly_working_days = 260.714
    for model, seconds in (("effort", work), ("length", work), ("duration", calendar)):
        obj = make(PlainAll, schedule_timing=2.5, schedule_unit=unit, schedule_model=model)
        assert obj.schedule_seconds == 2.5 * seconds
        assert PlainAll.to_seconds(2.5, unit, model) == 2.5 * seconds
        assert PlainAll.to_unit(2.5 * seconds, unit, model) == 2.5
    assert PlainAll.to_seconds(1, None, "effort") is None is PlainAll.to_unit(1, "", "effort")
    with pytest.raises(AttributeError):
        obj.schedule_seconds = 1


@pytest.mark.parametrize(
    ("seconds", "work", "calendar"),
    [
        (32400, (1, "d"), (9, "h")),
        (86400, (24, "h"), (1, "d")),
        (8424000, (1, "y"), (2340, "h")),
        (125, (2, "min"), (2, "min")),
        (648000, (1, "m"), (180, "h")),
        (5400, (90, "min"), (90, "min")),
    ],
)
def test_the_largest_unit_that_fits(seconds: int, work: Any, calendar: Any) -> None:
    """It divides the seconds without remainder; what is below a minute is dropped."""
    defaults = stalker.defaults
    defaults.daily_working_hours, defaults.weekly_working_days = 9, 5
    defaults.yearly_working_days = 260.714
    assert PlainAll.least_meaningful_time_unit(seconds) == work
    assert PlainAll.least_meaningful_time_unit(seconds, as_work_time=False) == calendar


def test_constraints_have_names() -> None:
    """01 §15.7: neither end, the start, the end, or both."""
    names = [f"CONSTRAIN_{name}" for name in ("NONE", "START", "END", "BOTH")]
    assert [getattr(constants, name) for name in names] == [0, 1, 2, 3]


def test_a_missing_timing_brings_its_unit() -> None:
    """It resets the unit too, unless the constructor was given one."""
    assert (Gap().schedule_timing, Gap().schedule_unit) == (10.0, "min")
    gap = Gap(schedule_timing=3, schedule_unit="d")
    gap.schedule_timing = None  # type: ignore[assignment]
    assert (gap.schedule_timing, gap.schedule_unit) == (10.0, "min")
    given = Gap(schedule_unit="w")
    assert (given.schedule_timing, given.schedule_unit) == (10.0, "w")
    stalker.defaults.timing_resolution = 5 * MINUTE
    assert make(PlainAll).schedule_timing == 5.0


def test_a_schedule_of_another_name(database: str) -> None:
    """Columns and messages have the prefix, attributes keep their name, synonyms may be added."""
    columns = set(Gap.__table__.columns.keys())
    assert columns == {"id", "gap_timing", "gap_unit", "gap_model", "gap_constraint"}
    gap = Gap(schedule_timing=4)
    assert (gap.gap_timing, gap.schedule_model) == (4, "length")
    with pytest.raises(ValueError, match=r"Gap\.gap_model"):
        gap.schedule_model = "effort"
    with pytest.raises(TypeError, match=r"Gap\.gap_timing"):
        gap.gap_timing = "x"  # type: ignore[assignment]
    DBSession.save(gap)
    assert DBSession.scalars(select(Gap).where(Gap.gap_timing == 4)).one() is gap


# --- Hierarchies ----------------------------------------------------------------------------------


def tree(kind: Any = Bin) -> dict[str, Any]:
    """Return a root `a` with the children `b` and `c`, of which `b` has `d` and `e`."""
    nodes = {name: kind(name=name) for name in "abcde"}
    nodes["b"].parent = nodes["a"]
    nodes["c"].parent = nodes["a"]
    nodes["b"].children = [nodes["d"], nodes["e"]]
    return nodes


def names(nodes: Any) -> str:
    return "".join(node.name for node in nodes)


@pytest.mark.parametrize("kind", [Bin, Loose])
def test_a_hierarchy_is_seen_from_both_sides(database: str, kind: Any) -> None:
    """In memory at once, and the same after a reload."""

    def check(nodes: dict[str, Any]) -> None:
        a, b, d = nodes["a"], nodes["b"], nodes["d"]
        assert names(a.children) == "bc" and names(b.children) == "de" and d.parent is b
        assert (a.is_root, a.is_container, a.is_leaf, a.parents) == (True, True, False, [])
        assert (d.is_root, d.is_container, d.is_leaf) == (False, False, True)
        assert names(d.parents) == "ab"
        assert names(a.walk_hierarchy()) == names(a.walk_hierarchy(0)) == "abdec"
        assert names(a.walk_hierarchy(method=1)) == "abcde"

    nodes = tree(kind)
    check(nodes)
    DBSession.save(nodes["a"])
    DBSession.expire_all()
    check(nodes)
    for attribute in ("is_root", "is_container", "is_leaf", "parents"):
        with pytest.raises(AttributeError):
            setattr(nodes["a"], attribute, None)
    nodes["b"].children = [nodes["e"]]
    assert nodes["d"].is_root and names(nodes["a"].walk_hierarchy()) == "abec"
    nodes["e"].parent = nodes["c"]
    assert nodes["b"].is_leaf and nodes["c"].is_container
    nodes["c"].parent = None
    assert names(nodes["a"].children) == "b"


@pytest.mark.parametrize(
    "attempt",
    [
        lambda a, b, d: setattr(a, "parent", a),
        lambda a, b, d: setattr(a, "parent", b),
        lambda a, b, d: setattr(a, "parent", d),
        lambda a, b, d: d.children.append(a),
        lambda a, b, d: d.children.append(d),
        lambda a, b, d: setattr(d, "children", [b]),
        lambda a, b, d: d.children.insert(0, a),
    ],
)
def test_circles_are_refused(attempt: Callable[..., Any]) -> None:
    """From either side, at any distance, and nothing has changed afterwards."""
    nodes = tree()
    a, b, d = nodes["a"], nodes["b"], nodes["d"]
    with pytest.raises(CircularDependencyError):
        attempt(a, b, d)
    assert names(a.walk_hierarchy()) == "abdec" and a.is_root and d.parent is b


@pytest.mark.parametrize(("kind", "left"), [(Bin, ""), (Loose, "cde")])
def test_deleting_a_node(database: str, kind: Any, left: str) -> None:
    """Its subtree goes with it, or its children become roots: as the class says."""
    nodes = tree(kind)
    DBSession.save(nodes["a"])
    DBSession.delete(nodes["b"])
    DBSession.commit()
    assert names(kind.query.order_by(kind.name)) == ("acde" if left else "ac")
    DBSession.expire_all()
    DBSession.delete(nodes["a"])
    DBSession.commit()
    assert names(kind.query.order_by(kind.name)) == left
    assert all(each.is_root for each in kind.query)


def test_asking_for_children_does_not_flush(database: str) -> None:
    """Nor does it load them."""
    nodes = tree()
    DBSession.save(nodes["a"])
    DBSession.expire_all()
    DBSession.add(pending := Bin(name="new"))
    assert nodes["a"].is_container and nodes["d"].is_leaf
    assert pending in DBSession.new and "children" in inspect(nodes["a"]).unloaded


# --- Secondary tables -----------------------------------------------------------------------------


def test_secondary_tables() -> None:
    """They are named after both classes, have a key of both columns, and are made once."""
    primary = unique("Foo")
    table = create_secondary_table(primary, "Status", "SimpleAlls", "Statuses")
    assert table.name == f"{primary}_Statuses" and table.metadata is Base.metadata
    assert table.primary_key.columns.keys() == [f"{primary.lower()}_id", "status_id"]
    targets = {key.target_fullname for key in table.foreign_keys}
    assert targets == {"SimpleAlls.id", "Statuses.id"}
    assert create_secondary_table(primary, "Status", "SimpleAlls", "Statuses", "") is table
    other = create_secondary_table(primary, "Tag", "SimpleAlls", "Tags", unique("Named"))
    assert other.name.startswith("Named")


@pytest.mark.parametrize("position", range(5))
@pytest.mark.parametrize(("value", "error"), [(1, TypeError), (None, TypeError), ("", ValueError)])
def test_secondary_tables_need_names(position: int, value: Any, error: type[Exception]) -> None:
    """Anything but text is a `TypeError`; only the last name may be missing."""
    arguments: list[Any] = [unique("Foo"), "Tag", "SimpleAlls", "Tags", unique("Table")]
    arguments[position] = value
    if position == 4 and value != 1:
        assert create_secondary_table(*arguments).name == f"{arguments[0]}_Tags"
    else:
        with pytest.raises(error, match="create_secondary_table"):
            create_secondary_table(*arguments)
