"""Stalker knows a studio's productions: people, tasks, files, versions, and where they belong."""

__version__ = "2.0.0.dev0"
__title__ = "stalker"
__description__ = "Production asset management for animation and visual effects studios."
__uri__ = "https://github.com/stalker-prodam/stalker"
__license__ = "LGPL-3.0-or-later"
__copyright__ = "The Stalker authors"
__string_types__ = (str,)

from importlib import import_module
from typing import TYPE_CHECKING, Any

from stalker import config, events, exceptions, log
from stalker.config import Config
from stalker.log import logger

#: The configuration in effect. Library code reads it when it needs a value. It is made when it is
#: first looked at (docs/decisions/0022).
defaults: Config

if TYPE_CHECKING:
    from stalker import db, models
    from stalker.models.asset import Asset
    from stalker.models.auth import (
        AuthenticationLog,
        Group,
        LocalSession,
        Permission,
        Role,
        User,
    )
    from stalker.models.budget import (
        Budget,
        BudgetEntry,
        Good,
        Invoice,
        Payment,
        PriceList,
    )
    from stalker.models.client import Client, ClientUser
    from stalker.models.department import Department, DepartmentUser
    from stalker.models.entity import Entity, EntityGroup, SimpleEntity
    from stalker.models.format import ImageFormat
    from stalker.models.link import Link
    from stalker.models.message import Message
    from stalker.models.mixins import (
        ACLMixin,
        AmountMixin,
        CodeMixin,
        DAGMixin,
        DateRangeMixin,
        ProjectMixin,
        ReferenceMixin,
        ScheduleMixin,
        StatusMixin,
        TargetEntityTypeMixin,
        UnitMixin,
        WorkingHoursMixin,
    )
    from stalker.models.note import Note
    from stalker.models.project import (
        Project,
        ProjectClient,
        ProjectRepository,
        ProjectUser,
    )
    from stalker.models.repository import Repository
    from stalker.models.review import Daily, DailyLink, Review
    from stalker.models.scene import Scene
    from stalker.models.schedulers import (
        NativeScheduler,
        SchedulerBase,
        TaskJugglerScheduler,
    )
    from stalker.models.sequence import Sequence
    from stalker.models.shot import Shot
    from stalker.models.status import Status, StatusList
    from stalker.models.structure import Structure
    from stalker.models.studio import Studio, Vacation, WorkingHours
    from stalker.models.tag import Tag
    from stalker.models.task import Task, TaskChange, TaskDependency, TimeLog
    from stalker.models.template import FilenameTemplate
    from stalker.models.ticket import Ticket, TicketLog
    from stalker.models.type import EntityType, Type
    from stalker.models.variant import Variant
    from stalker.models.version import Version
    from stalker.models.wiki import Page

__all__ = [
    "ACLMixin",
    "AmountMixin",
    "Asset",
    "AuthenticationLog",
    "Budget",
    "BudgetEntry",
    "Client",
    "ClientUser",
    "CodeMixin",
    "DAGMixin",
    "Daily",
    "DailyLink",
    "DateRangeMixin",
    "Department",
    "DepartmentUser",
    "Entity",
    "EntityGroup",
    "EntityType",
    "FilenameTemplate",
    "Good",
    "Group",
    "ImageFormat",
    "Invoice",
    "Link",
    "LocalSession",
    "Message",
    "NativeScheduler",
    "Note",
    "Page",
    "Payment",
    "Permission",
    "PriceList",
    "Project",
    "ProjectClient",
    "ProjectMixin",
    "ProjectRepository",
    "ProjectUser",
    "ReferenceMixin",
    "Repository",
    "Review",
    "Role",
    "Scene",
    "ScheduleMixin",
    "SchedulerBase",
    "Sequence",
    "Shot",
    "SimpleEntity",
    "Status",
    "StatusList",
    "StatusMixin",
    "Structure",
    "Studio",
    "Tag",
    "TargetEntityTypeMixin",
    "Task",
    "TaskChange",
    "TaskDependency",
    "TaskJugglerScheduler",
    "Ticket",
    "TicketLog",
    "TimeLog",
    "Type",
    "UnitMixin",
    "User",
    "Vacation",
    "Variant",
    "Version",
    "WorkingHours",
    "WorkingHoursMixin",
    "config",
    "db",
    "defaults",
    "events",
    "exceptions",
    "log",
    "logger",
    "models",
]


def __getattr__(name: str) -> Any:
    """Map all classes when one of them, or the database, is asked for (docs/decisions/0015)."""
    if name == "defaults":
        return config.keep_first(globals(), name)
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
    module = import_module("stalker.db" if name == "db" else "stalker.models")
    if name not in globals():
        globals()[name] = getattr(module, name)
    return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
