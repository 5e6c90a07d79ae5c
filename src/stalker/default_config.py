"""Every setting of the library with its default. A studio's `config.py` sets the same names."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

DEFAULTS: dict[str, Any] = {
    # --- Database and storage ---------------------------------------------------------------------
    #: where `db.setup()` connects to when it is given nothing: an empty database in memory
    "database_engine_settings": {"sqlalchemy.url": "sqlite://", "sqlalchemy.echo": False},
    #: informational
    "database_session_settings": {},
    #: folder of what the library remembers on this workstation
    "local_storage_path": str(Path("~/.strc").expanduser()),
    #: file in it that remembers who is logged in
    "local_session_data_file_name": "local_session_data",
    #: how long that lasts
    "local_session_validity": timedelta(days=10),
    #: informational
    "server_side_storage_path": str(Path("~/Stalker_Storage").expanduser()),
    #: name of the environment variable that holds the root of a repository
    "repo_env_var_template": "REPO%(code)s",
    #: the same under its older name
    "repo_env_var_template_old": "REPO%(id)s",
    #: whether repositories set their environment variables at all
    "set_repo_env_vars": True,
    # --- Administrator ----------------------------------------------------------------------------
    #: whether `db.init()` creates an administrator
    "auto_create_admin": True,
    #: name of the administrator
    "admin_name": "admin",
    #: what the administrator logs in with
    "admin_login": "admin",
    #: change it: everybody knows it
    "admin_password": "admin",
    #: address of the administrator
    "admin_email": "admin@admin.com",
    #: department that the administrator is put into
    "admin_department_name": "admins",
    #: group that has every permission, and the administrator in it
    "admin_group_name": "admins",
    #: informational, not a secret
    "key": "stalker_default_key",
    #: what a permission can be about
    "actions": ["Create", "Read", "Update", "Delete", "List"],
    #: argon2id: passes over the memory, memory in KiB, lanes (RFC 9106, low-memory choice)
    "password_time_cost": 3,
    #: see `password_time_cost`
    "password_memory_cost": 65536,
    #: see `password_time_cost`
    "password_parallelism": 4,
    #: after so many wrong passwords in a row one has to wait a second, and twice as long each time
    "login_free_attempts": 5,
    #: the longest of these waits
    "login_longest_wait": timedelta(minutes=15),
    # --- Versions ---------------------------------------------------------------------------------
    #: take of a version that names none
    "version_take_name": "Main",
    # --- Tickets ----------------------------------------------------------------------------------
    #: how tickets are named: "Ticket #12"
    "ticket_label": "Ticket",
    #: statuses of tickets; a new one has the first
    "ticket_status_names": ["New", "Accepted", "Assigned", "Reopened", "Closed"],
    #: their codes
    "ticket_status_codes": ["NEW", "ACP", "ASG", "ROP", "CLS"],
    #: how a ticket can end
    "ticket_resolutions": ["fixed", "invalid", "wontfix", "duplicate", "worksforme", "cantfix"],
    #: whether a resolution must be one of these
    "enforce_ticket_resolutions": False,
    #: whether an action needs somebody who may update tickets
    "enforce_ticket_permissions": False,
    #: action -> current status -> what happens
    "ticket_workflow": {
        "resolve": {
            status: {"new_status": "Closed", "action": "set_resolution"}
            for status in ("New", "Accepted", "Assigned", "Reopened")
        },
        "accept": {
            status: {"new_status": "Accepted", "action": "set_owner"}
            for status in ("New", "Accepted", "Assigned", "Reopened")
        },
        "reassign": {
            status: {"new_status": "Assigned", "action": "set_owner"}
            for status in ("New", "Accepted", "Assigned", "Reopened")
        },
        "reopen": {"Closed": {"new_status": "Reopened", "action": "del_resolution"}},
    },
    # --- Time -------------------------------------------------------------------------------------
    #: the grid on which all dates lie; a studio in the database overrides this and the next five
    "timing_resolution": timedelta(hours=1),
    #: minutes after midnight
    "working_hours": {
        **{day: [[540, 1080]] for day in ("mon", "tue", "wed", "thu", "fri")},
        "sat": [],
        "sun": [],
    },
    #: hours of work in "a day" as a unit
    "daily_working_hours": 9,
    #: days of work in "a week" as a unit
    "weekly_working_days": 5,
    #: informational
    "weekly_working_hours": 45,
    #: days of work in "a year" as a unit
    "yearly_working_days": 261,
    #: the days as `working_hours` calls them, in the order of the week
    "day_order": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
    #: informational, as the next two: the units of a timing
    "datetime_units": ["min", "h", "d", "w", "m", "y"],
    #: their names
    "datetime_unit_names": ["minute", "hour", "day", "week", "month", "year"],
    #: how long they are on the calendar
    "datetime_units_to_timedelta_kwargs": {
        "min": {"name": "minutes", "multiplier": 1},
        "h": {"name": "hours", "multiplier": 1},
        "d": {"name": "days", "multiplier": 1},
        "w": {"name": "weeks", "multiplier": 1},
        "m": {"name": "days", "multiplier": 30},
        "y": {"name": "days", "multiplier": 365},
    },
    # --- Tasks ------------------------------------------------------------------------------------
    #: priority of a task that names none, from 0 to 1000
    "task_priority": 500,
    #: statuses of tasks; the workflow knows them by their codes
    "task_status_names": [
        "Waiting For Dependency",
        "Ready To Start",
        "Work In Progress",
        "Pending Review",
        "Has Revision",
        "Dependency Has Revision",
        "On Hold",
        "Stopped",
        "Completed",
    ],
    #: their codes
    "task_status_codes": ["WFD", "RTS", "WIP", "PREV", "HREV", "DREV", "OH", "STOP", "CMPL"],
    #: statuses of projects; a new one has the first
    "project_status_names": ["Ready To Start", "Work In Progress", "Completed"],
    #: their codes
    "project_status_codes": ["RTS", "WIP", "CMPL"],
    #: statuses of reviews; a new one has the first
    "review_status_names": ["New", "Requested Revision", "Approved"],
    #: their codes
    "review_status_codes": ["NEW", "RREV", "APP"],
    #: statuses of dailies; a new one has the first
    "daily_status_names": ["Open", "Closed"],
    #: their codes
    "daily_status_codes": ["OPEN", "CLS"],
    #: empty: `db.init()` makes no statuses for budgets, which then name their list themselves
    "budget_status_names": [],
    #: their codes
    "budget_status_codes": [],
    #: whether to refuse deleting an invoice with payments, or what it belongs to
    "protect_invoices": False,
    #: whether to refuse deleting a version that others were made from, or what it belongs to
    "protect_used_versions": False,
    #: whether only the workflow may set the status of a task or a review
    "strict_workflow": False,
    #: the index is the number of the constraint
    "task_schedule_constraints": ["none", "start", "end", "both"],
    #: informational, as the next one: what a timing can measure
    "task_schedule_models": ["effort", "length", "duration"],
    #: what the gap of a dependency can measure
    "task_dependency_gap_models": ["length", "duration"],
    #: after which end of a prerequisite one may begin; the first one is the default
    "task_dependency_targets": ["onend", "onstart"],
    #: the first one is the default
    "allocation_strategy": ["minallocated", "maxloaded", "minloaded", "order", "random"],
    #: whether whoever begins a task also ends it, unless the task says otherwise
    "persistent_allocation": True,
    # --- TaskJuggler ------------------------------------------------------------------------------
    #: the program of TaskJuggler
    "tj_command": "tj3" if sys.platform == "win32" else "/usr/local/bin/tj3",
    #: how long somebody may plan until others take that for dead
    "schedule_lock_lease": timedelta(hours=2),
    #: Jinja2 templates of what TaskJuggler reads; this one gets `workinghours`
    "tjp_working_hours_template": """\
{% for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun") %}
    workinghours {{ day }} \
{% for begin, end in workinghours[day] %}\
{{ "%02d:%02d - %02d:%02d"|format(begin // 60, begin % 60, end // 60, end % 60) }}\
{% if not loop.last %}, {% endif %}\
{% else %}off{% endfor %}{{ "" if loop.last else "\n" }}{% endfor %}""",
    #: gets `studio`, `now` and `utc`
    "tjp_studio_template": """
project {{ studio.tjp_id }} "{{ studio.tjp_id }}" {{ studio.start.astimezone(utc).date() }} \
- {{ studio.end.astimezone(utc).date() }} {
    timingresolution {{ "%i"|format(studio.timing_resolution.total_seconds() // 60) }}min
    now {{ now.astimezone(utc).strftime("%Y-%m-%d-%H:%M") }}
    dailyworkinghours {{ studio.daily_working_hours }}
    weekstartsmonday
{{ studio.working_hours.to_tjp }}
    timeformat "%Y-%m-%d"
    scenario plan "Plan"
    trackingscenario plan
}""",
    #: gets `project`
    "tjp_project_template": """\
task {{ project.tjp_id }} "{{ project.tjp_id }}" {
{% for task in project.root_tasks %}
{{ task.to_tjp }}
{% endfor %}
}""",
    #: gets `task`, `inherited_priority` and `utc`
    "tjp_task_template": """\
task {{ task.tjp_id }} "{{ task.tjp_id }}" {
{% if task.priority != inherited_priority %}
    priority {{ [task.priority, 1]|max }}
{% endif %}
{% if task.task_depends_to %}
    depends {% for link in task.task_depends_to %}{{ link.to_tjp }}{% if not loop.last %}, {% endif %}{% endfor %}

{% endif %}
{% if task.is_container %}
{% for child in task.children %}
{{ child.to_tjp }}
{% endfor %}
{% elif task.is_milestone %}
    milestone
{% elif task.resources or task.schedule_model != "effort" %}
{% if task.schedule_constraint in (1, 3) %}
    start {{ task.start.astimezone(utc).strftime("%Y-%m-%d-%H:%M") }}
{% endif %}
{% if task.schedule_constraint in (2, 3) %}
    end {{ task.end.astimezone(utc).strftime("%Y-%m-%d-%H:%M") }}
{% endif %}
{% if task.schedule_timing %}
    {{ task.schedule_model }} {{ task.schedule_timing }}{{ task.schedule_unit }}
{% endif %}
{% if task.resources %}
    allocate {% for resource in task.resources %}{{ resource.tjp_id }}{% if task.alternative_resources %} {
        alternative {{ task.alternative_resources|map(attribute="tjp_id")|join(", ") }} select {{ task.allocation_strategy }}{% if task.persistent_allocation %} persistent{% endif %}

    }{% endif %}{% if not loop.last %}, {% endif %}{% endfor %}

{% endif %}
{% endif %}
{% for log in task.time_logs %}
    booking {{ log.resource.tjp_id }} {{ log.start.astimezone(utc).strftime("%Y-%m-%d-%H:%M:%S") }} - {{ log.end.astimezone(utc).strftime("%Y-%m-%d-%H:%M:%S") }} { overtime 2 }
{% endfor %}
}""",
    #: gets `depends_to`, `dependency_target` and the gap
    "tjp_task_dependency_template": (
        "{{ depends_to.tjp_abs_id }} { {{- dependency_target -}}"
        "{% if gap_timing %} gap{{ gap_model }} {{ gap_timing }}{{ gap_unit }}{% endif %}}"
    ),
    #: gets `department`
    "tjp_department_template": """
resource {{ department.tjp_id }} "{{ department.tjp_id }}" {
{% for user in department.users %}
    {{ user.to_tjp }}
{% endfor %}
}""",
    #: gets `vacation` and `utc`
    "tjp_vacation_template": (
        'vacation {{ vacation.start.astimezone(utc).strftime("%Y-%m-%d-%H:%M:%S") }}'
        ' - {{ vacation.end.astimezone(utc).strftime("%Y-%m-%d-%H:%M:%S") }}'
    ),
    #: gets `user`
    "tjp_user_template": """\
resource {{ user.tjp_id }} "{{ user.tjp_id }}" {
    efficiency {{ user.efficiency }}
{% for vacation in user.vacations %}
    {{ vacation.to_tjp }}
{% endfor %}
}""",
    #: the whole file that `TaskJugglerScheduler` writes: gets the texts of its parts
    "tjp_main_template2": """\
# Generated By Stalker v{{ stalker.__version__ }}
{{ header_buffer }}

# resources
{{ artists_buffer }}

# tasks
{{ tasks_buffer }}

# reports
taskreport breakdown "{{ csv_file_name }}" {
    formats csv
    timeformat "%Y-%m-%d-%H:%M"
    columns id, start, end{% if compute_resources %}, resources{% endif %}

}
""",
    # --- For applications; the library does not use what follows ----------------------------------
    #: a folder, as in a `FilenameTemplate`
    "path_template": (
        "{{ project.code }}/{% for parent in parent_tasks %}{{ parent.nice_name }}/{% endfor %}"
    ),
    #: a file name, as in a `FilenameTemplate`
    "filename_template": (
        "{{ task.entity_type }}_{{ task.id }}_{{ version.take_name }}"
        '_v{{ "%03d"|format(version.version_number) }}'
    ),
    #: how a sequence of images is written
    "sequence_format": "%h%p%t %R",
    #: how the size of a file is written
    "file_size_format": "%.2f MB",
    #: how a moment is written, for `strftime()`
    "date_time_format": "%Y.%m.%d %H:%M",
    #: one of `resolution_presets`
    "default_resolution_preset": "HD 1080",
    #: first folders of a project, one in a line
    "project_structure": """\
{% for shot in project.shots %}
Shots/{{ shot.code }}
Shots/{{ shot.code }}/Plate
Shots/{{ shot.code }}/Reference
Shots/{{ shot.code }}/Texture
{% endfor %}
{% for asset in project.assets %}
{{ project.full_path }}/Assets/{{ asset.type.name }}/{{ asset.code }}
{{ project.full_path }}/Assets/{{ asset.type.name }}/{{ asset.code }}/Texture
{{ project.full_path }}/Assets/{{ asset.type.name }}/{{ asset.code }}/Reference
{% endfor %}""",
    #: extension of thumbnails
    "thumbnail_format": "jpg",
    #: their quality, for JPEG
    "thumbnail_quality": 70,
    #: their width and height
    "thumbnail_size": [320, 180],
    #: name -> width, height, pixel aspect
    "resolution_presets": {
        "PC Video": [640, 480, 1.0],
        "NTSC": [720, 486, 0.91],
        "NTSC 16:9": [720, 486, 1.21],
        "PAL": [720, 576, 1.067],
        "PAL 16:9": [720, 576, 1.46],
        "HD 720": [1280, 720, 1.0],
        "HD 1080": [1920, 1080, 1.0],
        "1K Super 35": [1024, 778, 1.0],
        "2K Super 35": [2048, 1556, 1.0],
        "4K Super 35": [4096, 3112, 1.0],
        "A4 Portrait": [2480, 3508, 1.0],
        "A4 Landscape": [3508, 2480, 1.0],
        "A3 Portrait": [3508, 4960, 1.0],
        "A3 Landscape": [4960, 3508, 1.0],
        "A2 Portrait": [4960, 7016, 1.0],
        "A2 Landscape": [7016, 4960, 1.0],
        "50x70cm Poster Portrait": [5905, 8268, 1.0],
        "50x70cm Poster Landscape": [8268, 5905, 1.0],
        "70x100cm Poster Portrait": [8268, 11810, 1.0],
        "70x100cm Poster Landscape": [11810, 8268, 1.0],
        "1k Square": [1024, 1024, 1.0],
        "2k Square": [2048, 2048, 1.0],
        "3k Square": [3072, 3072, 1.0],
        "4k Square": [4096, 4096, 1.0],
    },
}
