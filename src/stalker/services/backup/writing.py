"""Writing a backup."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table

import stalker
from stalker.db.beside import BESIDE, file_of, written_beside
from stalker.db.schema import alembic_version
from stalker.db.snapshots import snapshot
from stalker.db.soundness import count_rows
from stalker.exceptions import BackupError
from stalker.services.backup.summary import Report, Summary, unheard
from stalker.services.backup.tables import (
    last_numbers,
    lines_of,
    refuse_other_revision,
    tables_of,
)
from stalker.services.backup.values import Digest, line_of

#: the version of the form of the file
FORMAT = 1


def back_up(engine: Engine, path: Path, replace: bool = False, report: Report = unheard) -> Summary:
    """Write all rows of a database to the file *path*, as they are at this moment.

    Others may go on writing to the database. The file appears when it is complete, and only the
    owner may read it. Raises `BackupError` or `SchemaVersionError` for a database that cannot be
    backed up, or that the file would replace, and `FileExistsError` for a *path* that is there,
    unless it is to be replaced.
    """
    _refuse_itself(engine, path)
    with written_beside(path, replace) as part, snapshot(engine) as connection:
        refuse_other_revision(connection)
        tables, left_out = tables_of(connection)
        with open(part, "wb") as file, gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
            return _write(packed, connection, tables, left_out, report)


def _refuse_itself(engine: Engine, path: Path) -> None:
    """Refuse to put the backup in the place of what it is made of."""
    database = file_of(engine.url)
    if database is None:
        return
    for suffix in ("", *BESIDE):
        file = database.with_name(database.name + suffix)
        if path.exists() and file.exists() and path.samefile(file):
            raise BackupError(f"{path}: it belongs to the database itself")


def _write(
    file: gzip.GzipFile,
    connection: Connection,
    tables: Sequence[Table],
    left_out: list[str],
    report: Report,
) -> Summary:
    checksum = hashlib.sha256()

    def put(line: bytes) -> None:
        checksum.update(line)
        file.write(line)

    counts = count_rows(connection, [table.name for table in tables])
    made = datetime.now(UTC).isoformat(timespec="seconds")
    header: dict[str, Any] = {
        "stalker backup": FORMAT,
        "schema": alembic_version,
        "stalker": stalker.__version__,
        "made": made,
        "from": connection.dialect.name,
        "rows": sum(counts.values()),
        "numbers": last_numbers(connection, tables),
        "tables": {table.name: [column.name for column in table.columns] for table in tables},
    }
    put(line_of(header))
    done = 0
    for table in tables:
        put(line_of({"table": table.name}))
        digest = Digest()
        for lines in lines_of(connection, table, header["tables"][table.name]):
            for line in lines:
                digest.add(line)
                put(line)
            done += len(lines)
            report(done, header["rows"])
        put(line_of({"rows": digest.rows, "digest": str(digest)}))
    file.write(line_of({"sha256": checksum.hexdigest()}))
    return Summary(alembic_version, stalker.__version__, made, counts, left_out)
