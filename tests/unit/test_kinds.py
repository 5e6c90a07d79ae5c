"""The closed vocabularies are the plain strings and numbers of the contract."""

from __future__ import annotations

import copy
import json
import pickle
from enum import Enum

import pytest

from stalker.core import kinds
from stalker.default_config import DEFAULTS

VALUES = {
    kinds.TimeUnit: ["min", "h", "d", "w", "m", "y"],
    kinds.ScheduleModel: ["effort", "length", "duration"],
    kinds.GapModel: ["length", "duration"],
    kinds.DependencyTarget: ["onend", "onstart"],
    kinds.AllocationStrategy: ["minallocated", "maxloaded", "minloaded", "order", "random"],
    kinds.ScheduleConstraint: [0, 1, 2, 3],
    kinds.TraversalDirection: [0, 1],
    kinds.Access: ["Allow", "Deny"],
    kinds.LoginAction: ["login", "logout"],
    kinds.Priority: ["TRIVIAL", "MINOR", "MAJOR", "CRITICAL", "BLOCKER"],
}

every_member = pytest.mark.parametrize(
    ("member", "plain"),
    [
        pytest.param(member, plain, id=str(member))
        for kind, plains in VALUES.items()
        for member, plain in zip(kind, plains, strict=True)
    ],
)


def test_all_vocabularies_are_listed_here() -> None:
    """Nobody adds a vocabulary without saying here what it consists of."""
    assert set(kinds.__all__) == {kind.__name__ for kind in VALUES}
    assert {kind.__name__: [member.value for member in kind] for kind in VALUES} == {
        kind.__name__: values for kind, values in VALUES.items()
    }


@every_member
def test_members_are_the_values_that_callers_write(member: Enum, plain: str | int) -> None:
    """A member equals its plain value, replaces it as a key, and prints and serialises as it."""
    assert member == plain
    assert {plain: "found"}[member] == "found"  # type: ignore[index]
    assert isinstance(member, type(plain))
    assert json.dumps([member, {"key": member}]) == json.dumps([plain, {"key": plain}])
    assert f"{member}" == str(member) == str(plain)


@every_member
def test_members_survive_copies(member: Enum, plain: str | int) -> None:
    """A copied or pickled member is the same object."""
    assert pickle.loads(pickle.dumps(member)) is member
    assert copy.deepcopy(member) is member


@pytest.mark.parametrize(
    ("setting", "kind"),
    [
        ("datetime_units", kinds.TimeUnit),
        ("task_schedule_models", kinds.ScheduleModel),
        ("task_dependency_gap_models", kinds.GapModel),
        ("task_dependency_targets", kinds.DependencyTarget),
        ("allocation_strategy", kinds.AllocationStrategy),
    ],
)
def test_configuration_lists_the_same_words(setting: str, kind: type[Enum]) -> None:
    """The settings that list a vocabulary agree with it, also about the order."""
    assert DEFAULTS[setting] == list(kind)


def test_constraints_are_numbered_as_the_configuration_lists_them() -> None:
    """The index of a constraint's name is its number, and both ends are start and end together."""
    names = [constraint.name.lower() for constraint in kinds.ScheduleConstraint]

    assert names == DEFAULTS["task_schedule_constraints"]
    assert kinds.ScheduleConstraint.START | kinds.ScheduleConstraint.END == 3
