"""The studio: when it works, when people are away, what it knows, and who plans its work."""

from __future__ import annotations

import copy
import logging
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import IntegrityError, UnboundExecutionError

import stalker
from stalker import (
    DateRangeMixin,
    Department,
    Entity,
    Project,
    SchedulerBase,
    SimpleEntity,
    Studio,
    User,
    Vacation,
    WorkingHours,
    WorkingHoursMixin,
    db,
)
from stalker.db.session import DBSession, StudioSession
from stalker.models.studio import WrongIntervalError
from tests.factories import type_for
from tests.models.production import DAY, HOUR, NOON, everywhere, in_memory
from tests.models.production import Studio as Production

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
OFFICE = [[540, 1080]]
#: Monday to Thursday, 10 to 18
NEVER: dict[str, list[list[int]]] = {day: [] for day in DAYS}
FOUR_DAYS = {day: [[600, 1080]] if day in DAYS[:4] else [] for day in DAYS}


# --- Working hours --------------------------------------------------------------------------------

PATTERNS: list[tuple[Any, type[Exception]]] = [
    ("no", TypeError),
    ([], TypeError),
    ({"mon": "no"}, TypeError),
    ({"mon": ["no"]}, TypeError),
    ({"mon": [(540, 1080)]}, TypeError),
    ({"mon": [[3]]}, RuntimeError),
    ({"mon": [[4, 100, 3]]}, RuntimeError),
    ({"mon": [["x"]]}, RuntimeError),
    ({"mon": [["x", 3]]}, TypeError),
    ({"mon": [[1, 2], [3, 4.0]]}, TypeError),
    ({"mon": [[True, 3]]}, TypeError),
    ({"mon": [[-1, 3]]}, ValueError),
    ({"mon": [[1, 1441]]}, ValueError),
    ({"zon": "no"}, TypeError),
    ({"zon": OFFICE}, KeyError),
    ({1: OFFICE}, TypeError),
]


@in_memory
@pytest.mark.parametrize(("pattern", "error"), PATTERNS)
def test_patterns_that_are_refused(
    studio: Production, pattern: Any, error: type[Exception]
) -> None:
    """21 §3.1: by constructor and assignment; what was there stays."""
    hours = WorkingHours(FOUR_DAYS)
    with pytest.raises(error, match=r"WorkingHours\.working_hours"):
        WorkingHours(working_hours=pattern)
    with pytest.raises(error, match=r"WorkingHours\.working_hours"):
        hours.working_hours = pattern
    assert hours.working_hours == FOUR_DAYS
    if isinstance(pattern, dict) and "mon" in pattern:
        with pytest.raises(error, match="mon"):
            hours["mon"] = pattern["mon"]
        assert hours.working_hours == FOUR_DAYS
    assert issubclass(WrongIntervalError, ValueError)


@in_memory
def test_what_is_left_open_is_as_configured(studio: Production) -> None:
    """21 §3: days that are missing come from the configuration, which nobody changes."""
    before = copy.deepcopy(stalker.defaults.working_hours)
    hours = WorkingHours({"sat": [[0, 1440]]})
    assert hours.working_hours == {**before, "sat": [[0, 1440]]}
    assert WorkingHours().working_hours == before
    hours["mon"].append([1100, 1200])
    hours[1][0][0] = 0
    given = {"mon": [[1, 2]]}
    hours.working_hours = given
    hours["mon"][0][0] = 0
    assert stalker.defaults.working_hours == before and given == {"mon": [[1, 2]]}
    assert WorkingHours().daily_working_hours == 9
    stalker.defaults.daily_working_hours = 8
    assert WorkingHours().daily_working_hours == 8


@in_memory
@pytest.mark.parametrize(
    ("value", "error"),
    [("8", TypeError), (8.0, TypeError), (True, TypeError), (0, ValueError), (25, ValueError)],
)
def test_daily_working_hours(studio: Production, value: Any, error: type[Exception]) -> None:
    """21 §3: an int from 1 to 24."""
    hours = WorkingHours(daily_working_hours=24)
    for attempt in (
        lambda: WorkingHours(daily_working_hours=value),
        lambda: setattr(hours, "daily_working_hours", value),
    ):
        with pytest.raises(error, match=r"WorkingHours\.daily_working_hours"):
            attempt()
    assert hours.daily_working_hours == 24


