"""Dependencies: circles, statuses, duplicates, and the rows that carry them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, SAWarning

from stalker import Task, TaskDependency
from stalker.db.session import DBSession
from stalker.exceptions import CircularDependencyError, StatusError
from tests.models.production import CODES, Studio, code_of, everywhere, give, in_memory, log

FINISHED = ("STOP", "CMPL")


@everywhere
def test_both_ends_know_each_other(studio: Studio) -> None:
    """A dependency shows on both tasks, however it was made, and disappears from both."""
    project = studio.project()
    first, second = studio.task(project), studio.task(project)

    def linked() -> bool:
        studio.reload()
        there = [
            second.depends == [first],
            first.dependent_of == [second],
            [row.depends_to for row in second.task_depends_to] == [first],
            [row.task for row in first.task_dependent_of] == [second],
        ]
        assert len(set(there)) == 1
        if not there[0]:
            assert not (second.depends or first.dependent_of)
            assert second.task_depends_to == first.task_dependent_of == []
        assert code_of(second) == ("WFD" if there[0] else "RTS")
        return there[0]

    def set_ends() -> None:
        row = TaskDependency()
        row.task = second
        row.depends_to = first

    def clear_end(end: str) -> Callable[[], None]:
        return lambda: setattr(second.task_depends_to[0], end, None)

    make: list[Callable[[], Any]] = [
        lambda: second.depends.append(first),
        lambda: first.dependent_of.append(second),
        lambda: setattr(second, "depends", (first,)),
        lambda: setattr(first, "dependent_of", [second]),
        lambda: TaskDependency(task=second, depends_to=first),
        lambda: second.task_depends_to.append(TaskDependency(depends_to=first)),
        set_ends,
    ]
    undo: list[Callable[[], Any]] = [
        lambda: second.depends.remove(first),
        lambda: setattr(second, "depends", []),
        lambda: first.dependent_of.remove(second),
        lambda: setattr(first, "dependent_of", []),
        lambda: second.task_depends_to.remove(second.task_depends_to[0]),
        lambda: first.task_dependent_of.pop(),
        clear_end("task"),
        clear_end("depends_to"),
        lambda: second.depends.clear(),
    ]
    for step, back in product(make, undo):
        step()
        assert linked()
        back()
        assert not linked()


@in_memory
def test_the_table_of_circles(studio: Studio) -> None:
    """What would make a task wait for itself is refused; re-pointing a chain is fine."""
    project = studio.project()
    a, b, c = (studio.task(project, name=name) for name in "abc")
    b.depends = [a]
    c.depends = [b]
    family = studio.task(project)
    child = studio.task(family)
    grandchild = studio.task(child)
    after = studio.task(project, depends=[family])
    much_later = studio.task(project, depends=[after])
    for task, prerequisite in [
        (a, a),  # itself
        (a, b),  # what depends on it
        (a, c),
        (child, family),  # an ancestor
        (grandchild, family),
        (family, child),  # a descendant
        (family, grandchild),
        (child, after),  # what waits for an ancestor
        (grandchild, after),
        (grandchild, much_later),
        (family, after),
    ]:
        before = list(task.depends), list(prerequisite.dependent_of), code_of(task)
        for road in (
            lambda task, other: task.depends.append(other),
            lambda task, other: setattr(task, "depends", [other]),
            lambda task, other: other.dependent_of.append(task),
            lambda task, other: TaskDependency(task=task, depends_to=other),
        ):
            with pytest.raises(CircularDependencyError, match=r"Task\.depends"):
                road(task, prerequisite)
            assert (list(task.depends), list(prerequisite.dependent_of), code_of(task)) == before
    c.depends = [a]
    assert c.depends == [a] and b.depends == [a] and a.dependent_of == [b, c]
    for parent in (grandchild, child, after, much_later, family):
        with pytest.raises(CircularDependencyError, match=r"Task\.parent"):
            family.parent = parent
    assert family.parent is None
    with pytest.raises(CircularDependencyError, match=r"Task\.parent"):
        family.children.append(after)
    with pytest.raises(CircularDependencyError, match=r"Task\.parent"):
        family.children = [child, after]
    assert family.children == [child] and after.parent is None


@everywhere
@pytest.mark.parametrize("is_container", [False, True])
def test_which_statuses_allow_another_prerequisite(studio: Studio, is_container: bool) -> None:
    """Only waiting and ready tasks, leaves and containers alike, may get one; others raise."""
    project = studio.project()
    for current, prerequisite in product(CODES, CODES):
        task, other = studio.task(project), studio.task(project)
        if is_container:
            studio.task(task)
        give(task, current)
        give(other, prerequisite)
        if current in ("WFD", "RTS"):
            task.depends.append(other)
            expected = "RTS" if current == "RTS" and prerequisite in FINISHED else "WFD"
            assert code_of(task) == expected and task.depends == [other]
            continue
        with pytest.raises(StatusError, match=current):
            task.depends.append(other)
        with pytest.raises(StatusError, match=current):
            TaskDependency(task=task, depends_to=other)
        assert code_of(task) == current and task.depends == [] and other.dependent_of == []
    studio.commit()


def test_a_container_that_was_made_to_wait_is_written_so(studio: Studio) -> None:
    """11 §4.1, §6: it waits until the status of a child changes, in memory and when written."""
    project = studio.project()
    container, others = studio.task(project), [studio.task(project) for _ in range(2)]
    children = [studio.task(container) for _ in range(2)]
    DBSession.commit()

    def statuses(expected: str) -> None:
        for write in (DBSession.flush, DBSession.commit):
            assert code_of(container) == expected
            write()
        DBSession.expire_all()
        assert code_of(container) == expected

    container.depends.append(others[0])
    statuses("WFD")
    children[0].schedule_timing += 5
    statuses("WFD")
    children[0].depends.append(others[1])
    statuses("RTS")
    container.depends.append(others[1])
    statuses("WFD")
    log(studio, children[1])
    statuses("WIP")


@everywhere
def test_of_several_prerequisites_all_or_none_have_an_effect(studio: Studio) -> None:
    """One that is refused keeps the others from changing the status of a container."""
    project = studio.project()
    container, good = studio.task(project), studio.task(project)
    child = studio.task(container)
    studio.commit()
    for change in (
        lambda: setattr(container, "depends", [good, child]),
        lambda: container.depends.extend([good, container]),
        lambda: setattr(good, "dependent_of", [container, good]),
    ):
        with pytest.raises(CircularDependencyError):
            change()
        assert code_of(container) == "RTS"
        assert container.depends == good.dependent_of == child.dependent_of == []
    studio.commit()


@everywhere
def test_removing_a_prerequisite_is_always_allowed(studio: Studio) -> None:
    """In every status; the task is then judged by what is left, and its container after it."""
    left = {"WFD": "RTS", "WIP": "RTS", "DREV": "RTS"}
    some_left = {"RTS": "WFD", "WIP": "DREV", "HREV": "DREV", "CMPL": "DREV"}
    project = studio.project()
    one, two = studio.task(project), studio.task(project)
    for code in CODES:
        top = studio.task(project)
        task = studio.task(top, depends=[one, two])
        give(task, code)
        task.depends.remove(two)
        assert code_of(task) == some_left.get(code, code), code
        give(task, code)
        task.depends = []
        assert code_of(task) == left.get(code, code), code
        expected = code_of(task) if code_of(task) in ("RTS", "WFD", "CMPL") else "WIP"
        if code_of(task) != code:
            assert code_of(top) == expected
    studio.commit()


@everywhere
def test_removing_the_last_unfinished_prerequisite(studio: Studio) -> None:
    """What is left to wait for decides: finished ones let the task begin or go on."""
    project = studio.project()
    done, open_one = studio.task(project), studio.task(project)
    give(done, "CMPL")
    for code, expected in {"WFD": "RTS", "DREV": "HREV", "WIP": "WIP", "OH": "OH"}.items():
        task = studio.task(project, depends=[done, open_one])
        give(task, code)
        open_one.dependent_of.remove(task)
        assert code_of(task) == expected and task.depends == [done]
    studio.commit()


@everywhere
def test_a_duplicate_is_ignored_or_refused(studio: Studio) -> None:
    """The pair exists once: lists ignore the second one, a second row is a `ValueError`."""
    project = studio.project()
    first, second = studio.task(project), studio.task(project)
    second.depends = [first, first]
    row = second.task_depends_to[0]
    second.depends.append(first)
    first.dependent_of.append(second)
    second.depends = [first]
    assert second.task_depends_to == [row] and first.task_dependent_of == [row]
    with pytest.raises(ValueError, match=r"Task\.depends.*already"):
        TaskDependency(task=second, depends_to=first)
    assert first.task_dependent_of == second.task_depends_to == [row]
    half = TaskDependency(depends_to=first)
    with pytest.raises(ValueError, match=r"Task\.depends.*already"):
        second.task_depends_to.append(half)
    assert second.task_depends_to == [row] and half not in DBSession
    half.depends_to = None
    assert first.task_dependent_of == [row]
    studio.commit()


@everywhere
def test_rows_keep_what_they_carry(studio: Studio) -> None:
    """Assigning the dependencies again leaves gap and target of those that stay alone."""
    project = studio.project()
    a, b, c = (studio.task(project) for _ in range(3))
    c.depends = [a, b]
    c.task_depends_to[0].gap_timing = 3
    c.task_depends_to[0].dependency_target = "onstart"
    row = c.task_depends_to[0]
    c.depends = [a]
    studio.reload()
    assert c.task_depends_to == [row] and c.depends == [a]
    assert (row.gap_timing, row.dependency_target) == (3, "onstart")


@everywhere
def test_a_container_that_finishes_lets_others_begin(studio: Studio) -> None:
    """Who depends on a container is updated like who depends on a leaf, on any number of levels."""
    project = studio.project()
    top = studio.task(project)
    middle = studio.task(top)
    one, two = studio.task(middle), studio.task(middle)
    after_middle, after_top = (
        studio.task(project, depends=[middle]),
        studio.task(project, depends=[top]),
    )
    holder = studio.task(project)
    inside = studio.task(holder, depends=[top])
    last = studio.task(project, depends=[holder])
    everybody = [middle, top, after_middle, after_top, inside, holder, last]

    def finish(task: Task, code: str) -> list[str]:
        give(task, code)
        task.update_parent_statuses()
        studio.reload()
        return [code_of(each) for each in everybody]

    assert finish(one, "CMPL") == ["WIP", "WIP", "WFD", "WFD", "WFD", "WFD", "WFD"]
    assert finish(two, "STOP") == ["CMPL", "CMPL", "RTS", "RTS", "RTS", "RTS", "WFD"]
    assert finish(inside, "CMPL")[4:] == ["CMPL", "CMPL", "RTS"]
    assert finish(one, "HREV") == ["WIP", "WIP", "WFD", "WFD", "DREV", "WIP", "WFD"]
    extra = studio.task(middle)
    assert finish(one, "CMPL")[:2] == ["WIP", "WIP"]
    extra.parent = None
    assert [code_of(each) for each in everybody][:4] == ["CMPL", "CMPL", "RTS", "RTS"]


@everywhere
def test_what_a_task_is_blocked_by(studio: Studio) -> None:
    """11 BT-21: what is unfinished of its own prerequisites and of those of all it is part of."""
    project = studio.project()
    a, b, c, done = (studio.task(project, name=name) for name in ("a", "b", "c", "done"))
    give(done, "CMPL")
    top = studio.task(project, depends=[a, b])
    middle = studio.task(top, depends=[c])
    task = studio.task(middle, depends=[done, b])
    free = studio.task(project, depends=[done])
    studio.reload()
    assert code_of(task) == "WFD" and code_of(free) == "RTS"
    assert task.is_blocked_by == [b, c, a]
    assert middle.is_blocked_by == [c, a, b] and top.is_blocked_by == [a, b]
    assert free.is_blocked_by == a.is_blocked_by == []
    give(a, "STOP")
    task.depends.remove(b)
    assert code_of(task) == "RTS" and task.is_blocked_by == [c, b]
    with pytest.raises(AttributeError):
        task.is_blocked_by = []


def test_asking_what_blocks_takes_a_few_statements(studio: Studio, statements: Any) -> None:
    """As many at any depth, however much there is to wait for, and nothing is written."""
    counts = []
    for depth in (2, 9):
        project = studio.project()
        task = studio.task(project)
        for index in range(depth):
            before = [studio.task(project) for _ in range(depth)]
            give(before[0], CODES[index])
            task = studio.task(task, depends=before)
        DBSession.commit()
        number = task.id
        DBSession.expunge_all()
        found = DBSession.get(Task, number)
        assert found is not None
        recorded = statements()
        assert len(found.is_blocked_by) == depth * depth - (depth == 9) * 2
        counts.append(len(recorded))
        assert not [each for each in recorded if "SELECT" not in each]
    assert counts[0] == counts[1] <= 8, "\n".join(recorded)


# --- The row --------------------------------------------------------------------------------------

ACCEPTED = [
    ("dependency_target", None, "onend"),
    ("dependency_target", "onstart", "onstart"),
    ("gap_timing", None, 0),
    ("gap_timing", 2.5, 2.5),
    ("gap_unit", None, "h"),
    ("gap_unit", "d", "d"),
    ("gap_model", None, "length"),
    ("gap_model", "duration", "duration"),
    ("task", None, None),
    ("depends_to", None, None),
]
REFUSED: list[tuple[str, Any, type[Exception]]] = [
    ("dependency_target", 1, TypeError),
    ("dependency_target", "onmiddle", ValueError),
    ("gap_timing", "2", TypeError),
    ("gap_timing", -1, ValueError),
    ("gap_timing", True, TypeError),
    ("gap_unit", 1, TypeError),
    ("gap_unit", "s", ValueError),
    ("gap_model", 1, TypeError),
    ("gap_model", "effort", ValueError),
    ("task", "Light", TypeError),
    ("depends_to", 12, TypeError),
]


@in_memory
def test_what_a_row_accepts(studio: Studio) -> None:
    """Values are converted by the constructor and by assignment, under both names."""
    project = studio.project()
    for attribute, given, expected in ACCEPTED:
        row = TaskDependency(task=studio.task(project), depends_to=studio.task(project))
        setattr(row, attribute, given)
        assert getattr(row, attribute) == expected, attribute
        assert getattr(TaskDependency(**{attribute: given}), attribute) == expected, attribute
    row = TaskDependency(gap_timing=3, gap_unit="d", gap_model="duration")
    assert (row.schedule_timing, row.schedule_unit, row.schedule_model) == (3, "d", "duration")
    row.schedule_timing = 4
    assert row.gap_timing == 4


@in_memory
@pytest.mark.parametrize(("attribute", "value", "error"), REFUSED)
def test_what_a_row_refuses(
    studio: Studio, attribute: str, value: Any, error: type[Exception]
) -> None:
    """A wrong value is refused by name and leaves the row, and its tasks, as they were."""
    project = studio.project()
    first, second = studio.task(project), studio.task(project)
    with pytest.raises(error, match=rf"TaskDependency\.{attribute}"):
        TaskDependency(**{"task": second, "depends_to": first, attribute: value})
    assert second.task_depends_to == first.task_dependent_of == []
    row = TaskDependency(task=second, depends_to=first)
    with pytest.raises(error, match=rf"TaskDependency\.{attribute}"):
        setattr(row, attribute, value)
    assert (row.task, row.depends_to, row.gap_timing) == (second, first, 0)


def test_a_row_needs_both_ends_in_the_database(studio: Studio) -> None:
    """A row with one end is refused when it is written, and does not write itself."""
    task = studio.task(studio.project())
    DBSession.commit()
    row = TaskDependency(task=task)
    assert row not in DBSession
    DBSession.add(row)
    with pytest.warns(SAWarning, match="depends_to_id"), pytest.raises(IntegrityError):
        DBSession.flush()
    DBSession.rollback()


def test_deleting_a_row_leaves_the_tasks(studio: Studio) -> None:
    """The link goes, and who waited is judged again; the database cleans up after raw deletes."""
    project = studio.project()
    first = studio.task(project)
    second, third = studio.task(project, depends=[first]), studio.task(project, depends=[first])
    DBSession.commit()
    DBSession.delete(second.task_depends_to[0])
    DBSession.commit()
    assert second.depends == [] and first.dependent_of == [third]
    assert code_of(second) == "RTS"
    DBSession.execute(text(f'DELETE FROM "Tasks" WHERE id = {first.id}'))
    DBSession.commit()
    assert third.depends == []
    with pytest.raises(IntegrityError):
        DBSession.execute(
            text('INSERT INTO "Task_Dependencies" (task_id, depends_to_id) VALUES (:a, :b)'),
            {"a": second.id, "b": third.id},
        )
    DBSession.rollback()


def test_text_of_a_row_for_taskjuggler(studio: Studio) -> None:
    """Target and gap stand in braces after the identifier of the prerequisite."""
    project = studio.project()
    first, second = studio.task(project), studio.task(project)
    row = TaskDependency(task=second, depends_to=first)
    DBSession.flush()
    assert row.to_tjp == f"{first.tjp_abs_id} {{onend}}"
    row.dependency_target, row.gap_timing, row.gap_unit = "onstart", 2, "d"
    assert row.to_tjp == f"{first.tjp_abs_id} {{onstart gaplength 2d}}"
    row.gap_model = "duration"
    assert row.to_tjp == f"{first.tjp_abs_id} {{onstart gapduration 2d}}"
