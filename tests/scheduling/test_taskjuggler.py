"""The embedded scheduler gives the answers of TaskJuggler."""

from __future__ import annotations

from typing import Any

import pytest

from stalker.core.kinds import DependencyTarget
from stalker.scheduling import SchedulingError, schedule, validate
from stalker.scheduling.exchange import problem_from_json, result_to_json
from tests.scheduling.cases import Case, corpus, examples

#: warnings that are told in other words, or that only repeat an error
NOT_OURS = {"priority_inversion"}


def answer(case: Case) -> dict[str, Any]:
    """Return what the embedded scheduler says, in the words of the data."""
    try:
        result = schedule(problem_from_json(case["case"]))
    except SchedulingError as error:
        return {"status": "error", "error": error.id, "tasks": {}}
    warnings = sorted({notice.id for notice in result.warnings})
    tasks = result_to_json(result)["tasks"]
    return {"status": "ok", "error": None, "tasks": tasks, "warnings": warnings}


def compare(case: Case) -> None:
    expected, found = case["expected"], answer(case)
    assert (found["status"], found["error"]) == (expected["status"], expected["error"])
    assert found["tasks"] == expected["tasks"]
    if expected["status"] == "ok" and "warnings" in expected:
        assert found["warnings"] == sorted(set(expected["warnings"]) - NOT_OURS)


@pytest.mark.parametrize("name", sorted(examples()))
def test_the_examples(name: str) -> None:
    """Each rule has an example: the same dates, artists in order, or error."""
    compare(examples()[name])


@pytest.mark.parametrize("name", sorted(corpus()))
def test_the_corpus(name: str) -> None:
    """Random plans, in which rules meet: the same dates, artists in order, errors, warnings."""
    compare(corpus()[name])


#: what can only be known after planning
AFTERWARDS = {"task_pred_before", "sched_runaway", "start_after_end"}


@pytest.mark.parametrize("name", sorted(corpus()))
def test_what_is_wrong_is_found_before(name: str) -> None:
    """A plan that can be made has no faults; one that cannot is refused with the same error."""
    case = corpus()[name]
    found = {fault.id for fault in validate(problem_from_json(case["case"]))}
    error = case["expected"]["error"]
    if error is None or error in AFTERWARDS:
        assert not found
    else:
        assert error in found


def test_actual_starts() -> None:
    """What depends on a start and on something else may wait for it, unlike in TaskJuggler."""
    [case] = [case for name, case in examples().items() if name.startswith("E29")]
    problem = problem_from_json(case["case"])
    assert case["expected"]["error"] == "task_pred_before"
    with pytest.raises(SchedulingError, match="with actual_starts it waits"):
        schedule(problem)

    result = schedule(problem, actual_starts=True)

    for task in problem.tasks:
        for dependency in task.dependencies:
            target, planned = result.tasks[dependency.target], result.tasks[task.id]
            on_end = dependency.on == DependencyTarget.ON_END
            base = target.end if on_end else target.start
            assert planned.start is not None and base is not None and planned.start >= base


@pytest.mark.parametrize("name", sorted(examples()))
def test_actual_starts_change_little(name: str) -> None:
    """Every other example has the same plan."""
    case = examples()[name]
    if case["expected"]["error"] is None:
        result = schedule(problem_from_json(case["case"]), actual_starts=True)
        assert result_to_json(result)["tasks"] == case["expected"]["tasks"]


def test_a_fixed_start_wins() -> None:
    """A start that is set by hand before what the task depends on is refused: the text says why."""
    [case] = [case for name, case in examples().items() if name.startswith("E24")]

    with pytest.raises(SchedulingError, match="its fixed start wins over what it depends on"):
        schedule(problem_from_json(case["case"]))
