"""All checks, one after the other, on one state of the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, Table, inspect, select

import stalker
from stalker.auth.passwords import verify_password
from stalker.db.declarative import Base
from stalker.db.owner import noted_revision
from stalker.db.schema import alembic_version, library_tables, mismatch
from stalker.db.snapshots import snapshot
from stalker.db.soundness import count_orphans, guards_of, missing_columns, missing_guards
from stalker.default_config import DEFAULTS
from stalker.models.auth import User
from stalker.services.checking.bookings import check_bookings
from stalker.services.checking.entities import check_entities
from stalker.services.checking.files import Report, check_files
from stalker.services.checking.finding import Finding
from stalker.services.checking.tasks import check_tasks

__all__ = ["check"]


def check(engine: Engine, files: Report | None = None) -> list[Finding]:
    """Look for what is wrong in a database, with a number of statements that does not grow.

    Nothing is changed. Where the schema is not the one of this release, only that is told. With
    *files*, which is told how far that has come, the files of all versions are looked for as well.
    """
    with snapshot(engine) as connection:
        schema = _check_schema(connection)
        if schema.count:
            return [schema]
        there = set(inspect(connection).get_table_names())
        tables = [each for each in Base.metadata.sorted_tables if each.name in there]
        findings = [
            schema,
            _check_guards(connection),
            _check_references(connection, tables),
            check_entities(connection, there),
            check_bookings(connection),
            check_tasks(connection),
            _check_administrator(connection),
        ]
        if files is not None:
            findings.append(check_files(connection, files))
    return findings


def _check_schema(connection: Connection) -> Finding:
    there = set(inspect(connection).get_table_names())
    finding = Finding("schema", len(library_tables))
    if not there:
        finding.add("the database is empty: `stalker init` makes the tables")
        return finding
    noted = noted_revision(connection)
    if noted is None:
        finding.add("no schema revision is noted: `stalker init` notes it")
    elif noted != alembic_version:
        finding.add(str(mismatch(noted)))
        return finding
    for name in sorted(library_tables - there):
        finding.add(f"the table {name!r} is missing")
    for name, columns in missing_columns(connection, Base.metadata.tables).items():
        finding.add(f"the table {name!r} has no column {', '.join(map(repr, columns))}")
    return finding


def _check_guards(connection: Connection) -> Finding:
    finding = Finding("guards", len(guards_of(connection)))
    for name in missing_guards(connection, Base.metadata.tables):
        finding.add(f"the guard {name!r} is missing")
    return finding


def _check_references(connection: Connection, tables: list[Table]) -> Finding:
    finding = Finding("references", sum(len(table.foreign_keys) for table in tables))
    for name, count in count_orphans(connection, tables).items():
        finding.add(f"{name}: {count:,} rows refer to one that is not there", count)
    return finding


def _check_administrator(connection: Connection) -> Finding:
    finding = Finding("administrator")
    users: Any = User.__table__
    login = stalker.defaults.admin_login
    verifier = connection.scalar(select(users.c.password).where(users.c.login == login))
    finding.looked_at = int(verifier is not None)
    if verifier is not None and verify_password(verifier, DEFAULTS["admin_password"]):
        finding.add(f"{login!r} has the built-in password, which everybody knows")
    return finding