@in_memory
def test_days_by_name_and_index(studio: Production) -> None:
    """21 §3.2: both address the same list; what is no day is a `KeyError` or an `IndexError`."""
    hours = WorkingHours()
    for index, day in enumerate(DAYS):
        hours[index] = [[index, 100]]
        assert hours[day] is hours[index] and hours[day] == [[index, 100]]
    for key, error in ((7, IndexError), (-1, IndexError), ("zon", KeyError), (True, TypeError)):
        with pytest.raises(error, match="WorkingHours"):
            _ = hours[key]
        with pytest.raises(error, match="WorkingHours"):
            hours[key] = OFFICE
        with pytest.raises(TypeError):
            hours[key] = "no"  # type: ignore[assignment]
    with pytest.raises(TypeError):
        iter(hours)  # type: ignore[call-overload]


@in_memory
@pytest.mark.parametrize(
    ("pattern", "week", "days", "year"),
    [
        ({}, 45.0, 5, 261),
        (FOUR_DAYS, 32.0, 4, 209),
        ({day: [[480, 720], [750, 1005]] if day in DAYS[:4] else [] for day in DAYS}, 33.0, 4, 209),
        ({day: [[0, 1440]] for day in DAYS}, 168.0, 7, 365),
        ({**NEVER, "mon": [[0, 120], [60, 180], [60, 120]]}, 3.0, 1, 53),
        ({**NEVER, "mon": [[120, 60]]}, 0.0, 1, 53),
        ({"sat": OFFICE}, 54.0, 6, 313),
    ],
)
def test_figures_of_a_pattern(
    studio: Production, pattern: Any, week: float, days: int, year: int
) -> None:
    """21 §3, BT-12: overlapping minutes count once."""
    hours = WorkingHours(pattern)
    assert (hours.weekly_working_hours, hours.weekly_working_days) == (week, days)
    assert hours.yearly_working_days == year
    assert isinstance(hours.weekly_working_hours, float)
    for name in ("weekly_working_hours", "weekly_working_days", "yearly_working_days", "to_tjp"):
        with pytest.raises(AttributeError):
            setattr(hours, name, 1)


@given(st.lists(st.tuples(st.integers(0, 1440), st.integers(0, 1440)), max_size=6))
def test_the_week_is_the_union_of_its_intervals(intervals: list[tuple[int, int]]) -> None:
    """What counts is each minute that lies in some interval, and `is_working_hour` agrees."""
    hours = WorkingHours(NEVER)
    hours["mon"] = [list(pair) for pair in intervals]
    minutes = {minute for start, end in intervals for minute in range(start, end)}
    assert hours.weekly_working_hours == len(minutes) / 60
    monday = datetime(2026, 3, 2, tzinfo=UTC)
    for minute in {0, 1439, *(each for pair in intervals for each in pair if each < 1440)}:
        moment = monday + timedelta(minutes=minute, seconds=59)
        assert hours.is_working_hour(moment) == (minute in minutes)
        assert not hours.is_working_hour(moment + DAY)


@in_memory
def test_the_clock_on_the_wall_counts(studio: Production) -> None:
    """21 §3.3: a moment is not converted to another zone, and may have none."""
    hours = WorkingHours({"mon": [[540, 1080]]})
    far = timezone(timedelta(hours=5, minutes=45))
    for zone in (UTC, far, None):
        assert hours.is_working_hour(datetime(2026, 3, 2, 9, 0, tzinfo=zone))
        assert hours.is_working_hour(datetime(2026, 3, 2, 17, 59, 59, tzinfo=zone))
        assert not hours.is_working_hour(datetime(2026, 3, 2, 18, 0, tzinfo=zone))
        assert not hours.is_working_hour(datetime(2026, 3, 1, 9, 0, tzinfo=zone))
    for bad in (None, 540, "09:00", date(2026, 3, 2)):
        with pytest.raises(TypeError, match="is_working_hour"):
            hours.is_working_hour(bad)  # type: ignore[arg-type]


