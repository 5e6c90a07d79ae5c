"""What lists and references promise about objects that move, leave and meet."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, select

from stalker import Project, Tag, Task, User, Version
from stalker.db.session import DBSession, StudioSession


@pytest.fixture
def project(database: str) -> Project:
    project = Project(name="Lighthouse", code="LHS")
    DBSession.save(project)
    return project


def test_what_is_not_in_a_list_cannot_leave_it(project: Project) -> None:
    """Removing a foreign element is a `ValueError`, and the element stays where it is."""
    other = Project(name="Harbour", code="HRB")
    DBSession.add(other)
    task = Task(name="Layout", project=project)
    DBSession.commit()
    with pytest.raises(ValueError, match=r"Layout.* is not in the list"):
        other.tasks.remove(task)
    DBSession.commit()
    assert task.project is project and not inspect(task).deleted and other.tasks == []


def test_objects_of_two_sessions_do_not_meet(project: Project) -> None:
    """Nothing is related to objects of two sessions; what was tried leaves no trace."""
    ours = Task(name="Ours", project=project)
    DBSession.add(Task(name="Theirs", project=project))
    DBSession.commit()
    with StudioSession(DBSession.get_bind()) as session:
        theirs = session.scalars(select(Task).where(Task.name == "Theirs")).one()
        with pytest.raises(ValueError, match=r"^Task\(\): .*different sessions"):
            Task(name="Mixed", project=project, depends=[theirs], tags=[Tag(name="new")])
        with pytest.raises(ValueError, match=r"different sessions"):
            ours.depends = [theirs]
        with pytest.raises(ValueError, match=r"Task\.children.*different sessions"):
            ours.children.append(theirs)
        with pytest.raises(ValueError, match=r"Task\.parent.*different sessions"):
            ours.parent = theirs
        parent = Task(name="Parent", project=project)
        Task(name="Kid", parent=parent)
        DBSession.commit()
        people = list(session.scalars(select(User)))
        with pytest.raises(ValueError, match=r"^Task\(\): .*different sessions"):
            Task(name="Mixed", parent=parent, resources=people, schedule_timing=50)
        assert parent.schedule_seconds == 3600 and len(parent.children) == 1
    assert not DBSession.new and not DBSession.dirty
    assert ours.depends == [] and ours.children == [] and ours.parent is None
    DBSession.expire_all()
    assert {task.name for task in project.tasks} == {"Ours", "Theirs", "Parent", "Kid"}


def test_the_list_an_object_leaves_knows(project: Project) -> None:
    """An object that moves is in one list at once, also if its old place was not loaded."""
    source = Task(name="A", project=project)
    target = Task(name="B", project=project)
    child = Task(name="C", parent=source)
    DBSession.commit()
    DBSession.expire_all()
    assert source.children == [child]
    DBSession.expire(child)
    child.parent = target
    assert source.children == [] and target.children == [child]
    version = Version(task=child)
    DBSession.commit()
    DBSession.expire_all()
    assert child.versions == [version]
    DBSession.expire(version)
    version.task = source
    assert child.versions == [] and source.versions == [version]


def test_each_foreign_key_is_indexed(database: str) -> None:
    """22 BT-15: finding what refers to a row, and deleting that, never reads a whole table."""
    inspector = inspect(DBSession.get_bind())
    missing = []
    for table in inspector.get_table_names():
        indexes = [each["column_names"] for each in inspector.get_indexes(table)]
        indexes += [each["column_names"] for each in inspector.get_unique_constraints(table)]
        indexes.append(inspector.get_pk_constraint(table)["constrained_columns"])
        first = {columns[0] for columns in indexes if columns}
        for key in inspector.get_foreign_keys(table):
            missing += [(table, each) for each in key["constrained_columns"] if each not in first]
    assert missing == []
