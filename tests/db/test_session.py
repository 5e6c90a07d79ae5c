"""Sessions: all or nothing, several beside each other, and ids in the order of adding."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError, UnboundExecutionError
from sqlalchemy.orm import Session

from stalker import Department, Note, Project, SimpleEntity, Status, Tag, Task, User
from stalker.db.session import DBSession, StudioSession, is_bound, quiet, unit_of_work


def stored_tags() -> set[str]:
    """Names of the tags that another connection sees."""
    with StudioSession(DBSession.get_bind()) as session:
        return {tag.name for tag in session.query(Tag)}


def user(login: str) -> User:
    return User(name=login, login=login, email=f"{login}@example.com", password="x")


# --- unit_of_work() -------------------------------------------------------------------------------


def test_a_unit_is_stored_as_a_whole(database: str) -> None:
    """The end of the block commits everything that was added in it."""
    with unit_of_work() as session:
        assert session is DBSession()
        session.add(Tag(name="day"))
        session.flush()
        session.add(Tag(name="night"))
        if session.get_bind().dialect.name == "postgresql":
            assert stored_tags() == set()
    assert stored_tags() == {"day", "night"}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_exception_leaves_nothing(database: str, error: type[BaseException]) -> None:
    """An exception of any kind undoes the whole block, and goes on its way."""
    with pytest.raises(error), unit_of_work() as session:  # noqa: PT012
        session.add(Tag(name="day"))
        session.flush()
        raise error
    assert stored_tags() == set()
    assert not DBSession.new
    with unit_of_work() as session:
        session.add(Tag(name="night"))
    assert stored_tags() == {"night"}


def test_what_the_database_refuses_leaves_nothing(database: str) -> None:
    """A constraint that fails at the commit undoes the whole block."""
    with pytest.raises(IntegrityError), unit_of_work() as session:
        session.add_all([Tag(name="day"), user("ada"), user("ada")])
    assert stored_tags() == set()
    assert User.query.count() == 1


def test_an_inner_unit_belongs_to_the_outer_one(database: str) -> None:
    """Only the outermost block commits; an error after an inner one undoes both."""
    with pytest.raises(ValueError, match="late"), unit_of_work() as session:  # noqa: PT012
        with unit_of_work():
            session.add(Tag(name="inner"))
        raise ValueError("late")
    assert stored_tags() == set()

    with unit_of_work() as session:
        session.add(Tag(name="outer"))
        with unit_of_work(), unit_of_work():
            session.add(Tag(name="inner"))
        assert session.in_transaction() or session.new
    assert stored_tags() == {"outer", "inner"}


def test_a_failed_inner_unit_fails_the_outer_one(database: str) -> None:
    """Whoever catches the error of an inner unit cannot commit half of the outer one."""
    with pytest.raises(RuntimeError, match="inner"), unit_of_work() as session:  # noqa: PT012
        session.add(Tag(name="outer"))
        try:
            with unit_of_work():
                session.add(Tag(name="inner"))
                raise ValueError("inner")
        except ValueError:
            pass
        session.add(Tag(name="after"))
    assert stored_tags() == set()
    with unit_of_work() as session:
        session.add(Tag(name="later"))
    assert stored_tags() == {"later"}


def test_a_unit_of_another_session(database: str) -> None:
    """A unit may be of any session; `DBSession` is not part of it."""
    DBSession.add(Tag(name="pending"))
    with StudioSession(DBSession.get_bind()) as own, unit_of_work(own) as session:
        assert session is own
        session.add(Tag(name="own"))
    assert stored_tags() == {"own"}
    DBSession.rollback()


# --- Sessions -------------------------------------------------------------------------------------


def test_sessions_know_whether_they_are_bound(database: str) -> None:
    """`is_bound()` tells whether there is a database to ask."""
    assert is_bound(DBSession())
    with StudioSession() as session:
        assert not is_bound(session)
        with pytest.raises(UnboundExecutionError):
            session.execute(text("SELECT 1"))


def test_sessions_beside_each_other(database: str) -> None:
    """Independent sessions have objects of their own, see each other's commits, and keep apart."""
    bind = DBSession.get_bind()
    with StudioSession(bind) as first, StudioSession(bind) as second:
        tag = Tag(name="day")
        first.add(tag)
        first.commit()
        seen = second.get_one(Tag, tag.id)
        assert seen is not tag
        seen.name = "noon"
        second.commit()
        first.refresh(tag)
        assert tag.name == "noon"

        pending = Tag(name="pending")
        second.add(pending)
        first.commit()
        assert pending in second.new
        assert pending not in first
        assert pending not in DBSession


