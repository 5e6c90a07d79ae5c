"""`stalker user show` and `change`: who somebody is, and when they are away; each as a process."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from stalker.core.dates import utc_now
from tests.acceptance.processes import refused, stalker
from tests.acceptance.studio import copied, settle

FRAME = ("--start", "2026-01-01", "--end", "2030-01-01")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("studio")
    settle(folder, "sqlite:///studio.db")
    return folder


@pytest.fixture
def place(original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return copied(original, tmp_path, monkeypatch)


def done(place: Path, *arguments: str, remark: str = "") -> str:
    run = stalker(*arguments, cwd=place)
    assert (run.returncode, run.stderr) == (0, remark), run
    return run.stdout


def test_who_somebody_is(place: Path) -> None:
    """What is given changes, the rest stays; departments and groups are added, and only once."""
    assert done(place, "user", "show", "jonas") == "Jonas Doe <jonas@x.com>, login 'jonas'\n"
    new = "note: Roto is a new department\n"
    for remark in (new, ""):
        shown = done(
            place, "user", "change", "jonas", "--name", "Jonas Keller", "--email", "jk@x.com",
            "--department", "Roto", "--group", "admins", remark=remark,
        )  # fmt: skip
        assert shown.splitlines() == [
            "Jonas Keller <jk@x.com>, login 'jonas'",
            "  departments  Roto",
            "  groups       admins",
        ]
    told = json.loads(done(place, "user", "show", "jonas", "--json"))["user"]
    listed = json.loads(done(place, "user", "list", "--json"))["users"]
    assert {**told, "vacations": []} == told and told.pop("vacations") == []
    assert told in listed
    add = ("user", "add", "ines", "--email", "i@x.com", "--json")
    made = stalker(*add, cwd=place, STALKER_PASSWORD="s3cret")
    assert json.loads(made.stdout)["user"].keys() == {*told, "vacations"}


def test_somebody_is_away(place: Path) -> None:
    """A vacation is named, moved and removed; the next plan gives them nothing to do meanwhile."""
    today = utc_now().replace(hour=0, minute=0, second=0, microsecond=0)
    first, back = (f"{today + timedelta(days=n):%Y-%m-%d}" for n in (1, 40))
    done(place, "studio", "--name", "S", *FRAME)
    done(place, "task", "assign", "MER/Loose*", "--for", "jonas")

    def planned() -> str:
        assert stalker("schedule", cwd=place).returncode == 0
        tasks = json.loads(done(place, "tasks", "--below", "MER/Loose*", "--json"))["tasks"]
        start: str = tasks[0]["start"]
        return start

    def change(*arguments: str) -> Any:
        told = done(place, "user", "change", "jonas", *arguments, "--json")
        return [
            (each["name"], each["start"][:10]) for each in json.loads(told)["user"]["vacations"]
        ]

    before = planned()
    assert change("--vacation", f"Summer: 1:{today:%Y-%m-%d}:{first}") == [
        ("Summer: 1", f"{today:%Y-%m-%d}")
    ]
    assert change("--vacation", f"Summer: 1:2026-01-05:{back}") == [("Summer: 1", "2026-01-05")]
    shown = done(place, "user", "show", "jonas").splitlines()
    assert shown[1:] == [f"  is away      2026-01-05 - {back}: Summer: 1"]
    assert before < f"{back}T" <= planned()
    assert json.loads(done(place, "studio", "--json"))["vacations"] == []
    assert change("--vacation", "Other:2027-01-05:2027-01-06", "--no-vacation", "Summer: 1") == [
        ("Other", "2027-01-05")
    ]
    assert planned() < back


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("change", "jnas", "--name", "X"), "there is no user 'jnas': did you mean 'jonas'?"),
        (("show", "jnas"), "there is no user 'jnas': did you mean 'jonas'?"),
        (("change", "jonas", "--email", "noor@x.com"), "Noor Doe has the address 'noor@x.com'"),
        (("change", "jonas", "--group", "admin"), "did you mean 'admins'?"),
        (("change", "jonas", "--vacation", ":2026-05-01:2026-05-02"), "is not the name and the"),
        (("change", "jonas", "--email", ""), "User.email must be"),
        (("change", "jonas", "--vacation", "May"), "is not the name and the days of a vacation"),
        (("change", "jonas", "--vacation", "M:2026-05-02:2026-05-01"), "must end after its start"),
        (("change", "jonas", "--no-vacation", "May"), "there is no vacation 'May'"),
    ],
)
def test_what_is_refused(place: Path, arguments: tuple[str, ...], reason: str) -> None:
    """In one line, and nothing of the person has changed."""
    before = done(place, "user", "show", "jonas", "--json")
    more = ("--name", "Other") if arguments[0] == "change" else ()
    assert reason in refused(stalker("user", *arguments, *more, cwd=place))
    assert done(place, "user", "show", "jonas", "--json") == before


def test_nobody_is_without_a_name(place: Path) -> None:
    """An empty one is refused, and not passed over."""
    line = refused(
        stalker("user", "change", "jonas", "--name", "", "--email", "j@x.com", cwd=place)
    )
    assert "User.name must be a non-empty str" in line
    assert "<jonas@x.com>" in done(place, "user", "show", "jonas")


def test_wrong_usage(place: Path) -> None:
    """Nothing to change is no change; what exists is said. Nor is a thing and its opposite."""
    both = ("--vacation", "May:2026-05-01:2026-05-02", "--no-vacation", "May")
    for command in (("user", "change", "jonas"), ("studio", "--name", "S", *FRAME)):
        run = stalker(*command, *both, cwd=place)
        assert run.returncode == 2 and "exclude each other: both say 'May'" in run.stderr
    run = stalker("user", "change", "jonas", cwd=place)
    assert run.returncode == 2 and "--name, --email, --department, --group or" in run.stderr
