"""`FilenameTemplate`: where the files of one class of tasks belong, and how they are called."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from stalker import storage
from stalker.core.rules import default, text
from stalker.models.entity import Entity
from stalker.models.mixins import TargetEntityTypeMixin

__all__ = ["FilenameTemplate"]

_text = {"rules": (default(""), text())}

#: What templates can use; see the table of variables in the documentation.
VARIABLES = frozenset(
    {
        "asset",
        "extension",
        "parent_tasks",
        "project",
        "scenes",
        "sequence",
        "sequences",
        "shot",
        "task",
        "type",
        "version",
    }
)


class FilenameTemplate(Entity, TargetEntityTypeMixin):
    """Jinja2 templates of folder and file name for the tasks of one class.

    Any text can be stored. Rendering happens in a sandbox over read-only views, see
    `stalker.storage`; `validate()` finds what would fail there.
    """

    __auto_name__: ClassVar[bool] = False

    filenameTemplate_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    #: the folder; usually begins with the path or the variable of the project's repository
    path: Mapped[str] = mapped_column(Text, default="", info=_text)
    #: the file name; without the extension, unless the template prints `extension`
    filename: Mapped[str] = mapped_column(Text, default="", info=_text)

    def __init__(
        self,
        target_entity_type: str | type | None = None,
        path: str | None = None,
        filename: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(target_entity_type=target_entity_type, **kwargs)
        self.path = path  # type: ignore[assignment]
        self.filename = filename  # type: ignore[assignment]

    def validate(self) -> list[str]:
        """Return what is wrong with the two templates, one sentence each, without rendering."""
        return [
            f"{attribute}: {problem}"
            for attribute in ("path", "filename")
            for problem in storage.problems(getattr(self, attribute), VARIABLES)
        ]
