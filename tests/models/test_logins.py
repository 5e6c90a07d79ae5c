"""Logging in: records, guessing, permissions, and the session file of a workstation."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

import stalker
from stalker import AuthenticationLog, Group, LocalSession, Permission, Task, User
from stalker.db.session import DBSession, unit_of_work
from stalker.exceptions import LoginError
from stalker.models.auth import LOGIN, LOGOUT
from tests.models.production import DAY, HOUR, NOON, Studio, everywhere, in_memory

SECOND = timedelta(seconds=1)


# --- Records --------------------------------------------------------------------------------------


@everywhere
def test_a_log_has_a_user_an_action_and_a_date(studio: Studio) -> None:
    """02 §1, §6, BT-7: only the user is mandatory; logs sort by date."""
    assert (LOGIN, LOGOUT) == ("login", "logout")
    ada, eda = studio.user("Ada"), studio.user("Eda")
    before = datetime.now(UTC)
    now = AuthenticationLog(user=ada)
    assert (now.action, now.succeeded) == ("login", True) and now.date >= before
    old = AuthenticationLog(ada, NOON - DAY, LOGOUT)
    none = AuthenticationLog(user=ada, action=None, date=None)
    assert none.action == LOGIN and none.date >= now.date
    assert sorted([none, now, old]) == [old, now, none] and old < now <= none and none > old
    twin = AuthenticationLog(ada, NOON - DAY)
    assert not (twin < old or twin > old) and old <= twin <= old and twin >= old
    ada.authentication_logs.remove(twin)
    studio.reload()
    assert set(ada.authentication_logs) == {old, now, none}
    assert sorted(ada.authentication_logs)[0] is old and old.date == NOON - DAY
    old.user = eda
    now.date = None  # type: ignore[assignment]
    now.action = None  # type: ignore[assignment]
    studio.reload()
    assert eda.authentication_logs == [old] and now.action == "login"
    with pytest.raises(TypeError):
        _ = old < 3


@in_memory
@pytest.mark.parametrize(
    ("values", "error", "attribute"),
    [
        ({"user": None}, TypeError, "user"),
        ({"user": "ada"}, TypeError, "user"),
        ({"action": "sleep"}, ValueError, "action"),
        ({"action": 1}, ValueError, "action"),
        ({"action": ["login"]}, ValueError, "action"),
        ({"date": "today"}, TypeError, "date"),
        ({"date": datetime(2026, 1, 1)}, TypeError, "date"),
    ],
)
def test_what_a_log_refuses(
    studio: Studio, values: dict[str, Any], error: type[Exception], attribute: str
) -> None:
    """02 §6: by constructor and assignment."""
    ada = studio.user("Ada")
    log = AuthenticationLog(user=ada)
    with pytest.raises(error, match=rf"AuthenticationLog\.{attribute}"):
        AuthenticationLog(**{"user": ada, **values})
    value = values[attribute]
    with pytest.raises(error, match=rf"AuthenticationLog\.{attribute}"):
        setattr(log, attribute, value)
    assert ada.authentication_logs == [log] and log.user is ada


def test_the_database_knows_the_actions(studio: Studio) -> None:
    """02 §6, D9: both databases refuse another word, and a log of nobody, whoever writes it."""
    studio.user("Ada").log_login()
    DBSession.commit()
    for change in ("action = 'sleep'", "uid = NULL", "uid = 4711", "date = NULL"):
        with pytest.raises(IntegrityError):
            DBSession.execute(text(f'UPDATE "AuthenticationLogs" SET {change}'))
        DBSession.rollback()


def test_logs_go_with_their_user(studio: Studio) -> None:
    """02 §6: deleting a log keeps the user and the others; deleting the user deletes them."""
    ada = studio.user("Ada")
    one, two = ada.log_login(), ada.log_logout()
    DBSession.commit()
    assert (one.action, two.action) == (LOGIN, LOGOUT)
    DBSession.delete(one)
    DBSession.commit()
    assert ada.authentication_logs == [two]
    DBSession.delete(ada)
    DBSession.commit()
    assert DBSession.scalar(select(func.count()).select_from(AuthenticationLog)) == 0


@everywhere
def test_the_last_login(studio: Studio) -> None:
    """02 AD-6: the newest log-in that was not refused; assigning it does nothing."""
    ada = studio.user("Ada")
    assert ada.last_login is None
    for hours, action, succeeded in (
        (1, LOGIN, True), (3, LOGIN, True), (2, LOGIN, True), (4, LOGOUT, True), (5, LOGIN, False),
    ):  # fmt: skip
        AuthenticationLog(ada, NOON + hours * HOUR, action, succeeded)
    assert ada.last_login == NOON + 3 * HOUR
    studio.reload()
    AuthenticationLog(ada, NOON + 2 * HOUR)
    assert ada.last_login == NOON + 3 * HOUR
    AuthenticationLog(ada, NOON + 6 * HOUR)
    assert ada.last_login == NOON + 6 * HOUR
    for value in (None, NOON, "yesterday"):
        ada.last_login = value  # type: ignore[assignment]
    assert ada.last_login == NOON + 6 * HOUR


# --- Passwords ------------------------------------------------------------------------------------


class Clock:
    """The time that logins see."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = NOON
        for module in ("login", "log"):
            monkeypatch.setattr(f"stalker.models.auth.{module}.utc_now", lambda: self.now)
        # the rule of the column took the function when it was made
        rules = AuthenticationLog.date.property.columns[0].info["rules"]
        monkeypatch.setattr(rules[0], "value", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def records(user: User) -> list[bool]:
    return [log.succeeded for log in sorted(user.authentication_logs)]


def test_who_may_come_in(studio: Studio, clock: Clock) -> None:
    """02 AD-9: the right password of a known login, however it is spelt; each try is recorded."""
    ada = studio.user("Ada")
    DBSession.commit()
    assert User.authenticate("ada", "secret") is ada
    assert User.authenticate(" A.d A ", "secret") is ada
    wrong: list[tuple[Any, Any]] = [("ada", "Secret"), ("ada", ""), ("ada", None), ("ada", 7)]
    unknown: list[tuple[Any, Any]] = [
        ("eda", "secret"),
        ("", "secret"),
        (None, None),
        (1, "secret"),
    ]
    messages = set()
    for login, password in (*wrong, *unknown):
        clock.now += SECOND
        with pytest.raises(LoginError) as caught:
            User.authenticate(login, password)
        messages.add(str(caught.value))
    assert len(messages) == 1, "a message tells which logins exist"
    DBSession.rollback()
    assert records(ada) == [True, True, False, False, False, False]
    assert ada.last_login == NOON


def test_guessing_gets_slower_and_slower(studio: Studio, clock: Clock) -> None:
    """After some failures even the right password has to wait, each time twice as long."""
    ada, eda = studio.user("Ada"), studio.user("Eda")
    DBSession.commit()
    stalker.defaults.login_longest_wait = timedelta(seconds=10)

    def refuse(password: str, is_looked_at: bool) -> None:
        before = len(records(ada))
        with pytest.raises(LoginError, match="wait a while"):
            User.authenticate("ada", password)
        DBSession.expire_all()
        assert len(records(ada)) == before + is_looked_at
        DBSession.rollback()

    for _ in range(stalker.defaults.login_free_attempts):
        refuse("wrong", is_looked_at=True)
    for seconds in (1, 2, 4, 8, 10, 10):
        refuse("wrong", is_looked_at=False)
        refuse("secret", is_looked_at=False)
        assert User.authenticate("eda", "secret") is eda
        clock.now += timedelta(seconds=seconds)
        refuse("wrong", is_looked_at=True)
    clock.now += timedelta(seconds=10)
    assert User.authenticate("ada", "secret") is ada
    for _ in range(stalker.defaults.login_free_attempts):
        clock.now += SECOND
        refuse("wrong", is_looked_at=True)
    assert records(ada).count(False) == 16


def test_guessing_from_many_sides_at_once(studio: Studio, clock: Clock) -> None:
    """Of many attempts at the same moment no more are looked at than of as many in a row."""
    ada = studio.user("Ada")
    DBSession.commit()
    number = ada.id
    DBSession.remove()
    barrier = threading.Barrier(12)

    def guess() -> None:
        barrier.wait()
        with contextlib.suppress(LoginError):
            User.authenticate("ada", "wrong")
        DBSession.remove()

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    again = DBSession.get(User, number)
    assert again is not None
    assert records(again) == [False] * stalker.defaults.login_free_attempts


def test_a_login_commits_nothing_else(studio: Studio) -> None:
    """What waits in the session is not written by the way."""
    studio.user("Ada")
    DBSession.commit()
    DBSession.add(User(name="Eda", login="eda", email="eda@example.com", password="secret"))
    with pytest.raises(RuntimeError, match="commit or roll back"):
        User.authenticate("ada", "secret")
    DBSession.flush()
    with pytest.raises(RuntimeError, match="commit or roll back"):
        User.authenticate("nobody", "secret")
    assert User.query.filter_by(login="eda").count() == 1
    DBSession.rollback()
    with pytest.raises(RuntimeError), unit_of_work():
        User.authenticate("ada", "secret")
    ada = User.authenticate("ada", "secret")
    ada.name = str(ada.name)
    assert User.authenticate("ada", "secret") is ada


# --- Permissions ----------------------------------------------------------------------------------


@everywhere
@pytest.mark.parametrize(
    ("own", "ofgroup", "expected"),
    [
        ([], [], False),
        (["Allow"], [], True),
        ([], ["Allow"], True),
        (["Deny"], [], False),
        (["Allow"], ["Deny"], False),
        (["Deny"], ["Allow"], False),
        (["Allow", "Deny"], [], False),
    ],
)
def test_what_somebody_may_do(
    studio: Studio, own: list[str], ofgroup: list[str], expected: bool
) -> None:
    """02 AD-1: own permissions and those of all groups; one that denies wins."""
    ada = studio.user("Ada")
    found: dict[str, Permission] = {}

    def permission(access: str) -> Permission:
        return found.setdefault(access, Permission(access, "Create", "Widget"))

    ada.permissions = [permission(each) for each in own]
    groups = [
        Group(name="TDs", permissions=[permission(each) for each in ofgroup]),
        Group(name="All", permissions=[Permission("Allow", "Read", "Widget")]),
    ]
    ada.groups = groups
    studio.reload()
    assert ada.has_permission("Create", "Widget") is expected
    assert ada.has_permission("Read", "Widget") is True
    assert not ada.has_permission("Create", "Task") and not ada.has_permission("Delete", "Widget")
    assert not ada.has_permission("Create", Task)
    wanted = {permission(each) for each in (*own, *ofgroup)} | {groups[1].permissions[0]}
    assert set(ada.effective_permissions) == wanted
    for bad in ((1, "Task"), ("Create", 1), ("Create", None)):
        with pytest.raises(TypeError, match=r"User\.has_permission"):
            ada.has_permission(*bad)  # type: ignore[arg-type]


# --- The session file -----------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where this workstation keeps its files; not made yet."""
    stalker.defaults.local_storage_path = str(tmp_path / "new" / "strc")
    return tmp_path / "new" / "strc"


def test_a_session_is_remembered(folder: Path) -> None:
    """02 §7: what `save()` wrote is there for the next instance, until it is deleted."""
    empty = LocalSession()
    assert empty.logged_in_user_id is empty.valid_to is empty.session_data is None
    empty.save()
    assert LocalSession().logged_in_user_id is None
    session = LocalSession()
    session.logged_in_user_id = 4711
    session.save()
    again = LocalSession()
    assert again.logged_in_user_id == 4711
    assert again.valid_to is not None and session.valid_to is not None
    assert abs(again.valid_to - session.valid_to) < timedelta(milliseconds=1)
    assert abs(again.valid_to - datetime.now(UTC) - 10 * DAY) < 60 * SECOND
    path = Path(LocalSession.session_file_full_path())
    content = json.loads(path.read_text())
    assert content["logged_in_user_id"] == 4711
    assert content["valid_to"] == LocalSession.datetime_to_millis(session.valid_to)
    assert sorted(each.name for each in folder.iterdir()) == [path.name, f"{path.name}.key"]
    assert {stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    session.delete()
    session.delete()
    assert LocalSession().logged_in_user_id is None


def test_the_user_of_a_session(studio: Studio, folder: Path) -> None:
    """02 §7: the one that is stored, as long as it exists."""
    ada = studio.user("Ada")
    DBSession.commit()
    session = LocalSession()
    assert session.logged_in_user is None
    session.store_user(None)
    session.store_user(ada)
    session.save()
    assert LocalSession().logged_in_user is ada
    with pytest.raises(TypeError, match="store_user"):
        session.store_user("ada")  # type: ignore[arg-type]
    ada.password = "another"
    DBSession.commit()
    assert LocalSession().logged_in_user_id == ada.id and LocalSession().logged_in_user is None
    session.store_user(ada)
    session.save()
    assert LocalSession().logged_in_user is ada
    session.logged_in_user_id = 10**30
    session.save()
    assert LocalSession().logged_in_user is None
    session.store_user(ada)
    session.save()
    DBSession.delete(ada)
    DBSession.commit()
    assert LocalSession().logged_in_user is None


def forged(content: dict[str, Any]) -> str:
    return json.dumps({**content, "logged_in_user_id": 1})


def late(content: dict[str, Any]) -> str:
    return json.dumps({**content, "valid_to": content["valid_to"] + 10**9})


@pytest.mark.parametrize(
    "damage",
    [
        forged,
        late,
        lambda content: json.dumps(content)[:-5],
        lambda content: "",
        lambda content: "no JSON",
        lambda content: "[]",
        lambda content: "[" * 100_000,
        lambda content: json.dumps({**content, "signature": 1}),
        lambda content: json.dumps({**content, "signature": "é"}),
        lambda content: json.dumps({"valid_to": content["valid_to"], "logged_in_user_id": 3}),
        lambda content: json.dumps({}),
    ],
)
def test_a_file_that_is_not_ours_is_no_session(
    folder: Path, damage: Callable[[dict[str, Any]], str]
) -> None:
    """02 BT-5: damaged or forged content counts as none, and raises nothing."""
    session = LocalSession()
    session.logged_in_user_id = 3
    session.save()
    path = Path(LocalSession.session_file_full_path())
    assert LocalSession().logged_in_user_id == 3
    LocalSession()._write_data(damage(json.loads(path.read_text())))
    assert LocalSession().logged_in_user_id is None
    path.unlink()
    path.mkdir()
    assert LocalSession().logged_in_user_id is None


def test_a_session_ends(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """02 §7: after the configured time, and with another secret."""
    stalker.defaults.local_session_validity = HOUR
    session = LocalSession()
    session.logged_in_user_id = 3
    session.save()
    later = datetime.now(UTC) + HOUR + SECOND
    with monkeypatch.context() as patch:
        patch.setattr("stalker.models.auth.local_session.utc_now", lambda: later)
        assert LocalSession().logged_in_user_id is LocalSession().valid_to is None
    assert LocalSession().logged_in_user_id == 3
    for secret in (b"of another workstation, and as long"[:32], b""):
        (folder / "local_session_data.key").write_bytes(secret)
        assert LocalSession().logged_in_user_id is None
    session.save()
    assert LocalSession().logged_in_user_id == 3


def test_sessions_that_are_saved_at_once(folder: Path) -> None:
    """02 BT-5: whoever reads finds a whole file, and all agree about the secret."""
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for _ in range(20):
                session = LocalSession()
                session.logged_in_user_id = number
                session.save()
                assert LocalSession().logged_in_user_id in range(8)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(os.listdir(folder)) == 2


@in_memory
def test_times_in_milliseconds(studio: Studio) -> None:
    """02 §7: aware date-times become whole milliseconds, and come back in UTC."""
    moment = datetime(2026, 3, 2, 12, 0, 0, 123_999, tzinfo=UTC)
    millis = LocalSession.datetime_to_millis(moment)
    assert millis == 1772452800123
    assert LocalSession.millis_to_datetime(millis) == moment.replace(microsecond=123_000)
    assert LocalSession.millis_to_datetime(0) == datetime(1970, 1, 1, tzinfo=UTC)
    ada = studio.user("Ada")
    ada.id = 5
    serialize = LocalSession.default_json_serializer
    assert [serialize(each) for each in (moment, ada, 7, "x", None)] == [millis, 5, 7, None, None]
    with pytest.raises(TypeError, match="datetime_to_millis"):
        LocalSession.datetime_to_millis(datetime(2026, 3, 2))
    with pytest.raises(ValueError, match="millis_to_datetime"):
        LocalSession.millis_to_datetime(10**18)
