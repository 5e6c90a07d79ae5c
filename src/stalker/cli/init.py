"""`stalker init`: prepare a database."""

from __future__ import annotations

import click
from sqlalchemy import make_url

import stalker
from stalker import db


@click.command()
@click.option(
    "--database",
    metavar="URL",
    default=None,
    help="For example sqlite:///studio.db or postgresql+psycopg://user@host/studio; without it the "
    "one that the configuration names.",
)
@click.option(
    "--admin-password",
    metavar="TEXT",
    envvar="STALKER_ADMIN_PASSWORD",
    help="Password of the administrator, if there is none yet. Better given in the environment "
    "variable STALKER_ADMIN_PASSWORD, where no list of processes shows it.",
)
def init(database: str | None, admin_password: str | None) -> None:
    """Create the tables and the first entries: administrator, statuses, permissions.

    What is there already stays as it is, so it is safe to run it again.
    """
    settings = stalker.defaults.database_engine_settings
    if database is not None:
        settings = {"sqlalchemy.url": database}
    url = make_url(settings["sqlalchemy.url"])
    if url.get_backend_name() == "sqlite" and not url.database:
        raise click.UsageError(
            "a database in memory would be gone at once: name one with --database URL"
        )
    db.setup(settings)
    db.init(admin_password)
    click.echo(f"{url.render_as_string()} is ready, schema revision {db.get_alembic_version()}.")
    if stalker.defaults.auto_create_admin:
        click.echo(f"The administrator logs in as {stalker.defaults.admin_login!r}.")
