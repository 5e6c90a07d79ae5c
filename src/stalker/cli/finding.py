"""The tasks and projects that somebody means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from stalker import Project, Task
from stalker.cli.refusal import Refused
from stalker.core.suggestions import did_you_mean
from stalker.db.session import DBSession
from stalker.models.loading import class_of, is_one_of, load_by_class
from stalker.services.addresses import addresses, find

#: how many tasks of one name are offered to choose from
MANY = 8
#: databases refuse to look for more
_HIGHEST_ID = 2**31 - 1


def id_in(text: str) -> int | None:
    """Return the id that *text* is; `None` if it is no number, or more than an id can be."""
    # Python reads no more than some thousand digits
    if not (text.isascii() and text.isdecimal()) or len(text) > len(str(_HIGHEST_ID)):
        return None
    number = int(text)
    return number if number <= _HIGHEST_ID else None


def task_named(text: str) -> Task:
    """Return the one task with that id, path or name."""
    return _loaded([_only(text, _matching(text))])[0]


def tasks_named(texts: Iterable[str]) -> list[Task]:
    """Return the task that each of *texts* means, or all that one with `*` means; each once."""
    numbers: list[int] = []
    for text in texts:
        found = _matching(text)
        numbers += found if found and "*" in text else [_only(text, found)]
    return _loaded(list(dict.fromkeys(numbers)))


def work_named(texts: Iterable[str]) -> list[Task]:
    """Return the tasks as `tasks_named` does, but only the work among what one with `*` means.

    `EGO/*` is everything in a project: a sequence and its shots are the sum of the tasks there.
    """
    meant = {text: tasks_named([text]) for text in texts}
    holders = {each.parent_id for text in meant if "*" in text for each in meant[text]}
    kept = (
        each
        for text, found in meant.items()
        for each in found
        if "*" not in text or each.id not in holders
    )
    return list(dict.fromkeys(kept))


def refuse_container(task: Task) -> None:
    """Refuse what only work of its own can have, for what is the sum of its parts."""
    if task.is_container:
        path = path_of(task)
        raise Refused(f"{path} is the sum of its parts: '{path}/*' are those")


def _loaded(numbers: list[int]) -> list[Task]:
    rows = DBSession.execute(
        select(Task.id, class_of(Task)).where(is_one_of(Task.id, numbers))
    ).all()
    found = load_by_class(DBSession(), Task, [(row[0], row[1]) for row in rows])
    return [found[number] for number in numbers]


def task_or_project(text: str) -> Task | Project:
    """Return the one task, or project, with that id, path, name or code."""
    number = id_in(text)
    if number is not None:
        with_id = DBSession.get(Project, number)
        if with_id is not None:
            return with_id
    if "/" in text or _matching(text):
        return task_named(text)
    project = _with_code(text)
    if project is None:
        raise _missing(text, "task or project")
    return project


def container_named(text: str) -> Task | Project:
    """Return where something is to be put: a project by its code, else a task."""
    return task_named(text) if "/" in text else _with_code(text) or task_or_project(text)


def beside(container: Task | Project, text: str) -> Task:
    """Return the task that is meant; a name alone may be that of a neighbour in *container*."""
    neighbour = None if "/" in text else child_of(container, text)
    return task_named(text) if neighbour is None else neighbour


def child_of(container: Task | Project, name: str) -> Task | None:
    """Return the first task of that name right below *container*."""
    query = select(Task).where(Task.name == name).order_by(Task.id).limit(1)
    if isinstance(container, Project):
        query = query.where(Task.project_id == container.id, Task.parent_id.is_(None))
    else:
        query = query.where(Task.parent_id == container.id)
    return DBSession.scalars(query).first()


def projects_of(codes: Sequence[str]) -> list[Project]:
    """Return the projects with these codes, in their order, each once."""
    known: dict[str, list[Project]] = {}
    for each in DBSession.scalars(select(Project).order_by(Project.id)):
        known.setdefault(each.code, []).append(each)
    for code in codes:
        if code not in known:
            hint = did_you_mean(code, known) or _elsewhere(len(known))
            raise Refused(f"there is no project {code!r}{hint}")
    return [_only_project(known[code], code) for code in dict.fromkeys(codes)]


def path_of(entity: Task | Project) -> str:
    """Return the path of a task from its project on; of a project the name."""
    if isinstance(entity, Project):
        return str(entity.name)
    return addresses(DBSession(), [entity.id])[entity.id]


def _only(text: str, found: list[int]) -> int:
    if not found:
        raise _missing(text, "task")
    if len(found) > 1:
        raise Refused(f"{len(found)} tasks are {text!r}: {_some(found)}")
    return found[0]


def _matching(text: str) -> list[int]:
    number = id_in(text)
    if number is not None and DBSession.scalar(select(Task.id).where(Task.id == number)):
        return [number]
    return find(DBSession(), text)


def _missing(text: str, kind: str) -> Refused:
    """Return what is said where nothing is found, with what the first odd part may have meant."""
    queries = select(Project.code), select(Task.name).distinct()
    names = {name for query in queries for name in DBSession.scalars(query)}
    odd = (part for part in text.split("/") if part not in names and "*" not in part)
    hint = did_you_mean(next(odd, ""), names) or ": stalker tasks --everybody --all shows all"
    if text in names and _with_code(text) is not None:
        hint = ": that is a project"
    return Refused(f"there is no {kind} {text!r}{hint}")


def _some(numbers: Sequence[int]) -> str:
    paths = addresses(DBSession(), numbers[:MANY])
    more = f" and {len(numbers) - MANY} more" if len(numbers) > MANY else ""
    return ", ".join(f"{path} ({number})" for number, path in paths.items()) + more


def _with_code(text: str) -> Project | None:
    found = DBSession.scalars(select(Project).where(Project.code == text)).all()
    return _only_project(found, text) if found else None


def _only_project(projects: Sequence[Project], code: str) -> Project:
    """Return the one project with a code: nothing keeps others from having the same."""
    if len(projects) > 1:
        names = ", ".join(f"{each.name} ({each.id})" for each in projects)
        raise Refused(f"{len(projects)} projects have the code {code!r}: {names}")
    return projects[0]


def _elsewhere(projects: int) -> str:
    return ": stalker project " + ("list shows all" if projects else "add makes one")
