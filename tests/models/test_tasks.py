"""Tasks: construction, attributes, dates, effort, people, texts and paths."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

import stalker
from stalker import (
    Asset,
    FilenameTemplate,
    Good,
    Link,
    Project,
    Repository,
    SimpleEntity,
    Structure,
    Task,
    Ticket,
    TimeLog,
    Version,
)
from stalker.db.session import DBSession
from stalker.exceptions import CircularDependencyError
from stalker.models.task import CONSTRAIN_BOTH, CONSTRAIN_END, CONSTRAIN_NONE, CONSTRAIN_START
from tests.models.production import (
    CODES,
    DAY,
    HOUR,
    NOON,
    Studio,
    code_of,
    everywhere,
    give,
    in_memory,
    log,
    review,
)

# --- Construction ---------------------------------------------------------------------------------

DEFAULTS = {
    "parent": None,
    "children": [],
    "tasks": [],
    "depends": [],
    "dependent_of": [],
    "task_depends_to": [],
    "task_dependent_of": [],
    "resources": [],
    "alternative_resources": [],
    "computed_resources": [],
    "watchers": [],
    "responsible": [],
    "is_milestone": False,
    "priority": 500,
    "allocation_strategy": "minallocated",
    "persistent_allocation": True,
    "schedule_timing": 1.0,
    "schedule_unit": "h",
    "schedule_model": "effort",
    "schedule_constraint": 0,
    "bid_timing": 1.0,
    "bid_unit": "h",
    "computed_start": None,
    "computed_end": None,
    "computed_duration": None,
    "is_scheduled": False,
    "versions": [],
    "references": [],
    "review_number": 0,
    "duration": HOUR,
    "total_seconds": 3600,
    "schedule_seconds": 3600,
    "total_logged_seconds": 0,
    "remaining_seconds": 3600,
    "percent_complete": 0.0,
    "level": 1,
    "parents": [],
    "is_root": True,
    "is_leaf": True,
    "is_container": False,
    "entity_type": "Task",
    "plural_class_name": "Tasks",
}


@everywhere
def test_a_task_needs_a_name_and_a_project_only(studio: Studio) -> None:
    """Everything else has a default, before and after it was stored."""
    project = studio.project()
    before = datetime.now(UTC) - HOUR
    task = studio.task(project, name="Light")
    for _ in range(2):
        assert {key: getattr(task, key) for key in DEFAULTS} == DEFAULTS
        assert task.project is project and project.tasks == [task]
        assert before < task.start < datetime.now(UTC) + HOUR
        assert task.start.tzinfo is UTC and task.end == task.start + HOUR
        assert code_of(task) == "RTS"
        studio.reload()


@everywhere
def test_where_a_task_belongs(studio: Studio) -> None:
    """The project comes from the parent or is given; the parent's wins, with a warning."""
    project, other = studio.project(), studio.project(name="Other", code="OTH")
    parent = studio.task(project)
    child = studio.task(parent)
    assert child.project is project and child.parent is parent and parent.children == [child]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        studio.task(parent, project=project)
    with pytest.warns(RuntimeWarning, match="project") as caught:
        confused = studio.task(parent, project=other)
    assert "tests" in Path(caught[0].filename).parts  # it names the line that makes the task
    assert confused.project is project
    assert other.tasks == []
    assert confused in project.tasks and child in project.tasks


@in_memory
@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({}, TypeError),
        ({"project": "Lighthouse"}, TypeError),
        ({"parent": "Task 1"}, TypeError),
        ({"parent": 12}, TypeError),
    ],
)
def test_no_task_without_a_project(
    studio: Studio, values: dict[str, Any], error: type[Exception]
) -> None:
    """Neither project nor parent, or something else in their place, is refused by name."""
    with pytest.raises(error, match=r"Task\.(project|parent)"):
        studio.make(Task, name="Light", **values)


@everywhere
def test_a_task_does_not_change_its_project(studio: Studio) -> None:
    """The project is read-only, and no parent of another project is accepted."""
    project, other = studio.project(), studio.project(name="Other", code="OTH")
    task, stranger = studio.task(project), studio.task(other)
    with pytest.raises(AttributeError, match=r"Task\.project"):
        task.project = other
    with pytest.raises(ValueError, match=r"Task\.parent"):
        task.parent = stranger
    with pytest.raises(ValueError, match=r"Task\.parent"):
        stranger.children.append(task)
    with pytest.raises(ValueError, match=r"Task\.parent"):
        stranger.children = [task]
    with pytest.raises(ValueError, match=r"Task\.project"):
        other.tasks.append(task)
    assert task.project is project and task.parent is None and stranger.children == []
    assert project.tasks == [task] and other.tasks == [stranger]


BAD_ARGUMENTS: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"name": None}, TypeError, r"Task\.name"),
    ({"name": ""}, ValueError, r"Task\.name"),
    ({"name": 5}, TypeError, r"Task\.name"),
    ({"depends": 5}, TypeError, r"Task\.depends"),
    ({"depends": "ab"}, TypeError, r"Task\.depends"),
    ({"depends": [1]}, TypeError, r"Task\.depends"),
    ({"resources": "Ada"}, TypeError, r"Task\.resources"),
    ({"resources": ["Ada"]}, TypeError, r"Task\.resources"),
    ({"alternative_resources": [1]}, TypeError, r"Task\.alternative_resources"),
    ({"responsible": 1}, TypeError, r"Task\.responsible"),
    ({"responsible": [1]}, TypeError, r"Task\.responsible"),
    ({"watchers": [1]}, TypeError, r"Task\.watchers"),
    ({"references": [1]}, TypeError, r"Task\.references"),
    ({"status_list": "WIP"}, TypeError, r"Task\.status_list"),
    ({"priority": "high"}, TypeError, r"Task\.priority"),
    ({"schedule_timing": "1d"}, TypeError, r"Task\.schedule_timing"),
    ({"schedule_unit": "parsec"}, ValueError, r"Task\.schedule_unit"),
    ({"allocation_strategy": "dice"}, ValueError, r"Task\.allocation_strategy"),
    ({"schedule_timming": 1}, TypeError, "schedule_timming.*schedule_timing"),
    ({"start": datetime(2026, 3, 2)}, TypeError, r"Task\.start"),
]


