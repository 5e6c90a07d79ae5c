"""What is omitted is in no plan, until it is omitted no more."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest

import stalker
from stalker import (
    NativeScheduler,
    Project,
    Studio,
    Tag,
    Task,
    TaskJugglerScheduler,
    TimeLog,
    WorkingHours,
)
from stalker.db.session import DBSession
from stalker.exceptions import CircularDependencyError
from stalker.models.task.omission import OMITTED, left_out, omitted_with
from stalker.scheduling import Planned
from stalker.services.planning import draft, plan, stored
from stalker.workflow.derive import is_finished
from tests.models.production import give
from tests.models.test_schedulers import at, dates, user
from tests.scheduling.tj3 import needs_tj3


@pytest.fixture
def house(database: str) -> Studio:
    """A studio that plans from Monday, 3 February, on, eight hours a day."""
    hours = WorkingHours(daily_working_hours=8)
    for day in range(5):
        hours[day] = [[540, 1020]]
    made = Studio(name="House", start=at(3), end=at(87), now=at(3), working_hours=hours)
    DBSession.save(made)
    return made


def by_taskjuggler(studio: Studio) -> TaskJugglerScheduler:
    return TaskJugglerScheduler(
        studio, compute_resources=True, around_others=True, freeze_completed=True
    )


def through_objects(studio: Studio) -> TaskJugglerScheduler:
    made = by_taskjuggler(studio)
    made.parsing_method = 1
    return made


def omit(*tasks: Task) -> None:
    """Give them the tag; there may be several of that name."""
    for task in tasks:
        task.tags.append(Tag(name=OMITTED))
    DBSession.commit()


def take_back(tasks: list[Task]) -> None:
    for task in tasks:
        task.tags = []
    DBSession.commit()


def assert_around_parts(tasks: list[Task]) -> None:
    """Check that containers lie around all of their parts, as `stalker check` wants it."""
    for each in tasks:
        if each.children:
            ends = [moment for part in each.children for moment in dates(part)[0]]
            assert dates(each) == [(min(ends), max(ends))], each


@pytest.fixture
def film(house: Studio) -> dict[str, Any]:
    """Two shots by one artist, one after the other, and what waits for both; all of it planned."""
    ada, project = user("Ada"), Project(name="Film", code="FLM")
    cut = Task(name="Cut", project=project)
    found: dict[str, Any] = {"house": house, "ada": ada, "project": project, "cut": cut}
    for name, priority in (("SH1", 600), ("SH2", 500)):
        found[name] = shot = Task(name=name, parent=cut, priority=priority)
        before: list[Task] = []
        for step in ("Plate", "Anim", "Comp"):
            found[f"{name}/{step}"] = task = Task(
                name=step, parent=shot, resources=[ada], schedule_timing=8, start=at(3, 9),
                depends=before, priority=priority,
            )  # fmt: skip
            before = [task]
    both = [found["SH1/Comp"], found["SH2/Comp"]]
    found["grade"] = Task(name="Grade", project=project, depends=both, schedule_model="length")
    found["grade"].schedule_timing = 4
    DBSession.commit()
    # one part is done, and one was begun
    plate, anim = found["SH2/Plate"], found["SH2/Anim"]
    TimeLog(task=plate, resource=ada, start=at(3, 9), end=at(3, 13))
    give(plate, "CMPL")
    give(anim, "WIP")
    TimeLog(task=anim, resource=ada, start=at(4, 9), end=at(4, 13))
    house.now = at(3, 13)
    DBSession.commit()
    return found


SHOTS = ("SH1/Plate", "SH1/Anim", "SH1/Comp", "SH2/Plate", "SH2/Anim", "SH2/Comp")


@pytest.mark.parametrize(
    "make",
    [
        NativeScheduler,
        pytest.param(by_taskjuggler, marks=needs_tj3),
        pytest.param(through_objects, marks=needs_tj3),
    ],
)
def test_an_omitted_shot_leaves_the_plan(
    film: dict[str, Any], make: Callable[[Studio], Any]
) -> None:
    """What is left of it takes nobody's time; logs stay, and all is as before when it is back."""
    house, cut, grade = film["house"], film["cut"], film["grade"]
    tasks = [film[name] for name in SHOTS]
    plan(house, make(house))
    with_it, end = dates(*tasks, grade), film["project"].end
    kept, people = dates(film["SH2"], *tasks[4:]), [each.resources for each in tasks]
    omit(film["SH2"])
    assert plan(house, make(house)) == ""
    assert dates(*tasks[:3], grade, film["project"]) == [
        (at(3, 13), at(4, 17)),  # but for the hours that were logged on the other shot
        (at(5, 9), at(5, 17)),
        (at(6, 9), at(6, 17)),
        (at(6, 17), at(7, 13)),
        (at(3, 9), at(7, 13)),
    ]
    assert dates(film["SH2"], *tasks[4:]) == kept and [each.resources for each in tasks] == people
    assert [bool(each.computed_resources) for each in tasks] == [True] * 4 + [False] * 2
    assert_around_parts([cut, film["SH1"], film["SH2"]])
    # the drawn plan knows only what is planned, or was finished, whether it is stored or not
    for found in (draft(house), stored(house)):
        assert found.size == 8 == 10 - len(left_out(DBSession()))
        assert found.planned(film["project"]) == Planned(at(3, 9), at(7, 13))
        assert found.planned(film["SH2"]) == found.planned(film["SH2/Plate"])
        assert found.why(film["SH2/Comp"]) is None
    assert draft(house).stored_elsewhere(grade) is None
    assert [str(each) for each in draft(house).why(tasks[0]).delays] == [
        "'Ada' is busy with what is not in this plan until 2025-02-04 13:00"
    ]
    take_back([film["SH2"]])
    plan(house, make(house))
    assert dates(*tasks, grade) == with_it and film["project"].end == end
    assert tasks[5].computed_resources == [film["ada"]]


