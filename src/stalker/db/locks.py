"""Locks that make set-up steps wait for each other across processes."""

from __future__ import annotations

from enum import IntEnum

from sqlalchemy import Connection, text

from stalker.db.engines import begin_immediate, switch_journal


class AdvisoryLock(IntEnum):
    """Keys of PostgreSQL's advisory locks; SQLite has one writer at a time anyway."""

    SCHEMA = 0x57A1_0001
    SEED = 0x57A1_0002


def lock(connection: Connection, key: AdvisoryLock) -> None:
    """Wait until this transaction is the only one inside *key*; it lasts until the commit.

    It is for databases of ours, and for empty ones that become ours now.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": int(key)})
    else:
        switch_journal(connection)
        begin_immediate(connection)
