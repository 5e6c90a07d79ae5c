"""A connection that breaks off during COMMIT costs no file: the database is asked again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import OperationalError

from stalker import Version
from stalker.cli.main import cli
from stalker.cli.refusal import Refused
from stalker.db.session import DBSession
from stalker.dcc.plain import PlainFiles
from stalker.services import outcome
from tests.conftest import BACKENDS
from tests.dcc.production import Production

#: a server that takes its time
SLOW = """
    CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql
    AS 'BEGIN PERFORM pg_sleep(0.7); RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON "Versions"
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow()
"""


def _done(raw: Any) -> None:
    raw.driver_connection.commit()
    raw.driver_connection.close()


def _never_arrived(raw: Any) -> None:
    raw.driver_connection.close()


def _still_at_work(raw: Any) -> None:
    """Send COMMIT and go, as does a process that is killed or a network that is gone."""
    raw.driver_connection.pgconn.send_query(b"COMMIT")
    raw.driver_connection.close()


@pytest.fixture
def production(database: str, tmp_path: Path) -> Production:
    """A production without files."""
    return Production(tmp_path / "films")


@pytest.fixture
def break_off(
    production: Production, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[[Any], None], bool], None]:
    """Let the commit of the first version break off; afterwards the database answers, or not."""
    dialect = DBSession.get_bind().dialect
    commit = dialect.do_commit

    def install(happens: Callable[[Any], None], answers: bool) -> None:
        def lost(raw: Any) -> None:
            if not production.files():
                return commit(raw)
            monkeypatch.setattr(dialect, "do_commit", commit)
            if not answers:
                monkeypatch.setattr(Engine, "connect", unreachable)
            happens(raw)
            raise dialect.loaded_dbapi.OperationalError("the line is dead")

        monkeypatch.setattr(dialect, "do_commit", lost)
        # a closed connection of SQLite is no reason for SQLAlchemy to let it go
        monkeypatch.setattr(dialect, "is_disconnect", lambda *arguments: True)
        monkeypatch.setattr(outcome, "PATIENCE", 5.0 if answers else 0.0)

    return install


def unreachable(engine: Engine) -> Any:
    raise OperationalError("SELECT 1", {}, Exception("nobody is there"))


#: what happens on the server, whether it answers afterwards, and whether the file stays
CASES = {
    "done": (_done, True, True),
    "never arrived": (_never_arrived, True, False),
    "done, and nobody to ask": (_done, False, True),
    "never arrived, and nobody to ask": (_never_arrived, False, True),
}
#: only a server goes on by itself
ON_A_SERVER = {"still at work": (_still_at_work, True, True)}


Case = tuple[Callable[[Any], None], bool, bool]
cases = pytest.mark.parametrize(
    ("backend", "name"),
    [(backend, name) for backend in BACKENDS for name in CASES]
    + [("postgresql", name) for name in ON_A_SERVER],
)


@pytest.fixture
def case(name: str, database: str) -> Case:
    """One of them."""
    if name in ON_A_SERVER:
        with DBSession.get_bind().engine.begin() as connection:
            connection.execute(text(SLOW))
    return (CASES | ON_A_SERVER)[name]


@cases
def test_a_scene_whose_commit_breaks_off(
    production: Production, case: Case, break_off: Callable[..., None]
) -> None:
    """Its file stays if the row is there or nobody knows, and goes if there is no row."""
    happens, answers, stays = case
    break_off(happens, answers)
    with pytest.raises(OperationalError, match="the line is dead"):
        PlainFiles().save_new_version(production.model)
    assert production.files() == ["LHS/Lamp/Model/Lamp_Model_Main_v001.scene"] * stays
    if not stays:
        assert list(production.root.iterdir()) == []


@cases
def test_a_file_whose_publication_breaks_off(
    production: Production,
    database: str,
    case: Case,
    break_off: Callable[..., None],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """`stalker publish` has done it, has done nothing, or says that nobody can tell."""
    (tmp_path / "lamp.scene").write_text("a lamp")
    words = ["publish", "LHS/Lamp/Model", str(tmp_path / "lamp.scene"), "--database", database]
    happens, answers, stays = case
    break_off(happens, answers)
    status, message = 0, ""
    try:
        with cli.make_context("stalker", words) as context:
            cli.invoke(context)
    except Refused as refusal:
        status, message = refusal.exit_code, refusal.message
    printed = capsys.readouterr()
    file = "LHS/Lamp/Model/Lamp_Model_Main_v001.scene"
    assert production.files() == [file] * stays
    if not answers:
        assert status == 1
        assert (
            f"Nobody can tell whether the version was stored: its file {production.root}/{file}"
            in message
        )
        return
    if stays:
        assert (status, printed.out.splitlines()[-1]) == (0, f"{production.root}/{file}")
        assert printed.err.startswith(
            "warning: the connection broke off when the version was stored"
        )
    else:
        assert status == 2 and message.endswith("the line is dead") and printed.out == ""
    assert len(DBSession.scalars(select(Version)).all()) == stays
