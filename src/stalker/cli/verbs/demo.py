"""`stalker demo`: a film cut becomes a production."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import click

import stalker
from stalker import Project
from stalker.cli import database
from stalker.cli.demo import report
from stalker.cli.demo.place import Place
from stalker.cli.options import json_option
from stalker.cli.output import answer, note
from stalker.cli.progress import track
from stalker.editorial import meridian, read_cut


@click.command()
@click.option(
    "--database",
    "database_url",
    metavar="URL",
    help="Where to build it; without it a new SQLite file in the output folder.",
)
@click.option(
    "--cut",
    "cut_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="An OTIO, EDL, Final Cut 7 XML or FCPXML file; without it the cut of the film Meridian.",
)
@click.option(
    "--fps",
    type=float,
    metavar="RATE",
    help="Frame rate of an EDL, which does not tell it; without it the lowest of 24, 25, 30, 50, "
    "60 that its timecodes allow.",
)
@click.option(
    "--timeline", metavar="NAME", help="Which one, if the file holds more than one timeline."
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path("stalker-demo"),
    show_default=True,
    metavar="DIR",
    help="Folder for the files of the versions.",
)
@click.option("--force", is_flag=True, help="Remove the demo that is there, and start afresh.")
@click.option("--all", "everything", is_flag=True, help="List every shot and every version.")
@json_option
def demo(
    database_url: str | None,
    cut_file: Path | None,
    fps: float | None,
    timeline: str | None,
    output: Path,
    force: bool,
    everything: bool,
    as_json: bool,
) -> None:
    """Build a small production from a film cut, and show it.

    A project with one shot for each clip, assets, tasks with dependencies, people in departments,
    and first versions as files on disk. If anything goes wrong nothing is left, and a demo that
    --force would have replaced stays, except on PostgreSQL.
    """
    begin = time.perf_counter()
    place = Place(output, None if database_url is None else database.parse(database_url))
    cut = read_cut(meridian() if cut_file is None else cut_file, fps, timeline)
    if cut_file is None:
        cut = replace(cut, name="Meridian")  # the file calls itself "test"
    # nobody logs in to a demo: the least cost that OWASP accepts is enough for its passwords
    stalker.defaults.password_time_cost = 2
    stalker.defaults.password_memory_cost = 19 * 1024
    stalker.defaults.password_parallelism = 1
    place.prepare(force)
    for warning in cut.warnings:
        note(warning)
    project = place.build(cut, track)
    if as_json:
        answer({"database": database.shown(place.url), "plan": place.plan, **_summary(project)})
        return
    report.show(project, everything)
    report.finish(place.url, place.plan, time.perf_counter() - begin)


def _summary(project: Project) -> dict[str, object]:
    return {
        "project": {"code": project.code, "name": project.name, "fps": project.fps},
        "shots": len(project.shots),
        "assets": len(project.assets),
        "tasks": len(project.tasks),
        "people": len(project.users),
        "end": project.end,
    }
