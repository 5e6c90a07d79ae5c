"""Statuses that follow from others: the whole truth tables."""

from __future__ import annotations

from itertools import chain, combinations, product

import pytest

from stalker.workflow.derive import (
    Code,
    is_finished,
    status_from_children,
    status_from_dependencies,
    status_with_another_child,
    status_with_another_dependency,
)

CODES = [str(code) for code in Code]
FINISHED = {"STOP", "CMPL"}
#: all 511 combinations of statuses that tasks can have together
COMBINATIONS = [
    frozenset(some)
    for some in chain.from_iterable(combinations(CODES, size) for size in range(1, 10))
]

#: current: nothing to wait for, with logs and without; all finished; something unfinished
BY_DEPENDENCIES = """
WFD:  RTS  RTS  RTS  WFD
RTS:  RTS  RTS  RTS  WFD
WIP:  WIP  RTS  WIP  DREV
PREV: PREV PREV PREV PREV
HREV: HREV HREV HREV DREV
DREV: WIP  RTS  HREV DREV
OH:   OH   OH   OH   OH
STOP: STOP STOP STOP STOP
CMPL: CMPL CMPL CMPL DREV
"""
ROWS = {
    line.partition(":")[0]: line.partition(":")[2].split()
    for line in BY_DEPENDENCIES.strip().splitlines()
}

#: every combination of children that does not make a container "in progress"
BY_CHILDREN = {
    "WFD": "WFD",
    "WFD STOP": "WFD",
    "RTS": "RTS",
    "RTS STOP": "RTS",
    "WFD RTS": "RTS",
    "WFD RTS STOP": "RTS",
    "CMPL": "CMPL",
    "STOP": "CMPL",
    "CMPL STOP": "CMPL",
}
CONTAINERS = {frozenset(codes.split()): status for codes, status in BY_CHILDREN.items()}


def test_the_codes_are_those_of_the_workflow_in_order() -> None:
    """The nine codes exist in the order of the status lists, as plain strings."""
    assert CODES == ["WFD", "RTS", "WIP", "PREV", "HREV", "DREV", "OH", "STOP", "CMPL"]
    assert Code.WORK_IN_PROGRESS == "WIP"


def test_stopped_and_completed_are_finished() -> None:
    """Who depends on a stopped or completed task may begin; nothing else counts as finished."""
    assert {code for code in [*CODES, "MINE"] if is_finished(code)} == FINISHED


@pytest.mark.parametrize("current", CODES)
def test_a_leaf_follows_its_prerequisites(current: str) -> None:
    """Each status answers to each of the 511 combinations of prerequisites as the table says."""
    with_logs, without, all_finished, unfinished = ROWS[current]
    assert status_from_dependencies(current, [], True) == with_logs
    assert status_from_dependencies(current, [], False) == without
    for some, has_logs in product(COMBINATIONS, (True, False)):
        expected = all_finished if some <= FINISHED else unfinished
        assert status_from_dependencies(current, list(some), has_logs) == expected, some


@pytest.mark.parametrize("current", CODES)
def test_deriving_twice_changes_nothing_more(current: str) -> None:
    """A status that was derived is stable as long as the prerequisites stay what they are."""
    for some, has_logs in product([frozenset(), *COMBINATIONS], (True, False)):
        once = status_from_dependencies(current, some, has_logs)
        assert status_from_dependencies(once, some, has_logs) == once, some


@pytest.mark.parametrize("prerequisite", CODES)
def test_another_prerequisite_makes_a_ready_task_wait(prerequisite: str) -> None:
    """A ready task waits for an unfinished prerequisite; a waiting one goes on waiting."""
    assert status_with_another_dependency("WFD", prerequisite) == "WFD"
    ready = "RTS" if prerequisite in FINISHED else "WFD"
    assert status_with_another_dependency("RTS", prerequisite) == ready


def test_a_container_follows_its_children() -> None:
    """Nine combinations of children have a status of their own, the other 502 are in progress."""
    found = {some: status_from_children(some) for some in COMBINATIONS}
    assert found == {some: CONTAINERS.get(some, "WIP") for some in COMBINATIONS}


def test_the_number_of_children_does_not_matter() -> None:
    """Only which statuses occur counts, neither how often nor in which order."""
    for some in COMBINATIONS:
        many = [*sorted(some), *sorted(some, reverse=True)]
        assert status_from_children(many) == status_from_children(some)


def test_another_child_gives_the_same_as_looking_at_all_of_them() -> None:
    """The shortcut for one more child never disagrees with the table, at most it does not know."""
    for some, child in product(COMBINATIONS, CODES):
        shortcut = status_with_another_child(status_from_children(some), child)
        assert shortcut in (None, status_from_children(some | {child})), (some, child)


@pytest.mark.parametrize("current", CODES)
def test_a_status_of_the_studio_is_unfinished_work(current: str) -> None:
    """An unknown code among prerequisites or children counts like work in progress."""
    assert status_from_dependencies(current, ["MINE"], False) == ROWS[current][3]
    assert status_from_children([current, "MINE"]) == "WIP"
    assert status_with_another_dependency("RTS", "MINE") == "WFD"


def test_the_workflow_leaves_a_status_of_the_studio_alone() -> None:
    """A task in a status that is not of the workflow keeps it, whatever it depends on."""
    for some in ([], ["CMPL"], ["WIP"]):
        assert status_from_dependencies("MINE", some, False) == "MINE"
        assert status_from_dependencies("MINE", some, True) == "MINE"
    assert status_with_another_dependency("MINE", "WIP") == "MINE"
