"""`stalker publish`: a file becomes the next version of a task."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import click
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

import stalker
from stalker import Project, Task, User, Version
from stalker.cli import signals
from stalker.cli.finding import path_of, task_named
from stalker.cli.omitted import mention_omission
from stalker.cli.opening import connected
from stalker.cli.options import database_option, json_option
from stalker.cli.output import answer, warn
from stalker.cli.progress import bar
from stalker.cli.refusal import Refused, typed
from stalker.cli.who import deed_of, known, user_option
from stalker.db.session import DBSession
from stalker.services.publishing import appear, number, place, staged
from stalker.services.writing import keep_with

#: how much is copied at once, in bytes
_PIECE = 4 * 1024 * 1024


@click.command()
@database_option
@click.argument("task", metavar="TASK")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--variant", metavar="NAME", help="Another line of work on the task; else Main.")
@click.option("--description", default="", metavar="TEXT", help="What is new.")
@user_option
@json_option
def publish(
    database_url: str | None,
    task: str,
    file: Path,
    variant: str | None,
    description: str,
    login: str | None,
    as_json: bool,
) -> None:
    """Copy FILE to where the next version of TASK belongs, and publish that.

    The naming convention of the project says where. FILE stays as it is, and a file that is there
    already is never replaced.
    """
    if not file.is_file():
        raise Refused(f"{file}: {'it is no file' if file.exists() else 'there is no such file'}")
    with connected(database_url), signals.postponed() as heed:
        by = known(login)
        entity = task_named(task)
        _refuse_nameless(entity.project)

        def new() -> Version:
            take = stalker.defaults.version_take_name if variant is None else variant
            return Version(
                task=entity,
                take_name=take,
                description=description,
                original_filename=file.name[-256:],
                created_by=by,
            )

        version, path = _published(new, by, file, heed)
        mention_omission(entity)
        if as_json:
            answer({"version": _described(version, entity, path)})
        else:
            click.echo(f"{path_of(entity)}: {version.take_name}, version {version.version_number}")
            click.echo(path)


def _refuse_nameless(project: Project) -> None:
    """Refuse a project without naming convention: other than those of `stalker project add`."""
    if project.structure is None:
        code = (
            "from stalker.services.conventions import standard; "
            f"DBSession.get(Project, {project.id}).structure = standard(DBSession()); "
            "DBSession.commit()"
        )
        raise Refused(
            f"{project.name} has no structure, which says what files are called; this gives it "
            f"the one that stalker project add gives: stalker shell -c {shlex.quote(code)}"
        )


def _published(
    new: Callable[[], Version], by: User | None, file: Path, heed: Callable[[], None]
) -> tuple[Version, Path]:
    """Copy *file* first, so that others wait for nothing but the number."""
    with ExitStack() as undo:
        with typed():
            folder = _folder_of(new())
        _make(folder, undo)
        with bar("Copying") as report, staged(folder, _pieces(file, report, heed)) as beside:
            return _appeared(new, by, file.suffix, beside, undo, heed)


def _appeared(
    new: Callable[[], Version],
    by: User | None,
    extension: str,
    beside: Path,
    undo: ExitStack,
    heed: Callable[[], None],
) -> tuple[Version, Path]:
    path = None
    try:
        with deed_of(by) as session, typed():
            version = new()
            session.add(version)
            number([version], extension)
            _make(place(version).parent, undo)
            path = appear(version, beside)
            keep_with(version, path)
            key = version.id
            heed()
    except DBAPIError as error:
        if path is None or not path.exists():
            raise
        return _found(key, path, error), path
    return version, path


def _found(key: int, path: Path, error: DBAPIError) -> Version:
    """Return a version that was stored, though the connection broke off before it was said."""
    reason = " ".join(str(error.orig).split())
    with suppress(SQLAlchemyError):
        version = DBSession.get(Version, key)
        if version is not None:
            warn(f"the connection broke off when the version was stored already: {reason}")
            return version
    raise Unknown(
        f"{reason}. Nobody can tell whether the version was stored: its file {path} stays, "
        "in case it was; if no version has it, remove it"
    ) from error


class Unknown(Refused):
    """Something may have been done."""

    exit_code = 1


def _folder_of(version: Version) -> Path:
    """Return where a version would be if it were written now; it is not."""
    version.update_paths()
    folder = place(version).parent
    roots = [Path(str(each.path)) for each in version.task.project.repositories]
    DBSession.rollback()
    for root in roots:
        # a drive that is not there would get a folder of its name, and nobody finds the file
        if folder.is_relative_to(root) and not root.is_dir():
            raise Refused(f"{root}: this folder of a repository is not there")
    return folder


def _make(folder: Path, undo: ExitStack) -> None:
    """Make a folder that goes again, with those above it, if nothing else comes into it."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in reversed(missing):
        undo.callback(_remove, each)


def _remove(folder: Path) -> None:
    with suppress(OSError):  # not empty, or gone
        folder.rmdir()


def _pieces(
    file: Path, report: Callable[[int, int | None], None], heed: Callable[[], None]
) -> Iterator[bytes]:
    total = file.stat().st_size
    done = 0
    with file.open("rb") as source:
        while piece := source.read(_PIECE):
            heed()
            yield piece
            done += len(piece)
            report(done, total)
    heed()


def _described(version: Version, task: Task, path: Path) -> dict[str, object]:
    return {
        "id": version.id,
        "task": {"id": task.id, "path": path_of(task)},
        "variant": version.take_name,
        "number": version.version_number,
        "path": path,
        "full_path": version.full_path,
        "user": version.created_by and version.created_by.login,
    }
