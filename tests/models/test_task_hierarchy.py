"""Containers: dates, sums and statuses follow the children, at once and on all levels."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, inspect, select

from stalker import Project, Task, TaskDependency, Version
from stalker.db.session import DBSession
from stalker.exceptions import CircularDependencyError, StatusError
from tests.models.production import (
    CODES,
    DAY,
    HOUR,
    NOON,
    Studio,
    actual_of,
    assert_consistent,
    code_of,
    everywhere,
    give,
    in_memory,
    log,
)


@pytest.fixture(autouse=True)
def _no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no work be done on tasks that are measured by time."""
    long_ago = datetime(1990, 1, 1, tzinfo=UTC)
    monkeypatch.setattr("stalker.models.task.effort.utc_now", lambda: long_ago)


# --- One step at a time ---------------------------------------------------------------------------


@everywhere
def test_a_task_becomes_a_container(studio: Studio) -> None:
    """The first child takes over dates and effort; nobody works on the parent itself any more."""
    project, ada = studio.project(), studio.user()
    top = studio.task(project, start=NOON - 50 * DAY, schedule_timing=40, schedule_unit="d")
    parent = studio.task(top, start=NOON, schedule_timing=5, resources=[ada])
    studio.task(top, start=NOON, schedule_timing=1)
    child = studio.task(
        parent, start=NOON + DAY, schedule_timing=2, schedule_model="duration", resources=[ada]
    )
    assert parent.resources == [] and ada.tasks == [child]
    assert (parent.start, parent.end) == (NOON + DAY, NOON + DAY + 2 * HOUR)
    assert parent.schedule_seconds == 2 * 3600 and top.schedule_seconds == 3 * 3600
    assert (top.start, top.end) == (NOON, NOON + DAY + 2 * HOUR)
    with pytest.raises(ValueError, match=r"Task\.resources"):
        parent.resources = [ada]
    with pytest.raises(ValueError, match=r"Task\.resources"):
        ada.tasks.append(parent)
    assert ada.tasks == [child]
    studio.reload()
    assert_consistent(project.tasks)
    assert parent.resources == []


@everywhere
def test_the_dates_of_a_container_are_those_of_its_children(studio: Studio) -> None:
    """They grow and shrink with the children on all levels; assigning them does nothing."""
    project = studio.project()
    top = studio.task(project)
    middle = studio.task(top)
    early = studio.task(middle, start=NOON, schedule_timing=1)
    late = studio.task(middle, start=NOON + 5 * DAY, schedule_timing=1)

    def dates() -> list[tuple[float, float]]:
        studio.reload()
        found = [(task.start - NOON, task.end - NOON) for task in (middle, top)]
        assert_consistent(project.tasks)
        return [(start / HOUR, end / HOUR) for start, end in found]

    assert dates() == [(0, 121)] * 2
    early.start = NOON - 2 * HOUR
    assert dates() == [(-2, 121)] * 2
    late.end = NOON + 6 * DAY
    assert dates() == [(-2, 144)] * 2
    late.end = NOON + 5 * DAY + 2 * HOUR
    assert dates() == [(-2, 122)] * 2
    early.start = NOON
    assert dates() == [(0, 122)] * 2
    early.schedule_timing = 10
    early.schedule_unit = "d"
    assert dates() == [(0, 240)] * 2
    early.schedule_timing = 1
    assert dates() == [(0, 122)] * 2
    for attribute, value in (
        ("start", NOON - 9 * DAY),
        ("end", NOON + 99 * DAY),
        ("duration", 70 * DAY),
        ("schedule_timing", 80),
        ("schedule_unit", "y"),
        ("schedule_constraint", 3),
    ):
        setattr(middle, attribute, value)
        assert dates() == [(0, 122)] * 2, attribute
    assert (middle.schedule_timing, middle.schedule_unit) == (80, "y")
    late.computed_start, late.computed_end = NOON + 30 * HOUR, NOON + 40 * HOUR
    assert dates() == [(0, 40)] * 2