@everywhere
@pytest.mark.parametrize(("values", "error", "message"), BAD_ARGUMENTS)
def test_a_refused_task_leaves_nothing_behind(
    studio: Studio, values: dict[str, Any], error: type[Exception], message: str
) -> None:
    """A constructor that raises leaves no trace with project, parent, people, or in the session."""
    project, ada, other = studio.project(), studio.user(), studio.user("Bob")
    parent = studio.task(project, resources=[ada])
    first = studio.task(project)
    studio.commit()
    given = {
        "parent": parent,
        "depends": [first],
        "resources": [other],
        "alternative_resources": [other],
        "responsible": [other],
        "watchers": [other],
        **values,
    }
    with pytest.raises(error, match=message):
        studio.task(**given)
    assert parent.children == [] and parent.resources == [ada] and parent.is_leaf
    assert project.tasks == [parent, first]
    assert first.dependent_of == [] and first.task_dependent_of == []
    people = (other.tasks, other.watching, other.responsible_of)
    assert people == ([], [], []) and other.alternative_resource_in_tasks == []
    if studio.stored:
        assert not DBSession.new
        DBSession.commit()
        assert DBSession.scalars(select(Task.name).order_by(Task.task_id)).all() == [
            parent.name,
            first.name,
        ]


@everywhere
def test_a_child_that_would_close_a_circle(studio: Studio) -> None:
    """A child that is refused at the last moment, for a circle, changes nothing of its parent."""
    project = studio.project()
    parent = studio.task(project)
    waiting = studio.task(project, depends=[parent])
    start, seconds = parent.start, parent.schedule_seconds
    with pytest.raises(CircularDependencyError):
        studio.task(parent, depends=[waiting], start=start - DAY, schedule_timing=9)
    assert parent.is_leaf and waiting.dependent_of == []
    assert (parent.start, parent.schedule_seconds, code_of(parent)) == (start, seconds, "RTS")
    assert project.tasks == [parent, waiting]


# --- Statuses -------------------------------------------------------------------------------------


@in_memory
def test_without_a_database_a_task_needs_a_status_list(studio: Studio) -> None:
    """In memory nothing can be looked up; a list for another class, or no list, is refused."""
    project = studio.project()
    with pytest.raises(TypeError, match=r"Task\.status_list"):
        Task(name="Light", project=project)
    for wrong in (studio.status_list("Asset"), studio.status_list("Project"), CODES, 1):
        with pytest.raises(TypeError, match=r"Task\.status_list"):
            Task(name="Light", project=project, status_list=wrong)  # type: ignore[arg-type]
    assert project.tasks == []


def test_the_database_knows_the_status_lists(studio: Studio) -> None:
    """With a database the list of the class is looked up, and starts with the workflow's nine."""
    task = Task(name="Light", project=studio.project())
    assert task.status_list.target_entity_type == "Task"
    assert [status.code for status in task.status_list] == CODES


@everywhere
def test_the_first_status_follows_from_the_dependencies(studio: Studio) -> None:
    """A new task is ready if all it depends on is finished, else it waits; `status` is ignored."""
    project = studio.project()
    made = {}
    for code in CODES:
        made[code] = studio.task(project)
        give(made[code], code)
    for code, task in made.items():
        expected = "RTS" if code in ("STOP", "CMPL") else "WFD"
        assert code_of(studio.task(project, depends=[task])) == expected
        assert code_of(studio.task(project, depends=[task, made["CMPL"]])) == expected
    ignored = studio.task(project, status=made["WIP"].status)
    assert code_of(ignored) == "RTS"
    assert code_of(studio.task(project, depends=[ignored], status=2)) == "WFD"


@everywhere
def test_a_status_can_be_set_by_hand(studio: Studio) -> None:
    """Any status of the list, or its index; nothing is checked and nothing follows from it."""
    project = studio.project()
    parent = studio.task(project)
    task = studio.task(parent)
    after = studio.task(project, depends=[task])
    for index, code in enumerate(CODES):
        task.status = task.status_list[code]
        assert code_of(task) == code
        task.status = index  # type: ignore[assignment]
        assert code_of(task) == code
    assert code_of(parent) == "RTS" and code_of(after) == "WFD"
    foreign = stalker.Status(name="Foreign", code="FRN")
    for wrong, error in (
        (-1, ValueError),
        (9, ValueError),
        (foreign, ValueError),
        ("WIP", TypeError),
        (1.0, TypeError),
        (True, TypeError),
    ):
        with pytest.raises(error, match=r"Task\.status"):
            task.status = wrong  # type: ignore[assignment]
    assert code_of(task) == "CMPL"
    task.status = None  # type: ignore[assignment]
    assert code_of(task) == "WFD"


@in_memory
def test_a_status_list_without_the_workflow(studio: Studio) -> None:
    """Tasks with a list of the studio's own begin with its first status and stay there."""
    project = studio.project()
    own = studio.status_list("Task", ["IDEA", "DONE"])
    parent = studio.task(project, status_list=own)
    first = studio.task(parent, status_list=own)
    second = studio.task(parent, status_list=own, depends=[first])
    assert [code_of(task) for task in (parent, first, second)] == ["IDEA"] * 3
    second.depends = []
    first.status = own["DONE"]
    second.depends.append(first)
    assert [code_of(task) for task in (parent, first, second)] == ["IDEA", "DONE", "IDEA"]


# --- Attributes -----------------------------------------------------------------------------------

#: attribute, what is assigned, what it becomes
ACCEPTED = [
    ("is_milestone", None, False),
    ("is_milestone", True, True),
    ("priority", None, 500),
    ("priority", 12.9, 12),
    ("priority", -1, 0),
    ("priority", -0.5, 0),
    ("priority", 1000, 1000),
    ("priority", 1001, 1000),
    ("allocation_strategy", None, "minallocated"),
    ("allocation_strategy", "random", "random"),
    ("persistent_allocation", None, True),
    ("persistent_allocation", 0, False),
    ("persistent_allocation", "yes", True),
    ("schedule_unit", None, "h"),
    ("schedule_unit", "y", "y"),
    ("schedule_model", None, "effort"),
    ("schedule_model", "", "effort"),
    ("schedule_model", "length", "length"),
    ("schedule_constraint", None, 0),
    ("schedule_constraint", -4, 0),
    ("schedule_constraint", 3, 3),
    ("schedule_constraint", 12, 3),
    ("schedule_timing", 2, 2),
    ("schedule_timing", 0, 0),
    ("schedule_timing", 1.25, 1.25),
    ("bid_timing", None, None),
    ("bid_timing", 2.5, 2.5),
    ("bid_unit", None, "h"),
    ("bid_unit", "w", "w"),
    ("computed_start", None, None),
    ("watchers", [], []),
]