def test_what_waits_for_it_elsewhere(house: Studio) -> None:
    """Nor does what others plan wait for it, or find people at work on it."""
    ada, theirs, ours = (
        user("Ada"),
        Project(name="Theirs", code="T"),
        Project(name="Ours", code="O"),
    )
    far = Task(name="Far", project=theirs, resources=[ada], schedule_timing=16, priority=900)
    near = Task(name="Near", project=ours, resources=[ada], schedule_timing=1, depends=[far])
    DBSession.commit()
    plan(house, NativeScheduler(house))
    assert dates(near) == [(at(5, 9), at(5, 10))]
    omit(far)
    for scheduler in (NativeScheduler(house, projects=[ours]), NativeScheduler(house)):
        plan(house, scheduler)
        assert dates(near) == [(at(3, 9), at(3, 10))]
    # nothing else is in its project, or in what it is part of
    shot = Task(name="Shot", project=ours)
    omit(Task(name="Part", parent=shot, resources=[ada]))
    assert left_out(DBSession()) == {far.id, shot.id, shot.children[0].id}
    assert left_out(DBSession(), [ours.id]) == {shot.id, shot.children[0].id}
    assert {each.name for each in draft(house).problem.tasks} == {"Theirs", "Ours", "Near"}


def _above(task: Task) -> Iterator[Task]:
    yield task
    yield from task.parents


def _is_left_out(task: Task) -> bool:
    """Say whether no plan holds a task, by its own parts and containers."""
    if task.children:
        return all(map(_is_left_out, task.children))
    is_omitted = any(tag.name == OMITTED for each in _above(task) for tag in each.tags)
    return is_omitted and not is_finished(task.status.code)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_omitted(house: Studio, seed: int) -> None:
    """Random trees: exactly what is not finished is gone, with containers of nothing else."""
    chance = random.Random(seed)
    project, other = Project(name="Film", code="FLM"), Project(name="Other", code="OTH")
    people = [user("Ada"), user("Bob")]
    tasks: list[Task] = []
    for number in range(24):
        parent = chance.choice([None, *tasks])
        belongs = {"parent": parent} if parent else {"project": chance.choice([project, other])}
        some = chance.sample(people, 1)
        made = {"resources": some, "schedule_timing": 2, "start": at(3), **belongs}
        tasks.append(Task(name=f"T{number}", **made))
    for one, two in pairwise(tasks):
        if chance.random() < 0.5:
            with suppress(CircularDependencyError):
                two.depends = [one]
    DBSession.commit()
    for each in tasks:
        waits = any(one.depends for one in _above(each))
        if not each.children and not waits and chance.random() < 0.5:
            give(each, chance.choice(["CMPL", "STOP"]))
    DBSession.add(Tag(name=OMITTED, entities=[project]))  # only tasks are omitted
    marked = chance.sample(tasks, 4)
    omit(*marked)
    gone = {each.id for each in tasks if _is_left_out(each)}
    assert left_out(DBSession()) == gone and left_out(DBSession(), []) == set()
    for each in tasks:
        tops = [one for one in (each, *reversed(each.parents)) if one.tags]
        assert omitted_with(DBSession(), each) is (tops[0] if tops else None)
    before = dates(*tasks)
    plan(house, NativeScheduler(house))
    DBSession.expire_all()
    assert all(
        lies == dates(each)[0]
        for each, lies in zip(tasks, before, strict=True)
        if each.id in gone and not each.children
    )
    assert_around_parts(tasks)
    found = stored(house)
    assert found.size == len(tasks) - len(gone)
    for each in (project, other):
        ends = [
            lies
            for task in each.tasks
            if task.id not in gone and not task.children
            for lies in dates(task)[0]
        ]
        if ends:
            assert found.planned(each) == Planned(min(ends), max(ends)) and dates(each) == [
                (min(ends), max(ends))
            ]


@needs_tj3
def test_templates_of_a_studio_have_everything(house: Studio) -> None:
    """They write the tasks themselves: what they leave out is theirs to say, and no error."""
    changed = stalker.defaults.tjp_task_template.replace("    milestone", "    milestone # ours")
    stalker.defaults.tjp_task_template = changed
    ada, project = user("Ada"), Project(name="Film", code="FLM")
    omit(Task(name="Anim", project=project, resources=[ada], schedule_timing=1))
    plan(house, by_taskjuggler(house))
    assert dates(*project.tasks) == [(at(3, 9), at(3, 10))]


def test_it_takes_one_statement(house: Studio, statements: Callable[[], list[str]]) -> None:
    """None omitted or many: reading work and writing a plan take as many statements."""
    ada, project = user("Ada"), Project(name="Film", code="FLM")
    shots = [Task(name=f"SH{number}", project=project) for number in range(12)]
    for shot in shots:
        Task(name="Anim", parent=shot, resources=[ada], schedule_timing=1)
    DBSession.commit()
    counts = []
    for some in ([], shots[:1], shots[1:9]):
        omit(*some)
        DBSession.expire_all()
        assert house.working_hours and project.id
        recorded = statements()
        NativeScheduler(house, projects=[project]).schedule()
        counts.append(len(recorded))
        asked = [each for each in recorded if "Entity_Tags" in each]
        assert len(asked) == 2, "one to read, and one that is asked anyway when it is stored"
        DBSession.commit()
    assert counts[0] == counts[1] == counts[2]
