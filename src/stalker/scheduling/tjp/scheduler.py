"""A problem, planned by TaskJuggler."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC
from pathlib import Path
from typing import NoReturn

from stalker.scheduling.native import validate
from stalker.scheduling.problem import Problem
from stalker.scheduling.result import Fault, Result
from stalker.scheduling.tjp.messages import Interpreter
from stalker.scheduling.tjp.outline import outline
from stalker.scheduling.tjp.reader import read
from stalker.scheduling.tjp.runner import RunError, private_folder, refuse_run, run
from stalker.scheduling.tjp.writer import project_text
from stalker.scheduling.validation import refuse

PROJECT_FILE = "plan.tjp"
REPORT = "plan"


#: years that TaskJuggler knows
FIRST_YEAR, LAST_YEAR = 1970, 2035


def faults(problem: Problem) -> tuple[Fault, ...]:
    """Return what is wrong with *problem*, in itself or for TaskJuggler alone."""
    return validate(problem) or tuple(_odd_years(problem))


def _odd_years(problem: Problem) -> Iterator[Fault]:
    for name, moment in (("start", problem.start), ("end", problem.end)):
        if not FIRST_YEAR <= moment.astimezone(UTC).year <= LAST_YEAR:
            text = (
                f"The {name} of the plan (Studio.{name}), {moment}, must lie in the years "
                f"{FIRST_YEAR} to {LAST_YEAR} for TaskJuggler; the native scheduler has no such "
                "limit."
            )
            yield Fault("date_in_range", "", text, moment)


def schedule(
    problem: Problem,
    *,
    check: bool = True,
    command: str = "tj3",
    timeout: float | None = None,
    cancelled: Callable[[], bool] | threading.Event | None = None,
    on_line: Callable[[str], None] | None = None,
    within: Path | None = None,
    keep: bool = False,
) -> Result:
    """Let TaskJuggler plan *problem*.

    What is wrong with the problem, and what breaks a rule in the plan, is a `SchedulingError` like
    that of `stalker.scheduling.schedule`; a run that says nothing about the problem is a
    `RunError`. Without *check*, TaskJuggler alone judges what is wrong: it names the first fault
    only, and late. The other arguments are those of `run` and `private_folder`.
    """
    if check and (found := faults(problem)):
        refuse(found)
    names = outline(problem)
    text = project_text(problem, report=REPORT)
    interpreter = Interpreter(problem, names, text)
    with private_folder(within, keep=keep) as folder:
        project = folder / PROJECT_FILE
        project.write_text(text, "ascii")
        try:
            said = run(
                project, command=command, timeout=timeout, cancelled=cancelled, on_line=on_line
            )
        except RunError as error:
            _explain(error, interpreter)
        report = _report(folder / f"{REPORT}.csv", said)
    return Result(read(report, problem, names), interpreter.notices(said))


def _explain(error: RunError, interpreter: Interpreter) -> NoReturn:
    """Raise what TaskJuggler says about the problem, or *error* if it says nothing about it."""
    if error.id == "tj3_failed" and (found := interpreter.faults(error.output)):
        refuse(found)
    raise error


def _report(path: Path, said: str) -> str:
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        refuse_run("report_missing", "TaskJuggler has ended without a report.", said, 0)
