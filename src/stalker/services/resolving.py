"""From a path back to what it belongs to: the other direction of the filename templates."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import inspect, select
from sqlalchemy.orm import with_polymorphic

from stalker.core.naming import nice_name
from stalker.db.session import DBSession
from stalker.exceptions import TemplateError
from stalker.models.loading import ancestors_of
from stalker.models.project import Project, ProjectRepository
from stalker.models.repository import Repository
from stalker.models.task import Task
from stalker.models.version import Version

__all__ = ["entity_at", "task_at", "version_at", "versions_at"]

#: the runs of letters and of digits in a path: names begin and end with one
_RUN = re.compile(r"[^\W\d_]+|\d+")
#: how many spellings are asked about at once; a path has about eight
_BATCH = 5_000
#: a path has at most 1,024 bytes; longer texts are no names
_LONGEST = 16


def entity_at(path: str) -> Version | Task | None:
    """Return the version whose file *path* is, else the task whose folder holds it most closely.

    *path* may be written for any platform, or begin with a variable of a repository. `None` if it
    is not one that the templates of a project make.
    """
    return version_at(path) or task_at(path)


def version_at(path: str) -> Version | None:
    """Return the version whose file *path* is; the latest, if several name the same file."""
    return versions_at([path]).get(path)


def versions_at(paths: Iterable[str]) -> dict[str, Version]:
    """Return by path the versions whose files *paths* are, with one statement for hundreds.

    In the order of *paths*. The latest, if several name the same file.
    """
    paths = list(dict.fromkeys(paths))
    meant: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        for spelling in _spellings(path):
            meant[spelling].append(path)
    spellings = list(meant)
    found: dict[str, Version] = {}
    for start in range(0, len(spellings), _BATCH):
        some = spellings[start : start + _BATCH]
        query = select(Version).where(Version.full_path.in_(some))
        for version in DBSession.scalars(query):
            for path in meant[version.full_path]:
                known = found.get(path)
                if known is None or known.version_id < version.version_id:
                    found[path] = version
    return {path: found[path] for path in paths if path in found}


def task_at(path: str) -> Task | None:
    """Return the task whose folder is *path* or holds it most closely; of equals the oldest.

    Folders are not stored: those of the tasks that *path* mentions by name, nice name, code or id
    are rendered, the most promising first. A task of whose folder the name says nothing is not
    found.
    """
    spellings = _spellings(path)
    mentioned = _mentioned(path)
    for _, group in groupby(_candidates(path, mentioned), lambda each: each.rank):
        numbers = [each.number for each in group]
        best, depth = None, -1
        for task in _loaded(numbers):
            folder = _folder(task)
            if folder is not None and len(folder) > depth and _holds(folder, spellings):
                best, depth = task, len(folder)
        if best is not None:
            return best
    return None


class _Candidate(NamedTuple):
    #: how many of the task and its ancestors are not mentioned less those that are
    rank: tuple[int, int]
    number: int


def _spellings(path: str) -> list[str]:
    return [unicodedata.normalize("NFC", each) for each in Repository.spellings(path)]


def _holds(folder: str, spellings: Iterable[str]) -> bool:
    return any(each == folder or each.startswith(f"{folder}/") for each in spellings)


def _folder(task: Task) -> str | None:
    try:
        return task.path
    except (TemplateError, ValueError):  # tasks of this class have no folder, or this has none
        return None


def _mentioned(path: str) -> Callable[[Iterable[object]], bool]:
    """Return a function that says whether one of the texts given to it stands in *path*."""
    text = unicodedata.normalize("NFC", path).casefold()
    runs = [match.span() for match in _RUN.finditer(text)]
    found = {
        text[start:end]
        for index, (start, _) in enumerate(runs)
        for _, end in runs[index : index + _LONGEST]
    }
    return lambda names: any(str(name).casefold() in found for name in names if name)


def _candidates(path: str, mentioned: Callable[[Iterable[object]], bool]) -> Iterator[_Candidate]:
    """Return the tasks that *path* mentions, those first whose ancestors it mentions, too."""
    parents: dict[int, int | None] = {}
    hits = set()
    for number, parent, *names in DBSession.execute(_names_of_tasks(path, mentioned)):
        parents[number] = parent
        if mentioned((number, nice_name(names[0]), *names)):
            hits.add(number)
    found = []
    for number in hits:
        chain: list[int] = []
        above: int | None = number
        while above is not None and above in parents and above not in chain:
            chain.append(above)
            above = parents[above]
        known = sum(each in hits for each in chain)
        found.append(_Candidate((-known, len(chain) - known), number))
    return iter(sorted(found))


def _names_of_tasks(path: str, mentioned: Callable[[Iterable[object]], bool]) -> Any:
    """Return the query for id, parent, name and code of the tasks that may lie at *path*."""
    holders = Repository.ids_holding(path)
    query = select(Project.id, Project.name, Project.code)
    if holders:
        query = query.join(ProjectRepository, ProjectRepository.project_id == Project.id).where(
            ProjectRepository.repository_id.in_(holders)
        )
    projects = DBSession.execute(query.distinct()).all()
    named = [row.id for row in projects if mentioned((*row, nice_name(row.name)))]
    tables = [
        mapper.local_table
        for mapper in inspect(Task).self_and_descendants
        if "code" in mapper.local_table.c
    ]
    codes = [table.c.code for table in tables]
    names = select(Task.id, Task.parent_id, Task.name, *codes).select_from(Task)
    for table in tables:
        names = names.outerjoin(table, table.c.id == Task.task_id)
    return names.where(Task.project_id.in_(named or [row.id for row in projects]))


def _loaded(numbers: list[int]) -> list[Task]:
    """Return the tasks with these ids in their order, with all that their folders are made of."""
    every = with_polymorphic(Task, "*")
    above = ancestors_of(Task, numbers)
    wanted = every.id.in_(numbers) | every.id.in_(select(above.c.id))
    tasks = {task.id: task for task in DBSession.scalars(select(every).where(wanted))}
    return [tasks[number] for number in sorted(numbers)]
