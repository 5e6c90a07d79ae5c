"""What a class can be, besides an entity: coded, dated, scheduled, in a status, in a hierarchy …

Each mixin brings its columns and relationships, and a constructor that takes its own arguments and
passes the others on. A class without a constructor of its own needs to do nothing: `Asset(code=…)`.
"""

from __future__ import annotations

from stalker.models.mixins.acl import ACLMixin
from stalker.models.mixins.code import CodeMixin
from stalker.models.mixins.dag import DAGMixin
from stalker.models.mixins.date_range import DateRangeMixin
from stalker.models.mixins.measure import AmountMixin, UnitMixin
from stalker.models.mixins.project import ProjectMixin
from stalker.models.mixins.reference import ReferenceMixin
from stalker.models.mixins.schedule import ScheduleMixin
from stalker.models.mixins.secondary import create_secondary_table
from stalker.models.mixins.status import StatusMixin
from stalker.models.mixins.target import TargetEntityTypeMixin
from stalker.models.mixins.working_hours import WorkingHoursMixin

__all__ = [
    "ACLMixin",
    "AmountMixin",
    "CodeMixin",
    "DAGMixin",
    "DateRangeMixin",
    "ProjectMixin",
    "ReferenceMixin",
    "ScheduleMixin",
    "StatusMixin",
    "TargetEntityTypeMixin",
    "UnitMixin",
    "WorkingHoursMixin",
    "create_secondary_table",
]
