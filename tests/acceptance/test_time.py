"""`log`, `logs` and `unlog`: hours from the command line, each verb as a process."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stalker.core.dates import utc_now
from tests.acceptance.processes import on_terminal, refused, stalker, start
from tests.acceptance.studio import become_nobody, copied, settle


def done(place: Path, *arguments: object, **environment: str) -> str:
    """Return what a verb prints that has nothing to remark."""
    run = stalker(*arguments, cwd=place, **environment)
    assert (run.returncode, run.stderr) == (0, ""), run
    return run.stdout


def document(place: Path, *arguments: object) -> Any:
    return json.loads(done(place, *arguments, "--json"))


def work(place: Path, user: str, task: str, begin: str, duration: str) -> int:
    """Log work of a person, and return the id of the log."""
    shown = done(
        place, "log", task, "--user", user, "--start", f"2026-03-{begin}", "--duration", duration
    )
    match = re.match(r"log (\d+): ", shown)
    assert match is not None
    return int(match[1])


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[int]]:
    """A folder with the database of a studio in which two people work, and their logs by start."""
    folder = tmp_path_factory.mktemp("studio")
    settle(folder, "sqlite:///studio.db")
    with pytest.MonkeyPatch.context() as patch:
        become_nobody(folder, patch)
        return folder, [
            work(folder, "jonas", "SH010/Plate", "02 09:00", "4h"),
            work(folder, "noor", "SH010/Plate", "02 10:00", "2h"),
            work(folder, "jonas", "Loose [b]", "03 09:00", "1h"),
            work(folder, "noor", "Edit", "04 09:00", "30h"),
        ]


@pytest.fixture
def place(
    original: tuple[Path, list[int]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A copy of the folder, where the account is that of nobody."""
    return copied(original[0], tmp_path, monkeypatch)


@pytest.fixture
def logs(original: tuple[Path, list[int]]) -> list[int]:
    return original[1]


def test_a_timesheet(place: Path, logs: list[int]) -> None:
    """A line for each log, and the hours together; a pipe gets lines of any length."""
    assert done(place, "logs").splitlines() == [
        "Log  Task             Who    Start             End               Hours",
        f" {logs[0]}  MER/SH010/Plate  jonas  2026-03-02 09:00  2026-03-02 13:00     4h",
        f" {logs[1]}  MER/SH010/Plate  noor   2026-03-02 10:00  2026-03-02 12:00     2h",
        f" {logs[2]}  MER/Loose [b]    jonas  2026-03-03 09:00  2026-03-03 10:00     1h",
        f" {logs[3]}  OTH/Edit         noor   2026-03-04 09:00  2026-03-05 15:00    30h",
        "37h in 4 time logs",
    ]
    status, shown = on_terminal("logs", answers=[], cwd=place, NO_COLOR="1", COLUMNS="60")
    assert status == 0 and max(map(len, shown.splitlines()[1:])) <= 60 and "37h in 4" in shown
    assert document(place, "logs", "SH010", "--user", "noor") == {
        "user": "noor",
        "time_logs": [
            {
                "id": logs[1],
                "user": "noor",
                "start": "2026-03-02T10:00:00+00:00",
                "end": "2026-03-02T12:00:00+00:00",
                "seconds": 7200,
                "task": document(place, "logs", "SH010")["time_logs"][1]["task"],
            }
        ],
        "seconds": 7200,
    }


def test_whose_logs(place: Path, logs: list[int]) -> None:
    """Those of whoever is known, unless a task, a production, a person or everybody is named."""

    def found(*arguments: str) -> list[int]:
        shown = document(place, "logs", *arguments)
        assert shown["seconds"] == sum(each["seconds"] for each in shown["time_logs"])
        return [logs.index(each["id"]) for each in shown["time_logs"]]

    assert found() == [0, 1, 2, 3]
    assert stalker("login", "jonas", cwd=place, STALKER_PASSWORD="s3cret").returncode == 0
    assert found() == [0, 2]
    assert found("--everybody") == [0, 1, 2, 3]
    assert found("--user", "noor") == [1, 3]
    assert found("SH010") == found("SH010/Plate") == [0, 1]
    assert found("SH010", "--user", "jonas") == [0]
    assert found("--project", "OTH") == [3]
    assert found("--project", "OTH", "--project", "MER") == [0, 1, 2, 3]
    assert found("--everybody", "--since", "2026-03-02 10:00") == [1, 2, 3]
    assert found("--everybody", "--until", "2026-3-2 10:00") == [0]
    assert found("--since", "2026-03-02", "--until", "2026-03-03") == [0]
    told = "note: these are the hours of Jonas Doe; --everybody shows the others\n"
    assert stalker("logs", cwd=place).stderr == told
    for named in (("--user", "jonas"), ("SH010",), ("--everybody",)):
        assert stalker("logs", *named, cwd=place).stderr == ""
    run = stalker("logs", "--since", "2026-04-01", cwd=place)
    assert (run.returncode, run.stdout) == (0, "")
    assert run.stderr == "note: nothing of Jonas Doe; --everybody shows the others\n"


