"""What a production begins with: where its files are, what they are called, and their size."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

import stalker
from stalker.models.format import ImageFormat
from stalker.models.repository import Repository
from stalker.models.structure import Structure
from stalker.models.template import FilenameTemplate
from stalker.storage import normalise_root

__all__ = [
    "FILENAME",
    "FOLDER",
    "STANDARD",
    "image_format",
    "repository_at",
    "standard",
    "structure_of",
]

#: name of the structure of productions that ask for nothing else
STANDARD = "Standard"

#: "MER/SH010/Comp/SH010_Comp_Main_v001.nk", below the first repository of the project
FOLDER = (
    "$REPO{{ project.repository.code }}/{{ project.code }}/"
    "{% for task in parent_tasks %}{{ task.nice_name }}/{% endfor %}"
)
FILENAME = '{{ version.nice_name }}_v{{ "%03d"|format(version.version_number) }}'

#: every class of which there are versions
_KINDS = ("Task", "Asset", "Shot", "Sequence", "Variant")

_SIZE = re.compile(r"(\d{1,6})\s*[xX]\s*(\d{1,6})", re.ASCII)


def structure_of(name: str, special: Iterable[tuple[str, str, str]] = ()) -> Structure:
    """Return a new structure with a template for each class that has versions.

    *special* holds class, folder and file name of those that are unlike the others. Raises
    `ValueError` for a template that cannot be rendered.
    """
    templates = dict.fromkeys(_KINDS, (FOLDER, FILENAME))
    templates |= {kind: (folder, filename) for kind, folder, filename in special}
    made = [
        FilenameTemplate(
            name=f"Files of a {kind}", target_entity_type=kind, path=folder, filename=filename
        )
        for kind, (folder, filename) in templates.items()
    ]
    for each in made:
        for problem in each.validate():
            raise ValueError(f"template of {each.target_entity_type}: {problem}")
    return Structure(name=name, templates=made)


def standard(session: Session) -> Structure:
    """Return the structure of productions that ask for nothing else; a new one if there is none."""
    query = select(Structure).where(Structure.name == STANDARD).order_by(Structure.id).limit(1)
    return session.scalars(query).first() or structure_of(STANDARD)


def repository_at(session: Session, root: Path) -> Repository:
    """Return the repository with that root on this platform; a new one if there is none.

    The code of a new one is the name of the folder, with a number if another one has that.
    """
    known = session.scalars(select(Repository).order_by(Repository.id)).all()
    for each in known:
        if each.path == normalise_root(root.as_posix()):
            return each
    name = root.name or "Files"
    code = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_").upper() or "FILES"
    made = Repository(name=name, code=_free(code, [each.code for each in known]))
    made.path = root.as_posix()
    return made


def _free(code: str, taken: Sequence[str]) -> str:
    codes = (f"{code}_{number}" for number in range(2, len(taken) + 3))
    return next(each for each in (code, *codes) if each not in taken)


def image_format(session: Session, resolution: str) -> ImageFormat:
    """Return the format of a preset, "HD 1080", or of a size, "2048x858"; a new one if needed.

    Raises `ValueError` for what is neither.
    """
    presets = stalker.defaults.resolution_presets
    size = _SIZE.fullmatch(resolution.strip())
    if size is None and resolution not in presets:
        names = ", ".join(presets)
        raise ValueError(f"{resolution!r} is neither a size like 2048x858 nor one of: {names}")
    width, height, aspect = presets[resolution] if size is None else (*map(int, size.groups()), 1.0)
    same = select(ImageFormat).filter_by(width=width, height=height, pixel_aspect=aspect)
    found = session.scalars(same.order_by(ImageFormat.id).limit(1)).first()
    name = f"{width} x {height}" if size else resolution
    return found or ImageFormat(name=name, width=width, height=height, pixel_aspect=aspect)
