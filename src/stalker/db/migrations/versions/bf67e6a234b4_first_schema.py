"""The first schema.

The names of keys, constraints and indexes follow from the naming convention in
`stalker.db.declarative`; what the triggers are for is told in `stalker.db.guards`.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "bf67e6a234b4"
down_revision = None
branch_labels = None
depends_on = None

#: tables whose rows continue a row of SimpleEntities
GUARDED = (
    "Assets",
    "AuthenticationLogs",
    "BudgetEntries",
    "Budgets",
    "Clients",
    "Dailies",
    "Departments",
    "EntityGroups",
    "FilenameTemplates",
    "Goods",
    "Groups",
    "ImageFormats",
    "Invoices",
    "Links",
    "Messages",
    "Notes",
    "Pages",
    "Payments",
    "PriceLists",
    "Projects",
    "Repositories",
    "Reviews",
    "Roles",
    "Scenes",
    "Sequences",
    "Shots",
    "StatusLists",
    "Statuses",
    "Structures",
    "Studios",
    "Tags",
    "Tasks",
    "TicketLogs",
    "Tickets",
    "TimeLogs",
    "Types",
    "Users",
    "Vacations",
    "Variants",
    "Versions",
    "WorkingHours",
)


def upgrade() -> None:
    op.create_table(
        "EntityTypes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(128), nullable=False, unique=True),
        sa.Column("statusable", sa.Boolean, nullable=False),
        sa.Column("dateable", sa.Boolean, nullable=False),
        sa.Column("schedulable", sa.Boolean, nullable=False),
        sa.Column("accepts_references", sa.Boolean, nullable=False),
    )
    op.create_table(
        "Permissions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("access", sa.String(32), nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("class_name", sa.String(128), nullable=False),
        sa.UniqueConstraint("access", "action", "class_name"),
        sa.CheckConstraint("access IN ('Allow', 'Deny')", name="AccessNames"),
    )
    op.create_table(
        "SimpleEntities",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("entity_type", sa.String(128), nullable=False, index=True),
        sa.Column("name", sa.String(256), nullable=False, index=True),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("generic_text", sa.Text, nullable=False),
        sa.Column("date_created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("date_updated", sa.DateTime(timezone=True), nullable=False),
        sa.Column("html_style", sa.String(64), nullable=False),
        sa.Column("html_class", sa.String(64), nullable=False),
        sa.Column("stalker_version", sa.String(256), nullable=False),
        reference("created_by_id", "Users", "SET NULL", late=True, index=True),
        reference("updated_by_id", "Users", "SET NULL", late=True, index=True),
        reference("type_id", "Types", "SET NULL", late=True, index=True),
        reference("thumbnail_id", "Links", "SET NULL", late=True, index=True),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "TicketCounters",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.create_table(
        "Clients",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
    )
    op.create_table(
        "Departments",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
    )
    op.create_table(
        "EntityGroups",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
    )
    op.create_table(
        "FilenameTemplates",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("filename", sa.Text, nullable=False),
        sa.Column("target_entity_type", sa.String(128), nullable=False, index=True),
    )
    op.create_table(
        "Groups",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
    )
    op.create_table(
        "ImageFormats",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("pixel_aspect", sa.Double, nullable=False),
        sa.Column("print_resolution", sa.Double, nullable=False),
    )
    op.create_table(
        "Links",
        sa.Column("full_path", sa.Text, nullable=False),
        sa.Column("original_filename", sa.String(256), nullable=False),
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
        sa.Index(None, "full_path", postgresql_using="hash"),
    )
    op.create_table(
        "Notes",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
    )
    op.create_table(
        "PriceLists",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
    )
    op.create_table(
        "Repositories",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
        sa.Column("linux_path", sa.Text, nullable=False),
        sa.Column("windows_path", sa.Text, nullable=False),
        sa.Column("osx_path", sa.Text, nullable=False),
        sa.Column("code", sa.String(256), nullable=False, index=True),
    )
    op.create_table(
        "Roles",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
    )
    op.create_table(
        "SimpleEntity_GenericData",
        reference("simple_entity_id", "SimpleEntities", "CASCADE", primary_key=True),
        reference(
            "other_simple_entity_id", "SimpleEntities", "CASCADE", primary_key=True, index=True
        ),
    )
    op.create_table(
        "StatusLists",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
        sa.Column("target_entity_type", sa.String(128), nullable=False, unique=True),
    )
    op.create_table(
        "Statuses",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
        sa.Column("code", sa.String(256), nullable=False, index=True),
    )
    op.create_table(
        "Structures",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
        sa.Column("custom_template", sa.Text, nullable=False),
    )
    op.create_table(
        "Tags",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
    )
    op.create_table(
        "Types",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
        sa.Column("target_entity_type", sa.String(128), nullable=False, index=True),
        sa.Column("code", sa.String(256), nullable=False, index=True),
    )
    op.create_table(
        "Users",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
        sa.Column("login", sa.String(256), nullable=False, unique=True),
        sa.Column("email", sa.String(256), nullable=False, unique=True),
        sa.Column("password", sa.String(256), nullable=False),
        sa.Column("efficiency", sa.Double, nullable=False),
        sa.Column("rate", sa.Double, nullable=False),
    )
    op.create_table(
        "WorkingHours",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
        sa.Column("working_hours", json(), nullable=False),
        sa.Column("daily_working_hours", sa.Integer, nullable=False),
        sa.CheckConstraint("daily_working_hours BETWEEN 1 AND 24", name="daily_working_hours"),
    )
    op.create_table(
        "AuthenticationLogs",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
        reference("uid", "Users", "CASCADE", nullable=False, index=True),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("date", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("succeeded", sa.Boolean, nullable=False),
        sa.CheckConstraint("action IN ('login', 'logout')", name="ActionNames"),
    )
    op.create_table(
        "Client_Users",
        reference("uid", "Users", "CASCADE", primary_key=True),
        reference("cid", "Clients", "CASCADE", primary_key=True, index=True),
        reference("rid", "Roles", "SET NULL", index=True),
    )
    op.create_table(
        "Department_Users",
        reference("uid", "Users", "CASCADE", primary_key=True),
        reference("did", "Departments", "CASCADE", primary_key=True, index=True),
        reference("rid", "Roles", "SET NULL", index=True),
    )
    op.create_table(
        "EntityGroup_Entities",
        reference("entity_group_id", "EntityGroups", "CASCADE", primary_key=True),
        reference("entity_id", "SimpleEntities", "CASCADE", primary_key=True, index=True),
        sa.Column("position", sa.Integer),
    )
    op.create_table(
        "Entity_Notes",
        reference("entity_id", "SimpleEntities", "CASCADE", primary_key=True),
        reference("note_id", "Notes", "CASCADE", primary_key=True, index=True),
    )
    op.create_table(
        "Entity_Tags",
        reference("entity_id", "SimpleEntities", "CASCADE", primary_key=True),
        reference("tag_id", "Tags", "CASCADE", primary_key=True, index=True),
    )
    op.create_table(
        "Goods",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
        sa.Column("cost", money(), nullable=False),
        sa.Column("msrp", money(), nullable=False),
        sa.Column("archived", sa.Boolean, nullable=False),
        reference("client_id", "Clients", "CASCADE", index=True),
        sa.Column("unit", sa.String(64), nullable=False),
    )
    op.create_table(
        "Group_Permissions",
        reference("group_id", "Groups", "CASCADE", primary_key=True),
        reference("permission_id", "Permissions", "CASCADE", primary_key=True, index=True),
    )
    op.create_table(
        "Group_Users",
        reference("uid", "Users", "CASCADE", primary_key=True),
        reference("gid", "Groups", "CASCADE", primary_key=True, index=True),
    )
    op.create_table(
        "Messages",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
        reference("status_list_id", "StatusLists", nullable=False, index=True),
        reference("status_id", "Statuses", nullable=False, index=True),
    )
    op.create_table(
        "Projects",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("fps", sa.Double, nullable=False),
        sa.Column("is_stereoscopic", sa.Boolean, nullable=False),
        reference("image_format_id", "ImageFormats", index=True),
        reference("structure_id", "Structures", index=True),
        reference("status_list_id", "StatusLists", nullable=False, index=True),
        reference("status_id", "Statuses", nullable=False, index=True),
        sa.Column("start", sa.DateTime(timezone=True), index=True),
        sa.Column("end", sa.DateTime(timezone=True), index=True),
        sa.Column("duration", sa.Interval),
        sa.Column("computed_start", sa.DateTime(timezone=True)),
        sa.Column("computed_end", sa.DateTime(timezone=True)),
        sa.Column("code", sa.String(256), nullable=False, index=True),
    )
    op.create_table(
        "StatusList_Statuses",
        reference("status_list_id", "StatusLists", "CASCADE", primary_key=True),
        reference("status_id", "Statuses", primary_key=True, index=True),
        sa.Column("position", sa.Integer),
    )
    op.create_table(
        "Structure_FilenameTemplates",
        reference("structure_id", "Structures", "CASCADE", primary_key=True),
        reference("filenametemplate_id", "FilenameTemplates", primary_key=True, index=True),
        sa.Column("position", sa.Integer),
    )
    op.create_table(
        "Studios",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
        sa.Column("timing_resolution", sa.Interval, nullable=False),
        sa.Column("is_scheduling", sa.Boolean, nullable=False),
        reference("is_scheduling_by_id", "Users", "SET NULL", index=True),
        sa.Column("scheduling_started_at", sa.DateTime(timezone=True)),
        sa.Column("last_scheduled_at", sa.DateTime(timezone=True)),
        reference("last_scheduled_by_id", "Users", "SET NULL", index=True),
        sa.Column("last_schedule_message", sa.Text),
        sa.Column("last_schedule_succeeded", sa.Boolean),
        sa.Column("start", sa.DateTime(timezone=True), index=True),
        sa.Column("end", sa.DateTime(timezone=True), index=True),
        sa.Column("duration", sa.Interval),
        sa.Column("computed_start", sa.DateTime(timezone=True)),
        sa.Column("computed_end", sa.DateTime(timezone=True)),
        reference("working_hours_id", "WorkingHours", index=True),
    )
    op.create_table(
        "User_Permissions",
        reference("user_id", "Users", "CASCADE", primary_key=True),
        reference("permission_id", "Permissions", "CASCADE", primary_key=True, index=True),
    )
    op.create_table(
        "Vacations",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
        reference("user_id", "Users", "CASCADE", index=True),
        sa.Column("start", sa.DateTime(timezone=True), index=True),
        sa.Column("end", sa.DateTime(timezone=True), index=True),
        sa.Column("duration", sa.Interval),
        sa.Column("computed_start", sa.DateTime(timezone=True)),
        sa.Column("computed_end", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "Budgets",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
        reference("project_id", "Projects", "CASCADE", index=True),
        reference("parent_id", "Budgets", "CASCADE", index=True),
        reference("status_list_id", "StatusLists", nullable=False, index=True),
        reference("status_id", "Statuses", nullable=False, index=True),
    )
    op.create_table(
        "Dailies",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
        reference("status_list_id", "StatusLists", nullable=False, index=True),
        reference("status_id", "Statuses", nullable=False, index=True),
        reference("project_id", "Projects", "CASCADE", index=True),
    )
    op.create_table(
        "Pages",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        reference("project_id", "Projects", "CASCADE", index=True),
    )
    op.create_table(
        "PriceList_Goods",
        reference("price_list_id", "PriceLists", "CASCADE", primary_key=True),
        reference("good_id", "Goods", "CASCADE", primary_key=True, index=True),
        sa.Column("position", sa.Integer),
    )
    op.create_table(
        "Project_Clients",
        reference("client_id", "Clients", "CASCADE", primary_key=True),
        reference("project_id", "Projects", "CASCADE", primary_key=True, index=True),
        reference("rid", "Roles", "SET NULL", index=True),
    )
    op.create_table(
        "Project_References",
        reference("project_id", "Projects", "CASCADE", primary_key=True),
        reference("link_id", "Links", "CASCADE", primary_key=True, index=True),
    )
    op.create_table(
        "Project_Repositories",
        reference("project_id", "Projects", "CASCADE", primary_key=True),
        reference("repository_id", "Repositories", primary_key=True, index=True),
        sa.Column("position", sa.Integer),
    )
    op.create_table(
        "Project_Users",
        reference("user_id", "Users", "CASCADE", primary_key=True),
        reference("project_id", "Projects", "CASCADE", primary_key=True, index=True),
        reference("rid", "Roles", "SET NULL", index=True),
        sa.Column("rate", sa.Double, nullable=False),
    )
    op.create_table(
        "Scenes",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
        reference("project_id", "Projects", "CASCADE", index=True),
        sa.Column("code", sa.String(256), nullable=False, index=True),
    )
    op.create_table(
        "Tasks",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
        reference("project_id", "Projects", "CASCADE", nullable=False, index=True),
        sa.Column("is_milestone", sa.Boolean, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("bid_timing", sa.Double),
        sa.Column("bid_unit", sa.String(32)),
        sa.Column("allocation_strategy", sa.String(32), nullable=False),
        sa.Column("persistent_allocation", sa.Boolean, nullable=False),
        sa.Column("review_number", sa.Integer, nullable=False),
        reference("good_id", "Goods", "SET NULL", index=True),
        reference("status_list_id", "StatusLists", nullable=False, index=True),
        reference("status_id", "Statuses", nullable=False, index=True),
        sa.Column("schedule_seconds", sa.BigInteger),
        sa.Column("total_logged_seconds", sa.BigInteger),
        sa.Column("start", sa.DateTime(timezone=True), index=True),
        sa.Column("end", sa.DateTime(timezone=True), index=True),
        sa.Column("duration", sa.Interval),
        sa.Column("computed_start", sa.DateTime(timezone=True)),
        sa.Column("computed_end", sa.DateTime(timezone=True)),
        sa.Column("schedule_timing", sa.Float),
        sa.Column("schedule_unit", sa.String(32)),
        sa.Column("schedule_model", sa.String(32), nullable=False),
        sa.Column("schedule_constraint", sa.Integer, nullable=False),
        reference("parent_id", "Tasks", "CASCADE", index=True),
        sa.CheckConstraint(
            "allocation_strategy IN ('minallocated', 'maxloaded', 'minloaded', 'order', 'random')",
            name="ResourceAllocationStrategy",
        ),
        sa.CheckConstraint(
            "schedule_model IN ('effort', 'length', 'duration')", name="TaskScheduleModel"
        ),
        sa.CheckConstraint("bid_unit IN ('min', 'h', 'd', 'w', 'm', 'y')", name="bid_TimeUnit"),
        sa.CheckConstraint("bid_timing >= 0", name="bid_timing"),
        sa.CheckConstraint("priority BETWEEN 0 AND 1000", name="priority"),
        sa.CheckConstraint(
            "schedule_unit IN ('min', 'h', 'd', 'w', 'm', 'y')", name="schedule_TimeUnit"
        ),
        sa.CheckConstraint('"schedule_constraint" BETWEEN 0 AND 3', name="schedule_constraint"),
        sa.CheckConstraint("schedule_timing >= 0", name="schedule_timing"),
    )
    op.create_table(
        "Tickets",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
        reference("project_id", "Projects", "CASCADE", nullable=False, index=True),
        reference("owner_id", "Users", "SET NULL", index=True),
        sa.Column("number", sa.Integer, nullable=False, unique=True),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("priority", sa.String(32), nullable=False),
        sa.Column("resolution", sa.String(128)),
        reference("status_list_id", "StatusLists", nullable=False, index=True),
        reference("status_id", "Statuses", nullable=False, index=True),
        sa.CheckConstraint(
            "priority IN ('TRIVIAL', 'MINOR', 'MAJOR', 'CRITICAL', 'BLOCKER')", name="PriorityType"
        ),
    )
    op.create_table(
        "Assets",
        reference("id", "Tasks", "CASCADE", primary_key=True),
        sa.Column("code", sa.String(256), nullable=False, index=True),
    )
    op.create_table(
        "BudgetEntries",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
        reference("budget_id", "Budgets", "CASCADE", nullable=False, index=True),
        reference("good_id", "Goods", nullable=False, index=True),
        sa.Column("cost", money(), nullable=False),
        sa.Column("msrp", money(), nullable=False),
        sa.Column("price", money(), nullable=False),
        sa.Column("realized_total", money(), nullable=False),
        sa.Column("amount", money(), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
    )
    op.create_table(
        "Daily_Links",
        reference("daily_id", "Dailies", "CASCADE", primary_key=True),
        reference("link_id", "Links", "CASCADE", primary_key=True, index=True),
        sa.Column("rank", sa.Integer, nullable=False),
    )
    op.create_table(
        "Invoices",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
        reference("budget_id", "Budgets", "CASCADE", nullable=False, index=True),
        reference("client_id", "Clients", nullable=False, index=True),
        sa.Column("amount", money(), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
    )
    op.create_table(
        "Sequences",
        reference("id", "Tasks", "CASCADE", primary_key=True),
        sa.Column("code", sa.String(256), nullable=False, index=True),
    )
    op.create_table(
        "Shots",
        reference("id", "Tasks", "CASCADE", primary_key=True),
        reference("project_id", "Projects", "CASCADE", nullable=False, index=True),
        sa.Column("cut_in", sa.Integer, nullable=False),
        sa.Column("cut_out", sa.Integer, nullable=False),
        sa.Column("source_in", sa.Integer, nullable=False),
        sa.Column("source_out", sa.Integer, nullable=False),
        sa.Column("record_in", sa.Integer),
        sa.Column("record_track", sa.Integer),
        sa.Column("clip_name", sa.Text),
        sa.Column("clip_media", sa.Text),
        sa.Column("clip_speed", sa.Double),
        sa.Column("fps", sa.Double),
        reference("image_format_id", "ImageFormats", index=True),
        sa.Column("code", sa.String(256), nullable=False, index=True),
        sa.UniqueConstraint("project_id", "code"),
        sa.CheckConstraint("cut_in <= cut_out", name="cut"),
        sa.CheckConstraint(
            "cut_in <= source_in AND source_in <= source_out AND source_out <= cut_out",
            name="source",
        ),
    )
    op.create_table(
        "Task_Alternative_Resources",
        reference("task_id", "Tasks", "CASCADE", primary_key=True),
        reference("resource_id", "Users", "CASCADE", primary_key=True, index=True),
    )
    op.create_table(
        "Task_Changes",
        sa.Column("id", sa.Integer, primary_key=True),
        reference("task_id", "Tasks", "CASCADE", nullable=False, index=True),
        sa.Column("date", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        reference("user_id", "Users", "SET NULL", index=True),
        reference("from_status_id", "Statuses", index=True),
        reference("to_status_id", "Statuses", index=True),
        reference("resource_id", "Users", "SET NULL", index=True),
    )
    op.create_table(
        "Task_Computed_Resources",
        reference("task_id", "Tasks", "CASCADE", primary_key=True),
        reference("resource_id", "Users", "CASCADE", primary_key=True, index=True),
    )
    op.create_table(
        "Task_Dependencies",
        reference("task_id", "Tasks", "CASCADE", primary_key=True),
        reference("depends_to_id", "Tasks", "CASCADE", primary_key=True, index=True),
        sa.Column("dependency_target", sa.String(32), nullable=False),
        sa.Column("gap_timing", sa.Float),
        sa.Column("gap_unit", sa.String(32)),
        sa.Column("gap_model", sa.String(32), nullable=False),
        sa.Column("gap_constraint", sa.Integer, nullable=False),
        sa.CheckConstraint(
            "gap_model IN ('effort', 'length', 'duration')", name="TaskDependencyGapModel"
        ),
        sa.CheckConstraint(
            "dependency_target IN ('onend', 'onstart')", name="TaskDependencyTarget"
        ),
        sa.CheckConstraint("gap_unit IN ('min', 'h', 'd', 'w', 'm', 'y')", name="gap_TimeUnit"),
        sa.CheckConstraint('"gap_constraint" BETWEEN 0 AND 3', name="gap_constraint"),
    )
    op.create_table(
        "Task_References",
        reference("task_id", "Tasks", "CASCADE", primary_key=True),
        reference("link_id", "Links", "CASCADE", primary_key=True, index=True),
    )
    op.create_table(
        "Task_Resources",
        reference("task_id", "Tasks", "CASCADE", primary_key=True),
        reference("resource_id", "Users", "CASCADE", primary_key=True, index=True),
    )
    op.create_table(
        "Task_Responsible",
        reference("task_id", "Tasks", "CASCADE", primary_key=True),
        reference("responsible_id", "Users", "CASCADE", primary_key=True, index=True),
    )
    op.create_table(
        "Task_Watchers",
        reference("task_id", "Tasks", "CASCADE", primary_key=True),
        reference("watcher_id", "Users", "CASCADE", primary_key=True, index=True),
    )
    op.create_table(
        "TicketLogs",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
        reference("ticket_id", "Tickets", "CASCADE", nullable=False, index=True),
        reference("from_status_id", "Statuses", nullable=False, index=True),
        reference("to_status_id", "Statuses", nullable=False, index=True),
        sa.Column("action", sa.String(64), nullable=False),
    )
    op.create_table(
        "Ticket_Related_Tickets",
        reference("ticket_id", "Tickets", "CASCADE", primary_key=True),
        reference("related_ticket_id", "Tickets", "CASCADE", primary_key=True, index=True),
        sa.CheckConstraint("ticket_id != related_ticket_id", name="another"),
    )
    op.create_table(
        "Ticket_SimpleEntities",
        reference("ticket_id", "Tickets", "CASCADE", primary_key=True),
        reference("simple_entity_id", "SimpleEntities", "CASCADE", primary_key=True, index=True),
    )
    op.create_table(
        "TimeLogs",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
        reference("task_id", "Tasks", "CASCADE", nullable=False, index=True),
        reference("resource_id", "Users", "CASCADE", nullable=False),
        sa.Column("start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration", sa.Interval, nullable=False),
        sa.Column("computed_start", sa.DateTime(timezone=True)),
        sa.Column("computed_end", sa.DateTime(timezone=True)),
        sa.CheckConstraint('"end" > start', name="range"),
        sa.Index(None, "resource_id", "start"),
    )
    op.create_table(
        "Variants",
        reference("id", "Tasks", "CASCADE", primary_key=True),
    )
    op.create_table(
        "VersionCounters",
        reference("task_id", "Tasks", "CASCADE", primary_key=True),
        sa.Column("take_name", sa.String(256), primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.create_table(
        "Versions",
        reference("id", "Links", "CASCADE", primary_key=True),
        reference("task_id", "Tasks", "CASCADE", nullable=False),
        sa.Column("take_name", sa.String(256), nullable=False),
        sa.Column("version_number", sa.Integer, nullable=False),
        sa.Column("is_published", sa.Boolean, nullable=False),
        sa.Column("created_with", sa.String(256)),
        reference("parent_id", "Versions", "SET NULL", index=True),
        sa.UniqueConstraint("task_id", "take_name", "version_number"),
        sa.Index(None, "task_id", "take_name", "is_published", "version_number"),
    )
    op.create_table(
        "Payments",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
        reference("invoice_id", "Invoices", "CASCADE", nullable=False, index=True),
        sa.Column("amount", money(), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
    )
    op.create_table(
        "Reviews",
        reference("id", "SimpleEntities", "CASCADE", primary_key=True),
        reference("task_id", "Tasks", "CASCADE", nullable=False, index=True),
        reference("reviewer_id", "Users", "SET NULL", index=True),
        reference("version_id", "Versions", "SET NULL", index=True),
        sa.Column("review_number", sa.Integer, nullable=False),
        sa.Column("schedule_timing", sa.Float),
        sa.Column("schedule_unit", sa.String(32)),
        sa.Column("schedule_model", sa.String(32), nullable=False),
        sa.Column("schedule_constraint", sa.Integer, nullable=False),
        reference("status_list_id", "StatusLists", nullable=False, index=True),
        reference("status_id", "Statuses", nullable=False, index=True),
        sa.CheckConstraint(
            "schedule_model IN ('effort', 'length', 'duration')", name="ReviewScheduleModel"
        ),
        sa.CheckConstraint(
            "schedule_unit IN ('min', 'h', 'd', 'w', 'm', 'y')", name="schedule_TimeUnit"
        ),
        sa.CheckConstraint('"schedule_constraint" BETWEEN 0 AND 3', name="schedule_constraint"),
    )
    op.create_table(
        "Shot_Scenes",
        reference("shot_id", "Shots", "CASCADE", primary_key=True),
        reference("scene_id", "Scenes", "CASCADE", primary_key=True, index=True),
    )
    op.create_table(
        "Shot_Sequences",
        reference("shot_id", "Shots", "CASCADE", primary_key=True),
        reference("sequence_id", "Sequences", "CASCADE", primary_key=True, index=True),
    )
    op.create_table(
        "Version_Inputs",
        reference("version_id", "Versions", "CASCADE", primary_key=True),
        reference("link_id", "Links", "CASCADE", primary_key=True, index=True),
    )
    op.create_table(
        "Version_Outputs",
        reference("version_id", "Versions", "CASCADE", primary_key=True),
        reference("link_id", "Links", "CASCADE", primary_key=True, index=True),
    )
    if is_postgresql():
        # the circles among the tables; SQLite has these keys already, with its tables
        op.create_foreign_key(
            None, "SimpleEntities", "Users", ["created_by_id"], ["id"], ondelete="SET NULL"
        )
        op.create_foreign_key(
            None, "SimpleEntities", "Users", ["updated_by_id"], ["id"], ondelete="SET NULL"
        )
        op.create_foreign_key(
            None, "SimpleEntities", "Types", ["type_id"], ["id"], ondelete="SET NULL"
        )
        op.create_foreign_key(
            None, "SimpleEntities", "Links", ["thumbnail_id"], ["id"], ondelete="SET NULL"
        )
    create_guards()
    keep_bookings_apart()


def create_guards() -> None:
    """Let each delete remove the row in SimpleEntities, too."""
    delete_root = 'DELETE FROM "SimpleEntities" WHERE id = OLD.id'
    action = f"BEGIN {delete_root}; END"
    if is_postgresql():
        op.execute(
            "CREATE FUNCTION stalker_delete_root() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN {delete_root}; RETURN NULL; END $$"
        )
        action = "FOR EACH ROW EXECUTE FUNCTION stalker_delete_root()"
    for table in GUARDED:
        op.execute(f'CREATE TRIGGER "{table}_delete_root" AFTER DELETE ON "{table}" {action}')


def keep_bookings_apart() -> None:
    """Let nobody work on two things at once."""
    if is_postgresql():
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        op.execute(
            'ALTER TABLE "TimeLogs" ADD CONSTRAINT overlapping_time_logs EXCLUDE USING gist '
            """(resource_id WITH =, tstzrange(start, "end", '[)') WITH &&)"""
        )
        return
    for name, when in (("insert", "INSERT"), ("update", 'UPDATE OF resource_id, start, "end"')):
        op.execute(
            f'CREATE TRIGGER "overlapping_time_logs_{name}" BEFORE {when} ON "TimeLogs" '  # noqa: S608
            # those of one person do not overlap: the last one that begins before lasts longest
            "BEGIN SELECT RAISE(ABORT, 'overlapping_time_logs') WHERE NEW.start < "
            '(SELECT "end" FROM "TimeLogs" WHERE resource_id = NEW.resource_id AND id != NEW.id '
            'AND start < NEW."end" ORDER BY start DESC LIMIT 1); END'
        )


def downgrade() -> None:
    if is_postgresql():
        op.drop_constraint("SimpleEntities_created_by_id_fkey", "SimpleEntities")
        op.drop_constraint("SimpleEntities_updated_by_id_fkey", "SimpleEntities")
        op.drop_constraint("SimpleEntities_type_id_fkey", "SimpleEntities")
        op.drop_constraint("SimpleEntities_thumbnail_id_fkey", "SimpleEntities")
    op.drop_table("Version_Outputs")
    op.drop_table("Version_Inputs")
    op.drop_table("Shot_Sequences")
    op.drop_table("Shot_Scenes")
    op.drop_table("Reviews")
    op.drop_table("Payments")
    op.drop_table("Versions")
    op.drop_table("VersionCounters")
    op.drop_table("Variants")
    op.drop_table("TimeLogs")
    op.drop_table("Ticket_SimpleEntities")
    op.drop_table("Ticket_Related_Tickets")
    op.drop_table("TicketLogs")
    op.drop_table("Task_Watchers")
    op.drop_table("Task_Responsible")
    op.drop_table("Task_Resources")
    op.drop_table("Task_References")
    op.drop_table("Task_Dependencies")
    op.drop_table("Task_Computed_Resources")
    op.drop_table("Task_Changes")
    op.drop_table("Task_Alternative_Resources")
    op.drop_table("Shots")
    op.drop_table("Sequences")
    op.drop_table("Invoices")
    op.drop_table("Daily_Links")
    op.drop_table("BudgetEntries")
    op.drop_table("Assets")
    op.drop_table("Tickets")
    op.drop_table("Tasks")
    op.drop_table("Scenes")
    op.drop_table("Project_Users")
    op.drop_table("Project_Repositories")
    op.drop_table("Project_References")
    op.drop_table("Project_Clients")
    op.drop_table("PriceList_Goods")
    op.drop_table("Pages")
    op.drop_table("Dailies")
    op.drop_table("Budgets")
    op.drop_table("Vacations")
    op.drop_table("User_Permissions")
    op.drop_table("Studios")
    op.drop_table("Structure_FilenameTemplates")
    op.drop_table("StatusList_Statuses")
    op.drop_table("Projects")
    op.drop_table("Messages")
    op.drop_table("Group_Users")
    op.drop_table("Group_Permissions")
    op.drop_table("Goods")
    op.drop_table("Entity_Tags")
    op.drop_table("Entity_Notes")
    op.drop_table("EntityGroup_Entities")
    op.drop_table("Department_Users")
    op.drop_table("Client_Users")
    op.drop_table("AuthenticationLogs")
    op.drop_table("WorkingHours")
    op.drop_table("Users")
    op.drop_table("Types")
    op.drop_table("Tags")
    op.drop_table("Structures")
    op.drop_table("Statuses")
    op.drop_table("StatusLists")
    op.drop_table("SimpleEntity_GenericData")
    op.drop_table("Roles")
    op.drop_table("Repositories")
    op.drop_table("PriceLists")
    op.drop_table("Notes")
    op.drop_table("Links")
    op.drop_table("ImageFormats")
    op.drop_table("Groups")
    op.drop_table("FilenameTemplates")
    op.drop_table("EntityGroups")
    op.drop_table("Departments")
    op.drop_table("Clients")
    op.drop_table("TicketCounters")
    op.drop_table("SimpleEntities")
    op.drop_table("Permissions")
    op.drop_table("EntityTypes")
    if is_postgresql():
        op.execute("DROP FUNCTION stalker_delete_root()")


def reference(
    name: str, table: str, ondelete: str | None = None, late: bool = False, **options: Any
) -> sa.Column[int]:
    """Return a column with a foreign key; a *late* one is added when all tables are there."""
    key = sa.ForeignKey(f"{table}.id", ondelete=ondelete, use_alter=late)
    return sa.Column(name, sa.Integer, key, **options)


def is_postgresql() -> bool:
    return op.get_context().dialect.name == "postgresql"


def money() -> sa.types.TypeEngine[Any]:
    """Return the type of an exact amount; SQLite counts ten-thousandths."""
    return sa.Numeric(18, 4) if is_postgresql() else sa.BigInteger()


def json() -> sa.types.TypeEngine[Any]:
    """Return the type of JSON; SQLite has only text for it."""
    return sa.JSON() if is_postgresql() else sa.Text()
