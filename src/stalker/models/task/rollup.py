"""What a change of one task means for its ancestors and for the tasks that depend on it.

A container has no dates, effort or status of its own: its range is that of its children, its totals
are their sums, its status follows from theirs. Each change is carried upwards as a difference, so
that a container with thousands of children costs no more than one with three.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING

import stalker
from stalker.core.dates import resolve_range, utc_now
from stalker.core.kinds import ScheduleModel
from stalker.models.gathering import load_logs
from stalker.models.mixins.dag import has_children
from stalker.models.task.changes import (
    COMING,
    LEAVING,
    REPLACING,
    UNTIED,
    children_of,
    container_of,
    marked,
)
from stalker.models.task.propagation import (
    codes_of,
    dependencies_changed,
    from_dependencies,
    set_status,
)
from stalker.models.task.surroundings import load_line
from stalker.workflow.derive import status_from_children, status_with_another_child

if TYPE_CHECKING:
    from datetime import datetime

    from stalker.models.task.task import Task


# --- Children come and go ------------------------------------------------------------------------


def move(child: Task, old: Task | None, new: Task | None) -> None:
    """Make both parents account for a child that goes from one to the other."""
    with marked(old, LEAVING, {child}), marked(new, COMING, child):
        if old is not None:
            _children_left(old)
        if new is not None:
            _child_joined(new, child)


def child_joined(parent: Task, child: Task) -> None:
    """Make *parent* account for a child that it has got."""
    with marked(parent, COMING, child):
        _child_joined(parent, child)


def _child_joined(parent: Task, child: Task) -> None:
    if REPLACING in parent.__dict__:
        return
    planned, logged = child._cached_totals()
    if not has_children(parent, besides=[child]):
        _become_container(parent)
        _set_range(parent, child.start, child.end)
        set_totals(parent, planned, logged)
        set_status(parent, status_from_children([child.status.code]))
        return
    _set_range(parent, min(parent.start, child.start), max(parent.end, child.end))
    add_to_totals(parent, planned, logged)
    code = status_with_another_child(parent.status.code, child.status.code)
    set_status(parent, code or status_from_children(codes_of(children_of(parent))))


def leave(children: Mapping[Task, Collection[Task]], links: Mapping[Task, list[Task]]) -> None:
    """Make parents forget children, and tasks forget prerequisites, that will be deleted."""
    with ExitStack() as marks:
        for parent, gone in children.items():
            marks.enter_context(marked(parent, LEAVING, set(gone)))
        for task, prerequisites in links.items():
            marks.enter_context(marked(task, UNTIED, prerequisites))
        for task in links:
            dependencies_changed(task)
        for parent in children:
            _children_left(parent)


def _children_left(parent: Task) -> None:
    if REPLACING in parent.__dict__:
        return
    others = children_of(parent)
    if others:
        _derive_from(parent, others)
    else:
        _become_leaf(parent)


def replace_children(parent: Task, assign: Callable[[], None]) -> None:
    """Exchange the whole list of *parent* by *assign*, and derive everything of it again.

    Meanwhile the list is neither the old nor the new one: nothing is carried upwards through it.
    """
    had_children = bool(parent.children)
    with marked(parent, REPLACING, True):
        assign()
    if parent.children:
        _become_container(parent)
        _derive_from(parent, parent.children)
    elif had_children:
        _become_leaf(parent)


def _derive_from(parent: Task, children: Collection[Task]) -> None:
    _set_range(parent, *_envelope(children))
    totals = [child._cached_totals() for child in children]
    set_totals(parent, *map(sum, zip(*totals, strict=True)))
    set_status(parent, status_from_children(codes_of(children)))


def _become_container(task: Task) -> None:
    if task.resources:
        task.resources = []


def _become_leaf(task: Task) -> None:
    old_start, old_end = task.start, task.end
    task._start, task._end, task._duration = resolve_range(
        utc_now(), old_end, task._duration, stalker.defaults.timing_resolution
    )
    set_totals(task, *task._own_totals())
    range_changed(task, old_start, old_end)
    set_status(task, from_dependencies(task))


# --- Dates ---------------------------------------------------------------------------------------


def _envelope(children: Iterable[Task]) -> tuple[datetime, datetime]:
    children = list(children)
    return min(each.start for each in children), max(each.end for each in children)


def _set_range(task: Task, start: datetime, end: datetime) -> None:
    """Move a container, and fit its ancestors around it."""
    line = load_line(task) if (start, end) != (task._start, task._end) else []
    while (start, end) != (task._start, task._end):
        old_start, old_end = task._start, task._end
        task._start, task._end, task._duration = start, end, end - start
        parent = container_of(task)
        if parent is None or old_start is None or old_end is None:
            return
        start, end = _fitted(parent, task, old_start, old_end)
        task = parent
    del line  # the session alone would have let them go


def fit(container: Task) -> None:
    """Fit a container around its children."""
    if has_children(container):
        _set_range(container, *_envelope(children_of(container)))


def range_changed(task: Task, old_start: datetime | None, old_end: datetime | None) -> None:
    """Fit the ancestors around their children after *task* has moved."""
    parent = container_of(task)
    if parent is not None and old_start is not None and old_end is not None:
        _set_range(parent, *_fitted(parent, task, old_start, old_end))


def _fitted(
    parent: Task, child: Task, old_start: datetime, old_end: datetime
) -> tuple[datetime, datetime]:
    start, end = parent.start, parent.end
    if child.start <= start and child.end >= end:
        return child.start, child.end
    if (old_start <= start and child.start > old_start) or (old_end >= end and child.end < old_end):
        # the child was at the edge and has drawn back: another one may be there now
        return _envelope(children_of(parent))
    return min(start, child.start), max(end, child.end)


# --- Totals --------------------------------------------------------------------------------------


def set_totals(task: Task, planned: int | None = None, logged: int | None = None) -> None:
    """Replace the sums of *task* that are given, and carry the difference upwards."""
    more_planned = more_logged = 0
    if planned is not None:
        more_planned = planned - (task._schedule_seconds or 0)
        task._schedule_seconds = planned
    if logged is not None:
        more_logged = logged - (task._total_logged_seconds or 0)
        task._total_logged_seconds = logged
    if more_planned or more_logged:
        line = load_line(task)
        add_to_totals(container_of(task), more_planned, more_logged)
        del line  # the session alone would have let them go


def plan_changed(leaf: Task) -> None:
    """Note the planned effort of a leaf whose timing has changed, for it and its ancestors."""
    set_totals(leaf, planned=leaf._own_schedule_seconds())


def model_changed(leaf: Task) -> None:
    """Note the effort of a leaf that is measured otherwise now, for it and its ancestors."""
    set_totals(leaf, *leaf._own_totals())


def recompute_totals(task: Task) -> None:
    """Form the sums of *task* and of everything below it anew, from the bottom up."""
    below = list(task.walk_hierarchy())
    load_logs(each for each in below if each.schedule_model == ScheduleModel.EFFORT)
    for each in reversed(below):
        children = each.children
        if children:
            each._schedule_seconds = sum(child._schedule_seconds or 0 for child in children)
            each._total_logged_seconds = sum(child._total_logged_seconds or 0 for child in children)
        else:
            each._schedule_seconds, each._total_logged_seconds = each._own_totals()


def add_to_totals(container: Task | None, planned: int, logged: int) -> None:
    """Add to the sums of a container and of all its ancestors.

    A sum that is missing stays missing: it is formed anew when somebody asks for it.
    """
    if container is None or not (planned or logged):
        return
    line = load_line(container)
    while container is not None:
        if planned and container._schedule_seconds is not None:
            container._schedule_seconds += planned
        if logged and container._total_logged_seconds is not None:
            container._total_logged_seconds += logged
        container = container_of(container)
    del line  # the session alone would have let them go
