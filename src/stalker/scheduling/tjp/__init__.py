"""TaskJuggler: what it is told about people, projects and tasks, and what it answers."""

from stalker.scheduling.tjp.outline import Outline, outline
from stalker.scheduling.tjp.reader import read
from stalker.scheduling.tjp.runner import RunError, run
from stalker.scheduling.tjp.scheduler import schedule
from stalker.scheduling.tjp.text import statement
from stalker.scheduling.tjp.writer import project_text, report_text, tasks_text

__all__ = [
    "Outline",
    "RunError",
    "outline",
    "project_text",
    "read",
    "report_text",
    "run",
    "schedule",
    "statement",
    "tasks_text",
]
