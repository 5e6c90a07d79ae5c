"""Statuses that follow from others: from prerequisites, and from the parts of a container.

Everything here works on status codes. A code that a studio added counts as unfinished work.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum

__all__ = [
    "FINISHED",
    "Code",
    "decides_alone",
    "is_finished",
    "status_from_children",
    "status_from_dependencies",
    "status_with_another_child",
    "status_with_another_dependency",
]


class Code(StrEnum):
    """Codes of the statuses of a task."""

    WAITING_FOR_DEPENDENCY = "WFD"
    READY_TO_START = "RTS"
    WORK_IN_PROGRESS = "WIP"
    PENDING_REVIEW = "PREV"
    HAS_REVISION = "HREV"
    DEPENDENCY_HAS_REVISION = "DREV"
    ON_HOLD = "OH"
    STOPPED = "STOP"
    COMPLETED = "CMPL"


WFD, RTS, WIP, PREV, HREV, DREV, OH, STOP, CMPL = Code

#: what depends on a task with such a status may begin
FINISHED = frozenset({STOP, CMPL})

#: current status -> result with no prerequisite (with logs, without), all finished, some unfinished
_BY_DEPENDENCIES: dict[str, tuple[Code, Code, Code, Code]] = {
    WFD: (RTS, RTS, RTS, WFD),
    RTS: (RTS, RTS, RTS, WFD),
    WIP: (WIP, RTS, WIP, DREV),
    PREV: (PREV, PREV, PREV, PREV),
    HREV: (HREV, HREV, HREV, DREV),
    DREV: (WIP, RTS, HREV, DREV),
    OH: (OH, OH, OH, OH),
    STOP: (STOP, STOP, STOP, STOP),
    CMPL: (CMPL, CMPL, CMPL, DREV),
}


def is_finished(code: str) -> bool:
    """Say whether tasks that depend on one with this status may begin."""
    return code in FINISHED


def status_from_dependencies(current: str, prerequisites: Collection[str], has_logs: bool) -> str:
    """Return the status of a leaf whose prerequisites have the given statuses."""
    row = _BY_DEPENDENCIES.get(current)
    if row is None:  # a status of the studio's own: the workflow leaves it alone
        return current
    if not prerequisites:
        return row[0] if has_logs else row[1]
    return row[2] if all(map(is_finished, prerequisites)) else row[3]


def status_with_another_dependency(current: str, prerequisite: str) -> str:
    """Return the status of a waiting or ready task, leaf or container, that gets a prerequisite."""
    if current == RTS and not is_finished(prerequisite):
        return WFD
    return current


def status_from_children(codes: Iterable[str]) -> Code:
    """Return the status of a container with children of these statuses, at least one.

    Stopped children count for nothing, unless all others are completed.
    """
    found = set(codes)
    working = found - {STOP}
    if working <= {CMPL}:
        return CMPL
    if working == {WFD}:
        return WFD
    if working <= {WFD, RTS}:
        return RTS
    return WIP


def decides_alone(child: str) -> bool:
    """Say whether a container with a child of this status is at work, whatever others it has."""
    return child not in (WFD, RTS, STOP, CMPL)


def status_with_another_child(container: str, child: str) -> Code | None:
    """Return the status of a container with one more child, `None` if all have to be asked.

    `container` is the status that followed from the children before.
    """
    if container == WIP:
        return WIP
    if container in (WFD, RTS):
        return status_from_children((container, child))
    if container == CMPL and is_finished(child):
        return CMPL
    return None