@in_memory
def test_hours_are_told_apart(studio: Production) -> None:
    """D1, 21 BT-9, BT-10: by identity, in sets and as keys, as vacations and studios are."""
    for one, other in (
        (WorkingHours(), WorkingHours()),
        (Vacation(name="x"), Vacation(name="x")),
        (Studio(name="x"), Studio(name="x")),
    ):
        assert one == one and one != other and len({one, other}) == 2
        assert one != one.name


@in_memory
def test_what_taskjuggler_is_told_about_hours(studio: Production) -> None:
    """21 §7.2: seven lines with four spaces each, and no line break at the end."""
    hours = WorkingHours({"mon": [[510, 750], [795, 1035]], "tue": [[0, 1440]], "sun": []})
    assert hours.to_tjp == (
        "    workinghours mon 08:30 - 12:30, 13:15 - 17:15\n"
        "    workinghours tue 00:00 - 24:00\n"
        "    workinghours wed 09:00 - 18:00\n"
        "    workinghours thu 09:00 - 18:00\n"
        "    workinghours fri 09:00 - 18:00\n"
        "    workinghours sat off\n"
        "    workinghours sun off"
    )
    with pytest.raises(NotImplementedError):
        hours.split_in_to_working_hours(NOON, NOON)


def test_hours_are_stored_with_each_change(database: str) -> None:
    """21 §3, BT-11: items and the lists in them are written by the next flush."""
    hours = WorkingHours(FOUR_DAYS, daily_working_hours=8)
    DBSession.save(hours)
    hours["mon"] = [[9, 12]]
    DBSession.commit()
    hours["tue"].append([1100, 1200])
    hours[2][0][0] = 700
    DBSession.commit()
    number = hours.id
    DBSession.remove()
    found = DBSession.get(WorkingHours, number)
    assert found is not None and found.daily_working_hours == 8
    assert [found[day] for day in DAYS[:3]] == [
        [[9, 12]], [[600, 1080], [1100, 1200]], [[700, 1080]],
    ]  # fmt: skip
    with pytest.raises(IntegrityError):
        DBSession.execute(
            text(f'UPDATE "WorkingHours" SET daily_working_hours = 0 WHERE id = {number}')
        )
    DBSession.rollback()


# --- Vacations ------------------------------------------------------------------------------------


@everywhere
def test_vacations(studio: Production, caplog: pytest.LogCaptureFixture) -> None:
    """21 §4: they belong to a user or to the studio, and say so in UTC."""
    ada, eda = studio.user("Ada"), studio.user("Eda")
    zone = datetime(2031, 7, 1, 9, tzinfo=UTC).astimezone().tzinfo
    own = Vacation(user=ada, start=datetime(2031, 7, 1, 6, tzinfo=UTC).astimezone(zone),
                   end=datetime(2031, 7, 8, 16, tzinfo=UTC))  # fmt: skip
    other = Vacation(user=ada, start=NOON)
    assert own.to_tjp == "vacation 2031-07-01-06:00:00 - 2031-07-08-16:00:00"
    assert other.duration == stalker.defaults.timing_resolution
    studio.reload()
    assert ada.vacations == [own, other]
    assert ada.to_tjp.count("vacation") == 2
    eda.vacations.append(own)
    studio.reload()
    assert own.user is eda and ada.vacations == [other] and eda.vacations == [own]
    with caplog.at_level(logging.WARNING, "stalker"):
        own.user = None
    assert "does not belong to" in caplog.text
    studio.reload()
    assert eda.vacations == [] and own.user is None
    for bad in ("Ada", 1, own):
        with pytest.raises(TypeError, match=r"Vacation\.user"):
            Vacation(user=bad)
        with pytest.raises(TypeError, match=r"User\.vacations"):
            ada.vacations = [bad] if bad is not own else bad
    assert ada.vacations == [other]


def test_a_vacation_of_a_kind(database: str) -> None:
    """21 §4: type, name and duration are given by keyword, and come back; else a step from now."""
    made = Vacation(name="Summer", type=type_for(Vacation), start=NOON, duration=3 * DAY)
    DBSession.save(made)
    DBSession.expire_all()
    assert (made.name, made.type.name, made.end) == ("Summer", "Kind", NOON + 3 * DAY)
    assert made.user is None and made.tjp_id == f"Vacation_{made.id}"
    short: Any = Vacation(start="soon", end=4)
    assert short.duration == HOUR and abs(short.start - datetime.now(UTC)) <= HOUR


