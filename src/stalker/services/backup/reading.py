"""Reading a backup, and noticing whatever is wrong with the file."""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from stalker.exceptions import BackupError
from stalker.services.backup import values
from stalker.services.backup.summary import BATCH, Report, Summary, unheard
from stalker.services.backup.values import Digest
from stalker.services.backup.writing import FORMAT


class Backup:
    """The file of a backup, read from its beginning to its end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = gzip.open(path, "rb")  # noqa: SIM115 - closed by __exit__
        self._checksum = hashlib.sha256()
        #: number and digest of the rows of each table that has been read
        self.digests: dict[str, tuple[int, str]] = {}

    def __enter__(self) -> Self:
        try:
            self.header = self._read_header()
        except BaseException:
            self._file.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()

    @property
    def tables(self) -> dict[str, list[str]]:
        """The names of the columns of each table."""
        found: dict[str, list[str]] = self.header["tables"]
        return found

    def _read_header(self) -> dict[str, Any]:
        try:
            header = self._value(self._line())
        except BackupError as error:
            raise BackupError(f"{self.path}: it is no backup of stalker") from error
        if not isinstance(header, dict) or "stalker backup" not in header:
            raise BackupError(f"{self.path}: it is no backup of stalker")
        if header["stalker backup"] != FORMAT:
            raise BackupError(
                f"{self.path}: a newer release of stalker has written it, in the form "
                f"{header['stalker backup']!r}; this one reads {FORMAT}"
            )
        wanted = {"schema": str, "stalker": str, "made": str, "rows": int, "numbers": dict}
        for key, kind in (wanted | {"tables": dict}).items():
            if not isinstance(header.get(key), kind):
                raise self._damaged(f"its first line has no {key!r}")
        return header

    def rows(self) -> Iterator[tuple[str, list[list[Any]]]]:
        """Yield the rows of each table, some at a time; what is wrong raises `BackupError`.

        Until the end has been reached, nothing of it can be trusted.
        """
        for table in self.tables:
            if self._value(self._line()) != {"table": table}:
                raise self._damaged(f"the rows of {table!r} are missing")
            digest = Digest()
            batch: list[list[Any]] = []
            while isinstance(value := self._value(line := self._line()), list):
                digest.add(line)
                batch.append(value)
                if len(batch) == BATCH:
                    yield table, batch
                    batch = []
            if batch:
                yield table, batch
            if value != {"rows": digest.rows, "digest": str(digest)}:
                raise self._damaged(f"the rows of {table!r} are not those that were written")
            self.digests[table] = (digest.rows, str(digest))
        self._read_end()

    def _read_end(self) -> None:
        checksum = self._checksum.hexdigest()
        if self._value(self._line()) != {"sha256": checksum}:
            raise self._damaged("its checksum does not fit")
        if self._read(1):
            raise self._damaged("something follows after its end")

    def _line(self) -> bytes:
        line = self._read(values.MAX_LINE)
        if not line.endswith(b"\n"):
            too_long = len(line) == values.MAX_LINE
            raise self._damaged("a line is too long" if too_long else "it ends early")
        self._checksum.update(line)
        return line

    def _read(self, limit: int) -> bytes:
        try:
            return self._file.readline(limit)
        except EOFError as error:
            raise self._damaged("it ends early") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise self._damaged(str(error)) from error

    def _value(self, line: bytes) -> Any:
        try:
            return json.loads(line)
        except (ValueError, RecursionError) as error:
            raise self._damaged("it holds what was never written") from error

    def _damaged(self, what: str) -> BackupError:
        return BackupError(f"{self.path}: the backup is damaged: {what}")

    def summary(self) -> Summary:
        """Return what the file holds, after all rows have been read."""
        counts = {name: rows for name, (rows, _) in self.digests.items()}
        header = self.header
        return Summary(header["schema"], header["stalker"], header["made"], counts, [])


def verify(path: Path, report: Report = unheard) -> Summary:
    """Read a backup from its beginning to its end; raise `BackupError` unless it is whole.

    No database is needed.
    """
    with Backup(path) as backup:
        done = 0
        for _, rows in backup.rows():
            done += len(rows)
            report(done, backup.header["rows"])
        return backup.summary()
