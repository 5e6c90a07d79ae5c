"""`stalker project`: productions."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import select

from stalker import Project, Repository, Structure
from stalker.cli import completing, production
from stalker.cli.finding import projects_of
from stalker.cli.opening import connected
from stalker.cli.options import database_option, json_option
from stalker.cli.output import answer, console
from stalker.cli.refusal import Refused, typed
from stalker.cli.who import deed_of, known, user_option
from stalker.core.frames import exact_rate
from stalker.core.naming import nice_name
from stalker.core.suggestions import did_you_mean
from stalker.db.locks import AdvisoryLock, lock
from stalker.db.session import DBSession
from stalker.services.conventions import (
    STANDARD,
    image_format,
    repository_at,
    standard,
    structure_of,
)
from stalker.services.overview import counts_of, overview


@click.group()
def project() -> None:
    """Add productions, list them, look at one, and let it rest."""


@project.command()
@database_option
@click.argument("code", metavar="CODE")
@click.option("--name", metavar="TEXT", help="Without it the code.")
@click.option(
    "--fps", default="25", show_default=True, metavar="RATE", help="24, 23.976, 30000/1001"
)
@click.option(
    "--resolution",
    metavar="SIZE",
    help="2048x858, or a name such as HD 1080, which it is without this option.",
)
@click.option(
    "--repository",
    "place",
    required=True,
    metavar="FOLDER|CODE",
    help="Where the files are: a folder that is there, or the code of a repository.",
)
@click.option("--linux-path", metavar="FOLDER", help="What that folder is called on Linux.")
@click.option("--windows-path", metavar="FOLDER", help="What it is called on Windows.")
@click.option("--macos-path", metavar="FOLDER", help="What it is called on macOS.")
@click.option(
    "--structure",
    "structure_name",
    metavar="NAME",
    help=f"How files are named: a structure of the database. Without it {STANDARD}.",
)
@click.option(
    "--template",
    "templates",
    nargs=3,
    multiple=True,
    metavar="CLASS FOLDER NAME",
    help="Name the files of a class, such as Shot, in another way: Jinja2 for folder and file.",
)
@user_option
@json_option
def add(
    database_url: str | None,
    code: str,
    name: str | None,
    fps: str,
    resolution: str | None,
    place: str,
    linux_path: str | None,
    windows_path: str | None,
    macos_path: str | None,
    structure_name: str | None,
    templates: tuple[tuple[str, str, str], ...],
    login: str | None,
    as_json: bool,
) -> None:
    """Add a production with all that its files need: place, names, frame rate, resolution.

    CODE is part of paths. Of the standard names, that of a first version of Comp in the shot SH010
    is FOLDER/CODE/SH010/Comp/SH010_Comp_Main_v001 and an extension.
    """
    if nice_name(code) != code:
        hint = f": did you mean {nice_name(code)!r}?" if nice_name(code) else ""
        raise Refused(f"a code is letters, digits and _, not {code!r}{hint}")
    if structure_name and templates:
        raise click.UsageError("--structure and --template exclude each other")
    elsewhere = {"linux_path": linux_path, "windows_path": windows_path, "macos_path": macos_path}
    with connected(database_url):
        by = known(login)
        with deed_of(by) as session, typed():
            # nobody else may find the code free, or make the standard, before this is done
            lock(session.connection(), AdvisoryLock.SEED)
            if session.scalar(select(Project.id).where(Project.code == code).limit(1)):
                raise Refused(f"there is a project {code!r} already")
            made = Project(
                name=name or code,
                code=code,
                fps=float(exact_rate(fps, "the frame rate")),
                repositories=[_repository(place, elsewhere)],
                structure=_structure(structure_name, code, templates),
                image_format=image_format(session, resolution or _default_resolution()),
                created_by=by,
            )
            session.add(made)
        document = production.described(made)
        if as_json:
            answer({"project": document})
        else:
            production.show_conventions(document)


@project.command()
@database_option
@click.argument("code", metavar="CODE", shell_complete=completing.projects)
@click.option("--name", metavar="TEXT", help="Another name; the code stays, as it is in paths.")
@click.option(
    "--active/--resting",
    "is_active",
    default=None,
    help="Whether it is planned, and in the lists of those who work on it.",
)
@user_option
@json_option
def change(
    database_url: str | None,
    code: str,
    name: str | None,
    is_active: bool | None,
    login: str | None,
    as_json: bool,
) -> None:
    """Give a production another name, let it rest, or go on. Then plan again."""
    if name is None and is_active is None:
        raise click.UsageError("what? --name, --active or --resting")
    with connected(database_url):
        with deed_of(known(login)), typed():
            (found,) = projects_of([code])
            if name is not None:
                found.name = name
            if is_active is not None:
                found.active = is_active
        document = production.described(found)
        if as_json:
            answer({"project": document})
        else:
            production.show_conventions(document)


@project.command("list")
@database_option
@json_option
def list_(database_url: str | None, as_json: bool) -> None:
    """List the productions: shots, assets, tasks, how far they are."""
    with connected(database_url):
        everything = list(DBSession.scalars(select(Project).order_by(Project.code, Project.id)))
        progress = Project.totals_for(everything)
        counts = counts_of(DBSession(), everything)
        rows = [production.row(each, counts[each.id], progress[each]) for each in everything]
    if as_json:
        answer({"projects": rows})
    else:
        console().print(production.listed(rows))


@project.command()
@database_option
@click.argument("code", metavar="CODE", shell_complete=completing.projects)
@json_option
def show(database_url: str | None, code: str, as_json: bool) -> None:
    """Show what there is in a production, how far it is, who works on it, and where files are."""
    with connected(database_url):
        (found,) = projects_of([code])
        whole = overview(DBSession(), found)
        document = production.described(found) | production.figures(whole)
        if as_json:
            answer({"project": document})
        else:
            production.show(document, whole)


def _default_resolution() -> str:
    import stalker

    return str(stalker.defaults.default_resolution_preset)


def _repository(place: str, elsewhere: dict[str, str | None]) -> Repository:
    by_code = DBSession.scalars(select(Repository).where(Repository.code == place)).first()
    folder = Path(place).absolute()
    if by_code is None and not folder.is_dir():
        codes = DBSession.scalars(select(Repository.code))
        hint = did_you_mean(place, codes) or ": make the folder before"
        raise Refused(f"there is neither a folder nor a repository {place!r}{hint}")
    found = by_code or repository_at(DBSession(), folder)
    for attribute, path in elsewhere.items():
        if path is not None:
            setattr(found, attribute, path)
    return found


def _structure(
    name: str | None, code: str, templates: tuple[tuple[str, str, str], ...]
) -> Structure:
    if templates:
        return structure_of(code, templates)
    if name is None:
        return standard(DBSession())
    query = select(Structure).where(Structure.name == name).order_by(Structure.id).limit(1)
    found = DBSession.scalars(query).first()
    if found is None:
        names = DBSession.scalars(select(Structure.name))
        raise Refused(f"there is no structure {name!r}{did_you_mean(name, names)}")
    return found