def test_who_deletes_a_vacation(studio: Production) -> None:
    """21 §4: leaving the list of its user, or the end of the user, but not `user = None`."""
    ada, eda = studio.user("Ada"), studio.user("Eda")
    kept, moved, removed, last = (Vacation(user=ada, start=NOON + n * DAY) for n in range(4))
    DBSession.commit()
    assert eda.vacations == []
    kept.user = None
    ada.vacations.remove(moved)
    eda.vacations.append(moved)
    ada.vacations.remove(removed)
    ada.vacations.remove(Vacation(user=ada))
    DBSession.commit()
    assert ada.vacations == [last] and eda.vacations == [moved]
    assert set(DBSession.query(Vacation)) == {kept, moved, last}
    ada.vacations.remove(last)
    DBSession.rollback()
    last.user = None
    DBSession.commit()
    last.user = ada
    DBSession.commit()
    assert ada.vacations == [last]
    DBSession.delete(ada)
    DBSession.commit()
    assert set(DBSession.query(Vacation)) == {kept, moved}
    eda.vacations = []
    DBSession.commit()
    assert list(DBSession.query(Vacation)) == [kept]


# --- The studio -----------------------------------------------------------------------------------


@everywhere
def test_a_studio_has_defaults_for_everything(studio: Production) -> None:
    """21 §2.1: only the name is mandatory."""
    with pytest.raises(TypeError, match=r"Studio\.name"):
        Studio()
    made = Studio(name="Cliff")
    assert made.working_hours.working_hours == stalker.defaults.working_hours
    assert made.daily_working_hours == 9 and made.timing_resolution == HOUR
    assert (made.weekly_working_hours, made.weekly_working_days) == (45.0, 5)
    assert made.yearly_working_days == 261
    assert made.duration == HOUR and made.start == made.now
    assert made.is_scheduling is False and made.scheduler is None
    assert made.last_schedule_message is made.last_scheduled_at is made.last_scheduled_by is None
    with pytest.raises(NotImplementedError):
        made.to_unit(1, "h", "d")


@in_memory
@pytest.mark.parametrize(
    ("attribute", "value", "error"),
    [
        ("working_hours", "no", TypeError),
        ("working_hours", {}, TypeError),
        ("daily_working_hours", "8", TypeError),
        ("daily_working_hours", 0, ValueError),
        ("timing_resolution", 60, TypeError),
        ("timing_resolution", timedelta(0), ValueError),
        ("now", "today", TypeError),
        ("now", date(2026, 1, 1), TypeError),
        ("now", datetime(2026, 1, 1), TypeError),
        ("start", datetime(2026, 1, 1), TypeError),
    ],
)
def test_what_a_studio_refuses(
    studio: Production, attribute: str, value: Any, error: type[Exception]
) -> None:
    """21 §2.1: by constructor and assignment, and the configuration does not notice."""
    made = Studio(name="Cliff")
    before = getattr(made, attribute)
    with pytest.raises(error, match=attribute):
        Studio(name="Other", **{attribute: value})
    with pytest.raises(error, match=attribute):
        setattr(made, attribute, value)
    assert getattr(made, attribute) == before
    assert stalker.defaults.daily_working_hours == 9


@in_memory
def test_the_grid_of_a_studio(studio: Production) -> None:
    """21 §2.1, BT-19: its own resolution rounds its dates, at once and on change."""
    made = Studio(
        name="Cliff", start=NOON + timedelta(minutes=7), timing_resolution=timedelta(minutes=5)
    )
    assert made.start == NOON + timedelta(minutes=5)
    made.timing_resolution = HOUR
    assert made.start == NOON
    made.now = NOON + timedelta(minutes=40)
    assert made.now == NOON + HOUR
    made.now = None  # type: ignore[assignment]
    assert made.now == Studio.round_time(made.now) and abs(made.now - datetime.now(UTC)) <= HOUR


