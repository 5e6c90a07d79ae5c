"""The database: `setup()` connects to it, `init()` fills it, `register()` adds to it."""

from __future__ import annotations

from stalker.db import guards, ids  # noqa: F401 - they listen to sessions and tables
from stalker.db.binding import create_repo_vars, setup, update_defaults_with_studio
from stalker.db.schema import (
    alembic_version,
    check_alembic_version,
    create_alembic_table,
    get_alembic_version,
)
from stalker.db.seed import create_entity_statuses, create_ticket_statuses, init, register
from stalker.db.session import acting_as
from stalker.db.upgrade import upgrade

# isort: split
import stalker.models  # noqa: F401 - last, when the models find all they need here

__all__ = [
    "acting_as",
    "alembic_version",
    "check_alembic_version",
    "create_alembic_table",
    "create_entity_statuses",
    "create_repo_vars",
    "create_ticket_statuses",
    "get_alembic_version",
    "init",
    "register",
    "setup",
    "update_defaults_with_studio",
    "upgrade",
]
