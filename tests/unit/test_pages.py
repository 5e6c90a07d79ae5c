"""The pages that are made from the code."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from docs.pages.__main__ import main
from docs.pages.diagram import diagram
from docs.pages.transitions import transitions
from docs.pages.workflow import page
from stalker.workflow.derive import CMPL, DREV, HREV, RTS, WFD, WIP, Code
from stalker.workflow.tasks import TASKS, outcome_of

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", ["workflow.md", "workflow.svg", "explanation/architecture.svg"])
def test_the_committed_page_is_what_the_code_says(tmp_path: Path, name: str) -> None:
    """`make workflow` would change nothing."""
    main(tmp_path)
    assert (tmp_path / name).read_bytes() == (DOCS / name).read_bytes()


def test_the_page_has_every_action_in_every_status() -> None:
    """The row of an action has the next status, or a dot where it is not possible."""
    rows = [line.split(" | ") for line in page().splitlines()]
    for action in TASKS.actions:
        (row,) = (row[1:] for row in rows if row[0] == f"| `{action}`" and len(row) == 10)
        for code, cell in zip(Code, row, strict=True):
            step = TASKS.step(action, code)
            assert cell.strip(" |¹²") == ("·" if step is None else step.new_status)


def test_the_transitions_are_those_of_actions_and_of_prerequisites() -> None:
    """One entry for each pair of statuses holds the actions, and what prerequisites lead there."""
    found = transitions()
    assert found[RTS, WIP].actions == ["create_time_log"]
    assert found[RTS, WIP].prerequisites == []
    assert found[WFD, RTS].prerequisites == ["none unfinished"]
    assert found[DREV, HREV].prerequisites == ["all finished"]
    assert found[CMPL, DREV].prerequisites == ["some unfinished"]
    assert found[CMPL, HREV].actions == ["request_revision"]
    assert all(start is not end for start, end in found)


def test_the_diagram_shows_each_status_and_each_transition_once() -> None:
    """It is valid XML with a box for each status and an arrow for each pair of them."""
    root = ElementTree.fromstring(diagram())
    space = "{http://www.w3.org/2000/svg}"
    texts = [each.text for each in root.iter(f"{space}text")]
    assert [code for code in Code if texts.count(code) != 1] == []
    marks = [each.get("marker-end") for each in root.iter(f"{space}path")]
    assert sum(mark is not None for mark in marks) == len(transitions()) + 2  # and the legend


@pytest.mark.parametrize(
    ("reviews", "outcome"),
    [
        ({"APP"}, "complete"),
        ({"APP", "RREV"}, "revise"),
        ({"RREV"}, "revise"),
        ({"APP", "NEW"}, None),
        ({"RREV", "NEW"}, None),
    ],
)
def test_what_a_set_of_reviews_leads_to(reviews: set[str], outcome: str | None) -> None:
    """One that asks for a revision is enough, one that is undecided leaves all open."""
    assert outcome_of(reviews) == outcome
