"""`ProjectMixin`: belongs to a project and goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, backref, declared_attr, mapped_column, relationship

from stalker.core.rules import instance_of
from stalker.db.collections import EntityList
from stalker.db.declarative import KeywordConstructor

if TYPE_CHECKING:
    from stalker.models.project import Project


class ProjectMixin(KeywordConstructor):
    """Adds a mandatory `project`, and to it a list of these objects, named after their table."""

    project_id: Mapped[int | None] = mapped_column(ForeignKey("Projects.id", ondelete="CASCADE"))

    @declared_attr
    def project(cls: Any) -> Mapped[Project]:
        """What this belongs to, and is deleted with."""
        return relationship(
            "Project",
            foreign_keys=lambda: cls.project_id,
            backref=backref(
                cls.__tablename__.lower(),
                collection_class=EntityList,
                cascade="all, delete-orphan",
                passive_deletes=True,
                order_by=lambda: cls.__table__.c.id,
                info={"rules": (instance_of(cls),)},
            ),
            info={
                "rules": (instance_of("Project"),),
                "check": lambda obj, project: obj._checked_project(project),
                "required": True,
            },
        )

    def __init__(self, project: Project | None = None, **kwargs: Any) -> None:
        self.project = project
        super().__init__(**kwargs)

    def _checked_project(self, project: Any) -> Any:
        """Return the *project* that is about to be set, or raise."""
        return project
