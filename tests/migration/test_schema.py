"""Migrations and metadata describe the same schema."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, event, inspect, text

from stalker import db
from stalker.db import engines, guards
from stalker.db.declarative import Base
from stalker.db.session import DBSession
from stalker.db.upgrade import prepare
from stalker.exceptions import SchemaVersionError

MIGRATIONS = Path(db.__file__).parent / "migrations"


@pytest.fixture(scope="module")
def tables() -> frozenset[str]:
    """Names of the tables of the library, without those of classes that other tests declare."""
    program = (
        "import json, stalker.db.declarative as d; print(json.dumps(list(d.Base.metadata.tables)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    return frozenset(json.loads(done.stdout))


@pytest.fixture
def engine(empty_url: str) -> Iterator[Engine]:
    """An engine of an empty database."""
    engine = engines.create({"sqlalchemy.url": empty_url})
    yield engine
    engine.dispose()


@pytest.fixture
def second_engine(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine of another empty database of the same kind."""
    if backend == "sqlite":
        url = f"sqlite:///{tmp_path}/other.db"
    else:
        url = request.getfixturevalue("server").create()
    engine = engines.create({"sqlalchemy.url": url})
    yield engine
    engine.dispose()
    if backend == "postgresql":
        request.getfixturevalue("server").drop(url)


def config(connection: Connection) -> Config:
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.attributes["connection"] = connection
    return made


def one_space(statement: str) -> str:
    return re.sub(r"\s+", " ", statement).strip()


def reflected(connection: Connection) -> dict[str, Any]:
    """Return everything that a database has, in a form in which order does not count."""
    inspector = inspect(connection)
    found: dict[str, Any] = {}
    for name in inspector.get_table_names():
        found[name] = {
            "columns": {
                column["name"]: {**column, "type": str(column["type"]), "comment": None}
                for column in inspector.get_columns(name)
            },
            "primary key": inspector.get_pk_constraint(name),
            "foreign keys": by_name(inspector.get_foreign_keys(name)),
            "unique": by_name(inspector.get_unique_constraints(name)),
            "checks": by_name(inspector.get_check_constraints(name)),
            "indexes": by_name(inspector.get_indexes(name)),
        }
    found["triggers and functions"] = procedures(connection)
    return found


def by_name(parts: list[Any]) -> dict[Any, Any]:
    assert all(part["name"] for part in parts)
    return {part["name"]: part for part in parts}


def procedures(connection: Connection) -> dict[str, str]:
    if connection.dialect.name == "sqlite":
        # the whole text of all tables and indexes would differ in white space and in order
        query = "SELECT name, sql FROM sqlite_master WHERE type NOT IN ('table', 'index')"
        tables = "SELECT name, sql LIKE '%AUTOINCREMENT%' FROM sqlite_master WHERE type = 'table'"
        rows = [*connection.execute(text(query)), *connection.execute(text(tables))]
        return {name: one_space(str(sql)) for name, sql in rows}
    queries = (
        "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT proname, pg_get_functiondef(oid) FROM pg_proc "
        "WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS "
        "(SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')",
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'x'",
        "SELECT relname, relkind::text FROM pg_class "
        "WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('r', 'i')",
        "SELECT typname, typtype::text FROM pg_type "
        "WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')",
        "SELECT extname, extversion FROM pg_extension",
    )
    rows = [row for query in queries for row in connection.execute(text(query))]
    return {name: one_space(definition) for name, definition in rows}


def test_migrations_make_the_schema_of_the_models(
    engine: Engine, second_engine: Engine, tables: frozenset[str]
) -> None:
    """All that the migrations create equals what `create_all()` creates, down to each name."""
    db.upgrade(engine)
    with second_engine.begin() as connection:
        Base.metadata.create_all(
            connection,
            tables=[table for table in Base.metadata.sorted_tables if table.name in tables],
        )

    with engine.connect() as connection:
        migrated = reflected(connection)
    with second_engine.connect() as connection:
        created = reflected(connection)

    version_table = migrated.pop("alembic_version")
    assert version_table["columns"]["version_num"]["type"] == "TEXT"
    migrated["triggers and functions"].pop("alembic_version", None)
    assert set(migrated) == tables | {"triggers and functions"}
    for name, parts in created.items():
        assert migrated[name] == parts, name
    assert len(created["triggers and functions"]) > 20


def test_alembic_finds_nothing_to_change(engine: Engine, tables: frozenset[str]) -> None:
    """`alembic check` has nothing to add to the migrations."""
    db.upgrade(engine)

    def is_ours(item: Any, name: str, kind: str, reflected: bool, counterpart: Any) -> bool:
        return kind != "table" or name in tables

    with engine.begin() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": is_ours, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []
        if tables == set(Base.metadata.tables):
            command.check(config(connection))


