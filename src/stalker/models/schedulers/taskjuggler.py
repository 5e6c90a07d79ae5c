"""`TaskJugglerScheduler`: lets TaskJuggler 3 plan."""

from __future__ import annotations

import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

import stalker
from stalker.core.rules import wrong_value
from stalker.db.declarative import named
from stalker.default_config import DEFAULTS
from stalker.models.schedulers.planner import Planner, planned_projects
from stalker.models.schedulers.problem import without_idle
from stalker.scheduling import Problem, Result
from stalker.scheduling.tjp import statement
from stalker.scheduling.tjp.messages import Interpreter
from stalker.scheduling.tjp.outline import outline
from stalker.scheduling.tjp.reader import read
from stalker.scheduling.tjp.runner import RunError, refuse_folder, run
from stalker.scheduling.tjp.scheduler import faults
from stalker.scheduling.tjp.writer import artists_text, header_text, tasks_text
from stalker.scheduling.validation import refuse

if TYPE_CHECKING:
    from stalker.models.project import Project
    from stalker.models.studio import Studio

__all__ = ["TaskJugglerScheduler"]

#: what makes each part of the file, if a studio has its own; else it is formed from the problem
_HEADER = ("tjp_studio_template", "tjp_working_hours_template")
_PEOPLE = ("tjp_user_template", "tjp_vacation_template")
_TASKS = ("tjp_project_template", "tjp_task_template", "tjp_task_dependency_template")
_CLASS = re.compile(r"\b(?!Project_|User_)[A-Za-z]\w*?(?=_\d+\b)")


