"""Making a database of a backup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, func, inspect, select, text

from stalker.core.suggestions import did_you_mean
from stalker.db import engines
from stalker.db.beside import made_beside
from stalker.db.declarative import Base
from stalker.db.locks import AdvisoryLock, lock
from stalker.db.owner import VERSION_TABLE
from stalker.db.schema import alembic_version
from stalker.exceptions import BackupError, SchemaVersionError
from stalker.services.backup.reading import Backup, verify
from stalker.services.backup.summary import Report, Summary, unheard
from stalker.services.backup.tables import forms_of, lines_of, sequence_of
from stalker.services.backup.values import Digest, Form, decode_row

_FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
    FROM pg_constraint
    WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
    ORDER BY conrelid, conname
"""


def restore(path: Path, engine: Engine, report: Report = unheard) -> Summary:
    """Make tables and rows of a backup in an empty database, of whichever kind.

    All is done in one transaction, and at the end what is in the database is compared with what is
    in the file: whatever is raised, the database is as empty as it was. An SQLite file that was not
    there before appears when it is complete. `BackupError` is raised for
    a file that is not whole or has tables that are not known here, and for a database that is not
    empty; `SchemaVersionError` for a backup of another schema revision.
    """
    _refuse_file(path)
    verify(path)
    with (
        Backup(path) as backup,
        _place(engine) as place,
        place.connect() as connection,
    ):
        with connection.begin():
            _refuse_content(connection)
            lock(connection, AdvisoryLock.SCHEMA)
            _refuse_content(connection)
            _create(connection)
            with _unchecked(connection):
                _load(connection, backup, report)
            _continue_numbers(connection, backup.header["numbers"])
            _compare(connection, backup)
        return backup.summary()


def _refuse_file(path: Path) -> None:
    """Refuse a backup that does not fit the classes of this process."""
    with Backup(path) as backup:
        revision = backup.header["schema"]
        if revision != alembic_version:
            raise SchemaVersionError(
                f"{path} was made of schema revision {revision!r}, this release of stalker needs "
                f"{alembic_version!r}: restore it with stalker {backup.header['stalker']}, then "
                "`stalker upgrade` brings the database to this one",
                found=revision,
                expected=alembic_version,
            )
        known = Base.metadata.tables
        unknown = [name for name in backup.tables if name not in known]
        if unknown:
            raise BackupError(
                f"{path} has the tables {', '.join(unknown)}, whose classes are not known here"
                f"{did_you_mean(unknown[0], known)}: let a plug-in import them"
            )
        for name, columns in backup.tables.items():
            different = {each.name for each in known[name].columns} ^ set(columns)
            if different:
                raise BackupError(
                    f"{path}: the table {name!r} differs from that of its class here in "
                    f"{', '.join(sorted(different))}"
                )


@contextmanager
def _place(engine: Engine) -> Iterator[Engine]:
    """Yield the engine of the place where the database is made."""
    with made_beside(engine.url) as url:
        if url == engine.url:
            yield engine
            return
        # that the given one is on a network was allowed already
        made = engines.create({"sqlalchemy.url": url, "allow_network_sqlite": True})
        try:
            yield made
        finally:
            made.dispose()


def _refuse_content(connection: Connection) -> None:
    tables = sorted(inspect(connection).get_table_names())
    if tables:
        raise BackupError(
            f"the database is not empty, it has a table {tables[0]!r}: a backup is restored into a "
            "new one"
        )


def _create(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT set_config('statement_timeout', '1h', true)"))
    Base.metadata.create_all(connection)
    VERSION_TABLE.create(connection)
    connection.execute(VERSION_TABLE.insert(), {"version_num": alembic_version})


@contextmanager
def _unchecked(connection: Connection) -> Iterator[None]:
    """Let rows refer to others that come later; at the end all references are checked."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        yield
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise BackupError(
                f"a row of {broken[0]!r} refers to one of {broken[2]!r} that is not in the backup"
            )
        return
    # as the server writes them down itself
    keys = connection.execute(text(_FOREIGN_KEYS)).all()
    for table, name, _ in keys:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    for table, name, definition in keys:
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _load(connection: Connection, backup: Backup, report: Report) -> None:
    done = 0
    plans = {name: _plan(name, columns) for name, columns in backup.tables.items()}
    for name, rows in backup.rows():
        statement, names, forms = plans[name]
        try:
            values = [dict(zip(names, decode_row(forms, row), strict=True)) for row in rows]
        except (ValueError, TypeError, KeyError, ArithmeticError) as error:
            raise BackupError(f"{backup.path}: a row of {name!r} cannot be read") from error
        connection.execute(statement, values)
        done += len(rows)
        report(done, backup.header["rows"])


def _plan(name: str, columns: Sequence[str]) -> tuple[Any, list[str], list[Form]]:
    """Return the statement that inserts rows, its parameters and their forms, in file order."""
    table = Base.metadata.tables[name]
    forms = forms_of(table, columns)
    # a parameter must not be called like its column, to have a type of its own
    parameters = [f"{column}_" for column in columns]
    values = {
        column: bindparam(parameter, type_=form.written_as)
        for column, parameter, form in zip(columns, parameters, forms, strict=True)
    }
    return table.insert().values(values), parameters, forms


def _continue_numbers(connection: Connection, noted: dict[str, int]) -> None:
    """Let the next row of each table get a number that was never used."""
    for table in Base.metadata.sorted_tables:
        sequence = sequence_of(table)
        if sequence is None:
            continue
        column = table.autoincrement_column
        last = max(connection.scalar(select(func.max(column))) or 0, noted.get(table.name, 0))
        if not last:
            continue
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT setval({sequence}, :last)"), {"last": last})
        elif table.dialect_options["sqlite"]["autoincrement"]:
            parameters = {"name": table.name, "last": last}
            for statement in (
                "DELETE FROM sqlite_sequence WHERE name = :name",
                "INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)",
            ):
                connection.execute(text(statement), parameters)


def _compare(connection: Connection, backup: Backup) -> None:
    """Refuse to keep anything if the rows of the database are not those of the file."""
    for table in Base.metadata.sorted_tables:
        digest = Digest()
        columns = backup.tables.get(table.name) or table.columns.keys()
        for lines in lines_of(connection, table, columns):
            for line in lines:
                digest.add(line)
        if (digest.rows, str(digest)) != backup.digests.get(table.name, (0, str(Digest()))):
            raise BackupError(
                f"what came into {table.name!r} is not what {backup.path} holds: nothing was kept"
            )