@everywhere
def test_moving_a_child(studio: Studio) -> None:
    """Its effort leaves all former ancestors and joins all new ones, without a commit."""
    project = studio.project()
    one, two = studio.task(project), studio.task(project)
    a, b = studio.task(one), studio.task(two)
    moving = studio.task(a, start=NOON, schedule_timing=3)
    staying = studio.task(a, start=NOON + DAY, schedule_timing=4)
    other = studio.task(b, start=NOON + 2 * DAY, schedule_timing=5)
    studio.commit()

    def hours() -> list[int]:
        assert_consistent([one, two, a, b])
        return [task.schedule_seconds // 3600 for task in (one, a, two, b)]

    assert hours() == [7, 7, 5, 5]
    moving.parent = b
    assert hours() == [4, 4, 8, 8]
    a.children.append(moving)
    assert hours() == [7, 7, 5, 5]
    b.children = [other, staying]
    assert hours() == [3, 3, 9, 9]
    assert staying.parent is b and a.children == [moving]
    b.children.remove(other)
    assert hours() == [3, 3, 4, 4] and other.is_root
    moving.schedule_unit = "d"
    assert hours() == [27, 27, 4, 4]
    moving.schedule_model = "duration"
    assert hours() == [72, 72, 4, 4]
    b.children.insert(0, other)
    assert hours() == [72, 72, 9, 9]
    studio.reload()
    assert hours() == [72, 72, 9, 9]


@everywhere
def test_work_moves_below_a_leaf(studio: Studio) -> None:
    """A task on which somebody has worked may become the first child of another one."""
    project = studio.project()
    box, task = studio.task(project), studio.task(project, start=NOON)
    log(studio, task, 3)
    studio.commit()
    task.parent = box
    assert box.children == [task] and box.total_logged_seconds == 3 * 3600
    assert code_of(box) == "WIP"
    studio.reload()
    assert box.total_logged_seconds == 3 * 3600


@everywhere
def test_a_container_becomes_a_leaf_again(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its last child it begins now, and counts with its own timing."""
    now = NOON + 3 * DAY + HOUR / 4
    monkeypatch.setattr("stalker.models.task.rollup.utc_now", lambda: now)
    project = studio.project()
    top = studio.task(project)
    parent = studio.task(top, schedule_timing=7)
    child = studio.task(parent, start=NOON, schedule_timing=2)
    give(child, "CMPL")
    child.update_parent_statuses()
    assert [code_of(task) for task in (parent, top)] == ["CMPL", "CMPL"]
    child.parent = None
    assert parent.is_leaf and parent.children == []
    assert parent.start == NOON + 3 * DAY
    assert parent.end == parent.start + DAY and parent.duration == DAY
    assert parent.schedule_seconds == 7 * 3600 == top.schedule_seconds
    assert_consistent(project.tasks)
    again = studio.task(parent)
    parent.children = []
    assert again.is_root and parent.is_leaf
    studio.reload()
    assert_consistent(project.tasks)


@everywhere
def test_the_status_of_a_container_follows_at_once(studio: Studio) -> None:
    """Children that come, go or move refresh the status on both sides and on every level."""
    project = studio.project()
    first = studio.task(project)
    top = studio.task(project)
    parent = studio.task(top)
    done = studio.task(parent)

    def codes() -> list[str]:
        assert_consistent(project.tasks)
        return [code_of(parent), code_of(top)]

    give(done, "CMPL")
    done.update_parent_statuses()
    assert codes() == ["CMPL", "CMPL"]
    fresh = studio.task(parent)
    assert codes() == ["WIP", "WIP"]
    fresh.parent = None
    assert codes() == ["CMPL", "CMPL"]
    waiting = studio.task(parent, depends=[first])
    assert codes() == ["WIP", "WIP"]
    parent.children = [waiting]
    assert codes() == ["WFD", "WFD"]
    waiting.depends = []
    assert codes() == ["RTS", "RTS"]
    waiting.depends.append(first)
    assert codes() == ["WFD", "WFD"]
    parent.children.append(fresh)
    assert codes() == ["RTS", "RTS"]
    give(waiting, "STOP")
    give(fresh, "OH")
    fresh.update_parent_statuses()
    assert codes() == ["WIP", "WIP"]
    fresh.parent = None
    assert codes() == ["CMPL", "CMPL"]
    fresh.update_status_with_children_statuses()
    fresh.update_parent_statuses()
    assert code_of(fresh) == "OH"
    studio.reload()
    assert codes() == ["CMPL", "CMPL"]


def test_deleting_children(studio: Studio) -> None:
    """What is deleted leaves dates, sums and status of all its ancestors, one child or all."""
    project = studio.project()
    top = studio.task(project)
    parent = studio.task(top, schedule_timing=6)
    children = [studio.task(parent, start=NOON + n * DAY, schedule_timing=n + 1) for n in range(4)]
    studio.task(top, start=NOON + 2 * DAY, schedule_timing=1)
    give(children[0], "WIP")
    children[0].update_parent_statuses()
    DBSession.commit()
    assert code_of(top) == "WIP"
    DBSession.delete(children[0])
    DBSession.delete(children[3])
    DBSession.commit()
    assert parent.children == children[1:3]
    assert parent.start == NOON + DAY and top.schedule_seconds == 6 * 3600
    assert code_of(top) == "RTS"
    assert_consistent([top, parent])
    DBSession.delete(children[1])
    DBSession.delete(children[2])
    DBSession.commit()
    assert parent.is_leaf and parent.children == []
    assert parent.schedule_seconds == 6 * 3600 and top.schedule_seconds == 7 * 3600
    assert_consistent([top, parent])


@everywhere
def test_a_hierarchy_is_turned_round(studio: Studio) -> None:
    """What was above comes below, in one step, with all that follows."""
    project = studio.project()
    top = studio.task(project, start=NOON)
    middle = studio.task(top)
    leaf = studio.task(middle, start=NOON + DAY, schedule_timing=3)
    studio.reload()
    leaf.parent = None
    middle.parent = leaf
    top.parent = middle
    studio.reload()
    assert (leaf.children, middle.children, top.children) == ([middle], [top], [])
    assert leaf.schedule_seconds == 3600
    assert_consistent(project.tasks)
    middle.parent = None
    new = studio.task(middle)
    leaf.parent = new
    studio.reload()
    assert middle.children == [top, new] and new.children == [leaf] and leaf.is_leaf
    assert_consistent(project.tasks)


@everywhere
def test_a_grandchild_replaces_the_children(studio: Studio) -> None:
    """A new list of children may hold what was further below."""
    project = studio.project()
    top = studio.task(project, start=NOON)
    middle = studio.task(top, start=NOON)
    parent = studio.task(middle, start=NOON)
    leaf = studio.task(parent, start=NOON + DAY, schedule_timing=3)
    studio.reload()
    top.children = [leaf]
    assert top.children == [leaf] and leaf.parent is top and middle.parent is None
    assert parent.children == [] and middle.children == [parent]
    assert (top.start, top.schedule_seconds) == (NOON + DAY, 3 * 3600)
    assert middle.schedule_seconds == 3600
    assert_consistent(project.tasks)
    studio.reload()
    assert_consistent(project.tasks)


@pytest.mark.parametrize("road", ["delete", "project", "unknown"])
def test_whoever_waited_for_something_below_begins(studio: Studio, road: str) -> None:
    """What is deleted with its container sets free those who waited for it, known here or not."""
    project = studio.project()
    top = studio.task(project)
    container = studio.task(top)
    leaf = studio.task(studio.task(container))
    moved = studio.task(container)
    kept = studio.task(top, schedule_timing=2)
    waiting = [studio.task(studio.task(project), depends=[each]) for each in (leaf, container)]
    still = studio.task(project, depends=[moved])
    DBSession.commit()
    moved.parent = top
    if road == "unknown":
        DBSession.flush()
        DBSession.expire_all()
    if road == "project":
        project.tasks.remove(container)
    else:
        DBSession.delete(container)
    DBSession.commit()
    assert top.children == [moved, kept] and len(project.tasks) == 8
    assert [code_of(each) for each in (*waiting, still)] == ["RTS", "RTS", "WFD"]
    assert [code_of(each.parent) for each in waiting] == ["RTS", "RTS"]
    assert top.schedule_seconds == 3 * 3600
    assert_consistent(project.tasks)


@everywhere
def test_a_move_that_finishes_something(studio: Studio) -> None:
    """Whoever waits for one of the two parents follows before the lists have changed."""
    project = studio.project()
    # y waits for b, which x makes unfinished; x leaves the parent of y
    a, b = studio.task(project), studio.task(project)
    x, y = studio.task(a), studio.task(a, depends=[b])
    give(x, "CMPL")
    studio.commit()
    x.parent = b
    assert (code_of(b), code_of(y), code_of(a)) == ("CMPL", "RTS", "RTS")
    # the parent that x leaves waits for the one that x joins
    finished = studio.task(project)
    give(studio.task(finished), "CMPL")
    finished.update_status_with_children_statuses()
    c = studio.task(project, depends=[finished])
    z = studio.task(c)
    studio.commit()
    z.parent = finished
    assert (code_of(finished), code_of(c)) == ("WIP", "WFD")
    studio.reload()
    assert (code_of(finished), code_of(c), code_of(a)) == ("WIP", "WFD", "RTS")
    assert_consistent(project.tasks)


def test_what_is_deleted_counts_no_more_before_the_commit(studio: Studio) -> None:
    """After the flush that deletes a child or a prerequisite nobody derives anything from it."""
    project = studio.project()
    parent = studio.task(project, schedule_timing=5)
    x, y, z = (studio.task(parent, start=NOON + days * DAY) for days in (0, 9, 1))
    first, second = studio.task(project), studio.task(project)
    waiting = studio.task(project, depends=[first, second])
    DBSession.commit()
    assert len(parent.children) == 3 and len(waiting.depends) == 2
    DBSession.delete(y)
    DBSession.delete(first)
    DBSession.flush()
    z.schedule_timing = 2
    give(second, "CMPL")
    waiting.update_status_with_dependent_statuses()
    assert parent.end == NOON + DAY + 2 * HOUR and code_of(waiting) == "RTS"
    for last in (x, z):
        DBSession.delete(last)
    DBSession.flush()
    assert parent.is_leaf
    parent.schedule_timing = 3
    assert parent.schedule_seconds == 3 * 3600 and parent.duration == 3 * HOUR
    DBSession.commit()


def test_what_is_deleted_waits_for_nobody_before_the_commit(studio: Studio) -> None:
    """What the database deletes below a task leaves those it has waited for, loaded or not."""
    project = studio.project()
    parent, before = studio.task(project), studio.task(project)
    studio.task(parent, depends=[before])
    DBSession.commit()
    keys = parent.id, before.id
    DBSession.remove()
    found, prerequisite = (DBSession.get_one(Task, key) for key in keys)
    assert len(prerequisite.dependent_of) == 1
    DBSession.delete(found)
    DBSession.flush()
    assert prerequisite.dependent_of == []
    DBSession.delete(prerequisite)
    DBSession.commit()


def test_new_work_on_a_task_that_goes_is_never_written(studio: Studio) -> None:
    """Children, versions and dependencies that are new go with what leaves its project."""
    project = studio.project()
    for _ in range(10):  # the order of a set decides what SQLAlchemy does first
        doomed, other = studio.task(project), studio.task(project)
        below = studio.task(doomed)
        moved = studio.task(other)
        waiting = studio.task(project)
        DBSession.commit()
        assert doomed.children == [below] and doomed.versions == below.versions == []
        new = studio.task(below)
        moved.parent = new
        Version(task=below)
        Version(task=new)
        waiting.depends = [new, below, doomed]
        new.depends = [other]
        project.tasks.remove(doomed)
        DBSession.commit()
        assert set(project.tasks) == {other, waiting}
        assert waiting.depends == [] and code_of(waiting) == "RTS"
        assert DBSession.scalar(select(func.count()).select_from(Version)) == 0
        for task in project.tasks:
            DBSession.delete(task)
        DBSession.commit()


def test_what_moves_into_a_tree_that_goes(studio: Studio) -> None:
    """It goes too, and whoever waited for it is free; moved out of it, it stays."""
    project = studio.project()
    doomed, other = studio.task(project), studio.task(project)
    inside, outside = studio.task(doomed), studio.task(other)
    free, waiting = studio.task(project, depends=[outside]), studio.task(project, depends=[inside])
    DBSession.commit()
    inside.parent, outside.parent = other, doomed
    project.tasks.remove(doomed)
    DBSession.commit()
    assert set(project.tasks) == {other, inside, free, waiting}
    assert (code_of(free), code_of(waiting)) == ("RTS", "WFD")
    inside.parent = None
    other.parent = inside
    DBSession.delete(inside)
    DBSession.commit()
    assert set(project.tasks) == {free, waiting} and code_of(waiting) == "RTS"


def test_a_task_that_is_taken_back_was_never_there(studio: Studio) -> None:
    """A new task that leaves the list of its project before it is written leaves its parent."""
    project = studio.project()
    parent = studio.task(project, schedule_timing=2)
    studio.task(parent, schedule_timing=7)
    DBSession.commit()
    project.tasks.remove(studio.task(parent, schedule_timing=5))
    DBSession.commit()
    assert len(parent.children) == 1 and parent.schedule_seconds == 7 * 3600


def test_a_task_that_moves_and_is_deleted_counts_nowhere(studio: Studio) -> None:
    """Its effort is taken from its parents once."""
    project = studio.project()
    one, two = studio.task(project), studio.task(project)
    doomed = studio.task(one, schedule_timing=5)
    for parent in (one, two):
        studio.task(parent, schedule_timing=2)
    DBSession.commit()
    doomed.parent = two
    DBSession.delete(doomed)
    DBSession.commit()
    assert one.schedule_seconds == two.schedule_seconds == 2 * 3600
    assert_consistent(project.tasks)


# --- Any sequence of steps ------------------------------------------------------------------------


class Tree:
    """Tasks of one project to which random things happen."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.project = studio.project()
        self.tasks = [studio.task(self.project, start=NOON)]

    def pick(self, number: int) -> Task:
        return self.tasks[number % len(self.tasks)]

    def new(self, a: int, b: int, k: int) -> None:
        parent = self.pick(b) if k % 4 else self.project
        depends = [self.pick(a)] if k % 3 == 0 else []
        values = {"start": NOON + k * HOUR, "schedule_timing": k % 7, "depends": depends}
        self.tasks.append(self.studio.task(parent, **values))

    def set_parent(self, a: int, b: int, k: int) -> None:
        self.pick(a).parent = self.pick(b)

    def make_root(self, a: int, b: int, k: int) -> None:
        self.pick(a).parent = None

    def append(self, a: int, b: int, k: int) -> None:
        self.pick(b).children.append(self.pick(a))

    def remove(self, a: int, b: int, k: int) -> None:
        children = self.pick(b).children
        if children:
            children.remove(children[a % len(children)])

    def pop(self, a: int, b: int, k: int) -> None:
        children = self.pick(b).children
        if children:
            del children[a % len(children)]

    def replace(self, a: int, b: int, k: int) -> None:
        self.pick(b).children = [self.pick(a), self.pick(k)]

    def clear(self, a: int, b: int, k: int) -> None:
        self.pick(b).children = []

    def time(self, a: int, b: int, k: int) -> None:
        self.pick(a).schedule_timing = k / 4

    def unit(self, a: int, b: int, k: int) -> None:
        self.pick(a).schedule_unit = ("min", "h", "d")[k % 3]  # type: ignore[assignment]

    def model(self, a: int, b: int, k: int) -> None:
        self.pick(a).schedule_model = ("effort", "length", "duration")[k % 3]  # type: ignore[assignment]

    def constrain(self, a: int, b: int, k: int) -> None:
        self.pick(a).schedule_constraint = k % 4

    def start(self, a: int, b: int, k: int) -> None:
        self.pick(a).start = NOON + (k - 20) * HOUR

    def end(self, a: int, b: int, k: int) -> None:
        self.pick(a).end = NOON + (k - 10) * HOUR

    def give_status(self, a: int, b: int, k: int) -> None:
        task = self.pick(a)
        if task.is_leaf:
            give(task, CODES[k % 9])
            task.update_parent_statuses()

    def wait(self, a: int, b: int, k: int) -> None:
        # a container that gets a prerequisite waits, whatever its children do
        if self.pick(a).is_leaf:
            self.pick(a).depends.append(self.pick(b))

    def stop_waiting(self, a: int, b: int, k: int) -> None:
        self.pick(a).depends = []

    def commit(self, a: int, b: int, k: int) -> None:
        self.studio.reload()

    def delete(self, a: int, b: int, k: int) -> None:
        if self.studio.stored and len(self.tasks) > 1:
            doomed = list(self.pick(a).walk_hierarchy())
            if len(doomed) < len(self.tasks):
                if k % 3 == 0 or not inspect(doomed[0]).persistent:
                    DBSession.flush()
                elif k % 3 == 1:
                    # what is below is not known then
                    self.studio.reload()
                if k % 2:
                    self.project.tasks.remove(doomed[0])
                else:
                    DBSession.delete(doomed[0])
                DBSession.commit()
                self.tasks = [task for task in self.tasks if task not in doomed]


STEPS = [name for name in vars(Tree) if not name.startswith("_") and name != "pick"]
# trees have to grow before anything interesting can happen to them
steps = st.lists(
    st.tuples(
        st.sampled_from([*STEPS, *["new"] * 6]),
        st.integers(0, 30),
        st.integers(0, 30),
        st.integers(0, 40),
    ),
    max_size=40,
)


def apply(tree: Tree, step: tuple[str, int, int, int]) -> None:
    name, a, b, k = step
    before = {id(task): actual_of(task) for task in tree.tasks if task.children}
    try:
        getattr(tree, name)(a, b, k)
    except (CircularDependencyError, StatusError):
        # what is refused changes nothing
        after = {id(task): actual_of(task) for task in tree.tasks if task.children}
        assert after == before, step


@everywhere
def test_containers_always_agree_with_their_children(studio: Studio) -> None:
    """After any sequence of changes each container is what a naive look at its children says."""
    patience = [HealthCheck.too_slow, HealthCheck.data_too_large]

    @settings(
        max_examples=40 if studio.stored else 150,
        deadline=None,
        database=None,
        suppress_health_check=patience,
    )
    @given(steps)
    def check(sequence: list[tuple[str, int, int, int]]) -> None:
        tree = Tree(studio)
        for step in sequence:
            apply(tree, step)
            assert_consistent(tree.tasks)
        if not studio.stored:
            return
        DBSession.commit()
        before = {task.id: actual_of(task) for task in tree.tasks}
        number = tree.project.id
        DBSession.remove()
        again = list(DBSession.scalars(select(Task).where(Task.project_id == number)))
        assert {task.id: actual_of(task) for task in again} == before
        assert_consistent(again)
        DBSession.remove()

    check()


# --- Circles --------------------------------------------------------------------------------------


def has_circle(parents: dict[int, int], depends: set[tuple[int, int]], count: int) -> bool:
    """Say whether no plan exists: each task has a start and an end, and nothing precedes itself."""
    after: dict[tuple[str, int], set[tuple[str, int]]] = {}

    def follows(first: tuple[str, int], then: tuple[str, int]) -> None:
        after.setdefault(first, set()).add(then)

    for task in range(count):
        follows(("start", task), ("end", task))
    for child, parent in parents.items():
        follows(("start", parent), ("start", child))
        follows(("end", child), ("end", parent))
    for task, prerequisite in depends:
        follows(("end", prerequisite), ("start", task))
    waiting = dict.fromkeys(after, 0) | {each: 0 for some in after.values() for each in some}
    for some in after.values():
        for each in some:
            waiting[each] += 1
    free = [event for event, number in waiting.items() if not number]
    done = 0
    while free:
        done += 1
        for each in after.get(free.pop(), ()):
            waiting[each] -= 1
            if not waiting[each]:
                free.append(each)
    return done < len(waiting)


def _in_two_steps(first: str, second: str) -> Callable[[Task, Task], None]:
    def road(task: Task, prerequisite: Task) -> None:
        row = TaskDependency()
        setattr(row, first, task if first == "task" else prerequisite)
        try:
            setattr(row, second, task if second == "task" else prerequisite)
        except CircularDependencyError:
            setattr(row, first, None)
            raise

    return road


def _by_row(given: str) -> Callable[[Task, Task], None]:
    def road(task: Task, prerequisite: Task) -> None:
        row = TaskDependency(**{given: task if given == "task" else prerequisite})
        rows = prerequisite.task_dependent_of if given == "task" else task.task_depends_to
        try:
            rows.append(row)
        except CircularDependencyError:
            setattr(row, given, None)
            raise

    return road


def _replaced(task: Task, prerequisite: Task) -> None:
    task.depends = [*task.depends, prerequisite]


def _replaced_from_behind(task: Task, prerequisite: Task) -> None:
    prerequisite.dependent_of = [*prerequisite.dependent_of, task]


DEPENDENCY_ROADS: list[Callable[[Task, Task], Any]] = [
    lambda task, other: task.depends.append(other),
    lambda task, other: task.depends.insert(0, other),
    lambda task, other: other.dependent_of.append(task),
    lambda task, other: TaskDependency(task=task, depends_to=other),
    _by_row("depends_to"),
    _by_row("task"),
    _in_two_steps("task", "depends_to"),
    _in_two_steps("depends_to", "task"),
    _replaced,
    _replaced_from_behind,
]

PARENT_ROADS: list[Callable[[Task, Task], Any]] = [
    lambda task, parent: setattr(task, "parent", parent),
    lambda task, parent: parent.children.append(task),
    lambda task, parent: parent.children.insert(0, task),
    lambda task, parent: parent.tasks.append(task),
    lambda task, parent: setattr(parent, "children", [*parent.children, task]),
]

COUNT = 6
edges = st.lists(
    st.tuples(
        st.sampled_from(["parent", "depends"]),
        st.integers(0, COUNT - 1),
        st.integers(0, COUNT - 1),
        st.integers(0, 99),
    ),
    max_size=25,
)


def state_of(made: list[Task]) -> tuple[dict[int, int], set[tuple[int, int]]]:
    place = {id(task): index for index, task in enumerate(made)}
    parents = {
        index: place[id(task.parent)] for index, task in enumerate(made) if task.parent is not None
    }
    depends = {(index, place[id(each)]) for index, task in enumerate(made) for each in task.depends}
    for index, task in enumerate(made):
        assert all(child.parent is task for child in task.children)
        assert all(index == parents[place[id(child)]] for child in task.children)
        assert {(place[id(each)], index) for each in task.dependent_of} <= depends
        assert len(task.task_depends_to) == len(task.depends)
    assert sum(len(task.children) for task in made) == len(parents)
    assert sum(len(task.dependent_of) for task in made) == len(depends)
    return parents, depends


@in_memory
def test_no_road_leads_to_a_circle(studio: Studio) -> None:
    """A link is refused exactly if no plan could exist with it; then nothing changes."""

    @settings(max_examples=200, deadline=None, database=None)
    @given(edges)
    def check(sequence: list[tuple[str, int, int, int]]) -> None:
        project = studio.project()
        made = [studio.task(project) for _ in range(COUNT)]
        parents: dict[int, int] = {}
        depends: set[tuple[int, int]] = set()
        for kind, one, two, road in sequence:
            new_parents, new_depends = dict(parents), set(depends)
            if kind == "parent":
                new_parents[one] = two
                roads = PARENT_ROADS
            else:
                if (one, two) in depends:
                    continue
                new_depends.add((one, two))
                roads = DEPENDENCY_ROADS
            go = roads[road % len(roads)]
            if has_circle(new_parents, new_depends, COUNT):
                with pytest.raises(CircularDependencyError, match=r"Task\.(parent|depends)"):
                    go(made[one], made[two])
            else:
                go(made[one], made[two])
                parents, depends = new_parents, new_depends
            assert state_of(made) == (parents, depends)

    check()


@everywhere
def test_a_constructor_makes_no_circle(studio: Studio) -> None:
    """A new child that would wait for its own parent, directly or around corners, is refused."""
    project: Project = studio.project()
    parent = studio.task(project)
    child = studio.task(parent)
    after_parent = studio.task(project, depends=[parent])
    after_that = studio.task(project, depends=[after_parent])
    inside = studio.task(after_that)
    studio.commit()
    give(child, "WIP")
    child.update_parent_statuses()
    give(parent, "WFD")  # whoever derived it again would find out
    for bad in (parent, after_parent, after_that, inside):
        with pytest.raises(CircularDependencyError, match=r"Task\.depends"):
            studio.task(parent, depends=[child, bad])
        assert parent.children == [child] and child.dependent_of == []
        assert code_of(parent) == "WFD"
        assert len(project.tasks) == 5
    studio.task(parent, depends=[child])
    studio.reload()
    assert len(parent.children) == 2
