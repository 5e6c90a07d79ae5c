"""`stalker task change`, `hold`, `stop` and `resume`: each as a process."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.processes import refused, stalker
from tests.acceptance.studio import copied, settle

LESS = "what was stopped keeps the effort that was done: stalker task change --effort"
LAST = "what was held keeps the priority 0, .*: stalker task change --priority"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("studio")
    settle(folder, "sqlite:///studio.db")
    return folder


@pytest.fixture
def place(original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of a studio: `SH010/Comp` waits for `SH010/Plate`, which takes eight hours."""
    return copied(original, tmp_path, monkeypatch)


def task(place: Path, *arguments: str, remark: str = "") -> Any:
    """Return what a command tells of the tasks that it has changed."""
    run = stalker("task", *arguments, "--json", cwd=place)
    assert run.returncode == 0 and re.fullmatch(remark and rf"note: {remark}.*\n", run.stderr), run
    return json.loads(run.stdout)["tasks"]


def begin(place: Path, path: str = "SH010/Plate") -> None:
    hours = ("--start", "2026-03-02 09:00", "--duration", "3h", "--user", "jonas")
    assert stalker("log", path, *hours, cwd=place).returncode == 0


def stored(place: Path) -> object:
    run = stalker("tasks", "--everybody", "--all", "--json", cwd=place)
    return json.loads(run.stdout)


def test_effort_and_priority(place: Path) -> None:
    """Of many at once, in the order that they were named, in any unit."""
    run = stalker("task", "change", "SH010/*", "--effort", "1.5d", "--priority", "700", cwd=place)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.splitlines() == [
        "MER/SH010/Plate: RTS, 0 of 13.5h done, priority 700",
        "MER/SH010/Comp: WFD, 0 of 13.5h done, priority 700",
    ]
    for amount, seconds in (("900min", 54_000), ("2y", 2 * 2349 * 3600), ("45min", 2700)):
        told = task(place, "change", "Comp", "SH010/Plate", "--effort", amount)
        assert [(each["path"], each["planned_seconds"], each["priority"]) for each in told] == [
            ("MER/SH010/Comp", seconds, 700),
            ("MER/SH010/Plate", seconds, 700),
        ]


def test_programs_are_told_the_same_of_every_change(place: Path) -> None:
    """What lists say of a task, who answers for it and how urgent it is, whatever was done."""
    (made,) = task(place, "add", "SH010/Roto", "--for", "jonas", "--priority", "7")
    (given,) = task(place, "assign", "Roto", "--responsible", "noor")
    assert given == {**made, "responsible": ["noor"]}
    (changed,) = task(place, "change", "Roto", "--priority", "9")
    assert changed == {**given, "priority": 9}
    listed = stalker("tasks", "--below", "Roto", "--json", cwd=place)
    (row,) = json.loads(listed.stdout)["tasks"]
    assert {**row, "responsible": ["noor"], "priority": 9} == changed


def test_everything_in_a_project(place: Path) -> None:
    """`MER/*` is all work in it: what holds work has no effort of its own, and is left out."""
    told = task(place, "change", "MER/*", "--effort", "2h")
    assert [each["path"] for each in told] == ["MER/SH010/Plate", "MER/SH010/Comp", "MER/Loose [b]"]
    assert {each["planned_seconds"] for each in told} == {2 * 3600}
    begin(place)
    before = stored(place)
    line = refused(stalker("task", "hold", "MER/*", cwd=place))
    assert "MER/SH010/Comp, which is WFD" in line and stored(place) == before


def test_what_a_task_waits_for(place: Path) -> None:
    """A neighbour by its name, anything by its path; again changes nothing."""
    (comp,) = task(place, "change", "Comp", "--not-after", "Plate")
    assert comp["status"] == "RTS"
    for _ in range(2):
        (comp,) = task(place, "change", "Comp", "--after", "MER/SH010/Plate", "--after", "Loose*")
        assert comp["status"] == "WFD"
    run = stalker("shell", "-c", "print(*Task.query.filter_by(name='Comp').one().depends)",
                  cwd=place)  # fmt: skip
    assert run.stdout == "<Plate (Task)> <Loose [b] (Task)>\n"


def test_what_does_not_simply_go_on(place: Path) -> None:
    """Work rests, is given up, and goes on; those who wait follow, and history says who did it."""
    begin(place)

    def status(command: str, *paths: str, remark: str = "") -> list[tuple[str, int]]:
        told = task(place, command, *paths, remark=remark)
        return [(each["status"], each["priority"]) for each in told]

    assert status("hold", "SH010/Plate") == [("OH", 0)]
    assert status("resume", "SH010/Plate", remark=LAST) == [("WIP", 0)]
    assert status("stop", "SH010/Plate", "--user", "noor") == [("STOP", 0)]
    assert [each["status"] for each in task(place, "change", "Comp", "--priority", "1")] == ["RTS"]
    line = refused(stalker("task", "change", "SH010/Plate", "--effort", "1d", cwd=place))
    assert "MER/SH010/Plate is stopped: its effort is what was done" in line
    script = (
        "print(*[(each.action, each.user and each.user.login) "
        "for each in Task.query.filter_by(name='Plate').one().history])"
    )
    told = stalker("shell", "-c", script, cwd=place).stdout
    assert "('hold', None)" in told and "('stop', 'noor')" in told
    assert status("resume", "SH010/Plate", remark=f"{LAST}.*\nnote: {LESS}") == [("WIP", 0)]
    assert status("change", "SH010/Plate", "--effort", "1d", "--priority", "5") == [("WIP", 5)]
    assert status("stop", "SH010/Plate") == [("STOP", 5)]
    assert status("resume", "SH010/Plate", remark=LESS) == [("WIP", 5)]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ("change SH010 --effort 1d", "MER/SH010 is the sum of its parts: 'MER/SH010/*' are those"),
        ("change Edit SH010/* SH010 --priority 9", "MER/SH010 is the sum of its parts"),
        ("change SH010/Plate --after Comp", "depend"),
        ("change Comp --not-after Edit", "MER/SH010/Comp does not wait for OTH/Edit"),
        ("change Comp --after Plat", "there is no task 'Plat': did you mean 'Plate'?"),
        ("change Cmp --priority 1", "there is no task 'Cmp': did you mean 'Comp'?"),
        (
            "hold Edit",
            "for OTH/Edit, which is RTS (ready to start); possible: stalker log, stalker ",
        ),
        ("stop SH010", "MER/SH010 is the sum of its parts"),
        (
            "resume SH010/Plate",
            "for MER/SH010/Plate, which is WIP (work in progress); possible: stalker ",
        ),
    ],
)
def test_what_is_refused(place: Path, arguments: str, reason: str) -> None:
    """In one line, and none of the tasks that were named has changed."""
    begin(place)
    before = stored(place)
    assert reason in refused(stalker("task", *arguments.split(), cwd=place))
    assert stored(place) == before


def test_wrong_usage(place: Path) -> None:
    """Nothing to change is no change; what exists is said. Nor is a thing and its opposite."""
    for command, one, other, text in (
        ("change", "--after", "--not-after", "Plate"),
        ("assign", "--for", "--without", "jonas"),
        ("assign", "--responsible", "--not-responsible", "jonas"),
    ):
        run = stalker("task", command, "Comp", one, text, other, text, cwd=place)
        assert run.returncode == 2 and f"{one} and {other} exclude each other" in run.stderr
    run = stalker("task", "change", "Comp", cwd=place)
    assert run.returncode == 2 and "--effort, --priority, --after or" in run.stderr
