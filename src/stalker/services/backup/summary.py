"""What is told about a backup."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

#: called with the number of rows that are done, and of all
Report = Callable[[int, int | None], None]

#: rows that are held in memory at once
BATCH = 1000


@dataclass(frozen=True)
class Summary:
    """A backup that is whole."""

    #: the schema revision of its rows
    revision: str
    #: the version of the library that wrote it
    stalker_version: str
    #: when, in ISO 8601
    made: str
    #: how many rows each table has
    tables: dict[str, int]
    #: tables of the database that are not in it, because they are not Stalker's
    left_out: list[str]

    @property
    def rows(self) -> int:
        """The number of all rows."""
        return sum(self.tables.values())


def unheard(done: int, total: int | None) -> None:
    """Report to nobody."""
