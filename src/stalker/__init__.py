"""Stalker knows a studio's productions: people, tasks, files, versions, and where they belong."""

__version__ = "2.0.0.dev0"
__title__ = "stalker"
__description__ = "Production asset management for animation and visual effects studios."
__uri__ = "https://github.com/stalker-prodam/stalker"
__license__ = "LGPL-3.0-or-later"
__copyright__ = "The Stalker authors"
__string_types__ = (str,)

from stalker.config import Config
from stalker.log import logger

#: The configuration in effect. Library code reads it when it needs a value.
defaults: Config = Config()

# The models read `stalker.defaults` and `stalker.__version__`, so they come after both.
from stalker import config, db, events, exceptions, log, models  # noqa: E402
from stalker.models import announce as _announce  # noqa: E402, F401 - it listens
from stalker.models.asset import Asset  # noqa: E402
from stalker.models.auth import (  # noqa: E402
    AuthenticationLog,
    Group,
    LocalSession,
    Permission,
    Role,
    User,
)
from stalker.models.budget import (  # noqa: E402
    Budget,
    BudgetEntry,
    Good,
    Invoice,
    Payment,
    PriceList,
)
from stalker.models.client import Client, ClientUser  # noqa: E402
from stalker.models.department import Department, DepartmentUser  # noqa: E402
from stalker.models.entity import Entity, SimpleEntity  # noqa: E402
from stalker.models.format import ImageFormat  # noqa: E402
from stalker.models.group import EntityGroup  # noqa: E402
from stalker.models.link import Link  # noqa: E402
from stalker.models.message import Message  # noqa: E402
from stalker.models.mixins import (  # noqa: E402
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
from stalker.models.note import Note  # noqa: E402
from stalker.models.project import (  # noqa: E402
    Project,
    ProjectClient,
    ProjectRepository,
    ProjectUser,
)
from stalker.models.repository import Repository  # noqa: E402
from stalker.models.scene import Scene  # noqa: E402
from stalker.models.schedulers import SchedulerBase  # noqa: E402
from stalker.models.sequence import Sequence  # noqa: E402
from stalker.models.shot import Shot  # noqa: E402
from stalker.models.status import Status, StatusList  # noqa: E402
from stalker.models.structure import Structure  # noqa: E402
from stalker.models.studio import Studio, Vacation, WorkingHours  # noqa: E402
from stalker.models.tag import Tag  # noqa: E402
from stalker.models.task import Task, TaskDependency  # noqa: E402
from stalker.models.template import FilenameTemplate  # noqa: E402
from stalker.models.ticket import Ticket, TicketLog  # noqa: E402
from stalker.models.type import EntityType, Type  # noqa: E402
from stalker.models.version import Version  # noqa: E402
from stalker.models.wiki import Page  # noqa: E402

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
    "TaskDependency",
    "Ticket",
    "TicketLog",
    "Type",
    "UnitMixin",
    "User",
    "Vacation",
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