REFUSED: list[tuple[str, Any, type[Exception]]] = [
    ("is_milestone", 1, TypeError),
    ("is_milestone", "yes", TypeError),
    ("priority", "500", TypeError),
    ("priority", True, TypeError),
    ("allocation_strategy", 5, TypeError),
    ("allocation_strategy", "dice", ValueError),
    ("schedule_timing", "2", TypeError),
    ("schedule_timing", True, TypeError),
    ("schedule_timing", -1, ValueError),
    ("schedule_timing", float("nan"), ValueError),
    ("schedule_unit", 5, TypeError),
    ("schedule_unit", "s", ValueError),
    ("schedule_model", 5, TypeError),
    ("schedule_model", "guess", ValueError),
    ("schedule_constraint", "start", TypeError),
    ("schedule_constraint", 1.5, TypeError),
    ("bid_timing", "2", TypeError),
    ("bid_timing", -2, ValueError),
    ("bid_timing", False, TypeError),
    ("bid_unit", 5, TypeError),
    ("bid_unit", "s", ValueError),
    ("children", None, TypeError),
    ("children", "ab", TypeError),
    ("children", [1], TypeError),
    ("depends", None, TypeError),
    ("depends", 1, TypeError),
    ("depends", "ab", TypeError),
    ("depends", [1], TypeError),
    ("dependent_of", None, TypeError),
    ("dependent_of", [1], TypeError),
    ("task_depends_to", [1], TypeError),
    ("resources", None, TypeError),
    ("resources", 1, TypeError),
    ("resources", [1], TypeError),
    ("alternative_resources", None, TypeError),
    ("alternative_resources", ["Ada"], TypeError),
    ("computed_resources", [1], TypeError),
    ("watchers", None, TypeError),
    ("watchers", [1], TypeError),
    ("responsible", 1, TypeError),
    ("responsible", [1], TypeError),
    ("references", None, TypeError),
    ("references", [1], TypeError),
    ("versions", None, TypeError),
    ("versions", [1], TypeError),
    ("parent", 1, TypeError),
]

READ_ONLY = [
    "project",
    "level",
    "parents",
    "is_root",
    "is_container",
    "is_leaf",
    "computed_duration",
    "computed_total_seconds",
    "total_seconds",
    "is_scheduled",
    "review_number",
    "remaining_seconds",
    "percent_complete",
    "tjp_id",
    "tjp_abs_id",
    "to_tjp",
    "path",
    "absolute_path",
]


@in_memory
def test_what_attributes_accept(studio: Studio) -> None:
    """Each value is converted as the contract says, by assignment and by the constructor alike."""
    project = studio.project()
    for attribute, given, expected in ACCEPTED:
        task = studio.task(project)
        setattr(task, attribute, given)
        assert getattr(task, attribute) == expected, attribute
        if given is not None and not attribute.startswith("computed"):
            built = studio.task(project, **{attribute: given})
            assert getattr(built, attribute) == expected, attribute


@in_memory
@pytest.mark.parametrize(("attribute", "value", "error"), REFUSED)
def test_what_attributes_refuse(
    studio: Studio, attribute: str, value: Any, error: type[Exception]
) -> None:
    """A wrong value is refused by name, and the old one stays."""
    task = studio.task(studio.project(), schedule_timing=3)
    before = getattr(task, attribute)
    before = list(before) if hasattr(before, "append") else before
    with pytest.raises(error, match=rf"Task\.{attribute.removeprefix('_')}"):
        setattr(task, attribute, value)
    assert getattr(task, attribute) == before


@in_memory
@pytest.mark.parametrize("attribute", READ_ONLY)
def test_what_is_read_only(studio: Studio, attribute: str) -> None:
    """Derived values cannot be assigned."""
    task = studio.task(studio.project())
    with pytest.raises(AttributeError):
        setattr(task, attribute, 1)


@in_memory
def test_the_bid_begins_as_the_plan(studio: Studio) -> None:
    """Without a bid of its own it is the timing at construction, and does not follow it later."""
    task = studio.task(studio.project(), schedule_timing=3, schedule_unit="d")
    task.schedule_timing = 5
    assert (task.bid_timing, task.bid_unit) == (3, "d")


@in_memory
def test_defaults_are_looked_up_when_they_are_needed(studio: Studio) -> None:
    """Changing the configuration changes what the next task begins with."""
    project = studio.project()
    stalker.defaults.task_priority = 42
    stalker.defaults.allocation_strategy = ["order", "random"]
    stalker.defaults.persistent_allocation = False
    task = studio.task(project)
    found = (task.priority, task.allocation_strategy, task.persistent_allocation)
    assert found == (42, "order", False)
    task.persistent_allocation = None  # type: ignore[assignment]
    assert task.persistent_allocation is False


def test_the_database_refuses_impossible_numbers(studio: Studio) -> None:
    """What no attribute accepts, no statement typed by hand can write either."""
    task = studio.task(studio.project())
    DBSession.commit()
    for change in (
        "priority = 1001",
        "priority = -1",
        "schedule_timing = -1",
        "bid_timing = -1",
        "schedule_unit = 's'",
        "schedule_model = 'guess'",
        "schedule_constraint = 4",
        "allocation_strategy = 'dice'",
        "project_id = NULL",
        "status_id = NULL",
    ):
        with pytest.raises(IntegrityError):
            DBSession.execute(text(f'UPDATE "Tasks" SET {change} WHERE id = {task.id}'))
        DBSession.rollback()


# --- Dates ----------------------------------------------------------------------------------------


@in_memory
@pytest.mark.parametrize(
    ("timing", "unit", "length"),
    [
        (100, "min", timedelta(hours=2)),  # to the nearest step of the grid
        (5, "h", timedelta(hours=5)),
        (2, "d", timedelta(days=2)),
        (2, "w", timedelta(days=14)),
        (2, "m", timedelta(days=60)),
        (1, "y", timedelta(days=365)),
        (1, "min", timedelta(hours=1)),  # never shorter than one step
        (0, "h", timedelta(hours=1)),
        (0.5, "d", timedelta(hours=12)),
    ],
)
@pytest.mark.parametrize("model", ["effort", "length", "duration"])
def test_where_a_leaf_lies(
    studio: Studio, model: str, timing: float, unit: str, length: timedelta
) -> None:
    """The constraint decides which end is kept; the timing, in calendar time, gives the other."""
    project = studio.project()
    start, end = NOON, NOON + 1000 * DAY
    expected = {
        CONSTRAIN_NONE: (start, start + length),
        CONSTRAIN_START: (start, start + length),
        CONSTRAIN_END: (end - length, end),
        CONSTRAIN_BOTH: (start, end),
    }
    plan = {"schedule_timing": timing, "schedule_unit": unit, "schedule_model": model}
    for constraint, dates in expected.items():
        task = studio.task(
            project, start=start, end=end, schedule_constraint=int(constraint), **plan
        )
        assert (task.start, task.end) == dates, constraint
        assert task.duration == task.end - task.start
        # the same again, by assignment
        late = studio.task(project, start=start, end=end, schedule_constraint=3)
        late.schedule_constraint = constraint
        late.schedule_model = model
        assert (late.start, late.end) == (start, end)
        late.schedule_timing = timing
        late.schedule_unit = unit
        if constraint != CONSTRAIN_END:
            assert (late.start, late.end) == dates, constraint
        else:
            assert late.end == end and late.duration == length


