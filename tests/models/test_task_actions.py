"""What may be done with a task, and what it leads to: the tables of 11 §2 to §6."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise, product
from typing import Any

import pytest

import stalker
from stalker import Task
from stalker.db.session import DBSession
from stalker.exceptions import StatusError
from stalker.models.task.propagation import derived_status
from stalker.models.task.surroundings import Surroundings
from stalker.workflow.tasks import OUTCOMES, TASKS
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

ACTIONS: dict[str, Callable[[Studio, Task], Any]] = {
    "request_review": lambda studio, task: task.request_review(),
    "request_revision": lambda studio, task: task.request_revision(studio.user("Judge")),
    "hold": lambda studio, task: task.hold(),
    "stop": lambda studio, task: task.stop(),
    "resume": lambda studio, task: task.resume(),
}
#: 11 §2, for a leaf with a log and without prerequisites; what is missing is a `StatusError`
EXPECTED = {
    "request_review": {"WIP": "PREV"},
    "request_revision": {"PREV": "HREV", "CMPL": "HREV"},
    "hold": {"WIP": "OH", "DREV": "OH", "OH": "OH"},
    "stop": {"WIP": "STOP", "DREV": "STOP", "STOP": "STOP"},
    "resume": {"OH": "WIP", "STOP": "WIP"},
}
CASES = list(product(ACTIONS, CODES))


def snapshot(task: Task) -> tuple[Any, ...]:
    return (
        code_of(task), task.priority, task.schedule_timing, task.schedule_unit, task.start,
        task.end, task.review_number, list(task.reviews), list(task.time_logs),
    )  # fmt: skip


@everywhere
@pytest.mark.parametrize(("action", "code"), CASES, ids=["-".join(case) for case in CASES])
def test_the_table_of_actions(studio: Studio, action: str, code: str) -> None:
    """Each action in each status leads to the one of the table, or changes nothing."""
    task = studio.task(studio.project(), start=NOON, responsible=[studio.user()])
    log(studio, task)
    give(task, code)
    before = snapshot(task)
    expected = EXPECTED[action].get(code)
    if expected is None:
        with pytest.raises(StatusError, match=rf"Task\.{action}\(\) .*{code}") as caught:
            ACTIONS[action](studio, task)
        assert caught.value.task is task and caught.value.action == action
        assert caught.value.allowed_actions == task.allowed_actions
        assert snapshot(task) == before and not task.can(action)
    else:
        assert task.can(action)
        ACTIONS[action](studio, task)
        assert code_of(task) == expected
    studio.reload()
    assert code_of(task) == (expected or code)


@in_memory
def test_containers_have_no_work_of_their_own(studio: Studio) -> None:
    """11 BT-14: no action of a leaf is possible on a container, whatever its status."""
    parent = studio.task(studio.project(), responsible=[studio.user()])
    studio.task(parent)
    for code in ("RTS", "WIP", "CMPL"):
        give(parent, code)
        for action in ("request_review", "hold", "stop", "resume"):
            with pytest.raises(ValueError, match=rf"Task\.{action}\(\) must be a leaf"):
                ACTIONS[action](studio, parent)
        assert parent.allowed_actions in ([], ["add_dependency"])
    with pytest.raises(ValueError, match="leaf"):
        ACTIONS["request_revision"](studio, parent)
    with pytest.raises(ValueError, match="leaf"):
        review(studio, parent)


def test_the_table_is_complete() -> None:
    """Statuses are known, every effect and every guard is there, and every status is reached."""
    reached = {"WFD", "RTS"}
    for workflow in (TASKS, OUTCOMES):
        for action in workflow.actions:
            for code, step in workflow.steps(action).items():
                assert code.upper() in CODES and step.new_status in CODES
                reached.add(str(step.new_status))
                for name in filter(None, (step.effect, step.guard)):
                    assert name == "follow_prerequisites" or callable(getattr(Task, f"_{name}"))
                if workflow is TASKS and action != "add_dependency":
                    assert callable(getattr(Task, action))
    # one is reached only through a prerequisite
    assert reached | {"DREV"} == set(CODES)


@everywhere
def test_a_strict_studio_leaves_statuses_to_the_workflow(studio: Studio) -> None:
    """With `strict_workflow` only actions, and what follows from them, change a status."""
    project, ada = studio.project(), studio.user()
    parent = studio.task(project)
    before = studio.task(parent, start=NOON)
    task = studio.task(project, start=NOON + DAY, depends=[before])
    judged = review(studio, before, reviewer=ada)
    own = studio.status_list("Task", ["IDEA", "WFDX"]) if not studio.stored else None
    studio.reload()
    stalker.defaults.strict_workflow = True
    for thing, code in ((task, "RTS"), (task, "CMPL"), (parent, "CMPL"), (judged, "APP")):
        for wrong in (thing.status_list[code], list(thing.status_list).index(code)):
            was = thing.status
            with pytest.raises(StatusError, match=rf"\.status of .* {was.code}, not .*{code}"):
                thing.status = wrong
            assert thing.status is was
    task.status = task.status  # nothing changes
    if own is not None:
        free = studio.task(project, status_list=own)
        free.status = own["WFDX"]
        assert code_of(free) == "WFDX"
    log(studio, before)
    judged.approve()
    for _ in range(2):
        assert [code_of(each) for each in (before, parent, task)] == ["CMPL", "CMPL", "RTS"]
        studio.reload()
    log(studio, task, start=NOON + 9 * DAY)
    task.hold()
    stalker.defaults.strict_workflow = False
    task.status = task.status_list["WIP"]
    studio.reload()
    assert code_of(task) == "WIP"


@everywhere
def test_holding(studio: Studio) -> None:
    """11 §3.4: the priority drops, the plan stays, and nobody else notices."""
    project = studio.project()
    task = studio.task(project, priority=700, schedule_timing=5)
    after = studio.task(project, depends=[task])
    give(task, "WIP")
    task.hold()
    assert (code_of(task), task.priority, task.schedule_timing) == ("OH", 0, 5)
    assert code_of(after) == "WFD"


@everywhere
@pytest.mark.parametrize(("hours", "timing"), [(1, 2), (2, 4), (0, 0)])
def test_stopping_caps_the_effort(studio: Studio, hours: int, timing: int) -> None:
    """11 §3.5: two logs of 1 h make 2 h, and none makes 0 h; those who wait go on."""
    project = studio.project()
    task = studio.task(project, start=NOON, schedule_timing=10, schedule_unit="d")
    waiting = studio.task(project, depends=[task])
    reworked = studio.task(project, start=NOON + 100 * DAY, depends=[task])
    give(reworked, "DREV")
    for _ in range(2 if hours else 0):
        log(studio, task, hours)
    give(task, "WIP")
    task.stop()
    assert (code_of(task), task.schedule_timing, task.schedule_unit) == ("STOP", timing, "h")
    assert (code_of(waiting), code_of(reworked)) == ("RTS", "HREV")
    assert task.schedule_seconds == task.total_logged_seconds
    studio.commit()


@everywhere
@pytest.mark.parametrize("is_completed", [True, False])
def test_what_is_over_lies_where_it_was_worked_on(studio: Studio, is_completed: bool) -> None:
    """11 §3.5, §5.3: the plan becomes what was done, and when; who waits for it may begin then.

    Also what is not written yet counts: a log that has moved, and one that is on another task now.
    """
    lead, film = studio.user(), studio.project()
    task = studio.task(film, start=NOON + 9 * DAY, responsible=[lead])
    after = studio.task(film, depends=[task])
    log(studio, task, 2, start=NOON)
    moved = log(studio, task, 1, start=NOON + 9 * HOUR)
    given = log(studio, task, 1, start=NOON - 9 * DAY)
    studio.commit()
    moved.start, moved.end = NOON + 4 * HOUR, NOON + 5 * HOUR
    given.task = studio.task(film)
    if is_completed:
        task.request_review()
        task.approve(lead)
    else:
        task.stop()
    studio.commit()
    assert (task.start, task.end) == (NOON, NOON + 5 * HOUR)
    assert (task.schedule_timing, task.schedule_unit) == (3, "h")
    assert task.percent_complete == 100
    log(studio, after, 1, start=NOON + 5 * HOUR)
    assert code_of(after) == "WIP"


@everywhere
@pytest.mark.parametrize("measure", ["length", "duration"])
def test_stopping_does_not_clamp_what_is_measured_by_time(studio: Studio, measure: str) -> None:
    """11 BT-8: plan and dates of a task that no log measures stay, and so does what is done."""
    lead, film = studio.user(), studio.project()
    task = studio.task(
        film,
        start=NOON - 9 * DAY,
        schedule_timing=3,
        schedule_unit="d",
        schedule_model=measure,
        responsible=[lead],
    )
    log(studio, task, 1, start=NOON - 9 * DAY)
    dates, done = (task.start, task.end), task.percent_complete
    assert done == 100
    for end in (task.stop, task.resume, task.request_review, lambda: task.approve(lead)):
        end()
        assert (task.schedule_timing, task.schedule_unit) == (3, "d")
        assert ((task.start, task.end), task.percent_complete) == (dates, done)
    studio.commit()


@everywhere
@pytest.mark.parametrize(
    ("prerequisite", "logs", "expected"),
    [
        (None, True, "WIP"),
        (None, False, "RTS"),
        *((code, logs, "WIP") for code in ("STOP", "CMPL") for logs in (True, False)),
        *(
            (code, logs, "DREV")
            for code in ("WFD", "RTS", "WIP", "PREV", "HREV", "DREV", "OH")
            for logs in (True, False)
        ),
    ],
)
@pytest.mark.parametrize("paused", ["OH", "STOP"])
def test_resuming(
    studio: Studio, paused: str, prerequisite: str | None, logs: bool, expected: str
) -> None:
    """11 §3.6, §7: as far as the prerequisites allow; nothing on them changes what rests."""
    parent = studio.task(studio.project())
    before = studio.task(parent, start=NOON)
    task = studio.task(parent, start=NOON + 10 * DAY)
    if prerequisite is not None:
        task.depends = [before]
    give(task, "WIP")
    if logs:
        log(studio, task)
    give(task, paused)
    if prerequisite is not None:
        give(before, prerequisite)
        before.update_status_with_dependent_statuses()
        give(before, prerequisite)
    assert code_of(task) == paused
    task.resume()
    assert code_of(task) == expected
    assert code_of(parent) == ("RTS" if (expected, prerequisite) == ("RTS", None) else "WIP")


@everywhere
def test_resuming_what_was_stopped_is_a_revision(studio: Studio) -> None:
    """11 BT-4: those who have gone on meanwhile are told, at every distance."""
    project = studio.project()
    first = studio.task(project)
    second = studio.task(project, depends=[first])
    third = studio.task(project, depends=[second])
    idle = studio.task(project, depends=[first])
    give(first, "WIP")
    first.stop()
    assert (code_of(second), code_of(idle)) == ("RTS", "RTS")
    give(second, "CMPL")
    give(third, "WIP")
    studio.commit()
    first.resume()
    codes = [code_of(each) for each in (second, third, idle)]
    assert codes == ["DREV", "DREV", "WFD"]
    studio.reload()
    assert [code_of(each) for each in (second, third, idle)] == codes


@everywhere
def test_nobody_is_asked_for_a_review(studio: Studio) -> None:
    """11 BT-13: without anybody responsible a request is a `ValueError`, and changes nothing."""
    task = studio.task(studio.project())
    give(task, "WIP")
    with pytest.raises(ValueError, match=r"Task\.request_review\(\) .*responsible"):
        task.request_review()
    assert code_of(task) == "WIP" and task.reviews == []


# --- What spreads ---------------------------------------------------------------------------------


def revise(studio: Studio, task: Task) -> None:
    """Request a revision; without a database the list of statuses has to be given by hand."""
    if studio.stored:
        task.request_revision(studio.user("Judge"))
    else:
        review(studio, task).request_revision()


#: 11 §5.4: of a dependent, before, after its prerequisite was revised, and after that is completed
SPREADS = [
    ("WFD", "WFD", "RTS"),
    ("RTS", "WFD", "RTS"),
    ("WIP", "DREV", "HREV"),
    ("PREV", "PREV", "PREV"),
    ("HREV", "DREV", "HREV"),
    ("DREV", "DREV", "HREV"),
    ("OH", "OH", "OH"),
    ("STOP", "STOP", "STOP"),
    ("CMPL", "DREV", "HREV"),
]


@everywhere
@pytest.mark.parametrize(("before", "revised", "again"), SPREADS)
def test_what_a_revision_does_to_dependents(
    studio: Studio, before: str, revised: str, again: str
) -> None:
    """11 §5.4: the table, and the link is loosened for whoever has begun."""
    project = studio.project()
    task = studio.task(project, start=NOON)
    after = studio.task(project, start=NOON + 50 * DAY, depends=[task])
    further = studio.task(project, start=NOON + 90 * DAY, depends=[after])
    give(task, "CMPL")
    give(after, "RTS")
    if before not in ("WFD", "RTS"):
        log(studio, after)
    give(after, before)
    give(further, "CMPL" if before == "CMPL" else "WFD")
    studio.commit()
    revise(studio, task)
    assert (code_of(task), code_of(after)) == ("HREV", revised)
    assert code_of(further) == ("DREV" if before == "CMPL" else "WFD")
    begun = revised not in ("WFD", "RTS")
    assert after.task_depends_to[0].dependency_target == ("onstart" if begun else "onend")
    studio.commit()
    log(studio, task)
    review(studio, task).approve()
    assert (code_of(task), code_of(after)) == ("CMPL", again)
    studio.reload()
    assert (code_of(task), code_of(after)) == ("CMPL", again)


@everywhere
def test_a_chain_of_completed_tasks(studio: Studio) -> None:
    """11 §5.4: a revision degrades all that follow, loosens their links, and tells containers."""
    project = studio.project()
    boxes = [studio.task(project) for _ in range(5)]
    a, b, c, d, e = (studio.task(box, start=NOON) for box in boxes)
    chain = [a, b, c, d, e]
    for before, after in pairwise(chain):
        after.depends = [before]
    for task in chain:
        give(task, "CMPL")
        task.update_parent_statuses()
    assert {code_of(box) for box in boxes} == {"CMPL"}
    studio.commit()
    revise(studio, b)
    assert [code_of(task) for task in chain] == ["CMPL", "HREV", "DREV", "DREV", "DREV"]
    targets = [task.task_depends_to[0].dependency_target for task in chain[1:]]
    assert targets == ["onend", "onstart", "onstart", "onstart"]
    assert [code_of(box) for box in boxes] == ["CMPL", "WIP", "WIP", "WIP", "WIP"]


@everywhere
def test_what_is_left_after_a_revision(studio: Studio) -> None:
    """11 §5.4: whoever has no effort left gets one step more; others keep what they have."""
    project = studio.project()
    task = studio.task(project, start=NOON)
    x, y, z = (
        studio.task(project, start=NOON + 50 * DAY, schedule_timing=2, depends=[task])
        for _ in range(3)
    )
    give(task, "CMPL")
    for each, hours in ((x, 2), (y, 1)):
        give(each, "RTS")
        log(studio, each, hours)
    revise(studio, task)
    assert [code_of(each) for each in (x, y, z)] == ["DREV", "DREV", "WFD"]
    log(studio, task)
    review(studio, task).approve()
    assert [code_of(each) for each in (x, y, z)] == ["HREV", "HREV", "RTS"]
    assert [each.schedule_seconds / 3600 for each in (x, y, z)] == [3, 2, 2]


@everywhere
def test_whoever_loses_a_prerequisite_has_time_left(studio: Studio) -> None:
    """11 §4.2: one step more, also if what it waited for is not needed any more."""
    project = studio.project()
    first, second = studio.task(project, start=NOON), studio.task(project, start=NOON)
    task = studio.task(project, start=NOON, schedule_timing=2, depends=[first, second])
    for each in (first, second):
        give(each, "CMPL")
    give(task, "RTS")
    log(studio, task, 2, start=NOON + 9 * DAY)
    give(second, "WIP")
    give(task, "DREV")
    studio.commit()
    task.depends.remove(second)
    assert (code_of(task), task.schedule_timing) == ("HREV", 3)
    studio.reload()
    assert (code_of(task), task.schedule_timing) == ("HREV", 3)


@everywhere
@pytest.mark.parametrize("end", ["stop", "complete"])
def test_what_is_planned_after_the_end_stays(studio: Studio, end: str) -> None:
    """The plan is what was done when the task ended, and then what somebody makes of it."""
    task = studio.task(studio.project(), start=NOON, schedule_timing=9)
    log(studio, task, 2)
    extra = log(studio, task, 2, start=NOON + DAY)
    studio.commit()
    if end == "stop":
        task.stop()
    else:
        review(studio, task).approve()
    task.time_logs.remove(extra)
    if studio.stored:
        DBSession.flush()
    assert (task.schedule_timing, task.total_logged_seconds) == (4, 2 * 3600)
    task.schedule_timing = 7
    studio.reload()
    assert task.schedule_timing == 7


@everywhere
def test_another_plan_leaves_a_status_alone(studio: Studio) -> None:
    """Work in progress stays that without any log, until something that it follows from changes."""
    task = studio.task(studio.project(), start=NOON)
    studio.commit()
    gone = log(studio, task)
    studio.commit()
    task.time_logs.remove(gone)
    studio.commit()
    task.schedule_timing = 7
    task.start += DAY
    studio.reload()
    assert code_of(task) == "WIP"


@everywhere
def test_a_container_that_is_finished_sets_its_dependants_free(studio: Studio) -> None:
    """D11: a container that becomes finished, or unfinished, updates its dependants like a leaf."""
    project = studio.project()
    box = studio.task(project)
    inner = studio.task(box)
    task = studio.task(inner, start=NOON)
    after = studio.task(project, depends=[box])
    end = studio.task(project, depends=[after])
    log(studio, task)
    assert code_of(after) == "WFD"
    review(studio, task).approve()
    assert [code_of(each) for each in (task, inner, box, after, end)] == [
        "CMPL", "CMPL", "CMPL", "RTS", "WFD",
    ]  # fmt: skip
    give(after, "CMPL")
    give(end, "WIP")
    studio.commit()
    revise(studio, task)
    assert [code_of(each) for each in (task, inner, box, after, end)] == [
        "HREV", "WIP", "WIP", "DREV", "DREV",
    ]  # fmt: skip


def ladder(studio: Studio, levels: int) -> tuple[Task, list[Task]]:
    """Return the top of a ladder of diamonds, and all tasks below it; everything is completed."""
    project = studio.project()
    top = studio.task(project, start=NOON)
    made, ends = [], [top]
    for _ in range(levels):
        sides = [studio.task(project, start=NOON, depends=ends) for _ in range(2)]
        ends = [studio.task(project, start=NOON, depends=sides)]
        made += [*sides, *ends]
    for task in (top, *made):
        give(task, "CMPL")
    return top, made


def test_a_revision_asks_a_few_questions(
    studio: Studio, statements: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """11 BT-16: neither statements nor visits grow with the paths, of which there are 2 ** 300."""
    visited: list[Task] = []

    def derived(task: Task, around: Surroundings) -> str:
        visited.append(task)
        return derived_status(task, around)

    monkeypatch.setattr("stalker.models.task.propagation.derived_status", derived)
    counts, visits = [], []
    for levels in (4, 300):
        top, made = ladder(studio, levels)
        DBSession.commit()
        number, numbers = top.id, [task.id for task in made]
        judge = studio.user(f"Judge {levels}")
        DBSession.commit()
        judge_id = judge.id
        DBSession.remove()
        found, person = DBSession.get(Task, number), DBSession.get(type(judge), judge_id)
        assert found is not None
        recorded = statements()
        visited.clear()
        found.request_revision(person)
        DBSession.commit()
        counts.append(len(recorded))
        visits.append(len(visited) / len(made))

        DBSession.remove()
        codes = {code_of(task) for task in DBSession.query(Task).filter(Task.id.in_(numbers))}
        assert codes == {"DREV"}
    # more than 500 are asked for their classes first
    assert counts[1] <= counts[0] + 1 <= 40, "\n".join(recorded)
    # each task when it follows at once, and when it is written
    assert max(visits) <= 6, visits