def test_a_studio_s_own_tables_are_left_alone(engine: Engine) -> None:
    """What somebody else has in the database is no difference, and stays."""
    db.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE studio_notes (id INTEGER PRIMARY KEY)"))
        connection.execute(text("INSERT INTO studio_notes VALUES (1)"))

    db.upgrade(engine)

    with engine.connect() as connection:
        assert connection.scalar(text("SELECT id FROM studio_notes")) == 1


def test_downgrading_leaves_nothing(engine: Engine) -> None:
    """After a downgrade to the base only Alembic's own empty table is there; the way up is free."""
    for _ in range(2):
        db.upgrade(engine)
        with engine.begin() as connection:
            # rows that refer to each other in all directions must not be in the way
            connection.execute(text(ENTITY), {"id": 1, "kind": "User"})
            connection.execute(text("INSERT INTO \"Users\" VALUES (1, 'a', 'a@b', 'x', 1, 0)"))
            connection.execute(text('UPDATE "SimpleEntities" SET created_by_id = 1'))
        with engine.begin() as connection:
            command.downgrade(config(connection), "base")
        with engine.connect() as connection:
            left = reflected(connection)
            assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 0
        procedures = left.pop("triggers and functions")
        assert set(left) == {"alembic_version"}
        # others may use the extension
        assert set(procedures) <= {"alembic_version", "sqlite_sequence", "plpgsql", "btree_gist"}


ENTITY = """
    INSERT INTO "SimpleEntities"
        (id, entity_type, name, description, generic_text, date_created, date_updated,
         html_style, html_class, stalker_version)
    VALUES (:id, :kind, 'x', '', '', '2026-01-01', '2026-01-01', '', '', '')
"""


def test_there_is_one_newest_revision() -> None:
    """The history has one end: the revision that `stalker.db` names."""
    directory = ScriptDirectory(str(MIGRATIONS))
    assert directory.get_heads() == [db.alembic_version]
    assert len(directory.get_bases()) == 1


@pytest.mark.parametrize("bound", [False, True], ids=["engine", "bound session"])
def test_an_upgraded_database_is_ready_for_use(empty_url: str, bound: bool) -> None:
    """`upgrade()` works on an engine and on the bound database; `init()` and `setup()` follow."""
    settings = {"sqlalchemy.url": empty_url}
    engine = engines.create(settings)
    if bound:
        DBSession.configure(bind=engine)
        db.upgrade()
    else:
        db.upgrade(engine)

    db.setup(settings)
    assert db.get_alembic_version() == db.alembic_version
    db.init()
    db.upgrade()

    rows = DBSession.execute(text('SELECT count(*) FROM "SimpleEntities"')).scalar()
    assert rows == 30
    engine.dispose()


def test_a_set_up_and_initialised_database_needs_no_upgrade(
    database: str, statements: Callable[[], list[str]]
) -> None:
    """What `setup()` and `init()` made is at the newest revision: `upgrade()` changes nothing."""
    recorded = statements()
    db.upgrade()
    assert not [each for each in recorded if re.match(r"\s*(CREATE|ALTER|DROP|INSERT)", each)]


def test_tables_of_unknown_origin_are_refused(engine: Engine, empty_url: str) -> None:
    """A database with tables and no revision is refused with what to do; nothing is changed."""
    db.setup({"sqlalchemy.url": empty_url})
    with pytest.raises(SchemaVersionError, match=r"init\(\)"):
        db.upgrade()
    assert not inspect(engine).has_table("alembic_version")
    db.init()
    db.upgrade()


