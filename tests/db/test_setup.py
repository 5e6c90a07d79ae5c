"""`setup()` binds the session to a database, again and again; `save()` stores what it is given."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import (
    ArgumentError,
    IntegrityError,
    PendingRollbackError,
    UnboundExecutionError,
)
from sqlalchemy.orm import scoped_session
from sqlalchemy.orm.exc import UnmappedInstanceError

import stalker
from stalker import (
    Entity,
    Permission,
    Project,
    Repository,
    SimpleEntity,
    Status,
    StatusList,
    Tag,
    Task,
    Ticket,
    User,
    Vacation,
    Version,
    WorkingHours,
    db,
)
from stalker.config import Config
from stalker.db import engines
from stalker.db.declarative import Base
from stalker.db.session import DBSession, ExtendedScopedSession
from stalker.exceptions import SchemaVersionError
from tests.factories import least, repository


def settings(url: str) -> dict[str, Any]:
    return {"sqlalchemy.url": url}


def stored(kind: type[SimpleEntity] = Tag) -> list[str]:
    """Names of what another connection would see."""
    with DBSession.get_bind().engine.connect() as connection:
        table: Any = SimpleEntity.__table__
        query = select(table.c.name).where(table.c.entity_type == kind.__name__)
        return sorted(connection.scalars(query))


def tags() -> tuple[Tag, Tag]:
    return Tag(name="day"), Tag(name="night")


@pytest.mark.parametrize(
    "collect",
    [list, tuple, set, iter, lambda tags: (tag for tag in tags), lambda tags: dict.fromkeys(tags)],
    ids=["list", "tuple", "set", "iterator", "generator", "keys of a dict"],
)
def test_save_stores_each_of_an_iterable(database: str, collect: Callable[[Any], Any]) -> None:
    """`save()` of any iterable of objects adds all of them and commits."""
    DBSession.save(collect(tags()))
    assert stored() == ["day", "night"]


@pytest.mark.parametrize("arguments", [(), (None,), ([],)], ids=["nothing", "None", "empty list"])
def test_save_of_nothing_commits(database: str, arguments: tuple[Any, ...]) -> None:
    """`save()` without anything to add commits what is pending."""
    DBSession.add(tags()[0])
    DBSession.save(*arguments)
    assert stored() == ["day"]


def test_save_takes_a_mapped_object_for_one(database: str) -> None:
    """What is mapped is one object to store, also if it is falsy or iterable like a status list."""
    empty = StatusList(name="Empty", target_entity_type="Empty")
    status = Status(name="Lit", code="LIT")
    filled = StatusList(name="Filled", target_entity_type="Filled", statuses=[status])
    assert not empty

    DBSession.save(empty)
    DBSession.save(filled)
    DBSession.save(Tag(name="day"))

    assert {"Empty", "Filled"} <= set(stored(StatusList))
    assert "Lit" in stored(Status)
    assert stored() == ["day"]


@pytest.mark.parametrize("data", [5, object(), "tag", ["tag"], [5], Tag, {"a": 1}])
def test_save_refuses_what_is_not_mapped(database: str, data: Any) -> None:
    """Anything else is SQLAlchemy's error for unmapped instances."""
    with pytest.raises(UnmappedInstanceError):
        DBSession.save(data)
    DBSession.rollback()


def test_save_of_what_the_database_refuses(database: str) -> None:
    """The session can go on, and the message names class and attribute, and shows no password."""
    first, second = (User(name=n, login=n, email=f"{n}@x.com", password="geheim") for n in "ab")
    DBSession.save(first)
    second.email = "a@x.com"
    with pytest.raises(IntegrityError, match=r"User\.email must be unique") as caught:
        DBSession.save(second)
    assert "argon2" not in str(caught.value)
    assert DBSession.query(User).filter_by(login="a").one() is first
    assert second not in DBSession

    row = {"access": "Deny", "action": "Read", "class_name": "X"}
    table: Any = Permission.__table__
    for values, words in (
        ({**row, "action": None}, r"Permission\.action must not be empty"),
        ({**row, "action": "Read", "access": "Maybe"}, r"Permission\.access .* not allowed"),
    ):
        with pytest.raises(IntegrityError, match=words):
            DBSession.execute(table.insert(), values)
        DBSession.rollback()


