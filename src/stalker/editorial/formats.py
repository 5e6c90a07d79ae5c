"""One parser per file format; each makes an OpenTimelineIO object from text.

The adapters trust their input. What is dangerous to hand to them is refused or removed here first.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import opentimelineio as otio

from stalker.editorial import edl, final_cut
from stalker.editorial.text import RefusedError, decoded

#: An edit nests timeline, stack, track, clip, media reference, range, time: seven objects and as
#: many lists, and every nested sequence adds four. The native parser recurses without a limit and
#: takes the whole process with it when the stack ends.
MAX_DEPTH = 200

#: what a cut does not need; newer programs write newer versions of them, which older readers refuse
_NOT_NEEDED = frozenset({"metadata", "markers", "color"})


class Parsed(NamedTuple):
    """The OpenTimelineIO object, and what to tell the reader about the parsing."""

    root: Any
    warnings: tuple[str, ...] = ()


def parse_otio(data: bytes, fps: float | None) -> Parsed:
    """Parse OpenTimelineIO JSON; the file knows its rate, *fps* is not needed."""
    pruned = _pruned(_json(decoded(data)))
    _check_root(pruned)
    return Parsed(_adapter_read(json.dumps(pruned), "otio_json"))


def parse_edl(data: bytes, fps: float | None) -> Parsed:
    """Parse a CMX 3600 edit decision list, counted at *fps*, or at what its timecodes allow."""
    # Edit systems of the past wrote the code page of their country; only names can suffer.
    text = decoded(data, fallback="cp1252")
    return Parsed(*edl.parse(text, fps, _adapter_read))


def parse_xml(data: bytes, fps: float | None) -> Parsed:
    """Parse Final Cut Pro 7 XML, the exchange format of Premiere, Resolve and others."""
    text = decoded(data)
    final_cut.check(text, root="xmeml")
    return Parsed(_adapter_read(text, "fcp_xml"))


def parse_fcpxml(data: bytes, fps: float | None) -> Parsed:
    """Parse Final Cut Pro X XML, if the adapter for it is installed."""
    text = decoded(data)
    final_cut.check(text, root="fcpxml")
    return Parsed(_adapter_read(text, "fcpx_xml"))


#: parser by lower case file extension
PARSERS: dict[str, Callable[[bytes, float | None], Parsed]] = {
    ".otio": parse_otio,
    ".edl": parse_edl,
    ".xml": parse_xml,
    ".fcpxml": parse_fcpxml,
}


def _adapter_read(text: str, adapter: str, **options: Any) -> Any:
    if adapter not in otio.adapters.available_adapter_names():
        raise RefusedError(
            f"the OpenTimelineIO adapter {adapter} is not installed:"
            ' pip install "stalker[editorial]"'
        )
    # A media linker would look for the media on disk; which one runs is up to the environment.
    return otio.adapters.read_from_string(
        text,
        adapter_name=adapter,
        media_linker_name=otio.media_linker.MediaLinkingPolicy.DoNotLinkMedia,
        **options,
    )


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise RefusedError(
            f"it is not JSON: {error.msg} in line {error.lineno}, column {error.colno}"
        ) from error


def _pruned(value: Any, depth: int = 0) -> Any:
    if depth > MAX_DEPTH:
        raise RefusedError(f"it is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, dict):
        return {
            key: _pruned(item, depth + 1) for key, item in value.items() if key not in _NOT_NEEDED
        }
    if isinstance(value, list):
        return [_pruned(item, depth + 1) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise RefusedError("it holds a number that is not finite")
    return value


def _check_root(data: Any) -> None:
    schema = data.get("OTIO_SCHEMA") if isinstance(data, dict) else None
    if not isinstance(schema, str):
        raise RefusedError("it is JSON, but not of OpenTimelineIO: OTIO_SCHEMA is missing")
    if schema.partition(".")[0] not in {"Timeline", "SerializableCollection"}:
        raise RefusedError(f"it holds a {schema}, not a Timeline")
