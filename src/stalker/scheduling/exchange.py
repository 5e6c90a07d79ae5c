"""Problems and results as JSON values, to keep, to send, or to attach to a report.

The format is ``sched-case/1``. Tasks may be nested in ``children``: their ids then are the names
below their parent, and the whole id is the dotted path. What is written is flat, with a ``parent``
and whole ids, so that a deep hierarchy is no deep nesting.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from stalker.core.kinds import (
    AllocationStrategy,
    DependencyTarget,
    GapModel,
    ScheduleModel,
    TimeUnit,
)
from stalker.scheduling.problem import (
    Allocation,
    Amount,
    Artist,
    Booking,
    Dependency,
    Interval,
    Problem,
    Task,
    Week,
)
from stalker.scheduling.result import Fault, Notice, Planned, Result

FORMAT = "sched-case/1"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Json = dict[str, Any]


# --- problems ----------------------------------------------------------------------------------


def problem_to_json(problem: Problem) -> Json:
    """Return *problem* as values that `json` can write."""
    project: Json = {
        "start": _write_date(problem.start),
        "end": _write_date(problem.end),
        "resolution_min": problem.resolution // timedelta(minutes=1),
        "timezone": problem.zone,
        "working_hours": _write_week(problem.week),
        "daily_working_hours": problem.daily_working_hours,
        "yearly_working_days": problem.yearly_working_days,
        "leaves": _write_intervals(problem.leaves),
        "projection": problem.projection,
    }
    if problem.now is not None:
        project["now"] = _write_date(problem.now)
    return {
        "format": FORMAT,
        "project": project,
        "resource_leaves": _write_intervals(problem.artist_leaves),
        "resources": [_write_artist(artist) for artist in problem.artists],
        "tasks": [_write_task(task) for task in problem.tasks],
    }


def problem_from_json(case: Mapping[str, Any]) -> Problem:
    """Return the problem that *case* describes; another format is a `ValueError`."""
    if case.get("format") != FORMAT:
        raise ValueError(f"a problem must have the format {FORMAT!r}, not {case.get('format')!r}")
    project = case["project"]
    given = {key: project[key] for key in _PLAIN if key in project}
    if "timezone" in project:
        given["zone"] = project["timezone"]
    return Problem(
        start=_read_date(project["start"]),
        end=_read_date(project["end"]),
        resolution=timedelta(minutes=project["resolution_min"]),
        week=_read_week(project["working_hours"]),
        tasks=tuple(_read_tasks(case["tasks"])),
        artists=tuple(map(_read_artist, case.get("resources", ()))),
        now=_read_optional(project.get("now")),
        leaves=_read_intervals(project.get("leaves", ())),
        artist_leaves=_read_intervals(case.get("resource_leaves", ())),
        **given,
    )


_PLAIN = ("daily_working_hours", "yearly_working_days", "projection")


def _write_artist(artist: Artist) -> Json:
    written: Json = {"id": artist.id, "efficiency": artist.efficiency}
    if artist.leaves:
        written["leaves"] = _write_intervals(artist.leaves)
    if artist.week is not None:
        written["working_hours"] = _write_week(artist.week)
    if artist.elsewhere:
        written["elsewhere"] = _write_intervals(artist.elsewhere)
    return _labelled(written, artist.label)


def _read_artist(given: Mapping[str, Any]) -> Artist:
    week = given.get("working_hours")
    return Artist(
        id=given["id"],
        efficiency=given.get("efficiency", 1.0),
        leaves=_read_intervals(given.get("leaves", ())),
        week=None if week is None else _read_week(week),
        label=given.get("label", ""),
        elsewhere=_read_intervals(given.get("elsewhere", ())),
    )


def _write_task(task: Task) -> Json:
    written: Json = {"id": task.id}
    if task.parent is not None:
        written["parent"] = task.parent
    if task.priority is not None:
        written["priority"] = task.priority
    if task.dependencies:
        written["depends"] = [_write_dependency(each) for each in task.dependencies]
    if task.model is not None:
        written["model"] = task.model.value
    if task.timing is not None:
        written["timing"] = [task.timing.value, task.timing.unit.value]
    if task.milestone:
        written["milestone"] = True
    for key in ("start", "end", "maxend"):
        if (moment := getattr(task, key)) is not None:
            written[key] = _write_date(moment)
    if task.allocations:
        written["allocate"] = [_write_allocation(each) for each in task.allocations]
    if task.bookings:
        written["bookings"] = [_write_booking(each) for each in task.bookings]
    return _labelled(written, task.label)


def _read_tasks(given: Iterable[Mapping[str, Any]]) -> Iterator[Task]:
    """Yield all tasks, parents before their children."""
    waiting = [(iter(given), "")]
    while waiting:
        for each in waiting[-1][0]:
            above = waiting[-1][1]
            parent = above or each.get("parent")
            task = _read_task(each, f"{above}.{each['id']}" if above else each["id"], parent)
            yield task
            if each.get("children"):
                waiting.append((iter(each["children"]), task.id))
                break
        else:
            waiting.pop()


def _read_task(given: Mapping[str, Any], task_id: str, parent: str | None) -> Task:
    model, timing = given.get("model"), given.get("timing")
    return Task(
        id=task_id,
        parent=parent,
        priority=given.get("priority"),
        dependencies=tuple(map(_read_dependency, given.get("depends", ()))),
        model=None if model is None else ScheduleModel(model),
        timing=None if timing is None else Amount(timing[0], TimeUnit(timing[1])),
        milestone=given.get("milestone", False),
        start=_read_optional(given.get("start")),
        end=_read_optional(given.get("end")),
        maxend=_read_optional(given.get("maxend")),
        allocations=tuple(map(_read_allocation, given.get("allocate", ()))),
        bookings=tuple(map(_read_booking, given.get("bookings", ()))),
        label=given.get("label", ""),
    )


def _write_dependency(dependency: Dependency) -> Json:
    written: Json = {"task": dependency.target, "on": dependency.on.value.removeprefix("on")}
    if dependency.gap is not None:
        written["gap"] = [dependency.gap_model.value, *dependency.gap]
    return written


def _read_dependency(given: Mapping[str, Any]) -> Dependency:
    on = DependencyTarget(f"on{given.get('on', 'end')}")
    gap = given.get("gap")
    if gap is None:
        return Dependency(given["task"], on)
    return Dependency(given["task"], on, Amount(gap[1], TimeUnit(gap[2])), GapModel(gap[0]))


def _write_allocation(allocation: Allocation) -> Json:
    written: Json = {"candidates": list(allocation.candidates), "select": allocation.select.value}
    for key in ("persistent", "mandatory"):
        if getattr(allocation, key):
            written[key] = True
    return written


def _read_allocation(given: Mapping[str, Any]) -> Allocation:
    return Allocation(
        candidates=tuple(given["candidates"]),
        select=AllocationStrategy(given.get("select", AllocationStrategy.MIN_ALLOCATED)),
        persistent=given.get("persistent", False),
        mandatory=given.get("mandatory", False),
    )


def _write_booking(booking: Booking) -> Json:
    return {
        "resource": booking.artist,
        "start": _write_date(booking.start),
        "end": _write_date(booking.end),
        "overtime": booking.overtime,
    }


def _read_booking(given: Mapping[str, Any]) -> Booking:
    start, end = _read_date(given["start"]), _read_date(given["end"])
    return Booking(given["resource"], start, end, given.get("overtime", 2))


# --- results -----------------------------------------------------------------------------------


def result_to_json(result: Result) -> Json:
    """Return *result*, without its reasons and its work, as values that `json` can write."""
    return {
        "tasks": {
            task_id: {
                "start": _write_date(each.start),
                "end": _write_date(each.end),
                "resources": list(each.artists),
            }
            for task_id, each in result.tasks.items()
        },
        "warnings": [
            {**asdict(each), "moment": _write_date(each.moment)} for each in result.warnings
        ],
        "faults": [
            {**asdict(each), "start": _write_date(each.start), "end": _write_date(each.end)}
            for each in result.faults
        ],
    }


def result_from_json(given: Mapping[str, Any]) -> Result:
    """Return the result that `result_to_json` wrote."""
    tasks = {
        task_id: Planned(
            _read_optional(each["start"]), _read_optional(each["end"]), tuple(each["resources"])
        )
        for task_id, each in given["tasks"].items()
    }
    warnings = (
        Notice(**{**each, "moment": _read_optional(each["moment"])}) for each in given["warnings"]
    )
    faults = (
        Fault(**{**each, **{end: _read_optional(each[end]) for end in ("start", "end")}})
        for each in given["faults"]
    )
    return Result(tasks, tuple(warnings), tuple(faults))


# --- shared ------------------------------------------------------------------------------------


def _labelled(written: Json, label: str) -> Json:
    return {**written, "label": label} if label else written


def _write_date(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    text = moment.astimezone(UTC).replace(tzinfo=None).isoformat()
    return text.removesuffix(":00")


def _read_date(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _read_optional(text: str | None) -> datetime | None:
    return None if text is None else _read_date(text)


def _write_intervals(intervals: Iterable[Interval]) -> list[list[str | None]]:
    return [[_write_date(start), _write_date(end)] for start, end in intervals]


def _read_intervals(given: Iterable[tuple[str, str]]) -> tuple[Interval, ...]:
    return tuple(Interval(_read_date(start), _read_date(end)) for start, end in given)


def _write_week(week: Week) -> dict[str, list[list[int]]]:
    return {day: [list(span) for span in spans] for day, spans in zip(DAYS, week, strict=True)}


def _read_week(given: Mapping[str, Iterable[tuple[int, int]]]) -> Week:
    return tuple(tuple((begin, end) for begin, end in given.get(day, ())) for day in DAYS)