def test_without_a_database() -> None:
    """The message says what to call."""
    for attempt in (lambda: Tag.query.all(), lambda: DBSession.save(Tag(name="x")), db.init):
        with pytest.raises(UnboundExecutionError, match=r"db\.setup\(\)"):
            attempt()
        DBSession.remove()
    with pytest.raises(TypeError, match=r"db\.setup\(\).*sqlalchemy\.url.*not str"):
        db.setup("sqlite://")  # type: ignore[arg-type]


def test_one_kind_of_database_after_the_other(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A process that has made a PostgreSQL database makes the same tables in an SQLite file."""
    server = request.getfixturevalue("server")
    keys = []
    first = server.create()
    for url in (first, f"sqlite:///{tmp_path}/studio.db"):
        db.setup(settings(url))
        inspector = inspect(DBSession.get_bind())
        keys.append({each["name"] for each in inspector.get_foreign_keys("SimpleEntities")})
    assert keys[0] == keys[1] and len(keys[0]) == 4
    server.drop(first)


def test_the_session_is_a_scoped_session() -> None:
    """`DBSession` can do all that a scoped session can, and is no attribute of `stalker.db`."""
    assert isinstance(DBSession, ExtendedScopedSession)
    assert issubclass(ExtendedScopedSession, scoped_session)
    assert not hasattr(db, "DBSession")
    names = "add add_all commit rollback flush delete query execute connection remove configure"
    for name in [*names.split(), "close_all", "no_autoflush"]:
        assert hasattr(DBSession, name)


def test_the_query_of_a_class_uses_the_session(database: str) -> None:
    """`Class.query` queries through `DBSession`, pending objects included."""
    tag = Tag(name="day")
    DBSession.add(tag)
    assert tag in DBSession
    assert Tag.query.filter_by(name="day").one() is tag
    assert User.query.session is DBSession()


def test_without_settings_the_configured_database_counts() -> None:
    """`setup()` alone connects to an empty database in memory, as delivered."""
    db.setup()
    assert str(DBSession.get_bind().engine.url) == "sqlite://"
    assert set(Base.metadata.tables) <= set(inspect(DBSession.connection()).get_table_names())
    db.init()
    assert User.query.one().login == "admin"


@pytest.mark.parametrize("url", ["", "no url", "://"])
def test_a_broken_url_is_refused(url: str) -> None:
    """A URL that cannot be parsed is SQLAlchemy's `ArgumentError`."""
    with pytest.raises(ArgumentError):
        db.setup({"sqlalchemy.url": url})


def test_setup_creates_what_is_missing(empty_url: str) -> None:
    """Missing tables are created, with their triggers; existing ones and their rows stay."""
    db.setup(settings(empty_url))
    with DBSession.get_bind().engine.begin() as connection:
        connection.execute(text('ALTER TABLE "Tags" ADD COLUMN hue INTEGER'))
        connection.execute(text('DROP TABLE "Version_Inputs"'))
        connection.execute(text('DROP TABLE "Shot_Scenes"'))
        connection.execute(text('DROP TABLE "Scenes"'))
    DBSession.save(tags())

    db.setup(settings(empty_url))

    assert stored() == ["day", "night"]
    inspector = inspect(DBSession.connection())
    assert {"Version_Inputs", "Shot_Scenes", "Scenes"} <= set(inspector.get_table_names())
    assert "hue" in {column["name"] for column in inspector.get_columns("Tags")}
    project = DBSession.execute(text('SELECT count(*) FROM "SimpleEntities"')).scalar()
    insert = """
        INSERT INTO "SimpleEntities"
            (id, entity_type, name, description, generic_text, date_created, date_updated,
             html_style, html_class, stalker_version)
        VALUES (999, 'Scene', 'x', '', '', '2026-01-01', '2026-01-01', '', '', '')
    """
    DBSession.execute(text(insert))
    DBSession.execute(text("INSERT INTO \"Scenes\" (id, code) VALUES (999, 'x')"))
    DBSession.execute(text('DELETE FROM "Scenes"'))
    assert DBSession.execute(text('SELECT count(*) FROM "SimpleEntities"')).scalar() == project


def test_setup_again_keeps_the_content(empty_url: str) -> None:
    """`setup()` and `init()` in any order and number leave one administrator and the same rows."""
    for _ in range(3):
        db.setup(settings(empty_url))
        db.setup(settings(empty_url))
        db.init()
    assert DBSession.scalar(select(func.count(SimpleEntity.id))) == 30


def test_setup_forgets_the_session_of_before(tmp_path: Path, empty_url: str) -> None:
    """Another database begins with another session: what was pending is gone, nothing is mixed."""
    db.setup({"sqlalchemy.url": f"sqlite:///{tmp_path}/first.db"})
    db.init()
    DBSession.save(Tag(name="first"))
    first = DBSession()
    DBSession.add(Tag(name="pending"))

    db.setup(settings(empty_url))
    assert DBSession() is not first
    db.init()
    DBSession.save(Tag(name="second"))
    assert stored() == ["second"]

    db.setup({"sqlalchemy.url": f"sqlite:///{tmp_path}/first.db"})
    assert stored() == ["first"]


def test_tables_of_a_studio_s_own_classes_are_created(empty_url: str) -> None:
    """A class that is declared before `setup()` gets its table, and its deletes are complete."""
    kind = Base.__by_name__.get("Camera") or type(
        "Camera",
        (Entity,),
        {"__module__": __name__, "__annotations__": {}, **camera_columns()},
    )
    db.setup(settings(empty_url))
    DBSession.save(kind(name="A", lens=35))
    assert kind.query.one().lens == 35

    DBSession.execute(text('DELETE FROM "Cameras"'))
    assert DBSession.scalar(select(func.count(SimpleEntity.id))) == 0


def camera_columns() -> dict[str, Any]:
    from sqlalchemy import Integer
    from sqlalchemy.orm import mapped_column

    return {"lens": mapped_column(Integer)}


def test_without_tables_nothing_is_found(empty_url: str) -> None:
    """03 BT-14: an empty database has no version and no status list, and the session goes on."""
    DBSession.configure(bind=engines.create(settings(empty_url)))
    for _ in range(2):
        assert db.get_alembic_version() is None
        db.check_alembic_version()
        with pytest.raises(TypeError, match=r"Project\.status_list"):
            Project(name="Lighthouse", code="LHS")
        assert not DBSession.new
        assert DBSession.scalar(text("SELECT 1")) == 1


# --- Configuration --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value", "see"),
    [
        ("version_take_name", "Hero", lambda: least(Version).take_name),
        ("task_priority", 42, lambda: least(Task).priority),
        ("ticket_label", "Bug", lambda: least(Ticket).name.partition(" #")[0]),
        ("timing_resolution", timedelta(minutes=5), lambda: least(Vacation).duration),
        ("daily_working_hours", 7, lambda: WorkingHours().daily_working_hours),
        ("working_hours", {"mon": [[1, 2]]}, lambda: WorkingHours().working_hours),
        (
            "repo_env_var_template",
            "X%(code)s",
            lambda: repository("A").env_var.replace("A", "%(code)s"),
        ),
        ("persistent_allocation", False, lambda: least(Task).persistent_allocation),
        ("tjp_vacation_template", "none", lambda: least(Vacation).to_tjp),
    ],
)
def test_another_configuration_counts_at_once(
    database: str, monkeypatch: pytest.MonkeyPatch, key: str, value: Any, see: Callable[[], Any]
) -> None:
    """03 §5: what is set counts at the next use, and so does a new object in its place."""
    before = see()
    assert before != value
    stalker.defaults[key] = value
    assert see() == value
    monkeypatch.setattr(stalker, "defaults", Config())
    assert see() == before


