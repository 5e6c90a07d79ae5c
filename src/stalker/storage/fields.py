"""Which fields of which kind of entity a stored template may read. What is not here is not there.

`Task.path` and `Version.path` are absent on purpose: templates make them, they cannot use them.
"""

from __future__ import annotations

from functools import lru_cache

#: refused even when a class names them in `__template_fields__`
FORBIDDEN = frozenset({"password", "query", "metadata", "registry"})


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_COMMON = _names("""
    id name nice_name description code entity_type tjp_id type generic_text tags
    created_by date_created date_updated
""")
_DATED = _COMMON | _names("start end computed_start computed_end is_scheduled")
_TASK = _DATED | _names("""
    project parent parents children tasks level is_root is_leaf is_container is_milestone
    status resources responsible priority schedule_timing schedule_unit schedule_model
    schedule_constraint bid_timing bid_unit
""")
_SHOT = _TASK | _names("""
    sequences scenes cut_in cut_out cut_duration source_in source_out record_in record_out
    handle_in handle_out fps image_format
""")
_PROJECT = _DATED | _names("""
    repository repositories structure image_format fps is_stereoscopic status active is_active
    root_tasks assets sequences shots scenes
""")
_VERSION = _COMMON | _names("""
    version_number take_name extension is_published created_with task parent naming_parents
""")
_REPOSITORY = _COMMON | _names("path linux_path windows_path osx_path macos_path env_var")
_IMAGE_FORMAT = _COMMON | _names("width height pixel_aspect device_aspect print_resolution")
# People get fewer fields than things: their descriptions and custom data may be private.
_USER = _names("id name nice_name login entity_type tjp_id")

#: Fields by the name of a class; a subclass without an entry has those of its nearest base.
KINDS: dict[str, frozenset[str]] = {
    "SimpleEntity": _COMMON,
    "Entity": _COMMON,
    "Department": _COMMON,
    "Status": _COMMON,
    "Structure": _COMMON,
    "Tag": _COMMON,
    "Type": _COMMON,
    "Task": _TASK,
    "Asset": _TASK,
    "Variant": _TASK,
    "Shot": _SHOT,
    "Sequence": _TASK | {"shots"},
    "Scene": _COMMON | {"project", "shots"},
    "Project": _PROJECT,
    "Version": _VERSION,
    "Repository": _REPOSITORY,
    "ImageFormat": _IMAGE_FORMAT,
    "User": _USER,
}


def fields_of(cls: type, entity_type: object = None) -> frozenset[str] | None:
    """Return the readable fields of an instance of *cls*, or `None` if templates may not see it.

    The kind is *entity_type* if that is known, else the nearest base whose name is. Classes of a
    studio add to it with `__template_fields__`, a tuple of attribute names.
    """
    return _fields_of(cls, entity_type if isinstance(entity_type, str) else "")


@lru_cache(maxsize=512)
def _fields_of(cls: type, entity_type: str) -> frozenset[str] | None:
    names = [entity_type, *(base.__name__ for base in cls.__mro__)]
    known = next((KINDS[name] for name in names if name in KINDS), None)
    if known is None:
        return None
    return known.union(*(_added_fields(base) for base in cls.__mro__)) - FORBIDDEN


def _added_fields(cls: type) -> frozenset[str]:
    added = cls.__dict__.get("__template_fields__", ())
    if not isinstance(added, tuple):
        # A bare string would quietly allow each of its letters.
        raise TypeError(
            f"{cls.__name__}.__template_fields__ must be a tuple of attribute names, not {added!r}"
        )
    return frozenset(name for name in added if not name.startswith("_"))