def test_a_new_object_joins_the_session_of_its_relations(database: str) -> None:
    """What is made for an object of another session joins that session, not `DBSession`."""
    with StudioSession(DBSession.get_bind()) as own:
        person = own.query(User).one()
        tag = Tag(name="day", created_by=person)
        assert tag in own
        assert tag not in DBSession


def test_each_thread_has_its_own_session(database: str) -> None:
    """`DBSession` is one session in each thread."""
    found: list[Any] = []

    def work() -> None:
        found.append(DBSession())
        DBSession.save(Tag(name="elsewhere"))
        DBSession.remove()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found[0] is not DBSession()
    assert stored_tags() == {"elsewhere"}


def test_close_all_closes_every_session(database: str) -> None:
    """`close_all()` lets go of the objects of all sessions."""
    with StudioSession(DBSession.get_bind()) as own:
        mine, other = Tag(name="mine"), Tag(name="other")
        own.add(mine)
        DBSession.add(other)
        DBSession.close_all()
        assert mine not in own
        assert other not in DBSession


def test_quiet_queries_flush_nothing(database: str) -> None:
    """Queries inside of `quiet` leave pending objects alone, in this thread, however deep."""
    tag = Tag(name="half-made")
    DBSession.add(tag)
    with quiet:
        with quiet:
            assert Tag.query.count() == 0
        assert Tag.query.count() == 0
    assert tag in DBSession.new
    assert Tag.query.count() == 1


# --- Ids ------------------------------------------------------------------------------------------


def test_ids_follow_the_order_of_adding(database: str) -> None:
    """Rows of different classes get ids in the order in which the objects were added."""
    project = Project(name="Lighthouse", code="LHS")
    order: list[SimpleEntity] = [
        Tag(name="first"),
        Note(content="second"),
        project,
        Status(name="Lit", code="LIT"),
        Department(name="Light"),
        Tag(name="sixth"),
        user("ada"),
        Note(content="eighth"),
    ]
    DBSession.add_all(order)
    last = Task(name="last", project=project)
    DBSession.commit()
    assert [each.id for each in [*order, last]] == list(range(31, 40))

    for name in ("x", "y"):
        DBSession.save(Tag(name=name))
    assert Tag.query.filter_by(name="y").one().id == 41


def test_ids_are_forgotten_with_their_rows(database: str) -> None:
    """After a rollback new objects have no id, and get another one when they are added again."""
    tags = [Tag(name=f"tag {number}") for number in range(3)]
    project = Project(name="Lighthouse", code="LHS")
    before = Task(name="model", project=project)
    task = Task(name="light", project=project, depends=[before], tags=tags[:1])
    DBSession.add_all([*tags, project])
    DBSession.flush()
    assert task.id
    assert task.task_id == task.id
    DBSession.rollback()
    assert [each.id for each in [*tags, project, before, task]] == [None] * 6
    assert task.task_id is None

    DBSession.save(Tag(name="somebody else"))
    DBSession.add_all([*tags, project, before, task])
    DBSession.commit()

    ids = [each.id for each in SimpleEntity.query]
    assert len(set(ids)) == len(ids) == 37
    DBSession.expire_all()
    assert task.task_id == task.id
    assert task.project is project
    assert task.depends == [before]
    assert task.tags == tags[:1]


def test_an_id_given_by_hand_is_kept(database: str) -> None:
    """An id that the caller chose is used, among those that are reserved."""
    given, others = Tag(name="given"), [Tag(name="a"), Tag(name="b")]
    given.id = 5000
    DBSession.save([others[0], given, others[1]])
    assert given.id == 5000
    assert sorted(each.id for each in others) == [31, 32]


@pytest.mark.parametrize("backend", ["sqlite"])
def test_ids_are_never_used_again(database: str) -> None:
    """The id of a deleted row does not come back: somebody may have written it down."""
    tag = Tag(name="day")
    DBSession.save(tag)
    number = tag.id
    DBSession.delete(tag)
    DBSession.commit()
    for names in (["night"], ["dusk", "dawn"]):
        tags = [Tag(name=name) for name in names]
        DBSession.save(tags)
        assert min(each.id for each in tags) > number


def test_plain_sessions_work_too(database: str) -> None:
    """A plain engine and session of SQLAlchemy can read what we wrote."""
    DBSession.save(Tag(name="day"))
    engine = create_engine(database)
    with Session(engine) as session:
        assert session.query(Tag).one().name == "day"
    engine.dispose()