# --- Schema version -------------------------------------------------------------------------------


def note(version: str) -> None:
    DBSession.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
    DBSession.commit()


def test_the_version_is_noted_once(empty_url: str) -> None:
    """`create_alembic_table()` notes the revision once; a noted one is never changed."""
    db.setup(settings(empty_url))
    assert db.get_alembic_version() is None
    db.check_alembic_version()

    for _ in range(3):
        db.create_alembic_table()
    assert db.get_alembic_version() == db.alembic_version == "bf67e6a234b4"

    note("another")
    db.create_alembic_table()
    db.init()
    rows = DBSession.scalars(text("SELECT version_num FROM alembic_version")).all()
    assert rows == ["another"]


def test_an_empty_version_table_says_nothing(database: str) -> None:
    """No table and no row both mean that the version is unknown, which is accepted."""
    for statement in ("DELETE FROM alembic_version", "DROP TABLE alembic_version"):
        DBSession.execute(text(statement))
        DBSession.commit()
        assert db.get_alembic_version() is None
        db.check_alembic_version()
        db.setup(settings(database))
    # the session is usable after the failed query
    assert User.query.count() == 1


def test_another_version_is_refused(database: str) -> None:
    """A database of another release is refused, and the session too, until it is rolled back."""
    note("0123456789ab")

    for _ in range(2):
        with pytest.raises(ValueError, match="0123456789ab") as caught:
            db.setup(settings(database))
        error = caught.value
        assert isinstance(error, SchemaVersionError)
        assert (error.found, error.expected) == ("0123456789ab", db.alembic_version)
        with pytest.raises(PendingRollbackError):
            DBSession.execute(text("SELECT 1"))
        with pytest.raises(PendingRollbackError):
            User.query.count()
        DBSession.rollback()

    assert User.query.count() == 1
    note(db.alembic_version)
    db.setup(settings(database))
    assert User.query.count() == 1