@in_memory
def test_how_dates_move_when_one_is_assigned(studio: Studio) -> None:
    """A date keeps the other one unless it passes it; then the range keeps its length."""
    task = studio.task(studio.project(), start=NOON, schedule_timing=5)
    task.start = NOON + 2 * HOUR
    assert (task.start, task.end) == (NOON + 2 * HOUR, NOON + 5 * HOUR)
    task.start = NOON + 10 * HOUR
    assert (task.start, task.end) == (NOON + 10 * HOUR, NOON + 34 * HOUR)
    task.duration = timedelta(days=3)
    assert task.end == task.start + 3 * DAY
    task.end = NOON
    assert (task.start, task.end) == (NOON + 10 * HOUR, NOON + 10 * HOUR + 3 * DAY)
    task.end = task.start + timedelta(minutes=100)
    assert task.end == task.start + 2 * HOUR
    task.start = task.start + timedelta(minutes=29)
    assert task.start == NOON + 10 * HOUR


@in_memory
def test_what_a_scheduler_stores_is_where_the_task_lies(studio: Studio) -> None:
    """Computed dates are kept as they are, and move the task; with both it is scheduled."""
    task = studio.task(studio.project(), start=NOON)
    begin, finish = NOON + timedelta(minutes=10), NOON + timedelta(hours=7, minutes=40)
    task.computed_start = begin
    assert not task.is_scheduled and task.computed_duration is None
    task.computed_end = finish
    assert task.is_scheduled
    assert (task.computed_start, task.computed_end) == (begin, finish)
    assert (task.start, task.end) == (NOON, NOON + 8 * HOUR)
    assert task.computed_duration == finish - begin
    assert task.computed_total_seconds == 27000


@everywhere
def test_dates_keep_their_moment_in_the_database(studio: Studio) -> None:
    """Dates given in any zone come back as the same moment in UTC."""
    from zoneinfo import ZoneInfo

    local = datetime(2026, 7, 1, 9, tzinfo=ZoneInfo("Europe/Istanbul"))
    task = studio.task(studio.project(), start=local, schedule_timing=2)
    studio.reload()
    assert task.start == datetime(2026, 7, 1, 6, tzinfo=UTC) and task.start.tzinfo is UTC
    assert task.end.tzinfo is UTC and task.duration == 2 * HOUR


# --- Milestones and people ------------------------------------------------------------------------


@everywhere
def test_nobody_works_on_a_milestone(studio: Studio) -> None:
    """A milestone has no resources: those of the constructor are ignored, later ones refused."""
    project, ada = studio.project(), studio.user()
    built = studio.task(project, is_milestone=True, resources=[ada])
    changed = studio.task(project, resources=[ada])
    changed.is_milestone = True
    for task in (built, changed):
        assert task.resources == [] and task.computed_resources == []
        with pytest.raises(ValueError, match=r"Task\.resources"):
            task.resources = [ada]
        with pytest.raises(ValueError, match=r"Task\.resources"):
            ada.tasks.append(task)
        task.resources = []
    assert ada.tasks == []
    assert built.percent_complete == 0.0 or built.schedule_seconds == 0


PEOPLE = {
    "resources": "tasks",
    "alternative_resources": "alternative_resource_in_tasks",
    "watchers": "watching",
    "responsible": "responsible_of",
}


@everywhere
@pytest.mark.parametrize("attribute", PEOPLE)
def test_both_sides_know_who_is_on_a_task(studio: Studio, attribute: str) -> None:
    """People and their tasks always agree, whichever side is changed and how."""
    project, ada, bob = studio.project(), studio.user(), studio.user("Bob")
    other_side = PEOPLE[attribute]
    task = studio.task(project, **{attribute: [ada]})
    assert getattr(ada, other_side) == [task]
    setattr(task, attribute, [bob])
    assert getattr(ada, other_side) == [] and getattr(bob, other_side) == [task]
    getattr(task, attribute).append(ada)
    getattr(task, attribute).append(ada)
    assert getattr(task, attribute) == [bob, ada]
    getattr(bob, other_side).remove(task)
    studio.reload()
    assert getattr(task, attribute) == [ada]
    assert getattr(bob, other_side) == [] and getattr(ada, other_side) == [task]


@everywhere
def test_computed_resources_follow_until_a_scheduler_decides(studio: Studio) -> None:
    """Unscheduled they are a copy of the resources; scheduled they stand on their own."""
    ada, bob = studio.user(), studio.user("Bob")
    task = studio.task(studio.project(), resources=[ada])
    task.computed_resources = [bob]
    assert task.computed_resources == [ada]
    task.computed_resources.append(bob)
    assert task.resources == [ada] and task.computed_resources == [ada]
    task.resources = [bob]
    assert task.computed_resources == [bob]
    task.computed_start, task.computed_end = NOON, NOON + DAY
    task.computed_resources = [ada]
    task.resources = []
    studio.reload()
    assert task.computed_resources == [ada]
    assert ada.computed_resource_in_tasks == [task]


@everywhere
def test_a_scheduled_task_keeps_its_people_when_the_plan_changes(studio: Studio) -> None:
    """Changing the resources of a task that was just scheduled does not touch who was computed."""
    ada, bob = studio.user(), studio.user("Bob")
    task = studio.task(studio.project(), resources=[ada])
    assert task.computed_resources == [ada]
    task.computed_start, task.computed_end = NOON, NOON + DAY
    task.computed_resources = [ada, bob]
    task.resources = [bob]
    assert task.computed_resources == [ada, bob]


