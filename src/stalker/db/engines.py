"""Engines, and how each kind of database has to be spoken to."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, engine_from_config, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from stalker.core.rules import shown
from stalker.db import explain
from stalker.exceptions import UnusableDatabaseError

PREFIX = "sqlalchemy."

#: PostgreSQL settings of each connection, in milliseconds where they are times. They end a wait
#: that would otherwise last for ever: behind a forgotten lock, or on a network that is gone.
POSTGRESQL_OPTIONS = {
    "timezone": "UTC",
    "lock_timeout": "30s",
    "statement_timeout": "10min",
    "tcp_keepalives_idle": "60",
}
SQLITE_TIMEOUT = 30

#: the table that every release of Stalker has, and columns of it that no other program would have
ROOT_TABLE = "SimpleEntities"
ROOT_COLUMNS = ["id", "entity_type", "name"]

#: where a connection keeps the journal that an SQLite database shall get
_JOURNAL = "journal"

_NETWORK_FILE_SYSTEMS = ("nfs", "cifs", "smb", "fuse.", "9p", "afs", "lustre", "ceph", "glusterfs")
#: begins like one of them, and is the local disk of a container
_LOCAL_FILE_SYSTEMS = ("fuse.fuse-overlayfs",)


def create(settings: Mapping[str, Any]) -> Engine:
    """Return an engine for settings such as `{"sqlalchemy.url": "sqlite://"}`."""
    options = dict(settings)
    allow_network = bool(options.pop("allow_network_sqlite", False))
    if PREFIX + "url" not in options:
        given = ", ".join(map(repr, options))
        raise ArgumentError(f"the settings of a database need {PREFIX + 'url'!r}, not only {given}")
    url = options[PREFIX + "url"] = make_url(options[PREFIX + "url"])
    if url.get_backend_name() == "sqlite":
        engine = _sqlite(url, options, allow_network)
    elif url.get_backend_name() == "postgresql":
        engine = _postgresql(url, options)
    else:
        name = url.get_backend_name()
        # what hosts of databases call it, and SQLAlchemy does not
        hint = ": write postgresql:// for postgres://" if name == "postgres" else ""
        raise UnusableDatabaseError(
            f"stalker stores its data in PostgreSQL or SQLite, not in {shown(name)}{hint}"
        )
    explain.listen(engine)
    return engine


def _postgresql(url: URL, options: dict[str, Any]) -> Engine:
    settings = " ".join(f"-c {key}={value}" for key, value in POSTGRESQL_OPTIONS.items())
    defaults = {"connect_timeout": 10, "options": settings, "application_name": "stalker"}
    # what the URL says goes its own way
    ours = {key: value for key, value in defaults.items() if key not in url.query}
    options.setdefault(PREFIX + "pool_pre_ping", True)
    options[PREFIX + "connect_args"] = {**ours, **options.get(PREFIX + "connect_args", {})}
    try:
        return engine_from_config(options, PREFIX)
    except ModuleNotFoundError as error:
        raise UnusableDatabaseError(
            f"there is no driver {shown(error.name)}: write postgresql+psycopg://, and "
            'pip install "stalker[postgresql]"'
        ) from error


def _sqlite(url: URL, options: dict[str, Any], allow_network: bool) -> Engine:
    path = None if url.database in (None, "", ":memory:") else Path(str(url.database)).absolute()
    network = path is not None and is_on_network(path)
    if network and not allow_network:
        raise UnusableDatabaseError(
            f"the SQLite database {str(path)!r} lies on a network file system, where SQLite loses "
            "data; use PostgreSQL, or set allow_network_sqlite=True for a single writer"
        )
    # reads commit at once, the first write begins with BEGIN IMMEDIATE: an open reader never blocks
    # a writer, and a writer never fails because another one wrote since it began to read
    arguments = {"isolation_level": "IMMEDIATE", "timeout": SQLITE_TIMEOUT}
    options[PREFIX + "connect_args"] = {**arguments, **options.get(PREFIX + "connect_args", {})}
    if path is None:
        # all threads see the one database in memory
        options.setdefault(PREFIX + "poolclass", StaticPool)
        options[PREFIX + "connect_args"].setdefault("check_same_thread", False)
    engine = engine_from_config(options, PREFIX)
    journal = None if path is None else "DELETE" if network else "WAL"
    event.listen(engine, "savepoint", lambda connection, name: begin_immediate(connection))

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: ConnectionPoolEntry) -> None:
        _pragmas(connection)
        if journal:
            record.info[_JOURNAL] = journal
            if _is_ours(connection):
                _switch_journal(connection, record.info, engine.dialect.loaded_dbapi)

    return engine


def switch_journal(connection: Connection) -> None:
    """Let a new SQLite database get the journal that one of ours has, before tables are made.

    That is written into the file, so nobody may do it to a database before it is known to be ours.
    """
    raw: Any = connection.connection.dbapi_connection
    if not raw.in_transaction:
        _switch_journal(raw, connection.info, connection.dialect.loaded_dbapi)


def _switch_journal(connection: Any, info: dict[Any, Any], driver: Any) -> None:
    journal = info.pop(_JOURNAL, None)
    if journal is None:
        return
    cursor = connection.cursor()
    # one that cannot be switched, because somebody writes it just now, works all the same
    with suppress(driver.OperationalError):
        cursor.execute(f"PRAGMA journal_mode={journal}")
    cursor.close()


def _is_ours(connection: Any) -> bool:
    cursor = connection.cursor()
    cursor.execute("SELECT name FROM pragma_table_info(?)", (ROOT_TABLE,))
    found = {name for (name,) in cursor}
    cursor.close()
    return found.issuperset(ROOT_COLUMNS)


def _pragmas(connection: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    # a trigger that deletes a row of the base table has to work for the rows below it, too
    cursor.execute("PRAGMA recursive_triggers=ON")
    cursor.close()


def begin_immediate(connection: Any) -> None:
    """Begin the write transaction of an SQLite connection unless it has begun.

    Python's driver begins one before INSERT, UPDATE and DELETE only. A savepoint before the first
    of them would be a transaction of its own, out of reach of a rollback.
    """
    if not connection.connection.dbapi_connection.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def is_on_network(path: Path, mounts: str = "/proc/self/mounts") -> bool:
    """Say whether *path* lies on a network file system; only Linux and Windows can tell."""
    if os.name == "nt":
        return str(path).startswith("\\\\")
    try:
        table = Path(mounts).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    path = path.resolve()
    best = ("", "")
    for line in table.splitlines():
        fields = line.split()
        if len(fields) > 2:
            mount = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), fields[1])
            if Path(mount) in (path, *path.parents) and len(mount) >= len(best[0]):
                best = (mount, fields[2])
    return best[1].startswith(_NETWORK_FILE_SYSTEMS) and best[1] not in _LOCAL_FILE_SYSTEMS
