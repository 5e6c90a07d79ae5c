"""Workflows are tables: what they allow, and what is refused in them."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from stalker.default_config import DEFAULTS
from stalker.workflow.machine import Step, Workflow

TABLE = {
    "begin": {
        "Ready": {"new_status": "Running", "action": "note_start"},
        "rts": {"new_status": "Waiting"},
        "OH": {"new_status": "Running"},
    },
    "end": {"Running": {"new_status": "Done", "action": None}},
}


@pytest.mark.parametrize(
    ("action", "status", "expected"),
    [
        ("begin", ("Ready", "RTS"), Step("begin", "Running", "note_start")),
        ("begin", ("ready",), Step("begin", "Running", "note_start")),
        ("begin", ("Set", "RTS"), Step("begin", "Waiting")),
        ("begin", ("On Hold", "OH"), Step("begin", "Running")),
        ("begin", ("Running", "WIP"), None),
        ("end", ("RUNNING", "WIP"), Step("end", "Done")),
        ("end", ("Ready", "RTS"), None),
        ("end", (), None),
        ("pause", ("Running", "WIP"), None),
    ],
)
def test_a_step_is_found_by_name_or_code(
    action: str, status: tuple[str, ...], expected: Step | None
) -> None:
    """The name counts before the code, in any case; what has no row is no step."""
    assert Workflow(TABLE, "table").step(action, *status) == expected


def test_what_is_allowed_is_what_has_a_step() -> None:
    """The allowed actions come in the order of the table, for each status of the tickets."""
    workflow = Workflow(DEFAULTS["ticket_workflow"], "table")
    for status in (*DEFAULTS["ticket_status_names"], "Lost"):
        allowed = workflow.allowed(status)
        assert allowed == [
            each for each in DEFAULTS["ticket_workflow"] if workflow.step(each, status)
        ]
    assert workflow.allowed("closed", "CLS") == ["reopen"]
    assert workflow.allowed("New", "NEW") == ["resolve", "accept", "reassign"]
    assert workflow.allowed("Lost") == []


ROW = {"new_status": "Done"}


@pytest.mark.parametrize(
    ("table", "error", "words"),
    [
        (None, TypeError, r"table must be a dict, not None"),
        ([], TypeError, r"table must be a dict"),
        ({1: {}}, TypeError, r"each key of table must be a str"),
        ({"end": None}, TypeError, r"table\['end'\] must be a dict"),
        ({"end": {None: ROW}}, TypeError, r"each key of table\['end'\] must be a str"),
        ({"end": {"New": "Done"}}, TypeError, r"table\['end'\]\['New'\] must be a dict"),
        ({"end": {"New": {}}}, ValueError, r"table\['end'\]\['New'\] must have a 'new_status'"),
        ({"end": {"New": {"action": "x"}}}, ValueError, r"must have a 'new_status'"),
        ({"end": {"New": {"new_status": 1}}}, TypeError, r"\['new_status'\] must be a str"),
        ({"end": {"New": {**ROW, "action": 1}}}, TypeError, r"\['action'\] must be a str"),
        (
            {"end": {"New": {**ROW, "acton": "x"}}},
            ValueError,
            r"table\['end'\]\['New'\] must not have a 'acton': did you mean 'action'\?",
        ),
    ],
)
def test_a_broken_table_is_refused(table: Any, error: type[Exception], words: str) -> None:
    """The message says where in the table the mistake is, and what was expected."""
    with pytest.raises(error, match=words):
        Workflow(table, "table")


def test_every_cell_of_the_contract() -> None:
    """02 §10: each of the twenty pairs of action and status leads where the table says."""
    workflow = Workflow(DEFAULTS["ticket_workflow"], "table")
    leads_to = {"resolve": "Closed", "accept": "Accepted", "reassign": "Assigned"}
    for action, status in product(DEFAULTS["ticket_workflow"], DEFAULTS["ticket_status_names"]):
        step = workflow.step(action, status)
        if (action == "reopen") is (status == "Closed"):
            assert step is not None and step.new_status == leads_to.get(action, "Reopened")
        else:
            assert step is None