@everywhere
def test_who_is_responsible_is_inherited_without_writing(studio: Studio) -> None:
    """Reading gives the nearest ancestor's people as a tuple, follows them, and stores nothing."""
    one, two = studio.user("One"), studio.user("Two")
    top = studio.task(studio.project(), responsible=[one])
    chain = [top]
    for _ in range(3):
        chain.append(studio.task(chain[-1], responsible=None))
    studio.reload()
    _, b, c, d = chain
    assert [task.responsible for task in (b, c, d)] == [(one,)] * 3
    assert top.responsible == [one]
    with pytest.raises(AttributeError):
        d.responsible.append(two)  # type: ignore[union-attr]
    c.responsible = [two]
    assert (b.responsible, c.responsible, d.responsible) == ((one,), [two], (two,))
    assert set(two.responsible_of) == {c}
    c.responsible.append(one)
    assert d.responsible == (two, one)
    c.responsible = []
    assert d.responsible == (one,) and top.responsible == [one]
    d.responsible = c.responsible
    assert d.responsible == [one]
    top.responsible = []
    assert top.responsible == [] and not b.responsible
    if studio.stored:
        DBSession.commit()
        rows = DBSession.execute(text('SELECT task_id FROM "Task_Responsible"')).all()
        assert [row[0] for row in rows] == [d.id]


# --- Effort ---------------------------------------------------------------------------------------

HOURS_OF = {"min": 1 / 60, "h": 1, "d": 9, "w": 45, "m": 180, "y": 2349}
CALENDAR = {"min": 1 / 60, "h": 1, "d": 24, "w": 168, "m": 672, "y": 8760}


@in_memory
def test_planned_seconds(studio: Studio) -> None:
    """Effort and length count working time, duration counts calendar time; always as `int`."""
    task = studio.task(studio.project())
    for model, table in (("effort", HOURS_OF), ("length", HOURS_OF), ("duration", CALENDAR)):
        for unit, hours in table.items():
            task.schedule_model, task.schedule_unit, task.schedule_timing = model, unit, 3
            assert task.schedule_seconds == round(3 * hours * 3600), (model, unit)
            assert type(task.schedule_seconds) is int
            task.schedule_seconds = 5
            task.total_logged_seconds = 5
            assert task.schedule_seconds == round(3 * hours * 3600)
    task.update_schedule_info()
    assert task.schedule_seconds == 3 * 8760 * 3600


