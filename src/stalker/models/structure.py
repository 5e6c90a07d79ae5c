"""`Structure`: the naming convention of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stalker.core.rules import default, instance_of, text
from stalker.db.association import Association, end, members
from stalker.db.collections import OrderedList
from stalker.models.entity import Entity

if TYPE_CHECKING:
    from stalker.models.template import FilenameTemplate

__all__ = ["Structure", "StructureTemplate"]


class StructureTemplate(Association):
    """The place of a template in a structure."""

    __tablename__ = "Structure_FilenameTemplates"
    __ends__ = ("structure", "template")

    structure_id: Mapped[int] = mapped_column(
        ForeignKey("Structures.id", ondelete="CASCADE"), primary_key=True
    )
    # a template in use cannot be deleted
    filenametemplate_id: Mapped[int] = mapped_column(
        ForeignKey("FilenameTemplates.id"), primary_key=True
    )
    position: Mapped[int | None]
    structure: Mapped[Structure | None] = end(
        "structure", "Structure", back_populates="template_rows"
    )
    template: Mapped[FilenameTemplate | None] = end("template", "FilenameTemplate")

    def __init__(
        self, structure: Structure | None = None, template: FilenameTemplate | None = None
    ) -> None:
        super().__init__()
        self.structure = structure
        self.template = template


class Structure(Entity):
    """Templates for the paths of a project's files, and a recipe for its first folders."""

    __auto_name__: ClassVar[bool] = False

    structure_id: Mapped[int] = mapped_column(
        "id", ForeignKey("SimpleEntities.id", ondelete="CASCADE"), primary_key=True
    )
    #: the templates with their places; `templates` shows the templates alone
    template_rows: Mapped[list[StructureTemplate]] = relationship(
        back_populates="structure",
        order_by=StructureTemplate.position,
        collection_class=OrderedList,
        cascade="all, delete-orphan",
        passive_deletes=True,
        info={"rules": (instance_of("StructureTemplate"),)},
    )
    #: of several templates for one class, the first is used
    templates = members(
        "template_rows", "StructureTemplate", "template", "FilenameTemplate", strict=True
    )
    #: Jinja2 text with the variable `project`; each line names a folder below the project's
    custom_template: Mapped[str] = mapped_column(
        Text, default="", info={"rules": (default(""), text())}
    )

    def __init__(
        self,
        templates: list[FilenameTemplate] | None = None,
        custom_template: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.templates = [] if templates is None else templates
        self.custom_template = custom_template  # type: ignore[assignment]

    def template_for(self, entity_type: str) -> FilenameTemplate | None:
        """Return the first template for exactly that class."""
        return next(
            (each for each in self.templates if each.target_entity_type == entity_type), None
        )
