"""What a production looks like: as rows, as a page, and as a document for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
from rich.table import Table

from stalker import Project
from stalker.cli.amounts import shown_hours, shown_moment
from stalker.cli.output import console, plain, table
from stalker.models.progress import Progress
from stalker.services.overview import Overview
from stalker.workflow.derive import Code

_KINDS = ("Sequence", "Shot", "Asset", "Task")


def described(project: Project) -> dict[str, Any]:
    """Return what is fixed for a production."""
    image = project.image_format
    structure = project.structure
    return {
        "id": project.id,
        "code": project.code,
        "name": project.name,
        "active": project.active,
        "fps": project.fps,
        "resolution": image and {"width": image.width, "height": image.height},
        "structure": structure and structure.name,
        "repositories": [
            {"code": each.code, "path": each.path} for each in project.repositories if each
        ],
    }


def figures(whole: Overview) -> dict[str, Any]:
    """Return what there is in a production, and how far it is."""
    return {
        "counts": whole.counts,
        **_amounts(whole.progress),
        "start": whole.start,
        "end": whole.end,
        "people": [each._asdict() for each in whole.people],
    }


def row(project: Project, counts: Mapping[str, int], progress: Progress) -> dict[str, Any]:
    """Return a production as one of many."""
    return {
        "id": project.id,
        "code": project.code,
        "name": project.name,
        "active": project.active,
        "fps": project.fps,
        "counts": {kind: counts.get(kind, 0) for kind in _KINDS},
        **_amounts(progress),
    }


def _amounts(progress: Progress) -> dict[str, Any]:
    return {
        "planned_seconds": progress.schedule_seconds,
        "logged_seconds": progress.total_logged_seconds,
        "percent_complete": round(progress.percent_complete, 1),
    }


def listed(rows: list[dict[str, Any]]) -> Table:
    """Return productions as a table."""
    numbers = ("fps", "Shots", "Assets", "Tasks", "Done")
    found = table(("Code", "Name", *numbers), numbers)
    for each in rows:
        counts = (each["counts"][kind] for kind in ("Shot", "Asset", "Task"))
        figures = (f"{each['fps']:g}", *map(str, counts), f"{each['percent_complete']:.0f} %")
        name = each["name"] if each["active"] else f"{each['name']} (rests)"
        found.add_row(plain(each["code"]), plain(name), *figures)
    return found


def show_conventions(document: Mapping[str, Any]) -> None:
    """Print where the files of a production are, and what it is made at."""
    size = document["resolution"]
    pictures = f", {size['width']}x{size['height']}" if size else ""
    click.echo(f"{document['code']}: {document['name']}, {document['fps']:g} fps{pictures}")
    if not document["active"]:
        click.echo("It rests: what is left to do is not planned, and in nobody's list")
    for each in document["repositories"]:
        click.echo(f"Files below {each['path']}{document['code']} ({each['code']})")
    if document["structure"] is None:
        click.echo("No structure says what files are called")
    else:
        click.echo(f"Names by the structure {document['structure']!r}")


def show(document: Mapping[str, Any], whole: Overview) -> None:
    """Print a production."""
    show_conventions(document)
    if not whole.counts:
        click.echo("Nothing to do yet.")
        return
    if whole.start is None or whole.end is None:
        click.echo("Nothing to do: all of it is omitted.")
    else:
        click.echo(f"{shown_moment(whole.start)} to {shown_moment(whole.end)} UTC")
    logged, planned = document["logged_seconds"], document["planned_seconds"]
    share = f"{document['percent_complete']:.0f} %"
    click.echo(f"{shown_hours(logged)} of {shown_hours(planned)} done, {share}")
    click.echo()
    console().print(_statuses(whole))
    if whole.people:
        click.echo()
        console().print(_people(whole))


def _statuses(whole: Overview) -> Table:
    codes = [each for each in Code if any(each in found for found in whole.counts.values())]
    others = {code for found in whole.counts.values() for code in found} - set(Code)
    columns = (*map(str, codes), *sorted(others), "All")
    found = table(("", *columns), columns)
    for kind in _KINDS:
        counts = whole.counts.get(kind)
        if counts:
            cells = (str(counts.get(code, "")) for code in columns[:-1])
            found.add_row(f"{kind}s", *cells, str(sum(counts.values())))
    return found


def _people(whole: Overview) -> Table:
    numbers = ("Open", "Finished")
    found = table(("Who", "Name", *numbers), numbers)
    for each in whole.people:
        done = (str(each.open_tasks), str(each.finished_tasks))
        found.add_row(plain(each.login), plain(each.name), *done)
    return found
