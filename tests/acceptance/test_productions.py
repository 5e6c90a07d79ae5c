"""`stalker project change`: a production gets another name, rests, and goes on; as processes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.processes import refused, stalker
from tests.acceptance.studio import become_nobody, copied, settle

RESTS = "note: OTH rests, and is not planned: stalker project change CODE --active changes that"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A studio in which a person works on two productions."""
    folder = tmp_path_factory.mktemp("studio")
    settle(folder, "sqlite:///studio.db")
    with pytest.MonkeyPatch.context() as patch:
        become_nobody(folder, patch)
        frame = ("--start", "2026-01-01", "--end", "2030-01-01")
        for arguments in (
            ("studio", "--name", "S", *frame),
            ("task", "assign", "MER/Loose*", "OTH/Edit", "--for", "jonas"),
        ):
            assert stalker(*arguments, cwd=folder).returncode == 0
    return folder


@pytest.fixture
def place(original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return copied(original, tmp_path, monkeypatch)


def done(place: Path, *arguments: str) -> tuple[str, list[str]]:
    """Return what a verb prints, and what it remarks."""
    run = stalker(*arguments, cwd=place)
    assert run.returncode == 0, run
    return run.stdout, run.stderr.splitlines()


def paths(place: Path, *arguments: str) -> list[str]:
    told: Any = json.loads(done(place, "tasks", *arguments, "--json")[0])
    return sorted(each["path"] for each in told["tasks"])


def test_a_project_that_rests(place: Path) -> None:
    """It is in no plan and no list unless it is named, and everybody who plans is told."""
    shown, remarks = done(place, "schedule")
    assert "Other" in shown and RESTS not in remarks
    everything = paths(place, "--everybody")
    assert "OTH/Edit" in everything
    shown, _ = done(place, "project", "change", "OTH", "--resting")
    assert "It rests: what is left to do is not planned, and in nobody's list" in shown
    shown, remarks = done(place, "schedule")
    assert "Other" not in shown and "Meridian" in shown and RESTS in remarks
    _, remarks = done(place, "gantt")
    assert RESTS in remarks and "Edit" not in (place / "plan.html").read_text()
    assert paths(place, "--everybody") == [each for each in everything if each != "OTH/Edit"]
    assert "OTH/Edit" not in paths(place, "--user", "jonas")
    for named in (("--project", "OTH"), ("--below", "OTH/Edit")):
        assert paths(place, *named) == ["OTH/Edit"]
    assert "OTH/Edit" in paths(place, "--everybody", "--all")
    assert "Other (rests)" in done(place, "project", "list")[0]
    line = refused(stalker("why", "Edit", cwd=place))
    assert "OTH rests, and is not planned: stalker project change OTH --active" in line
    shown, remarks = done(place, "schedule", "--project", "OTH")
    assert "Other" in shown and RESTS not in remarks
    done(place, "why", "MER/Loose*")
    done(place, "project", "change", "MER", "--resting")
    assert "there is nothing to plan, for all projects rest" in refused(
        stalker("schedule", cwd=place)
    )
    for code in ("MER", "OTH"):
        assert "rests" not in done(place, "project", "change", code, "--active")[0]
    assert "Other" in done(place, "schedule")[0] and paths(place, "--everybody") == everything


def test_another_name(place: Path) -> None:
    """The code stays; without anything to change it is wrong usage, and a wrong name is refused."""
    told = json.loads(done(place, "project", "change", "MER", "--name", "Meridian II", "--json")[0])
    assert (told["project"]["code"], told["project"]["name"]) == ("MER", "Meridian II")
    run = stalker("project", "change", "MER", cwd=place)
    assert run.returncode == 2 and "--name, --active or --resting" in run.stderr
    assert "did you mean 'MER'?" in refused(
        stalker("project", "change", "MRE", "--active", cwd=place)
    )
    assert "Project.name must " in refused(
        stalker("project", "change", "MER", "--name", "  ", "--resting", cwd=place)
    )
    assert json.loads(done(place, "project", "show", "MER", "--json")[0])["project"]["active"]
