"""What a shell offers for codes of projects and for logins: those of the database."""

from __future__ import annotations

from typing import Any

import click


def projects(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the codes of projects that begin with what was typed."""
    from stalker import Project

    return _beginning_with(incomplete, Project.code, context)


def logins(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the logins that begin with what was typed."""
    from stalker import User

    return _beginning_with(incomplete, User.login, context)


def _beginning_with(incomplete: str, column: Any, context: click.Context) -> list[str]:
    from sqlalchemy import select

    from stalker.cli.opening import connected
    from stalker.db.session import DBSession

    try:
        with connected(context.params.get("database_url")):
            beginning = column.startswith(incomplete, autoescape=True)
            return list(DBSession.scalars(select(column).where(beginning).distinct()))
    except Exception:  # whoever presses TAB wants no message in the line
        return []