def test_a_studio_is_stored(studio: Production) -> None:
    """21 §2.4: all but the present moment and the scheduler comes back."""
    ada = studio.user("Ada")
    hours = WorkingHours(FOUR_DAYS, daily_working_hours=8)
    made = Studio(
        name="Cliff",
        working_hours=hours,
        start=NOON,
        end=NOON + 9 * DAY,
        timing_resolution=timedelta(minutes=5),
        now=NOON,
    )
    made.is_scheduling, made.is_scheduling_by = True, ada
    made.last_scheduled_by, made.last_schedule_message = ada, "well"
    made.last_scheduled_at = made.scheduling_started_at = NOON
    DBSession.save(made)
    number = made.id
    DBSession.remove()
    found = DBSession.get(Studio, number)
    assert found is not None
    assert (found.name, found.daily_working_hours) == ("Cliff", 8)
    assert found.working_hours.working_hours == FOUR_DAYS
    assert (found.start, found.end) == (NOON, NOON + 9 * DAY)
    assert found.timing_resolution == timedelta(minutes=5)
    assert found.is_scheduling and found.is_scheduling_by is found.last_scheduled_by
    assert (found.last_scheduled_at, found.last_schedule_message) == (NOON, "well")
    assert found.scheduler is None and found.now != NOON
    query = DBSession.query(Studio).filter(Studio.timing_resolution == timedelta(minutes=5))
    assert query.all() == [found]
    DBSession.delete(found.is_scheduling_by)
    DBSession.commit()
    assert found.is_scheduling_by is None and found.last_scheduled_by is None


FROM_THE_DATABASE = (
    "projects", "active_projects", "inactive_projects", "departments", "users", "vacations",
)  # fmt: skip


def test_what_a_studio_sees(studio: Production) -> None:
    """21 §2.1: everything in the database, and vacations of nobody in particular."""
    made = Studio(name="Cliff")
    DBSession.add(made)
    busy, resting = studio.project(), studio.project(name="Old", code="OLD")
    resting.active = False
    closed, own = Vacation(start=NOON), Vacation(user=studio.user("Ada"), start=NOON)
    DBSession.add_all([closed, own])
    DBSession.commit()
    assert made.projects == [busy, resting]
    assert (made.active_projects, made.inactive_projects) == ([busy], [resting])
    assert [each.login for each in made.users] == ["admin", "ada"]
    assert [each.name for each in made.departments] == ["admins"]
    assert made.vacations == [closed]
    for name in (
        *FROM_THE_DATABASE, "to_tjp", "tjp_id",
        "weekly_working_days", "weekly_working_hours", "yearly_working_days",
    ):  # fmt: skip
        with pytest.raises(AttributeError):
            setattr(made, name, [])


@in_memory
@pytest.mark.parametrize("attribute", FROM_THE_DATABASE)
def test_what_a_studio_cannot_see_without_a_database(studio: Production, attribute: str) -> None:
    """21 §2.1: these lists exist in a database only."""
    with pytest.raises(UnboundExecutionError):
        getattr(Studio(name="Cliff"), attribute)


@pytest.mark.parametrize(
    ("kind", "bases", "key", "auto_name", "values"),
    [
        (Studio, (Entity, DateRangeMixin, WorkingHoursMixin), "studio_id", False, {"name": "x"}),
        (WorkingHours, (Entity,), "working_hours_id", True, {}),
        (Vacation, (SimpleEntity, DateRangeMixin), "vacation_id", True, {}),
    ],
)
def test_what_the_classes_are(
    kind: Any, bases: tuple[type, ...], key: str, auto_name: bool, values: dict[str, Any]
) -> None:
    """21 §1: bases, identity, key, and whether a missing name is made up."""
    assert all(issubclass(kind, each) for each in bases)
    mapper = inspect(kind)
    assert mapper.polymorphic_identity == kind.__name__
    assert mapper.attrs[key].columns[0] is kind.__table__.c.id
    assert (kind.__auto_name__, kind.__strictly_typed__) == (auto_name, False)
    made = kind(**values)
    assert made.name and made.tjp_id.startswith(f"{kind.__name__}_")
    assert not hasattr(SchedulerBase, "__mapper__")


