"""`stalker init`: prepare a database."""

from __future__ import annotations

import click

import stalker
from stalker import User, db
from stalker.cli import database
from stalker.cli.opening import disconnect, reached, settings_of
from stalker.cli.options import database_option, json_option
from stalker.cli.output import answer, warn
from stalker.cli.refusal import Refused
from stalker.db.beside import made_beside
from stalker.default_config import DEFAULTS


@click.command()
@database_option
@click.option(
    "--admin-password",
    metavar="TEXT",
    envvar="STALKER_ADMIN_PASSWORD",
    help="Password of the administrator, if there is none yet. Better given in the environment "
    "variable STALKER_ADMIN_PASSWORD, where no list of processes shows it.",
)
@json_option
def init(database_url: str | None, admin_password: str | None, as_json: bool) -> None:
    """Create the tables and the first entries.

    These are the administrator, statuses and permissions. What is there already stays as it is, so
    it is safe to run it again.
    """
    if admin_password is not None and not admin_password.strip():
        raise Refused("the password of --admin-password is empty")
    with reached(database_url, must_exist=False) as (url, _), made_beside(url) as place:
        try:
            db.setup({**settings_of(database_url), "sqlalchemy.url": place})
            existed = _administrator() is not None
            db.init(admin_password)
            revision = db.get_alembic_version()
            admin = _administrator()
        finally:
            disconnect()
    login = None if admin is None else admin.login
    if as_json:
        answer({"database": database.shown(url), "revision": revision, "administrator": login})
    else:
        click.echo(f"{database.shown(url)} is ready, schema revision {revision}.")
    if admin is None:
        return
    if not as_json:
        click.echo(f"The administrator logs in as {login!r}.")
    if existed and admin_password is not None:
        warn(f"the administrator {admin.login!r} exists already: the password was NOT changed")
    if admin.check_password(DEFAULTS["admin_password"]):
        warn(
            "the administrator has the built-in password, which everybody knows: set"
            " STALKER_ADMIN_PASSWORD before a database is made, or now: "
            f"stalker user passwd {admin.login}"
        )


def _administrator() -> User | None:
    return User.query.filter_by(login=stalker.defaults.admin_login).first()
