"""Time logs: what contradicts what, in memory and in the database, and what they add up to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from stalker import Task, TimeLog, User
from stalker.db.session import DBSession
from stalker.exceptions import DependencyViolationError, OverBookedError, StatusError
from tests.models.production import (
    CODES,
    DAY,
    HOUR,
    NOON,
    Studio,
    code_of,
    everywhere,
    give,
    log,
)

#: of a log from 12 to 16 o'clock: start and end of another one, and whether they overlap
SHAPES = {
    "identical": (0, 4, True),
    "common start, shorter": (0, 2, True),
    "common start, longer": (0, 6, True),
    "common end, shorter": (2, 4, True),
    "common end, longer": (-2, 4, True),
    "over the start": (-2, 1, True),
    "over the end": (3, 6, True),
    "inside": (1, 3, True),
    "around": (-2, 8, True),
    "touches the start": (-2, 0, False),
    "touches the end": (4, 6, False),
    "before": (-6, -3, False),
    "after": (7, 9, False),
}
shapes = pytest.mark.parametrize(("start", "end", "overlaps"), SHAPES.values(), ids=list(SHAPES))


@everywhere
@shapes
@pytest.mark.parametrize("same_task", [True, False])
def test_nobody_works_on_two_things_at_once(
    studio: Studio, start: int, end: int, overlaps: bool, same_task: bool
) -> None:
    """10 §2: every overlap of two logs of one person is refused, and leaves no trace."""
    project, ada = studio.project(), studio.user()
    task = studio.task(project, start=NOON)
    other = task if same_task else studio.task(project, start=NOON)
    first = TimeLog(task=task, resource=ada, start=NOON, end=NOON + 4 * HOUR)
    studio.commit()
    before = code_of(other), other.total_logged_seconds

    def again() -> TimeLog:
        return TimeLog(task=other, resource=ada, start=NOON + start * HOUR, end=NOON + end * HOUR)

    if overlaps:
        with pytest.raises(OverBookedError, match=r"TimeLog\.resource .*12:00.*16:00") as caught:
            again()
        assert caught.value.clash is first
        assert (code_of(other), other.total_logged_seconds) == before
        assert ada.time_logs == [first] and task.time_logs == [first]
    else:
        second = again()
        assert ada.time_logs == [first, second]
        ada.time_logs.append(second)  # it does not clash with itself
    studio.commit()
    TimeLog(task=other, resource=studio.user("Eda"), start=NOON, end=NOON + HOUR)
    studio.commit()


def _sql(studio: Studio, first: TimeLog, second: TimeLog, start: datetime, end: datetime) -> None:
    clock = "%Y-%m-%d %H:%M:%S.%f"
    given: dict[str, Any] = {"start": start, "end": end, "id": second.id}
    if DBSession.get_bind().dialect.name == "sqlite":
        given |= {"start": start.strftime(clock), "end": end.strftime(clock)}
    statement = 'UPDATE "TimeLogs" SET start = :start, "end" = :end WHERE id = :id'
    DBSession.execute(text(statement), given)


def _pending(
    studio: Studio, first: TimeLog, second: TimeLog, start: datetime, end: datetime
) -> None:
    ada, task = first.resource, first.task
    DBSession.delete(second)
    DBSession.flush()
    # neither is written when the other one is made
    DBSession.delete(first)
    DBSession.flush()
    TimeLog(task=task, resource=ada, start=NOON, end=NOON + 4 * HOUR)
    TimeLog(task=second.task, resource=ada, start=start, end=end)


def _edit(studio: Studio, first: TimeLog, second: TimeLog, start: datetime, end: datetime) -> None:
    second.start, second.end = start, end


def _hand_over(
    studio: Studio, first: TimeLog, second: TimeLog, start: datetime, end: datetime
) -> None:
    ada, eda = first.resource, studio.user("Eda")
    second.resource = eda
    DBSession.flush()
    second.start, second.end = start, end
    DBSession.flush()
    statement = 'UPDATE "TimeLogs" SET resource_id = :ada WHERE id = :id'
    DBSession.execute(text(statement), {"ada": ada.id, "id": second.id})


@shapes
@pytest.mark.parametrize("write", [_sql, _pending, _edit, _hand_over])
def test_the_database_has_the_last_word(
    studio: Studio, start: int, end: int, overlaps: bool, write: Callable[..., None]
) -> None:
    """D9: whatever writes an overlap, both databases refuse it when it is written."""
    project, ada = studio.project(), studio.user()
    task = studio.task(project, start=NOON)
    first = TimeLog(task=task, resource=ada, start=NOON, end=NOON + 4 * HOUR)
    second = TimeLog(task=task, resource=ada, start=NOON + 9 * DAY, end=NOON + 10 * DAY)
    DBSession.commit()

    def attempt() -> None:
        write(studio, first, second, NOON + start * HOUR, NOON + end * HOUR)
        DBSession.commit()

    if not overlaps:
        attempt()
        return
    with pytest.raises(IntegrityError, match="overlapping_time_logs"):
        attempt()
    DBSession.rollback()


def test_the_database_knows_what_a_log_is(studio: Studio) -> None:
    """10 §2, BT-27: whose, on what, and from when to a later moment; whatever writes it."""
    made = log(studio, studio.task(studio.project()), start=NOON)
    DBSession.commit()
    for change in (
        "task_id = NULL",
        "resource_id = NULL",
        "start = NULL",
        '"end" = NULL',
        "duration = NULL",
        '"end" = start',
        'start = "end"',
    ):
        with pytest.raises(IntegrityError):
            DBSession.execute(text(f'UPDATE "TimeLogs" SET {change} WHERE id = {made.id}'))
        DBSession.rollback()
    assert made.total_seconds == 3600


def test_the_time_of_a_deleted_log_is_free_at_once(studio: Studio) -> None:
    """In one transaction a log is deleted, and another one of the same person takes its time."""
    project, ada = studio.project(), studio.user()
    task, other = studio.task(project, start=NOON), studio.task(project, start=NOON)
    starts = [NOON + 4 * n * HOUR for n in range(3)]
    logs = [TimeLog(task=task, resource=ada, start=each, end=each + 2 * HOUR) for each in starts]
    DBSession.commit()
    for again in range(2):
        for each in logs[:2]:
            DBSession.delete(each)
        logs[2].start = NOON + 5 * HOUR
        made = TimeLog(task=other, resource=ada, start=NOON, end=NOON + 3 * HOUR)
        DBSession.flush()
        if not again:  # what was rolled back lies where it was
            DBSession.rollback()
            assert [each.start for each in logs] == starts
    DBSession.commit()
    assert sorted(ada.time_logs, key=lambda each: each.start) == [made, logs[2]]
    assert (task.total_logged_seconds, other.total_logged_seconds) == (5 * 3600, 3 * 3600)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_log_costs_the_same_after_any_number(studio: Studio) -> None:
    """SQLite takes as many steps to write a log after three hundred others as after thirty."""
    task, ada = studio.task(studio.project(), start=NOON), studio.user()
    begin = NOON

    def work(count: int) -> None:
        nonlocal begin
        for _ in range(count):
            TimeLog(task=task, resource=ada, start=begin, end=begin + HOUR)
            begin += HOUR
        DBSession.commit()

    def steps_of_another() -> int:
        steps: list[None] = []
        driver = DBSession.connection().connection.dbapi_connection
        driver.set_progress_handler(lambda: steps.append(None), 1)
        work(1)
        driver.set_progress_handler(None, 1)
        return len(steps)

    work(30)
    few = steps_of_another()
    work(300)
    assert 0 < steps_of_another() <= few * 1.1


def test_saving_tells_who_is_booked(studio: Studio) -> None:
    """10 BT-26: what the database refuses is an `OverBookedError` for `DBSession.save()`.

    The error of a commit stays what it is, and says it in words, too.
    """
    task, ada = studio.task(studio.project()), studio.user()
    DBSession.commit()
    for save, kind in ((DBSession.save, OverBookedError), (DBSession.commit, IntegrityError)):
        for _ in range(2):
            TimeLog(task=task, resource=ada, start=NOON, end=NOON + HOUR)
        with pytest.raises(kind, match=r"TimeLog\.resource.* would work on two things at once"):
            save()
        DBSession.rollback()
    assert DBSession.query(TimeLog).count() == 0


@everywhere
def test_moving_a_log_in_memory_is_refused_at_once(studio: Studio) -> None:
    """10 BT-2: without a database the assignment raises, and changes nothing."""
    task, ada = studio.task(studio.project(), start=NOON), studio.user()
    TimeLog(task=task, resource=ada, start=NOON, end=NOON + 4 * HOUR)
    late = TimeLog(task=task, resource=ada, start=NOON + DAY, end=NOON + DAY + HOUR)
    studio.commit()
    if studio.stored:
        return
    with pytest.raises(OverBookedError):
        late.start = NOON + HOUR
    assert (late.start, late.total_seconds) == (NOON + DAY, 3600)
    assert task.total_logged_seconds == 5 * 3600


@everywhere
@pytest.mark.parametrize("code", CODES)
def test_when_work_may_be_logged(studio: Studio, code: str) -> None:
    """11 §2, the row of `create_time_log`, without prerequisites."""
    expected = {"RTS": "WIP", "WIP": "WIP", "PREV": "PREV", "HREV": "WIP", "DREV": "DREV"}
    parent = studio.task(studio.project())
    task, ada = studio.task(parent, start=NOON), studio.user()
    give(task, code)
    if code in expected:
        made = task.create_time_log(ada, NOON, NOON + HOUR)
        assert code_of(task) == expected[code] and task.time_logs == [made]
        assert code_of(parent) == "WIP"
    else:
        with pytest.raises(StatusError) as caught:
            task.create_time_log(ada, NOON, NOON + HOUR)
        assert caught.value.action == "create_time_log" and caught.value.task is task
        assert code_of(task) == code and task.time_logs == ada.time_logs == []
        assert not task.can("create_time_log")
    studio.commit()


@everywhere
def test_work_of_a_revision_waits_for_prerequisites(studio: Studio) -> None:
    """11 BT-6: a task to be reworked whose prerequisite is not finished becomes DREV by a log."""
    project = studio.project()
    before = studio.task(project, start=NOON - 9 * DAY)
    task = studio.task(project, start=NOON, depends=[before])
    give(task, "HREV")
    log(studio, task)
    assert code_of(task) == "DREV"


@everywhere
@pytest.mark.parametrize(
    ("target", "offset", "refused"),
    [
        ("onend", 2 * HOUR, False),
        ("onend", HOUR, True),
        ("onend", -HOUR, True),
        ("onstart", timedelta(0), False),
        ("onstart", HOUR, False),
        ("onstart", -HOUR, True),
    ],
)
def test_work_does_not_begin_before_what_it_waits_for(
    studio: Studio, target: str, offset: timedelta, refused: bool
) -> None:
    """10 §2: not before the end, or the start, of a prerequisite; exactly then is fine."""
    project = studio.project()
    before = studio.task(project, start=NOON, schedule_timing=2)
    give(before, "CMPL")
    task = studio.task(project, depends=[before])
    task.task_depends_to[0].dependency_target = target
    studio.commit()
    if not refused:
        log(studio, task, start=NOON + offset)
        return
    with pytest.raises(DependencyViolationError, match=r"TimeLog\.start") as caught:
        log(studio, task, start=NOON + offset)
    assert caught.value.task is task and caught.value.depends_to is before
    assert task.time_logs == [] and code_of(task) == "RTS"


@everywhere
def test_everything_about_the_task_is_checked_first(studio: Studio) -> None:
    """10 §2: type, container, status and order of the task come before the resource."""
    project = studio.project()
    parent = studio.task(project)
    studio.task(parent)
    with pytest.raises(ValueError, match=r"TimeLog\.task .*container"):
        TimeLog(task=parent, resource="nobody", start=NOON)  # type: ignore[arg-type]
    held = studio.task(project)
    give(held, "OH")
    with pytest.raises(StatusError, match=r"TimeLog\.task"):
        TimeLog(task=held, resource="nobody", start=NOON)  # type: ignore[arg-type]


@everywhere
def test_dates_of_a_log(studio: Studio) -> None:
    """A log lies on the grid and lasts a step at least; two days are 48 hours."""
    task, ada = studio.task(studio.project()), studio.user()
    short = TimeLog(task=task, resource=ada, start=NOON, end=NOON)
    assert (short.start, short.end, short.total_seconds) == (NOON, NOON + HOUR, 3600)
    long = TimeLog(task=task, resource=ada, start=NOON + DAY, duration=2 * DAY)
    assert long.total_seconds == 48 * 3600 and long.name.startswith("TimeLog_")
    studio.reload()
    assert [each.duration for each in task.time_logs] == [HOUR, 2 * DAY]
    assert task.time_logs[0].start.tzinfo is UTC


# --- Sums -----------------------------------------------------------------------------------------


def sums(*tasks: Task) -> list[float]:
    return [task.total_logged_seconds / 3600 for task in tasks]


@everywhere
def test_the_sums_follow_every_change_of_a_log(studio: Studio) -> None:
    """10 §1.10, D8: pending or written, on the task and all above it, at once."""
    project = studio.project()
    p1 = studio.task(project)
    p2, c2 = studio.task(p1), studio.task(p1, start=NOON)
    c1 = studio.task(p2, start=NOON)

    def are(*expected: float) -> None:
        for _ in range(2):
            assert sums(p1, p2, c1, c2) == list(expected)
            for each in (p1, p2, c1, c2):
                stale = each.total_logged_seconds
                each.update_schedule_info()
                assert each.total_logged_seconds == stale
            studio.reload()

    nine = log(studio, c2, 9)
    are(9, 0, 0, 9)
    three = log(studio, c2, 3)
    are(12, 0, 0, 12)
    log(studio, c1, 9)
    are(21, 9, 9, 12)
    three.end = three.start + 5 * HOUR
    are(23, 9, 9, 14)
    nine.task = c1
    are(23, 18, 18, 5)
    c2.time_logs.append(nine)
    are(23, 9, 9, 14)
    p2.parent = None
    are(14, 9, 9, 14)
    p2.parent = p1
    are(23, 9, 9, 14)
    c2.time_logs.remove(three)
    are(18, 9, 9, 9)
    c2.schedule_model = "duration"  # type: ignore[assignment]
    c2.schedule_model = "effort"  # type: ignore[assignment]
    are(18, 9, 9, 9)
    if studio.stored:
        DBSession.delete(nine)
        are(9, 9, 9, 0)
        DBSession.delete(c1.time_logs[0].resource)
        are(0, 0, 0, 0)
        assert c1.time_logs == []


def test_a_rolled_back_log_was_never_there(studio: Studio) -> None:
    """What is taken back counts for nobody, also in the sums of containers."""
    parent = studio.task(studio.project())
    task = studio.task(parent, start=NOON)
    DBSession.commit()
    log(studio, task, 4)
    DBSession.flush()
    assert sums(parent, task) == [4, 4]
    DBSession.rollback()
    assert sums(parent, task) == [0, 0] and code_of(task) == "RTS" and task.time_logs == []


@everywhere
def test_a_new_log_that_moves_is_written(studio: Studio) -> None:
    """A log that goes to another task before it was written stays in the session."""
    project = studio.project()
    one, other = studio.task(project, start=NOON), studio.task(project, start=NOON)
    studio.commit()
    for road in (lambda made: setattr(made, "task", other), other.time_logs.append):
        made = log(studio, one)
        road(made)
        assert one.time_logs == [] and made in other.time_logs
    studio.reload()
    assert sums(one, other) == [0, 2] and len(other.time_logs) == 2


@everywhere
def test_percent_of_containers(studio: Studio) -> None:
    """10 §1.10: the acceptance figures: 7 of 9 hours; with a finished day 31 of 33, or 16 of 18."""
    project = studio.project()
    effort = studio.task(project, start=NOON, schedule_timing=1, schedule_unit="d")
    log(studio, effort, 2)
    log(studio, effort, 5)
    assert effort.percent_complete == pytest.approx(700 / 9)
    for model, timing, unit, expected in [
        ("duration", 1, "d", (7 + 24) / (9 + 24)),
        ("length", 9, "h", 16 / 18),
    ]:
        box = studio.task(project)
        studio.task(
            box, start=NOON - 900 * DAY, schedule_timing=timing, schedule_unit=unit,
            schedule_model=model,
        )  # fmt: skip
        effort.parent = box
        assert box.percent_complete == pytest.approx(expected * 100)
        studio.commit()


@everywhere
def test_a_task_with_logs_stays_a_leaf(studio: Studio) -> None:
    """10 BT-9: nothing is put below a task on which somebody has worked; its logs would vanish."""
    project = studio.project()
    task, other = studio.task(project, start=NOON), studio.task(project)
    log(studio, task)
    studio.commit()
    for attempt in (
        lambda: studio.task(task),
        lambda: setattr(other, "parent", task),
        lambda: task.children.append(other),
    ):
        with pytest.raises(ValueError, match=r"Task\.children .*time logs"):
            attempt()
        assert task.children == [] and other.parent is None and sums(task) == [1]
    studio.commit()


@everywhere
@pytest.mark.parametrize("road", ["parent", "append", "list"])
def test_work_moves_with_its_task(studio: Studio, road: str) -> None:
    """10 §1.4: a task with logs may go below one without, which becomes a container by it."""
    project = studio.project()
    old, new = studio.task(project), studio.task(project)
    task = studio.task(old, start=NOON, schedule_timing=3)
    log(studio, task, 2)
    studio.reload()
    if road == "parent":
        task.parent = new
    elif road == "append":
        new.children.append(task)
    else:
        new.children = [task]
    for _ in range(2):
        assert sums(old, new, task) == [0, 2, 2] and task.parent is new
        assert new.schedule_seconds == 3 * 3600 and code_of(new) == "WIP"
        studio.reload()


def test_one_log_costs_the_same_at_any_depth(
    studio: Studio, statements: Callable[[], list[str]]
) -> None:
    """Logging work eight levels deep takes as many statements as at two levels."""
    counts = []
    for depth in (2, 8):
        task = studio.task(studio.project())
        for _ in range(depth - 1):
            task = studio.task(task, start=NOON)
            studio.task(task.parent)
        ada = studio.user(f"Worker {depth}")
        DBSession.commit()
        keys = task.id, ada.id
        DBSession.remove()
        found, person = DBSession.get(Task, keys[0]), DBSession.get(User, keys[1])
        assert found is not None and person is not None
        recorded = statements()
        TimeLog(task=found, resource=person, start=NOON, end=NOON + HOUR)
        DBSession.commit()
        counts.append(len(recorded))
        assert code_of(found) == "WIP"
    assert counts[0] == counts[1] <= 30, "\n".join(recorded)