class TaskJugglerScheduler(Planner):
    """Writes the work of all projects into one project file, runs `tj3`, and stores its answer.

    `timeout` is in seconds; `on_line` hears what TaskJuggler says, in another thread. The files are
    in a folder that only this user can look into, and are gone afterwards unless `keep_files`.
    """

    def __init__(
        self,
        studio: Studio | None = None,
        compute_resources: bool = False,
        parsing_method: int = 0,
        projects: list[Project] | None = None,
        around_others: bool = False,
        freeze_completed: bool = False,
        timeout: float | None = None,
        keep_files: bool = False,
        tj_command: str | None = None,
        on_line: Callable[[str], None] | None = None,
        active_only: bool = False,
        everybody: bool = True,
    ) -> None:
        super().__init__(
            studio, compute_resources, projects, around_others, freeze_completed, active_only
        )
        if parsing_method not in (0, 1):
            raise wrong_value(f"{type(self).__name__}.parsing_method", "0 or 1", parsing_method)
        #: 0 writes rows, 1 sets the attributes of objects: slower, with the same result
        self.parsing_method = parsing_method
        self.timeout = timeout
        self.keep_files = keep_files
        #: `stalker.defaults.tj_command` if it is `None`
        self.tj_command = tj_command
        self.on_line = on_line
        #: write also of people who have neither work nor a vacation
        self.everybody = everybody
        self.tjp_content = ""
        self.tjp_file: IO[str] | None = None
        self.csv_file: IO[str] | None = None
        self.temp_file_path: str | None = None
        self.temp_file_name: str | None = None
        self._problem: Problem | None = None
        self._cancelled = threading.Event()

    # --- Files ------------------------------------------------------------------------------------

    @property
    def temp_file_full_path(self) -> str | None:
        """Path of both files without their suffix."""
        if self.temp_file_path is None or self.temp_file_name is None:
            return None
        return str(Path(self.temp_file_path) / self.temp_file_name)

    @property
    def tjp_file_full_path(self) -> str | None:
        """Path of the project file."""
        return self.temp_file_full_path and f"{self.temp_file_full_path}.tjp"

    @property
    def csv_file_full_path(self) -> str | None:
        """Path of the report."""
        return self.temp_file_full_path and f"{self.temp_file_full_path}.csv"

    def _create_tjp_file(self) -> None:
        """Make a private folder, and choose the names of the files in it; a former one goes."""
        if self.temp_file_path is not None and not self.keep_files:
            self._clean_up()
        folder = Path(tempfile.mkdtemp(prefix="stalker_"))
        self.temp_file_path = str(folder)
        self.temp_file_name = f"Stalker_{folder.name.rpartition('_')[2]}"

    def _create_tjp_file_content(self) -> None:
        """Form the text of the project file."""
        header = artists = tasks = ""
        self._problem = None
        if self.studio is not None:
            problem = self.problem()
            self._problem = problem if self.everybody else without_idle(problem)
            header = self._header_text(self._problem, self.studio)
            artists = self._artists_text(self._problem, self.studio)
            tasks = self._tasks_text(self._problem)
        self.tjp_content = statement(
            "tjp_main_template2",
            stalker=stalker,
            studio=self.studio,
            header_buffer=header,
            artists_buffer=artists,
            tasks_buffer=tasks,
            csv_file_name=self.temp_file_name,
            csv_file_full_path=self.csv_file_full_path,
            compute_resources=self.compute_resources,
        )

    def _header_text(self, problem: Problem, studio: Studio) -> str:
        return studio.to_tjp if _has_own(_HEADER) else header_text(problem, studio.tjp_id)

    def _artists_text(self, problem: Problem, studio: Studio) -> str:
        if not _has_own(_PEOPLE):
            return artists_text(problem)
        parts = [each.to_tjp for each in (*studio.vacations, *studio.users)]
        return "\n".join(['resource resources "Resources" {', *parts, "}"])

    def _tasks_text(self, problem: Problem) -> str:
        if not _has_own(_TASKS):
            return tasks_text(problem)
        session = self._session()
        ids = planned_projects(problem)
        projects = {each: session.get_one(named("Project"), each) for each in ids}
        return "\n".join(projects[each].to_tjp for each in ids)

    def _through_objects(self) -> bool:
        return self.parsing_method == 1

    def plans_omitted(self) -> bool:
        """Say whether what is omitted is planned: templates of a studio get all that there is."""
        return _has_own(_TASKS)

    def _fill_tjp_file(self) -> None:
        """Write the project file."""
        with Path(self._path("tjp")).open("w", encoding="utf-8") as self.tjp_file:
            self.tjp_file.write(self.tjp_content)
        self.tjp_file = None

    def _parse_csv_file(self) -> None:
        """Store what the report says: all of it, or nothing. Without a report nothing happens."""
        problem = self._problem or self.problem()
        try:
            with Path(self._path("csv")).open(encoding="utf-8", errors="replace") as self.csv_file:
                text = self.csv_file.read()
        except FileNotFoundError:
            return
        finally:
            self.csv_file = None
        if _has_own(_TASKS):  # they name tasks by their classes
            text = _CLASS.sub("Task", text)
        self.store(problem, Result(read(text, problem)))

    def _clean_up(self) -> None:
        """Remove both files and their folder."""
        for suffix in ("tjp", "csv"):
            with suppress(FileNotFoundError):
                Path(self._path(suffix)).unlink()
        if self.temp_file_path is not None:
            with suppress(OSError):  # somebody has put something else there
                Path(self.temp_file_path).rmdir()

    def _path(self, suffix: str) -> str:
        if self.temp_file_full_path is None:
            self._create_tjp_file()
        return f"{self.temp_file_full_path}.{suffix}"

    # --- Running ----------------------------------------------------------------------------------

    def schedule(self) -> str:
        """Plan, store the plan, and return what TaskJuggler says about it.

        Raises `SchedulingError`, which is a `RuntimeError`, if there is no plan.
        """
        self._checked_studio()
        self._cancelled.clear()
        try:
            self._create_tjp_file()
            self._create_tjp_file_content()
            problem = self._problem
            if problem is None or not problem.tasks:
                return ""
            if found := faults(problem):
                refuse(found)
            self._fill_tjp_file()
            said = self._run(problem)
            self._parse_csv_file()
            return said
        except OSError as error:
            refuse_folder(Path(self.temp_file_path or tempfile.gettempdir()), error)
        finally:
            if not self.keep_files and self.temp_file_path is not None:
                self._clean_up()

    def cancel(self) -> None:
        """End a `schedule()` that runs in another thread."""
        self._cancelled.set()

    def _run(self, problem: Problem) -> str:
        try:
            return run(
                Path(self._path("tjp")),
                command=self._command(),
                timeout=self.timeout,
                cancelled=self._cancelled,
                on_line=self.on_line,
            )
        except RunError as error:
            found = Interpreter(problem, outline(problem), self.tjp_content).faults(error.output)
            if error.id == "tj3_failed" and found:
                refuse(found)
            raise

    def _command(self) -> str:
        """Return the command: where it was said to be, or wherever it is found."""
        command = self.tj_command or stalker.defaults.tj_command
        if shutil.which(command) is None and self.tj_command is None:
            return Path(command).name
        return str(command)


def _has_own(templates: Iterable[str]) -> bool:
    """Say whether the studio has changed one of these templates."""
    return any(stalker.defaults[name] != DEFAULTS[name] for name in templates)
