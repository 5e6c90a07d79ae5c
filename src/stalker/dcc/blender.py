"""Blender, in its own window or as the Python module `bpy`.

Other scenes are linked: their collections as instances, or their objects where they have no
collections. Paths are relative to the scene (`//`) where both lie in one repository, so that a
scene opens on every platform.
"""

from __future__ import annotations

import os
from typing import Any, ClassVar

from stalker.dcc.base import Host
from stalker.dcc.references import Reference
from stalker.dcc.settings import SceneSettings
from stalker.exceptions import SceneError
from stalker.storage import normalise

__all__ = ["Blender"]


class Blender(Host):
    """The Blender that this process is."""

    extensions: ClassVar[tuple[str, ...]] = (".blend",)

    def __init__(self) -> None:
        try:
            import bpy
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(
                "this Python is not Blender's and has no module bpy: run it inside Blender, or "
                "install stalker[blender]",
                name=error.name,
            ) from None
        self._bpy: Any = bpy
        self.application = f"Blender {bpy.app.version_string}"

    def scene_path(self) -> str | None:
        path = self._bpy.data.filepath
        return normalise(path) if path else None

    def open_scene(self, path: str) -> None:
        self._bpy.ops.wm.open_mainfile(filepath=path)

    def save_scene(self, path: str) -> None:
        files = self._bpy.context.preferences.filepaths
        backups = files.save_version
        if os.path.isfile(path) and not os.path.getsize(path):
            files.save_version = 0  # no backup of what only keeps the name
        try:
            # what is relative in the scene stays right in another folder
            self._bpy.ops.wm.save_as_mainfile(
                filepath=path, relative_remap=True, check_existing=False
            )
        finally:
            files.save_version = backups

    def is_modified(self) -> bool:
        # without a window, Blender takes every scene for modified
        return bool(self._bpy.data.is_dirty) and not self._bpy.app.background

    def apply(self, settings: SceneSettings) -> None:
        scene = self._bpy.context.scene
        render = scene.render
        # Blender counts whole frames in so many seconds: 24 in 1.001
        render.fps = round(settings.frame_rate)
        render.fps_base = float(render.fps / settings.frame_rate)
        if settings.first_frame is not None and settings.last_frame is not None:
            scene.frame_start, scene.frame_end = settings.first_frame, settings.last_frame
            scene.frame_set(settings.first_frame)
        if settings.width is not None and settings.height is not None:
            render.resolution_x, render.resolution_y = settings.width, settings.height
            # neither may be below 1
            render.pixel_aspect_x = max(1.0, settings.pixel_aspect)
            render.pixel_aspect_y = max(1.0, 1 / settings.pixel_aspect)

    # --- References -------------------------------------------------------------------------------

    def scene_references(self) -> list[Reference]:
        # a library with a parent came along with that
        direct = (each for each in self._bpy.data.libraries if each.parent is None)
        return [Reference(each.name, self._path_of(each)) for each in direct]

    def add_reference(self, path: str) -> Reference:
        relative = self.in_same_repository(path)
        with self._bpy.data.libraries.load(path, link=True, relative=relative) as (there, here):
            here.collections = list(there.collections)
            if not there.collections:
                here.objects = list(there.objects)
        linked = [*here.collections, *here.objects]
        if not linked:
            raise SceneError(f"{path!r} has neither collections nor objects to link")
        placed = self._bpy.context.scene.collection.objects
        for each in here.objects:
            placed.link(each)
        nested = {child for each in here.collections for child in each.children_recursive}
        for each in here.collections:
            if each not in nested:
                instance = self._bpy.data.objects.new(each.name, None)
                instance.instance_type = "COLLECTION"
                instance.instance_collection = each
                placed.link(instance)
        library = linked[0].library
        return Reference(library.name, self._path_of(library))

    def repoint(self, reference: Reference, path: str) -> None:
        self._readable(path)
        library = self._bpy.data.libraries[reference.name]
        before, lacked = library.filepath, self._lacking(library)
        name = self._load(library, self._written(path))
        # another library may have had this file, and has got everything now
        loaded = self._bpy.data.libraries.get(name)
        lost = [] if loaded is None else sorted(self._lacking(loaded) - lacked)
        if lost:
            self._load(loaded, before)
            raise SceneError(
                f"{path!r} lacks {', '.join(lost)}, which the scene uses of {reference.name!r}",
                lost=lost,
            )
        if loaded is not None:
            loaded.name = os.path.basename(path)

    def _readable(self, path: str) -> None:
        """Raise `OSError` unless *path* is a scene: reloading would keep silent about that."""
        with self._bpy.data.libraries.load(path, link=True):
            pass

    def _load(self, library: Any, path: str) -> str:
        name = str(library.name)
        library.filepath = path
        library.reload()
        return name

    def _lacking(self, library: Any) -> set[str]:
        return {each.name for each in library.users_id if each.is_missing}

    def _path_of(self, library: Any) -> str:
        return normalise(self._bpy.path.abspath(library.filepath))

    def _written(self, path: str) -> str:
        """Return *path* as the scene shall have it."""
        return str(self._bpy.path.relpath(path)) if self.in_same_repository(path) else path
