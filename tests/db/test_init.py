"""`init()` fills a database, completes it, and never changes what a studio made of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

import stalker
from stalker import (
    Department,
    Entity,
    EntityType,
    Group,
    Permission,
    SimpleEntity,
    Status,
    StatusList,
    Tag,
    Task,
    Type,
    User,
    db,
)
from stalker.db.declarative import Base
from stalker.db.session import DBSession
from stalker.models.mixins import DateRangeMixin, ReferenceMixin, ScheduleMixin, StatusMixin

WORKFLOW = [
    ("Waiting For Dependency", "WFD"),
    ("Ready To Start", "RTS"),
    ("Work In Progress", "WIP"),
    ("Pending Review", "PREV"),
    ("Has Revision", "HREV"),
    ("Dependency Has Revision", "DREV"),
    ("On Hold", "OH"),
    ("Stopped", "STOP"),
    ("Completed", "CMPL"),
]
LISTS = {
    "Ticket": [
        ("New", "NEW"),
        ("Accepted", "ACP"),
        ("Assigned", "ASG"),
        ("Reopened", "ROP"),
        ("Closed", "CLS"),
    ],
    "Daily": [("Open", "OPEN"), ("Closed", "CLS")],
    "Project": [("Ready To Start", "RTS"), ("Work In Progress", "WIP"), ("Completed", "CMPL")],
    "Task": WORKFLOW,
    "Asset": WORKFLOW,
    "Shot": WORKFLOW,
    "Sequence": WORKFLOW,
    "Review": [("New", "NEW"), ("Requested Revision", "RREV"), ("Approved", "APP")],
}
#: by the contract; those of later releases do not exist yet
CLASSES = (
    "Asset AuthenticationLog Budget BudgetEntry Client Daily Department Entity EntityGroup "
    "FilenameTemplate Good Group ImageFormat Invoice Link Message Note Page Payment Permission "
    "PriceList Project Repository Review Role Scene Sequence Shot SimpleEntity Status "
    "StatusList Structure Studio Tag Task Ticket TicketLog TimeLog Type User Vacation Version"
)
REGISTERED = {name for name in CLASSES.split() if hasattr(stalker, name)}
FLAGS = {
    "statusable": "Asset Budget Daily Message Project Review Sequence Shot Task Ticket",
    "dateable": "Asset Project Sequence Shot Studio Task TimeLog Vacation",
    "schedulable": "Asset Review Sequence Shot Task",
    "accepts_references": "Asset Project Sequence Shot Task",
}


@pytest.fixture
def empty(empty_url: str) -> str:
    """A database with tables and without rows, bound; its URL."""
    db.setup({"sqlalchemy.url": empty_url})
    return empty_url


def content() -> dict[str, list[Any]]:
    """Every row of the bound database, but passwords."""
    found = {}
    for table in Base.metadata.sorted_tables:
        columns = [column for column in table.c if column.name != "password"]
        found[table.name] = sorted(map(repr, DBSession.execute(select(*columns))))
    found["version"] = [db.get_alembic_version()]
    DBSession.rollback()
    return found


def count(kind: type[Any]) -> int:
    return int(DBSession.scalar(select(func.count()).select_from(kind)) or 0)


def in_list(target: str) -> list[tuple[str, str]]:
    found = StatusList.query.filter_by(target_entity_type=target).one()
    return [(status.name, status.code) for status in found]


def test_the_content_of_a_new_database(empty: str) -> None:
    """Statuses, lists, types and their creators are those of the contract: 30 entities."""
    db.init()

    lists = {each.target_entity_type: each for each in StatusList.query.order_by(StatusList.id)}
    assert list(lists) == list(LISTS)
    for target, statuses in LISTS.items():
        assert in_list(target) == statuses
        assert lists[target].name == f"{target} Statuses"
    assert count(Status) == 17
    assert {(each.name, each.code, each.target_entity_type) for each in Type.query} == {
        ("Defect", "Defect", "Ticket"),
        ("Enhancement", "Enhancement", "Ticket"),
    }
    assert count(SimpleEntity) == 30
    assert db.get_alembic_version() == db.alembic_version

    admin = User.query.one()
    assert (admin.name, admin.login, admin.email) == ("admin", "admin", "admin@admin.com")
    assert admin.check_password("admin")
    assert [each.name for each in admin.departments] == ["admins"]
    assert [each.name for each in admin.groups] == ["admins"]
    for entity in SimpleEntity.query:
        assert entity.created_by is entity.updated_by is admin

    tag = Tag(name="next")
    DBSession.save(tag)
    assert tag.id == 31


def test_each_class_is_registered(database: str) -> None:
    """Each class has an entity type with its flags, and ten permissions: no more, no fewer."""
    types = {each.name: each for each in EntityType.query}
    assert set(types) == REGISTERED
    for flag, names in FLAGS.items():
        found = {name for name, each in types.items() if getattr(each, flag)}
        assert found == set(names.split()) & REGISTERED, flag

    permissions = [(each.access, each.action, each.class_name) for each in Permission.query]
    assert len(permissions) == len(set(permissions)) == len(REGISTERED) * 10
    assert set(permissions) == {
        (access, action, name)
        for name in REGISTERED
        for action in ("Create", "Read", "Update", "Delete", "List")
        for access in ("Allow", "Deny")
    }


def test_again_changes_nothing(database: str) -> None:
    """Any number of calls, with `setup()` and all others between, leave every row as it is."""
    before = content()
    names, codes = zip(*WORKFLOW, strict=True)
    for _ in range(2):
        db.init()
        db.setup({"sqlalchemy.url": database})
        db.init()
        db.create_ticket_statuses()
        db.create_alembic_table()
        db.register(Task)
        db.create_entity_statuses("Task", names, codes)
        assert content() == before


def test_init_takes_few_statements(empty: str, statements: Callable[[], list[str]]) -> None:
    """Filling a database takes a few dozen statements, and finding it filled still fewer."""
    recorded = statements()
    db.init()
    first = len(recorded)
    db.init()
    assert first < 120
    assert len(recorded) - first < 80
    inserts = [each for each in recorded if 'INTO "Permissions"' in each]
    assert len(inserts) == 1


def test_what_is_missing_is_completed(database: str) -> None:
    """What somebody removed comes back, and nothing twice."""
    for statement in (
        "DELETE FROM \"Permissions\" WHERE class_name = 'Shot' AND access = 'Allow'",
        "DELETE FROM \"EntityTypes\" WHERE name = 'Shot'",
        'DELETE FROM "Types"',
        "DELETE FROM alembic_version",
        "DELETE FROM \"StatusLists\" WHERE target_entity_type = 'Review'",
    ):
        DBSession.execute(text(statement))
    DBSession.commit()
    assert count(SimpleEntity) == 27

    db.init()

    assert count(SimpleEntity) == 30
    assert count(Permission) == len(REGISTERED) * 10
    assert EntityType.query.filter_by(name="Shot").one().statusable
    assert in_list("Review") == LISTS["Review"]
    assert db.get_alembic_version() == db.alembic_version


def test_customised_lists_keep_their_order(database: str) -> None:
    """A list keeps order and additions of the studio; it gets what it lacks at its end."""
    shots = StatusList.query.filter_by(target_entity_type="Shot").one()
    own = Status(name="Lighting", code="LGT")
    statuses = {each.code: each for each in shots}
    shots.statuses = [statuses["CMPL"], own, statuses["WIP"]]
    DBSession.save(own)

    db.init()
    DBSession.expire_all()

    codes = [code for _, code in in_list("Shot")]
    rest = [code for _, code in WORKFLOW if code not in ("CMPL", "WIP")]
    assert codes == ["CMPL", "LGT", "WIP", *rest]


def test_renamed_parts_are_found_by_what_identifies_them(database: str) -> None:
    """The administrator is found by login: another name makes no second one."""
    User.query.one().name = "Head of Pipeline"
    DBSession.commit()
    db.init()
    db.create_ticket_statuses()
    assert User.query.one().name == "Head of Pipeline"


def test_the_configuration_decides(empty: str) -> None:
    """Names of administrator and statuses are those of the configuration."""
    defaults = stalker.defaults
    defaults["admin_name"] = "Boss"
    defaults["admin_login"] = "boss"
    defaults["admin_email"] = "boss@studio.example"
    defaults["admin_department_name"] = "heads"
    defaults["admin_group_name"] = "keyholders"
    defaults["actions"] = ["Create", "Review"]
    defaults["daily_status_names"] = ["Screening", "Over"]
    defaults["daily_status_codes"] = ["SCR", "OVR"]
    db.init()

    boss = User.query.one()
    assert (boss.name, boss.login, boss.email) == ("Boss", "boss", "boss@studio.example")
    assert [each.name for each in boss.departments] == ["heads"]
    assert [each.name for each in boss.groups] == ["keyholders"]
    assert in_list("Daily") == [("Screening", "SCR"), ("Over", "OVR")]
    assert StatusList.query.filter_by(target_entity_type="Ticket").one().created_by is boss
    assert count(Permission) == len(REGISTERED) * 4


def test_without_an_administrator(empty: str) -> None:
    """With `auto_create_admin` off there is nobody, and nothing has a creator."""
    stalker.defaults["auto_create_admin"] = False
    db.init()
    assert count(User) == count(Department) == count(Group) == 0
    assert count(SimpleEntity) == 27
    assert all(each.created_by is each.updated_by is None for each in SimpleEntity.query)

    stalker.defaults["auto_create_admin"] = True
    db.init()
    assert count(SimpleEntity) == 30


@pytest.mark.parametrize(
    ("argument", "variable", "configured", "expected", "warned"),
    [
        (None, None, "admin", "admin", True),
        (None, None, "from config", "from config", False),
        (None, "from variable", "from config", "from variable", False),
        ("from argument", "from variable", "admin", "from argument", False),
        ("admin", None, "from config", "admin", True),
    ],
)
def test_the_password_of_the_administrator(
    empty: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    argument: str | None,
    variable: str | None,
    configured: str,
    expected: str,
    warned: bool,
) -> None:
    """Argument, environment, configuration, in this order; one warning for the built-in one."""
    if variable is not None:
        monkeypatch.setenv("STALKER_ADMIN_PASSWORD", variable)
    stalker.defaults["admin_password"] = configured
    with caplog.at_level(logging.DEBUG):
        db.init(admin_password=argument)
        db.init()

    admin = User.query.one()
    assert admin.check_password(expected)
    assert expected not in admin.password
    warnings = [each for each in caplog.messages if "password" in each]
    assert len(warnings) == int(warned)
    assert expected == "admin" or expected not in caplog.text


def test_the_password_of_an_existing_administrator_stays(database: str) -> None:
    """`init()` with a password sets that of a new administrator only."""
    db.init(admin_password="another")
    assert User.query.one().check_password("admin")


def test_init_is_all_or_nothing(empty: str) -> None:
    """An error in the middle leaves an empty database, in which `init()` succeeds later."""
    stalker.defaults["review_status_codes"] = ["NEW"]
    with pytest.raises(ValueError, match="Review"):
        db.init()
    assert count(SimpleEntity) == count(EntityType) == count(Permission) == 0

    stalker.defaults["review_status_codes"] = ["NEW", "RREV", "APP"]
    db.init()
    assert count(SimpleEntity) == 30


# --- register() -----------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [5, "Task", None, [Task], Task.__mapper__])
def test_only_classes_are_registered(database: str, value: Any) -> None:
    """`register()` takes a class, and says so."""
    with pytest.raises(TypeError, match="class"):
        db.register(value)


@pytest.mark.parametrize(
    ("mixins", "flags"),
    [
        ((), set()),
        ((StatusMixin,), {"statusable"}),
        ((DateRangeMixin,), {"dateable"}),
        ((ScheduleMixin,), {"schedulable"}),
        ((ReferenceMixin,), {"accepts_references"}),
        ((StatusMixin, ScheduleMixin), {"statusable", "schedulable"}),
    ],
)
def test_register_knows_a_class_by_its_mixins(
    database: str, mixins: tuple[type, ...], flags: set[str]
) -> None:
    """Any class, mapped or not, gets an entity type with flags and ten permissions, once."""
    kind = type("Plate", mixins, {})
    for _ in range(2):
        db.register(kind)
    DBSession.rollback()

    entity_type = EntityType.query.filter_by(name="Plate").one()
    assert {flag for flag in FLAGS if getattr(entity_type, flag)} == flags
    assert Permission.query.filter_by(class_name="Plate").count() == 10


def test_registering_keeps_what_is_granted(database: str) -> None:
    """Permissions that somebody has stay the same rows when actions are added and registered."""
    admin = User.query.one()
    admin.permissions = Permission.query.filter_by(class_name="Task").all()
    DBSession.commit()
    stalker.defaults["actions"] = [*stalker.defaults.actions, "Approve"]
    db.register(Task)
    assert Permission.query.filter_by(class_name="Task").count() == 12
    assert len(admin.permissions) == 10


# --- create_entity_statuses() ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"entity_type": "Plate"},
        {"entity_type": "Plate", "status_names": ["a"]},
        {"entity_type": "Plate", "status_codes": ["a"]},
        {"status_names": ["a"], "status_codes": ["a"]},
        {"entity_type": "", "status_names": ["a"], "status_codes": ["a"]},
        {"entity_type": "Plate", "status_names": [], "status_codes": []},
        {"entity_type": "Plate", "status_names": ["a", "b"], "status_codes": ["a"]},
        {"entity_type": "Plate", "status_names": ["a"], "status_codes": ["a", "b"]},
    ],
)
def test_incomplete_statuses_are_refused(database: str, arguments: dict[str, Any]) -> None:
    """Missing arguments, and names and codes of different number, are a `ValueError`."""
    before = content()
    with pytest.raises(ValueError, match=r"status|Plate"):
        db.create_entity_statuses(**arguments)
    assert not DBSession.new
    assert content() == before


def test_statuses_of_any_text(database: str) -> None:
    """A list is made for whatever the text is, with new and with shared statuses, in order."""
    admin = User.query.one()
    for _ in range(2):
        db.create_entity_statuses(
            "Matte Painting", ["Sketch", "On  Hold", "Done"], ["SKT", "OH", "DN"], user=admin
        )
    DBSession.expire_all()

    assert in_list("Matte Painting") == [("Sketch", "SKT"), ("On Hold", "OH"), ("Done", "DN")]
    found = StatusList.query.filter_by(target_entity_type="Matte Painting").one()
    assert found.name == "Matte Painting Statuses"
    assert found.created_by is found.updated_by is admin
    new = Status.query.filter_by(code="SKT").one()
    assert new.created_by is new.updated_by is admin
    assert count(Status) == 19


def test_an_existing_status_keeps_its_code(database: str, caplog: pytest.LogCaptureFixture) -> None:
    """A status that has the name is reused with the code it has; the conflict is logged."""
    db.create_entity_statuses("Plate", ["Completed"], ["DONE"])
    assert in_list("Plate") == [("Completed", "CMPL")]
    assert "'DONE'" in caplog.text


def test_ticket_statuses_without_an_administrator(empty: str) -> None:
    """Ticket statuses and types can be made before there is anybody."""
    for _ in range(2):
        db.create_ticket_statuses()
    assert in_list("Ticket") == LISTS["Ticket"]
    assert count(Type) == 2
    assert all(each.created_by is None for each in SimpleEntity.query)


def seeders() -> dict[str, Callable[[], None]]:
    return {
        "register": lambda: db.register(type("Plate", (), {})),
        "tickets": db.create_ticket_statuses,
        "statuses": lambda: db.create_entity_statuses("Plate", ["a"], ["A"]),
    }


@pytest.mark.parametrize("error", [IntegrityError, OperationalError])
@pytest.mark.parametrize("name", ["register", "tickets", "statuses"])
def test_whoever_is_faster_is_no_error(
    empty: str,
    name: str,
    error: type[IntegrityError | OperationalError],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """When the same rows appear between look and commit, they are taken for ours."""
    act = seeders()[name]
    commit = type(DBSession()).commit
    failures = []

    def refused(session: Any) -> None:
        if not failures:
            failures.append(True)
            session.rollback()
            act()
            raise error("INSERT", {}, Exception("duplicate key"))
        commit(session)

    monkeypatch.setattr(type(DBSession()), "commit", refused)
    act()
    monkeypatch.undo()

    assert "faster" in caplog.text
    once = content()
    act()
    assert content() == once


def test_other_errors_are_not_swallowed(empty: str) -> None:
    """Objects of the caller that the database refuses are an error, and do not vanish silently."""
    db.init()
    DBSession.add_all(User(name=n, login="same", email=n, password="x") for n in ("a@b", "c@d"))
    with pytest.raises(IntegrityError):
        db.register(type("Plate", (Entity,), {"__abstract__": True}))
    assert count(User) == 1
