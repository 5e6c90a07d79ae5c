"""The page about the workflow of tasks."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, combinations

from docs.pages.transitions import CONDITIONS, after_prerequisites
from stalker.config import Config
from stalker.models.task.actions import TaskActions
from stalker.workflow.derive import (
    CMPL,
    RTS,
    STOP,
    WFD,
    WIP,
    Code,
    is_finished,
    status_from_children,
    status_from_dependencies,
    status_with_another_dependency,
)
from stalker.workflow.machine import Step
from stalker.workflow.tasks import OUTCOMES, REVIEWS, TASKS, outcome_of

__all__ = ["page"]

_CODES = [str(code) for code in Code]
_NOTHING = "·"
_FOLLOWS, _DECIDES = "¹", "²"

_HEAD = """# The workflow of a task

This page and the diagram are made from the tables in
[`workflow/tasks.py`](../src/stalker/workflow/tasks.py) and the derivations in
[`workflow/derive.py`](../src/stalker/workflow/derive.py); after a change of
them, run `make workflow`.

![The statuses of a task, and what leads from one to the other](workflow.svg)

A solid arrow is an action, a dashed one follows from the tasks that a task depends on, and ↻ is an
action that leaves the status as it is. `task.allowed_actions` and `task.can(action)` answer from
the same table."""

#: what the children of a container are like, the first that fits counts
_CHILDREN: dict[str, Callable[[set[str]], bool]] = {
    "all CMPL or STOP": lambda found: found <= {CMPL, STOP},
    "all WFD; those in STOP count for nothing": lambda found: found <= {WFD, STOP},
    "all WFD or RTS; those in STOP count for nothing": lambda found: found <= {WFD, RTS, STOP},
    "anything else": lambda found: True,
}


def page() -> str:
    """Return the text of the page."""
    parts = [_HEAD, *_statuses(), *_actions(), *_prerequisites(), *_children(), *_reviews()]
    return "\n\n".join(parts) + "\n"


def _statuses() -> Iterator[str]:
    yield "## Statuses"
    names = Config.default_config_values
    rows = (
        [code, name, "yes" if is_finished(code) else ""]
        for code, name in zip(names["task_status_codes"], names["task_status_names"], strict=True)
    )
    yield _table(["Code", "Name", "What depends on it may begin"], rows)


# --- Actions --------------------------------------------------------------------------------------


def _actions() -> Iterator[str]:
    yield "## Actions"
    yield (
        "What an action leads to in each status. Where there is a dot, it raises `StatusError` and "
        "changes nothing."
    )
    rows = (
        [f"`{action}`", *(_next(TASKS.step(action, code)) for code in Code)]
        for action in TASKS.actions
    )
    yield _table(["", *_CODES], rows)
    yield f"{_FOLLOWS} From there it follows the [prerequisites](#what-follows-from-prerequisites)."
    yield f"{_DECIDES} If the [reviews of the round](#reviews) decide so together."
    yield "\n".join(_meaning(action) for action in TASKS.actions)


def _next(step: Step | None) -> str:
    if step is None:
        return _NOTHING
    effect = step.effect or ""
    follows = effect == "follow_prerequisites" or step.action == "add_dependency"
    mark = _FOLLOWS if follows else ""
    return step.new_status + (_DECIDES if effect.startswith("decide_") else mark)


def _meaning(action: str) -> str:
    """Return what an action is, with what its guard and its effect say about themselves."""
    method = getattr(TaskActions, action, None)
    if method is None:  # what is done by other means
        return f"* `{action}`: `task.depends` gets one more task, by any means."
    parts = [f"* `{action}()`: {_sentence(method)}"]
    steps = TASKS.steps(action).values()
    for kind, names in (
        ("Before", dict.fromkeys(step.guard for step in steps)),
        ("On the way", dict.fromkeys(step.effect for step in steps)),
    ):
        for name in names:
            if name is not None and name != "follow_prerequisites":
                parts.append(f"  * {kind}, `{name}`: {_sentence(_method(name))}")
    return "\n".join(parts)


def _method(name: str) -> Callable[..., object]:
    found: Callable[..., object] = getattr(TaskActions, f"_{name}")
    return found


def _sentence(method: Callable[..., object]) -> str:
    """Return the first paragraph of a docstring, as Markdown."""
    paragraph = (inspect.getdoc(method) or "").partition("\n\n")[0]
    return re.sub(r"\*(\w+)\*", r"`\1`", paragraph.replace("\n", " "))


# --- What follows from others ---------------------------------------------------------------------


def _prerequisites() -> Iterator[str]:
    yield "## What follows from prerequisites"
    yield (
        "A leaf follows the tasks that it depends on, whenever one of them becomes finished (STOP "
        "or CMPL) or unfinished, and whenever one comes or goes."
    )
    rows = (
        [code, *(after_prerequisites(code, condition) for condition in CONDITIONS)]
        for code in _CODES
    )
    yield _table(["The task is", *CONDITIONS], rows)
    yield (
        "A prerequisite can be added in these statuses only, to a leaf or a container, which "
        "follows the new one at once:"
    )
    rows = (
        [code, *(_with_another(code, finished) for finished in (True, False))]
        for code in _CODES
        if TASKS.step("add_dependency", code)
    )
    yield _table(["The task is", "added: a finished one", "added: an unfinished one"], rows)


def _with_another(code: str, finished: bool) -> str:
    added = [each for each in _CODES if is_finished(each) is finished]
    return _only({status_with_another_dependency(code, each) for each in added})


def _children() -> Iterator[str]:
    yield "## What follows from children"
    yield "A container has the status of its children together; the first row that fits counts."
    results: dict[str, set[str]] = {}
    for found in _subsets(_CODES):
        row = next(name for name, fits in _CHILDREN.items() if fits(set(found)))
        results.setdefault(row, set()).add(status_from_children(found))
    rows = ([name, _only(results[name])] for name in _CHILDREN)
    yield _table(["The children are", "The container is"], rows)


# --- Reviews --------------------------------------------------------------------------------------


def _reviews() -> Iterator[str]:
    yield "## Reviews"
    yield "What a reviewer may do with a review, also after it was decided, until the next round:"
    statuses = Config.default_config_values["review_status_codes"]
    rows = (
        [f"`{action}`", *(_next(REVIEWS.step(action, code)) for code in statuses)]
        for action in REVIEWS.actions
    )
    yield _table(["", *statuses], rows)
    yield (
        "All reviews of one round are a set. Whoever decides last lets the task follow it, "
        "whatever the task is doing:"
    )
    yield _table(
        ["In the set are", "Outcome", "The task is", "if some prerequisite is unfinished"],
        map(_outcome, _subsets(statuses)),
    )
    yield "\n".join(
        f"* `{action}`: {_sentence(_method(effect))}"
        for action in OUTCOMES.actions
        for effect in dict.fromkeys(step.effect for step in OUTCOMES.steps(action).values())
        if effect is not None
    )


def _subsets(statuses: list[str]) -> Iterable[tuple[str, ...]]:
    return chain.from_iterable(combinations(statuses, size) for size in range(1, len(statuses) + 1))


def _outcome(found: tuple[str, ...]) -> list[str]:
    outcome = outcome_of(found)
    names = " and ".join(found)
    if outcome is None:
        return [names, _NOTHING, "as before", "as before"]
    code = _only({step.new_status for step in OUTCOMES.steps(outcome).values()})
    return [names, f"`{outcome}`", code, status_from_dependencies(code, [WIP], has_logs=True)]


def _only(codes: set[str]) -> str:
    """Return the one status of what the page tells in one cell, or raise `ValueError`."""
    if len(codes) != 1:
        raise ValueError(f"the page says one status where there are {sorted(codes)}")
    return codes.pop()


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
