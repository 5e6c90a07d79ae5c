"""References to files, folders, file sequences and addresses."""

from __future__ import annotations

import posixpath
from typing import Any, ClassVar

from sqlalchemy import Connection, Index, String, Table, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from stalker.core.rules import default, forward_slashes, not_blank, text
from stalker.models.entity import Entity

__all__ = ["Link"]

_text = text()
_not_blank = not_blank()
_slashes = forward_slashes()


def _or_filename(link: Link, value: str | None) -> str:
    return value or link.filename[:256]


class Link(Entity):
    """Something outside the database: a file, a folder, a file sequence or an address.

    File sequences are written as pyseq does, `%h%p%t %R`. The parts follow POSIX rules everywhere.
    """

    __auto_name__: ClassVar[bool] = True

    #: stored with forward slashes
    full_path: Mapped[str] = mapped_column(
        Text, info={"rules": (default(""), text(), forward_slashes())}
    )
    #: name of the file before it came here; the current file name if nothing else is given
    original_filename: Mapped[str] = mapped_column(
        String(256), info={"rules": (default(""), text(256)), "check": _or_filename}
    )

    __table_args__: Any = (Index(None, "full_path"),)

    def __init__(
        self, full_path: str | None = "", original_filename: str | None = "", **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.full_path = full_path  # type: ignore[assignment]
        self.original_filename = original_filename  # type: ignore[assignment]

    @property
    def path(self) -> str:
        """The folder: what stands before the last slash."""
        return posixpath.dirname(self.full_path or "")

    @path.setter
    def path(self, path: str) -> None:
        where = f"{type(self).__name__}.path"
        path = _slashes(_not_blank(_text(path, where), where), where)
        self._place(path, self.filename)

    @property
    def filename(self) -> str:
        """The file name with its extension: what stands after the last slash."""
        return posixpath.basename(self.full_path or "")

    @filename.setter
    def filename(self, filename: str | None) -> None:
        where = f"{type(self).__name__}.filename"
        self._place(self.path, _slashes(_text("" if filename is None else filename, where), where))

    @property
    def extension(self) -> str:
        """The last suffix with its dot, or nothing."""
        return posixpath.splitext(self.full_path or "")[1]

    @extension.setter
    def extension(self, extension: str | None) -> None:
        extension = _text(
            "" if extension is None else extension, f"{type(self).__name__}.extension"
        )
        if extension and not extension.startswith("."):
            extension = "." + extension
        self._place(self.path, posixpath.splitext(self.filename)[0] + extension)

    def _place(self, path: str, filename: str) -> None:
        self.full_path = posixpath.join(path, filename) if path else filename


@event.listens_for(Link.__table__, "before_create")
def _hash_paths(table: Table, connection: Connection, **_: Any) -> None:
    """Let PostgreSQL index a hash: a path may be longer than what its trees take.

    If the class said so, whoever imports it would import the dialect.
    """
    if connection.dialect.name == "postgresql":
        for index in table.indexes:
            index.dialect_kwargs["postgresql_using"] = "hash"