@in_memory
def test_other_hours_are_other_days(studio: Production) -> None:
    """21 §2.1: the length of a day is that of the hours, which it reads and writes."""
    made = Studio(name="Cliff", daily_working_hours=7)
    assert made.working_hours.daily_working_hours == 7
    made.daily_working_hours = 6
    assert made.working_hours.daily_working_hours == 6
    made.working_hours = WorkingHours(FOUR_DAYS, daily_working_hours=8)
    assert (made.daily_working_hours, made.weekly_working_hours) == (8, 32.0)
    assert (made.weekly_working_days, made.yearly_working_days) == (4, 209)
    made.working_hours = None  # type: ignore[assignment]
    assert made.working_hours.working_hours == stalker.defaults.working_hours
    kept = WorkingHours(daily_working_hours=5)
    for values in ({}, {"daily_working_hours": None}):
        assert Studio(name="x", working_hours=kept, **values).daily_working_hours == 5


@in_memory
def test_the_class_rounds_as_configured(studio: Production) -> None:
    """21 §2.2: `round_time()` of the class knows nothing of the studio's own resolution."""
    made = Studio(name="Cliff", timing_resolution=timedelta(minutes=5), push_defaults=False)
    moment = NOON + timedelta(minutes=9)
    assert Studio.round_time(moment) == made.round_time(moment) == NOON
    made.now = moment
    assert made.now == NOON
    stalker.defaults.timing_resolution = timedelta(minutes=10)
    assert Studio.round_time(moment) == NOON + timedelta(minutes=10)


@in_memory
def test_what_taskjuggler_is_told_about_a_studio(studio: Production) -> None:
    """21 §7.2: the header, statement by statement."""
    made = Studio(name="Cliff", start=NOON, end=NOON + 60 * DAY, now=NOON, timing_resolution=HOUR)
    made.id = 7
    assert made.to_tjp.splitlines() == [
        "",
        'project Studio_7 "Studio_7" 2026-03-02 - 2026-05-01 {',
        "    timingresolution 60min",
        "    now 2026-03-02-12:00",
        "    dailyworkinghours 9",
        "    weekstartsmonday",
        *made.working_hours.to_tjp.splitlines(),
        '    timeformat "%Y-%m-%d"',
        '    scenario plan "Plan"',
        "    trackingscenario plan",
        "}",
    ]


# --- Its values count -----------------------------------------------------------------------------

PUSHED = (
    "daily_working_hours", "weekly_working_days", "weekly_working_hours", "yearly_working_days",
    "timing_resolution",
)  # fmt: skip
BUILT_IN = (9, 5, 45, 261, HOUR)
OWN = (8, 4, 32, 209, timedelta(minutes=5))


def in_effect() -> tuple[Any, ...]:
    return tuple(stalker.defaults[key] for key in PUSHED)


def four_days() -> Studio:
    hours = WorkingHours(FOUR_DAYS, daily_working_hours=8)
    return Studio(name="Cliff", working_hours=hours, timing_resolution=timedelta(minutes=5))


@in_memory
def test_a_new_studio_counts_at_once(studio: Production) -> None:
    """21 §2.3, BT-8: at construction and with every change, unless it keeps to itself."""
    assert in_effect() == BUILT_IN
    quiet = Studio(name="Quiet", daily_working_hours=3, push_defaults=False)
    quiet.timing_resolution = timedelta(minutes=1)
    assert in_effect() == BUILT_IN
    made = four_days()
    assert in_effect() == OWN
    made.working_hours["fri"] = OFFICE
    assert stalker.defaults.weekly_working_days == 5
    made.daily_working_hours = 7
    made.timing_resolution = HOUR
    assert (stalker.defaults.daily_working_hours, stalker.defaults.timing_resolution) == (7, HOUR)
    WorkingHours()["sat"] = OFFICE
    assert stalker.defaults.weekly_working_days == 5
    stalker.defaults.daily_working_hours = 6
    assert stalker.defaults.daily_working_hours == 6
    for day in DAYS:
        made.working_hours[day] = []
    assert stalker.defaults.weekly_working_days == 1, "a falsy value changes nothing"


