"""A small production for the tests of tasks, shots and versions, with or without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stalker import Project, Review, Shot, Status, StatusList, Task, TimeLog, Type, User
from stalker.db.session import DBSession
from stalker.workflow.derive import Code, status_from_children

#: marks a test of `studio` that also holds without a database
everywhere = pytest.mark.parametrize("backend", ["memory", "sqlite", "postgresql"], indirect=True)
#: marks a test of `studio` that says nothing about databases
in_memory = pytest.mark.parametrize("backend", ["memory"], indirect=True)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

CODES = [str(code) for code in Code]


class Studio:
    """Makes what a production consists of; in memory everything gets its status list by hand."""

    def __init__(self, stored: bool) -> None:
        self.stored = stored
        self._made = 0
        self._lists: dict[str, StatusList] = {}
        if not stored:
            self._statuses = {code: Status(name=f"{code} status", code=code) for code in CODES}

    def status_list(self, target: str = "Task", codes: list[str] | None = None) -> StatusList:
        """Return the list for a class; only used in memory."""
        if codes is not None:
            statuses = [Status(name=code, code=code) for code in codes]
            return StatusList(name="own", statuses=statuses, target_entity_type=target)
        if target not in self._lists:
            statuses = list(self._statuses.values())
            if target == "Review":
                statuses = [Status(name=code, code=code) for code in ("NEW", "RREV", "APP")]
            if target == "Project":
                statuses = [self._statuses[code] for code in ("RTS", "WIP", "CMPL")]
            self._lists[target] = StatusList(
                name=f"{target} statuses", statuses=statuses, target_entity_type=target
            )
        return self._lists[target]

    def make(self, kind: type[Any], **values: Any) -> Any:
        if not self.stored and hasattr(kind, "status_list"):
            values.setdefault("status_list", self.status_list(_target(kind)))
        return kind(**values)

    def next_name(self, prefix: str) -> str:
        self._made += 1
        return f"{prefix} {self._made}"

    def project(self, **values: Any) -> Project:
        values = {"name": "Lighthouse", "code": "LHS", **values}
        project: Project = self.make(Project, **values)
        if self.stored:
            DBSession.add(project)
        return project

    def task(self, parent: Any = None, **values: Any) -> Task:
        """Return a task below a project or another task."""
        key = "project" if isinstance(parent, Project) else "parent"
        values = {"name": self.next_name("Task"), key: parent, **values}
        task: Task = self.make(values.pop("kind", Task), **values)
        return task

    def shot(self, project: Project, code: str, **values: Any) -> Shot:
        shot: Shot = self.make(Shot, code=code, project=project, name=code, **values)
        return shot

    def user(self, name: str = "Ada") -> User:
        login = name.lower().replace(" ", "")
        user = User(name=name, login=login, email=f"{login}@example.com", password="secret")
        if self.stored:
            DBSession.add(user)
        return user

    def type(self, target: str, name: str = "Kind") -> Type:
        return Type(name=name, code=name[:4], target_entity_type=target)

    def commit(self) -> None:
        if self.stored:
            DBSession.commit()

    def reload(self) -> None:
        """Commit and forget: what is read next comes from the database."""
        if self.stored:
            DBSession.commit()
            DBSession.expire_all()


def _target(kind: type[Any]) -> str:
    return "Project" if issubclass(kind, Project) else kind.__name__


def give(task: Task, code: str) -> None:
    """Set the status as a hand would: without any check, and without effect on others."""
    task.status = task.status_list[code]


def code_of(task: Task) -> str:
    return str(task.status.code)


def expected_of(container: Task) -> tuple[datetime, datetime, int, int, str]:
    """Return range, sums and status of a container, formed naively from its leaves."""
    children = [
        expected_of(child)
        if child.children
        else (
            child.start,
            child.end,
            int(child.to_seconds(child.schedule_timing, child.schedule_unit, child.schedule_model)),
            sum(each.total_seconds for each in child.time_logs),
            code_of(child),
        )
        for child in container.children
    ]
    starts, ends, planned, logged, codes = zip(*children, strict=True)
    return min(starts), max(ends), sum(planned), sum(logged), str(status_from_children(codes))


def actual_of(container: Task) -> tuple[datetime, datetime, int, int, str]:
    return (
        container.start,
        container.end,
        container.schedule_seconds,
        container.total_logged_seconds,
        code_of(container),
    )


def assert_consistent(tasks: list[Task]) -> None:
    """Check every container among *tasks* against its children."""
    for task in tasks:
        if task.children:
            assert actual_of(task) == expected_of(task), task
            assert task.duration == task.end - task.start
            assert task.resources == []


def log(studio: Studio, task: Task, hours: float = 1, start: datetime | None = None) -> TimeLog:
    """Let somebody new work on *task* for some hours."""
    someone = studio.user(studio.next_name("Worker"))
    start = start or task.start
    return TimeLog(task=task, resource=someone, start=start, end=start + hours * HOUR)


def review(studio: Studio, task: Task, **values: Any) -> Review:
    """Ask somebody new for a review of *task*."""
    values = {"reviewer": studio.user(studio.next_name("Lead")), **values}
    made: Review = studio.make(Review, task=task, **values)
    return made
