"""Which projects a plan is made of: those that are named, else all that do not rest."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from stalker import Project
from stalker.cli.finding import projects_of
from stalker.cli.refusal import Refused
from stalker.db.session import DBSession

_HINT = "stalker project change CODE --active"


def projects_to_plan(codes: Sequence[str]) -> tuple[list[Project], list[str]]:
    """Return them, or none for all that there are, and a warning of those that rest."""
    if codes:
        return projects_of(codes), []
    everything = list(DBSession.scalars(select(Project).order_by(Project.id)))
    resting = [each.code for each in everything if not each.active]
    if not resting:
        return [], []
    if len(resting) == len(everything):
        raise Refused(f"there is nothing to plan, for all projects rest: {_HINT} lets one go on")
    rest = "rests, and is" if len(resting) == 1 else "rest, and are"
    warning = f"{', '.join(resting)} {rest} not planned: {_HINT} changes that"
    return [each for each in everything if each.active], [warning]
