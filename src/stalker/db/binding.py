"""Connect the process to a database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy
from sqlalchemy import Engine

import stalker
from stalker.db import engines
from stalker.db.declarative import named
from stalker.db.schema import check_alembic_version, create_missing_tables
from stalker.db.session import DBSession

__all__ = ["create_repo_vars", "setup", "update_defaults_with_studio"]


def setup(settings: Mapping[str, Any] | None = None, must_be_ready: bool = False) -> None:
    """Bind `DBSession` to a database and create the tables that are missing.

    *settings* has the keys of `sqlalchemy.engine_from_config()` with the prefix `sqlalchemy.`, for
    example `{"sqlalchemy.url": "postgresql+psycopg://localhost/stalker"}`. Without them
    `stalker.defaults.database_engine_settings` count: an empty database in memory, as delivered.
    Raises `SchemaVersionError` for a database of another release, and with *must_be_ready* for one
    that `init()` has not been in: such a one gets no tables then.
    """
    if settings is not None and not isinstance(settings, Mapping):
        raise TypeError(
            "db.setup() takes a dict such as {'sqlalchemy.url': 'sqlite:///studio.db'}, not "
            f"{type(settings).__name__}"
        )
    engine = engines.create(settings or stalker.defaults.database_engine_settings)
    DBSession.remove()
    previous = DBSession.session_factory.kw.get("bind")
    DBSession.configure(bind=engine)
    # those of the studio whose database was bound before
    stalker.defaults.drop_overrides()
    if isinstance(previous, Engine):
        previous.dispose()
    check_alembic_version(must_be_ready)
    create_missing_tables(DBSession.connection())
    DBSession.commit()
    update_defaults_with_studio()
    create_repo_vars()
    DBSession.rollback()  # no transaction stays open


def create_repo_vars() -> dict[str, str]:
    """Set the environment variables of all repositories, and return them.

    With `defaults.set_repo_env_vars` off they are only returned, for the environment of another
    process.
    """
    repository = named("Repository")
    variables: dict[str, str] = {}
    repository.forget_variables()
    # the lowest id wins where two repositories share a code, and codes win over ids
    with DBSession.no_autoflush:
        rows = sorted(DBSession.scalars(sqlalchemy.select(repository)), key=lambda row: -row.id)
    for row in rows:
        variables[row.env_var_of_id] = row.path or ""
    for row in rows:
        variables[row.env_var] = row.path or ""
    for row in reversed(rows):
        row.export()
    return variables


def update_defaults_with_studio() -> None:
    """Let the studio's working times override the configured ones, if the database has a studio."""
    studio_class = named("Studio")
    query = sqlalchemy.select(studio_class).order_by(studio_class.id).limit(1)
    with DBSession.no_autoflush:
        studio = DBSession.scalars(query).first()
    if studio is not None:
        studio.update_defaults()
