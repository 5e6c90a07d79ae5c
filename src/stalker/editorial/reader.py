"""Read one file of an editing program as a cut.

The file is untrusted input. It is read once, bounded and as a whole; nothing that it names is
opened.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path
from types import NoneType

from stalker.editorial.cut import Cut, CutError, CutShot
from stalker.editorial.naming import derived_codes, shot_codes
from stalker.editorial.text import RefusedError, one_line, quoted, read_bytes


def read_cut(
    path: str | os.PathLike[str], fps: float | None = None, timeline: str | None = None
) -> Cut:
    """Return the cut in the OTIO, EDL, Final Cut 7 XML or FCPXML file *path*.

    *fps* is for EDLs, which do not tell their rate; without it the lowest usual one is assumed that
    all timecodes allow. The other formats know their rate, and it wins, with a warning if *fps*
    differs. *timeline* is a name, for files that hold several.

    Raises `CutError` with one line of text for every file that cannot be read as a cut.
    """
    if isinstance(fps, bool) or not isinstance(fps, (int, float, NoneType)):
        raise TypeError(f"fps must be a number, not {fps!r}")
    source = Path(path)
    try:
        return _read(source, fps, timeline)
    except RefusedError as error:
        raise CutError(f"{one_line(source)}: {error}") from error
    except ImportError as error:
        raise CutError(
            f"{one_line(source)}: reading cuts needs OpenTimelineIO:"
            ' pip install "stalker[editorial]"'
        ) from error
    except Exception as error:
        # The adapters were not written for hostile files: what they raise ranges from KeyError over
        # RecursionError to exceptions of the C++ library, and all of it means the same.
        reason = one_line(f"{type(error).__name__}: {error}")
        raise CutError(f"{one_line(source)}: it is damaged or incomplete: {reason}") from error


def _read(source: Path, fps: float | None, name: str | None) -> Cut:
    # Only here, because these two load OpenTimelineIO, which is optional and slow to load.
    from stalker.editorial import formats
    from stalker.editorial import timeline as timelines

    parser = formats.PARSERS.get(source.suffix.casefold())
    if parser is None:
        raise RefusedError(_no_format(source, sorted(formats.PARSERS)))
    given = None if fps is None else timelines.checked_rate(fps)
    root, notes = parser(read_bytes(source), given)
    timeline = timelines.one_timeline(root, name)
    warnings = list(notes)
    rate = timelines.frame_rate(timeline)
    found = timelines.shots(timeline, rate, warnings)
    if given is not None and source.suffix.casefold() == ".edl":
        # The adapter counts at 60000/1001; who asked for 59.94 gets 59.94 back.
        found, rate = [dataclasses.replace(shot, fps=given) for shot in found], given
    elif given is not None and abs(given - rate) > 0.01:
        warnings.append(f"the file says {rate:g} fps: the given {given:g} fps is ignored")
    shots = _named(found, warnings)
    return Cut(timeline.name or source.stem, rate, shots, source, tuple(dict.fromkeys(warnings)))


def _no_format(source: Path, known: Sequence[str]) -> str:
    if source.is_dir():
        return "it is a folder"
    only = ", ".join(known)
    if not source.suffix:
        return f"it has no extension that tells the format, which can be {only}"
    return f"{quoted(source.suffix)} is not supported, only {only}"


def _named(shots: Sequence[CutShot], warnings: list[str]) -> tuple[CutShot, ...]:
    names = [shot.name for shot in shots]
    codes = shot_codes(names)
    warnings.extend(derived_codes(names, codes))
    return tuple(
        dataclasses.replace(shot, code=code) for code, shot in zip(codes, shots, strict=True)
    )
