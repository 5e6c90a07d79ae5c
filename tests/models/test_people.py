"""Users, groups, roles, permissions, departments and clients."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

import stalker
from stalker import (
    Client,
    ClientUser,
    Department,
    DepartmentUser,
    Entity,
    EntityType,
    Group,
    Permission,
    Role,
    SimpleEntity,
    User,
    Vacation,
)
from stalker.db.session import DBSession
from stalker.exceptions import LoginError
from tests.factories import (
    DAY,
    NOON,
    client,
    department,
    group,
    least,
    permission,
    project,
    project_in_memory,
    role,
    tag,
    unique,
    user,
)

# --- Permissions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("position", "value", "error"),
    [
        (0, None, TypeError),
        (0, 1, TypeError),
        (0, "allow", ValueError),
        (0, "", ValueError),
        (1, None, TypeError),
        (1, 1, TypeError),
        (1, "create", ValueError),
        (1, "Publish", ValueError),
        (2, None, TypeError),
        (2, Entity, TypeError),
        (2, "", ValueError),
        (2, "x" * 129, ValueError),
    ],
)
def test_permissions_that_are_refused(position: int, value: Any, error: type[Exception]) -> None:
    """Access and action are fixed words; the class is a text of any class name."""
    arguments: list[Any] = ["Allow", "Create", "Widget"]
    arguments[position] = value
    name = ("access", "action", "class_name")[position]
    with pytest.raises(error, match=rf"Permission\.{name}"):
        Permission(*arguments)


def test_permissions_do_not_change(database: str) -> None:
    """Nothing of it can be assigned; each exists once; all three can be queried."""
    grant = permission(class_name="Widget")
    for attribute in ("access", "action", "class_name"):
        with pytest.raises(AttributeError):
            setattr(grant, attribute, "Deny")
    with pytest.raises(TypeError):
        Permission("Allow", "Create")  # type: ignore[call-arg]
    DBSession.save(grant)
    found = Permission.query.filter_by(access="Allow", action="Create", class_name="Widget")
    assert found.one() is grant
    DBSession.add(permission(class_name="Widget"))
    with pytest.raises(IntegrityError):
        DBSession.commit()
    DBSession.rollback()


def test_actions_are_configured() -> None:
    """What the studio adds to its actions is accepted from then on."""
    stalker.defaults.actions = [*stalker.defaults.actions, "Publish"]
    assert permission(action="Publish").action == "Publish"


# --- Users ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("login", "stored"),
    [
        ("J. Doe", "jdoe"),
        (" MaRy ", "mary"),
        ("42 a.b", "ab"),
        ("pipe_td-1", "pipetd1"),
        ("(x)", "(x)"),
        ("çağla", "ala"),
    ],
)
def test_logins_are_formatted(login: str, stored: str) -> None:
    """Lower case letters, digits and parentheses remain, without leading digits."""
    ada = user()
    ada.login = login
    assert user(login=login).login == ada.login == stored


@pytest.mark.parametrize(
    ("email", "stored"),
    [
        ("Ada.L@Example.COM", "Ada.L@example.com"),
        ("  ada@example.com ", "ada@example.com"),
        ("a@b", "a@b"),
    ],
)
def test_addresses_are_trimmed(email: str, stored: str) -> None:
    """The domain is stored in lower case, the name in front of it as it is."""
    ada = user()
    ada.email = email
    assert user(email=email).email == ada.email == stored


@pytest.mark.parametrize(
    ("attribute", "value", "error"),
    [
        ("login", None, TypeError),
        ("login", 1, TypeError),
        ("login", [], TypeError),
        ("login", "", ValueError),
        ("login", "##", ValueError),
        ("login", "42", ValueError),
        ("login", "x" * 257, ValueError),
        ("email", None, TypeError),
        ("email", 1, TypeError),
        ("email", "", ValueError),
        ("email", "ada", ValueError),
        ("email", "ada@", ValueError),
        ("email", "@example.com", ValueError),
        ("email", "a@b@c", ValueError),
        ("email", "a da@example.com", ValueError),
        ("email", "x" * 250 + "@example.com", ValueError),
        ("password", None, TypeError),
        ("password", 1, TypeError),
        ("password", ["x"], TypeError),
        ("password", "", ValueError),
        ("efficiency", "1", TypeError),
        ("efficiency", -0.1, ValueError),
        ("efficiency", True, TypeError),
        ("rate", "1", TypeError),
        ("rate", -1, ValueError),
        ("rate", float("inf"), ValueError),
        ("name", None, TypeError),
        ("name", "", ValueError),
        ("name", 1, TypeError),
        ("groups", "x", TypeError),
        ("groups", [1], TypeError),
        ("groups", (), TypeError),
        ("permissions", [1], TypeError),
        ("departments", "x", TypeError),
        ("departments", 1, TypeError),
        ("departments", [1], TypeError),
        ("departments", [tag()], TypeError),
        ("companies", "x", TypeError),
        ("companies", [None], TypeError),
    ],
)
def test_what_users_refuse(attribute: str, value: Any, error: type[Exception]) -> None:
    """The constructor and an assignment refuse it, and an assignment changes nothing."""
    with pytest.raises(error, match=rf"User\.{attribute}"):
        user(**{attribute: value})
    ada = user()
    before = getattr(ada, attribute)
    with pytest.raises(error, match=rf"User\.{attribute}"):
        setattr(ada, attribute, value)
    assert getattr(ada, attribute) == before


@pytest.mark.parametrize("missing", ["name", "login", "email", "password"])
def test_users_need_an_identity(missing: str) -> None:
    """Name, login, e-mail address and password have no default."""
    arguments = {"name": "Ada", "login": "ada", "email": "a@b", "password": "x"}
    del arguments[missing]
    with pytest.raises(TypeError, match=rf"User\.{missing}"):
        User(**arguments)  # type: ignore[arg-type]


def test_efficiency_and_rate() -> None:
    """They are floats; `None` stands for the default."""
    ada = user(efficiency=None, rate=None)
    assert (ada.efficiency, ada.rate) == (1.0, 0.0)
    ada.efficiency, ada.rate = 2, 0
    assert repr((ada.efficiency, ada.rate)) == "(2.0, 0.0)"
    ada.efficiency = ada.rate = None  # type: ignore[assignment]
    assert (ada.efficiency, ada.rate) == (1.0, 0.0)


@pytest.mark.parametrize("attribute", ["login", "email"])
def test_logins_and_addresses_are_unique(database: str, attribute: str) -> None:
    """Also in another spelling; PostgreSQL names the constraint."""
    first = user(login="jdoe", email="j@example.com")
    other = {"login": "J. Doe", "email": "j@EXAMPLE.com"}[attribute]
    DBSession.save(first)
    DBSession.add(user(**{attribute: other}))
    with pytest.raises(IntegrityError) as caught:
        DBSession.commit()
    DBSession.rollback()
    if database.startswith("postgresql"):
        assert f"Users_{attribute}_key" in str(caught.value)


# --- Passwords ------------------------------------------------------------------------------------

SECRET = "corréct horse battery"


def test_passwords_cannot_be_read(database: str) -> None:
    """What is stored is a salted Argon2id verifier; two users never have the same."""
    ada, bob = user(password=SECRET), user(password=SECRET)
    DBSession.save([ada, bob])
    DBSession.expire_all()
    for each in (ada, bob):
        assert each.password.startswith("$argon2id$") and len(each.password) <= 256
        assert each.check_password(SECRET) is True
        for wrong in (SECRET + " ", SECRET.upper(), "", None, 1, b"x", [], "\ud800", each.password):
            assert each.check_password(wrong) is False
    assert ada.password != bob.password
    ada.password = bob.password  # hashed like any other text
    assert ada.check_password(SECRET) is False


def test_what_an_older_stalker_stored_is_renewed(database: str) -> None:
    """02 BT-1: a password in base64 is accepted once, and stored as a verifier by that."""
    DBSession.save(ada := user())
    statement = text('UPDATE "Users" SET password = :old WHERE id = :id')
    DBSession.execute(statement, {"old": "czNjcmV0", "id": ada.id})
    DBSession.commit()
    for wrong in ("secret", "czNjcmV0", "", None, "\ud800"):
        assert not ada.check_password(wrong)
    assert ada.password == "czNjcmV0"
    assert ada.check_password("s3cret")
    DBSession.commit()
    assert ada.password.startswith("$argon2id$") and ada.check_password("s3cret")
    # what somebody assigns is always a password, whatever it looks like
    ada.password = "czNjcmV0"
    assert ada.check_password("czNjcmV0") and not ada.check_password("s3cret")


def test_verifiers_are_renewed_at_another_cost() -> None:
    """After a successful check only, with the cost that is configured then."""
    ada = user(password=SECRET)
    old = ada.password
    assert ada.check_password(SECRET) and ada.password == old
    stalker.defaults.password_time_cost = 2
    assert not ada.check_password("wrong") and ada.password == old
    assert ada.check_password(SECRET) and ada.password != old and "t=2" in ada.password
    renewed = ada.password
    assert ada.check_password(SECRET) and ada.password == renewed


def test_passwords_are_never_shown(database: str) -> None:
    """Not in a repr, not in the error about them, and not in the error of another attribute."""
    ada = user(password=SECRET)
    assert SECRET not in repr(ada) and SECRET not in repr(vars(ada))
    assert repr(ada) == f"<Ada ('{ada.login}') (User)>"
    for attempt in (
        lambda: setattr(ada, "password", [SECRET]),
        lambda: setattr(ada, "password", SECRET + "\0"),
        lambda: setattr(ada, "password", SECRET * 100),
        lambda: user(password=SECRET.encode()),
        lambda: user(password=SECRET, passwort=SECRET),
        lambda: user(password=SECRET, login=None),
    ):
        with pytest.raises((TypeError, ValueError)) as caught:
            attempt()
        assert "horse" not in str(caught.value)
        shown = traceback.format_exception_only(caught.value)
        cause = caught.value.__context__ or caught.value.__cause__
        assert "horse" not in "".join(shown) and "horse" not in str(cause)
    DBSession.save(ada)
    DBSession.add(user(password=SECRET, login=ada.login))
    with pytest.raises(IntegrityError) as clash:
        DBSession.commit()
    assert "horse" not in str(clash.value)
    DBSession.rollback()


def test_passwords_are_in_no_log(database: str, caplog: pytest.LogCaptureFixture) -> None:
    """02 BT-2, 01 BT-22: whatever happens with one, and however much is logged."""
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, "sqlalchemy"):
        ada = user(password=SECRET)
        DBSession.save(ada)
        assert ada.check_password(SECRET) and not ada.check_password(SECRET + "x")
        assert User.authenticate(ada.login, SECRET) is ada
        with pytest.raises(LoginError):
            User.authenticate(ada.login, SECRET + "x")
        with pytest.raises(ValueError, match="password"):
            ada.password = SECRET * 100
        ada.password = SECRET + "2"
        ada.login, ada.email = "other", "other@example.com"
        DBSession.commit()
        DBSession.add(user(login="other", password=SECRET))
        with pytest.raises(IntegrityError):
            DBSession.commit()
        DBSession.rollback()
    assert "INSERT" in caplog.text and "horse" not in caplog.text
    assert "other" not in "".join(
        record.getMessage() for record in caplog.records if record.name.startswith("stalker")
    )


# --- Memberships ----------------------------------------------------------------------------------

#: attribute of a user, what makes the other side, the attribute there, and the rows of both
THROUGH_ROWS: list[tuple[str, Callable[..., Any], str, str]] = [
    ("departments", department, "department_role", "user_role"),
    ("companies", client, "company_role", "user_role"),
    ("projects", project_in_memory, "project_role", "user_role"),
]


@pytest.mark.parametrize(("mine", "make", "my_rows", "their_rows"), THROUGH_ROWS)
def test_memberships_are_seen_from_both_sides(
    mine: str, make: Callable[..., Any], my_rows: str, their_rows: str
) -> None:
    """At once, whichever side changes, and never with a `None` among the members."""
    ada, bob, unit = user("Ada"), user("Bob"), make()

    def check(*members: User) -> None:
        assert list(unit.users) == list(members)
        assert len(getattr(unit, their_rows)) == len(members)
        for each in (ada, bob):
            assert list(getattr(each, mine)) == ([unit] if each in members else [])
            assert len(getattr(each, my_rows)) == (each in members)

    unit.users = [ada, bob]
    check(ada, bob)
    unit.users.remove(ada)
    check(bob)
    getattr(ada, mine).append(unit)
    check(bob, ada)
    getattr(bob, mine).remove(unit)
    check(ada)
    setattr(bob, mine, (unit,))
    check(ada, bob)
    # an existing member stays what it is
    (row,) = getattr(ada, my_rows)
    unit.users.append(ada)
    unit.users = [ada, ada, bob]
    getattr(ada, mine).append(unit)
    check(ada, bob)
    assert getattr(ada, my_rows) == [row]
    unit.users[1:] = []
    check(ada)
    for attempt in (
        lambda: setattr(unit, "users", None),
        lambda: setattr(unit, "users", "ada"),
        lambda: setattr(unit, "users", [bob, 1]),
        lambda: unit.users.append(None),
        lambda: unit.users.extend([bob, tag()]),
        lambda: unit.users.__setitem__(0, 0),
        lambda: getattr(bob, mine).append("x"),
        lambda: setattr(bob, mine, [unit, None]),
    ):
        with pytest.raises(TypeError):
            attempt()
        check(ada)
    setattr(ada, mine, [])
    check()


@pytest.mark.parametrize(
    ("mine", "make"), [("departments", department), ("companies", client), ("projects", project)]
)
def test_memberships_are_stored(database: str, mine: str, make: Callable[..., Any]) -> None:
    """Leaving and joining again reaches the database; deleting either end keeps the other."""
    ada, bob, unit = user("Ada"), user("Bob"), make()
    unit.users = [ada, bob]
    DBSession.save(unit)
    DBSession.expire_all()
    assert set(unit.users) == {ada, bob} and list(getattr(ada, mine)) == [unit]
    unit.users.remove(ada)
    DBSession.commit()
    assert list(getattr(ada, mine)) == []
    getattr(ada, mine).append(unit)
    unit.users.append(ada)
    DBSession.commit()
    assert set(unit.users) == {ada, bob}
    # leaving and joining in one transaction
    unit.users = []
    unit.users = [bob, ada]
    DBSession.commit()
    DBSession.expire_all()
    assert set(unit.users) == {ada, bob}
    DBSession.delete(bob)
    DBSession.commit()
    assert list(unit.users) == [ada]
    DBSession.delete(unit)
    DBSession.commit()
    assert list(getattr(ada, mine)) == [] and User.query.filter_by(name="Ada").one() is ada


@pytest.mark.parametrize(
    ("kind", "end", "make"),
    [(DepartmentUser, "department", department), (ClientUser, "client", client)],
)
def test_membership_rows(database: str, kind: Any, end: str, make: Callable[..., Any]) -> None:
    """They tie both ends when they are made, carry a role, and can be queried by either end."""
    ada, unit = user(), make()
    row = kind(unit, ada, lead := role())
    assert list(unit.users) == [ada] and row.role is lead
    DBSession.save(unit)
    assert kind.query.filter_by(user=ada, **{end: unit}).one() is row
    for attribute in ("user", end, "role"):
        for value in (1, "x", tag()):
            with pytest.raises(TypeError, match=rf"{kind.__name__}\.{attribute}"):
                setattr(row, attribute, value)
            with pytest.raises(TypeError, match=rf"{kind.__name__}\.{attribute}"):
                kind(**{attribute: value})
    DBSession.delete(lead)
    DBSession.commit()
    assert row.role is None and list(unit.users) == [ada]
    setattr(row, end, None)
    assert list(unit.users) == [] and row.user is None
    DBSession.commit()
    assert kind.query.filter_by(user=ada).count() == 0
    unit.users.append(ada)
    DBSession.commit()
    (row,) = unit.user_role
    assert row.role is None


def test_groups_are_seen_from_both_sides(database: str) -> None:
    """In the constructor and later; only lists of the right class are taken."""
    ada, bob = user("Ada"), user("Bob")
    tds = group("TDs", users=[ada], permissions=[permission("Deny", "Delete", "Widget")])
    assert ada.groups == [tds] and tds.__acl__ == [("Deny", "Group:TDs", "Delete_Widget")]
    bob.groups = [tds]
    assert tds.users == [ada, bob]
    for attempt in (
        lambda: ada.groups.append(0),
        lambda: ada.groups.__setitem__(0, 0),
        lambda: tds.users.append("Ada"),
        lambda: setattr(tds, "users", (ada,)),
        lambda: setattr(tds, "users", [1]),
        lambda: setattr(tds, "permissions", None),
        lambda: group(users=[1]),
    ):
        with pytest.raises(TypeError):
            attempt()
    assert tds.users == [ada, bob]
    DBSession.save(tds)
    before = Permission.query.count()
    tds.users.append(ada)
    DBSession.commit()
    DBSession.delete(ada)
    DBSession.commit()
    assert tds.users == [bob]
    DBSession.delete(tds)
    DBSession.commit()
    assert bob.groups == [] and Permission.query.count() == before


def test_users_have_permissions_of_their_own(database: str) -> None:
    """Given to the constructor or later."""
    ada = user(permissions=[permission("Allow", "List", "Widget")])
    assert ada.__acl__ == [("Allow", "User:Ada", "List_Widget")]
    DBSession.save(ada)
    DBSession.expire_all()
    assert ada.__acl__ == [("Allow", "User:Ada", "List_Widget")]


@pytest.mark.parametrize("kind", [Group, Role, Department, Client])
def test_names_are_mandatory_but_not_unique(database: str, kind: type) -> None:
    """A skipped name is refused, two equal ones are stored."""
    with pytest.raises((TypeError, ValueError), match=rf"{kind.__name__}\.name"):
        kind()
    one, other = least(kind, name="x"), least(kind, name="x")
    DBSession.save([one, other])
    assert one != other and kind.query.filter_by(name="x").count() == 2


def test_a_group_without_name_is_a_value_error() -> None:
    """Its default is an empty name."""
    with pytest.raises(ValueError, match=r"Group\.name"):
        Group()
    for kind in (Role, Department, Client):
        with pytest.raises(TypeError, match="name"):
            kind()


# --- Deleting, TaskJuggler ------------------------------------------------------------------------


def test_deleting_a_user(database: str) -> None:
    """Departments, clients, groups and projects stay; audit references become `None`."""
    ada = user()
    stays = [department(users=[ada]), client(users=[ada]), group(users=[ada]), project(users=[ada])]
    thing = SimpleEntity(created_by=ada)
    ada.permissions = [permission()]
    DBSession.save([*stays, thing])
    DBSession.delete(ada)
    DBSession.commit()
    DBSession.expire_all()
    assert all(list(each.users) == [] for each in stays)
    assert (thing.created_by, thing.updated_by) == (None, None)
    assert DepartmentUser.query.filter_by(department=stays[0]).count() == 0


def test_adding_a_user_adds_its_memberships(database: str) -> None:
    """Departments, companies and groups come along."""
    ada = user(departments=[department()], companies=[client()], groups=[group()])
    DBSession.save(ada)
    assert all(each.id for each in (*ada.departments, *ada.companies, *ada.groups))


def test_a_new_user_joins_the_session_of_its_department(database: str) -> None:
    """Without being added by hand."""
    DBSession.save(unit := department())
    ada = user(departments=[unit])
    assert ada in DBSession
    DBSession.commit()
    assert ada.id and list(unit.users) == [ada]


def test_a_user_that_is_refused_leaves_nothing(database: str) -> None:
    """Not in a department, not in a group, not in the session."""
    unit, tds = department(), group()
    DBSession.save([unit, tds])
    with pytest.raises(TypeError):
        user(departments=[unit], groups=[tds, "x"])
    assert list(unit.users) == [] and tds.users == [] and not DBSession.new
    DBSession.commit()


def test_taskjuggler_texts(database: str) -> None:
    """Users are resources; a department is a resource that holds them; a client is nothing."""
    ada = user(efficiency=2)
    unit, empty, north = department(users=[ada]), department("Empty"), client()
    DBSession.save([unit, empty, north])
    name = f"User_{ada.id}"
    assert ada.tjp_id == name
    assert ada.to_tjp == f'resource {name} "{name}" {{\n    efficiency 2.0\n}}'
    holder = f"Department_{unit.id}"
    assert unit.to_tjp == f'\nresource {holder} "{holder}" {{\n    {ada.to_tjp}\n}}'
    assert empty.to_tjp == f'\nresource {empty.tjp_id} "{empty.tjp_id}" {{\n}}'
    assert north.to_tjp() == ""
    with pytest.raises(AttributeError):
        ada.to_tjp = "x"  # type: ignore[misc]


def test_vacations_in_the_text_of_a_user(database: str) -> None:
    """02 §4: a line for each, in order, in UTC, with four spaces in front."""
    ada = user(efficiency=0.5)
    Vacation(user=ada, start=NOON, end=NOON + 5 * DAY)
    Vacation(user=ada, start=NOON - 9 * DAY, end=NOON - 8 * DAY)
    DBSession.save(ada)
    DBSession.expire_all()
    assert ada.to_tjp == (
        f'resource User_{ada.id} "User_{ada.id}" {{\n'
        "    efficiency 0.5\n"
        "    vacation 2026-03-02-12:00:00 - 2026-03-07-12:00:00\n"
        "    vacation 2026-02-21-12:00:00 - 2026-02-22-12:00:00\n"
        "}"
    )
    unit = department(users=[ada, eda := user()])
    DBSession.save(unit)
    assert unit.to_tjp == (
        f'\nresource {unit.tjp_id} "{unit.tjp_id}" {{\n    {ada.to_tjp}\n    {eda.to_tjp}\n}}'
    )


def test_what_rows_and_permissions_show() -> None:
    """02 AD-11: what they tie, and what they grant; also when an end is missing."""
    ada, unit, north = user(), department(), client()
    shown = {
        repr(Permission("Deny", "Read", "Widget")): "<Deny Read_Widget (Permission)>",
        repr(DepartmentUser(unit, ada)): f"<DepartmentUser(department={unit!r}, user={ada!r})>",
        repr(ClientUser(north, ada)): f"<ClientUser(client={north!r}, user={ada!r})>",
        repr(EntityType("Widget")): "<Widget (EntityType)>",
        repr(DepartmentUser()): "<DepartmentUser(department=None, user=None)>",
    }
    assert list(shown) == list(shown.values())


def test_last_login_may_be_assigned() -> None:
    """For the sake of older callers; a work list cannot be given to the constructor."""
    ada = user()
    ada.last_login = None
    assert ada.tasks == [] == ada.watching
    with pytest.raises(TypeError, match="tasks"):
        user(tasks=[])


def test_clients_take_projects(database: str) -> None:
    """Given to the constructor, and seen from the project."""
    film = project()
    north = Client(name=unique("North"), users=[user()], projects=[film])
    DBSession.save(north)
    DBSession.expire_all()
    assert list(film.clients) == [north]
    DBSession.delete(north)
    DBSession.commit()
    assert list(film.clients) == [] and film.name == "Lighthouse"
    with pytest.raises(TypeError, match=r"Client\.projects"):
        north.projects = [1]