def test_a_failed_migration_leaves_nothing(engine: Engine) -> None:
    """Migrations are one transaction, on SQLite too: an error in the last step undoes the first."""

    def fail_at_the_last(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if "Versions_delete_root" in statement:
            raise RuntimeError("power cut")

    event.listen(engine, "before_cursor_execute", fail_at_the_last)
    with pytest.raises(RuntimeError, match="power cut"):
        db.upgrade(engine)
    event.remove(engine, "before_cursor_execute", fail_at_the_last)

    assert inspect(engine).get_table_names() == []
    db.upgrade(engine)


@pytest.mark.parametrize("backend", ["postgresql"])
def test_a_migration_does_not_wait_long_for_a_table(engine: Engine) -> None:
    """A migration gives up soon when somebody holds a table, and others go on."""
    with engine.begin() as connection:
        prepare(connection)
        assert connection.scalar(text("SHOW lock_timeout")) == "4s"
        assert connection.scalar(text("SHOW statement_timeout")) == "1h"
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW lock_timeout")) == "30s"


# --- Names and indexes ----------------------------------------------------------------------------


def test_keys_checks_and_indexes_are_named_alike(database: str) -> None:
    """03 §3.1, BT-23: `<Table>_<columns>_key`, `_fkey`, `_idx` and `_check`, on both databases."""
    found = reflected(DBSession.connection())
    found.pop("triggers and functions")
    seen = dict.fromkeys(("unique", "foreign keys", "indexes", "checks"), 0)
    for table, parts in found.items():
        for name, part in parts["unique"].items():
            assert name == f"{table}_{'_'.join(part['column_names'])}_key"
        for name, part in parts["foreign keys"].items():
            assert name == f"{table}_{'_'.join(part['constrained_columns'])}_fkey"
        for name, part in parts["indexes"].items():
            if name == guards.OVERLAP:
                continue
            # PostgreSQL lists the index of a unique key too
            ending = "key" if part["unique"] else "idx"
            assert name == f"{table}_{'_'.join(part['column_names'])}_{ending}"
        assert all(re.fullmatch(rf"{table}_\w+_check", name) for name in parts["checks"])
        for kind in seen:
            seen[kind] += len(parts[kind])
    assert all(number > 5 for number in seen.values()), seen
    for table, name in (
        ("Users", "Users_login_key"),
        ("Users", "Users_email_key"),
        ("StatusLists", "StatusLists_target_entity_type_key"),
    ):
        assert name in found[table]["unique"]


def test_what_is_looked_up_is_indexed(database: str) -> None:
    """03 BT-22: each foreign key, each planned date, and the columns that are searched by."""
    inspector = inspect(DBSession.connection())
    wanted = {
        ("SimpleEntities", "entity_type"),
        ("SimpleEntities", "name"),
        ("StatusLists", "target_entity_type"),
        ("Tickets", "project_id"),
        ("Tickets", "owner_id"),
    }
    wanted |= {
        (table, column)
        for table in ("Projects", "Tasks", "Studios", "Vacations")
        for column in ("start", "end")
    }
    missing = []
    for table in inspector.get_table_names():
        leading = {each["column_names"][0] for each in inspector.get_indexes(table)}
        leading |= {each["column_names"][0] for each in inspector.get_unique_constraints(table)}
        leading |= set(inspector.get_pk_constraint(table)["constrained_columns"][:1])
        keys = {each["constrained_columns"][0] for each in inspector.get_foreign_keys(table)}
        keys |= {column for name, column in wanted if name == table}
        missing += [(table, column) for column in keys - leading]
    assert missing == []


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        ("\"SimpleEntities\" WHERE name = 'x'", "SimpleEntities_name_idx"),
        ("\"SimpleEntities\" WHERE entity_type = 'Task'", "SimpleEntities_entity_type_idx"),
        ("\"StatusLists\" WHERE target_entity_type = 'Task'", "StatusLists_target_entity_type_key"),
        ('"Tickets" WHERE owner_id = 1', "Tickets_owner_id_idx"),
        ('"Tickets" WHERE project_id = 1', "Tickets_project_id_idx"),
        ('"Tasks" WHERE project_id = 1', "Tasks_project_id_idx"),
        ('"Tasks" WHERE parent_id = 1', "Tasks_parent_id_idx"),
        ("\"Tasks\" WHERE start < '2026-01-01'", "Tasks_start_idx"),
        ('"Tasks" WHERE status_id = 1', "Tasks_status_id_idx"),
        ('"Task_Dependencies" WHERE depends_to_id = 1', "Task_Dependencies_depends_to_id_idx"),
        ('"Task_Resources" WHERE resource_id = 1', "Task_Resources_resource_id_idx"),
        ('"Task_Watchers" WHERE watcher_id = 1', "Task_Watchers_watcher_id_idx"),
        ('"TimeLogs" WHERE task_id = 1', "TimeLogs_task_id_idx"),
        (
            "\"TimeLogs\" WHERE resource_id = 1 AND start < '2026-01-01'",
            "TimeLogs_resource_id_start_idx",
        ),
        ("\"Shots\" WHERE code = 'SH010'", "Shots_code_idx"),
        ("\"Assets\" WHERE code = 'LMP'", "Assets_code_idx"),
        ('"Shot_Sequences" WHERE sequence_id = 1', "Shot_Sequences_sequence_id_idx"),
        ('"Version_Inputs" WHERE link_id = 1', "Version_Inputs_link_id_idx"),
        (
            "\"Versions\" WHERE task_id = 1 AND take_name = 'Main' ORDER BY version_number DESC",
            "Versions_task_id_take_name_version_number_key",
        ),
        ("\"Users\" WHERE login = 'ada'", "Users_login_key"),
    ],
)
def test_the_plan_of_a_common_look_up(database: str, statement: str, index: str) -> None:
    """03 BT-22, 10 BT-22, 12 BT-8, BT-26: through the index, not from end to end of a table."""
    if database.startswith("sqlite"):
        rows = DBSession.execute(text(f"EXPLAIN QUERY PLAN SELECT * FROM {statement}"))
        plan = " ".join(str(row[-1]) for row in rows)
        assert "SEARCH" in plan and "SCAN" not in plan, plan
    else:
        # an empty table would be read as a whole in any case
        DBSession.execute(text("SET LOCAL enable_seqscan = off"))
        plan = " ".join(DBSession.scalars(text(f"EXPLAIN SELECT * FROM {statement}")))
        # the constraint that keeps logs apart is an index of people and times, too
        assert index in plan or "overlapping_time_logs" in plan, plan