def test_a_copied_pattern_is_a_plain_one(database: str) -> None:
    """Whoever copies what is stored gets neither the object around it nor its changes."""
    hours = WorkingHours(FOUR_DAYS)
    DBSession.save(hours)
    twin = copy.deepcopy(hours.working_hours)
    assert twin == FOUR_DAYS and type(twin) is dict and type(twin["mon"]) is list
    twin["mon"].append([0, 1])
    assert hours.working_hours == FOUR_DAYS and not DBSession.dirty


def test_lists_that_were_edited_in_place(studio: Production) -> None:
    """BT-8, BT-11: they are checked when they are written, and count from then on."""
    made = four_days()
    DBSession.save(made)
    made.working_hours["fri"].append([0, 60])
    DBSession.commit()
    assert stalker.defaults.weekly_working_days == 5
    made.working_hours["fri"].append("x")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"WorkingHours\.working_hours.*fri"):
        DBSession.commit()
    DBSession.rollback()
    assert made.working_hours["fri"] == [[0, 60]]


def test_studios_of_other_databases_do_not_count(
    empty_url: str, tmp_path: Any, backend: str
) -> None:
    """D12: neither what another session loads, nor a studio of the database bound before."""
    db.setup({"sqlalchemy.url": f"sqlite:///{tmp_path}/other.db"})
    DBSession.save(four_days())
    other = DBSession.get_bind()
    before = four_days()
    db.setup({"sqlalchemy.url": empty_url})
    before.working_hours["sat"] = OFFICE
    with StudioSession(other.url and create_engine(f"sqlite:///{tmp_path}/other.db")) as session:
        assert session.query(Studio).one().name == "Cliff"
        session.get_bind().dispose()
    assert in_effect() == BUILT_IN