@in_memory
def test_time_that_passes_counts_for_tasks_measured_by_time(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A duration task is done as far as its time has passed; a length task counts working days."""
    now = NOON + 12 * HOUR
    monkeypatch.setattr("stalker.models.task.effort.utc_now", lambda: now)
    project = studio.project()

    def percent(model: str, start: datetime, timing: float, unit: str) -> float:
        plan = {"schedule_model": model, "schedule_timing": timing, "schedule_unit": unit}
        return studio.task(project, start=start, **plan).percent_complete

    assert percent("duration", NOON - 5 * DAY, 1, "d") == 100.0
    assert percent("duration", NOON + 5 * DAY, 1, "d") == 0.0
    assert percent("duration", NOON, 1, "d") == 50.0
    assert percent("effort", NOON - 5 * DAY, 1, "d") == 0.0
    for timing, unit in ((9, "h"), (1, "d"), (3, "d")):
        assert percent("length", NOON - 20 * DAY, timing, unit) == 100.0
    assert percent("length", NOON + DAY, 3, "d") == 0.0
    assert 0 < percent("length", NOON - DAY, 3, "d") < 100


@everywhere
def test_more_than_was_planned(studio: Studio) -> None:
    """10 §1.10: percent are not capped, what remains is negative, on containers too."""
    parent = studio.task(studio.project())
    task = studio.task(parent, start=NOON, schedule_timing=9)
    log(studio, task, 20)
    for _ in range(2):
        for each in (task, parent):
            assert each.percent_complete == pytest.approx(20 / 9 * 100)
            assert each.remaining_seconds == -11 * 3600
            assert type(each.total_logged_seconds) is type(each.schedule_seconds) is int
        studio.reload()


@everywhere
def test_a_timing_that_is_missing(studio: Studio) -> None:
    """10 BT-11: `None` is an hour, for the constructor and for an assignment, on all levels."""
    parent = studio.task(studio.project())
    built = studio.task(parent, start=NOON, schedule_timing=None, schedule_unit=None)
    changed = studio.task(parent, start=NOON, schedule_timing=3, schedule_unit="d")
    changed.schedule_timing = None
    studio.reload()
    for task in (built, changed):
        assert (task.schedule_timing, task.schedule_unit) == (1, "h")
        assert (task.duration, task.schedule_seconds) == (HOUR, 3600)
    assert parent.schedule_seconds == 2 * 3600 and parent.duration == HOUR


@pytest.mark.parametrize("wrong", ["NULL", "-1"])
def test_a_sum_that_is_not_known_is_formed_anew(studio: Studio, wrong: str) -> None:
    """10 §1.10: a container whose sum is missing, or negative, adds up what is below it."""
    top = studio.task(studio.project())
    middle = studio.task(top)
    task = studio.task(middle, start=NOON, schedule_timing=2)
    log(studio, task)
    DBSession.commit()
    both = f"schedule_seconds = {wrong}" + ", total_logged_seconds = NULL" * (wrong == "NULL")
    DBSession.execute(text(f'UPDATE "Tasks" SET {both} WHERE id IN ({top.id}, {middle.id})'))
    DBSession.commit()
    assert (top.schedule_seconds, top.total_logged_seconds) == (7200, 3600)
    assert (middle.schedule_seconds, middle.percent_complete) == (7200, 50.0)


@in_memory
def test_percent_of_nothing(studio: Studio) -> None:
    """A task without effort is 0 % done, unless it is completed or a milestone."""
    project = studio.project()
    task = studio.task(project, schedule_timing=0)
    assert task.percent_complete == 0.0 and task.schedule_seconds == 0
    give(task, "CMPL")
    assert task.percent_complete == 100.0
    assert studio.task(project, schedule_timing=0, is_milestone=True).percent_complete == 100.0


@in_memory
def test_sums_of_containers_can_be_set_and_repaired(studio: Studio) -> None:
    """Assigning a sum carries the difference upwards; `update_schedule_info()` forms all anew."""
    top = studio.task(studio.project())
    middle = studio.task(top)
    leaves = [studio.task(middle, schedule_timing=2), studio.task(top, schedule_timing=3)]
    assert (top.schedule_seconds, middle.schedule_seconds) == (5 * 3600, 2 * 3600)
    middle.schedule_seconds = 3600
    middle.total_logged_seconds = 1800
    assert (top.schedule_seconds, top.total_logged_seconds) == (4 * 3600, 1800)
    assert middle.percent_complete == 50.0 and middle.remaining_seconds == 1800
    with pytest.raises(TypeError, match=r"Task\.schedule_seconds"):
        middle.schedule_seconds = "much"  # type: ignore[assignment]
    top.update_schedule_info()
    assert (top.schedule_seconds, middle.schedule_seconds) == (5 * 3600, 2 * 3600)
    assert (top.total_logged_seconds, middle.total_logged_seconds) == (0, 0)
    assert [leaf.schedule_seconds for leaf in leaves] == [2 * 3600, 3 * 3600]


# --- Walking --------------------------------------------------------------------------------------


@in_memory
def test_walking_dependencies(studio: Studio) -> None:
    """Tasks come breadth first, once per way that leads to them."""
    project = studio.project()
    a, b, c, d, e, f = (studio.task(project, name=name) for name in "abcdef")
    c.depends = [e, f]
    d.depends = [c]
    b.depends = [c, d]
    a.depends = [b]
    assert "".join(task.name for task in a.walk_dependencies()) == "abcdefcef"
    assert "".join(task.name for task in a.walk_dependencies(0)) == "abcefdcef"
    assert "".join(task.name for task in a.walk_dependencies("breadth_first")) == "abcdefcef"


@everywhere
def test_walking_the_hierarchy(studio: Studio) -> None:
    """Descendants come depth first or breadth first; nothing else is accepted as a direction."""
    a = studio.task(studio.project(), name="a")
    b, c = studio.task(a, name="b"), studio.task(a, name="c")
    d, _ = studio.task(b, name="d"), studio.task(c, name="e")
    studio.task(d, name="f")
    studio.reload()
    assert "".join(task.name for task in a.walk_hierarchy()) == "abdfce"
    assert "".join(task.name for task in a.walk_hierarchy(method=1)) == "abcdef"
    assert "".join(task.name for task in b.walk_hierarchy()) == "bdf"
    for wrong, error in ((2, ValueError), ("sideways", ValueError), (1.0, TypeError)):
        with pytest.raises(error):
            list(a.walk_hierarchy(wrong))  # type: ignore[arg-type]
    assert d.level == 3 and d.parents == [a, b]
    assert (a.is_root, a.is_leaf, a.is_container) == (True, False, True)
    assert (d.is_root, d.is_leaf, d.is_container) == (False, False, True)


@in_memory
def test_a_very_deep_hierarchy(studio: Studio) -> None:
    """Nothing about ancestors or descendants recurses: a thousand levels work."""
    top = task = studio.task(studio.project())
    for _ in range(1200):
        task = studio.task(task)
    assert task.level == 1201
    assert sum(1 for _ in top.walk_hierarchy()) == 1201
    assert top.schedule_seconds == 3600
    task.schedule_timing = 2
    assert top.schedule_seconds == 7200 and top.duration == 2 * HOUR
    with pytest.raises(CircularDependencyError):
        top.parent = task
    with pytest.raises(CircularDependencyError):
        task.depends.append(top)


# --- TaskJuggler ----------------------------------------------------------------------------------


def squeezed(statement: str) -> str:
    return " ".join(statement.split())


@everywhere
def test_identifiers_for_taskjuggler(studio: Studio) -> None:
    """The class and the id name a task; ancestors and the project stand before it."""
    project = studio.project()
    top = studio.task(project)
    task = studio.task(top)
    if not studio.stored:
        assert task.tjp_id == "Task_None"
        return
    studio.commit()
    assert task.tjp_id == f"Task_{task.id}"
    assert task.tjp_abs_id == f"Project_{project.id}.Task_{top.id}.Task_{task.id}"


def test_text_for_taskjuggler(studio: Studio) -> None:
    """Each kind of task is exported with what TaskJuggler needs to know, and nothing else."""
    project, ada, bob, eve = (
        studio.project(),
        studio.user("Ada"),
        studio.user("Bob"),
        studio.user("Eve"),
    )
    top = studio.task(project, priority=888)
    work = studio.task(
        top,
        start=NOON,
        end=NOON + 3 * DAY,
        schedule_constraint=3,
        schedule_timing=10,
        schedule_unit="d",
        resources=[ada, bob],
        alternative_resources=[eve],
    )
    after = studio.task(
        top,
        depends=[work],
        resources=[eve],
        schedule_timing=2,
        schedule_model="length",
        priority=888,
        persistent_allocation=False,
    )
    goal = studio.task(top, is_milestone=True, priority=888, depends=[after, work])
    after.task_depends_to[0].dependency_target = "onstart"
    after.task_depends_to[0].gap_timing = 2
    after.task_depends_to[0].gap_unit = "d"
    held = studio.task(top, priority=0)
    DBSession.flush()
    p = project.tjp_id
    timing = work.schedule_timing
    assert squeezed(work.to_tjp) == squeezed(f"""
        task {work.tjp_id} "{work.tjp_id}" {{
            priority 500
            start 2026-03-02-12:00
            end 2026-03-05-12:00
            effort {timing}d
            allocate {ada.tjp_id} {{
                alternative {eve.tjp_id} select minallocated persistent
            }}, {bob.tjp_id} {{
                alternative {eve.tjp_id} select minallocated persistent
            }}
        }}""")
    gap = after.task_depends_to[0].gap_timing
    assert squeezed(after.to_tjp) == squeezed(f"""
        task {after.tjp_id} "{after.tjp_id}" {{
            depends {p}.{top.tjp_id}.{work.tjp_id} {{onstart gaplength {gap}d}}
            length {after.schedule_timing}h
            allocate {eve.tjp_id}
        }}""")
    assert squeezed(goal.to_tjp) == squeezed(f"""
        task {goal.tjp_id} "{goal.tjp_id}" {{
            depends {after.tjp_abs_id} {{onend}}, {work.tjp_abs_id} {{onend}}
            milestone
        }}""")
    assert squeezed(held.to_tjp) == f'task {held.tjp_id} "{held.tjp_id}" {{ priority 1 }}'
    inside = " ".join(squeezed(each.to_tjp) for each in (work, after, goal, held))
    assert squeezed(top.to_tjp) == (f'task {top.tjp_id} "{top.tjp_id}" {{ priority 888 {inside} }}')


def test_bookings_for_taskjuggler(studio: Studio) -> None:
    """10 §1.12: every leaf tells who has worked when, with or without resources; in UTC."""
    from zoneinfo import ZoneInfo

    ada, eve = studio.user("Ada"), studio.user("Eve")
    top = studio.task(studio.project())
    task = studio.task(top, resources=[ada], schedule_timing=2, schedule_unit="d")
    local = datetime(2026, 7, 1, 9, tzinfo=ZoneInfo("Europe/Istanbul"))
    TimeLog(task=task, resource=ada, start=local, end=local + 2 * HOUR)
    TimeLog(task=task, resource=eve, start=NOON, end=NOON + HOUR)
    alone = studio.task(top)
    TimeLog(task=alone, resource=eve, start=NOON + DAY, end=NOON + DAY + HOUR)
    studio.reload()
    assert squeezed(task.to_tjp) == squeezed(f"""
        task {task.tjp_id} "{task.tjp_id}" {{
            effort {task.schedule_timing}d
            allocate {ada.tjp_id}
            booking {ada.tjp_id} 2026-07-01-06:00:00 - 2026-07-01-08:00:00 {{ overtime 2 }}
            booking {eve.tjp_id} 2026-03-02-12:00:00 - 2026-03-02-13:00:00 {{ overtime 2 }}
        }}""")
    assert squeezed(alone.to_tjp) == squeezed(f"""
        task {alone.tjp_id} "{alone.tjp_id}" {{
            booking {eve.tjp_id} 2026-03-03-12:00:00 - 2026-03-03-13:00:00 {{ overtime 2 }}
        }}""")
    assert "overtime" not in top.to_tjp.replace(task.to_tjp, "").replace(alone.to_tjp, "")


def test_no_effort_of_zero_reaches_taskjuggler(studio: Studio) -> None:
    """A leaf without effort is exported without one: TaskJuggler would refuse the whole plan."""
    ada = studio.user()
    task = studio.task(studio.project(), schedule_timing=0, resources=[ada])
    calm = studio.task(task.project, schedule_timing=3, schedule_model="duration")
    studio.commit()
    assert "effort" not in task.to_tjp
    assert squeezed(calm.to_tjp) == (
        f'task {calm.tjp_id} "{calm.tjp_id}" {{ duration {calm.schedule_timing}h }}'
    )


def test_a_studio_may_write_its_own_template(studio: Studio) -> None:
    """The template of the configuration receives the task and UTC."""
    task = studio.task(studio.project(), start=NOON)
    stalker.defaults.tjp_task_template = (
        "{{ task.name }} {{ task.start.astimezone(utc).strftime('%H:%M') }}"
    )
    assert task.to_tjp == f"{task.name} 12:00"


# --- Paths ----------------------------------------------------------------------------------------


def conventions(path: str, filename: str = "{{version.nice_name}}", target: str = "Task") -> Any:
    template = FilenameTemplate(
        name="Template", target_entity_type=target, path=path, filename=filename
    )
    return Structure(name="Structure", templates=[template])


@everywhere
def test_the_folder_of_a_task(studio: Studio) -> None:
    """It is rendered from the template for the class of the task and normalised."""
    structure = conventions(
        "{{project.code}}/{%- for task in parent_tasks -%}{{task.nice_name}}/{%- endfor -%}"
    )
    project = studio.project(structure=structure, code="prj")
    task = studio.task(project, name="Lighting")
    child = studio.task(task, name="Key & Fill")
    studio.reload()
    assert task.path == "prj/Lighting"
    assert child.path == "prj/Lighting/Key_Fill"
    assert task.absolute_path == "prj/Lighting"
    asset = studio.task(project, kind=Asset, name="Lamp", code="LMP", type=studio.type("Asset"))
    for attribute in ("path", "absolute_path"):
        with pytest.raises(RuntimeError, match="template"):
            getattr(asset, attribute)
        project.structure = None
        with pytest.raises(RuntimeError, match="structure"):
            getattr(task, attribute)
        project.structure = structure


@everywhere
def test_absolute_paths_resolve_the_repository(studio: Studio) -> None:
    """Variables and roots of the project's repositories become paths of this machine; no others."""
    repository = Repository(
        name="Server", code="SRV", linux_path="/mnt/T/", windows_path="T:/", osx_path="/Volumes/T/"
    )
    structure = conventions("$REPOSRV/{{project.code}}/{{task.nice_name}}")
    project = studio.project(structure=structure, repositories=[repository])
    task = studio.task(project, name="Light")
    studio.commit()
    assert task.path == "$REPOSRV/LHS/Light"
    assert task.absolute_path == repository.path + "LHS/Light"
    structure.templates[0].path = "T:/{{project.code}}/{{task.nice_name}}"
    assert task.path == "T:/LHS/Light"
    assert task.absolute_path == repository.path + "LHS/Light"
    structure.templates[0].path = "{{project.repository.path}}/{{task.nice_name}}"
    assert task.path == repository.path + "Light"
    for escape in ("/etc/{{task.nice_name}}", "../{{task.nice_name}}", "$HOME/../x", "a//b"):
        structure.templates[0].path = escape
        with pytest.raises(ValueError):  # noqa: PT011 - which part is unsafe differs
            _ = task.path
    structure.templates[0].path = "{{project.code}}/{{task.nothing}}/x"
    with pytest.raises(ValueError, match="empty"):
        _ = task.path


@in_memory
def test_template_variables_of_a_task(studio: Studio) -> None:
    """The names under which templates find a task, its ancestors and its project."""
    project = studio.project()
    parent = studio.task(project)
    task = studio.task(parent)
    variables = task._template_variables()
    assert variables == {
        "project": project,
        "sequences": [],
        "scenes": [],
        "sequence": task,
        "shot": task,
        "asset": task,
        "task": task,
        "parent_tasks": [parent, task],
        "type": None,
    }


# --- Deletion -------------------------------------------------------------------------------------

JOINED = (
    "Task_Resources",
    "Task_Alternative_Resources",
    "Task_Computed_Resources",
    "Task_Watchers",
    "Task_Responsible",
    "Task_References",
    "Task_Dependencies",
)


def rows(table: str) -> int:
    count = DBSession.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one()
    return int(count)


def full_production(studio: Studio) -> dict[str, Any]:
    ada = studio.user()
    project = studio.project()
    other = studio.task(project)
    top = studio.task(project)
    reference = Link(name="Photo", full_path="/photo.jpg")
    task = studio.task(
        top,
        depends=[other],
        resources=[ada],
        alternative_resources=[ada],
        watchers=[ada],
        responsible=[ada],
        references=[reference],
    )
    after = studio.task(project, depends=[task])
    task.computed_start, task.computed_end = NOON, NOON + DAY
    task.computed_resources = [ada]
    version = Version(task=task)
    DBSession.flush()
    used = Version(task=other, inputs=[version])
    DBSession.commit()
    return locals()


@pytest.mark.parametrize("way", ["session", "statement", "parent"])
def test_deleting_a_task(studio: Studio, way: str) -> None:
    """It takes its descendants, versions and rows with it, however it is deleted; others stay."""
    made = full_production(studio)
    top = made["top"]
    kept = ("ada", "project", "other", "reference", "after", "used")
    survivors = {made[key].id for key in kept}
    used, gone = made["used"].id, {made[key].id for key in ("top", "task", "version")}
    if way == "session":
        DBSession.delete(top)
    elif way == "statement":
        DBSession.execute(text(f'DELETE FROM "Tasks" WHERE id = {top.id}'))
    else:
        made["project"].tasks.remove(top)
    DBSession.commit()
    DBSession.expunge_all()
    left = set(DBSession.scalars(select(SimpleEntity.id)))
    assert survivors <= left and not gone & left
    assert {table: rows(table) for table in JOINED} == dict.fromkeys(JOINED, 0)
    assert DBSession.get(Version, used).inputs == []


@pytest.mark.parametrize("way", ["session", "statement"])
def test_a_task_that_is_deleted_takes_its_work_along(studio: Studio, way: str) -> None:
    """10 §1.17: logs and reviews of it and of what is below go; people and tickets stay."""
    project = studio.project()
    top = studio.task(project)
    task, other = studio.task(top, start=NOON), studio.task(project, start=NOON)
    good = Good(name="Comp", cost=1)
    task.good, ada = good, studio.user()
    logs = [log(studio, each) for each in (task, other)]
    review(studio, task, reviewer=ada)
    ticket = Ticket(project=project, links=[task, other])
    DBSession.commit()
    worker, kept = logs[0].resource, logs[1]
    if way == "session":
        DBSession.delete(top)
    else:
        DBSession.execute(text(f'DELETE FROM "Tasks" WHERE id = {top.id}'))
    DBSession.commit()
    DBSession.expire_all()
    assert project.tasks == [other] and DBSession.scalars(select(TimeLog)).all() == [kept]
    assert rows("Reviews") == 0 and ticket.links == [other] and worker.time_logs == []
    assert DBSession.get(Good, good.id) is good and ada.name == "Ada"
    DBSession.delete(kept.resource)
    DBSession.commit()
    DBSession.expire_all()
    assert other.time_logs == [] and project.tasks == [other]


def test_deleting_what_a_task_is_related_to(studio: Studio) -> None:
    """People and references go without the task; the project takes all its tasks along."""
    made = full_production(studio)
    task = made["task"]
    DBSession.delete(made["ada"])
    DBSession.delete(made["reference"])
    DBSession.commit()
    assert task.resources == task.watchers == task.responsible == task.references == []
    assert {table: rows(table) for table in JOINED[:6]} == dict.fromkeys(JOINED[:6], 0)
    DBSession.delete(made["project"])
    DBSession.commit()
    for table in ("Tasks", "Versions", "Projects", "Task_Dependencies"):
        assert rows(table) == 0, table


def test_a_child_that_is_taken_out_survives(studio: Studio) -> None:
    """A child that leaves its parent becomes a root, and stays in the project."""
    project = studio.project()
    top = studio.task(project)
    one, two = studio.task(top), studio.task(top)
    DBSession.commit()
    top.children.remove(one)
    two.parent = None
    DBSession.commit()
    DBSession.expire_all()
    assert one.parent is None and two.parent is None and top.children == []
    assert project.tasks == [top, one, two] == project.root_tasks


def test_deleting_a_prerequisite_lets_the_others_begin(studio: Studio) -> None:
    """Whoever waited for a task that is deleted is evaluated again, containers above it too."""
    project = studio.project()
    first, second = studio.task(project), studio.task(project)
    top = studio.task(project)
    waiting = studio.task(top, depends=[first])
    patient = studio.task(top, depends=[first, second])
    DBSession.commit()
    assert [code_of(task) for task in (waiting, patient, top)] == ["WFD", "WFD", "WFD"]
    DBSession.delete(first)
    DBSession.commit()
    assert [code_of(task) for task in (waiting, patient, top)] == ["RTS", "WFD", "RTS"]
    assert waiting.depends == [] and patient.depends == [second]


# --- Statements -----------------------------------------------------------------------------------


def test_building_many_tasks_takes_few_statements(studio: Studio, statements: Any) -> None:
    """300 tasks with parents, dependencies and people cost a tenth of a statement each."""
    project, ada, bob = studio.project(), studio.user(), studio.user("Bob")
    DBSession.commit()
    people, number = [ada.id, bob.id, project.id], 300
    assert people
    recorded = statements()
    made: list[Task] = []
    for index in range(number):
        parent = made[index - index % 10] if index % 10 else project
        made.append(
            studio.task(
                parent,
                depends=[made[index - 1]] if index % 10 > 1 else [],
                resources=[ada, bob],
            )
        )
    DBSession.commit()
    assert len(recorded) <= number * 0.1, "\n".join(recorded)
    assert rows("Tasks") == number and rows("Task_Dependencies") == 240


def test_adding_a_task_does_not_load_the_others(studio: Studio, statements: Any) -> None:
    """The first task and the hundredth cost the same; asking for children does not load them."""
    project = studio.project()
    top = studio.task(project)
    for _ in range(100):
        studio.task(top)
    lone = studio.task(project)
    DBSession.commit()
    number, other = top.id, lone.id
    DBSession.expunge_all()
    project = DBSession.scalars(select(Project)).one()
    top, lone = DBSession.get(Task, number), DBSession.get(Task, other)
    recorded = statements()
    assert top.is_container and not top.is_leaf and not lone.is_container and lone.is_leaf
    assert len(recorded) == 3  # that there are none is asked once
    del recorded[:]
    studio.task(project)
    studio.task(top)
    DBSession.commit()
    assert len(recorded) <= 20, "\n".join(recorded)
    assert sum(isinstance(each, Task) for each in DBSession.identity_map.values()) <= 4
    assert rows("Tasks") == 104


@everywhere
@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("schedule_timing", 1e9),
        ("computed_start", datetime.max.replace(tzinfo=UTC)),
        ("start", datetime.max.replace(tzinfo=UTC)),
        ("duration", timedelta.max),
    ],
)
def test_dates_beyond_the_calendar(studio: Studio, attribute: str, value: Any) -> None:
    """What would end after the last year is refused as a whole, and the message names it."""
    parent = studio.task(studio.project())
    task = studio.task(parent, schedule_timing=3)
    studio.commit()
    before = getattr(task, attribute), task.start, task.end, parent.schedule_seconds
    with pytest.raises(ValueError, match=r"^Task: start and end must lie between the years"):
        setattr(task, attribute, value)
    assert (getattr(task, attribute), task.start, task.end, parent.schedule_seconds) == before
    studio.reload()
    assert (getattr(task, attribute), task.start, task.end, parent.schedule_seconds) == before
