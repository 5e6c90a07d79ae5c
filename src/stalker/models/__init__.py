"""The object model: one file for each entity, and helpers that work on any of them."""

from stalker.core.collecting import paused
from stalker.core.naming import make_plural
from stalker.db.declarative import Base
from stalker.db.schema import of_the_library

with paused():  # nothing of what mapping makes is garbage
    from stalker.models import announce as _announce  # noqa: F401 - it listens
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
    from stalker.models.traversal import (
        check_circular_dependency,
        local_to_utc,
        utc_to_local,
        walk_hierarchy,
    )
    from stalker.models.type import EntityType, Type
    from stalker.models.variant import Variant
    from stalker.models.version import Version
    from stalker.models.wiki import Page

of_the_library(Base.metadata.tables)

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
    "check_circular_dependency",
    "local_to_utc",
    "make_plural",
    "utc_to_local",
    "walk_hierarchy",
]
