"""Every cut of the collection through the database: to the frame, out again, and in again."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import select

from stalker import Project, Shot
from stalker.db.session import DBSession
from stalker.editorial import read_cut
from stalker.editorial.export import write_cut
from stalker.services.conforming import apply_cut, plan_cut
from stalker.services.editorial import export_cut
from tests.editorial.independent import Row, ranges, record_ranges, timelines
from tests.editorial.test_real_files import HERE, READABLE

FCPX = [
    ("nle-xml/fcpx_example.fcpxml", timeline)
    for timeline in ("OpenTimeline_Project", "OpenTimeline_Project 1")
    if find_spec("otio_fcpx_xml_adapter") is not None
]
CUTS = [*((name, fps, None) for name, fps, *_ in READABLE), *((n, None, t) for n, t in FCPX)]
#: one of each format, with several tracks, rates and a retime
ON_POSTGRESQL = (
    "otio/Meridian_UHD4k5994_HDR_P3PQ.otio",
    "otio/timecode_rates.otio",
    "otio/nested_example.otio",
    "otio-edl/screening_example.edl",
    "nle-xml/premiere_example.xml",
)
#: the track is said to lie before 0, which OpenTimelineIO takes literally; it was made from an EDL
SHIFTED = {"otio/screening_example.otio": "otio-edl/screening_example.edl"}


def independent(name: str, fps: float, timeline: str | None) -> list[Row]:
    """Return the frames that OpenTimelineIO gives; the place in an EDL by its own timecodes."""
    path = HERE / SHIFTED.get(name, name)
    found = timelines(path, fps)
    (chosen,) = [each for each in found if timeline in (None, each.name)]
    rows = ranges(chosen)
    if path.suffix != ".edl":
        return rows
    places = record_ranges(path, fps)
    return [(*row[:4], *place) for row, place in zip(rows, places, strict=True)]


@pytest.mark.parametrize(
    ("backend", "name", "fps", "timeline"),
    [
        pytest.param(
            backend, name, fps, timeline, id=f"{backend}-{Path(name).name}-{fps}-{timeline}"
        )
        for backend in ("sqlite", "postgresql")
        for name, fps, timeline in CUTS
        if backend == "sqlite" or name in ON_POSTGRESQL
    ],
    indirect=["backend"],
)
def test_a_real_cut(
    database: str, name: str, fps: float | None, timeline: str | None, tmp_path: Path
) -> None:
    """All frames are those of OpenTimelineIO; exported and imported again, nothing changes.

    The latter also in projects of other rates, where a shot keeps its own.
    """
    cut = read_cut(HERE / name, fps, timeline)
    for rate in (cut.fps, 25, 23.976):
        project = Project(name="Film", code=f"F{rate:.0f}", fps=rate)
        DBSession.save(project)
        sequence = apply_cut(plan_cut(cut, project))
        DBSession.commit()
        DBSession.expire_all()
        assert plan_cut(cut, project).is_empty
        shots = DBSession.scalars(select(Shot).where(Shot.project_id == project.id)).all()
        ordered = sorted(shots, key=lambda shot: (shot.record_track, shot.record_in))
        if rate == cut.fps:
            check(ordered, name, cut.fps, timeline, cut.warnings)
        path = tmp_path / f"{rate}.otio"
        assert write_cut(export_cut(sequence), path) == len(cut.shots)
        again = plan_cut(read_cut(path), project, sequence)
        assert again.is_empty and len(again.shots.unchanged) == len(shots)


def check(
    shots: list[Shot], name: str, fps: float, timeline: str | None, warnings: tuple[str, ...]
) -> None:
    rows = [
        (s.source_in, s.source_out, s.cut_in, s.cut_out, s.record_in, s.record_out) for s in shots
    ]
    wanted = independent(name, fps, timeline)
    if any("the lengths of the source are used" in warning for warning in warnings):
        # an EDL with wrong events has no place to compare
        rows, wanted = [row[:4] for row in rows], [row[:4] for row in wanted]
    if len({shot.frame_rate for shot in shots}) > 1:
        # a last frame that lies between two of the timeline is the one that begins within the shot
        rows, wanted = [row[:5] for row in rows], [row[:5] for row in wanted]
    assert rows == wanted
