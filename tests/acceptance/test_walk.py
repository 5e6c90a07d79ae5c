"""From nothing to a reviewed version, with nothing but the command line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.processes import fresh, refused, stalker, start

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(empty_url: str, tmp_path: Path) -> Run:
    """Runs a verb on an empty database as somebody whom no database knows.

    On SQLite each one starts from nothing, to see that it imports what it needs.
    """
    begin = fresh if empty_url.startswith("sqlite") else stalker
    (tmp_path / "config.toml").write_text(
        f"database_engine_settings = {{'sqlalchemy.url' = {json.dumps(empty_url)}}}\n"
        "password_memory_cost = 8\npassword_time_cost = 1\npassword_parallelism = 1\n"
    )
    (tmp_path / "films").mkdir()
    environment = {
        "STALKER_PATH": str(tmp_path),
        "HOME": str(tmp_path / "home"),
        "LOGNAME": "nobodyatall",
        "STALKER_PASSWORD": "s3cret",
        "STALKER_ADMIN_PASSWORD": "0ther",
    }

    def run(*arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
        return begin(*arguments, cwd=tmp_path, **{**environment, **more})

    run.environment = environment  # type: ignore[attr-defined]
    return run


def test_a_production_from_the_command_line(run: Run, tmp_path: Path) -> None:
    """Each step says what it did; in the end there are files, hours, decisions, and by whom."""

    def done(*arguments: object, **more: str) -> str:
        made = run(*arguments, **more)
        assert made.returncode == 0, made.stderr
        return made.stdout

    def document(*arguments: object) -> Any:
        return json.loads(done(*arguments, "--json"))

    done("init")
    done("user", "add", "noor", "--email", "noor@x.com", "--name", "Noor Haddad")
    made = done("user", "add", "jonas", "--email", "jonas@x.com", "--department", "Animation")
    assert made == "jonas logs in as 'jonas'.\n"
    shown = done("project", "add", "MER", "--name", "Meridian", "--fps", "23.976",
                 "--repository", "films", "--resolution", "4096x1716")  # fmt: skip
    assert "23.976 fps, 4096x1716" in shown and f"{tmp_path}/films/MER (FILMS)" in shown

    done("task", "add", "MER/Cut", "--kind", "sequence", "--responsible", "noor")
    for code in ("SH010", "SH020"):
        shot = ("--kind", "shot", "--frames", "1001-1096")
        assert done("task", "add", f"MER/Cut/{code}", *shot) == f"MER/Cut/{code}\n"
    done("task", "add", "MER/Hero", "--kind", "asset", "--type", "Character")
    steps = ("task", "steps", "MER", "Plate:4h, Anim:3d:jonas+noor, Comp:2d")
    assert done(*steps) == "6 tasks in 2 shots\n"
    assert done(*steps) == "nothing new in 2 shots: the steps are there\n"
    grain = ("task", "add", "MER/SH010/Grain", "--after", "Comp", "--effort", "1.5 h")
    (task,) = document(*grain, "--for", "noor")["tasks"]
    assert (task["path"], task["status"], task["planned_seconds"]) == (
        "MER/Cut/SH010/Grain", "WFD", 5400,
    )  # fmt: skip
    assigned = done("task", "assign", "MER/*/Plate", "--for", "jonas")
    assert assigned == "MER/Cut/SH010/Plate: jonas\nMER/Cut/SH020/Plate: jonas\n"

    assert "You are jonas" in done("login", "jonas")
    mine = document("tasks")
    assert (mine["user"], [each["path"] for each in mine["tasks"]]) == (
        "jonas", ["MER/Cut/SH010/Plate", "MER/Cut/SH010/Anim", "MER/Cut/SH020/Plate"],
    )  # fmt: skip
    lines = done("tasks", "--status", "rts").splitlines()
    assert [line.split()[:3] for line in lines[1:]] == [
        [f"MER/Cut/{code}/Plate", "RTS", "jonas"] for code in ("SH010", "SH020")
    ]
    hours = ("--start", "2026-03-02 09:00", "--duration", "3h")
    logged = document("log", "SH010/Plate", *hours)["time_log"]
    assert (logged["end"], logged["user"]) == ("2026-03-02T12:00:00+00:00", "jonas")
    assert logged["task"] | {"id": 0} == {
        "id": 0, "path": "MER/Cut/SH010/Plate", "status": "WIP",
        "planned_seconds": 4 * 3600, "logged_seconds": 3 * 3600,
    }  # fmt: skip
    assert "has worked on MER/Cut/SH010/Plate from 2026-03-02 09:00" in refused(
        run("log", "SH020/Plate", *hours)
    )

    (tmp_path / "plate.exr").write_bytes(b"pixels" * 999)
    shown = done("publish", "SH010/Plate", "plate.exr", "--description", "first")
    path = tmp_path / "films/MER/Cut/SH010/Plate/SH010_Plate_Main_v001.exr"
    assert shown == f"MER/Cut/SH010/Plate: Main, version 1\n{path}\n"
    assert path.read_bytes() == b"pixels" * 999
    assert "PREV (pending review), round 1" in done("review", "SH010/Plate")
    revised = document("review", "SH010/Plate", "--revise", "grain", "--effort", "4h",
                       "--user", "noor")  # fmt: skip
    assert revised["task"]["status"] == "HREV" and revised["reviews"][0] | {"id": 0} == {
        "id": 0, "reviewer": "noor", "status": "RREV", "granted_seconds": 4 * 3600,
        "version": "$REPOFILMS/MER/Cut/SH010/Plate/SH010_Plate_Main_v001.exr",
        "description": "grain",
    }  # fmt: skip
    done("log", "SH010/Plate", "--start", "2026-03-02 12:00", "--end", "2026-03-02 14:00")
    version = document("publish", "SH010/Plate", "plate.exr", "--variant", "Clean")["version"]
    assert (version["variant"], version["number"], version["user"]) == ("Clean", 1, "jonas")
    done("review", "SH010/Plate")
    assert "CMPL" in done("review", "SH010/Plate", "--approve", "--user", "noor")
    shown = done("review", "SH010/Plate", "--show")
    assert "round 2" in shown and "SH010_Plate_Clean_v001.exr" in shown

    whole = document("project", "show", "MER")["project"]
    assert whole["counts"]["Task"] == {"CMPL": 1, "RTS": 2, "WFD": 4}
    assert whole["logged_seconds"] == 5 * 3600
    assert whole["people"] == [
        {"login": "jonas", "name": "jonas", "open_tasks": 2, "finished_tasks": 1},
        {"login": "noor", "name": "Noor Haddad", "open_tasks": 2, "finished_tasks": 0},
    ]
    (listed,) = document("project", "list")["projects"]
    assert listed["counts"] == {"Sequence": 1, "Shot": 2, "Asset": 1, "Task": 7}
    history = "[print(c.action, c.user.login) for c in Task.query.filter_by(name='Plate')"
    history += ".order_by(Task.id).first().history if c.user]"
    deeds = done("shell", "-c", history).splitlines()
    assert "create_time_log jonas" in deeds and "request_review jonas" in deeds
    assert "approve noor" in deeds or any(each.endswith(" noor") for each in deeds)
    assert done("logout") == "Logged out.\n"


def test_many_publish_at_once(run: Run, tmp_path: Path) -> None:
    """Each gets a number and a file; one of two productions with one code, and of three logs."""
    assert run("init").returncode == 0
    adding = [start("project", "add", "MER", "--repository", "films", cwd=tmp_path,
                      **run.environment) for _ in range(2)]  # type: ignore[attr-defined]  # fmt: skip
    for each in adding:
        each.communicate()
    assert sorted(each.returncode for each in adding) == [0, 2]
    assert run("task", "add", "MER/Edit").returncode == 0
    files = [tmp_path / f"{n}.mov" for n in range(4)]
    for n, file in enumerate(files):
        file.write_bytes(bytes([n]) * 100_000)
    publishing = [start("publish", "Edit", file, "--json", cwd=tmp_path,
                          **run.environment) for file in files]  # type: ignore[attr-defined]  # fmt: skip
    answers = [json.loads(each.communicate()[0])["version"] for each in publishing]
    assert sorted(each["number"] for each in answers) == [1, 2, 3, 4]
    for each, file in zip(answers, files, strict=True):
        assert Path(each["path"]).read_bytes() == file.read_bytes()
    assert len(list((tmp_path / "films/MER/Edit").iterdir())) == 4
    hours = ("--start", "2026-03-02 09:00", "--duration", "3h", "--user", "admin")
    logging = [
        start("log", "Edit", *hours, cwd=tmp_path, **run.environment)  # type: ignore[attr-defined]
        for _ in range(3)
    ]
    errors = [each.communicate()[1] for each in logging]
    assert sorted(each.returncode for each in logging) == [0, 2, 2]
    for error in filter(None, errors):
        assert "has worked on" in error or "has just logged other work" in error
