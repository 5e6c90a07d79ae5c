"""The workflow of a task on one screen: which action is possible when, and what it leads to.

A status without a row does not allow the action. A guard may still refuse it, before anything has
changed; an effect is what else happens. Both are methods of `models.task.actions.TaskActions`.

What follows for others, and from others, is in `derive`: a leaf follows its prerequisites, a
container its children.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from stalker.workflow.derive import CMPL, DREV, HREV, OH, PREV, RTS, STOP, WFD, WIP, Code
from stalker.workflow.machine import Workflow

__all__ = ["OUTCOMES", "REVIEWS", "TASKS", "TASK_WORKFLOW", "outcome_of"]

#: codes of the statuses of a review
NEW, REVISION, APPROVED = "NEW", "RREV", "APP"


def _to(new: Code, effect: str | None = None, guard: str | None = None) -> dict[str, str | None]:
    return {"new_status": new, "action": effect, "guard": guard}


#: action -> current status -> the next one, and what else
TASK_WORKFLOW: dict[str, dict[str, Any]] = {
    "create_time_log": {
        RTS: _to(WIP),
        WIP: _to(WIP),
        PREV: _to(PREV),
        HREV: _to(WIP, effect="follow_prerequisites"),
        DREV: _to(DREV),
    },
    "request_review": {
        WIP: _to(PREV, effect="open_reviews", guard="refuse_nobody"),
    },
    "request_revision": {
        PREV: _to(HREV, effect="decide_revision", guard="refuse_no_reviewer"),
        CMPL: _to(HREV, effect="decide_revision", guard="refuse_no_reviewer"),
    },
    # the others of the set may not have decided yet, or otherwise
    "approve": {
        PREV: _to(CMPL, effect="decide_approval", guard="refuse_no_reviewer"),
    },
    "hold": {
        WIP: _to(OH, effect="drop_priority"),
        DREV: _to(OH, effect="drop_priority"),
        OH: _to(OH, effect="drop_priority"),
    },
    "stop": {
        WIP: _to(STOP, effect="cap_effort"),
        DREV: _to(STOP, effect="cap_effort"),
        STOP: _to(STOP, effect="cap_effort"),
    },
    "resume": {
        OH: _to(WIP, effect="follow_prerequisites"),
        STOP: _to(WIP, effect="follow_prerequisites"),
    },
    "add_dependency": {
        WFD: _to(WFD),
        RTS: _to(RTS),
    },
}

#: what may be done with a task, and what follows
TASKS = Workflow(TASK_WORKFLOW, "TASK_WORKFLOW")

#: what a set of reviews makes of its task when the last one has decided, whatever the task is doing
OUTCOMES = Workflow(
    {
        "complete": dict.fromkeys(Code, _to(CMPL, effect="cap_effort")),
        "revise": dict.fromkeys(Code, _to(HREV, effect="extend_effort")),
    },
    "OUTCOMES",
)


def outcome_of(reviews: Collection[str]) -> str | None:
    """Return what a set of reviews with these statuses leads to; `None` while one is undecided."""
    if NEW in reviews:
        return None
    return "revise" if REVISION in reviews else "complete"


#: of a single review: who has decided may decide again, until the next set
REVIEWS = Workflow(
    {
        action: {code: {"new_status": new} for code in (NEW, REVISION, APPROVED)}
        for action, new in (("approve", APPROVED), ("request_revision", REVISION))
    },
    "REVIEWS",
)