def test_the_version_is_checked_before_tables_are_made(empty_url: str) -> None:
    """A database of another release gets no table of ours."""
    db.setup(settings(empty_url))
    db.init()
    DBSession.execute(text('DROP TABLE "Version_Inputs"'))
    note("0123456789ab")
    with pytest.raises(SchemaVersionError):
        db.setup(settings(empty_url))
    DBSession.rollback()
    assert not inspect(DBSession.connection()).has_table("Version_Inputs")


# --- Environment ----------------------------------------------------------------------------------


def test_repositories_set_their_variables(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`create_repo_vars()` and `setup()` set `REPO<code>` and `REPO<id>` of each repository."""
    paths = {"linux_path": "/mnt/T/", "windows_path": "T:/", "osx_path": "/Volumes/T/"}
    repository = Repository(name="Tank", code="TNK", **paths)
    DBSession.save(repository)
    names = ["REPOTNK", f"REPO{repository.id}"]

    for act in (db.create_repo_vars, lambda: db.setup(settings(database))):
        for name in names:
            monkeypatch.delenv(name, raising=False)
        act()
        assert [os.environ[name] for name in names] == [repository.path] * 2

    assert db.create_repo_vars() == dict.fromkeys(names, repository.path)


def test_variables_follow_the_configuration(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """When `set_repo_env_vars` is off, the variables are returned, and not set."""
    DBSession.save(Repository(name="Tank", code="TNK", linux_path="/mnt/T/"))
    monkeypatch.delenv("REPOTNK", raising=False)
    stalker.defaults["set_repo_env_vars"] = False
    db.setup(settings(database))
    assert db.create_repo_vars()["REPOTNK"] == "/mnt/T/"
    assert "REPOTNK" not in os.environ


def test_what_can_be_no_variable_is_no_reason_to_fail(database: str) -> None:
    """A code that fits no environment variable sets none, and `setup()` succeeds."""
    table: Any = Repository.__table__
    DBSession.save(Repository(name="Tank", code="TNK", linux_path="/mnt/T/"))
    DBSession.execute(table.update().values(code="T=N"))
    DBSession.commit()
    db.setup(settings(database))
    assert "REPOT=N" not in os.environ
    assert User.query.count() == 1


def test_variables_leave_the_session_alone(database: str) -> None:
    """Reading repositories neither flushes nor rolls back what is pending."""
    tag = Tag(name="pending")
    DBSession.add(tag)
    db.create_repo_vars()
    assert tag in DBSession.new


def test_without_a_studio_the_defaults_stay(database: str) -> None:
    """`update_defaults_with_studio()` changes nothing without a studio, and flushes nothing."""
    before = dict(stalker.defaults.config_values)
    DBSession.add(Tag(name="pending"))
    db.update_defaults_with_studio()
    assert dict(stalker.defaults.config_values) == before
    assert DBSession.new