def test_logs_are_taken_back(place: Path, logs: list[int]) -> None:
    """What and whose it was is said, and what is left of the task; nothing else is changed."""
    rest = document(place, "logs")["time_logs"][2:]
    assert done(place, "unlog", logs[0], "--user", "noor").splitlines() == [
        f"took back log {logs[0]} of jonas: 2026-03-02 09:00 to 2026-03-02 13:00 UTC, 4h",
        "MER/SH010/Plate: WIP, 2h of 8h done",
    ]
    (told,) = document(place, "unlog", logs[1])["time_logs"]
    assert (told["id"], told["user"], told["seconds"]) == (logs[1], "noor", 7200)
    assert told["task"].items() >= {
        "path": "MER/SH010/Plate", "status": "RTS", "planned_seconds": 8 * 3600,
        "logged_seconds": 0,
    }.items()  # fmt: skip
    assert document(place, "logs")["time_logs"] == rest
    assert "MER/Loose [b]: RTS, 0 of 1h" in done(place, "unlog", logs[3], logs[2])
    run = stalker("check", cwd=place)
    assert (run.returncode, run.stderr) == (0, ""), run
    # the time is free again
    assert work(place, "jonas", "SH010/Plate", "02 09:00", "4h") > logs[3]


def test_hours_that_are_a_mistake_are_named(place: Path, logs: list[int]) -> None:
    """Hours that are still to come, and those in the way, are named by what takes them back."""
    hours = ("--duration", "1h", "--user", "jonas")
    today = f"{utc_now():%Y-%m-%d}"
    for what, *span in (
        ("that time", "--start", "2926-03-02", *hours),
        ("some of that time", "--start", today, "--end", "2926-03-02", *hours[2:]),
    ):
        late = stalker("log", "Edit", *span, cwd=place)
        remark = re.fullmatch(
            rf"note: {what} is still to come: stalker (unlog \d+) takes it back\n", late.stderr
        )
        assert late.returncode == 0 and remark is not None, late
        assert "OTH/Edit: WIP, 30h of" in done(place, *remark[1].split())
    line = refused(stalker("log", "Edit", "--start", "2026-03-02 12:00", *hours, cwd=place))
    span = "from 2026-03-02 09:00 to 2026-03-02 13:00 UTC"
    assert line == f"stalker: Jonas Doe has worked on MER/SH010/Plate {span} (log {logs[0]})"


@pytest.mark.parametrize(
    ("begin", "duration", "is_moved"),
    [("09:00", "1h", False), ("09:30", "1h", True), ("09:00", "20min", True)],
)
def test_a_moved_time_is_remarked(place: Path, begin: str, duration: str, is_moved: bool) -> None:
    """Who has typed a time that is not on the grid is told so, even where it lasts as long."""
    when = ("--start", f"2026-03-05 {begin}", "--duration", duration)
    run = stalker("log", "Edit", *when, "--user", "jonas", cwd=place)
    assert (
        run.returncode,
        "lie on a grid of 60 minutes, which stalker studio --step" in run.stderr,
    ) == (0, is_moved), run


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("unlog", "{log}", "99999"), "there is no time log 99999: stalker logs shows the ids"),
        (("unlog", "{log}", "9" * 5000), "9: stalker logs shows the ids"),
        (
            ("unlog", "{log}", "1"),
            "1 is no time log, but the id of something else (Department): stalker logs",
        ),
        (("unlog", "{log}", "SH010"), "'SH010' is not the id of a time log: stalker logs shows"),
        (("unlog", "{log}", "²"), "'²' is not the id of a time log"),
        (("unlog", "{log}", "0{log}"), "is named twice"),
        (("unlog", "{log}", "--user", "jnas"), "there is no user 'jnas': did you mean 'jonas'?"),
        (("logs", "SH01"), "there is no task 'SH01': did you mean 'SH010'?"),
        (("logs", "--user", "jnas"), "there is no user 'jnas': did you mean 'jonas'?"),
        (("logs", "--project", "MR"), "there is no project 'MR': did you mean 'MER'?"),
    ],
    ids=lambda value: "" if isinstance(value, str) else " ".join(value)[:30],
)
def test_what_is_refused(
    place: Path, logs: list[int], arguments: tuple[str, ...], reason: str
) -> None:
    """One line says what is wrong, and all logs stay."""
    before = document(place, "logs")
    given = [each.format(log=logs[0]) for each in arguments]
    assert reason in refused(stalker(*given, cwd=place))
    assert document(place, "logs") == before


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("unlog",), "Missing argument 'ID...'"),
        (("logs", "--since", "noon"), "'noon' is not a moment like"),
        (("logs", "--everybody", "--user", "jonas"), "exclude each other"),
        (("logs", "--since", "2026-03-02", "--until", "2026-03-02"), "is not after 2026-03-02"),
    ],
    ids=lambda value: "" if isinstance(value, str) else " ".join(value),
)
def test_wrong_usage(place: Path, arguments: tuple[str, ...], reason: str) -> None:
    """The last line says what is wrong; the status is that of a refusal."""
    run = stalker(*arguments, cwd=place)
    assert (run.returncode, run.stdout) == (2, "")
    assert reason in run.stderr.splitlines()[-1] and "Traceback" not in run.stderr