def test_a_stored_studio_counts_for_its_database(
    empty_url: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """21 §2.3, D12: after `setup()` and after loading, and never for another database."""
    db.setup({"sqlalchemy.url": empty_url})
    DBSession.save(four_days())
    db.setup({"sqlalchemy.url": f"sqlite:///{tmp_path}/other.db"})
    assert in_effect() == BUILT_IN
    db.setup({"sqlalchemy.url": empty_url})
    assert in_effect() == OWN
    stalker.defaults.drop_overrides()
    DBSession.remove()
    assert in_effect() == BUILT_IN
    assert DBSession.query(Studio).one().name == "Cliff"
    assert in_effect() == OWN


def test_the_first_studio_counts(database: str) -> None:
    """03 §4: of several studios `setup()` and `update_defaults_with_studio()` ask the oldest."""
    first = four_days()
    DBSession.save(first)
    DBSession.save(Studio(name="Second", daily_working_hours=3, push_defaults=False))
    db.setup({"sqlalchemy.url": database})
    assert in_effect() == OWN
    stalker.defaults.drop_overrides()
    DBSession.add(pending := Vacation())
    db.update_defaults_with_studio()
    assert in_effect() == OWN and pending in DBSession.new


@in_memory
@pytest.mark.parametrize(
    ("template", "kind"),
    [
        ("tjp_studio_template", "Studio"),
        ("tjp_working_hours_template", "WorkingHours"),
        ("tjp_vacation_template", "Vacation"),
        ("tjp_project_template", "Project"),
        ("tjp_task_template", "Task"),
        ("tjp_task_dependency_template", "TaskDependency"),
        ("tjp_user_template", "User"),
        ("tjp_department_template", "Department"),
    ],
)
def test_texts_for_taskjuggler_are_those_of_the_configuration(
    studio: Production, template: str, kind: str
) -> None:
    """03 §5.1, 21 §10: the template is asked for at each use, and cannot be assigned over."""
    project = studio.project()
    task = studio.task(project, depends=[studio.task(project)])
    everything: list[Any] = [
        Studio(name="Cliff"), WorkingHours(), Vacation(), project, task, task.task_depends_to[0],
        studio.user(), Department(name="Lighting"),
    ]  # fmt: skip
    (obj,) = (each for each in everything if type(each).__name__ == kind)
    before = obj.to_tjp
    for text_of_studio in ("{# ours #}one", "two{{ utc and '' }}"):
        stalker.defaults[template] = text_of_studio
        assert obj.to_tjp == text_of_studio.replace("{# ours #}", "").partition("{")[0]
    assert before not in ("one", "two")
    with pytest.raises(AttributeError):
        obj.to_tjp = "x"


# --- Planning -------------------------------------------------------------------------------------


class Planner(SchedulerBase):
    """Notes what it saw, and does what it is told."""

    def __init__(self, result: Any = "done") -> None:
        super().__init__()
        self.result = result
        self.saw: Any = None

    def schedule(self) -> str | None:
        assert self.studio is not None
        self.saw = (self.studio.is_scheduling, self.studio.scheduling_started_at)
        if isinstance(self.result, Exception):
            raise self.result
        return self.result  # type: ignore[no-any-return]


@everywhere
def test_scheduling(studio: Production) -> None:
    """21 §2.4: who, when, and what came of it; an error is noted and passed on."""
    ada = studio.user("Ada")
    made = Studio(name="Cliff")
    if studio.stored:
        DBSession.add(made)
    with pytest.raises(RuntimeError, match=r"Studio\.scheduler"):
        made.schedule()
    for bad in ("no", 1, Planner):
        with pytest.raises(TypeError, match=r"Studio\.scheduler"):
            made.scheduler = bad  # type: ignore[assignment]
    planner = Planner()
    made.scheduler = planner
    made.is_scheduling, made.is_scheduling_by = True, ada
    assert made.schedule(scheduled_by=ada) == "done"
    assert planner.studio is made and planner.saw == (True, made.scheduling_started_at)
    assert made.is_scheduling is False and made.is_scheduling_by is None
    assert (made.last_scheduled_by, made.last_schedule_message) == (ada, "done")
    assert made.last_schedule_succeeded is True and made.last_scheduled_at is not None
    studio.reload()
    planner.result = RuntimeError("no resource has time")
    before = made.last_scheduled_at
    with pytest.raises(RuntimeError, match="no resource has time"):
        made.schedule()
    assert made.last_scheduled_at > before and made.last_schedule_succeeded is False
    assert made.last_schedule_message == "RuntimeError: no resource has time"
    assert made.last_scheduled_by is ada
    studio.reload()
    assert made.last_schedule_message == "RuntimeError: no resource has time"
    planner.result = 5
    with pytest.raises(TypeError, match=r"Planner\.schedule"):
        made.schedule()
    assert made.last_schedule_succeeded is False and "TypeError" in made.last_schedule_message
    with pytest.raises(TypeError, match="scheduled_by"):
        made.schedule(scheduled_by="ada")  # type: ignore[arg-type]


def test_scheduling_writes_nothing(studio: Production) -> None:
    """21 §2.4: it neither flushes nor commits; the caller does, and then all fields are there."""
    ada = studio.user("Ada")
    made = Studio(name="Cliff")
    DBSession.add(made)
    DBSession.commit()
    before = datetime.now(UTC)
    made.scheduler = Planner("well")
    made.is_scheduling, made.is_scheduling_by = True, ada
    assert made.name and ada.name
    DBSession.add(pending := Vacation())
    made.schedule(scheduled_by=ada)
    assert pending in DBSession.new and made in DBSession.dirty
    DBSession.commit()
    number = made.id
    DBSession.remove()
    found = DBSession.get_one(Studio, number)
    assert (found.is_scheduling, found.is_scheduling_by) == (False, None)
    assert found.scheduling_started_at is not None and found.last_scheduled_at is not None
    assert before <= found.scheduling_started_at <= found.last_scheduled_at
    assert found.last_scheduled_by is not None and found.last_scheduled_by.name == "Ada"
    assert (found.last_schedule_message, found.last_schedule_succeeded) == ("well", True)


@in_memory
def test_the_base_of_all_schedulers(studio: Production) -> None:
    """21 §5: it holds a studio, and plans nothing."""
    made = Studio(name="Cliff")
    assert SchedulerBase().studio is None and SchedulerBase(studio=made).studio is made
    for bad in ("no", 1, Project, User):
        with pytest.raises(TypeError, match=r"SchedulerBase\.studio"):
            SchedulerBase(studio=bad)
    with pytest.raises(NotImplementedError):
        SchedulerBase(made).schedule()
