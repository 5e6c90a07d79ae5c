"""Which status leads to which, as the tables and derivations of the workflow say."""

from __future__ import annotations

from dataclasses import dataclass, field

from stalker.workflow.derive import STOP, WIP, Code, status_from_dependencies
from stalker.workflow.tasks import TASKS

__all__ = ["CONDITIONS", "Transition", "after_prerequisites", "staying", "transitions"]

#: what prerequisites may be like -> an example: their statuses, and whether work was logged
CONDITIONS: dict[str, tuple[list[str], bool]] = {
    "none, work logged": ([], True),
    "none, no work": ([], False),
    "all finished": ([STOP], True),
    "some unfinished": ([WIP], True),
}
#: sets of them that have a shorter name
_TOGETHER = (
    (("none, work logged", "none, no work", "all finished"), "none unfinished"),
    (("none, work logged", "none, no work"), "none"),
)


@dataclass
class Transition:
    """Everything that leads from one status to another one."""

    actions: list[str] = field(default_factory=list)
    #: prerequisites from which it follows
    prerequisites: list[str] = field(default_factory=list)


def after_prerequisites(code: str, condition: str) -> str:
    """Return the status that follows for a leaf from prerequisites that are like that."""
    return status_from_dependencies(code, *CONDITIONS[condition])


def transitions() -> dict[tuple[Code, Code], Transition]:
    """Return what leads from one status to another one, by both."""
    found: dict[tuple[Code, Code], Transition] = {}
    for action in TASKS.actions:
        for code in Code:
            step = TASKS.step(action, code)
            if step is not None and step.new_status != code:
                pair = code, Code(step.new_status)
                found.setdefault(pair, Transition()).actions.append(action)
    for code in Code:
        for condition in CONDITIONS:
            new = Code(after_prerequisites(code, condition))
            if new != code:
                found.setdefault((code, new), Transition()).prerequisites.append(condition)
    for transition in found.values():
        transition.prerequisites = _shortened(transition.prerequisites)
    return found


def staying(code: Code) -> list[str]:
    """Return the actions that are possible in a status and leave it as it is."""
    steps = {action: TASKS.step(action, code) for action in TASKS.actions}
    return [action for action, step in steps.items() if step and step.new_status == code]


def _shortened(conditions: list[str]) -> list[str]:
    for names, short in _TOGETHER:
        if set(names) <= set(conditions):
            return [short, *(each for each in conditions if each not in names)]
    return conditions