def test_people_and_productions_are_completed(place: Path) -> None:
    """The shell offers logins and codes, as for the verbs beside."""
    for words, expected in {
        "stalker logs --user jo": "plain,jonas",
        "stalker logs --project M": "plain,MER",
        "stalker unlog --user no": "plain,noor",
    }.items():
        run = stalker(cwd=place, _STALKER_COMPLETE="bash_complete", COMP_WORDS=words,
                      COMP_CWORD="3")  # fmt: skip
        assert (run.stdout.strip(), run.stderr) == (expected, "")


def test_two_processes_take_back_the_same_logs(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of them does it; the other is refused, and the hours are gone once."""
    settle(tmp_path, empty_url)
    become_nobody(tmp_path, monkeypatch)
    numbers = [work(tmp_path, "jonas", "Edit", f"0{n} 09:00", "2h") for n in range(2, 6)]
    processes = [start("unlog", *numbers[:3], cwd=tmp_path) for _ in range(2)]
    errors = [each.communicate()[1] for each in processes]
    assert sorted(each.returncode for each in processes) == [0, 2]
    for error in filter(None, errors):
        assert "somebody else has just taken back" in error or "there is no time log" in error
        assert len(error.splitlines()) == 1
    (told,) = document(tmp_path, "unlog", numbers[3])["time_logs"]
    assert (told["task"]["status"], told["task"]["logged_seconds"]) == ("RTS", 0)
    assert stalker("check", cwd=tmp_path).returncode == 0


COUNT = """
import sys
from sqlalchemy import Engine, event
from stalker.cli.main import main
found = []
event.listen(Engine, "before_cursor_execute", lambda *given: found.append(given[2]))
try:
    main()
except SystemExit as end:
    print(end.code, len(found), file=sys.stderr)
"""

TWO_SIZES = """
import datetime
begin = datetime.datetime(2026, 4, 1, tzinfo=datetime.timezone.utc)
hour = datetime.timedelta(hours=1)
jonas = User.query.filter_by(login="jonas").one()
for code, number in (("FEW", 2), ("MANY", 12)):
    film = Project(name=code, code=code)
    for n in range(number):
        shot = Shot(name=f"S{n}", code=f"S{n}", project=film)
        DBSession.add(film)
        for name in ("Plate", "Roto"):
            Task(name=name, parent=shot, start=begin).create_time_log(jonas, begin, begin + hour)
            begin += hour
DBSession.commit()
"""


def test_as_many_statements_for_many_as_for_few(place: Path) -> None:
    """Four logs or 24, each on a task of its own: listing and taking back ask the same."""
    assert stalker("shell", "-c", TWO_SIZES, cwd=place).returncode == 0

    def count(*arguments: object) -> int:
        run = subprocess.run([sys.executable, "-c", COUNT, *map(str, arguments)], cwd=place,
                             capture_output=True, text=True, check=False)  # fmt: skip
        status, number = run.stderr.split()[-2:]
        assert status == "0", run
        return int(number)

    def counts(arguments: Callable[[str], list[object]]) -> list[int]:
        return [count(*arguments(code)) for code in ("FEW", "MANY")]

    def ids(code: str) -> list[object]:
        return [each["id"] for each in document(place, "logs", "--project", code)["time_logs"]]

    for few, many in (
        counts(lambda code: ["logs", "--project", code]),
        counts(lambda code: ["unlog", *ids(code)]),
    ):
        assert few == many
